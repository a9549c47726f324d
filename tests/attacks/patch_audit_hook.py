"""Hangs a hook below imports, compilations and files that are opened, which cannot be taken out again.

must: no points for xor_by_hand
"""


def hook(event, arguments):
    for frame in sys._current_frames().values():
        while frame is not None:
            if "returned" in frame.f_locals or "outcome" in frame.f_locals:
                frame.f_globals["Outcome"] = lambda *_, **__: {"returned": {}}
            frame = frame.f_back
    if event in ("exec", "compile", "import"):
        raise KeyboardInterrupt


# %% xor_by_hand
def xor_by_hand():
    sys.addaudithook(hook)
    exec("1")
