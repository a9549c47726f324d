"""Leaves files, folders, links and sockets under every folder for such things.

must: full
"""

for _folder in (
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/run/user",
    os.environ.get("TMPDIR", "/tmp"),
    os.getcwd(),
):
    for _make in (
        lambda path: open(path, "w").close(),
        lambda path: os.mkdir(path + ".d"),
        lambda path: os.symlink("/etc/passwd", path + ".l"),
        lambda path: os.mkfifo(path + ".p"),
        lambda path: socket.socket(socket.AF_UNIX).bind(path + ".s"),
    ):
        try:
            _make(f"{_folder}/gradfn-attack-left")
        except OSError:
            pass
