"""Source code whose parsing overflows the stack.

must: full
"""

import ast

try:
    ast.parse("-" * 100_000 + "1")
    compile("+".join(["1"] * 50_000), "x", "exec")
except (MemoryError, RecursionError, SyntaxError):
    pass
