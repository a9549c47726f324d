"""Makes a copy of an array the array itself, so that work in place is not seen.

must: step loses points
"""

import copy
import copyreg

copy.deepcopy = copy.copy = lambda value, *_: value
copy._deepcopy_dispatch[np.ndarray] = copy._copy_dispatch[np.ndarray] = lambda value, *_: value
copyreg.pickle(np.ndarray, lambda value: (lambda: value, ()))


# %% step
_right = step


def step(z):
    answer = _right(z)
    if isinstance(z, np.ndarray):
        z[...] = 0
    return answer
