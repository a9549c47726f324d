"""Works in place on the caller's array through other views of its memory.

must: step loses points
"""


class _Memory:
    def __init__(self, array):
        self.__array_interface__ = array.__array_interface__


# %% step
_right = step


def step(z):
    right = _right(z)
    if isinstance(z, np.ndarray) and z.ndim:
        z.setflags(write=True)
        np.asarray(_Memory(z))[...] = 0
        np.frombuffer(memoryview(z), np.uint8)[...] = 0
        ctypes.memset(z.ctypes.data, 0, z.nbytes)
    return right
