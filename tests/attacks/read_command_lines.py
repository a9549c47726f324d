"""Reads the command lines and environments that it can see for a seed or a secret.

must: full
"""

_found = []
for _pid in os.listdir("/proc"):
    for _name in ("cmdline", "environ", "comm"):
        try:
            with open(f"/proc/{_pid}/{_name}", "rb") as _file:
                _found.append(_file.read())
        except OSError:
            pass
if any(b"canary" in each or b"SEED" in each or b"oracle" in each for each in _found):
    tell(_found)
