"""Cards: each way of going wrong is named, with the student's own lines and no others."""

from __future__ import annotations

import linecache
import sys
import types
from contextlib import suppress
from pathlib import Path

import pytest

from autograder.grading.grade import judge_file
from autograder.judging.card import WIDTH, without_repeats
from autograder.judging.explain import WARNING
from autograder.judging.results import Result
from autograder.judging.signatures import Signature
from autograder.student.attempt import Attempt
from autograder.units.kit import Kit, KitUnit
from autograder.worker.fence import Fence
from autograder.worker.plain import short
from autograder.worker.tracebacks import describe_exception
from engine import Value
from tests.tiny import answered


def cards(unit: KitUnit, source: str, exercise: str) -> list[Result]:
    """The results of an exercise's public checks, as a student's own process has them."""
    name = f"exercises.{unit.name}"
    module = types.ModuleType(name)
    module.__file__ = f"{unit.name}.py"
    sys.modules[name] = module
    linecache.cache[module.__file__] = (len(source), None, source.splitlines(True), module.__file__)
    exec(compile(source, module.__file__, "exec"), vars(module))
    return list(Attempt(unit, module).results(unit.exercise(exercise)))


def one_line(message: str) -> str:
    """A card without its line breaks."""
    return " ".join(message.split())


TINY = {
    "a stub": ({}, "double", ["Not done yet. double(x) is 2 x."]),
    "a stub left below the answer": (
        {"double": "y = 2 * x\nraise NotImplementedError()"},
        "double",
        ["Not done yet: line 10 of tiny.py still raises NotImplementedError.", "Delete it"],
    ),
    "a stub that is called": (
        {"halve": "return double(x) / 4"},
        "halve",
        ["It calls `double`, which is not done yet: begin there.", "line 16 in halve: return double(x) / 4"],
    ),
    "a wrong answer that is called": (
        {"double": "return 3 * x", "halve": "return double(x) / 4"},
        "halve",
        ["It calls `double`, which fails its own checks: begin there.", "gradfn hint tiny.double"],
    ),
    "a right answer that is called": (
        {"double": "return 2 * x", "halve": "return double(x) / 3"},
        "halve",
        ["Every value is 1.333 times the right one.", "gradfn hint tiny.halve"],
    ),
    "no return": ({"double": "y = 2 * x"}, "double", ["double has no return, so it gives None."]),
    "print for return": (
        {"double": "print(2 * x)"},
        "double",
        ["double returned None, and printed something: print shows a value, only return hands it back."],
    ),
    "values on the line": (
        {"double": "n = 3\ny = x[:2, None]\nreturn y @ np.ones((n, n))"},
        "double",
        [
            "ValueError: matmul",
            "line 11 in double: return y @ np.ones((n, n))",
            "where y has shape (2, 1), n is",
        ],
    ),
    "a comprehension": (
        {"double": "return [x.nope for i in range(3)]"},
        "double",
        ["line 9 in double: return [x.nope for i in range(3)]", "where x has shape (8,), i is 0 next"],
    ),
    "a warning": (
        {"double": "np.log(x * 0)\nreturn 3 * x"},
        "double",
        [f"{WARNING} RuntimeWarning: divide by zero encountered in log (tiny.py, line 9).", "0 is -inf."],
    ),
    "a mistyped name": ({"double": "return 2 * X"}, "double", ["'X' is not defined. Did you mean x?"]),
    "a mistyped function": ({"double": "return np.adds(x, x)"}, "double", ["'adds'. Did you mean add?"]),
    "a module not imported": ({"double": "return math.pi"}, "double", ["The file does not import it."]),
    "an if on an array": (
        {"double": "if x > 0:\n    return 2 * x"},
        "double",
        ["ValueError: The truth value", "where(condition, a, b) of NumPy or PyTorch chooses"],
    ),
    "lengths that do not fit": (
        {"double": "return x @ np.ones((3, 3))"},
        "double",
        ["In A @ B, A must have as many columns as B has rows"],
    ),
    "a question to the keyboard": (
        {"double": 'return input("x? ")'},
        "double",
        ["input() cannot work here, nobody is at the keyboard"],
    ),
    "a package of another unit": (
        {"double": "import torch\nreturn 2 * x"},
        "double",
        [
            "No module named 'torch' in this unit, which has numpy and Python's own modules",
            "line 9 in double",
        ],
    ),
    "an answer of another unit": (
        {"double": "from exercises.activations.activations import relu\nreturn relu(x)"},
        "double",
        ["Units cannot import each other: write the function again, or copy it into this file", "line 9 in"],
    ),
    "a breakpoint left in": (
        {"double": "n = 3\nbreakpoint()\nreturn 2 * x"},
        "double",
        ["breakpoint() is still there, and no one is at the keyboard: take it out", "line 10 in double"],
    ),
    "a question to Jupyter's keyboard": (
        {
            "double": "class StdinNotImplementedError(NotImplementedError): pass\n"
            "raise StdinNotImplementedError('this frontend does not support input requests.')"
        },
        "double",
        ["input() cannot work here, nobody is at the keyboard"],
    ),
    "an endless error": ({"double": "raise ValueError('z' * 100_000)"}, "double", ["zzz …", "line 9 in"]),
    "an output that is closed": (
        {"double": "import sys\nsys.stdout.close()\nreturn 3 * x"},
        "double",
        ["Every value is 1.5 times the right one."],
    ),
}


@pytest.mark.parametrize(("bodies", "exercise", "said"), TINY.values(), ids=TINY)
def test_each_way_of_going_wrong_is_named(
    tiny: KitUnit, bodies: dict[str, str], exercise: str, said: list[str]
) -> None:
    """In whole sentences, with the student's line, its values and what to do next."""
    message = cards(tiny, answered(tiny, **bodies), exercise)[0].message
    for words in said:
        assert words in one_line(message)
    assert message.count("in double.<listcomp>") == 0
    assert all(len(line) <= WIDTH + 1 for line in message.splitlines())


def test_changed_parameters_are_shown_beside_those_of_the_stub(kit: Kit) -> None:
    """Both are written out, and parameters in another order are told apart from other changes."""
    unit = kit.unit("activations")
    edited = "def leaky_relu(slope, x):\n    return x\ndef relu(x, cap):\n    return x\n"
    swapped, needy = (cards(unit, unit.recorded.stub + edited, name)[0] for name in ("leaky_relu", "relu"))
    words = "Its parameters are in another order: it is leaky_relu(slope, x), and was leaky_relu(x, slope)."
    assert words in one_line(swapped.message)
    assert "Its parameters were changed: it is relu(x, cap), and was relu(x)." in one_line(needy.message)


def test_an_instruction_without_a_line_gets_that_of_its_function() -> None:
    """A time limit may stop an answer at such an instruction."""

    def answer() -> None:
        with suppress(ValueError):
            frames.append(sys._getframe())

    frames: list[types.FrameType] = []
    answer()
    without = next(start for start, _, line in answer.__code__.co_lines() if line is None)
    stopped = TimeoutError()
    stopped.__traceback__ = types.TracebackType(None, frames[0], without, -1)
    assert stopped.__traceback__.tb_lineno is None
    first = answer.__code__.co_firstlineno
    assert describe_exception(stopped, globals()).frames[0].line == first


def test_another_parameter_with_a_default_is_allowed(kit: Kit) -> None:
    """It changes nothing for the callers."""
    unit = kit.unit("activations")
    longer = "def relu(x, cap=None):\n    return x\n"
    assert "parameters" not in cards(unit, unit.recorded.stub + longer, "relu")[0].message


def test_a_methods_parameters_may_have_other_names_but_no_other_order() -> None:
    """Its arguments are passed by position."""
    method = Signature(("ctx", "x", "slope=0.1"), returns=True, method=True)
    assert not method.differs_from(("self", "y", "s"))
    assert not method.differs_from(("ctx", "*given"))
    assert method.differs_from(("ctx", "x"))
    assert method.differs_from(("ctx", "slope", "x"))


def test_exchanged_arguments_are_recognised(kit: Kit) -> None:
    """Also where the signature is right and the formula uses them the wrong way round."""
    unit = kit.unit("init")
    solved = unit.solution_file.read_text(encoding="utf-8")
    wrong = solved.replace("size=(fan_in, fan_out))\n    ### END", "size=(fan_out, fan_in))\n    ### END")
    wrong = wrong.replace("(1 + slope**2) * fan_in", "(1 + slope**2) * fan_out")
    assert wrong != solved
    found = {result.mistake for result in cards(unit, wrong, "kaiming_uniform")}
    assert found & {
        f"fan_in and fan_out of {name} exchanged" for name in ("kaiming_uniform", "kaiming_normal")
    }


def test_of_two_functions_in_one_exercise_only_the_wrong_one_is_blamed(kit: Kit) -> None:
    """perceptron_predict calls sign; a wrong step, which is in the same exercise, does not affect it."""
    unit = kit.unit("perceptron")
    solved = unit.solution_file.read_text(encoding="utf-8")
    wrong = solved.replace("return sign(X @ w + b)", "return sign(X @ w + 7 * b)")
    step = wrong.replace("np.where(np.asarray(z) >= 0, 1, 0)", "z")
    sign = wrong.replace("np.where(np.asarray(z) >= 0, 1, -1)", "2 * z")
    assert all("It calls" not in r.message for r in cards(unit, step, "perceptron_predict"))
    blamed = "It calls `sign` (in step), which fails its own checks: begin there."
    assert any(blamed in one_line(r.message) for r in cards(unit, sign, "perceptron_predict"))
    failed = [r for r in cards(unit, sign, "train_perceptron") if r.status != "passed"]
    assert failed
    for result in failed:  # the one that is wrong by itself, before all else
        cost = f"{result.max_points:g} point{'s depend' if result.max_points > 1 else ' depends'} on it."
        assert [line.strip() for line in result.message.splitlines()[1:3]] == [blamed, cost]


TAKEN = {
    "called": (
        "autograd",
        "hvp",
        "import engine\ndef hvp(f, xs, vs):\n    return list(engine.hvp(f, xs, vs)[1])",
    ),
    "by another name": ("autograd", "trace", "from engine.compiler import trace as t\ntrace = t"),
    "inside try": (
        "autograd",
        "checkpoint",
        "import engine as e\ndef checkpoint(fn, *xs):\n    try:\n        return e.checkpoint(fn, *xs)\n"
        "    except Exception:\n        return None",
    ),
    "a class's heir": ("autograd", "no_grad", "import engine\nclass no_grad(engine.no_grad):\n    pass"),
    "a class inside": (
        "autograd",
        "no_grad",
        "import engine\nclass no_grad:\n    def __enter__(self):\n        self.g = engine.no_grad()\n"
        "        self.g.__enter__()\n    def __exit__(self, *e):\n        self.g.__exit__(*e)\n"
        "    def __call__(self, f):\n        return engine.no_grad()(f)",
    ),
    "another of its kind": (
        "autograd",
        "hvp",
        "import engine\ndef hvp(f, xs, vs):\n    rows = engine.hessian(f, xs)\n"
        "    return [sum(h * v for h, v in zip(row, vs)) for row in rows]",
    ),
    "a walk": (
        "graph",
        "topo_order",
        "from engine.walk import topological\ndef topo_order(v):\n    return topological([v])",
    ),
    "grad": (
        "graph",
        "backward",
        "import engine\ndef backward(root):\n    leaves = [v for v in topo_order(root) if v.requires_grad]\n"
        "    for v, g in zip(leaves, engine.grad(root, leaves)):\n        v.grad = g.data",
    ),
}


@pytest.mark.parametrize(("name", "exercise", "source"), TAKEN.values(), ids=TAKEN)
def test_using_what_is_to_be_written_is_named(kit: Kit, name: str, exercise: str, source: str) -> None:
    """The engine has the function: an answer that calls it does not pass the checks in which it does."""
    unit = kit.unit(name)
    before = unit.solution_file.read_text(encoding="utf-8")
    results = cards(unit, f"{before}\n{source}\n", exercise)
    assert any("this exercise asks you to write that yourself" in one_line(r.message) for r in results)
    assert sum(result.points for result in results) < unit.exercise(exercise).points / 2


STORED = {
    "in a default argument": "def call(f=engine.hvp): f(*given)",
    "in a list": "tools = [engine.hvp]\ndef call(): tools[0](*given)",
    "in another module": "import engine.transforms\ndef call(): engine.transforms.hvp(*given)",
    "below a wrapper": "def call(): getattr(engine.hvp, '__wrapped__', engine.hvp)(*given)",
    "behind map": "h = engine.hvp\ndef call(): list(map(h, *zip(given)))",
}


@pytest.mark.parametrize("source", STORED.values(), ids=STORED)
def test_a_fence_sees_through_names(source: str) -> None:
    """A function notes its calls wherever an answer has stored it before."""
    import engine

    own = {"engine": engine, "given": (lambda a: a * a, [1.0], [1.0])}
    exec(source, own)
    with Fence(["engine.hvp"], [own]) as fence:
        exec("call()", own)
        assert fence.taken([]) == ("engine.hvp",)


def test_a_fence_leaves_nothing_changed() -> None:
    """After it everything is restored, and calls by other code inside it are not noted."""
    import engine

    own = {"h": engine.hvp}
    before = engine.hvp, Value.backward, dict(vars(engine.no_grad))
    with Fence(["engine.hvp", "engine.Value.backward", "engine.no_grad"], [own]) as fence:
        engine.hvp(lambda a: a * a, [1.0], [1.0])
        with engine.no_grad():
            pass
        assert fence.taken([]) == ()
        exec("h(lambda a: a * a, [1.0], [1.0])", own)
        assert fence.taken([]) == ("engine.hvp",)
    assert (engine.hvp, Value.backward, dict(vars(engine.no_grad))) == before
    assert own["h"] is engine.hvp


def test_gradfn_judge_says_the_same(tiny: KitUnit, tmp_path: Path) -> None:
    """Lines, values, warnings and calls come through from the submission's own process."""
    file = tmp_path / "tiny.py"
    bodies = {"double": "np.log(x * 0)\nreturn x.nope", "halve": "return double(x)"}
    file.write_text(answered(tiny, **bodies), encoding="utf-8")
    messages = [one_line(result.message) for result in judge_file(tiny, file).checks]
    assert "line 4 in double: return x.nope where x has shape (8,)" in messages[0].replace(
        "cell double, ", ""
    )
    assert "divide by zero encountered in log" in messages[0]
    assert "It calls `double`, which fails its own checks: begin there." in messages[1]


def test_a_warning_costs_nothing_and_is_shown(tiny: KitUnit) -> None:
    """A right answer that warns gets its points, and the card has the warning and its meaning."""
    (result,) = cards(tiny, answered(tiny, double="np.sqrt(-x)\nreturn 2 * x"), "double")
    assert (result.status, result.points) == ("passed", 2)
    assert (
        "invalid value encountered in sqrt (tiny.py, line 9). The log or square root of a negative number"
        in one_line(result.message)
    )


def test_a_warning_is_shown_once_for_cards_shown_together() -> None:
    """The second card that has it leaves it out, but nothing else."""
    warning = f"\n  {WARNING} UserWarning: this goes on (a.py, line 3).\n    And on."
    first, second = without_repeats([f"a{warning}\n  next", f"b\n  other{warning}\n  next"])
    assert first == f"a{warning}\n  next"
    assert second == "b\n  other\n  next"


def test_the_same_sentences_are_shown_once(tiny: KitUnit) -> None:
    """Whatever the values on the line are; another error or another line is shown."""
    body = "  ValueError: no\n  a.py, line 3 in f:  g(x)\n    where x has shape ({},)\n  next hint: h"
    both = without_repeats([f"a\n{body.format(5)}", f"b      0 / 1 point\n{body.format(7)}"])
    same = "  The same: b, 0 / 1 point.\n  next hint"
    assert list(both) == [f"a\n{body.format(5)}".replace("  next hint", same)]
    other = body.replace("line 3", "line 4")
    assert list(without_repeats([f"a\n{body}", f"b\n{other}"])) == [f"a\n{body}", f"b\n{other}"]
    assert list(without_repeats(["a", "b"])) == ["a", "b"]


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("  The first 8 digits are right.\n  f(x)  no", "  The first 7 digits are right.\n  f(y)  no", True),
        ("  It gives\n    twice as much.\n  f(x)  no", "  It gives twice\n    as much.\n  f(y)  no", True),
        ("  f(x)  expected 1, got 2", "  f(x)  expected 3, got 4", False),
        (
            "  E: sizes (2,3) (2,)\n  a.py, line 3 in f:  g(x)",
            "  E: sizes (4,) (5, 2)\n  a.py, line 3 in f:  g(x)",
            True,
        ),
        ("  E: no\n  a.py, line 3 in f:  g(x)\n  more", "  E: no\n  a.py, line 3 in f:  g(x)", False),
    ],
    ids=["a remark", "its line breaks", "values", "an error of other sizes", "another error"],
)
def test_one_mistake_has_one_card(first: str, second: str, one: bool) -> None:
    """Checks that fail with one remark, or one error at one line, are named on the first one's card."""
    shown = list(without_repeats([f"f · a  0 / 1\n{first}", f"f · b  0 / 1\n{second}"]))
    assert len(shown) == (1 if one else 2)
    assert ("The same: f · b" in shown[0]) == one


def test_values_are_described_briefly() -> None:
    """Shapes for arrays, the value of a scalar, nothing for an object whose own code would have to run."""

    class Talkative:
        def __repr__(self) -> str:
            raise AssertionError("no code of a submission may run here")

    import numpy as np

    said = [short(value) for value in (np.zeros((2, 3)), np.int8(3), 0.1, "a" * 50, [1, 2.5], [[1]], None)]
    assert said[:3] == ["has shape (2, 3)", "is 3", "is 0.1"]
    assert said[3:] == [f"is '{'a' * 23}…'", "is [1, 2.5]", "is a list of 1", "is None"]
    assert short(Value(2.0)) == "is Value(2)"
    assert (short(Talkative()), short(print), short(10**5000)) == ("", "", "is an int of 16610 bits")
