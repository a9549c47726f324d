"""Looks for others' processes by trying every process number.

must: full
"""

found = []
for pid in range(200, 70_000):
    try:
        os.kill(pid, 0)
        found.append(pid)
    except ProcessLookupError:
        pass
    except PermissionError:
        found.append(pid)
    if len(found) > 2:
        tell(f"processes {found}")
