"""Traces and profiles every call of the worker, and changes local variables on the way.

must: no points for xor_by_hand
"""


def trace(frame, event, value):
    for name in ("returned", "outcome", "result"):
        if name in frame.f_locals:
            frame.f_locals[name] = {"returned": {}}
    return trace


sys.settrace(trace)
sys.setprofile(trace)


# %% xor_by_hand
def xor_by_hand():
    return None
