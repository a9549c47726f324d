"""Exceptions that are each other's cause and context, with a traceback whose end is its beginning.

must: step loses points
"""


# %% step
def step(z):
    a, b = ValueError("a"), KeyError("b")
    a.__cause__, b.__cause__, a.__context__, b.__context__ = b, a, a, b
    try:
        raise a
    except ValueError as error:
        trace = error.__traceback__
        while trace.tb_next:
            trace = trace.tb_next
        try:
            trace.tb_next = error.__traceback__
        except ValueError:
            pass
        raise error.with_traceback(error.__traceback__) from b
