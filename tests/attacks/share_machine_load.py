"""Reads what another submission can change: the machine's load, free memory and free space.

must: full
"""

import ctypes

numbers = ctypes.create_string_buffer(128)
for name, number, *arguments in (
    ("sysinfo", 99, numbers),
    ("statfs", 137, b"/kit", numbers),
    ("fstatfs", 138, os.open("/kit", os.O_RDONLY), numbers),
    ("ustat", 136, os.stat("/kit").st_dev, numbers),
    ("quotactl", 179, 0x80000700, None, 0, numbers),
    ("membarrier for all", 324, 1, 0),
    ("sched_rr_get_interval", 148, 1, numbers),
):
    if call(number, *arguments) is not None:
        tell(name)
for path in ("/proc/loadavg", "/proc/meminfo", "/proc/stat", "/sys/fs/cgroup", "/proc/pressure"):
    if os.path.exists(path):
        tell(path)
