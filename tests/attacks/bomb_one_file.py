"""Writes one file without end, and one with a hole of a terabyte.

harm: machine
must: full
"""

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("/tmp/gradfn-attack-hole", "wb") as file:
        file.truncate(1 << 40)
        tell("a file of a terabyte")
except OSError:
    pass
