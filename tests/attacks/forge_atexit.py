"""Sends a score when the interpreter ends, and ends it.

must: xor_by_hand fails
"""

import atexit

atexit.register(lambda: forge({"d": [["passed", True], ["points", 4.0]]}))


# %% xor_by_hand
def xor_by_hand():
    raise SystemExit(0)
