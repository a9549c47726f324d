"""Replays the public answers that students hold: right on the public seed, and nothing else.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    return {"shape of W1": (2, 2), "output for inputs 0, 0": 0}
