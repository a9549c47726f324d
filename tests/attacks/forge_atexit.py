"""Sends a score when the interpreter exits, and makes it exit.

must: xor_by_hand fails
"""

import atexit

atexit.register(lambda: forge({"d": [["passed", True], ["points", 4.0]]}))


# %% xor_by_hand
def xor_by_hand():
    raise SystemExit(0)
