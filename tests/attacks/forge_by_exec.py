"""Replaces itself by another program that holds the judge's socket and says "passed" to everything.

must: xor_by_hand fails
"""

import sys

PROGRAM = """
import os, struct, sys, time
text = b'{"d": [["returned", {"d": [["status", "passed"]]}]]}'
for fd in map(int, sys.argv[1:]):
    os.write(fd, struct.pack("!II", len(text), 0) + text)
time.sleep(60)
"""


# %% xor_by_hand
def xor_by_hand():
    for fd in sockets():
        os.set_inheritable(fd, True)
    os.execv(sys.executable, [sys.executable, "-S", "-c", PROGRAM, *map(str, sockets())])
