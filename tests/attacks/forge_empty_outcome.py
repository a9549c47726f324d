"""Sends an outcome with neither data nor exception, so that nothing in it is wrong.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": []})
    return
