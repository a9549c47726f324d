"""Tries to be run later: cron, at, systemd, autostart, shell profiles.

harm: machine
must: full
"""

import contextlib

for path in (
    "/etc/cron.d/gradfn-attack",
    "/var/spool/cron/crontabs/gradfn-attack",
    "/etc/systemd/system/gradfn-attack.service",
    "/etc/profile.d/gradfn-attack.sh",
    "/usr/local/bin/gradfn-attack",
):
    with contextlib.suppress(OSError), open(path, "w") as file:
        file.write("# EVIDENCE\n")
        tell(path)
