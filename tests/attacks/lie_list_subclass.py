"""A list that is longer, shorter and different each time it is read.

must: train_perceptron fails
"""


class Liar(list):
    def __iter__(self):
        return iter([0] * 1000)

    def __len__(self):
        return 0

    def __eq__(self, other):
        return True

    __hash__ = None


# %% train_perceptron
right_train = train_perceptron


def train_perceptron(X, y, lr, epochs):
    w, b, mistakes = right_train(X, y, lr, epochs)
    return w, b, Liar(mistakes)
