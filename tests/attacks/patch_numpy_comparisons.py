"""Makes NumPy's comparisons always true.

must: no points for xor_by_hand
"""

for name in ("isclose", "allclose", "array_equal"):
    setattr(np, name, lambda a, *rest, **options: np.ones(np.shape(a), bool))


# %% xor_by_hand
def xor_by_hand():
    return np.zeros((2, 2)), np.zeros(2), np.zeros((2, 1)), np.zeros(3)
