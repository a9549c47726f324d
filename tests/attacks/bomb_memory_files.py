"""Takes memory that no limit on addresses covers: files in memory, pipes and socket buffers.

harm: machine
must: full
"""

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
written = 0
try:
    while written < 3 << 30:
        fd = os.memfd_create("gradfn-attack")
        try:
            while written < 3 << 30 and (done := os.write(fd, bytes(1 << 20))):
                written += done
        except OSError as error:
            if error.errno != 27:  # too large: the next file is a new one
                raise
except OSError:
    pass
if written > 2 << 30:
    tell(f"{written >> 20} MB in files in memory")
