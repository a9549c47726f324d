"""The pytest plugin: each check of a unit's checks.py becomes a test item, and each failure a card.

    pytest exercises/activations            one unit
    pytest -k softmax                       one exercise
    pytest -m gpu                           the GPU tier: float32 and bfloat16 on the GPU, where there is one
    pytest exercises/activations/checks.py::softmax::rows_sum_to_1

exercises/conftest.py brings it in, so that it works in a copy that is not installed. Cards are printed by
this plugin and not as pytest's failures: a traceback of the kit's own frames would teach nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import card, tiers
from autograder.consoles import readable
from autograder.judge import GpuReport, Result
from autograder.kit import Kit
from autograder.local import Attempt

CARD = "gradfn card"


class NotRight(Exception):
    """A check did not pass; its text is the card."""


class ChecksFile(pytest.File):
    """A unit's checks, as they were recorded: collecting them imports nothing of the unit."""

    def collect(self) -> Iterator[pytest.Collector]:
        folder = self.path.parent
        attempt = Attempt(Kit(folder.parents[1]).unit(folder.name))
        for exercise, checks in attempt.unit.recorded.points.items():
            node = ExerciseNode.from_parent(self, name=exercise)
            node.checks, node.attempt = tuple(checks), attempt
            node.on_gpu = tuple(attempt.unit.recorded.gpu.get(exercise, ()))
            yield node


class ExerciseNode(pytest.Collector):
    """One exercise's checks."""

    checks: tuple[str, ...]
    on_gpu: tuple[str, ...]
    attempt: Attempt

    def collect(self) -> Iterator[pytest.Item]:
        for check in (*self.checks, *self.on_gpu):
            item = CheckItem.from_parent(self, name=check)
            item.exercise, item.attempt = self.name, self.attempt
            if check in self.on_gpu:
                item.add_marker("gpu")
            yield item


class CheckItem(pytest.Item):
    """One check, run on the student's own file."""

    exercise: str
    attempt: Attempt

    def runtest(self) -> None:
        unit = self.attempt.unit
        result = self.attempt.result(unit.check(self.exercise, self.name))
        self.user_properties.append((CARD, {"unit": unit.name, **vars(result)}))
        if result.status == "not run" and result.tier == "gpu":
            pytest.skip(tiers.missing() or "see its card")
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
    ours = [report for report in failed if _result(report)]
    for report in ours:
        failed.remove(report)
    for message in card.said_once(_result(report)[1].message for report in ours):
        _say(terminalreporter, "")
        _say(terminalreporter, message)
    yield
    failed.extend(ours)  # they count as failures
    reports = (report for several in terminalreporter.stats.values() for report in several)
    results = [found for report in reports if (found := _result(report))]
    if results:
        _say(terminalreporter, "")
    for unit in dict.fromkeys(name for name, _ in results):
        own = [result for name, result in results if name == unit]
        if asked := [result for result in own if result.tier == "cpu"]:
            _say(terminalreporter, _standing(unit, asked))
        if on_gpu := tuple(result for result in own if result.tier == "gpu"):
            _say(terminalreporter, f"{unit}: {GpuReport(tiers.device(), on_gpu, tiers.missing()).words}")
    asked = [result for _, result in results if result.tier == "cpu"]
    if asked and all(result.status == "passed" for result in asked):
        _say(terminalreporter, card.PUBLIC_ONLY)


def _say(terminalreporter: Any, text: str) -> None:
    """Print a text as the console can; pytest itself would print "·" as \\xb7."""
    console = getattr(terminalreporter, "_tw", None)
    encoding = getattr(getattr(console, "_file", None), "encoding", None)
    terminalreporter.write_line(readable(text, encoding))


def _result(report: Any) -> Any:
    """The unit's name and the Result that a report carries, or None for another test's report."""
    kept = dict(getattr(report, "user_properties", ())).get(CARD)
    if kept is None or report.when != "call":
        return None
    return kept["unit"], Result(**{key: value for key, value in kept.items() if key != "unit"})


def _standing(unit: str, results: list[Result]) -> str:
    """A unit's points, and what to look at next."""
    points, most = sum(r.points for r in results), sum(r.max_points for r in results)
    todo = next((result.exercise for result in results if result.status != "passed"), None)
    rest = f"next: {unit}.{todo}" if todo else "nothing failed"
    return f"{unit}: {card.points_text(points, most)} · {rest}"
