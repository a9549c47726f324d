"""Installs PyTorch from the network.

harm: machine
must: full
"""

import subprocess

command = [sys.executable, "-m", "pip", "install", "-q", "--retries=0", "--timeout=1", "--target=.", "six"]
done = subprocess.run(command, capture_output=True, check=False, timeout=5)
if done.returncode == 0:
    tell("pip installs")
