"""Gets the engine's function by unpickling its name.

unit: autograd
must: hvp fails
"""

import pickle


# %% hvp
def hvp(f, xs, vs):
    return list(pickle.loads(b"cengine.transforms\nhvp\n.")(f, xs, vs)[1])
