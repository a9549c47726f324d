"""A power of integers that takes hours in C.

must: xor_by_hand times out
"""


# %% xor_by_hand
def xor_by_hand():
    return pow(7, 10**8, 10**40_000_000 + 1) if False else 7 ** (10**9)
