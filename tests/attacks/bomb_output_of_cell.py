"""Prints 50 MB in a cell of its own and beside the answers, which are right.

must: full
"""

for _ in range(500):
    print("x" * 100_000)
    for fd in (1, 2):
        try:
            os.write(fd, b"y" * 100_000)
        except OSError:
            pass
