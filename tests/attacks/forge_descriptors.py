"""Sends the judge hundreds of descriptors, with every byte of a forged pass.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    here = [os.open("/tmp", os.O_RDONLY) for _ in range(20)]
    text = json.dumps({"d": [["returned", {"d": []}]]}).encode()
    for fd in sockets():
        with socket.socket(fileno=os.dup(fd)) as judge:
            try:
                for byte in struct.pack("!II", len(text), 0) + text:
                    socket.send_fds(judge, [bytes([byte])], here)
            except OSError:
                pass
    os._exit(0)
