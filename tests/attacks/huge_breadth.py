"""A structure that is small in memory and endless when written out: each list holds the one below ten times.

harm: memory
must: signed_distance fails
"""


# %% signed_distance
def signed_distance(X, w, b):
    tree = [0] * 10
    for _ in range(12):
        tree = [tree] * 10
    return tree
