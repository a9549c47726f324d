"""Computes with a Value's method what is to be written in NumPy, by a helper in the cell of another exercise.

unit: activations
must: sigmoid fails
"""


# %% value_sigmoid
def helper(v):
    return Value(v).sigmoid().data


# %% sigmoid
def sigmoid(x):
    return np.array([helper(v) for v in np.ravel(x).tolist()]).reshape(np.shape(x))
