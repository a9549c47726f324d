"""Wrong numbers whose bytes are right ones in the other order.

must: signed_distance fails
"""

# %% signed_distance
right = signed_distance


def signed_distance(X, w, b):
    return np.asarray(right(X, w, b), dtype=float).view(">f8")
