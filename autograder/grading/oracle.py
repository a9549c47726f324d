"""The reference answers, those of the solution and of PyTorch, which must agree; and every mistake's answers.

    record(unit, seed) -> Recorded          run the references in this process; imports torch
    recorded_for(unit, seed, cache)         the recorded answers for a seed, from the cache if they are there
    mistakes: declared in mistakes.py, and derived by exchanging two arguments of the right answer

Only the kit's own code runs here, so the process is trusted and a failure is a KitFault.
"""

from __future__ import annotations

import inspect
import linecache
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial, wraps
from importlib.metadata import version
from itertools import chain, pairwise
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any

from autograder.declare import Check, Mistake, Slips
from autograder.errors import BadUnit, KitFault, NotFound
from autograder.grading.imports import command, forget_working_directory
from autograder.judging.compare import agree, differences
from autograder.units import script
from autograder.units.files import digest, read_text, write_whole
from autograder.units.kit import Exercise, KitUnit
from autograder.units.recorded import PUBLIC_SEED, KnownMistake, Recorded
from autograder.worker.modules import load_module
from autograder.worker.outcome import Outcome
from autograder.worker.run import run
from autograder.worker.tracebacks import Namespace

PATIENCE = 60.0  # seconds
_PLACE = re.compile(r" \([^()]*, line \d+\)$")  # of a warning
Exchange = tuple[str, str, Callable[..., Any]]  # a mistake's title, its advice, the wrong function


def solution_of(unit: KitUnit) -> types.ModuleType:
    """A fresh module with the unit's right answers."""
    return load_module(unit.solution_file, f"solutions.{unit.name}")


def by_torch(unit: KitUnit) -> types.ModuleType:
    """The same answers by PyTorch; a name that by_torch.py does not define is the solution's."""
    module = solution_of(unit)
    vars(module).update(
        (name, value)
        for name, value in vars(load_module(unit.solutions / "by_torch.py", f"by_torch.{unit.name}")).items()
        if not name.startswith("__")
    )
    return module


def mistakes_of(unit: KitUnit) -> tuple[Mistake, ...]:
    """The unit's classic mistakes in the order of their file; raises BadUnit for one that says too little."""
    module = load_module(unit.solutions / "mistakes.py", f"mistakes.{unit.name}")
    values = vars(module).values()
    found = [slips.mistakes for slips in values if isinstance(slips, Slips)]
    alone = [mistake for mistake in values if isinstance(mistake, Mistake)]
    mistakes = sorted(chain(alone, *found), key=lambda mistake: mistake.number)
    for mistake in mistakes:
        if not mistake.advice:
            raise BadUnit(f"{unit.name}: {mistake.name}, {mistake.title!r} has no advice: it teaches nothing")
        if not mistake.edits and mistake.replacement is None:
            raise BadUnit(
                f"{unit.name}: {mistake.name}, {mistake.title!r} has neither an edit nor a function"
            )
    return tuple(mistakes)


def with_mistake(unit: KitUnit, mistake: Mistake) -> types.ModuleType:
    """The solution with one name answered wrongly, for its own callers too."""
    module = solution_of(unit)
    if mistake.edits:
        source, filename = mistaken_cell(unit, mistake), f"<{mistake.name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec"), vars(module))
    else:
        setattr(module, mistake.name, mistake.replacement)
    return module


def mistaken_cell(unit: KitUnit, mistake: Mistake) -> str:
    """The cell of the answers that a mistake edits, with the edits; raises BadUnit where one does not fit."""
    for cell in script.split(read_text(unit.solution_file)):
        if mistake.name in cell.names:
            return mistake.edit(cell.source)
    raise BadUnit(f"{unit.name}: a mistake replaces {mistake.name!r}, which no exercise defines")


def home_of(mistake: Mistake) -> tuple[Namespace, ...]:
    """The namespace of a mistake's own function, whose code counts as the answer's."""
    return () if mistake.edits else (vars(sys.modules[mistake.replacement.__module__]),)


def outcomes(
    checks: Iterable[Check], module: types.ModuleType, seed: int, *borrowed: Namespace
) -> dict[str, Outcome]:
    """The outcome of each check on the answers in `module`, by the check's name; `borrowed` as in `run`."""
    return {check.name: run(_with_patience(check), module, seed, *borrowed) for check in checks}


def _with_patience(check: Check) -> Check:
    """The check with a longer time limit: torch imports late, and the kit's own answers do come to an end."""
    return replace(check, seconds=max(check.seconds, PATIENCE))


def record(unit: KitUnit, seed: int = PUBLIC_SEED, stub: str | None = None, jobs: int = 0) -> Recorded:
    """Run the references on one seed, and the mistakes in `jobs` forks of this process.

    Raises KitFault if the solution fails or PyTorch disagrees, NotFound without solutions.
    """
    import torch

    text = unit.recorded.stub if stub is None else stub
    exercises = unit.exercises_of(text)
    owner = {name: exercise for exercise in exercises.values() for name in exercise.names}
    mistakes = mistakes_of(unit)
    for mistake in mistakes:
        if mistake.name not in owner:
            raise BadUnit(f"{unit.name}: a mistake replaces {mistake.name!r}, which no exercise defines")

    def known_mistake(number: int) -> KnownMistake:
        mistake = mistakes[number]
        exercise = owner[mistake.name]
        checks = exercise.checks + (() if mistake.tier == "cpu" else exercise.gpu_rehearsals)
        wrong = _without_code(outcomes(checks, with_mistake(unit, mistake), seed, *home_of(mistake)))
        return KnownMistake(exercise.name, mistake.name, mistake.title, mistake.advice, wrong, mistake.code)

    with ExitStack() as stack:
        run_all: Callable[..., Iterator[KnownMistake]] = map
        if jobs and "fork" in get_all_start_methods():
            from concurrent.futures import ProcessPoolExecutor  # not in a browser

            if "torch" in unit.declaration.packages:
                import torch._dynamo  # what torch imports late: here once, and not in each fork
            # Forks inherit what cannot be sent to them: a function with the modules of a unit.
            inherited = get_context("fork"), _inherited.append, (known_mistake,)
            pool = stack.enter_context(ProcessPoolExecutor(jobs, *inherited))
            run_all, known_mistake = partial(pool.map, chunksize=4), _known_mistake
        wrong = run_all(known_mistake, range(len(mistakes)))
        answers = right_answers(unit, exercises, seed)
        known = list(wrong)
    for exercise in exercises.values():
        known += _derived_mistakes(unit, exercise, answers[exercise.name], known, seed)
    points = {name: {check.name: check.points for check in e.checks} for name, e in exercises.items()}
    gpu = {name: labels for name in exercises if (labels := [c.label for c in unit.gpu_checks(name)])}
    made_by = torch.__version__.split("+")[0]
    return Recorded(unit.declaration.number, seed, made_by, text, points, answers, tuple(known), gpu)


_inherited: list[Callable[[int], KnownMistake]] = []


def _known_mistake(number: int) -> KnownMistake:
    return _inherited[0](number)


def _derived_mistakes(
    unit: KitUnit, exercise: Exercise, right: Mapping[str, Outcome], known: Sequence[KnownMistake], seed: int
) -> Iterator[KnownMistake]:
    """Exchanged arguments as mistakes, where the values differ from the right ones and all others'."""
    others = [mistake.outcomes for mistake in known if mistake.exercise == exercise.name]

    def same(a: Mapping[str, Outcome], b: Mapping[str, Outcome]) -> bool:
        return all(agree(check, a[check.name], b[check.name]) for check in exercise.checks)

    for name in exercise.names:
        for title, advice, wrong in _exchanges(getattr(solution_of(unit), name)):
            module = solution_of(unit)
            setattr(module, name, wrong)
            found = _without_code(outcomes(exercise.checks, module, seed))
            shows = [c for c in exercise.checks if found[c.name].returned is not None]
            if all(agree(c, found[c.name], right[c.name]) for c in shows):
                continue
            if not any(same(found, other) for other in others):
                others.append(found)
                yield KnownMistake(exercise.name, name, title, advice, found)


def _exchanges(function: Any) -> Iterator[Exchange]:
    """The function with two neighbouring arguments exchanged, once for each pair.

    None for a class, nor for a function that returns nothing: there it looks like one that does nothing.
    """
    if not isinstance(function, types.FunctionType) or inspect.signature(function).return_annotation is None:
        return
    parameters = list(inspect.signature(function).parameters.values())
    names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty]
    for index, (first, second) in enumerate(pairwise(names)):
        called = ", ".join([*names[:index], second, first, *names[index + 2 :]])
        yield (
            f"{first} and {second} of {function.__name__} exchanged",
            f"The values are those of {function.__name__}({called}). Each argument has its place in the "
            "`def`, and its part in the formula.",
            _exchanged(function, first, second),
        )


def _exchanged(function: Callable[..., Any], first: str, second: str) -> Callable[..., Any]:
    @wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        given = inspect.signature(function).bind(*args, **kwargs)
        both = given.arguments
        both[first], both[second] = both[second], both[first]
        return function(*given.args, **given.kwargs)

    return exchanged


def _without_code(outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """The outcomes without lines of code or their numbers, because a mistake's code is nearly the answer."""
    return {
        name: replace(
            outcome,
            raised=outcome.raised and replace(outcome.raised, frames=()),
            warnings=tuple(_PLACE.sub("", warning) for warning in outcome.warnings),
        )
        for name, outcome in outcomes.items()
    }


def right_answers(
    unit: KitUnit, exercises: Mapping[str, Exercise], seed: int
) -> dict[str, dict[str, Outcome]]:
    """The solution's outcomes by exercise and check; raises KitFault if PyTorch's differ."""
    solution, reference = solution_of(unit), by_torch(unit)
    by_exercise = {name: exercise.checks + exercise.gpu_rehearsals for name, exercise in exercises.items()}
    answers = {name: outcomes(checks, solution, seed) for name, checks in by_exercise.items()}
    for name, checks in by_exercise.items():
        for check in checks:
            right = answers[name][check.name]
            if wrong := [d.name for d in differences(check, right.returned, right.returned)]:
                raise KitFault(f"{name}: the solution does not show what its docstring says: {wrong[0]}")
            check = replace(check, examples=())  # PyTorch's values are printed otherwise
            _must_agree(check, right, run(_with_patience(check), reference, seed), seed)
    return answers


def _must_agree(check: Check, answer: Outcome, reference: Outcome, seed: int) -> None:
    for who, outcome in (("the solution", answer), ("PyTorch's answer", reference)):
        if outcome.raised is not None:
            words = f"{outcome.raised.type_name}: {outcome.raised.message}"
            raise KitFault(f"{check.exercise}.{check.name}: {who} raises {words} (seed {seed})")
        if outcome.modified or outcome.unstable:
            did = "modifies its arguments" if outcome.modified else "answers the same question differently"
            raise KitFault(f"{check.exercise}.{check.name}: {who} {did}")
    if not agree(check, answer, reference):
        raise KitFault(f"{check.exercise}.{check.name}: solution and PyTorch disagree (seed {seed})")


def recorded_for(unit: KitUnit, seed: int, cache: Path | None = None) -> Recorded:
    """The recorded answers for `seed`; for any but the public seed a process of its own makes them.

    The private folder `cache` keeps them, so that a class waits for torch once.
    """
    if seed == PUBLIC_SEED:
        return unit.recorded
    file = cache / f"{unit.name}-{seed}-{_digest_of_sources(unit)}.json" if cache else None
    if file and file.exists():
        return Recorded.read(file)
    if not unit.solution_file.exists():
        raise NotFound(
            f"{unit.name}: any seed but the public one needs the solutions, and {unit.solutions} is missing"
        )
    forget_working_directory()
    done = subprocess.run(
        command("autograder.grading.oracle", str(unit.folder), str(unit.solutions)),
        # The tensors are small: a second thread costs more time than it saves.
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        input=str(seed),  # a command line can be read by every user of this machine
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise KitFault(f"{unit.name}: {done.stderr.strip().splitlines()[-1] if done.stderr else 'no answer'}")
    if file:
        for old in file.parent.glob(f"{unit.name}-*.json"):
            old.unlink(missing_ok=True)
        write_whole(file, done.stdout, 0o640)  # for the group, if a course is shared with one
    return Recorded.from_json(done.stdout)


def _digest_of_sources(unit: KitUnit) -> str:
    """A digest of what the answers are made from: the unit, the engine and PyTorch's version."""
    engine = Path(__file__).resolve().parents[2] / "engine"
    files = [
        *unit.solutions.glob("*.py"),
        *unit.checks_files,
        unit.recorded_file,
        *engine.glob("*.py"),
    ]
    return digest(sorted(files), version("torch"))[:16]


def main() -> int:
    """Print the recorded answers for the seed on stdin; `recorded_for` runs this."""
    folder, solutions = map(Path, sys.argv[1:])
    unit, seed = KitUnit(folder.name, folder, solutions), int(sys.stdin.read())
    print(record(unit, seed, jobs=os.cpu_count() or 1).to_json())
    return 0


if __name__ == "__main__":
    sys.exit(main())
