"""What `gradfn watch` shows in a window of any size, in a dumb terminal, in a pipe."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from autograder.student.terminal import for_terminal, narrowed, shorten_bar
from autograder.student.watch.keys import keys_in
from autograder.student.watch.page import LIST_KEYS, Page, ViewLine
from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.terminal import COMMAND, environment, opened, save

COLOURS = re.compile(r"\x1b\[(?:\d+;)*(?:3\d|4\d|9\d|10\d)(?:;\d+)*m")


def test_no_color_is_respected(tiny: KitUnit) -> None:
    """With NO_COLOR the page has no colours; without it, it has some."""
    with opened(tiny) as terminal:
        assert COLOURS.search(terminal.output)
    with opened(tiny, NO_COLOR="1") as terminal:
        save(tiny, double="return 2 * x")
        terminal.wait("double passes")
        assert not COLOURS.search(terminal.output)


def test_a_dumb_terminal_gets_plain_text(tiny: KitUnit) -> None:
    """Each result below the last, without control sequences; keys work."""
    with opened(tiny, TERM="dumb") as terminal:
        terminal.press("h")
        terminal.wait("hint 1 of 3")
        save(tiny, double="return x * x")
        terminal.wait("Looks like: squared")
        terminal.press("q")
        assert terminal.end() == 0
    assert "\x1b" not in terminal.output
    assert terminal.output.index("Not done yet") < terminal.output.index("Looks like")


def test_a_pipe_gets_plain_text(tiny: KitUnit) -> None:
    """Each card below the last; Ctrl-C prints nothing on stderr."""
    save(tiny)
    process = subprocess.Popen(
        [sys.executable, *COMMAND],
        cwd=root_of(tiny),
        env=environment(FORCE_COLOR="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    said = list(_until(lines, "exercises"))
    save(tiny, double="return x * x")
    said += _until(lines, "exercises")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    text = "".join(said)
    assert (err, process.returncode) == ("", 0)
    assert "\x1b" not in text + out
    assert f"double · values double{'0 / 2 points':>70}\n  Looks like: squared." in text
    assert out.split("\n")[-2] == "tiny: 0 / 3 points · next: tiny.double"


def _until(lines: Iterator[str], last: str) -> Iterator[str]:
    """Lines up to the one that ends with a word."""
    for line in lines:
        yield line
        if line.rstrip().endswith(last):
            return


def test_a_page_fills_any_window_exactly() -> None:
    """No line is longer than the window; the keys come last if there is room."""
    card = "softmax · rows sum to 1" + f"{'0 / 2 points':>60}" + "\n  " + "Looks like: a word. " * 12
    bars = tuple(f"unit{n}  [##..................]  3 / 38 points  0 of 9 exercises" for n in range(8))
    page = Page(
        "a.softmax **", "a/a.py", "12:00:00, 0.1 s", ("gone on",), (("bad", card),), bars, 2, LIST_KEYS
    )
    for width in range(12, 120, 7):
        for height in range(4, 50, 3):
            lines = page.lines(width, height)
            assert len(lines) == height
            assert max(len(text) for _, text in lines) <= width
    assert page.lines(100, 40)[-1][1].endswith("l back")
    assert ("bar", "unit2  3 / 38 points  0 of 9 exercises") in page.lines(40, 20)
    assert ("bar", "unit2  3 / 38 points") in page.lines(33, 20)


def test_keys_are_read_as_terminals_send_them() -> None:
    """Arrows in both of a terminal's modes; characters; other sequences are not taken for characters."""
    sent = "\x1b[A\x1bOB\x1b[C\x1b[D\x1b[H\x1b[4~\x1b[5~\x1b[6~n \r\x1b[15~\x1b[1;5P\x1b"
    names = "up down right left home end page-up page-down n space enter escape"
    assert [key.name for key in keys_in(sent)] == names.split()


def test_a_list_shows_the_chosen_line_in_any_window() -> None:
    """With as many lines around it as there is room for."""
    lines: list[ViewLine] = [("plain", f"line {number}.") for number in range(60)]
    page = Page("a.b", "a/b.py", "", (), tuple(lines), (), 0, LIST_KEYS, wrap=False)
    for height in range(6, 70, 9):
        for chosen in (0, 1, 30, 59):
            shown = replace(page, chosen=chosen).lines(80, height)
            assert len(shown) == height
            assert ("plain", f"line {chosen}.") in shown


def test_a_narrowed_card_loses_no_word(tiny: KitUnit) -> None:
    """At any width; a card that fits is not changed."""
    card = (
        "sigmoid · survives very negative inputs                                          0 / 1 point\n"
        "  Looks like: overflow on the negative side. Your formula needs exp(1000) when x = -1000,\n"
        "    which no float can hold.\n"
        "  next hint: gradfn hint activations.sigmoid"
    )
    assert narrowed(card, 92) == card
    for width in (80, 60, 44, 43, 24):
        assert narrowed(card, width).split() == card.split()
        assert max(map(len, narrowed(card, width).split("\n"))) <= width


def test_other_commands_cards_fit_the_terminal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card is 92 columns wide, most terminals have 80; in a file it is not changed."""
    card = f"f · g{'0 / 1 point':>87}\n  Looks like: {'a word. ' * 9}\n    {'and on. ' * 9}"
    terminal = SimpleNamespace(isatty=lambda: True)
    for width in (80, 40):
        monkeypatch.setenv("COLUMNS", str(width))
        both = for_terminal(f"{card}\n\n{card}", terminal)
        assert both == "\n\n".join([narrowed(card, width)] * 2)
        assert max(map(len, both.split("\n"))) <= width
    assert for_terminal(card, SimpleNamespace(isatty=lambda: False)) == card
    monkeypatch.setenv("COLUMNS", "100")
    assert for_terminal(card, terminal) == card


def test_a_shorter_bar_does_not_say_more() -> None:
    """It is full only if all is done."""
    lines = [f"u  [{'#' * n}{'.' * (20 - n)}]  {n} / 20 points" for n in (0, 1, 19, 20)]
    bars = [shorten_bar(line).split("  ")[1] for line in lines]
    assert bars == [f"[{'.' * 10}]", f"[{'.' * 10}]", f"[{'#' * 9}.]", f"[{'#' * 10}]"]
