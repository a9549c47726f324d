"""Sends bits to a later submission by which pages of the kit's files are in memory: reads them, empties them.

must: full
"""

import ctypes
import errno
import mmap

path = "/kit/checks.py"
fd = os.open(path, os.O_RDONLY)
size = os.fstat(fd).st_size
with open(path, "rb") as file:
    mapped = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
address = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
NOWAIT, DONTNEED, COLD, PAGEOUT, POPULATE = 8, 4, 20, 21, 22
vector = ctypes.create_string_buffer(16)
iovec = (ctypes.c_void_p * 2)(ctypes.addressof(vector), 16)
pages = ctypes.create_string_buffer(size // 4096 + 1)
cache = ctypes.create_string_buffer(40)
for name, number, *arguments in (
    ("preadv2", 327, fd, iovec, 1, 0, 0, NOWAIT),
    ("fadvise64", 221, fd, 0, 0, DONTNEED),
    ("mincore", 27, address, 4096, pages),
    ("readahead", 187, fd, 0, size),
    ("cachestat", 451, fd, (ctypes.c_uint64 * 2)(0, size), cache, 0),
    ("madvise: out", 28, address, 4096, PAGEOUT),
    ("madvise: cold", 28, address, 4096, COLD),
    ("madvise: in", 28, address, 4096, POPULATE),
    ("mlock", 149, address, 4096),
    ("mlockall", 151, 1),
    ("remap_file_pages", 216, address, 4096, 0, 0, 0),
):
    if call(number, *arguments) is not None or call.error not in (errno.EPERM, errno.ENOSYS):
        tell(f"{name}: {call.error}")
