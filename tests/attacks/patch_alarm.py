"""Cancels the worker's alarm and loops.

must: xor_by_hand times out
"""


# %% xor_by_hand
def xor_by_hand():
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        pass
