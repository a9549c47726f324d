"""Overflows the stack in C: a deep chain of objects that are freed one in the other.

must: step loses points
"""


# %% step
def step(z):
    chain = iter(())
    for _ in range(2_000_000):
        chain = map(abs, chain)
    next(chain, None)
    del chain
    raise SystemExit
