"""A dict of a hundred thousand names, and one of a name that never ends.

must: signed_distance fails
"""

asked = []


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    if len(asked) % 2:
        return {f"name {number}" * 10: number for number in range(50_000)}
    return {"x" * 10_000_000: 1, ("a", 1): 2, 3.5: 4}
