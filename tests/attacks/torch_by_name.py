"""Answers a NumPy unit with PyTorch, imported by name and by importlib.

must: full
"""

import importlib

for name in ("torch", "torch.nn", "torch._C"):
    try:
        tell(importlib.import_module(name))
    except ImportError:
        pass
