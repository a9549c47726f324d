"""Right answers of the activations unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "sigmoid": [
        '''
def sigmoid(x):
    """Each side by its own formula, in place on an array of its own."""
    x = np.asarray(x)
    x = x.astype(np.result_type(x, np.float32) if x.dtype.kind == "f" else float)
    y, right = np.empty_like(x), x >= 0
    y[right] = 1 / (1 + np.exp(-x[right]))
    e = np.exp(x[~right])
    y[~right] = e / (1 + e)
    return y
''',
        '''
def sigmoid(x):
    """A softplus in the exponent."""
    return np.exp(-np.logaddexp(0, -x))
''',
        '''
def sigmoid(x):
    """np.where on an exponent that is never positive, so that both branches are harmless."""
    e = np.exp(-abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)
''',
    ],
    "tanh_grad": [
        """
def tanh_grad(y):
    return (1 - y) * (1 + y)
""",
        """
def tanh_grad(y):
    slopes = -np.square(y)
    slopes += 1
    return slopes
""",
        """
def tanh_grad(y):
    return np.array([1.0 - t**2 for t in y.flat]).reshape(y.shape)
""",
    ],
    "relu": [
        '''
def relu(x):
    """In place, on a copy: a comparison with NaN is False, so it stays."""
    y = np.array(x, copy=True)
    y[y < 0] = 0
    return y


def relu_grad(x):
    return (x > 0).astype(np.float32)
''',
        '''
def relu(x):
    """Half of x and |x|, for numbers that have an end."""
    return np.where(np.isneginf(x), 0, (x + np.abs(x)) / 2)


def relu_grad(x):
    return np.heaviside(x, 0.0)
''',
        """
relu = np.vectorize(lambda number: 0.0 if number <= 0 else number, otypes=[float])
relu_grad = np.vectorize(lambda number: 1.0 if number > 0 else 0.0)
""",
    ],
    "leaky_relu": [
        '''
def leaky_relu(x, slope):
    """Its own slope times x."""
    return leaky_relu_grad(x, slope) * x


def leaky_relu_grad(x, slope):
    return slope + (1.0 - slope) * (x > 0)
''',
        """
def leaky_relu(x, slope):
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


def leaky_relu_grad(x, slope):
    slopes = np.ones(np.shape(x))
    slopes[x <= 0] = slope
    return slopes
""",
        '''
def leaky_relu(x, slope):
    """In place, on a copy."""
    y = x.astype(float)
    y[y <= 0] *= slope
    return y


def leaky_relu_grad(x, slope):
    return np.array([1.0 if number > 0 else float(slope) for number in x.ravel()]).reshape(x.shape)
''',
    ],
    "gelu": [
        '''
class UnknownForm(ValueError):
    """A ValueError of its own."""


def gelu(x, approximate="none"):
    """erf one number at a time; tanh through its sigmoid."""
    if approximate == "tanh":
        return x * sigmoid(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    if approximate != "none":
        raise UnknownForm(approximate)
    phi = [0.5 * (1.0 + math.erf(number / 2**0.5)) for number in x.ravel()]
    return x * np.array(phi).reshape(x.shape)
''',
        '''
def gelu(x, approximate="none"):
    """A table of the forms; what is not in it is refused."""
    forms = {
        "none": lambda t: math.erfc(-t / math.sqrt(2)) / 2,
        "tanh": lambda t: (1 + math.tanh(math.sqrt(2 / math.pi) * t * (1 + 0.044715 * t * t))) / 2,
    }
    if approximate not in forms:
        raise ValueError(f"no such form: {approximate}")
    y = np.empty(x.shape)
    for place, number in np.ndenumerate(x):
        y[place] = number * forms[approximate](float(number))
    return y
''',
    ],
    "softmax": [
        '''
def softmax(x, axis=-1):
    """Through the logarithm of the sum."""
    return np.exp(x - np.logaddexp.reduce(x, axis=axis, keepdims=True))
''',
        '''
def softmax(x, axis=-1):
    """In place, with the axis brought to the front."""
    y = np.moveaxis(np.array(x, dtype=float), axis, 0)
    y -= y.max(axis=0)
    np.exp(y, out=y)
    y /= y.sum(axis=0)
    return np.moveaxis(y, 0, axis)
''',
        '''
def softmax(x, axis=-1):
    """Row by row."""

    def one(row):
        weights = [math.exp(score - max(row)) for score in row]
        return np.array(weights) / math.fsum(weights)

    return np.apply_along_axis(one, axis, x)
''',
    ],
    "bce_with_logits": [
        '''
def bce_with_logits(z, y):
    """Two softplus, each with its share."""
    return float((y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)).mean())
''',
        '''
def bce_with_logits(z, y):
    """One number at a time, each side by its own formula."""
    total = 0.0
    for score, target in zip(z.ravel(), y.ravel()):
        if score > 0:
            total += (1 - target) * score + math.log1p(math.exp(-score))
        else:
            total += -target * score + math.log1p(math.exp(score))
    return total / z.size
''',
        """
def bce_with_logits(z, y):
    return np.average(np.logaddexp(0, z) - z * y)
""",
    ],
    "cross_entropy": [
        '''
def cross_entropy(logits, labels):
    """Row by row, as floats."""
    losses = []
    for row, label in zip(logits.tolist(), labels.tolist()):
        top = max(row)
        losses.append(top - row[label] + math.log(math.fsum(math.exp(score - top) for score in row)))
    return sum(losses) / len(losses)
''',
        '''
def cross_entropy(logits, labels):
    """The score of the right class by take_along_axis; the rest in place."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    right = np.take_along_axis(shifted, labels[:, None], axis=1)
    shifted -= right
    return np.log(np.exp(shifted + right).sum(axis=1)).mean() - right.mean()
''',
        """
def cross_entropy(logits, labels):
    one_hot = np.eye(logits.shape[1])[labels]
    return (np.logaddexp.reduce(logits, axis=1) - (one_hot * logits).sum(axis=1)).mean()
""",
    ],
    "value_sigmoid": [
        '''
def value_sigmoid(v):
    """The fraction extended by exp(v), and a power in place of a division."""
    e = v.exp()
    return e * (1 + e) ** -1


def value_tanh(v):
    return 2 * value_sigmoid(2 * v) - 1
''',
        '''
def value_sigmoid(v):
    """A power of e."""
    return 1 / (1 + math.e**-v)


def value_tanh(v):
    up = math.e ** (2 * v)
    return (up - 1) / (up + 1)
''',
        '''
def value_sigmoid(v):
    return Value(1.0) / (Value(1.0) + (v * -1).exp())


def value_tanh(v):
    """The formula as it stands."""
    up, down = v.exp(), (-v).exp()
    return (up - down) / (up + down)
''',
    ],
}
