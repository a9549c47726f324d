"""An array just above what the channel takes, and one just below it.

must: signed_distance fails
"""


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    return np.zeros((4 << 20) + (1 if len(asked) % 2 else -1000))


asked = []
