"""Leaves names while it runs: files, memory, queues, sockets, keys; the other looks for them.

control: yes
"""

import ctypes

libc = ctypes.CDLL(None)
FOLDERS = [folder for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run") if os.path.isdir(folder)]


def hold():
    for folder in FOLDERS:
        try:
            with open(f"{folder}/gradfn-attack-pair", "w") as file:
                file.write("here")
        except OSError:
            continue
    doors = []
    for family, name in ((socket.AF_UNIX, "\0gradfn-attack-pair"), (socket.AF_INET, ("127.0.0.1", 47041))):
        try:
            door = socket.socket(family)
            door.bind(name)
            door.listen()
            doors.append(door)
        except OSError:
            continue
    segment = libc.shmget(0x67726165, 4096, 0o1600)
    until(END - 0.05)
    for folder in FOLDERS:
        try:
            os.unlink(f"{folder}/gradfn-attack-pair")
        except OSError:
            continue
    libc.shmctl(segment, 0, None)
    return doors


def measure():
    found = [os.path.exists(f"{folder}/gradfn-attack-pair") for folder in FOLDERS]
    found.append(libc.shmget(0x67726165, 4096, 0) >= 0)
    for family, name in ((socket.AF_UNIX, "\0gradfn-attack-pair"), (socket.AF_INET, ("127.0.0.1", 47041))):
        try:
            with socket.socket(family) as door:
                found.append(door.connect_ex(name))
        except OSError as error:
            found.append(error.errno)
    return found
