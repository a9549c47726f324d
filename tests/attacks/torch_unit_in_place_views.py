"""Works in place on the caller's tensor through NumPy, which shares its memory.

unit: modules
must: predict loses points
"""

# %% predict
_right = predict


def predict(model, X):
    right = _right(model, X)
    X.detach().cpu().numpy()[...] = 0
    return right
