"""Two processes that restart each other whenever one is killed.

harm: machine
must: xor_by_hand fails
"""


def guard():
    while True:
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            signal.pause()
        os.waitpid(child, 0)


# %% xor_by_hand
def xor_by_hand():
    if os.fork() == 0:
        os.setsid()
        guard()
    os._exit(1)
