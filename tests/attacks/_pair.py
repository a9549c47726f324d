"""What stands behind each pair_*.py, in front of which ROLE, START and END are set."""

import time


def until(moment):
    time.sleep(max(moment - time.time(), 0))


if ROLE == "hold":
    until(START)
    held = hold()
    until(END)
    globals().pop("release", list)()
else:
    measure()  # the first time takes longer
    alone = measure()
    if time.time() > START:
        print("TOO LATE")
    until(START + 0.2)
    while time.time() < END - 0.1:
        if (found := measure()) != alone:
            tell(f"the other one is there: {found}, and alone {alone}")
        time.sleep(0.05)
