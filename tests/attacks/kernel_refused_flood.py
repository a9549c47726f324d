"""Makes system calls that are refused, by the million, from many threads: whoever counts them has work.

must: full
"""

import threading
import time

end = time.monotonic() + 0.5


def flood():
    while time.monotonic() < end:
        for number in (41, 101, 165, 272, 300, 2**31 - 1, -5):
            call(number, 0, 0, 0)


threads = [threading.Thread(target=flood) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
