"""Sends a word of ten million letters, which would take hours to wrap.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    word = "x" * 10_000_000
    forge({"d": [["returned", {"d": [["output for inputs 0, 0", word], ["shape of W1", word]]}]]})
    return
