"""Mounts, unmounts, remounts, changes its root, makes devices.

harm: machine
must: full
"""

import contextlib
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
REMOUNT, BIND, MOVE = 32, 4096, 8192
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    tell("mounted")
if libc.mount(b"none", b"/", None, REMOUNT | BIND, None) == 0:
    tell("made the root writable")
if libc.mount(b"proc", b"/tmp", b"proc", 0, None) == 0:
    tell("mounted /proc")
if libc.umount2(b"/tmp", 2) == 0:
    tell("unmounted")
with contextlib.suppress(OSError):
    os.chroot("/tmp")
    tell("another root")
with contextlib.suppress(OSError):
    os.mknod("/tmp/gradfn-attack-device", 0o60666, os.makedev(254, 0))
    os.close(os.open("/tmp/gradfn-attack-device", os.O_RDONLY))
    tell("a device")
