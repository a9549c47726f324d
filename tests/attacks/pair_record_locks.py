"""Locks bytes of files and devices; the other asks who holds them.

control: yes
"""

import fcntl

OFD_GETLK, OFD_SETLK = 36, 37
fds = [os.open(np.__file__, os.O_RDONLY), os.open("/dev/null", os.O_RDWR), os.open("/dev/zero", os.O_RDWR)]


def asked(command, kind):
    found = []
    for fd in fds:
        try:
            answer = fcntl.fcntl(fd, command, struct.pack("hhqqi4x", kind, 0, 0, 1, 0))
            found.append(struct.unpack("hhqqi4x", answer)[0])
        except OSError:
            found.append(-1)
    return found


def hold():
    return asked(OFD_SETLK, fcntl.F_RDLCK) + asked(fcntl.F_SETLK, fcntl.F_RDLCK)


def measure():
    return asked(OFD_GETLK, fcntl.F_WRLCK) + asked(fcntl.F_GETLK, fcntl.F_WRLCK)
