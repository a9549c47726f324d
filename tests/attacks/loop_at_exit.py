"""Never ends when it is told to exit.

must: xor_by_hand fails
"""

import atexit


def stay():
    while True:
        pass


atexit.register(stay)


# %% xor_by_hand
def xor_by_hand():
    raise SystemExit(0)
