"""Sends the judge an out-of-band byte before a forged pass, and tries other socket features.

must: xor_by_hand fails
"""


def tries(call, *arguments):
    try:
        call(*arguments)
    except OSError:
        return
    tell(f"{call} was done")


for one, other in [socket.socketpair()]:
    tries(one.send, b"x", socket.MSG_OOB)
    tries(one.sendmsg, [b"x"], [], socket.MSG_OOB)
    one.send(b"x")
    tries(other.recv, 1, socket.MSG_OOB)
reader, writer = os.pipe()
with open("/kit/checks.py", "rb") as file:
    tries(os.splice, file.fileno(), writer, 1)


# %% xor_by_hand
def xor_by_hand():
    for fd in sockets():
        with socket.socket(fileno=os.dup(fd)) as judge:
            try:
                judge.send(b"\0", socket.MSG_OOB)
            except OSError:
                pass
    forge({"d": [["returned", {"d": []}]]})
    os._exit(0)
