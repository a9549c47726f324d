"""NaN with a payload, signalling NaN and negative NaN where numbers are expected.

must: signed_distance fails
"""


# %% signed_distance
def signed_distance(X, w, b):
    bits = np.array([0x7FF8DEADBEEF0000, 0x7FF0000000000001, 0xFFF8000000000000] * len(X), dtype=np.uint64)
    return bits.view(float)[: len(X)]
