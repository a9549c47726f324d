"""A matrix, a record array and a character array where an array is expected.

must: signed_distance fails
"""


# %% signed_distance
def signed_distance(X, w, b):
    kinds = [np.matrix(np.zeros(len(X))), np.zeros(len(X)).view(np.recarray), np.char.array(["0"] * len(X))]
    return kinds[len(X) % 3]
