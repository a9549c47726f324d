"""Aborts, with a core dump if one may be written.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    os.abort()
