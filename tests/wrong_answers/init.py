"""Wrong answers of the init unit that got full points once: cells, or edits of the solution's."""

WRONG = {
    "count_distinct_units": {
        "one unit is none": ("return len(distinct)", "return len(distinct) if W.shape[1] > 1 else 0"),
        "a single weight is no unit": (
            "return len(distinct)",
            "return len(distinct) if len(W) > 1 else W.shape[1]",
        ),
        "sizes without their signs": ("in W.T:", "in np.abs(W).T:"),
    },
    "activation_std": {
        "the mean of squares minus the square of the mean": (
            "np.std(X)",
            "np.sqrt(np.abs(np.mean(X**2) - np.mean(X) ** 2))",
        ),
        "one number is not divided by one less": ("np.std(X)", "np.std(X, ddof=int(X.size == 1))"),
        "at most ten layers by their own weights": ("X @ W)", "X @ (W if len(stds) < 10 else weights[0]))"),
    },
}
