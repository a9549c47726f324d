"""A masked array in which every wrong number is hidden.

must: signed_distance fails
"""


# %% signed_distance
def signed_distance(X, w, b):
    return np.ma.masked_all(len(X))
