"""Takes all inotify instances and watches that the user may have; the other tries how many are left."""


def taken():
    fds = []
    while len(fds) < 50 and (fd := call(294, 0)) is not None:
        fds.append(fd)
    watches = [call(254, fd, os.path.dirname(np.__file__).encode(), 0xFFF) for fd in fds]
    return fds, len(fds), sum(watch is not None for watch in watches)


def hold():
    return taken()


def measure():
    fds, *found = taken()
    for fd in fds:
        os.close(fd)
    return found
