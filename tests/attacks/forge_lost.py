"""Sends the words with which the kit says that the machine ended a process.

must: step loses points
"""

import os


# %% step
def step(z):
    said = ["message", "SIGKILL: the machine is short of memory, gradfn-canary"]
    words = [["source", "lost"], ["type", "Its process ended"], said, ["frames", []]]
    forge({"d": [["raised", {"d": words}]]})
    os._exit(0)
