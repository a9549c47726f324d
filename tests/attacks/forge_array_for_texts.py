"""Sends arrays where the judge reads texts and lists.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    array = {"a": ["<f8", [2], 0]}
    fields = [[name, array] for name in ("modified", "unstable", "warnings", "printed", "last_call")]
    forge({"d": [["returned", {"d": []}], *fields]}, bytes(16))
    return
