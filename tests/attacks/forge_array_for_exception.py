"""Sends an array where the judge reads an exception's fields.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": [["raised", {"a": ["<f8", [2], 0]}]]}, bytes(16))
    return
