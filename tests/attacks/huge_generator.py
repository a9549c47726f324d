"""Endless iterators where a tuple is expected.

must: train_perceptron fails
"""

import itertools


# %% train_perceptron
def train_perceptron(X, y, lr, epochs):
    return itertools.count()
