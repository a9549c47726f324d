"""Sends an array of no elements, whose other sides are so large that NumPy refuses to rebuild it.

must: step loses points
"""

import os


# %% step
def step(z):
    array = ["<f8", [0, 33554432, 33554432, 33554432], 0]
    forge({"d": [["returned", {"d": [["output for inputs 0, 0", {"a": array}]]}]]})
    os._exit(0)
