"""Leaves its folder through links, "..", /proc/self/root and hard links.

must: full
"""

import contextlib
import os

here = os.getcwd()
os.symlink("/", os.path.join(here, "root"))
for path in (
    f"{here}/root",
    f"{here}/../../../..",
    "/proc/self/root",
    "/proc/1/root",
    "/proc/self/cwd/../..",
):
    for name in ("home", "etc/shadow", "etc/hostname", "var/log", "proc/1/environ", "boot"):
        with contextlib.suppress(OSError):
            tell(f"{path}/{name}: {os.stat(f'{path}/{name}')}")
with contextlib.suppress(OSError):
    os.link("/etc/passwd", os.path.join(here, "passwd"))
    tell("a hard link to a file outside")
