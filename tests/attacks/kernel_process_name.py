"""Takes the names and the arguments of other programs: of the judge's, of a shell, with control characters.

must: full
"""

import ctypes

libc = ctypes.CDLL(None)
for name in (b"gradfn", b"bwrap\x1b[31m", b"(sd-pam) Z 1 1"):
    libc.prctl(15, name, 0, 0, 0)
for path in ("/proc/self/comm", "/proc/self/task/1/comm", "/proc/1/comm"):
    try:
        with open(path, "wb") as file:
            file.write(b") Z 1 1 (gradfn")
    except OSError:
        pass
sys.argv[:] = ["gradfn"]
