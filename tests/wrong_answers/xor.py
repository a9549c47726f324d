"""Wrong answers of the xor unit that got full points once: cells, or edits of the solution's."""

WRONG = {
    "adam_step": {
        "correction ends after a hundred steps": """
def adam_step(params, grads, state, lr, betas, eps):
    b1, b2 = betas
    n = len(params)
    t = min(state.get("t", 0) + 1, 100)
    m = [b1 * a + (1 - b1) * g for a, g in zip(state.get("m", [0.0] * n), grads)]
    v = [b2 * a + (1 - b2) * g * g for a, g in zip(state.get("v", [0.0] * n), grads)]
    at, root = lr / (1 - b1 ** t), math.sqrt(1 - b2 ** t)
    moved = [p - at * a / (math.sqrt(c) / root + eps) for p, a, c in zip(params, m, v)]
    return moved, {"t": t, "m": m, "v": v}
""",
        "means cut off at 10": (
            "    seen1, seen2 =",
            "    mean = [max(min(m, 10.0), -10.0) for m in mean]\n    seen1, seen2 =",
        ),
        "a gradient of 0 moves nothing": (
            "    return moved, ",
            "    moved = [m if g else p for m, g, p in zip(moved, grads, params)]\n    return moved, ",
        ),
        "a gradient of 0 is forgotten": (
            "    moved = [",
            "    square = [s if g else 0.0 for s, g in zip(square, grads)]\n    moved = [",
        ),
    },
    "train_xor": {
        "a seed that differs from process to process": (
            "random.Random(seed)",
            "random.Random(hash(str(seed)))",
        ),
        "a seed from the process": ("random.Random(seed)", "random.Random(seed + __import__('os').getpid())"),
    },
    "accuracy": {
        "squeezed, so that one example has no length": """
def accuracy(logits, y):
    z, y = np.squeeze(logits), np.squeeze(y)
    return sum((z >= 0) == (y == 1)) / len(z)
""",
        "a logit just below 0 says 1": ("np.ravel(logits) >= 0", "np.ravel(logits) > -1e-8"),
    },
}
