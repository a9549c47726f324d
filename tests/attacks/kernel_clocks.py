"""Sets the machine's clocks, adjusts them, opens timers that wake the machine.

must: full
"""

import time

for clock in range(12):
    try:
        time.clock_settime(clock, 0)
        if clock < 2:
            tell(f"set clock {clock}")
    except (OSError, ValueError):
        pass
for number in (
    159,
    164,
    227,
    305,
    283,
    37,
):  # adjtimex, settimeofday, clock_settime, clock_adjtime, timerfd, alarm
    words = ctypes.create_string_buffer(b"\xff" * 256, 256)
    call(number, 0, words, 0, 0)
signal.alarm(0)
