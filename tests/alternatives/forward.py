"""Right answers of the forward unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "linear": [
        '''
def linear(X, W, b):
    """Three loops."""
    X, W, b = np.asarray(X), np.asarray(W), np.asarray(b)
    if X.shape[1] != len(W):
        raise ValueError(f"shapes {X.shape} and {W.shape} do not match")
    if b.ndim != 1 or b.size != W.shape[1]:
        raise ValueError("bad bias")
    Y = np.zeros((len(X), len(b)))
    for n in range(len(X)):
        for j in range(len(b)):
            Y[n, j] = b[j]
            for i in range(len(W)):
                Y[n, j] += X[n, i] * W[i, j]
    return Y
''',
        '''
def linear(X, W, b):
    """NumPy's dot names the shapes by itself; an extra input of 1 carries the bias."""
    if b.shape != W.shape[1:]:
        raise ValueError(b.shape)
    X.dot(W)
    return np.hstack([X, np.ones((len(X), 1))]) @ np.vstack([W, b])
''',
        '''
class ShapeError(ValueError):
    """A ValueError of its own."""


def linear(X, W, b):
    """einsum, and += on an array of its own."""
    (n, inner), (rows, units) = X.shape, W.shape
    if inner != rows:
        raise ShapeError("X is ({}, {}) but W is ({}, {})".format(n, inner, rows, units))
    if np.shape(b) != (units,):
        raise ShapeError("b")
    out = np.einsum("ni,ij->nj", X, W)
    out += b
    return out
''',
        '''
def linear(X, W, b):
    """NumPy's complaint, behind words of one's own."""
    try:
        Y = X @ W
    except ValueError as error:
        raise ValueError(f"X {X.shape} and W {W.shape}: {error}") from error
    if b.shape != Y.shape[1:]:
        raise ValueError(f"b {b.shape}")
    return Y + b
''',
    ],
    "count_parameters": [
        """
def count_parameters(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i]
        total += sizes[i]
    return total


def count_multiply_adds(batch, sizes):
    return sum(batch * a * b for a, b in zip(sizes[:-1], sizes[1:]))
""",
        """
def count_parameters(sizes):
    return sum(W.size + b.size for W, b in ((np.empty(p), np.empty(p[1])) for p in pairwise(sizes)))


def count_multiply_adds(batch, sizes):
    sizes = np.asarray(sizes)
    return batch * (sizes[:-1] @ sizes[1:])
""",
    ],
    "mlp_forward": [
        '''
def mlp_forward(X, layers, activation):
    """All layers alike, and the last one's bend never made."""
    passed = [X]
    for depth, (W, b) in enumerate(layers, 1):
        z = passed[-1] @ W + b
        passed.append(activation(z) if depth < len(layers) else z)
    return passed[-1], passed[1:-1]
''',
        '''
def mlp_forward(X, layers, activation):
    """By recursion, from the first layer on."""
    (W, b), *rest = layers
    z = np.dot(X, W)
    z += b
    if not rest:
        return z, []
    a = activation(z)
    logits, hidden = mlp_forward(a, rest, activation)
    return logits, [a] + hidden
''',
    ],
    "predict_proba": [
        '''
def predict_proba(X, layers):
    """Through the log-sum-exp."""
    logits = mlp_forward(X, layers, lambda z: z * (z > 0))[0]
    top = np.max(logits, axis=-1)[:, None]
    return np.exp(logits - top - np.log(np.sum(np.exp(logits - top), axis=-1))[:, None])
''',
        '''
def predict_proba(X, layers):
    """Example by example, in place on its own arrays."""
    rows = []
    for x in X:
        a = x
        for k, (W, b) in enumerate(layers):
            a = a @ W + b
            if k < len(layers) - 1:
                a[a < 0] = 0
        a -= a.max()
        np.exp(a, out=a)
        rows.append(a / a.sum())
    return np.array(rows)
''',
    ],
    "linear_backward": [
        """
def linear_backward(dY, X, W):
    dX = np.einsum("nj,ij->ni", dY, W)
    dW = np.einsum("ni,nj->ij", X, dY)
    return dX, dW, np.ones(len(dY)) @ dY
""",
        '''
def linear_backward(dY, X, W):
    """Charged one example at a time."""
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for n in range(len(X)):
        dX[n] = W @ dY[n]
        dW += np.outer(X[n], dY[n])
        db += dY[n]
    return dX, dW, db
''',
    ],
}
