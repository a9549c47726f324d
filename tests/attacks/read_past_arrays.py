"""Reads far past the arrays that it is given, and before them, for what the judge expects.

must: no points for xor_by_hand
"""

from numpy.lib.stride_tricks import as_strided

# %% signed_distance
right_distance = signed_distance


def signed_distance(X, w, b):
    for array in (X, w):
        memory = as_strided(array, (200_000,), (8,))
        found.append(sum(1 for n in memory[:2000] if n == n and 0 < abs(n) < 100))
    return right_distance(X, w, b)


found = []


# %% xor_by_hand
def xor_by_hand():
    wide = as_strided(np.zeros(4), (2, 2), (1 << 40, 8))
    return wide, np.zeros(2), np.zeros((2, 1)), np.zeros(1)
