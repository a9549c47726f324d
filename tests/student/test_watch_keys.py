"""The keys of `gradfn watch`, pressed in a pseudo-terminal."""

from __future__ import annotations

from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.terminal import Terminal, opened, save


def test_h_gives_one_more_hint(terminal: Terminal, unit: KitUnit) -> None:
    """Below the card, and counted as `gradfn hint` counts it."""
    terminal.press("h")
    terminal.wait("values double, hint 1 of 3:\n  one")
    terminal.press("h")
    window = terminal.wait("hint 2 of 3:\n  two")
    assert "hint 1 of 3" in window
    assert "ValueError" in window
    assert "tiny.double.values_double" in (root_of(unit) / ".gradfn" / "hints.json").read_text("utf-8")


def test_n_goes_to_the_next_exercise_that_is_open(terminal: Terminal, unit: KitUnit) -> None:
    """After the last comes the first; it says if there is none."""
    terminal.press("n")
    assert terminal.wait("halve · values halve").startswith("tiny.halve **")
    terminal.press("n")
    assert terminal.wait("double · values double").startswith("tiny.double *")
    terminal.press("n")
    terminal.wait("halve · values halve")
    save(unit, halve="return x / 2")
    terminal.wait("halve passes all its checks: 1 / 1 point. On to double.")
    terminal.press("n")
    terminal.wait("No other exercise is open.")


def test_the_list_is_walked_by_arrows_and_enter_goes_there(terminal: Terminal, unit: KitUnit) -> None:
    """Stars, points, state and a mark at the chosen exercise; l leads back to the card."""
    save(unit, double="return -2 * x", halve="return x / 2")
    terminal.wait("1 / 3 points")
    terminal.press("l")
    assert terminal.wait("> double * 0 / 2 points 0 of 1 checks pass").startswith("tiny.double *")
    terminal.press("\x1b[B")
    assert "  double" in terminal.wait("> halve ** 1 / 1 points done")
    terminal.press("l")
    terminal.wait("double · values double")
    terminal.press("l\x1bOB\x1b[A\x1b[F\n")
    assert terminal.wait("All checks of halve pass: 1 / 1 point.").startswith("tiny.halve **")


def test_b_goes_back_and_a_save_that_passes_again_stays(terminal: Terminal, unit: KitUnit) -> None:
    """Whoever improves an answer that passes is not moved on."""
    terminal.press("b")
    terminal.wait("This is the first exercise.")
    save(unit, double="return 2 * x")
    assert terminal.wait("On to halve.").startswith("tiny.halve")
    terminal.press("b")
    assert terminal.wait("All checks of double pass: 2 / 2 points.").startswith("tiny.double")
    save(unit, double="return x + x")
    assert terminal.wait("double passes all its checks: 2 / 2 points.").startswith("tiny.double")
    assert "On to" not in terminal.window


def test_s_shows_the_kits_answer_to_what_passed(terminal: Terminal, unit: KitUnit) -> None:
    """Not before it passes; the same key goes back."""
    terminal.press("s")
    terminal.wait("The kit's answer to tiny.double is shown once its checks pass.")
    save(unit, double="return 2 * x")
    terminal.wait("On to halve.")
    terminal.press("s")
    assert "return np.add(x, x)" in terminal.wait("tiny.double, as the kit answers it:")
    terminal.press("s")
    terminal.wait("halve · values halve")


def test_o_and_p_open_pages_in_the_browser(tiny: KitUnit) -> None:
    """As `gradfn lesson` and `gradfn play` do; what the command says is shown."""
    browser = root_of(tiny) / "browser"
    browser.write_text('#!/bin/sh\necho "$1" >> opened\n', encoding="utf-8")
    browser.chmod(0o755)
    with opened(tiny, BROWSER=str(browser)) as terminal:
        terminal.press("o")
        terminal.wait("The page is open in the browser:")
        terminal.press("p")
        terminal.wait("tiny has nothing to play")
    assert (root_of(tiny) / "opened").read_text("utf-8").endswith(".gradfn/pages/tiny-lesson.html\n")


def test_g_draws_the_graph_of_the_last_value(terminal: Terminal, unit: KitUnit) -> None:
    """As print_chain does; it says if there is none, and the same key goes back.

    After an exercise passed, it is that one's, until the next is begun.
    """
    terminal.press("g")
    terminal.wait("There is no graph to show: no Value goes through the functions of tiny.double.")
    body = "def twice(v):\n    return v + v\nfrom engine import Value\ntwice(Value(3.0))\nreturn x"
    save(unit, double=body)
    terminal.wait("expected")
    terminal.press("g")
    terminal.wait("AddBackward0\n├─ AccumulateGrad  3.0\n└─ AccumulateGrad  3.0")
    terminal.press("g")
    terminal.wait("expected")
    save(unit, double=body.replace("return x", "return 2 * x"))
    terminal.wait("On to halve.")
    terminal.press("g")
    terminal.wait("double · values double: the graph of the last Value")


def test_r_runs_again(terminal: Terminal, unit: KitUnit) -> None:
    """For answers that read another file, which has changed."""
    save(unit, double='return float(open("factor").read()) * x')
    terminal.wait("FileNotFoundError")
    (root_of(unit) / "factor").write_text("2", encoding="utf-8")
    terminal.press("r")
    terminal.wait("double passes")
