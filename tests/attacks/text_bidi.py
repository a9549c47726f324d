"""Shows text that runs the other way, and characters that nobody sees.

must: step loses points
"""

# %% step
_EVIL = "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x61C, 0xFEFF, 0xAD))
)
_EVIL += "".join(
    map(chr, (0xE0001, 0xE0041, 0x2028, 0x2029, 0x85, 0x9B, 0x1B, 0x7F, 0x115F, 0x3164, 0xFFA0, 0x2800))
)


class Fault(Exception):
    pass


Fault.__name__ = Fault.__qualname__ = f"E{_EVIL}rror"


def step(z):
    import warnings

    print(_EVIL)
    warnings.warn(_EVIL, stacklevel=1)
    exec(compile("def inner(x):\n    raise Fault(_EVIL)\ninner(1)", f"<{_EVIL}>", "exec"), globals())
