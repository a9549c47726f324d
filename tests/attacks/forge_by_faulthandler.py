"""Lets a thread of the interpreter's own write tracebacks into the judge's channel, whatever Python does.

must: xor_by_hand fails
"""

import faulthandler


# %% xor_by_hand
def xor_by_hand():
    for fd in sockets():
        faulthandler.enable(file=fd)
        faulthandler.register(signal.SIGUSR1, file=fd, all_threads=True)
        os.kill(os.getpid(), signal.SIGUSR1)
        faulthandler.dump_traceback_later(0.01, repeat=True, file=fd)
    while True:
        pass
