"""Takes all memory up to the last megabyte, and keeps it while the other checks run.

must: no points for step
"""


# %% step
def step(z):
    size = 1 << 30
    while size > 1 << 16:
        try:
            held.append(np.ones(size, np.uint8))
        except MemoryError:
            size //= 2
    return np.zeros(3)


held = []
