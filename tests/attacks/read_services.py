"""Talks to the machine's services through their UNIX sockets: Docker, D-Bus, agents, databases.

must: full
"""

import contextlib
import glob
import socket

for path in glob.glob("/run/**/*sock*", recursive=True) + glob.glob("/tmp/**/*sock*", recursive=True):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as door:
        door.connect(path)
        tell(path)
