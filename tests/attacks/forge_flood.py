"""Floods the judge with more frames than it will ever read.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    while True:
        forge({"d": [["returned", {"d": [["x", "y" * 100_000]]}]]})
