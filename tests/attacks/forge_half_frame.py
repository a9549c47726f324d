"""Announces 30 MB, sends a few bytes and falls silent.

must: xor_by_hand times out
"""


# %% xor_by_hand
def xor_by_hand():
    signal.setitimer(signal.ITIMER_REAL, 0)
    for fd in sockets():
        os.write(fd, struct.pack("!II", 30 << 20, 0) + b"[1, 2")
    while True:
        signal.pause()
