"""Writes into small integers and True by address.

must: no points for xor_by_hand
"""

import ctypes


# %% xor_by_hand
def xor_by_hand():
    ctypes.c_long.from_address(id(0) + 24).value = 1
    return
