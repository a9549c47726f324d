"""Examples in docstrings: what an answer shows there counts, wherever it is judged."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

from autograder.authors.build import build
from autograder.errors import KitFault
from autograder.grading.grade import judge_file
from autograder.grading.sandbox import Sandbox
from autograder.judging.compare import differences
from autograder.student.attempt import Attempt
from autograder.units.kit import Kit, KitUnit
from autograder.worker.examples import EXAMPLES, holds
from tests.answered import results
from tests.conftest import root_of
from tests.tiny import answered, open_unit, replace_in

EXAMPLE = '''"""2 x, element by element.

    >>> x = np.array([1.5, -2.0])
    >>> double(x)
    array([ 3., -4.])
    >>> float(double(np.array(2)))  # doctest: +SKIP
    0.0
    >>> double("x" * 3)
    Traceback (most recent call last):
    TypeError: ...
    """'''
RIGHT = 'if isinstance(x, str):\n    raise TypeError("numbers only")\n{}return 2 * x'

#: Wrong answers that an example shows to be wrong: unit, exercise, and the name in tests/wrong_answers.
CONTRADICTIONS = [
    ("activations", "value_sigmoid", "exp(-|v|), whose slope at 0 is 0"),
    ("autograd", "trace", "a Value for a number"),
    ("forward", "mlp_forward", "hidden as a tuple"),
    ("forward", "mlp_forward", "one row loses its axis"),
]


@pytest.fixture
def unit(tiny: KitUnit) -> KitUnit:
    """The tiny unit, outside of the kit, with examples in one docstring."""
    replace_in(tiny.solution_file, '"""2 x, element by element."""', EXAMPLE)
    replace_in(
        tiny.solution_file,
        "return np.add(x, x)",
        'if isinstance(x, str):\n        raise TypeError("not numbers")\n    return np.add(x, x)',
    )
    build(tiny)
    return open_unit(root_of(tiny))


def test_every_example_of_every_unit_is_run_by_one_check(kit: Kit) -> None:
    """By none that is declared: they follow from the stub; each runs in the exercise of its docstring."""
    for unit in kit.units():
        count = unit.recorded.stub.count(">>> ")
        examples = [e for name in unit.exercises for c in unit.checks_of(name) for e in c.examples[1:]]
        assert len(examples) == count, unit.name
        assert not any(check.examples for check in unit.all_checks)


@pytest.mark.parametrize("function", ["relu_grad", "leaky_relu_grad", "value_tanh"])
def test_an_example_joins_the_first_check_that_uses_its_function(kit: Kit, function: str) -> None:
    """So that a slip in one function costs no check of another."""
    unit = kit.unit("activations")
    (exercise,) = (e for e in unit.exercises.values() if function in e.names)
    (check,) = (c for c in exercise.checks if any(f"{function}(" in e.source for e in c.examples[1:]))
    users = [c.name for c in exercise.checks if f"{function}" in inspect.getsource(inspect.unwrap(c.program))]
    assert check.name == users[0]


@pytest.mark.parametrize("home", [True, False])
def test_a_contradicted_example_costs_its_check(unit: KitUnit, home: bool) -> None:
    """At home and in the sandbox alike; the card shows the example whole, expected and got side by side."""
    wrong = RIGHT.format("if x.shape == (2,):\n    return x + np.array([1.5, -2.1])\n")
    unit.stub_file.write_text(answered(unit, double=wrong), encoding="utf-8")
    found = (
        Attempt(unit).results(unit.exercise("double")) if home else judge_file(unit, unit.stub_file).checks
    )
    assert (found[0].status, found[0].message.splitlines()[1:-1]) == (
        "failed",
        [
            "  It does not show what the example in its docstring shows.",
            "  >>> x = np.array([1.5, -2.0])",
            "  >>> double(x)",
            "      expected             got",
            "      array([ 3., -4.])    array([ 3. , -4.1])",
        ],
    )


def test_pytest_shows_it_too(unit: KitUnit) -> None:
    """And exits as for any failure."""
    wrong = RIGHT.format("if x.shape == (2,):\n    return x\n")
    unit.stub_file.write_text(answered(unit, double=wrong), encoding="utf-8")
    (unit.folder.parent / "conftest.py").write_text('pytest_plugins = ["autograder.student.plugin"]\n')
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "exercises"]
    done = subprocess.run(command, cwd=root_of(unit), capture_output=True, text=True, check=False)
    assert "array([ 3., -4.])    array([ 1.5, -2. ])" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    "body",
    [
        RIGHT.format("print('x is', x)\n"),
        RIGHT.format("np.set_printoptions(precision=1, sign='+')\n"),
    ],
)
def test_what_an_answer_prints_or_sets_does_not_count(unit: KitUnit, body: str) -> None:
    """Output for debugging costs nothing, nor does another way of showing numbers."""
    unit.stub_file.write_text(answered(unit, double=body), encoding="utf-8")
    with np.printoptions():  # which the answer sets in this process
        assert Attempt(unit).results(unit.exercise("double"))[0].status == "passed"


def test_a_students_own_docstring_does_not_count(unit: KitUnit) -> None:
    """The kit's examples are run: changing or removing them in the answer changes nothing."""
    text = answered(unit, double=RIGHT.format("if x.shape == (2,):\n    return x\n"))
    for kept in (text.replace("array([ 3., -4.])", "array([ 1.5, -2. ])"), text.replace(">>> ", "")):
        unit.stub_file.write_text(kept, encoding="utf-8")
        assert judge_file(unit, unit.stub_file).checks[0].status == "failed"


def test_an_exception_in_place_of_a_value_is_shown(unit: KitUnit) -> None:
    """And a value in place of the promised exception."""
    for body, words in {"return 2 * x": "'xxxxxx'", RIGHT.format("x[7]\n"): "IndexError: index 7"}.items():
        unit.stub_file.write_text(answered(unit, double=body), encoding="utf-8")
        card = Attempt(unit).results(unit.exercise("double"))[0].message
        assert words in card, card


def test_the_worker_is_not_told_what_is_expected(unit: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request holds the lines to run, and whether one raises, only."""
    asked: list[dict[str, object]] = []
    ask = Sandbox._ask
    monkeypatch.setattr(Sandbox, "_ask", lambda s, request, *r: asked.append(request) or ask(s, request, *r))
    unit.stub_file.write_text(answered(unit, double="return 2 * x"), encoding="utf-8")
    judge_file(unit, unit.stub_file)
    (lines,) = (request["examples"] for request in asked if request.get("examples"))
    assert [[s.strip(), r] for s, r in lines[1:]] == [  # type: ignore[index]
        ["x = np.array([1.5, -2.0])", False],
        ["double(x)", False],
        ['double("x" * 3)', True],
    ]


def test_a_solution_must_show_what_its_docstring_says(unit: KitUnit) -> None:
    """`gradfn dev build` names the line."""
    replace_in(unit.solution_file, "array([ 3., -4.])", "array([ 3., -5.])")
    with pytest.raises(
        KitFault, match=r"double: the solution does not show what its docstring says: >>> x = "
    ):
        build(unit)


@pytest.mark.parametrize(("unit_name", "exercise", "title"), CONTRADICTIONS)
def test_an_answer_that_contradicts_its_example_loses_points(
    kit: Kit, unit_name: str, exercise: str, title: str
) -> None:
    """And its card shows the example."""
    edit = import_module(f"tests.wrong_answers.{unit_name}").WRONG[exercise][title]
    found = results(kit, unit_name, exercise, edit, 0)
    assert any("the example in its docstring" in result.message for result in found)


@pytest.mark.parametrize(
    ("want", "got", "same"),
    [
        ("0.75", "np.float64(0.75)", True),
        ("np.float64(0.75)", "0.75", True),
        ("0.75", "0.7500001", False),
        ("array([0, 1])", "array([0, 1], dtype=int32)", True),
        ("array([0, 1], dtype=int32)", "array([0, 1])", False),
        ("(array([1.]), 0.5)", "[array([1.]), 0.5]", True),
        ("(1.0,)", "[1.0]", True),
        ("[4.0, 3.0]", "(4.0, 3.0)", False),
        ("[1.0, ..., 3.0]", "[1.0, 2.0, 3.0]", True),
        ("array([[0.5],\n       [0.1]])", "array([[0.5], [0.1]])", True),
        ("array([0., 1.])", "array([-0.,  1.])", False),
        ("7.0", "Value(7.0)", False),
        ("7.0", "", False),
    ],
)
def test_what_counts_as_the_same(want: str, got: str, same: bool) -> None:
    """The printed form, but for what the judge does not tell apart elsewhere either."""
    assert holds(doctest.Example("x", want), f"{got}\n" if got else "") is same


def test_forged_examples_are_wrong(unit: KitUnit) -> None:
    """Whatever stands in the place of their texts."""
    check = unit.checks_of("double")[0]
    right = unit.recorded.answers["double"][check.name].returned
    assert right is not None
    for forged in (None, [], [1, 2], ["array([ 3., -4.])\n"], {"a": 1}, [[]], True):
        assert differences(check, right, right | {EXAMPLES: forged})
    assert not differences(check, right, right)
