"""Sends a hundred thousand unexpected names, to make a card that never ends.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": [["returned", {"d": [[f"n{i}" * 20, 0] for i in range(90_000)]}]]})
    return
