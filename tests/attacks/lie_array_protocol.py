"""An object with __array__, __array_interface__, __float__, __len__ and a __class__ of ndarray.

must: signed_distance fails
"""


class Liar:
    __array_interface__ = np.zeros(3).__array_interface__
    dtype, shape, ndim, size = np.dtype(float), (3,), 1, 3
    __class__ = np.ndarray

    def __array__(self, *rest, **options):
        return np.zeros(3)

    def __eq__(self, other):
        return True

    def __len__(self):
        return 3

    __hash__ = None


# %% signed_distance
def signed_distance(X, w, b):
    return Liar()
