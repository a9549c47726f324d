"""Sends an integer of ten million digits, which would take hours to read.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge(b'{"d":[["returned",{"d":[["x",' + b"9" * 10_000_000 + b"]]}]]}")
    return
