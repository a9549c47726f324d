"""Wrong answers of the perceptron unit that got full points once: cells, or edits of the solution's."""

WRONG = {
    "step": {
        "1 from 1e-300 below 0 on": (
            "np.where(np.asarray(z) >= 0, 1, 0)",
            "np.where(np.asarray(z) >= -1e-300, 1, 0)",
        ),
        "minus 1 from 1e-300 on": (
            "np.where(np.asarray(z) >= 0, 1, -1)",
            "np.where(np.asarray(z) >= -1e-300, 1, -1)",
        ),
        "one axis only": ("np.where(np.asarray(z) >= 0, 1, 0)", "np.where(np.atleast_1d(z) >= 0, 1, 0)"),
    },
    "perceptron_predict": {
        "w with the integers' digits only": (
            "return sign(X @ w + b)",
            "return sign(X @ w.astype(X.dtype) + b)",
        ),
        "squeezed, so that one row gives a single label": (
            "sign(X @ w + b)",
            "np.squeeze(sign(X @ w + b))[()]",
        ),
        "np.sign of a single score": (
            "return sign(X @ w + b)",
            "return sign(X @ w + b) if X.ndim == 2 else np.sign(X @ w + b).astype(int)",
        ),
    },
    "signed_distance": {
        "a small number added to the length": ("np.linalg.norm(w)", "(np.linalg.norm(w) + 1e-12)"),
        "squeezed, so that one row gives a single distance": (
            "return (X @ w + b)",
            "return np.squeeze(X @ w + b)",
        ),
        "one feature is not divided": ("/ np.linalg.norm(w)", "/ (np.linalg.norm(w) if len(w) > 1 else 1)"),
    },
    "perceptron_update": {
        "one feature becomes a number": ("return w + lr * y * x,", "return np.squeeze(w + lr * y * x),"),
    },
    "train_perceptron": {
        "at least one pass": (
            "w, b, mistakes = np.zeros",
            "epochs = max(epochs, 1)\n    w, b, mistakes = np.zeros",
        ),
        "one example is none": (
            "zip(X, y, strict=True):",
            "list(zip(X, y, strict=True))[: len(X) if len(X) > 1 else 0]:",
        ),
    },
}
