"""An exception of ten thousand exceptions, each inside of the next, with notes that are no text.

must: step loses points
"""


# %% step
def step(z):
    error = ValueError("deepest")
    for _ in range(10_000):
        error = BaseExceptionGroup("group", [error, KeyError("beside")])
    error.__notes__ = [object(), b"\xff", 3, error]
    raise error
