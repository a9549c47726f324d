"""Arrays of a billion elements, which take no memory until they are copied.

harm: memory
must: signed_distance fails
"""

from numpy.lib.stride_tricks import as_strided


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    if len(asked) % 2:
        return np.broadcast_to(np.float64(1.0), (10**9, 30))
    return as_strided(np.zeros(1), (10**6, 10**6), (0, 0))


asked = []
