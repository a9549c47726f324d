"""Opens file descriptors until there are no more.

harm: machine
must: full
"""

kept = []
try:
    while len(kept) < 20_000:
        kept.append(os.open("/", os.O_RDONLY))
except OSError:
    pass
count = len(kept)
for fd in kept:
    os.close(fd)
if count >= 5_000:
    tell(f"{count} descriptors")
