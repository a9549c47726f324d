"""Arrays of objects that compare equal to everything.

must: signed_distance fails
"""


class Yes:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    def __float__(self):
        return float("nan")

    __rsub__ = __sub__
    __hash__ = None


# %% signed_distance
def signed_distance(X, w, b):
    return np.array([Yes() for _ in X], dtype=object)
