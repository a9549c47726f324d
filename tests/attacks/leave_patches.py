"""Changes shared modules so that the next submission in the same process fails.

must: nothing passes
"""

import builtins

builtins.gradfn_attack = "EVIDENCE"
np.where = np.zeros = np.asarray = np.array = None
