"""Makes as many POSIX timers as the user may have; the other tries how many are left.

control: yes
"""

import ctypes


def made():
    event = struct.pack("QiiI44x", 0, 34, 0, 0)
    timers = []
    timer = ctypes.c_int()
    while len(timers) < 500 and call(222, 1, event, ctypes.byref(timer)) is not None:
        timers.append(timer.value)
    return timers


def hold():
    return made()


def measure():
    timers = made()
    for timer in timers:
        call(226, timer)
    return len(timers)
