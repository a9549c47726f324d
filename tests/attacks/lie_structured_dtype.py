"""Structured, void, datetime and string arrays, with misleading names.

must: signed_distance fails
"""

KINDS = ["f8,i4", "V8", "M8[s]", "m8[s]", "S8", "U2", [("expected", "f8"), ("passed", "?")]]


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    return np.zeros(len(X), dtype=KINDS[len(asked) % len(KINDS)])


asked = []
