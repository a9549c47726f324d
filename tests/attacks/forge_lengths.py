"""Announces 4 GB of tree and of bytes.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    for fd in sockets():
        os.write(fd, b"\xff" * 8 + b"[1, 2")
    return
