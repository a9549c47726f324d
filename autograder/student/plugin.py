"""The pytest plugin: each check of a unit's checks.py becomes a test item, and each failure a card.

    pytest exercises/activations            one unit
    pytest -k softmax                       one exercise
    pytest -m gpu                           the GPU tier: float32 and bfloat16 on the GPU, where there is one
    pytest exercises/activations/checks.py::softmax::rows_sum_to_1

exercises/conftest.py loads it, so that it also works in a copy that is not installed. This plugin prints the
cards itself: pytest's own failure report is a traceback of the kit's frames. Of the exercises that are not
begun only the first gets its cards, so that the cards of the others do not scroll off the screen.
"""

from __future__ import annotations

import sys
from bdb import BdbQuit
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import GradfnError, NotFound
from autograder.judging import card
from autograder.judging.results import GpuReport, Result
from autograder.student.attempt import Attempt
from autograder.student.progress import Standing, begun, unanswered
from autograder.student.terminal import for_terminal, readable
from autograder.units import gpu_tier
from autograder.units.kit import Kit


class CheckFailed(Exception):
    """A check did not pass: its card, and for a debugger the answer's own frames, from the last that ran."""


class NothingRan(CheckFailed, BdbQuit):
    """The same, where no line of the answer ran: pytest opens no debugger on a BdbQuit."""


@dataclass(frozen=True)
class CheckReport:
    """What pytest's report carries about a check: plain data, since another process may have run it."""

    unit: str
    begun: bool  # whether the student has changed the exercise's cell
    waiting: list[str]  # the unit's questions without an answer
    place: list[int]  # in learning order: reports come in any order from several processes
    result: Result


class ChecksFile(pytest.File):
    """A unit's checks, by their recorded names: collecting them does not import the unit."""

    def collect(self) -> Iterator[pytest.Collector]:
        folder = self.path.parent
        attempt = Attempt(Kit(folder.parents[1]).unit(folder.name))
        try:
            recorded, number = attempt.unit.recorded, attempt.unit.number
        except GradfnError as error:
            raise self.CollectError(str(error)) from None
        try:
            changed, waiting = begun(attempt.unit), unanswered(attempt.unit)
        except OSError:  # another program holds the file: the cards of its checks say so
            changed, waiting = set(recorded.points), []
        for index, (exercise, checks) in enumerate(recorded.points.items()):
            node = ExerciseNode.from_parent(self, name=exercise)
            node.checks, node.attempt = tuple(checks), attempt
            node.on_gpu = tuple(recorded.gpu.get(exercise, ()))
            node.fields = {"unit": attempt.unit.name, "begun": exercise in changed, "waiting": waiting}
            node.fields |= {"place": [number, index]}
            yield node


class ExerciseNode(pytest.Collector):
    """One exercise's checks."""

    checks: tuple[str, ...]
    on_gpu: tuple[str, ...]
    attempt: Attempt
    fields: dict[str, Any]  # of a CheckReport

    def collect(self) -> Iterator[pytest.Item]:
        for index, check in enumerate((*self.checks, *self.on_gpu)):
            item = CheckItem.from_parent(self, name=check)
            item.exercise, item.attempt = self.name, self.attempt
            item.fields = self.fields | {"place": [*self.fields["place"], index]}
            if check in self.on_gpu:
                item.add_marker("gpu")
            yield item


class CheckItem(pytest.Item):
    """One check, run on the student's own file."""

    exercise: str
    attempt: Attempt
    fields: dict[str, Any]

    def runtest(self) -> None:
        _let_breakpoints_stop(self.config)
        check = self.attempt.unit.check(self.exercise, self.name)
        result = self.attempt.result(check)
        self.fields["result"] = vars(result)
        if printed := self.attempt.printed(check):
            self.add_report_section("call", "stdout", printed)
            if self.config.getoption("capture", "") == "no":
                print(printed)
        if result.status == "not run" and result.tier == "gpu":
            pytest.skip(gpu_tier.missing() or "see its card")
        if result.status != "passed":
            module = self.attempt.module
            if not self.config.getoption("usepdb"):
                raise CheckFailed(result.message)
            from autograder.student.show import calls_of

            frames = calls_of(check, module)[1] if module and self.fields["begun"] else None
            raise (CheckFailed if frames else NothingRan)(result.message, frames)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CheckFailed):
            return str(excinfo.value.args[0])
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.exercise} · {self.name.replace('_', ' ')}"


@lru_cache(maxsize=1)
def _let_breakpoints_stop(config: pytest.Config) -> None:
    """Let breakpoint() open a debugger where there is a keyboard, which pytest hides while it captures."""
    if (capture := config.pluginmanager.getplugin("capturemanager")) is not None:
        capture.suspend(in_=True)
        if sys.stdin is not None and sys.stdin.isatty():
            sys.breakpointhook = pytest.set_trace
        capture.resume()


class _Reports:
    """Gives each report what the summary prints of it: plain data, which pytest-xdist sends along."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_exception_interact(self, call: pytest.CallInfo[None]) -> None:
        """Leave a debugger the answer's own frames: below are pytest's and the kit's."""
        error = call.excinfo and call.excinfo.value
        if isinstance(error, CheckFailed) and len(error.args) > 1:
            call.excinfo = pytest.ExceptionInfo.from_exception(error.with_traceback(error.args[1]))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, CheckItem) and "result" in item.fields and call.when == "call":
            vars(report)["gradfn"] = item.fields
        return report


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the GPU tier's marker; without -v or -q pytest prints little, since the cards say more."""
    if getattr(config.option, "verbose", None) == 0 and not config.option.collectonly:
        config.option.verbose = -1
    config.pluginmanager.register(_Reports())
    config.addinivalue_line("markers", "gpu: a check of the GPU tier; without a CUDA device it is not run")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort units into learning order; other tests, and the checks of a unit, stay in pytest's order.

    The GPU tier comes last: once the GPU is lost, torch cannot even be seeded, not for the CPU either.
    """
    ours = sorted(
        (item for item in items if isinstance(item, CheckItem)),
        key=lambda item: (item.get_closest_marker("gpu") is not None, item.attempt.unit.number),
    )
    others = [item for item in items if not isinstance(item, CheckItem)]
    items[:] = [*ours, *others]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a unit's checks.py."""
    if file_path.name == "checks.py" and _is_unit(file_path.parent):
        return ChecksFile.from_parent(parent, path=file_path)
    return None


def _is_unit(folder: Path) -> bool:
    return folder.parent.name == "exercises" and folder.name in _units(folder.parents[1])


@lru_cache
def _units(root: Path) -> list[str]:
    return Kit(root).names()


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Given the student's own file, collect the unit's checks."""
    if module_path.stem == module_path.parent.name and _is_unit(module_path.parent):
        return ChecksFile.from_parent(parent, path=module_path)
    return None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None, None, None]:
    """Print the cards and each unit's points; pytest prints all other tests as usual."""
    stats = terminalreporter.stats
    for failed in filter(_check_report, stats.get("failed", [])):
        failed._pdbshown = True  # as pytest says of a failure that needs no traceback any more
    yield
    passed, failures, skipped = (_reports(stats.get(name, [])) for name in ("passed", "failed", "skipped"))
    reports = sorted([*passed, *failures, *skipped], key=_place)
    shown = [] if terminalreporter.config.option.tbstyle == "no" else _to_show(failures)
    # The first failure comes last: it is what one reads next, and a terminal shows its end.
    for message in reversed([*card.without_repeats(report.result.message for report in shown)]):
        _say(terminalreporter, "")
        _say(terminalreporter, message)
    if reports:
        _say(terminalreporter, "")
    whole = not stats.get("deselected")
    for unit in dict.fromkeys(report.unit for report in reports):
        own = [report for report in reports if report.unit == unit]
        if on_cpu := [report for report in own if report.result.tier == "cpu"]:
            _say(terminalreporter, _unit_line(unit, on_cpu, whole))
        if on_gpu := tuple(report.result for report in own if report.result.tier == "gpu"):
            _say(
                terminalreporter, f"{unit}: {GpuReport(gpu_tier.device(), on_gpu, gpu_tier.missing()).words}"
            )
    for words in filter(None, (_mistyped(terminalreporter), *map(_copied, terminalreporter.config.args))):
        _say(terminalreporter, words)
    public = [report.result for report in reports if report.result.tier == "cpu"]
    if public and all(result.status == "passed" for result in public):
        _say(terminalreporter, card.PUBLIC_ONLY)


def _mistyped(terminalreporter: Any) -> str:
    """Where `-k` selected nothing: a line with the nearest exercise or check, if one is near."""
    word, deselected = terminalreporter.config.option.keyword, terminalreporter.stats.get("deselected", [])
    ours = [item for item in deselected if isinstance(item, CheckItem)]
    if not word.isidentifier() or not ours or len(deselected) != terminalreporter._numcollected:
        return ""
    names = dict.fromkeys([item.exercise for item in ours] + [item.name for item in ours])
    near = NotFound.nearest(word, names)
    return f"No exercise or check is called {word!r}." + (f" Did you mean {near}?" if near else "")


def _copied(argument: str) -> str:
    """A sentence on a folder that holds a unit's file and is not that unit; "" for all other paths."""
    path = Path(argument.partition("::")[0]).absolute()
    for folder in (path, *path.parents):
        units = _units(folder.parents[1]) if folder.parent.name == "exercises" else []
        for unit in units if folder.name not in units else []:
            if (folder / f"{unit}.py").exists():
                return (
                    f"{folder.name} is a copy and not a unit: nothing in it is checked. "
                    f"Copy its {unit}.py to exercises/{unit}, and run pytest exercises/{unit}."
                )
    return ""


def _say(terminalreporter: Any, text: str) -> None:
    """Print a text that fits the console; pytest itself would print "·" as \\xb7."""
    file = getattr(getattr(terminalreporter, "_tw", None), "_file", None)
    text = for_terminal(text, file)
    terminalreporter.write_line(readable(text, getattr(file, "encoding", None)))


def _place(report: CheckReport) -> list[int]:
    return report.place


def _reports(found: list[Any]) -> list[CheckReport]:
    """The reports about checks, in learning order."""
    return sorted(filter(None, map(_check_report, found)), key=_place)


def _check_report(report: Any) -> CheckReport | None:
    """What pytest's report carries about a check; None for another test's report."""
    fields = getattr(report, "gradfn", None)
    return fields and CheckReport(**(fields | {"result": Result(**fields["result"])}))


def _to_show(failures: Iterable[CheckReport]) -> Iterator[CheckReport]:
    """The failures whose cards are shown: of every exercise that is begun, and of the first that is not.

    If the file does not load, only the first card is shown.
    """
    next_one: tuple[str, str] | None = None
    did_not_load: set[str] = set()
    for report in failures:
        exercise = (report.unit, report.result.exercise)
        not_loaded = report.result.status == "not run" and report.result.tier == "cpu"
        if not_loaded and report.unit in did_not_load:
            continue
        if not_loaded:
            did_not_load.add(report.unit)
        elif not report.begun:
            next_one = next_one or exercise
            if exercise != next_one:
                continue
        yield report


def _unit_line(unit: str, reports: list[CheckReport], whole: bool) -> str:
    """A unit's points and its next exercise; a run of the `whole` unit also names its open questions."""
    results = [report.result for report in reports]
    todo = next((result.exercise for result in results if result.status != "passed"), None)
    rest = f"next: {unit}.{todo}" if todo else "nothing failed"
    words = [card.points_text(*Standing.of_run(unit, results).points()), rest]
    if later := {report.result.exercise for report in reports if not report.begun} - {todo}:
        words.append(f"{len(later)} more not begun")
    if whole and not todo and (waiting := reports[0].waiting):
        words.append(f"to be answered in words: {', '.join(waiting)}")
    return f"{unit}: {' · '.join(words)}"
