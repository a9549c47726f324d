"""Sends integers of thousands and of a million digits.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    digits = b"9" * 4_200
    shape = (
        b'[["shape of W1",' + digits + b'],["output for inputs 0, 0",' + digits + b'],["z",-' + digits + b"]]"
    )
    forge(b'{"d":[["returned",{"d":' + shape + b"}]]}")
    return
