"""Right answers of the perceptron unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "step": [
        '''
def step(z):
    """A comparison, counted as a number."""
    return (np.asarray(z) >= 0).astype(int)


def sign(z):
    return 2 * step(z) - 1
''',
        '''
def step(z):
    """In place, on an array of its own."""
    labels = np.zeros(np.shape(z), dtype=int)
    labels[np.asarray(z) >= 0] = 1
    return labels


def sign(z):
    """One number at a time."""
    z = np.asarray(z)
    return np.array([-1 if score < 0 else 1 for score in z.ravel()]).reshape(z.shape)
''',
        """
step = np.vectorize(lambda score: 1 if score >= 0 else 0, otypes=[np.int32])


def sign(z):
    return np.heaviside(z, 1).astype(np.int8) * 2 - 1
""",
    ],
    "perceptron_predict": [
        '''
def perceptron_predict(X, w, b):
    """A sum of products, one example at a time."""
    if np.ndim(X) == 1:
        return 1 if sum(p * q for p, q in zip(X, w)) + b >= 0 else -1
    return np.array([perceptron_predict(x, w, b) for x in X])
''',
        '''
def perceptron_predict(X, w, b):
    """The score stands against -b."""
    return np.where(np.dot(X, w) >= -b, 1, -1)
''',
        '''
def perceptron_predict(X, w, b):
    """b as the weight of an input that is always 1; float32 holds these labels too."""
    ones = np.ones((*X.shape[:-1], 1))
    scores = np.concatenate([X, ones], axis=-1) @ np.append(w, b)
    return step(scores.astype(np.float32)) - step(-scores.astype(np.float32)) * (scores != 0)
''',
    ],
    "signed_distance": [
        '''
def signed_distance(X, w, b):
    """w is made one long first, and b measured in the same unit."""
    length = np.sqrt(np.sum(w**2))
    return X @ (w / length) + b / length
''',
        """
import math


def signed_distance(X, w, b):
    distances = []
    for x in X:
        score = math.fsum([*(p * q for p, q in zip(x, w)), b])
        distances.append(score / math.hypot(*w))
    return np.array(distances)
""",
        '''
def signed_distance(X, w, b):
    """From the nearest point of the boundary, along w."""
    foot = -b * w / np.dot(w, w)
    return (X - foot).dot(w) * np.dot(w, w) ** -0.5
''',
    ],
    "perceptron_update": [
        '''
def perceptron_update(w, b, x, y, lr):
    """The error, 0 or +-2, does the choosing."""
    error = (y - perceptron_predict(x, w, b)) / 2
    return w + lr * error * x, b + lr * error
''',
        '''
def perceptron_update(w, b, x, y, lr):
    """In place, on a copy of its own."""
    w = w.copy()
    score = float(np.sum(w * x)) + b
    if (score >= 0) != (y == 1):
        w += lr * y * x
        b += lr * y
    return w, b
''',
        '''
def perceptron_update(w, b, x, y, lr):
    """A list of two in place of a pair."""
    return [w, b] if perceptron_predict(x, w, b) == y else [w + lr * y * x, b + lr * y]
''',
        """
def perceptron_update(w, b, x, y, lr):
    wrong = perceptron_predict(x, w, b) != y
    return np.array([p + wrong * (lr * y * q) for p, q in zip(w, x)]), b + wrong * (lr * y)
""",
    ],
    "train_perceptron": [
        '''
def train_perceptron(X, y, lr, epochs):
    """A while loop over rows by number, everything in place."""
    w, b, mistakes = np.zeros(len(X[0])), 0.0, []
    while len(mistakes) < epochs and 0 not in mistakes:
        mistakes.append(0)
        for n in range(len(X)):
            if sign(np.dot(w, X[n]) + b) != y[n]:
                w += lr * y[n] * X[n]
                b += lr * y[n]
                mistakes[-1] += 1
    return w, b, mistakes
''',
        '''
def train_perceptron(X, y, lr, epochs):
    """By recursion, with a mistake seen as a change of b."""

    def train(w, b, left):
        if left == 0:
            return w, b, []
        wrong = 0
        for x, label in zip(X, y):
            before = b
            w, b = perceptron_update(w, b, x, label, lr)
            wrong += b != before
        if not wrong:
            return w, b, [0]
        w, b, later = train(w, b, left - 1)
        return w, b, [int(wrong), *later]

    return train(np.zeros(X.shape[1]), 0.0, epochs)
''',
        '''
def train_perceptron(X, y, lr, epochs):
    """The bias is the last weight, of an input that is always 1."""
    inputs = np.column_stack([X, np.ones(len(X))])
    weights, mistakes = np.zeros(inputs.shape[1]), []
    for _ in range(epochs):
        wrong = 0
        for x, label in zip(inputs, y.tolist()):
            score = x[:-1] @ weights[:-1] + weights[-1]
            if (label > 0) != (score >= 0):
                weights += lr * label * x
                wrong += 1
        mistakes += [wrong]
        if not wrong:
            break
    return weights[:-1], float(weights[-1]), mistakes
''',
    ],
    "xor_by_hand": [
        '''
def xor_by_hand():
    """Each hidden unit wants one input on and the other off; the output is OR."""
    return np.array([[1, -1], [-1, 1]]), np.array([-1, -1]), np.array([[1], [1]]), np.array([-1])
''',
        '''
def xor_by_hand():
    """OR and NAND, then AND; as lists."""
    return [[2.0, -2.0], [2.0, -2.0]], [-1.0, 3.0], [[1.0], [1.0]], [-1.5]
''',
        """
def xor_by_hand():
    W1 = np.ones((2, 2), dtype=np.float32)
    b1 = -np.arange(1, 3, dtype=np.float32)
    W2 = np.float32([[1], [-2]])
    return W1, b1, W2, -np.ones(1, np.float32)
""",
    ],
}
