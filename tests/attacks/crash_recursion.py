"""Recurses past every limit, in Python and in C.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    sys.setrecursionlimit(10**9)
    return repr(xor_by_hand()) + str(xor_by_hand())
