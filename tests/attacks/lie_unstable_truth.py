"""Answers right the first time a value is read and wrong the second.

must: signed_distance fails
"""

# %% signed_distance
right_distance = signed_distance


def signed_distance(X, w, b):
    asked.append(1)
    return right_distance(X, w, b) * (1 if len(asked) % 2 else 2)


asked = []
