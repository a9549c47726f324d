"""`gradfn watch`, the real command in a pseudo-terminal: each save is judged, and no answer can end it."""

from __future__ import annotations

import queue
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
import watchfiles

from autograder.student.watch import saves
from autograder.student.watch.state import changed
from autograder.units.kit import Kit, KitUnit
from tests.conftest import root_of
from tests.student.conftest import SECONDS
from tests.terminal import COMMAND, Terminal, environment, flat, opened, save
from tests.tiny import answered

# A save


def test_a_wrong_answer_gets_its_card(terminal: Terminal, unit: KitUnit) -> None:
    """The first check that fails, the mistake by its name, and the unit's bar."""
    save(unit, double="return x * x")
    window = terminal.wait("Looks like: squared")
    assert window.startswith("tiny.double *  exercises/tiny/tiny.py")
    assert "tiny  [....................]  0 / 3 points  0 of 2 exercises" in window
    assert "next hint: press h" in window


def test_a_right_answer_moves_on_and_says_so(terminal: Terminal, unit: KitUnit) -> None:
    """To the unit's next exercise; after the last one it says that all pass."""
    save(unit, double="return 2 * x")
    window = terminal.wait("double passes all its checks: 2 / 2 points. On to halve.")
    assert window.startswith("tiny.halve **")
    assert "halve · values halve" in window
    terminal.wait("[#############.......]  2 / 3 points  1 of 2 exercises")
    save(unit, double="return 2 * x", halve="return x / 2")
    window = terminal.wait("All public checks pass. Graded runs use other inputs.")
    assert "halve passes all its checks: 1 / 1 point. tiny is finished: 3 / 3 points." in flat(window)


def test_the_exercise_whose_cell_changed_is_worked_on(terminal: Terminal, unit: KitUnit) -> None:
    """A save of another exercise changes the focus; a save outside all exercises does not."""
    save(unit, double="return x * x")
    assert terminal.wait("Looks like: squared").startswith("tiny.double")
    save(unit, double="return x * x", halve="return 2 * x")
    assert terminal.wait("Looks like: doubled").startswith("tiny.halve")
    text = unit.stub_file.read_text(encoding="utf-8")
    unit.stub_file.write_text(text.replace("import numpy", "import nothing_like_it, numpy"), "utf-8")
    assert terminal.wait("No module named 'nothing_like_it'").startswith("tiny.halve")


def test_a_syntax_error_is_a_card(terminal: Terminal, unit: KitUnit) -> None:
    """It shows the line; the next save is judged as usual."""
    save(unit, double="return (2 * x")
    assert "tiny.py, line 9" in terminal.wait("'(' was never closed")
    terminal.press("h")
    assert "next hint" not in terminal.wait("No hint helps before the file loads.")
    save(unit, double="return 2 * x")
    terminal.wait("double passes")


#: Answers that end or hang the process that judges them, and what their card says.
FATAL = {
    "endless loop": ("while True:\n    pass", f"Stopped after {SECONDS} s"),
    "endless loop that catches all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
        f"Stopped after {SECONDS} s",
    ),
    "exit": ("import os\nos._exit(3)", "exit status 3"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    "kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
}


def test_no_answer_ends_the_watching(terminal: Terminal, unit: KitUnit) -> None:
    """The card says what happened; the unit's other answer and the next save are judged."""
    for number, (body, words) in enumerate(FATAL.values()):
        save(unit, double=body, halve="return x / 2")
        assert terminal.wait(words).startswith("tiny.double")
        terminal.wait("1 / 3 points  1 of 2 exercises")
        save(unit, double=f"raise ValueError('next {number}')", halve="return x / 2")
        terminal.wait(f"ValueError: next {number}")


def test_a_file_that_ends_the_process_as_it_loads_is_a_card(terminal: Terminal, unit: KitUnit) -> None:
    """The first card says how the process ended."""
    unit.stub_file.write_text(f"import os\nos._exit(7)\n{unit.recorded.stub}", encoding="utf-8")
    terminal.wait("exit status 7")
    save(unit, double="return 2 * x")
    terminal.wait("double passes")


def test_answers_that_read_and_print_disturb_nothing(terminal: Terminal, unit: KitUnit) -> None:
    """Answers have no stdin, and their output is not drawn."""
    noise = "import os\nos.write(1, b'noise' * 99)\nos.write(2, b'noise' * 99)\nprint(input())\nreturn 2 * x"
    save(unit, double=noise)
    terminal.wait("EOFError")
    assert "noisenoise" not in terminal.output


# How editors save


def test_the_latest_of_many_saves_wins(terminal: Terminal, unit: KitUnit) -> None:
    """However fast they come."""
    for factor in range(3, 20):
        save(unit, double=f"return {factor} * x")
        time.sleep(0.02)
    save(unit, double="return x * x")
    terminal.wait("Looks like: squared")
    assert "squared" in terminal.read(0.5)


def test_a_file_that_is_replaced_by_another_is_a_save(terminal: Terminal, unit: KitUnit) -> None:
    """Editors write a new file and rename it; some move the old one away first."""
    for body, words in (("return x * x", "Looks like: squared"), ("return 2 * x", "double passes")):
        beside = unit.folder / ".tiny.py.swp"
        beside.write_text(answered(unit, double=body), encoding="utf-8")
        unit.stub_file.rename(unit.folder / "tiny.py~")
        time.sleep(0.1)
        beside.rename(unit.stub_file)
        terminal.wait(words)
    assert "is gone" not in terminal.output


def test_a_half_saved_file_is_waited_for(terminal: Terminal, unit: KitUnit) -> None:
    """An empty file is not judged while it is being written."""
    unit.stub_file.write_text("", encoding="utf-8")
    time.sleep(0.15)
    save(unit, double="return 2 * x")
    terminal.wait("double passes")
    assert "not defined" not in terminal.output


def test_a_deleted_file_is_reported(terminal: Terminal, unit: KitUnit) -> None:
    """With the command to get it back; when it is back it is judged."""
    unit.stub_file.unlink()
    terminal.wait("tiny.py is gone. gradfn reset tiny puts the stub back.")
    save(unit, double="return x * x")
    terminal.wait("Looks like: squared")


def test_saves_are_found_by_polling_too(unit: KitUnit) -> None:
    """With --poll, which needs no notifications from the file system."""
    with opened(unit, "--poll") as terminal:
        save(unit, double="return x * x")
        terminal.wait("Looks like: squared")


def test_a_save_without_a_notification_is_found(unit: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Network drives send none; the files are compared as well."""

    def silent(*folders: Path, **options: Any) -> Iterator[set[Any]]:
        return watchfiles.watch(*folders, **options | {"watch_filter": lambda change, path: False})

    monkeypatch.setattr(saves, "watch", silent)
    found: queue.Queue[saves.Save] = queue.Queue()
    stop = threading.Event()
    saves.follow(Kit(root_of(unit)), False, found.put, stop)
    try:
        save(unit, double=f"return {time.time()} * x")
        assert found.get(timeout=5) == saves.Save("tiny")
        save(unit, double=f"return {time.time()} + x")
        assert found.get(timeout=5) == saves.Save("tiny")
    finally:
        stop.set()


def test_a_cell_is_changed_when_its_source_is(unit: KitUnit) -> None:
    """A new or renamed cell counts under its new name; a deleted one does not."""
    before = answered(unit, double="return 2 * x")
    assert changed(before, before) == []
    assert changed(before, answered(unit, double="return x + x")) == ["double"]
    assert changed(before, before.replace("# %% halve **", "# %% third **")) == ["third"]
    assert changed(before, before.replace("numpy as np", "numpy")) == ["setup"]


# The end


@pytest.mark.parametrize("ending", ["q", "\x03", signal.SIGHUP], ids=["q", "Ctrl-C", "hang-up"])
def test_it_leaves_quietly(tiny: KitUnit, ending: str | signal.Signals) -> None:
    """One line with the points, the window restored, no process left, exit status 0."""
    with opened(tiny) as terminal:
        save(tiny, double="while True:\n    pass")
        terminal.wait("checking ...")
        if isinstance(ending, str):
            terminal.press(ending)
        else:
            terminal.process.kill(ending)
        assert terminal.end() == 0
        assert terminal.output.endswith("\x1b[?1049ltiny: 0 / 3 points · next: tiny.double\r\n")
        assert "\x1b[?25h" in terminal.output[-120:]
    assert _left(tiny) == []


def test_a_kill_leaves_no_process(tiny: KitUnit) -> None:
    """Judging processes end themselves when `gradfn watch` is gone."""
    with opened(tiny) as terminal:
        save(tiny, double="while True:\n    pass")
        terminal.wait("checking ...")
        terminal.process.kill(signal.SIGKILL)
        terminal.end()
    assert _left(tiny) == []


def _left(unit: KitUnit) -> list[str]:
    """The judging processes of this kit that are still alive after a few seconds."""
    for _ in range(40):
        found = []
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = file.read_bytes().decode(errors="replace")
            except OSError:
                continue
            if "autograder.student.watch" in words and str(root_of(unit)) in words:
                found.append(words)
        if not found:
            break
        time.sleep(0.1)
    return found


def test_ctrl_z_gives_the_shell_its_window(unit: KitUnit) -> None:
    """And fg continues."""
    save(unit)
    settings = {"env": environment(PS1="$ "), "cwd": root_of(unit), "encoding": "utf-8"}
    shell = pexpect.spawn("bash", ["--norc", "-i"], **settings)
    shell.sendline(shlex.join([sys.executable, *COMMAND]))
    shell.expect_exact("Not done yet", timeout=20)
    shell.send("\x1a")
    shell.expect_exact(["\x1b[?1049l"], timeout=5)
    shell.expect_exact("Stopped", timeout=5)
    shell.sendline("stty -a | grep -o ' icanon'; fg")
    shell.expect_exact(" icanon", timeout=5)
    shell.expect_exact("Not done yet", timeout=5)
    shell.send("q")
    shell.expect_exact("tiny: 0 / 3 points", timeout=5)
    shell.close(force=True)


# Where it is shown


def test_a_small_window_shows_everything_in_parts(terminal: Terminal, unit: KitUnit) -> None:
    """No line is too long, the points are shown, and space shows the rest."""
    terminal.process.setwinsize(10, 34)
    save(unit, double="return x * x")
    window = terminal.wait("more lines: space")
    assert "0 / 2 points" in window
    assert max(map(len, window.split("\n"))) <= 34
    assert len(window.split("\n")) == 10
    for _ in range(9):
        if "press h" in terminal.read(0.2):
            break
        terminal.press(" ")
    terminal.wait("press h")


def test_a_resized_window_is_drawn_again(terminal: Terminal) -> None:
    """The page has the new size."""
    terminal.process.setwinsize(12, 60)
    lines = terminal.read(1.0).split("\n")
    assert (len(lines), max(map(len, lines))) == (12, 60)
