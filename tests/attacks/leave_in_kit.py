"""Leaves code for the next submission in the kit: beside the checks and among the packages.

harm: machine
must: full
"""

import contextlib
import inspect

import autograder
import engine

modules = [autograder, engine, np, *(m for name, m in list(sys.modules.items()) if name.endswith(".checks"))]
for module in modules:
    folder = os.path.dirname(inspect.getsourcefile(module))
    for place in (folder, f"{folder}/__pycache__", os.path.dirname(folder), sys.prefix):
        with contextlib.suppress(OSError), open(f"{place}/gradfn-attack.txt", "w") as file:
            file.write("EVIDENCE")
            tell(place)
    with contextlib.suppress(OSError):
        os.close(os.open(inspect.getsourcefile(module), os.O_RDWR))
        tell(f"{inspect.getsourcefile(module)} can be written")
