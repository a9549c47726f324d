"""Wrong answers of the activations unit that got full points once: cells, or edits of the solution's."""

WRONG = {
    "sigmoid": {
        "clipped at 500, which float32 cannot bear": """
def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))
""",
        "NaN at minus infinity": ("np.exp(np.minimum(x, 0))", "np.exp(np.minimum(x, 0)) * x / x"),
    },
    "tanh_grad": {
        "a floor under the slope": ("1 - y * y", "np.maximum(1 - y * y, 1e-12)"),
        "the slope of another number at 0": ("1 - y * y", "(y - y * y * y) / np.where(y == 0, 1, y)"),
    },
    "relu": {
        "times a mask, NaN at minus infinity": ("np.maximum(x, 0)", "x * ~(x <= 0)"),
        "x itself where nothing is negative": (
            "np.maximum(x, 0)",
            "x if not (x < 0).any() else np.maximum(x, 0)",
        ),
        "slope 1 from 1e-300 on": ("np.where(x > 0", "np.where(x > 1e-300"),
        "slope of an infinite x": ("np.where(x > 0, 1.0, 0.0)", "np.maximum(x, 0) / np.where(x > 0, x, 1)"),
    },
    "leaky_relu": {
        "gradient from the sign of the output": (
            "np.where(x > 0, 1.0, float(slope))",
            "np.where(leaky_relu(x, slope) > 0, 1.0, float(slope))",
        ),
        "maximum with |slope|": (
            "np.where(x > 0, x, slope * x)",
            "np.maximum(x, abs(slope) * x) if slope < 1 else np.minimum(x, abs(slope) * x)",
        ),
        "x itself where nothing is negative": (
            "np.where(x > 0, x, slope * x)",
            "x if (x > 0).all() else np.where(x > 0, x, slope * x)",
        ),
        "slopes cut off below 0": ("x, slope * x)", "x, max(slope, 0.0) * x)"),
        "gradient 1 from 1e-300 on": ("np.where(x > 0, 1.0", "np.where(x > 1e-300, 1.0"),
    },
    "gelu": {
        "no word is none": ('if approximate == "none"', 'if not approximate or approximate == "none"'),
        "blanks around a word": ('elif approximate == "tanh"', 'elif approximate.strip() == "tanh"'),
        "an array of integers": ("x * (1 + inner) / 2", "(x * (1 + inner) / 2).astype(x.dtype)"),
        "x itself far out": ("return x *", "return x if (x > 9).all() else x *"),
    },
    "softmax": {
        "a small number added to the sum": (
            "np.sum(weights, axis=axis, keepdims=True)",
            "(np.sum(weights, axis=axis, keepdims=True) + 1e-9)",
        ),
        "the axis without its sign": ("# Sub", "axis = abs(axis)  # Sub"),
        "the last axis is 1": ("# Sub", "axis = min(x.ndim - 1, 1) if axis == -1 else axis  # Sub"),
        "an axis from the end is the last": ("# Sub", "axis = -1 if axis < 0 else axis  # Sub"),
        "at most 64 classes": ("np.sum(weights, axis", "np.sum(weights[..., :64], axis"),
        "a score of minus infinity is skipped": ("np.exp(x -", "np.exp(np.nan_to_num(x, neginf=0.0) -"),
    },
    "bce_with_logits": {
        "z itself beyond 5": (
            "np.log1p(np.exp(-np.abs(z)))",
            "np.where(np.abs(z) > 5, 0, np.log1p(np.exp(-np.abs(z))))",
        ),
        "z itself beyond 15": (
            "np.log1p(np.exp(-np.abs(z)))",
            "np.where(np.abs(z) > 15, 0, np.log1p(np.exp(-np.abs(z))))",
        ),
    },
    "cross_entropy": {
        "labels of at most 9": ("labels]", "np.minimum(labels, 9)]"),
        "sum over at most 64 classes": (
            "np.exp(logits - top[:, None])",
            "np.exp(logits - top[:, None])[:, :64]",
        ),
        "squeezed, so that one example fails": (
            "np.max(logits, axis=1)",
            "np.squeeze(np.max(logits, axis=1))",
        ),
    },
    "value_sigmoid": {
        "v cut off at 10": ("(-v).exp()", "(-v.clamp(-10, 10)).exp()"),
        "exp(-|v|), whose slope at 0 is 0": (
            "return 1 / (1 + (-v).exp())",
            "e = (-v.abs()).exp() if isinstance(v, Value) else (-abs(v)).exp()\n"
            "    return 1 / (1 + e) if v.item() >= 0 else e / (1 + e)",
        ),
    },
}
