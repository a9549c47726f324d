"""Gives the first answer again to a check that was asked before, and changes from one question to the next.

must: step loses points
"""

from autograder.worker import __main__ as server

first = {}
answering = server.WorkerServer.answer


def from_memory(self, request):
    key = request.get("exercise"), request.get("check")
    if None in key:
        return answering(self, request)
    return first.setdefault(key, answering(self, request))


server.WorkerServer.answer = from_memory


# %% step
def _once(function):
    calls = []

    def call(z):
        calls.append(1)
        return function(z) if len(calls) < 24 else 1 - np.asarray(function(z))

    return call


step = _once(step)
