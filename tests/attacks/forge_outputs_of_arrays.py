"""Answers the request to load its cells with arrays in place of outputs.

must: nothing runs
"""

forge([{"a": ["<f8", [2], 0]}] * 9, bytes(16))
