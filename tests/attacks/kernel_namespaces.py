"""Makes namespaces of its own, to be root in them and reach what only root reaches.

must: full
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
USER, MOUNT, NETWORK, PROCESSES, SHARED = 0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000
for flags in (USER, USER | MOUNT, USER | NETWORK, USER | PROCESSES, MOUNT, NETWORK, SHARED):
    if libc.unshare(flags) == 0:
        tell(f"a namespace of its own: {flags:#x}")
