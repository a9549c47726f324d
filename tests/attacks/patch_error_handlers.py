"""Puts handlers of its own where errors, warnings and lost exceptions are told, and swallows or raises there.

must: xor_by_hand fails
"""

import threading
import warnings


def swallow(*rest, **options):
    raise SystemExit(0)


sys.excepthook = sys.unraisablehook = sys.displayhook = threading.excepthook = swallow
warnings.showwarning = warnings.formatwarning = warnings._showwarnmsg = swallow
np.seterr(all="call")
np.seterrcall(swallow)


# %% xor_by_hand
def xor_by_hand():
    np.zeros(1) / 0
    warnings.warn("told", stacklevel=1)
    return np.zeros(1)
