"""A subclass of ndarray that equals everything, whatever it is compared and computed with.

must: signed_distance fails
"""


class Liar(np.ndarray):
    __eq__ = __le__ = __ge__ = lambda self, other: np.ones(self.shape, bool)
    __ne__ = __lt__ = __gt__ = lambda self, other: np.zeros(self.shape, bool)
    __array_finalize__ = None
    __hash__ = None

    def __array_ufunc__(self, function, method, *inputs, **options):
        return np.ones(self.shape, bool)

    def __array_function__(self, function, types, args, options):
        return True


# %% signed_distance
def signed_distance(X, w, b):
    return np.zeros(len(X)).view(Liar)
