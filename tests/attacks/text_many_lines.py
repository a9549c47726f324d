"""A message of a million lines, and a traceback of thousands.

must: xor_by_hand fails
"""


# %% xor_by_hand
def down(depth):
    if depth:
        down(depth - 1)
    raise ValueError("\n" * 1_000_000)


def xor_by_hand():
    down(900)
