"""Closes the judge's socket and every other descriptor.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    os.closerange(0, 65536)
    return
