"""Right answers of the init unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "xavier_uniform": [
        '''
def xavier_uniform(fan_in, fan_out, rng):
    """From numbers between 0 and 1, in float32."""
    a = (6 / (fan_in + fan_out)) ** 0.5
    return (2 * a * rng.random((fan_in, fan_out), dtype=np.float32) - a).astype(np.float32)
''',
        '''
def xavier_uniform(fan_in, fan_out, rng):
    """As PyTorch keeps it, then turned; the bound by way of gain and standard deviation."""
    std = 1.0 * np.sqrt(2.0 / float(fan_in + fan_out))
    return rng.uniform(-1, 1, size=(fan_out, fan_in)).T * (np.sqrt(3.0) * std)
''',
        '''
def xavier_uniform(fan_in, fan_out, rng):
    """Number by number."""
    a = np.sqrt(3 / ((fan_in + fan_out) / 2))
    return np.array([[rng.uniform(-a, a) for _ in range(fan_out)] for _ in range(fan_in)])
''',
    ],
    "kaiming_uniform": [
        """
def kaiming_uniform(fan_in, fan_out, rng, slope=0.0):
    gain = np.sqrt(2 / (1 + slope * slope))
    bound = gain * np.sqrt(3 / fan_in)
    return bound * (1 - 2 * rng.random(size=(fan_in, fan_out)))


def kaiming_normal(fan_in, fan_out, rng, slope=0.0):
    gain = np.sqrt(2 / (1 + slope * slope))
    return gain / np.sqrt(fan_in) * rng.standard_normal((fan_in, fan_out))
""",
        '''
def kaiming_uniform(fan_in, fan_out, rng, slope=0.0):
    """Column by column, in float32."""
    a = (6 / fan_in / (1 + slope**2)) ** 0.5
    return np.stack([rng.uniform(-a, a, fan_in).astype(np.float32) for _ in range(fan_out)], axis=1)


def kaiming_normal(fan_in, fan_out, rng, slope=0.0):
    """Drawn as (fan_out, fan_in) and turned."""
    return rng.normal(scale=(2 / fan_in / (1 + slope**2)) ** 0.5, size=(fan_out, fan_in)).T
''',
    ],
    "count_distinct_units": [
        '''
def count_distinct_units(W, tol):
    """All pairs at once: a column counts if none before it is near."""
    apart = np.abs(W[:, :, None] - W[:, None, :]).max(axis=0)
    return sum(not (apart[j, :j] <= tol).any() for j in range(W.shape[1]))
''',
        """
def count_distinct_units(W, tol):
    kept = []
    for j in range(W.shape[1]):
        for other in kept:
            if np.allclose(W[:, j], other, rtol=0, atol=tol):
                break
        else:
            kept.append(W[:, j])
    return len(kept)
""",
        '''
def count_distinct_units(W, tol):
    """With plain lists, crossing out the twins."""
    columns, count = [list(map(float, c)) for c in zip(*W)], 0
    while columns:
        first = columns[0]
        columns = [c for c in columns if any(abs(a - b) > tol for a, b in zip(first, c))]
        count += 1
    return count
''',
    ],
    "activation_std": [
        '''
def activation_std(X, weights, activation):
    """By the formula, as an array."""
    stds = np.zeros(len(weights))
    for layer, W in enumerate(weights):
        X = activation(np.dot(X, W))
        stds[layer] = np.sqrt(np.mean((X - X.mean()) ** 2))
    return stds
''',
        '''
def activation_std(X, weights, activation):
    """By recursion, as Python floats in a tuple."""
    if not weights:
        return ()
    a = activation(np.einsum("ni,ij->nj", X, weights[0]))
    return (float(a.std()), *activation_std(a, weights[1:], activation))
''',
    ],
}
