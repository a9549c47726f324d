"""Reads the environment and the command line of every process that can be seen.

must: full
"""

import os
from pathlib import Path

for folder in Path("/proc").glob("[0-9]*"):
    if folder.name == str(os.getpid()):
        continue
    for name in ("environ", "cmdline"):
        try:
            text = (folder / name).read_bytes()
        except OSError:
            continue
        tell(f"{folder.name} {text}")
