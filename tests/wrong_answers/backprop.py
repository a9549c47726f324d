"""Wrong answers of the backprop unit that are subtle: edits of the solution's."""

VELOCITIES = 'state.get("velocities", [0.0] * len(params))'

WRONG = {
    "log_softmax": {
        "gradient with scores cut at 700": (
            "np.exp(log_softmax(logits))",
            "np.exp(log_softmax(np.minimum(logits, 700)))",
        ),
        "cut below -100,000": (
            "return shifted - np.log",
            "return np.maximum(-1e5, shifted) - np.log",
        ),
        "shifted by the mean": ("logits.max(axis=1, keepdims=True)", "logits.mean(axis=1, keepdims=True)"),
        "a floor under the sum": (
            "np.log(np.exp(shifted).sum(axis=1, keepdims=True))\n",
            "np.log(np.exp(shifted).sum(axis=1, keepdims=True) + 1e-6)\n",
        ),
        "one row loses its axis": ("dout - np.exp", "dout[0] - np.exp"),
    },
    "softmax_cross_entropy_grad": {
        "at most 100 classes": ("grad / len(labels)", "grad[:, :100] / len(labels)"),
        "divided by N - 1": ("/ len(labels)", "/ max(len(labels) - 1, 1)"),
        "labels counted from 1": ("labels] -= 1", "labels - 1] -= 1"),
    },
    "mlp_backward": {
        "slope of 1 at 0": (
            "inputs.append(np.maximum(inputs[-1] @ W + b, 0))",
            "inputs.append(np.where((z := inputs[-1] @ W + b) >= 0, z + (z == 0) * 1e-300, 0))",
        ),
        "one mask for the batch": ("* (a > 0)", "* (a > 0).any(axis=0)"),
        "loss as an array": ("return float(loss), ", "return np.array([loss]), "),
        "the last of many layers only": (
            "gradients[::-1]",
            "gradients[::-1] if len(layers) < 9 else gradients[:1] * len(layers)",
        ),
        "loss of clipped probabilities": (
            "-log_softmax(logits)[",
            "-np.log(np.exp(log_softmax(logits)) + 1e-12)[",
        ),
    },
    "gradient_check": {
        "in the order of the gradients": (
            "in params.items():",
            "in [(name, params[name]) for name in grads]:",
        ),
        "as many numbers in another shape": (
            "np.shape(grads[name]) == x.shape",
            "np.size(grads[name]) == x.size",
        ),
        "each entry held against itself": (
            "if abs(grads[name] - nearest).max() <= tol * largest < np.inf",
            "if (abs(grads[name] - nearest) <= tol * abs(nearest)).all()",
        ),
        "the ratio of the norms": (
            "if abs(grads[name] - nearest).max() <= tol * largest < np.inf",
            "size = np.linalg.norm\n"
            "            if size(grads[name] - slope) <= tol * (size(grads[name]) + size(slope)) < np.inf",
        ),
        "a floor of 1 under the size": ("largest = max(", "largest = max(1.0, "),
        "tol ignored": ("<= tol * largest", "<= 1e-4 * largest"),
        "eps ignored": ("here, wrong = f(params), []", "here, wrong, eps = f(params), [], 1e-5"),
        "the first entry alone": ("in np.ndindex(x.shape)", "in [(0,) * x.ndim]"),
        "in the order of the alphabet": ("return wrong", "return sorted(wrong)"),
        "only the right slope at a kink": ("np.clip(grads[name], low, high)", "right"),
        "named with its error": ("wrong.append(name)", "wrong.append((name, 1.0))"),
    },
    "minibatches": {
        "a last part of one is left out": (
            "yield X[part], y[part]",
            "if len(part) > 1 or size == 1:\n            yield X[part], y[part]",
        ),
        "the last part longer": ("range(0, len(X), size)", "range(0, max(len(X) - size, 1), size)"),
        "shuffled within the parts only": (
            "order[start : start + size]",
            "np.sort(order)[start : start + size][rng.permutation(min(size, len(X) - start))]",
        ),
        "rotated instead of shuffled": (
            "rng.permutation(len(X))",
            "np.roll(np.arange(len(X)), rng.integers(len(X)))",
        ),
        "one order for each length": (
            "rng.permutation(len(X))",
            "np.random.default_rng(len(X)).permutation(len(X))",
        ),
    },
    "sgd_momentum_step": {
        "the state holds the caller's gradients": """
def sgd_momentum_step(params, grads, state, lr, momentum, weight_decay):
    v = [momentum * o + g for o, g in zip(state["v"], grads)] if state else grads
    if weight_decay:
        v = [a + weight_decay * p for a, p in zip(v, params)]
    return [p - lr * a for p, a in zip(params, v)], {"v": v}
""",
        "no decay without momentum": (
            "(g + weight_decay * p)",
            "(g + weight_decay * p * bool(momentum))",
        ),
        "one velocity for all": (VELOCITIES, '[state.get("velocities", [0.0])[0]] * len(params)'),
        "decay in the first step only": ("weight_decay * p", "weight_decay * p * (not state)"),
        "momentum in the first step too": (
            "momentum * v + (",
            "(momentum * v if state else momentum * g) + (",
        ),
        "decay of arrays with two axes only": ("weight_decay * p", "weight_decay * p * (np.ndim(p) > 1)"),
    },
    "dropout": {
        "exactly the share p of all": (
            "(rng.random(X.shape) >= p)",
            "(rng.permutation(X.size).reshape(X.shape) >= round(p * X.size))",
        ),
        "exactly the share p in each row": (
            "X * (rng.random(X.shape) >= p) / (1 - p)",
            "X * (np.argsort(rng.random(X.shape)) >= round(p * X.shape[1])) / (1 - p)",
        ),
        "small numbers dropped": ("(rng.random(X.shape) >= p)", "(abs(X) >= np.quantile(abs(X), p))"),
        "scaled a little": ("/ (1 - p)", "/ (1 - p) ** 0.5"),
        "one mask for each shape": ("rng.random(X.shape)", "np.random.default_rng(X.shape).random(X.shape)"),
    },
    "train_digits": {
        "the first two hundred only": (
            "minibatches(images / 16, labels, 32, rng)",
            "minibatches(images[:200] / 16, labels[:200], 32, rng)",
        ),
        "the upper half of the image": (
            "minibatches(images / 16",
            "minibatches(images * (np.arange(64) < 32) / 16",
        ),
        "labels from the other end": ("labels, 32, rng", "labels[::-1], 32, rng"),
    },
}
