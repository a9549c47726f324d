"""Changes owners, permissions and times of the kit's and the interpreter's files.

must: full
"""

import contextlib
import inspect

import autograder

for path in (
    inspect.getsourcefile(autograder),
    os.path.realpath(sys.executable),
    np.__file__,
    "/",
    "/usr/lib",
):
    status = os.stat(path)
    with contextlib.suppress(OSError):
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        tell(f"times of {path}")
    with contextlib.suppress(OSError):
        os.chmod(path, status.st_mode & 0o7777)
        tell(f"permissions of {path}")
