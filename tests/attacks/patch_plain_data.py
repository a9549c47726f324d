"""Makes the worker's own plain() and same() return what suits it.

must: xor_by_hand fails
"""

import autograder.worker.plain as module

module.plain.__code__ = (lambda value, depth=0: value).__code__
module.same.__code__ = (lambda a, b: True).__code__


# %% xor_by_hand
def xor_by_hand():
    return 4.0
