"""Reads address 0.

must: xor_by_hand fails
"""

import ctypes


# %% xor_by_hand
def xor_by_hand():
    return ctypes.string_at(0)
