"""Writes an outcome with neither data nor exception: nothing wrong in it.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": []})
    return
