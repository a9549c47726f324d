"""Makes every random generator draw the same number, so that no input is new.

must: no points for signed_distance
"""


class Constant:
    def __getattr__(self, name):
        return lambda *rest, size=None, **options: np.full(size, 0.5) if size else 0.5

    def permutation(self, items):
        return np.asarray(items)


np.random.default_rng = lambda *seed: Constant()


# %% signed_distance
def signed_distance(X, w, b):
    return np.zeros(len(X))
