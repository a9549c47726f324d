"""Arrays whose places share one number, run backwards or overlap, and change while they are read.

must: signed_distance fails
"""

import threading

from numpy.lib.stride_tricks import as_strided


# %% signed_distance
def signed_distance(X, w, b):
    number = np.zeros(2)
    asked.append(1)

    def change():
        for _ in range(10_000):
            number[:] = -number + 1e-3

    threading.Thread(target=change, daemon=True).start()
    strides = [(0,), (1,), (-1,), (7,), (8,)][len(asked) % 5]
    return as_strided(number[1:], (len(X),), strides) if len(X) < 8 else np.broadcast_to(number[0], len(X))


asked = []
