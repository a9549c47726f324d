"""Writes a frame of its own to the judge: a score.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": [["status", "passed"], ["points", 4.0], ["max_points", 4.0]]})
    return
