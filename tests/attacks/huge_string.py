"""A word of 20 MB where an array is expected, made of letters and of control characters.

must: signed_distance fails
"""

asked = []


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    return "x" * 20_000_000 if len(asked) % 2 else "\u202e\x1b[2J" * 2_000_000
