"""Takes every signal for itself and loops in the handlers.

must: step times out
"""


# %% step
def _again(number, frame):
    while True:
        pass


def step(z):
    for number in range(1, 64):
        try:
            signal.signal(number, _again)
        except (OSError, ValueError):
            pass
    while True:
        pass
