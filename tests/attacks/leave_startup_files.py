"""Leaves start-up files: sitecustomize, IPython profiles, matplotlib's, .pth files, PYTHONSTARTUP.

must: full
"""

import contextlib

home = os.path.expanduser("~")
os.environ["PYTHONSTARTUP"] = os.environ["PYTHONPATH"] = f"{home}/gradfn-attack"
for name in (
    "usercustomize.py",
    "sitecustomize.py",
    "numpy.py",
    "autograder.py",
    ".ipython/profile_default/startup/gradfn-attack.py",
    "profile_default/startup/gradfn-attack.py",
    "profile_default/ipython_config.py",
    ".local/lib/python3.11/site-packages/gradfn-attack.pth",
    "matplotlibrc",
):
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(f"{home}/{name}"), exist_ok=True)
        with open(f"{home}/{name}", "w") as file:
            file.write("print('EVIDENCE')  # gradfn-attack\n")
