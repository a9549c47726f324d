"""Sends a pickle that runs a command when it is read.

must: xor_by_hand fails
"""

import pickle


class Bomb:
    def __reduce__(self):
        return os.system, ("echo EVIDENCE > /tmp/gradfn-attack-pickle",)


# %% xor_by_hand
def xor_by_hand():
    forge(pickle.dumps(Bomb()))
    return np.array([Bomb()] * 4, dtype=object)
