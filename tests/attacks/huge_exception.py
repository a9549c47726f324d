"""Raises an exception whose text and chain are large.

must: step loses points
"""


# %% step
def step(z):
    error = None
    for _number in range(3000):
        new = ValueError("x" * 10_000)
        new.__cause__ = error
        new.add_note("y" * 100_000)
        error = new
    raise ExceptionGroup("z" * 1_000_000, [error] * 1000)
