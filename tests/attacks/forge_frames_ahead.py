"""Writes answers to later questions in advance, so that each is read as another's.

must: no points for xor_by_hand
"""


# %% xor_by_hand
def xor_by_hand():
    for _ in range(50):
        forge({"d": [["returned", {"d": [["output for inputs 0, 0", 0]]}]]})
    return
