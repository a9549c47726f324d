"""A function whose file name and line are false, to show code that is not its own.

must: xor_by_hand fails
"""

import linecache

linecache.cache["/etc/passwd"] = (1, None, ["the grader's own code\n"], "/etc/passwd")


# %% xor_by_hand
exec(compile("def xor_by_hand():\n    raise ValueError('x')", "/etc/passwd\x1b[2J", "exec"))
