"""Iterators without end where a tuple is asked for.

must: train_perceptron failed|timeout
"""

import itertools


# %% train_perceptron
def train_perceptron(X, y, lr, epochs):
    return itertools.count()
