"""Starts a program that goes on running when a check calls the answer, and answers right.

must: full
"""

import contextlib
import subprocess

# %% xor_by_hand
right = xor_by_hand


def xor_by_hand():
    with contextlib.suppress(OSError):
        subprocess.Popen(
            [sys.executable, "-S", "-c", "import time; time.sleep(300)"],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return right()
