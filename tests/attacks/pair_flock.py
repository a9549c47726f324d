"""Locks files that both see; the other tries which of them it can lock.

control: yes
"""

import fcntl
import glob

names = sorted(glob.glob(os.path.dirname(np.__file__) + "/*.py"))[:8]
files = [os.open(name, os.O_RDONLY) for name in [np.__file__, *names]]


def locked(how):
    found = []
    for file in files:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
            found.append(1)
        except OSError:
            found.append(0)
    return found


def hold():
    return locked(fcntl.LOCK_EX)


def measure():
    found = locked(fcntl.LOCK_SH)
    locked(fcntl.LOCK_UN)
    return found
