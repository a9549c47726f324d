"""Leaves a pickled model where the next torch.load finds it, and loads one that runs a command.

unit: modules
must: full
"""

import contextlib
import tempfile

for folder in {tempfile.gettempdir(), os.path.expanduser("~/.cache/torch/hub")}:
    with contextlib.suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        torch.save({"gradfn-attack": "EVIDENCE"}, f"{folder}/gradfn-attack.pt")
