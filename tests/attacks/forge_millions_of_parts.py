"""Sends thirty megabytes of empty lists, which take a gigabyte once read.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge(b"[" + b"[]," * 10_000_000 + b"[]]")
    os._exit(0)
