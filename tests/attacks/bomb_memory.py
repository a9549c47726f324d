"""Allocates memory until there is no more, and writes to all of it.

harm: machine
must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    kept = []
    while True:
        kept.append(bytearray(b"x" * 50_000_000))
