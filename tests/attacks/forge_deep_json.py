"""Sends JSON nested a million levels deep.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge(b"[" * 1_000_000)
    return
