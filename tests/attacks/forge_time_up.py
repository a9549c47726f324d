"""Sends word at once that its time was up, which the judge's clock knows better.

must: step is judged
"""

import os


# %% step
def step(z):
    words = [["source", "timeout"], ["type", "TimeUp"], ["message", "over 0.5 s"], ["frames", []]]
    forge({"d": [["raised", {"d": words}]]})
    os._exit(0)
