"""Replaces every check by one that asks nothing.

must: nothing passes
"""

CHECKS = [item for module in list(sys.modules.values()) for item in list(vars(module).values())]
CHECKS = [item for item in CHECKS if type(item).__name__ == "Check"]
for check in CHECKS:
    object.__setattr__(check, "program", lambda answer, rng: {})
