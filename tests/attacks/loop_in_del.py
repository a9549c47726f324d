"""Loops in __del__, in a weak reference's callback, and while the process ends.

must: full
"""

import weakref


class _Endless:
    def __del__(self):
        while True:
            pass


class _Thing:
    pass


_thing = _Thing()
_reference = weakref.ref(_thing, lambda _: _Endless())
sys.endless = [_Endless(), _thing]
