"""The pytest plugin: each check of a unit's checks.py becomes a test item, and each failure a card.

    pytest exercises/activations            one unit
    pytest -k softmax                       one exercise
    pytest -m gpu                           the GPU tier: float32 and bfloat16 on the GPU, where there is one
    pytest exercises/activations/checks.py::softmax::rows_sum_to_1

exercises/conftest.py brings it in, so that it works in a copy that is not installed. Cards are printed by
this plugin and not as pytest's failures: a traceback of the kit's own frames would teach nothing. Of what
nobody has begun only the exercise that is next gets its cards, so that they are read and not scrolled past.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import NotFound
from autograder.judging import card
from autograder.judging.results import GpuReport, Result
from autograder.student.attempt import Attempt
from autograder.student.consoles import readable
from autograder.student.progress import begun, unanswered
from autograder.student.terminal import for_terminal
from autograder.units import gpu_tier
from autograder.units.kit import Kit

CARD = "gradfn card"


class NotRight(Exception):
    """A check did not pass; its text is the card."""


@dataclass(frozen=True)
class Told:
    """What a report carries of a check, as plain data, since the check may have run in another process."""

    unit: str
    begun: bool  # whether anybody wrote in its exercise
    waiting: list[str]  # the unit's questions in words that are not answered
    result: Result


class ChecksFile(pytest.File):
    """A unit's checks, as they were recorded: collecting them imports nothing of the unit."""

    def collect(self) -> Iterator[pytest.Collector]:
        folder = self.path.parent
        attempt = Attempt(Kit(folder.parents[1]).unit(folder.name))
        touched, waiting = begun(attempt.unit), unanswered(attempt.unit)
        for exercise, checks in attempt.unit.recorded.points.items():
            node = ExerciseNode.from_parent(self, name=exercise)
            node.checks, node.attempt = tuple(checks), attempt
            node.begun, node.waiting = exercise in touched, waiting
            node.on_gpu = tuple(attempt.unit.recorded.gpu.get(exercise, ()))
            yield node


class ExerciseNode(pytest.Collector):
    """One exercise's checks."""

    checks: tuple[str, ...]
    on_gpu: tuple[str, ...]
    attempt: Attempt
    begun: bool
    waiting: list[str]

    def collect(self) -> Iterator[pytest.Item]:
        for check in (*self.checks, *self.on_gpu):
            item = CheckItem.from_parent(self, name=check)
            item.exercise, item.attempt = self.name, self.attempt
            item.begun, item.waiting = self.begun, self.waiting
            if check in self.on_gpu:
                item.add_marker("gpu")
            yield item


class CheckItem(pytest.Item):
    """One check, run on the student's own file."""

    exercise: str
    attempt: Attempt
    begun: bool
    waiting: list[str]

    def runtest(self) -> None:
        unit = self.attempt.unit
        result = self.attempt.result(unit.check(self.exercise, self.name))
        told = {"unit": unit.name, "begun": self.begun, "waiting": self.waiting, "result": vars(result)}
        self.user_properties.append((CARD, told))
        if result.status == "not run" and result.tier == "gpu":
            pytest.skip(gpu_tier.missing() or "see its card")
        if result.status != "passed":
            raise NotRight(result.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotRight):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.exercise} · {self.name.replace('_', ' ')}"


def pytest_configure(config: pytest.Config) -> None:
    """Make the GPU tier's mark known."""
    config.addinivalue_line("markers", "gpu: a check of the GPU tier; without a CUDA device it is not run")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Units in learning order; all other tests, and what stands within a unit, as pytest has them.

    The GPU tier comes last: after a GPU is lost torch cannot even be seeded any more, for the CPU either.
    """
    ours = sorted(
        (item for item in items if isinstance(item, CheckItem)),
        key=lambda item: (item.get_closest_marker("gpu") is not None, item.attempt.unit.number),
    )
    others = [item for item in items if not isinstance(item, CheckItem)]
    items[:] = [*ours, *others]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A unit's checks.py, wherever it is met."""
    if file_path.name == "checks.py" and file_path.parent.parent.name == "exercises":
        return ChecksFile.from_parent(parent, path=file_path)
    return None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The student's own file, given to pytest by name, stands for its checks."""
    if module_path.stem == module_path.parent.name and module_path.with_name("checks.py").exists():
        return ChecksFile.from_parent(parent, path=module_path)
    return None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None, None, None]:
    """Print the cards and where each unit stands; pytest prints all other tests as always."""
    failed = terminalreporter.stats.get("failed", [])
    ours = [report for report in failed if _told(report)]
    for report in ours:
        failed.remove(report)
    not_right = [told for report in ours if (told := _told(report))]
    for message in card.without_repeats(told.result.message for told in _to_read(not_right)):
        _say(terminalreporter, "")
        _say(terminalreporter, message)
    yield
    failed.extend(ours)  # they count as failures
    reports = (report for several in terminalreporter.stats.values() for report in several)
    whole = not terminalreporter.stats.get("deselected")
    all_told = [told for report in reports if (told := _told(report))]
    if all_told:
        _say(terminalreporter, "")
    for unit in dict.fromkeys(told.unit for told in all_told):
        own = [told for told in all_told if told.unit == unit]
        if asked := [told for told in own if told.result.tier == "cpu"]:
            _say(terminalreporter, _standing(unit, asked, whole))
        if on_gpu := tuple(told.result for told in own if told.result.tier == "gpu"):
            _say(
                terminalreporter, f"{unit}: {GpuReport(gpu_tier.device(), on_gpu, gpu_tier.missing()).words}"
            )
    if near := _mistyped(terminalreporter):
        _say(terminalreporter, near)
    public = [told.result for told in all_told if told.result.tier == "cpu"]
    if public and all(result.status == "passed" for result in public):
        _say(terminalreporter, card.PUBLIC_ONLY)


def _mistyped(terminalreporter: Any) -> str:
    """What to say where `-k` named nothing at all: the exercise or check that was meant, if one looks so."""
    word, left_out = terminalreporter.config.option.keyword, terminalreporter.stats.get("deselected", [])
    ours = [item for item in left_out if isinstance(item, CheckItem)]
    if not word.isidentifier() or not ours or len(left_out) != terminalreporter._numcollected:
        return ""
    names = dict.fromkeys([item.exercise for item in ours] + [item.name for item in ours])
    near = NotFound.nearest(word, names)
    return f"No exercise or check is called {word!r}." + (f" Did you mean {near}?" if near else "")


def _say(terminalreporter: Any, text: str) -> None:
    """Print a text as it fits the console; pytest itself would print "·" as \\xb7."""
    file = getattr(getattr(terminalreporter, "_tw", None), "_file", None)
    text = for_terminal(text, file)
    terminalreporter.write_line(readable(text, getattr(file, "encoding", None)))


def _told(report: Any) -> Told | None:
    """What a report carries of a check, or None for another test's report."""
    kept = dict(getattr(report, "user_properties", ())).get(CARD)
    if kept is None or report.when != "call":
        return None
    return Told(**(kept | {"result": Result(**kept["result"])}))


def _to_read(failed: Iterable[Told]) -> Iterator[Told]:
    """The failures whose cards are shown: all of what was begun, and of the first exercise that was not.

    Of a file that does not load the first card says all there is to say.
    """
    next_one: tuple[str, str] | None = None
    did_not_load: set[str] = set()
    for told in failed:
        here = (told.unit, told.result.exercise)
        unread = told.result.status == "not run" and told.result.tier == "cpu"
        if unread and told.unit in did_not_load:
            continue
        if unread:
            did_not_load.add(told.unit)
        elif not told.begun:
            next_one = next_one or here
            if here != next_one:
                continue
        yield told


def _standing(unit: str, told: list[Told], whole: bool) -> str:
    """A unit's points, and what to look at next; a `whole` run also names its open questions."""
    results = [each.result for each in told]
    points, most = sum(r.points for r in results), sum(r.max_points for r in results)
    todo = next((result.exercise for result in results if result.status != "passed"), None)
    rest = f"next: {unit}.{todo}" if todo else "nothing failed"
    words = [card.points_text(points, most), rest]
    if later := {each.result.exercise for each in told if not each.begun} - {todo}:
        words.append(f"{len(later)} more not begun")
    if whole and not todo and (waiting := told[0].waiting):
        words.append(f"to be answered in words: {', '.join(waiting)}")
    return f"{unit}: {' · '.join(words)}"
