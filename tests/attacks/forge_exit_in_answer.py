"""Exits with the status of success when a check calls the answer.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    import os

    os._exit(0)
