"""A dict with a hundred thousand names, and one with a name of enormous length.

must: signed_distance fails
"""

asked = []


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    if len(asked) % 2:
        return {f"name {number}" * 10: number for number in range(50_000)}
    return {"x" * 10_000_000: 1, ("a", 1): 2, 3.5: 4}
