"""Looks round the machine's library folders for what is installed there besides Python.

must: full
"""

found = []
for folder in ("/usr/lib", "/lib", "/usr/lib/systemd", "/usr/lib/git-core", "/usr/lib/sudo", "/etc", "/usr"):
    try:
        found += os.listdir(folder)
    except OSError:
        pass
if set(found) - {"ld.so.cache"}:
    tell(found)
