"""Arrays of 64 axes, with no elements and a shape of billions.

must: signed_distance fails
"""


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    if len(asked) % 2:
        return np.zeros((1,) * 32)
    return np.zeros((0, 2**31, 2**20))


asked = []
