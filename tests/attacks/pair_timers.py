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


mine = []


def hold():
    mine.extend(made())


def measure():
    hold()
    count = len(mine)
    release()
    return count


def release():
    while mine:
        call(226, mine.pop())
