"""Changes modes and times of the machine's device files, which it would own if root grades.

must: full
"""

from functools import partial

for device in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"):
    same = stat.S_IMODE(os.stat(device).st_mode)  # it is enough to see whether it may be done
    for change in (partial(os.chmod, mode=same), os.utime, partial(os.chown, uid=-1, gid=-1)):
        try:
            change(device)
        except OSError:
            continue
        tell(f"{device} can be changed")
