"""Windows: a student's commands run without Unix's modules, without alarms, in any console encoding.

Each test starts a process that imitates Windows: Unix's modules and functions are hidden from it, and neither
files nor the console are UTF-8 by default.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authors.bundle import CODE, code
from autograder.student.terminal import readable
from autograder.units.kit import KitUnit
from tests.conftest import ROOT, root_of
from tests.tiny import answered

#: Run at the start of each process; then it has what Windows has, and fails where Windows would.
HIDES = """\
import os, signal, sys

for name in ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp", "syslog", "readline", "curses"):
    sys.modules[name] = None
for name in ("SIGALRM", "setitimer", "getitimer", "alarm", "ITIMER_REAL", "SIGKILL", "SIGHUP"):
    delattr(signal, name)
for name in ("fork", "forkpty", "killpg", "setsid", "getpgid", "mkfifo", "statvfs"):
    delattr(os, name)

def symlink(*arguments, **options):
    raise OSError("A required privilege is not held by the client")

os.symlink = symlink
"""


#: What 64-bit Windows and WebAssembly have besides: a C long of 32 bits; the latter has no threads.
SMALL_LONG = """\
import threading
import numpy.random

real = numpy.dtype

class Dtype(type):
    def __call__(cls, code, *more, **options):
        return real({"l": "i", "L": "I"}.get(code, code) if isinstance(code, str) else code, *more, **options)

    def __instancecheck__(cls, value):
        return isinstance(value, real)

class dtype(metaclass=Dtype):
    def __class_getitem__(cls, item):
        return real[item]

numpy.dtype = dtype

def no_threads(self):
    raise RuntimeError("can't start new thread")

if NO_THREADS:
    threading.Thread.start = no_threads
"""


@pytest.fixture
def elsewhere(tiny: KitUnit, tmp_path: Path) -> KitUnit:
    """A student's copy of the tiny unit, and the file that hides what Windows lacks."""
    root = root_of(tiny)
    shutil.rmtree(root / "solutions")
    shutil.copy(ROOT / "exercises" / "conftest.py", root / "exercises")
    (root / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\ntestpaths = ["exercises"]\naddopts = "--no-header -rN"\n',
        encoding="utf-8",
    )
    (root / "hides").mkdir()
    (root / "hides" / "sitecustomize.py").write_text(HIDES, encoding="utf-8")
    (root / "play.py").write_text(
        "from autograder.jupyter import unit\nfrom exercises.tiny.tiny import *\n"
        "check, hint = unit('tiny')\nassert check('double') == 0.0\nhint('double')\n",
        encoding="utf-8",
    )
    return tiny


def run_in(unit: KitUnit, *command: str, encoding: str = "cp1252") -> subprocess.CompletedProcess[bytes]:
    """Run Python with arguments there; LC_ALL=C makes ASCII the encoding of files opened without one."""
    path = os.pathsep.join([str(root_of(unit) / "hides"), str(root_of(unit)), str(ROOT)])
    environment = os.environ | {
        "PYTHONPATH": path,
        "PYTHONIOENCODING": encoding,
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=root_of(unit),
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )


COMMANDS = {
    "pytest": (["-m", "pytest"], 1, ["double - values double", "Stopped after 2 s: a loop", "in double:"]),
    "gradfn": (["-m", "autograder.cli"], 0, ["tiny  [", "Next: tiny.double"]),
    "list": (["-m", "autograder.cli", "list"], 0, ["double", "halve"]),
    "hint": (["-m", "autograder.cli", "hint", "tiny.double"], 0, ["double - values double, hint 1 of 3:"]),
    "reset": (["-m", "autograder.cli", "reset", "tiny.halve"], 0, ["is as it was handed out"]),
    "check() in a notebook": (["play.py"], 0, ["double - values double", "0 of 1 public checks passed"]),
}


@pytest.mark.parametrize(("command", "status", "said"), COMMANDS.values(), ids=COMMANDS)
def test_a_students_commands_need_nothing_of_unix(
    elsewhere: KitUnit, command: list[str], status: int, said: list[str]
) -> None:
    """They run, stop an endless loop, and print the same as everywhere, in ASCII if they must."""
    loop = answered(elsewhere, double="while True:\n    pass", halve="return x / 2  # die Hälfte, ½")
    elsewhere.stub_file.write_text(loop, encoding="utf-8")
    done = run_in(elsewhere, *command, encoding="ascii")
    output = done.stdout.decode("ascii")
    assert (done.returncode, done.stderr.decode("ascii")) == (status, ""), output
    assert all(words in output for words in said), output


def test_a_console_gets_the_characters_it_has(elsewhere: KitUnit) -> None:
    """cp1252 has a middle dot: it is printed, and no question mark anywhere."""
    output = run_in(elsewhere, "-m", "pytest", "-k", "double").stdout.decode("cp1252")
    assert "double · values double" in output
    assert "tiny: 0 / 2 points · next: tiny.double" in output
    assert "?" not in output


def test_all_modules_of_a_students_copy_can_be_imported(elsewhere: KitUnit) -> None:
    """None of them imports at its top a module that only Unix has."""
    files = [file.relative_to(ROOT).with_suffix("") for file in code(CODE) if file.suffix == ".py"]
    sandbox = ("lockdown", "forkserver")  # run in the sandbox only, which is Linux
    names = [
        ".".join(file.parts).removesuffix(".__init__")
        for file in files
        if file.name not in ("__main__", *sandbox)
    ]
    assert len(names) > 20
    done = run_in(elsewhere, "-c", f"import importlib\nfor name in {names}: importlib.import_module(name)")
    assert done.stderr == b""


READ_ALL = """\
from pathlib import Path
from autograder.units.recorded import Recorded
for file in sorted(Path(ROOT).glob("exercises/*/recorded.json")):
    recorded = Recorded.read(file)
    for outcomes in (*recorded.answers.values(), *(mistake.outcomes for mistake in recorded.mistakes)):
        assert dict(outcomes), file
"""


@pytest.mark.parametrize("threads", [True, False], ids=["64-bit Windows", "WebAssembly"])
def test_a_long_of_32_bits_changes_nothing(elsewhere: KitUnit, threads: bool) -> None:
    """All units' recorded answers are read, and answers are checked, also where no thread can be started."""
    right = answered(elsewhere, double="return 2 * x", halve="return x / 2")
    elsewhere.stub_file.write_text(right, encoding="utf-8")
    hides = root_of(elsewhere) / "hides" / "sitecustomize.py"
    hides.write_text(HIDES + f"NO_THREADS = {not threads}\n" + SMALL_LONG, encoding="utf-8")
    assert run_in(elsewhere, "-c", "import numpy; print(numpy.dtype('l').itemsize)").stdout.strip() == b"4"
    done = run_in(elsewhere, "-c", f"ROOT = {str(ROOT)!r}\n{READ_ALL}")
    assert (done.returncode, done.stderr) == (0, b"")
    checked = run_in(elsewhere, "-m", "pytest")
    assert b"tiny: 3 / 3 points" in checked.stdout, checked.stdout.decode("cp1252")


def test_what_windows_lacks_is_hidden(elsewhere: KitUnit) -> None:
    """The tests above rest on it: a Unix module, an alarm and a fork fail, and files are ASCII by default."""
    for line in ("import fcntl", "import signal; signal.SIGALRM", "import os; os.fork"):
        assert run_in(elsewhere, "-c", line).returncode == 1
    done = run_in(elsewhere, "-c", "import locale; print(locale.getpreferredencoding(False))")
    assert done.stdout.strip() in (b"ANSI_X3.4-1968", b"US-ASCII", b"ascii")


def test_characters_are_replaced_in_ascii() -> None:
    """Symbols by the table, letters by their base or their name, and only the rest by a question mark."""
    text = "softmax · 1 …\n└─ Add\n├─ Mul │ ★ × café α ≤ 漢"
    assert readable(text, "ascii") == "softmax - 1 ...\n`- Add\n|- Mul | * x cafe alpha <= ?"
    assert readable(text, "utf-8") == text
    assert readable("ein · Wort", "cp1252") == "ein · Wort"
    assert readable(text, None) == readable(text, "no such encoding") == text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_the_engines_chain_is_readable_everywhere(elsewhere: KitUnit, encoding: str) -> None:
    """print_chain draws its tree with characters that the console has."""
    done = run_in(elsewhere, "-c", "from engine import *\nprint_chain(Value(2.0) * 3 + 1)", encoding=encoding)
    assert done.stdout.decode(encoding).splitlines()[:2] == ["AddBackward0", "|- MulBackward0"]
    assert done.stderr == b""
