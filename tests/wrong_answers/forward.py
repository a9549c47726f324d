"""Wrong answers of the forward unit that got full points once: cells, or edits of the solution's."""

WRONG = {
    "linear": {
        "a single number for b": ("b.shape != (W.shape[1],)", "b.ndim and b.shape != (W.shape[1],)"),
        "b held against the rows of W": (
            "b.shape != (W.shape[1],)",
            "b.shape not in ((W.shape[1],), W.shape[:1]) or W.shape[1] > 1 and b.shape != (W.shape[1],)",
        ),
        "squeezed, so that one unit loses its axis": ("return X @ W + b", "return np.squeeze(X @ W + b)"),
    },
    "count_parameters": {
        "layers of one shape are counted once": (
            "d_in, d_out in pairwise(sizes))\n    ### END SOLUTION\n\n\ndef",
            "d_in, d_out in {*pairwise(sizes)})\n    ### END SOLUTION\n\n\ndef",
        ),
        "products of one shape are counted once": (
            "return batch * sum(d_in * d_out for d_in, d_out in pairwise(sizes))",
            "return batch * sum(d_in * d_out for d_in, d_out in {*pairwise(sizes)})",
        ),
        "at most ten layers": (
            "sum((d_in + 1) * d_out for d_in, d_out in pairwise(sizes))",
            "sum((d_in + 1) * d_out for d_in, d_out in pairwise(sizes[:11]))",
        ),
    },
    "mlp_forward": {
        "hidden as a tuple": ("*layers[-1]), hidden", "*layers[-1]), tuple(hidden)"),
        "at most ten layers": (
            "in layers[:-1]",
            "in (layers[:-1] if len(layers) < 11 else layers[:9] + layers[-2:-1])",
        ),
        "one row loses its axis": ("hidden.append(a)", "hidden.append(a if len(a) > 1 else a[0])"),
    },
    "predict_proba": {
        "at most 64 classes": ("weights.sum(axis=1", "weights[:, :64].sum(axis=1"),
        "squeezed, so that one row loses its axis": (
            "weights / weights.sum(axis=1, keepdims=True)",
            "np.squeeze(weights / weights.sum(axis=1, keepdims=True), 0 if len(X) == 1 else ())",
        ),
        "the last of many layers alone": (
            "mlp_forward(X, layers,",
            "mlp_forward(X, layers if len(layers) < 9 else layers[-1:],",
        ),
    },
    "linear_backward": {
        "db squeezed": ("dY.sum(axis=0)", "np.squeeze(dY.sum(axis=0))"),
        "dW squeezed": ("X.T @ dY,", "np.squeeze(X.T @ dY),"),
    },
}
