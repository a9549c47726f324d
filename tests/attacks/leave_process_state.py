"""Leaves the process in a state that breaks others: folder, locale, umask, digits, switches, closed files.

must: full
"""

import decimal
import gc
import locale
import warnings

os.makedirs("/tmp/gradfn-gone", exist_ok=True)
os.chdir("/tmp/gradfn-gone")
os.rmdir("/tmp/gradfn-gone")
os.umask(0o777)
os.environ.clear()
sys.set_int_max_str_digits(640)
sys.setrecursionlimit(10_000)
sys.setswitchinterval(1000.0)
gc.disable()
gc.freeze()
gc.set_debug(gc.DEBUG_SAVEALL)
decimal.getcontext().prec = 1
np.set_printoptions(precision=0, threshold=1)
np.seterr(all="raise")
warnings.simplefilter("error")
for category in range(7):
    try:
        locale.setlocale(category, "C.UTF-8")
    except locale.Error:
        pass
