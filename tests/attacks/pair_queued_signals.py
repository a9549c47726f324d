"""Queues as many signals to itself as the user may have waiting; the other tries how many are left.

control: yes
"""

import ctypes

signal.pthread_sigmask(signal.SIG_BLOCK, {40})
libc = ctypes.CDLL(None)


def queued():
    count = 0
    while count < 500 and libc.sigqueue(os.getpid(), 40, ctypes.c_void_p(1)) == 0:
        count += 1
    return count


def hold():
    return queued()


def measure():
    count = queued()
    release()
    return count


def release():
    while signal.sigtimedwait({40}, 0):
        pass
