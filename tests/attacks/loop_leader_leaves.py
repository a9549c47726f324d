"""Ends the first thread of its process and goes on in another one.

must: nothing runs
"""

import threading
import time


def on():
    while True:
        time.sleep(0.1)


threading.Thread(target=on).start()
call(60, 0)
