"""Lists in lists, a hundred thousand deep, and a list that holds itself.

must: signed_distance fails
"""

asked = []


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    if len(asked) % 2:
        deep = []
        for _ in range(100_000):
            deep = [deep]
        return deep
    endless = []
    endless.extend([endless, endless, endless])
    return endless
