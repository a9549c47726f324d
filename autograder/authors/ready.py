"""What `gradfn release` refuses: the rules of `gradfn dev verify` that take a moment only.

    must_be_ready(unit)    raise BadUnit with what is left to do

The slow rules run PyTorch and every mistake; here the solution runs once, on the public seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from autograder.authors import verify
from autograder.errors import BadUnit
from autograder.grading import oracle
from autograder.judging.compare import agree
from autograder.units.kit import INSTALLED, KitUnit
from autograder.units.recorded import PUBLIC_SEED

SHOWN = 3


def derived_files_fit(evidence: verify.Evidence) -> Iterator[str]:
    """The recorded stub and answers are the solution's. In the stub's own file somebody may have worked."""
    unit, home = evidence.unit, evidence.unit.folder.parents[1]
    stale = f"gradfn dev build {unit.name}{'' if home == INSTALLED else f' --in {home}'}"
    recorded, solution = unit.recorded, oracle.solution_of(unit)
    if recorded.stub != evidence.stub:
        yield f"{unit.stub_file.name} is not what the solution gives: {stale}"
        return
    checks = {name: exercise.checks for name, exercise in evidence.exercises.items()}
    points = {name: {check.name: check.points for check in own} for name, own in checks.items()}
    titles = {mistake.title for mistake in recorded.mistakes}
    answers = oracle.outcomes(itertools.chain(*checks.values()), solution, PUBLIC_SEED)
    if (
        recorded.points != points
        or any(mistake.title not in titles for mistake in evidence.mistakes)
        or any(not agree(c, answers[c.name], recorded.answers[n][c.name]) for n in checks for c in checks[n])
    ):
        yield f"recorded.json does not fit the answers, the checks or the mistakes: {stale}"


RULES: tuple[verify.Rule, ...] = (
    verify.every_exercise_is_whole,
    verify.every_check_is_declared_once,
    verify.hints_lead_on,
    verify.nothing_is_left_to_do,
    derived_files_fit,
    verify.nothing_is_given_away,
)


def must_be_ready(unit: KitUnit) -> None:
    """Raise BadUnit with what `gradfn dev verify` would say too; of much, the first lines."""
    found = verify.verify(unit, (PUBLIC_SEED,), RULES)
    broken = [item for item in found if not item.sentence.startswith(f"{unit.stub_file.name} holds")]
    if broken:
        more = [f"and {len(broken) - SHOWN} more: gradfn dev verify {unit.name} lists them"] * (
            len(broken) > SHOWN
        )
        lines = [*(item.sentence for item in broken[:SHOWN]), *more]
        raise BadUnit("\n  ".join([f"{unit.name} is not ready to be released:", *lines]))
