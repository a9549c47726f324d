"""A loop in C that never looks for signals: a search in an endless counter.

must: xor_by_hand times out
"""

import itertools


# %% xor_by_hand
def xor_by_hand():
    return -1 in itertools.count()
