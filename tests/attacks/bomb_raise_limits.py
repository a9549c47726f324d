"""Raises its own limits.

must: full
"""

import resource

for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE"):
    hard = resource.getrlimit(getattr(resource, name))[1]
    if hard == resource.RLIM_INFINITY:
        tell(f"{name} has no limit")
    try:
        resource.setrlimit(getattr(resource, name), (hard + 1, hard + 1))
        tell(f"{name} was raised")
    except (OSError, ValueError):
        pass
