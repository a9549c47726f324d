"""Lets the making of a class capture the engine's function.

unit: autograd
must: hvp fails
"""


# %% hvp
class _Base:
    def __init_subclass__(cls, taken=None):
        cls.taken = staticmethod(taken)


class _Kept(_Base, taken=__import__("engine").hvp):
    pass


def hvp(f, xs, vs):
    return list(_Kept.taken(f, xs, vs)[1])
