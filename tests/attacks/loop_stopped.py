"""Stops its own process, so that only SIGKILL reaches it.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    os.kill(os.getpid(), signal.SIGSTOP)
    while True:
        signal.pause()
