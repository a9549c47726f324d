"""Asks the system for new memory, and looks in it for what another process has left there.

must: full
"""

CANARY = b"gradfn-" + b"canary"
for size in (1 << 12, 1 << 16, 1 << 20, 64 << 20):
    for _ in range(2):
        if CANARY in np.empty(size, np.uint8).tobytes():
            tell("the memory of somebody else")
