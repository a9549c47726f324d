"""Takes memory that the kernel counts elsewhere: pipes, mappings, locked pages, deep folders.

harm: machine
must: full
"""

import fcntl
import mmap

F_SETPIPE_SZ, kept, filled = 1031, [], 0
try:
    for _ in range(2_000):
        pipe = os.pipe()
        kept += pipe
        os.set_blocking(pipe[1], False)
        filled += os.write(pipe[1], bytes(fcntl.fcntl(pipe[1], F_SETPIPE_SZ, 1 << 20)))
except OSError:
    pass
for fd in kept:
    os.close(fd)
if filled > 512 << 20:
    tell(f"{filled >> 20} MB in pipes")
maps = []
try:
    while len(maps) < 20_000:
        maps.append(mmap.mmap(-1, 4096, prot=mmap.PROT_READ << len(maps) % 2))
except (OSError, MemoryError, ValueError):
    pass
del maps
if ctypes.CDLL(None).mlockall(3) == 0:
    tell("its memory is locked")
try:
    for _ in range(500):
        os.mkdir("gradfn-attack-deep")
        os.chdir("gradfn-attack-deep")
except OSError:
    pass
os.chdir("/")
