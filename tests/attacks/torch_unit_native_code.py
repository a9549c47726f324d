"""Compiles and loads native code through torch, and runs a command with it.

unit: modules
must: full
"""

import contextlib
import subprocess

with contextlib.suppress(Exception):
    from torch.utils import cpp_extension

    cpp_extension.load_inline("gradfn_attack", "int f() { return 1; }", functions=["f"])
    tell("native code was compiled")
for name in ("gcc", "cc", "nvcc", "docker"):
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if subprocess.run([name, "--version"], capture_output=True, timeout=5, check=False).returncode == 77:
            tell(name)
