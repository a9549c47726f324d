"""Endless warnings whose text raises.

must: xor_by_hand fails
"""

import warnings


class Nasty(UserWarning):
    def __str__(self):
        raise KeyboardInterrupt


# %% xor_by_hand
def xor_by_hand():
    for number in range(20_000):
        warnings.warn(f"warning {number} " + "w" * 1000, stacklevel=1)
    warnings.warn(Nasty(), stacklevel=1)
    return
