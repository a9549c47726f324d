"""A float that equals every number, inside a tuple of the right kind.

must: train_perceptron fails
"""


class Liar(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


# %% train_perceptron
right = train_perceptron


def train_perceptron(X, y, lr, epochs):
    w, _, mistakes = right(X, y, lr, epochs)
    return w, Liar(0.0), mistakes
