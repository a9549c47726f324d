"""Gives another answer the second time, and lets a check be run once only.

must: step loses points
"""

from autograder.worker import __main__ as server
from autograder.worker import run

run.same = lambda a, b: True
server.run = run.run = run._once and (lambda check, module, seed: run._once(check, module, seed, ()))


# %% step
def _tired(function):
    calls = []

    def call(z):
        calls.append(np.array(z, copy=True))
        seen = sum(np.shape(z) == np.shape(each) for each in calls)
        return function(z) if seen == 1 else 1 - np.asarray(function(z))

    return call


step = _tired(step)
