"""An object whose repr, comparison and deletion overflow C's stack.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    deep = ()
    for _ in range(1_000_000):
        deep = (deep,)
    del deep
    error = None
    for _ in range(100_000):
        wrapped = ValueError()
        wrapped.__cause__ = wrapped.__context__ = error
        error = wrapped
    raise error
