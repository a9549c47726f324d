"""Whether the checks reject wrong answers that nobody listed: the solutions, mutated as cosmic-ray does.

    python -m tests.benchmarks.mutation [UNIT ...]

    mutants_of(unit)   every mutant of a unit: one operator applied once inside a solution region
    examined(unit)     the mutants and, of these, those that pass all checks of their exercise
    Mutant.reason      why a survivor is a right answer (mutation_equivalent.py)

Each mutant runs in a process of its own; one that runs out of time or memory is killed, as in a class.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before NumPy: forks must not share threads

import difflib
import multiprocessing
import re
import resource
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

from autograder.grading import oracle
from autograder.judging.compare import agree
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from autograder.units.recorded import PUBLIC_SEED
from autograder.worker.modules import module_of
from autograder.worker.run import run
from tests.benchmarks.mutation_equivalent import reason
from tests.benchmarks.mutation_operators import DeleteStatement, DropArgument

# Of cosmic-ray's own, all but those that put random numbers in the place of variables named to them.
OPERATORS: list[Operator] = [
    *(kind() for kind in map(get_operator, operator_names()) if not kind.arguments()),
    DeleteStatement(),
    DropArgument(),
]
REGION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)
SECONDS = 60.0  # for a mutant that hangs inside C, where the checks' own limits do not reach
MEMORY = 8 << 30
SURVIVED, KILLED = 0, 1
FORK = multiprocessing.get_context("fork")  # the unit is loaded once, and each mutant starts from there


@dataclass(frozen=True)
class Mutant:
    """A solution with one operator applied; `before` and `after` are the line where they differ."""

    unit: str
    exercise: str
    line: int
    operator: str
    before: str
    after: str
    source: str = field(repr=False)

    @property
    def reason(self) -> str | None:
        """Why it is a right answer, where that is known."""
        return reason(f"{self.unit}.{self.exercise}", self.before, self.after)

    def __str__(self) -> str:
        place = f"{self.unit}.{self.exercise}, line {self.line}, {self.operator}"
        return f"{place}: {self.before} -> {self.after} ({self.reason or 'WRONG'})"


def mutants_of(unit: KitUnit) -> list[Mutant]:
    """Every mutant of the unit's solution that is Python; of two with the same source, the first."""
    source = unit.solution_file.read_text(encoding="utf-8")
    exercises = _exercise_by_line(source)
    found: dict[str, Mutant] = {}
    for operator, occurrence, line in _places(source):
        if line in exercises and (mutated := mutate_code(source, operator, occurrence)):
            before, after = _difference(source, mutated)
            if _is_python(mutated):
                name = type(operator).__name__
                mutant = Mutant(unit.name, exercises[line], line, name, before, after, mutated)
                found.setdefault(mutated, mutant)
    return list(found.values())


def _exercise_by_line(source: str) -> dict[int, str]:
    """The exercise of each line that lies in a solution region."""
    marks, owners = list(script.MARK.finditer(source)), {}
    for region in REGION.finditer(source):
        first = source.count("\n", 0, region.start()) + 1
        owner = [mark["title"].split()[0] for mark in marks if mark.start() < region.start()][-1]
        owners.update(dict.fromkeys(range(first, first + region[0].count("\n")), owner))
    return owners


def _places(source: str) -> Iterator[tuple[Operator, int, int]]:
    """Each operator's occurrences, numbered as cosmic-ray numbers them, with their lines."""
    nodes = list(ast_nodes(get_ast(source)))
    for operator in OPERATORS:
        starts = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        yield from ((operator, number, start[0]) for number, start in enumerate(starts))


def _difference(source: str, mutated: str) -> tuple[str, str]:
    """The line in which the two differ, as it was and as it is; empty where it is gone."""
    lines = list(difflib.ndiff(source.splitlines(), mutated.splitlines()))
    before, after = (" ".join(line[2:].strip() for line in lines if line[0] == mark) for mark in "-+")
    return before.strip(), after.strip()


def _is_python(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


class Examiner:
    """A unit's checks with the solution's answers to them, computed once; each mutant is forked from here."""

    def __init__(self, unit: KitUnit) -> None:
        self.unit = unit
        checks = [check for exercise in unit.exercises.values() for check in exercise.checks]
        self.right = oracle.outcomes(checks, oracle.solution_of(unit), PUBLIC_SEED)

    def survivors(self, mutants: Iterable[Mutant]) -> list[Mutant]:
        """The mutants whose exercise's checks all pass."""
        waiting, survivors = list(mutants), []
        workers = os.cpu_count() or 1
        while waiting:
            group, waiting = waiting[:workers], waiting[workers:]
            processes = [self._started(mutant) for mutant in group]
            survivors += [m for m, process in zip(group, processes, strict=True) if _survives(process)]
        return survivors

    def _started(self, mutant: Mutant) -> BaseProcess:
        process = FORK.Process(target=self._examine, args=(mutant,), daemon=True)
        process.start()
        return process

    def _examine(self, mutant: Mutant) -> None:
        """End this process with the mutant's fate; whatever else ends it counts as killed."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            fate = SURVIVED if self._passes(mutant) else KILLED
        except BaseException:
            fate = KILLED
        os._exit(fate)

    def _passes(self, mutant: Mutant) -> bool:
        """Whether the mutant gives the solution's answer to every check of its exercise."""
        module = module_of(mutant.source, f"mutant.{mutant.unit}")
        checks = self.unit.checks_of(mutant.exercise)
        return all(agree(check, self.right[check.name], run(check, module, PUBLIC_SEED)) for check in checks)


def _survives(process: BaseProcess) -> bool:
    """Whether the process ended by itself and found nothing wrong."""
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
    return process.exitcode == SURVIVED


def examined(unit: KitUnit) -> tuple[list[Mutant], list[Mutant]]:
    """All mutants of a unit and its survivors, after a look that the solution itself survives."""
    examiner = Examiner(unit)
    source = unit.solution_file.read_text(encoding="utf-8")
    names = dict.fromkeys(check.exercise for check in unit.checks)
    solution = [Mutant(unit.name, name, 0, "none", "", "", source) for name in names]
    assert examiner.survivors(solution) == solution, f"{unit.name}: the solution is not right twice"
    mutants = mutants_of(unit)
    return mutants, examiner.survivors(mutants)


def main(names: list[str]) -> int:
    """Print the table and the survivors; 1 where one of them is a wrong answer."""
    warnings.simplefilter("ignore", SyntaxWarning)  # of mutants such as `x is "none"`
    survivors: list[Mutant] = []
    print("| unit | mutants | killed | survivors | equivalent |")
    print("| ---- | ------- | ------ | --------- | ---------- |")
    for unit in Kit.here().units():
        if not names or unit.name in names:
            mutants, passed = examined(unit)
            figures = (
                len(mutants),
                len(mutants) - len(passed),
                len(passed),
                sum(bool(m.reason) for m in passed),
            )
            print(f"| {unit.name} | {' | '.join(map(str, figures))} |", flush=True)
            survivors += passed
    print("", *survivors, "", sep="\n")
    wrong = [mutant for mutant in survivors if mutant.reason is None]
    print(f"{len(survivors)} survivors, {f'{len(wrong)} NOT equivalent' if wrong else 'all equivalent'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
