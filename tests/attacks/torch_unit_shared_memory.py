"""Shares tensors with other processes through torch's shared memory manager.

unit: modules
must: full
"""

import contextlib

with contextlib.suppress(Exception):
    import torch.multiprocessing

    torch.multiprocessing.set_sharing_strategy("file_system")
    torch.zeros(1000).share_memory_()
