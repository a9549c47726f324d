"""Sends an exception whose frame has the line number infinity.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    place = ["cell", {"f": "inf"}, "f", "code"]
    raised = [["source", "answer"], ["type", "E"], ["message", "m"], ["frames", [place]]]
    forge({"d": [["raised", {"d": raised}]]})
    return
