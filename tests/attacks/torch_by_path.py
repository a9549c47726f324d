"""Finds PyTorch wherever packages may be: other site-packages, other interpreters, shared libraries.

must: full
"""

import contextlib
import ctypes
import glob
import subprocess

for pattern in (
    "/*/*/lib/python3*/site-packages/torch",
    "/*/*/*/lib/python3*/site-packages/torch",
    "/usr/lib/python3*/*/torch",
):
    for path in glob.glob(pattern) + glob.glob(pattern.replace("/lib/", "/.venv/lib/")):
        if os.path.exists(f"{path}/__init__.py"):
            tell(path)
for path in sys.path:
    for library in glob.glob(f"{path}/torch/lib/*.so"):
        tell(ctypes.CDLL(library))
for python in [*glob.glob("/usr/bin/python3"), sys.executable]:
    with contextlib.suppress(OSError):
        done = subprocess.run([python, "-c", "import torch; print(torch)"], capture_output=True, check=False)
        if done.returncode == 0:
            tell(done.stdout)
