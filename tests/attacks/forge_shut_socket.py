"""Shuts down one direction of the judge's socket, so that the other side waits for ever.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    for fd in sockets():
        socket.socket(fileno=os.dup(fd)).shutdown(socket.SHUT_RD)
    return
