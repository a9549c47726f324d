"""Infinities, the largest and the smallest floats, which overflow in a subtraction.

must: signed_distance fails
"""


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    extremes = [1.7976931348623157e308, -1.7976931348623157e308, np.inf, -np.inf, 5e-324]
    kind = [float, np.float16, np.float32, np.longdouble, complex][len(asked) % 5]
    with np.errstate(all="ignore"):
        return np.resize(np.array(extremes), len(X)).astype(kind)


asked = []
