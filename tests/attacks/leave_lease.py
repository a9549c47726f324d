"""Takes leases on the kit's files, which block the next process that writes one until the kernel breaks them.

must: full
"""

import fcntl

for folder, _, names in os.walk("/kit"):
    for name in names:
        with open(os.path.join(folder, name)) as file:
            try:
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            except OSError:
                continue
            tell(f"a lease on {name}")
