"""Sends tuples in tuples, deeper than any real data.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    tree = 1
    for _ in range(300):
        tree = {"t": [tree]}
    forge({"d": [["returned", {"d": [["x", tree]]}]]})
    return
