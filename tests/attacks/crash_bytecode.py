"""Gives a function a code that no compiler has made, and calls it.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    def broken():
        return None

    code = broken.__code__
    broken.__code__ = code.replace(co_code=b"\x64\xff" * 8 + b"\x53\x00", co_stacksize=0)
    return broken()
