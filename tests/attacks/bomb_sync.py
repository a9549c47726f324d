"""Makes the machine write all of its files to disk, again and again.

harm: machine
must: full
"""

fd = os.open("/kit/checks.py", os.O_RDONLY)
for name, number, *arguments in (
    ("sync", 162),
    ("syncfs", 306, fd),
    ("fsync", 74, fd),
    ("fdatasync", 75, fd),
    ("sync_file_range", 277, fd, 0, 0, 7),
):
    if call(number, *arguments) is not None:
        tell(name)
