"""A loop that catches every exception meant to end it.

must: xor_by_hand times out
"""


# %% xor_by_hand
def xor_by_hand():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
