"""Breaks what watches the answers: their arguments, their name, their exceptions.

must: xor_by_hand fails
"""

import autograder.worker.run as programs

for name in ("describe_exception", "_source", "_message", "text"):
    setattr(programs, name, lambda *rest, **options: None)


# %% xor_by_hand
def xor_by_hand():
    raise ValueError("nobody will know")
