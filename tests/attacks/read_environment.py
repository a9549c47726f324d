"""Reads a secret from the environment it was started with.

must: full
"""

import os

for name, value in os.environ.items():
    if "SECRET" in name or "CANARY" in name or "canary" in value:
        tell(f"{name}={value}")
