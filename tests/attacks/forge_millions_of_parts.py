"""Sends thirty megabytes of empty lists, which are a gigabyte when they are read.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    forge(b"[" + b"[]," * 10_000_000 + b"[]]")
    os._exit(0)
