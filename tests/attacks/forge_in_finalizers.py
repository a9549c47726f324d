"""Frames from finalizers, from the end of modules and from threads that outlive the answer.

must: no points for xor_by_hand
"""

import gc
import weakref

FRAME = {
    "d": [["returned", {"d": [[f"output for inputs {n}, {k}", 1.0] for n in range(9) for k in range(9)]}]]
}


class Last:
    def __init__(self):
        self.own = self

    def __del__(self, forge=forge, frame=FRAME):
        forge(frame)


# %% xor_by_hand
def xor_by_hand():
    held.append(Last())
    weakref.finalize(held[-1], forge, FRAME)
    sys.modules["gradfn_last"] = Last()
    gc.callbacks.append(lambda phase, about: forge(FRAME))
    Last()
    gc.collect()
    return np.zeros((2, 2)), np.zeros(2), np.zeros(2), 0.0


held = []
