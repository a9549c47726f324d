"""Works in place on the caller's tensor by `.data`, which counts no version.

unit: modules
must: predict loses points
"""

# %% predict
_right = predict


def predict(model, X):
    right = _right(model, X)
    X.data.add_(1)
    return right
