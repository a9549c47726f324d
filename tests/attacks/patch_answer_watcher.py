"""Breaks what watches the answers: their arguments, their names, their exceptions.

must: xor_by_hand fails
"""

from autograder.worker import run, tracebacks

for module in (run, tracebacks):
    for name in ("describe_exception", "_source", "_message", "harmless"):
        setattr(module, name, lambda *rest, **options: None)


# %% xor_by_hand
def xor_by_hand():
    raise ValueError("nobody will know")
