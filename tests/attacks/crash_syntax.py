"""Source that breaks parsers: null bytes, deep brackets, thousands of decorators.

must: full
"""

for source in (
    "(" * 5_000 + ")" * 5_000,
    "x = 1\0",
    "@f\n" * 10_000 + "def f(): pass",
    "\ud800",
    "\f\x1a",
    "if 1:\n" * 99,
):
    try:
        exec(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError, NameError, UnicodeError):
        pass
