"""Raises the points, the tolerances and the time limit of every check.

must: signed_distance fails
"""

CHECKS = [item for module in list(sys.modules.values()) for item in list(vars(module).values())]
CHECKS = [item for item in CHECKS if type(item).__name__ == "Check"]
for check in CHECKS:
    for name, value in {"points": 100.0, "rtol": 1e9, "atol": 1e9, "seconds": 1e6, "repeat": False}.items():
        object.__setattr__(check, name, value)


# %% signed_distance
def signed_distance(X, w, b):
    return np.zeros(len(X))
