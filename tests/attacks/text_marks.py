"""Cells that pretend to be others: the setup, a test cell, an exercise twice, a mark of another unit.

must: xor_by_hand fails
"""

# %% setup ***
x = 1

# %% test_xor_by_hand
points = 4.0

# %% perceptron.xor_by_hand *
points = 4.0


# %% xor_by_hand
def xor_by_hand():
    return 4.0


# %% xor_by_hand ***
xor_by_hand.__name__ = "network_computes_xor"
