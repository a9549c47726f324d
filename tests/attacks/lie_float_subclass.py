"""A float that equals every number.

must: signed_distance fails
"""


class Liar(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = float.__hash__


# %% signed_distance
def signed_distance(X, w, b):
    return [Liar(0.0)] * len(X)
