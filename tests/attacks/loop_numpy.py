"""One NumPy call that takes hours.

must: xor_by_hand times out
"""


# %% xor_by_hand
def xor_by_hand():
    tall = np.lib.stride_tricks.as_strided(np.ones(1), (10**7, 10**6), (0, 0))
    return tall.sum()
