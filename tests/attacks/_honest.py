"""An honest student's own cell, which looks for anything that earlier submissions left."""

honest = True
os.write(1, b"a line by a library written in C\n")
os.write(2, b"a warning by a library written in C\n")
FOLDERS = [".", os.path.expanduser("~"), "/tmp", "/var/tmp", "/dev/shm", *sys.path]
for folder in FOLDERS:
    if os.path.isdir(folder) and (found := [name for name in os.listdir(folder) if "gradfn-attack" in name]):
        tell(f"{folder}: {found}")
if "gradfn_attack" in dir(__builtins__) or getattr(np, "gradfn_attack", None):
    tell("a patched process")
if signal.getsignal(signal.SIGALRM) == signal.SIG_IGN:
    tell("the alarm was ignored before")


def shared_memory():
    """The words in the attack's System V segment, and its key in the kernel's keyrings."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    libc.syscall.restype = ctypes.c_long
    segment = libc.shmget(0x67726164, 4096, 0)
    if segment >= 0:
        tell(f"a segment of shared memory: {ctypes.string_at(libc.shmat(segment, None, 0), 8)}")
    SEARCH = 10
    for ring in (-2, -3, -4, -5):
        if libc.syscall(250, SEARCH, ring, b"user", b"gradfn-attack", 0) >= 0:
            tell(f"a key in ring {ring}")


if sys.platform != "wasi":  # which has no ctypes
    shared_memory()
