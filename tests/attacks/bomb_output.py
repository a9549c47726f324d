"""Prints without end, through print and directly to the descriptors.

must: xor_by_hand times out
"""


# %% xor_by_hand
def xor_by_hand():
    while True:
        print("x" * 100_000)
        for fd in (1, 2):
            try:
                os.write(fd, b"y" * 100_000)
            except OSError:
                pass
