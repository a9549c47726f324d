"""Tries every system call number that the filter may not name, with meaningless arguments.

must: full
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
WIDE = {
    "unshare": (272, 0x10000000),
    "socket": (41, 1, 1, 0),
    "memfd_create": (319, b"gradfn-attack", 0),
    "keyctl": (250, 0, -3, 0),
    "io_uring_setup": (425, 1, ctypes.create_string_buffer(256)),
    "userfaultfd": (323, 0),
    "pidfd_open": (434, 1, 0),
    "fanotify_init": (300, 0, 0),
    "shmget": (29, 0, 4096, 0o1666),
    "clone3": (435, ctypes.create_string_buffer(88), 88),
    "clone": (56, 17, 0, 0, 0, 0),
    "fork": (57,),
    "vfork by number": (58,),
    "mount": (165, b"none", b"/tmp", b"tmpfs", 0, 0),
    "fsopen": (430, b"tmpfs", 0),
    "open_tree": (428, -100, b"/", 1),
}
for name, (number, *arguments) in WIDE.items():
    if name.startswith("vfork"):
        continue
    result = libc.syscall(number, *arguments)
    if result == 0 and name in ("fork", "clone", "clone3"):
        os._exit(0)
    if result >= 0:
        tell(name)
