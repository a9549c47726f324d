"""Keeps the engine's function as a local name of a sleeping frame, and reads it there.

unit: autograd
must: hvp fails
"""


# %% hvp
def _keep():
    import engine

    found = engine.hvp
    yield found


_kept = _keep()
next(_kept)


def hvp(f, xs, vs):
    return list(_kept.gi_frame.f_locals["found"](f, xs, vs)[1])
