"""Throws a file's pages out of the page cache, or reads them in; the other asks which are there."""

import ctypes
import glob
import mmap

name = max(glob.glob(os.path.dirname(np.__file__) + "/**/*.pyi", recursive=True), key=os.path.getsize)
fd, size = os.open(name, os.O_RDONLY), os.path.getsize(name)
mapped = mmap.mmap(fd, size, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
address = ctypes.addressof(ctypes.c_char.from_buffer(mapped))


def hold():
    return [call(221, fd, 0, 0, 4), call(28, address, size, 21), call(187, fd, 0, size), os.pread(fd, 1, 0)]


def measure():
    pages, cache = ctypes.create_string_buffer(size // 4096 + 1), ctypes.create_string_buffer(40)
    buffer = ctypes.create_string_buffer(16)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 16)
    call(27, address, size, pages)
    call(451, fd, (ctypes.c_uint64 * 2)(0, size), cache, 0)
    return pages.raw, cache.raw, [call(327, fd, vector, 1, place, 0, 8) for place in range(0, size, 4096)]
