"""Sends the judge a frame of its own: a score.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge({"d": [["status", "passed"], ["points", 4.0], ["max_points", 4.0]]})
    return
