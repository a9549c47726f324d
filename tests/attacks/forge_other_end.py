"""Replaces the judge's socket by a socket pair of its own.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    ours, theirs = socket.socketpair()
    for fd in sockets():
        if fd not in (ours.fileno(), theirs.fileno()):
            os.dup2(theirs.fileno(), fd)
    return
