"""The attack corpus: hostile submissions get only what their right answers deserve, and leave nothing.

Each file of tests/attacks is an attack: Python or a notebook, as a student would hand it in. Its first lines
say what it tries and what its report must show. To add an attack, add a file; `tests.attack_arena` runs it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from autograder.grading import processes
from autograder.grading.confinement import UNCONFINED, lacking
from autograder.grading.grade import grade_submission
from autograder.grading.isolation import ISOLATION
from autograder.units.kit import Kit
from autograder.worker.timeout import within
from tests.attack_arena import (
    Arena,
    Attack,
    as_text,
    broken,
    corpus,
    handed_in,
    honest,
    leaks,
    stumbles,
    with_short_limits,
)

LONGEST = 60.0  # seconds after which a submission must have been judged; importing torch may be among them
TOGETHER = 5  # attacks that are followed by one honest submission

LACKING = "" if os.environ.get(ISOLATION) else lacking()
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"attacks run in a sandbox only: {LACKING}")


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory, kit: Kit) -> Iterator[Arena]:
    """One arena for all attacks, with short limits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(UNCONFINED, "")
        arena = Arena(tmp_path_factory.mktemp("attacked"), kit)
        with_short_limits(patch, arena)
        yield arena
        arena.close()


@pytest.fixture(scope="module")
def since(arena: Arena) -> Iterator[dict[str, list[str]]]:
    """The attacks since the last honest submission, by unit; the last attack is followed by one too."""
    since: dict[str, list[str]] = {}
    yield since
    assert [words for unit in since for words in harmed(arena, unit)] == [], f"one of {since}"


def harmed(arena: Arena, name: str) -> list[str]:
    """What is wrong with the report on an honest submission graded now."""
    unit = arena.kit.unit(name)
    report = within(LONGEST, lambda: grade_submission(unit, honest(unit), unit.recorded))
    return [*broken("full", report), *leaks(report), *report.notes]


@pytest.mark.parametrize("attack", corpus(), ids=lambda attack: attack.path.name)
def test_an_attack_gets_nowhere(arena: Arena, since: dict[str, list[str]], attack: Attack) -> None:
    """The report is as the file says, nothing leaked or was left, the next submission is unharmed."""
    unit = arena.kit.unit(attack.unit)
    report = within(LONGEST, lambda: grade_submission(unit, handed_in(attack, unit), unit.recorded))
    wrong = [*broken(attack.must, report), *leaks(report), *arena.traces(), *stumbles(report)]
    since.setdefault(attack.unit, []).append(attack.path.name)
    if wrong or len(since[attack.unit]) == TOGETHER:
        wrong += [f"after {since.pop(attack.unit)}: {words}" for words in harmed(arena, attack.unit)]
    if wrong:
        processes._server.cache_clear()  # so that the next attack is judged by what it does itself
    assert wrong == [], f"{attack.tries}\n{as_text(report)}"
