"""Sends an outcome without any value, so that no value in it is wrong.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": [["returned", {"d": []}]]})
    return
