"""What the kit promises about its exercises, as rules that a unit keeps or breaks.

    verify(unit, seeds) -> list of Broken     every rule on one unit
    RULES                                     the rules, each a function with its promise as docstring

`gradfn dev verify` runs them on every unit. A rule gives one sentence for each thing that breaks it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from pathlib import Path

from autograder.authors.build import stub_of
from autograder.authors.input_classes import inputs_that_hide_mistakes_are_asked
from autograder.authors.pictures import pictures_of
from autograder.declare import CPU, Mistake
from autograder.errors import GradfnError
from autograder.grading import oracle
from autograder.judging.compare import agree, differences
from autograder.judging.judge import judge
from autograder.judging.results import Result
from autograder.units.gpu_tier import REHEARSAL
from autograder.units.kit import Exercise, KitUnit, questions_of
from autograder.units.lessons import lesson_of
from autograder.units.recorded import PUBLIC_SEED, Recorded
from autograder.units.script import split
from autograder.worker.fence import resolve
from autograder.worker.modules import module_of
from autograder.worker.outcome import Outcome

HINTS = 3
#: The public seed, and two others, on which the answers must differ.
THREE_SEEDS = (PUBLIC_SEED, 1, 2)
#: An error that any wrong order, transpose or missing return may raise.
OF_SHAPES = re.compile(r"matmul|broadcast|size of tensor|shapes? |not aligned|'NoneType'|values to unpack")


@dataclass(frozen=True)
class Broken:
    """A rule that a unit breaks, and how."""

    unit: str
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.unit}: {self.sentence}"


class Evidence:
    """What the rules look at, computed once: the unit, its derived stub and its reference answers."""

    def __init__(self, unit: KitUnit, seeds: Sequence[int]) -> None:
        self.unit, self.seeds = unit, seeds
        # What references and mistakes answer on a seed, and the solution: the first rule that asks runs them.
        self.recorded = cache(lambda seed: oracle.record(unit, seed, self.stub))
        self.right = cache(self._right)

    @cached_property
    def stub(self) -> str:
        return stub_of(self.unit)

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        return self.unit.exercises_of(self.stub)

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        return oracle.mistakes_of(self.unit)

    @property
    def public(self) -> Recorded:
        return self.recorded(PUBLIC_SEED)

    def _right(self, name: str, seed: int) -> Mapping[str, Outcome]:
        """The solution's outcomes in an exercise, from the recorded answers if every rule needs that seed."""
        if seed in (PUBLIC_SEED, *self.seeds):
            return self.recorded(seed).answers[name]
        return oracle.outcomes(self.exercises[name].checks, oracle.solution_of(self.unit), seed)


Rule = Callable[[Evidence], Iterator[str]]


def every_exercise_is_whole(evidence: Evidence) -> Iterator[str]:
    """Each exercise has a name, a difficulty, checks and a mistake; each check and lesson belongs to one."""
    wrong = {mistake.name for mistake in evidence.mistakes}
    for exercise in evidence.exercises.values():
        lacks = {
            "a function or class in its cell": exercise.names,
            "a difficulty of one to three stars": 1 <= exercise.stars <= 3,
            "a check": exercise.checks,
            "a mistake": wrong & set(exercise.names),
        }
        yield from (f"{exercise.name} lacks {what}: add it" for what, there in lacks.items() if not there)
    for check in evidence.unit.all_checks:
        if check.exercise not in evidence.exercises:
            yield f"{check.name} checks {check.exercise!r}, which has no cell in {evidence.unit.name}.py"
    for question in questions_of(evidence.stub).values():
        if not (question.text and question.points > 0):
            yield f"{question.name} lacks what it asks, or its points: write both"
    for name in lesson_of(evidence.unit).before.keys() - {cell.name for cell in split(evidence.stub)}:
        yield f"README.md has a section for `{name}`, which has no cell in {evidence.unit.name}.py"


def every_check_is_declared_once(evidence: Evidence) -> Iterator[str]:
    """No check replaces another of the same name."""
    tree = ast.parse((evidence.unit.folder / "checks.py").read_text(encoding="utf-8"))
    defined = Counter(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    for name, times in sorted(defined.items()):
        if times > 1:
            yield f"{name} is defined {times} times in checks.py, and only the last would run"


def hints_lead_on(evidence: Evidence) -> Iterator[str]:
    """Each check says what it promises and has three different hints."""
    for check in evidence.unit.all_checks:
        if not check.promise:
            yield f"{check.name} has no docstring to say what a right answer does"
        if len(set(check.hints)) != HINTS or not all(hint.strip() for hint in check.hints):
            yield f"{check.name} needs {HINTS} different hints (it has {len(set(check.hints))})"


def nothing_is_left_to_do(evidence: Evidence) -> Iterator[str]:
    """No TODO, as `gradfn dev new` writes them, is left in a file that people write."""
    unit = evidence.unit
    for path in (*sorted(unit.solutions.glob("*.py")), *unit.checks_files, unit.lesson_file):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"\bTODO\b", line):
                yield f"a TODO is left: {path.name}, line {number}: {line.strip()}"


def stub_passes_nothing(evidence: Evidence) -> Iterator[str]:
    """The stub runs, and no check passes on it."""
    module = module_of(evidence.stub, f"stub.{evidence.unit.name}")
    for exercise in evidence.exercises.values():
        outcomes = oracle.outcomes(exercise.checks + exercise.gpu_rehearsals, module, PUBLIC_SEED)
        for result in _judged(evidence.unit, exercise.name, outcomes, evidence.public):
            if result.status == "passed":
                yield f"{result.exercise}.{result.check} passes on the stub"


def what_answers_must_not_use_exists(evidence: Evidence) -> Iterator[str]:
    """What an answer must do without is declared for an exercise that exists, by a name that exists."""
    for exercise, names in evidence.unit.declaration.without.items():
        if exercise not in evidence.exercises:
            yield f"Unit(without=...) speaks of {exercise!r}, which has no cell in {evidence.unit.name}.py"
        for name in names:
            try:
                resolve(name)
            except (ImportError, AttributeError) as error:
                yield f"{exercise} must do without {name}, which does not exist: {error}"


def _judged(unit: KitUnit, name: str, outcomes: Mapping[str, Outcome], recorded: Recorded) -> list[Result]:
    """The results of a run on the CPU, with its rehearsal of the GPU tier."""
    both = (judge(unit, name, outcomes, recorded, setting=setting) for setting in (CPU, REHEARSAL))
    return [result for results in both for result in results if result.status != "not run"]


def references_agree(evidence: Evidence) -> Iterator[str]:
    """Solution and PyTorch pass every check, on every seed."""
    for seed in evidence.seeds:
        try:
            evidence.recorded(seed)
        except GradfnError as fault:
            yield str(fault)


def no_answer_can_be_replayed(evidence: Evidence) -> Iterator[str]:
    """No check's right answer is the same on every seed: students hold the public ones."""
    for exercise in evidence.exercises.values():
        for check in exercise.checks:
            runs = (evidence.right(exercise.name, seed)[check.name] for seed in THREE_SEEDS)
            # Without titles, which may hold a random number; none if the answer raised.
            answers = ([*(run.returned or {}).values()] for run in runs)
            if (right := next(answers)) and not any(differences(check, right, other) for other in answers):
                yield f"{check.exercise}.{check.name} has the same answer on every seed: ask with rng too"


def every_mistake_is_named(evidence: Evidence) -> Iterator[str]:
    """Every mistake fails a check of its exercise, and the card names it, on every seed."""
    for seed in evidence.seeds:
        recorded = evidence.recorded(seed)
        for mistake in recorded.mistakes:
            results = _judged(evidence.unit, mistake.exercise, dict(mistake.outcomes), recorded)
            failed = [result for result in results if result.status != "passed"]
            if not failed:
                yield f"{mistake.exercise}: '{mistake.title}' passes every check (seed {seed})"
            elif not any(result.mistake == mistake.title for result in failed):
                yield f"{mistake.exercise}: '{mistake.title}' fails but is not recognised (seed {seed})"


def errors_of_shapes_prove_nothing(evidence: Evidence) -> Iterator[str]:
    """A mistake that shows in errors of shapes, or of None, alone says by `code` what such an answer has."""
    for m in evidence.public.mistakes:
        results = _judged(evidence.unit, m.exercise, dict(m.outcomes), evidence.public)
        failed = {r.check.partition("[")[0] for r in results if r.status != "passed"}
        raised = [m.outcomes[name].raised for name in sorted(failed)]
        if not m.code and all(error and OF_SHAPES.search(error.message) for error in raised):
            yield f"{m.exercise}: '{m.title}' shows in errors that others make too: add code="


def gpu_mistakes_are_right_on_a_cpu(evidence: Evidence) -> Iterator[str]:
    """A mistake that is declared for the GPU tier alone passes every check on the CPU."""
    alone = {(mistake.name, mistake.title) for mistake in evidence.mistakes if mistake.tier == "gpu"}
    for mistake in evidence.public.mistakes:
        if (mistake.name, mistake.title) in alone:
            for result in judge(evidence.unit, mistake.exercise, dict(mistake.outcomes), evidence.public):
                if result.status != "passed":
                    yield f"{mistake.exercise}: '{mistake.title}' is of the GPU tier and fails {result.check}"


def no_two_mistakes_are_alike(evidence: Evidence) -> Iterator[str]:
    """For any two mistakes of an exercise, some check tells them apart."""
    for exercise in evidence.exercises.values():
        for a, b in combinations(evidence.public.of(exercise.name), 2):
            checks = exercise.checks + exercise.gpu_rehearsals
            both = [c for c in checks if c.name in a.outcomes and c.name in b.outcomes]
            if all(agree(check, a.outcomes[check.name], b.outcomes[check.name]) for check in both):
                yield f"{exercise.name}: '{a.title}' and '{b.title}' look alike on all checks"


def derived_files_are_fresh(evidence: Evidence) -> Iterator[str]:
    """The stub, the pictures and the recorded answers are up to date."""
    unit = evidence.unit
    for name, picture in pictures_of(unit).items():
        if not (unit.folder / name).exists() or (unit.folder / name).read_text(encoding="utf-8") != picture:
            yield f"{name} is not what the kit draws: run gradfn dev build"
    if not unit.stub_file.exists() or unit.stub_file.read_text(encoding="utf-8") != evidence.stub:
        yield f"{unit.stub_file.name} is not what the solution gives: run gradfn dev build"
    try:
        recorded = unit.recorded
    except GradfnError as error:
        yield str(error)
        return
    if recorded.stub != evidence.stub or not _same_answers(evidence, recorded):
        yield f"recorded.json (made with torch {recorded.torch}) is stale: run gradfn dev build"


def _same_answers(evidence: Evidence, recorded: Recorded) -> bool:
    """Whether the recorded answers agree with those computed now, within each check's tolerance."""
    fresh = evidence.public
    words = [[(m.exercise, m.name, m.title, m.advice) for m in made.mistakes] for made in (recorded, fresh)]
    if words[0] != words[1] or (recorded.gpu, recorded.points) != (fresh.gpu, fresh.points):
        return False
    owners, both = evidence.exercises, zip(recorded.mistakes, fresh.mistakes, strict=True)
    pairs = [(recorded.answers.get(name, {}), fresh.answers[name], e) for name, e in owners.items()]
    pairs += [(a.outcomes, b.outcomes, owners[a.exercise]) for a, b in both]
    return all(
        old.keys() == new.keys()
        and all(agree(c, old[c.name], new[c.name]) for c in e.checks + e.gpu_rehearsals if c.name in new)
        for old, new, e in pairs
    )


def nothing_is_given_away(evidence: Evidence) -> Iterator[str]:
    """No line of an answer is in a file that students receive."""
    files, received = sorted(evidence.unit.folder.iterdir()), (".py", ".md", ".json")
    texts = {f.name: _squeezed(f.read_text(encoding="utf-8")) for f in files if f.suffix in received}
    for line in sorted(_telling_lines(evidence.unit.solution_file)):
        holding = [name for name, text in texts.items() if _squeezed(line) in text]
        yield from (f"{name} holds a line of the answer: {line}" for name in holding)


def _telling_lines(path: Path) -> set[str]:
    """The lines of the answers that are long enough to give one away, and not found by coincidence."""
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", path.read_text(encoding="utf-8"), re.S)
    lines = {line.strip() for region in regions for line in region.splitlines()}
    return {x for x in lines if len(_squeezed(x)) >= 12 and not x.startswith(("#", "raise ", "for "))}


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def no_stray_files(evidence: Evidence) -> Iterator[str]:
    """The unit's folders hold its own files and nothing else."""
    unit = evidence.unit
    expected = {
        unit.folder: {f"{unit.name}.py", "README.md", "recorded.json", "pictures", "play.py"}
        | {path.name for path in unit.checks_files},
        unit.solutions: {f"{unit.name}.py", "by_torch.py", "mistakes.py", "pictures.py"},
    }
    for folder, names in expected.items():
        for path in sorted(folder.iterdir()):
            if path.name not in names and path.name != "__pycache__":
                yield f"{folder.parent.name}/{folder.name}/{path.name} does not belong to a unit"


RULES: tuple[Rule, ...] = (
    every_exercise_is_whole,
    every_check_is_declared_once,
    hints_lead_on,
    nothing_is_left_to_do,
    stub_passes_nothing,
    what_answers_must_not_use_exists,
    references_agree,
    no_answer_can_be_replayed,
    inputs_that_hide_mistakes_are_asked,
    every_mistake_is_named,
    errors_of_shapes_prove_nothing,
    gpu_mistakes_are_right_on_a_cpu,
    no_two_mistakes_are_alike,
    derived_files_are_fresh,
    nothing_is_given_away,
    no_stray_files,
)


def verify(unit: KitUnit, seeds: Sequence[int] = THREE_SEEDS, rules: Sequence[Rule] = RULES) -> list[Broken]:
    """Try every rule on one unit; a rule that cannot be tried counts as broken."""
    evidence, broken = Evidence(unit, seeds), []
    for rule in rules:
        name = rule.__name__.replace("_", " ")
        try:
            broken += [Broken(unit.name, name, sentence) for sentence in rule(evidence)]
        except Exception as error:
            words = str(error) if isinstance(error, GradfnError) else f"{type(error).__name__}: {error}"
            broken.append(Broken(unit.name, name, f"the rule {name!r} cannot be tried: {words}"))
    return broken
