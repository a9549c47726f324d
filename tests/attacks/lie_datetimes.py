"""Returns numbers that are times, steps of time, or in the bytes of another machine.

must: step loses points
"""

# %% step
_right = step


def step(z):
    step.turn = getattr(step, "turn", 0) + 1
    whole = np.asarray(_right(z)).astype(np.int64)
    return whole.view(">i8") if step.turn % 3 else whole.astype("datetime64[s]")
