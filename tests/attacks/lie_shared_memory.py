"""Returns an array and goes on changing it in a thread while it is copied.

must: no points for signed_distance
"""

import threading


def churn(array):
    while True:
        array += 1.0


# %% signed_distance
def signed_distance(X, w, b):
    array = np.zeros(len(X))
    threading.Thread(target=churn, args=(array,), daemon=True).start()
    return array
