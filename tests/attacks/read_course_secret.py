"""Searches the disk for a course: its secret, its graded answers, its gradebook, other submissions.

must: full
"""

import os
import time

WANTED = {"secret", "gradebook.db", "course.json", "submitted", "recorded", "reports", "nbgrader_config.py"}
end = time.monotonic() + 0.4
for top in ("/tmp", "/home", "/root", "/srv", "/mnt", "/var", "/opt", os.getcwd(), "/"):
    for folder, folders, files in os.walk(top):
        for name in WANTED.intersection(folders + files):
            if "site-packages" not in folder and "attack" in folder:
                tell(os.path.join(folder, name))
        folders[:] = [name for name in folders if name not in ("proc", "sys", "dev", "usr")]
        if time.monotonic() > end:
            break
