"""Raises the worker's own exceptions: its time-out, its missing name, its fault.

must: xor_by_hand fails
"""

import autograder.errors
import autograder.worker.limits
import autograder.worker.programs

KINDS = [
    autograder.errors.WorkerFault,
    autograder.worker.programs.MissingName,
    autograder.worker.limits.TimeUp,
    autograder.errors.GradfnError,
]


# %% xor_by_hand
def xor_by_hand():
    raised.append(1)
    raise KINDS[len(raised) % len(KINDS)]("kit")


raised = []
