"""`gradfn dev verify`: the kit keeps every rule, and each rule fails on a unit that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authors.build import build
from autograder.authors.verify import RULES, verify
from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.tiny import open_unit, replace_in

Break = Callable[[KitUnit], object]


def _in(name: str, old: str, new: str) -> Break:
    """An edit of one of the unit's source files, after which the derived files are built again."""

    def edit(unit: KitUnit) -> None:
        replace_in(_source(unit, name), old, new)
        build(open_unit(root_of(unit)))

    return edit


def _stale(unit: KitUnit) -> None:
    replace_in(unit.solutions / "tiny.py", "2 x, element by element", "x + x, element by element")


def _without_build(name: str, old: str, new: str) -> Break:
    """An edit with which the derived files could not be built."""
    return lambda unit: replace_in(_source(unit, name), old, new)


def _source(unit: KitUnit, name: str) -> Path:
    return (unit.solutions if (unit.solutions / name).exists() else unit.folder) / name


#: For each rule, ways to break it and what is said then.
BREAKS: dict[str, list[tuple[Break, str]]] = {
    "every_exercise_is_whole": [
        (_in("tiny.py", "# %% double *", "# %% double"), "double lacks a difficulty of one to three stars"),
        (_in("README.md", "## `double`", "## `doubel`"), "README.md has a section for `doubel`"),
        (_in("checks.py", '@check("halve"', '@check("double"'), "halve lacks a check"),
        (_in("mistakes.py", 'slips("halve")', 'slips("double")'), "halve lacks a mistake"),
        (_in("checks.py", '@check("halve"', '@check("half"'), "checks 'half', which has no cell"),
    ],
    "every_check_is_declared_once": [
        (_in("checks.py", "def values_halve", "def values_double"), "values_double is defined 2 times"),
    ],
    "hints_lead_on": [
        (_in("checks.py", "    3. three\n", ""), "needs 3 different hints (it has 2)"),
        (_in("checks.py", "halve(x) is x / 2.", ""), "values_halve has no docstring"),
    ],
    "nothing_is_left_to_do": [
        (_in("tiny.py", '"""2 x,', '"""TODO: 2 x,'), 'tiny.py, line 8: """TODO: 2 x, element by element."""'),
        (_in("checks.py", "2. two", "2. TODO: two"), "checks.py, line 13: "),
        (_in("checks.py", '"""double(x)', '"""TODO: double(x)'), "checks.py, line 10: "),
        (_in("mistakes.py", '"sign lost"', '"TODO: sign"'), "mistakes.py, line 12: "),
        (_in("mistakes.py", '"Half is', '"TODO: half is'), "mistakes.py, line 23: "),
        (_in("README.md", "Add a number", "TODO: add a number"), "README.md, line 7: TODO: add a number to"),
    ],
    "stub_passes_nothing": [
        (
            _in(
                "tiny.py",
                "### BEGIN SOLUTION\n    return np.add(x, x)",
                "return x + x\n    ### BEGIN SOLUTION",
            ),
            "double.values_double passes on the stub",
        ),
    ],
    "what_answers_must_not_use_exists": [
        (
            _in("checks.py", "number=1", 'number=1, without={"doubel": ("numpy.add",)}'),
            "Unit(without=...) speaks of 'doubel', which has no cell",
        ),
        (
            _without_build("checks.py", "number=1", 'number=1, without={"double": ("numpy.doubel",)}'),
            "double must do without numpy.doubel, which does not exist",
        ),
    ],
    "references_agree": [
        (_without_build("by_torch.py", "* 2", "* 3"), "solution and PyTorch disagree"),
        (_without_build("tiny.py", "np.add(x, x)", "np.ad(x, x)"), "the solution raises AttributeError"),
    ],
    "no_answer_can_be_replayed": [
        (
            _in("checks.py", "halve(rng.normal(size=(2, 3)))", "halve(np.array([6.0, 8.0]))"),
            "halve.values_halve has the same answer on every seed",
        ),
        (
            _in(
                "checks.py",
                '"halve(x)": answer.halve(rng.normal(size=(2, 3)))',
                "str(rng.normal()): answer.halve(np.array([6.0]))",
            ),
            "halve.values_halve has the same answer on every seed",
        ),
    ],
    "inputs_that_hide_mistakes_are_asked": [
        (
            _in("checks.py", '"halve.x": "not in a test", ', ""),
            "no check asks halve.x: 0 and the numbers next to it: ask, or say in Unit(unasked=...) why not",
        ),
        (
            _in("checks.py", '"halve.x": "not', '"halve.x: a zero": "not'),
            "speaks of 'halve.x: a zero', which checks ask, or which there is not",
        ),
        (_in("checks.py", '"halve.x": "not in a test"', '"halve.x": ""'), "gives no reason for 'halve.x'"),
    ],
    "every_mistake_is_named": [
        (_in("mistakes.py", "return x * x", "return x + x"), "'squared' passes every check"),
        (_in("mistakes.py", "return abs(2 * x)", "return x * x"), "'squared' fails but is not recognised"),
    ],
    "errors_of_shapes_prove_nothing": [
        (
            _in("mistakes.py", "return x * x", "return x + x[:3]"),
            "double: 'squared' shows in errors that others make too: add code=",
        ),
    ],
    "gpu_mistakes_are_right_on_a_cpu": [
        (
            _in("mistakes.py", '@halve("doubled")', '@halve("doubled", tier="gpu")'),
            "is of the GPU tier and fails values_halve",
        ),
    ],
    "no_two_mistakes_are_alike": [
        (_in("mistakes.py", "return abs(2 * x)", "return x * x"), "'squared' and 'sign lost' look alike"),
    ],
    "derived_files_are_fresh": [
        (_stale, "tiny.py is not what the solution gives: run gradfn dev build"),
        (lambda unit: unit.recorded_file.unlink(), "recorded.json is missing"),
        (_without_build("mistakes.py", "x * x", "x * x * x"), "recorded.json (made with torch"),
    ],
    "nothing_is_given_away": [
        (_in("README.md", "Add a number to itself.", "`return np.add(x,  x)`"), "README.md holds a line"),
    ],
    "no_stray_files": [
        (lambda unit: (unit.folder / "answers.txt").touch(), "exercises/tiny/answers.txt does not belong"),
    ],
}


def test_the_tiny_unit_keeps_every_rule(tiny: KitUnit) -> None:
    """The unit that the tests below break keeps all rules before."""
    assert verify(tiny) == []


def test_every_rule_is_broken_here() -> None:
    """Every rule has an example here."""
    assert sorted(BREAKS) == sorted(rule.__name__ for rule in RULES)


@pytest.mark.parametrize(
    ("rule", "breaking", "words"),
    [(rule, *case) for rule, cases in BREAKS.items() for case in cases],
    ids=[f"{rule}-{i}" for rule, cases in BREAKS.items() for i in range(len(cases))],
)
def test_each_rule_fails_on_a_unit_that_breaks_it(
    tiny: KitUnit, rule: str, breaking: Break, words: str
) -> None:
    """The broken rule is named, with what to fix."""
    breaking(tiny)
    found = [b.sentence for b in verify(open_unit(root_of(tiny))) if b.rule == rule.replace("_", " ")]
    assert [sentence for sentence in found if words in sentence] != [], found


def test_a_students_copy_works_without_solutions(tiny: KitUnit, tmp_path: Path) -> None:
    """Deleting solutions/ leaves exercises that can be read and checked."""
    for path in tiny.solutions.iterdir():
        path.unlink()
    tiny.solutions.rmdir()
    assert list(open_unit(tmp_path).exercises) == ["double", "halve"]
