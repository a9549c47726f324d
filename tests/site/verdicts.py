"""What the judge says of a unit's right and wrong answers, in the Python that this runs in."""

from __future__ import annotations

from autograder.grading import oracle
from autograder.judging.judge import judge
from autograder.units.kit import Kit
from autograder.units.recorded import PUBLIC_SEED


def verdicts(kit: Kit, name: str, only: str = "") -> dict[str, str]:
    """Each check of the solution with its status, and each mistake with its name on the card."""
    unit = kit.unit(name)
    solution = oracle.solution_of(unit)
    found = {}
    exercises = [e for e in unit.exercises.values() if only in ("", e.name)]
    for exercise in exercises:
        outcomes = oracle.outcomes(exercise.checks, solution, PUBLIC_SEED)
        for result in judge(unit, exercise.name, outcomes, unit.recorded):
            found[f"{exercise.name} · {result.check}"] = result.status
    owner = {each: exercise for exercise in exercises for each in exercise.names}
    for mistake in oracle.mistakes_of(unit):
        if mistake.name not in owner:
            continue
        exercise = owner[mistake.name]
        module = oracle.with_mistake(unit, mistake)
        outcomes = oracle.outcomes(exercise.checks, module, PUBLIC_SEED, *oracle.home_of(mistake))
        names = {result.mistake for result in judge(unit, exercise.name, outcomes, unit.recorded)}
        found[f"{mistake.name} · {mistake.title}"] = ", ".join(sorted(filter(None, names)))
    return found
