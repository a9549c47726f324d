"""Has a signature that never comes to an end when somebody asks for it.

must: full
"""


# %% step
class _Endless:
    __name__ = __qualname__ = "step"

    def __call__(self, z):
        return (np.asarray(z) >= 0).astype(int)

    @property
    def __signature__(self):
        while True:
            pass

    @property
    def __wrapped__(self):
        while True:
            pass


step = _Endless()
