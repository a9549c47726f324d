"""Integers of thousands of digits, which no array can hold and no JSON parser reads.

must: signed_distance fails
"""

asked = []


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    return 10 ** [4_000, 5_000, 2_000_000][len(asked) % 3]
