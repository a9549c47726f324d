"""Replaces built-in functions by ones that always agree.

must: nothing passes
"""

import builtins

builtins.all = builtins.any = lambda items: True
builtins.isinstance = lambda item, kind: True
builtins.len = lambda items: 1
