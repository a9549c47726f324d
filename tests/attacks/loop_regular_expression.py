"""A regular expression that backtracks for ever.

must: xor_by_hand times out
"""

import re


# %% xor_by_hand
def xor_by_hand():
    return re.match(r"(a|aa|a?)+$", "a" * 60 + "b")
