"""Integers that print, index and count as other integers.

must: train_perceptron fails
"""


class Liar(int):
    def __index__(self):
        return 1

    def __repr__(self):
        return "1"

    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


# %% train_perceptron
right = train_perceptron


def train_perceptron(X, y, lr, epochs):
    w, b, _ = right(X, y, lr, epochs)
    return w, b, [Liar(7)]
