"""The time limit: it ends endless code and leaves nothing behind, with alarms and without."""

from __future__ import annotations

import cProfile
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from autograder.student.attempt import Attempt
from autograder.units.kit import KitUnit
from autograder.worker.timeout import TimeUp, interactive, within
from tests.tiny import open_unit


@pytest.fixture(params=["alarm", "watch"])
def _limited(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test runs twice: as on a system with alarms, and as on one without."""
    if request.param == "watch":
        for name in ("setitimer", "getitimer", "alarm", "SIGALRM", "ITIMER_REAL"):
            monkeypatch.delattr(signal, name)


both_ways = pytest.mark.usefixtures("_limited")


def loop() -> None:
    """A loop that does not end."""
    while True:
        pass


@both_ways
def test_endless_code_is_ended() -> None:
    """TimeUp is raised in the code and passes out of it."""
    with pytest.raises(TimeUp):
        within(0.05, loop)


@both_ways
def test_code_that_catches_everything_is_ended_too() -> None:
    """TimeUp is raised again, as often as it is caught."""
    caught = 0

    def stubborn() -> int:
        nonlocal caught
        while caught < 3:
            try:
                loop()
            except BaseException:
                caught += 1
        return caught

    assert within(0.05, stubborn) == 3


@both_ways
def test_nothing_is_raised_later() -> None:
    """Code that ends just at its limit leaves no TimeUp for the code that runs next."""
    for turn in range(300):
        end = time.perf_counter() + 0.002 + turn % 10 * 0.0006  # a watching thread is late by some 5 ms
        with suppress(TimeUp):
            within(0.002, lambda end=end: busy_until(end))
        if hasattr(signal, "getitimer"):
            assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    busy_until(time.perf_counter() + 0.25)


def busy_until(end: float) -> None:
    """Run Python code until a time."""
    while time.perf_counter() < end:
        pass


def test_a_sleep_is_ended() -> None:
    """An answer that sleeps is interrupted."""
    start = time.monotonic()
    with pytest.raises(TimeUp):
        within(0.05, lambda: time.sleep(10))
    assert time.monotonic() - start < 5


@both_ways
def test_it_works_under_a_profiler() -> None:
    """Profilers change how the interpreter checks for interrupts."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        assert within(5, lambda: 1) == 1
        with pytest.raises(TimeUp):
            within(0.05, loop)
    finally:
        profile.disable()


def test_an_earlier_alarm_handler_is_put_back() -> None:
    """Tools that use the alarm themselves find their handler again."""
    before = signal.getsignal(signal.SIGALRM)
    assert within(1, lambda: signal.getsignal(signal.SIGALRM)) is not before
    assert signal.getsignal(signal.SIGALRM) is before


@both_ways
def test_code_within_the_limit_gives_its_result_or_its_error() -> None:
    """The limit changes nothing for code that ends in time, and no watching thread is left."""
    assert within(5, lambda: 3) == 3
    with pytest.raises(KeyError):
        within(5, lambda: {}["a"])
    for thread in threading.enumerate():
        if thread.name == "time limit":
            thread.join(5)
            assert not thread.is_alive()


def test_other_threads_have_the_limit_too() -> None:
    """No system has alarms outside the main thread."""
    ended = []

    def work() -> None:
        try:
            within(0.05, loop)
        except TimeUp:
            ended.append(True)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(10)
    assert ended == [True]


@both_ways
def test_there_is_no_limit_while_a_user_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """input() waits as long as it takes; the code after it has its limit again, from the beginning."""

    def ask(prompt: str) -> str:
        time.sleep(0.8)
        return prompt

    monkeypatch.setattr("builtins.input", ask)

    def answer() -> float:
        assert input("name?") == "name?"
        busy_until(start := time.perf_counter() + 0.02)
        return start

    with interactive():
        assert within(0.5, answer)
        with pytest.raises(TimeUp):
            within(0.05, lambda: (input("name?"), loop()))
    assert input is ask


@both_ways
def test_there_is_no_limit_while_a_debugger_is_attached() -> None:
    """Its user is thinking, at a prompt or in an editor; code that runs on after it has its limit again."""

    def stops(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_name == "answer":
            time.sleep(0.3)
        return stops

    def answer() -> int:
        return max(1, 2)

    before = sys.gettrace()
    try:
        sys.settrace(stops)
        assert within(0.5, answer) == 2
    finally:
        sys.settrace(before)
    with pytest.raises(TimeUp):
        within(0.05, loop)


def test_a_slow_import_is_not_the_files_time(
    tiny: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A package whose first import takes longer than a file may is imported before the file's clock runs."""
    installed = tmp_path_factory.mktemp("installed") / "site-packages"
    installed.mkdir()
    (installed / "slow_package.py").write_text("import time\ntime.sleep(0.4)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(installed)
    monkeypatch.setattr("autograder.worker.modules.LOAD_SECONDS", 0.2)
    checks = tiny.folder / "checks.py"
    named = checks.read_text(encoding="utf-8").replace(
        "number=1,", 'number=1, packages=("numpy", "slow_package"),'
    )
    checks.write_text(named, encoding="utf-8")
    source = tiny.solution_file.read_text(encoding="utf-8")
    tiny.stub_file.write_text(
        source.replace("import numpy", "import slow_package\nimport numpy"), encoding="utf-8"
    )
    unit = open_unit(tmp_path)
    (result,) = Attempt(unit).results(unit.exercise("double"))
    assert result.status == "passed", result.message
    del sys.modules["slow_package"]
