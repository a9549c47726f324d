"""Loops in a callback of the garbage collector, which swallows each exception, the alarm's too.

must: xor_by_hand times out
"""

import gc


def for_ever(*_):
    while True:
        pass


# %% xor_by_hand
def xor_by_hand():
    gc.callbacks.append(for_ever)
    gc.collect()
