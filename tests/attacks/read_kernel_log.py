"""Reads the kernel's messages, devices and settings of the machine.

must: full
"""

import contextlib
import os

for path in ("/dev/kmsg", "/dev/mem", "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/proc/kcore", "/sys/kernel"):
    with contextlib.suppress(OSError):
        tell(f"{path} {os.listdir(path) if os.path.isdir(path) else os.open(path, os.O_RDONLY)}")
