"""Objects whose class, dtype and values are properties that say what a comparison wants to hear.

must: signed_distance fails
"""


class Spoofed:
    def __init__(self, kind):
        self.kind = kind

    __class__ = property(lambda self: self.kind)
    dtype = property(lambda self: np.dtype(float))
    shape = property(lambda self: SHAPE[-1])
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = None
    __abs__ = __sub__ = __rsub__ = lambda self, *other: self

    def __float__(self):
        return 0.0

    def __len__(self):
        return SHAPE[-1][0]

    def __getitem__(self, index):
        return self

    all = any = lambda self, *rest, **options: True


# %% signed_distance
def signed_distance(X, w, b):
    SHAPE.append((len(X),))
    return Spoofed([np.ndarray, list, float, np.float64, tuple][len(SHAPE) % 5])


SHAPE = []
