"""Right answers of the backprop unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "log_softmax": [
        '''
def log_softmax(logits):
    """logaddexp adds exponentials without leaving the logarithms."""
    return logits - np.logaddexp.reduce(logits, axis=1)[:, None]


def log_softmax_grad(dout, logits):
    """Row by row, with the matrix of derivatives."""
    rows = []
    for g, z in zip(dout, logits):
        p = np.exp(z - z.max())
        p /= p.sum()
        rows.append((np.eye(len(z)) - np.outer(p, np.ones(len(z)))) @ g)
    return np.array(rows)
''',
        """
def log_softmax(logits):
    out = np.array(logits, dtype=float)
    for row in out:
        row -= max(row)
        row -= np.log(sum(np.exp(row)))
    return out


def log_softmax_grad(dout, logits):
    p = np.exp(log_softmax(logits))
    return dout - (p.T * dout.sum(axis=1)).T
""",
    ],
    "softmax_cross_entropy_grad": [
        '''
def softmax_cross_entropy_grad(logits, labels):
    """A one-hot array, and softmax by itself."""
    e = np.exp(logits - np.max(logits, axis=1)[:, None])
    hot = np.eye(logits.shape[1])[labels]
    return (e / e.sum(1)[:, None] - hot) / logits.shape[0]
''',
        '''
def softmax_cross_entropy_grad(logits, labels):
    """Through the gradient of log_softmax."""
    dout = np.zeros(logits.shape)
    for n, label in enumerate(labels):
        dout[n, label] = -1 / len(labels)
    return log_softmax_grad(dout, logits)
''',
    ],
    "mlp_backward": [
        '''
def mlp_backward(X, layers, labels):
    """By recursion: a layer knows its own gradients once those behind it are there."""
    (W, b), *rest = layers
    Z = X @ W + b
    if not rest:
        loss = -np.mean(log_softmax(Z)[range(len(labels)), labels])
        dZ, later = softmax_cross_entropy_grad(Z, labels), []
        return float(loss), [(X.T @ dZ, dZ.sum(0))]
    def back(a, layers):
        (W, b), *rest = layers
        Z = a @ W + b
        if rest:
            loss, later, dA = back(np.where(Z > 0, Z, 0), rest)
            dZ = np.where(Z > 0, dA, 0)
        else:
            loss, later = float(-np.mean(log_softmax(Z)[range(len(labels)), labels])), []
            dZ = softmax_cross_entropy_grad(Z, labels)
        return loss, [(a.T @ dZ, dZ.sum(0)), *later], dZ @ W.T
    return back(X, layers)[:2]
''',
        '''
def mlp_backward(X, layers, labels):
    """Scores and activations in two lists, an index that counts down."""
    zs, activations = [], [np.asarray(X, dtype=float)]
    for W, b in layers:
        zs.append(activations[-1].dot(W) + b)
        activations.append(zs[-1] * (zs[-1] > 0))
    logits, n = zs[-1], len(labels)
    p = np.exp(log_softmax(logits))
    grads = [None] * len(layers)
    delta = p.copy()
    for row, label in enumerate(labels):
        delta[row, label] -= 1.0
    delta /= n
    for i in range(len(layers) - 1, -1, -1):
        grads[i] = (np.einsum("ni,nj->ij", activations[i], delta), np.ones(n) @ delta)
        if i:
            delta = np.einsum("nj,ij->ni", delta, layers[i][0])
            delta[zs[i - 1] <= 0] = 0.0
    return -sum(log_softmax(logits)[k, labels[k]] for k in range(n)) / n, grads
''',
    ],
    "gradient_check": [
        '''
def gradient_check(f, grads, params, eps, tol):
    """Nudged in place and put back; a gradient at a kink is tried against both sides."""
    wrong, middle = [], f(params)
    for name in params:
        x, g = params[name], np.asarray(grads[name])
        if g.shape != x.shape or not np.isfinite(g).all():
            wrong.append(name)
            continue
        worst = top = 0.0
        for index, old in np.ndenumerate(x.copy()):
            x[index] = old + eps
            up = f(params)
            x[index] = old - eps
            down = f(params)
            x[index] = old
            a, b = (middle - down) / eps, (up - middle) / eps
            numeric = (a + b) / 2
            if abs(a - b) > 1e-2 * max(abs(a), abs(b)) and min(a, b) - 1e-9 <= g[index] <= max(a, b) + 1e-9:
                off = 0.0
            else:
                off = abs(g[index] - numeric)
            worst = off if off != off else max(worst, off)
            if worst != worst:
                break
            top = max(top, abs(g[index]), abs(numeric))
        if not worst <= tol * top:
            wrong.append(name)
    return wrong
''',
        '''
def gradient_check(f, grads, params, eps, tol):
    """Flat arrays, and a list of what is right."""
    def slopes(name, sign):
        flat = params[name].ravel()
        values = []
        for k in range(flat.size):
            moved = flat.copy()
            moved[k] += sign * eps
            values.append(sign * (f({**params, name: moved.reshape(params[name].shape)}) - f(params)) / eps)
        return np.array(values)

    def right(name):
        if np.shape(grads[name]) != params[name].shape:
            return False
        g = np.ravel(grads[name])
        if not np.isfinite(g).all():
            return False
        sides = np.stack([slopes(name, -1), slopes(name, 1)])
        slope = sides.mean(axis=0)
        differ = np.ptp(sides, axis=0) > 0.1 * abs(sides).max(axis=0)
        room = tol * abs(sides).max(axis=0)
        between = (g >= sides.min(axis=0) - room) & (g <= sides.max(axis=0) + room)
        off = np.where(differ & between, 0.0, abs(g - slope))
        scale = np.concatenate([abs(g), abs(slope)]).max()
        return scale == 0 or off.max() / scale <= tol

    return [name for name in params if not right(name)]
''',
    ],
    "minibatches": [
        '''
def minibatches(X, y, size, rng):
    """An iterator over a list of places, shuffled in place."""
    places = list(range(len(y)))
    rng.shuffle(places)
    while places:
        now, places = places[:size], places[size:]
        yield X[now], y[now]
''',
        '''
def minibatches(X, y, size, rng):
    """Sorted by random keys; an iterator of pairs, without yield."""
    order = np.argsort(rng.random(len(X)))
    X, y = X[order], y[order]
    cuts = range(size, len(X), size)
    return zip(np.split(X, cuts), np.split(y, cuts))
''',
    ],
    "sgd_momentum_step": [
        '''
def sgd_momentum_step(params, grads, state, lr, momentum, weight_decay):
    """One velocity for each place, kept by number."""
    after, new = {}, []
    for i, (p, g) in enumerate(zip(params, grads)):
        g = np.array(g, dtype=float)
        g += weight_decay * p
        after[i] = g if i not in state else momentum * state[i] + g
        new.append(p - lr * after[i])
    return new, after
''',
        '''
def sgd_momentum_step(params, grads, state, lr, momentum, weight_decay):
    """The velocity downhill, with its sign turned around."""
    if not state:
        state = {"v": [0 * p for p in params], "steps": 0}
    v = [momentum * u - g - weight_decay * p for u, g, p in zip(state["v"], grads, params)]
    return [p + lr * u for p, u in zip(params, v)], {"v": v, "steps": state["steps"] + 1}
''',
    ],
    "dropout": [
        '''
def dropout(X, p, rng, training):
    """A binomial mask; a copy in use."""
    if not training or p == 0:
        return X.copy()
    keep = 1 - p
    mask = rng.binomial(1, keep, size=X.shape)
    return X * mask / keep if keep > 0 else X * 0.0
''',
        '''
def dropout(X, p, rng, training):
    """np.where, and a scale that is never infinite."""
    if training:
        scale = 1.0 / (1.0 - p) if p < 1.0 else 0.0
        X = np.where(rng.uniform(size=X.shape) < 1.0 - p, X * scale, 0.0)
    return X
''',
    ],
    "train_digits": [
        '''
def train_digits(images, labels, rng):
    """Adam's kind of step sizes, on the whole data in parts of 64, without weight decay."""
    X = images / 16.0
    layers = []
    for a, b in ((64, 64), (64, 10)):
        bound = np.sqrt(6 / a)
        layers.append([rng.uniform(-bound, bound, size=(a, b)), np.zeros(b)])
    means = [[0.0, 0.0], [0.0, 0.0]]
    squares = [[0.0, 0.0], [0.0, 0.0]]
    t, epochs = 0, 25
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), 64):
            part = order[start : start + 64]
            loss, grads = mlp_backward(X[part], [tuple(layer) for layer in layers], labels[part])
            t += 1
            for i in range(2):
                for j in range(2):
                    g = grads[i][j]
                    means[i][j] = 0.9 * means[i][j] + 0.1 * g
                    squares[i][j] = 0.999 * squares[i][j] + 0.001 * g * g
                    m, v = means[i][j] / (1 - 0.9**t), squares[i][j] / (1 - 0.999**t)
                    layers[i][j] = layers[i][j] - 0.005 * (1 - epoch / epochs) * m / (np.sqrt(v) + 1e-8)
    return [tuple(layer) for layer in layers]
''',
        '''
def train_digits(images, labels, rng):
    """Plain steps and a little dropout on the pixels, the rate falling by a cosine."""
    layers = [
        (rng.normal(0.0, np.sqrt(1 / 32), (64, 64)), np.zeros(64)),
        (rng.normal(0.0, np.sqrt(1 / 32), (64, 10)), np.zeros(10)),
    ]
    for epoch in range(40):
        lr = 0.3 * (1 + np.cos(np.pi * epoch / 40)) / 2
        for X, y in minibatches(images.astype(float) / 16, labels, 16, rng):
            grads = mlp_backward(dropout(X, 0.05, rng, True), layers, y)[1]
            layers = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(layers, grads)]
    return layers
''',
    ],
}
