"""Writes an outcome without any value in it: no value is wrong.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": [["returned", {"d": []}]]})
    return
