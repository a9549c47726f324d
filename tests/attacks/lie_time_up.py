"""Raises the worker's own exceptions: its time limit, its missing name, its fault.

must: xor_by_hand fails
"""

import autograder.errors
import autograder.worker.timeout
import autograder.worker.tracebacks

KINDS = [
    autograder.errors.WorkerFault,
    autograder.worker.tracebacks.MissingName,
    autograder.worker.timeout.TimeUp,
    autograder.errors.GradfnError,
]


# %% xor_by_hand
def xor_by_hand():
    raised.append(1)
    raise KINDS[len(raised) % len(KINDS)]("kit")


raised = []
