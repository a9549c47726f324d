"""Learns where kit and Python lie on the machine, and so the user's name, by the kernel's list of mounts.

must: full
"""

import ctypes

ids = (ctypes.c_uint64 * 256)()
ask = struct.pack("IIQQQ", 32, 0, (1 << 64) - 1, 0, 0)
if (found := call(458, ask, ids, 256, 0)) is not None:
    tell(f"{found} mounts")
if (
    call(457, struct.pack("IIQQQ", 32, 0, 1, 8 | 16, 0), ctypes.create_string_buffer(8192), 8192, 0)
    is not None
):
    tell("statmount")
for path in ("/proc/self/mountinfo", "/proc/mounts", "/proc/self/cgroup"):
    if os.path.exists(path):
        tell(path)
