"""A loop that never ends.

must: xor_by_hand times out
"""


# %% xor_by_hand
def xor_by_hand():
    while True:
        pass
