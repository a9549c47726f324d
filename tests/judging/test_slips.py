"""Python's own slips: each has a caret and a tutor's sentence."""

from __future__ import annotations

from textwrap import dedent

import pytest

from autograder.judging.slips import slips_of
from autograder.student.attempt import Attempt
from autograder.units.kit import Kit, KitUnit
from autograder.worker.outcome import Frame, Outcome, Raised, from_plain, to_plain
from autograder.worker.timeout import within
from tests.judging.test_cards import cards, one_line
from tests.tiny import answered

UNREADABLE = {
    "return x => 0": ("Python writes >=.", "=>"),
    "return x =< 0": ("Python writes <=.", "=<"),
    "if x.any() && x.all():": ("Python writes `and`.", "&&"),
    "return x || x": ("Python writes `or`.", "||"),
    "x++": ("Python has no ++ and no --: write m += 1.", "++"),
    "return x[\u201ca\u201d]": ("These quotes were pasted", "\u201c"),
    "return 2 \u2212 x": ("This minus sign was pasted: type - anew.", "\u2212"),
    "return 2 *\u00a0x": ("was pasted: delete the spaces of this line", "\u00a0x"),
    "return 2 \u00d7 x": ("Python writes * for times.", "\u00d7"),
    ">>> return 2 * x": ("This was pasted from a console", ">>>"),
    "```": ("This was pasted from a chat", "```"),
    "<<<<<<< HEAD": ("The file was not merged", "<<<<<<<"),
    "return 2 * * x": ("invalid syntax", "* x"),
}


@pytest.mark.parametrize("line", UNREADABLE)
def test_what_python_cannot_read_has_a_caret_and_a_sentence(tiny: KitUnit, line: str) -> None:
    """Under the place where it stands, as Python itself shows it."""
    said, mark = UNREADABLE[line]
    tiny.stub_file.write_text(answered(tiny, double=line), encoding="utf-8")
    message = Attempt(tiny).results(tiny.exercise("double"))[0].message
    assert said in one_line(message)
    lines = message.splitlines()
    caret = next(number for number, text in enumerate(lines) if text.strip() == "^")
    assert lines[caret - 1][lines[caret].index("^") :].startswith(mark)


@pytest.mark.parametrize(
    ("start", "said"),
    [("\t", "A tab stands among spaces"), ("  ", "This line begins in a column of its own")],
    ids=["a tab", "two blanks"],
)
def test_where_a_line_begins_is_explained(tiny: KitUnit, start: str, said: str) -> None:
    """Python's own words speak of dedenting."""
    right = answered(tiny, double="return 2 * x")
    text = right.replace("    return 2 * x", f"{start}return 2 * x")
    assert text != right
    tiny.stub_file.write_text(text, encoding="utf-8")
    assert said in one_line(Attempt(tiny).results(tiny.exercise("double"))[0].message)


RAN = {
    "bitwise xor of floats": ({"double": "return x ^ 2"}, ["^ is no power in Python: write w ** 2."]),
    "a sign for a sum": (
        {"double": "y = x\ny =+ x\nreturn y"},
        ["`y =+ ...` sets y to the change alone: `+=` adds it."],
    ),
    "a function not called": (
        {"double": "return 2 * x.sum"},
        ["A function stands here without being called: are its () missing?"],
    ),
    "a mode not called": (
        {"double": "from engine import is_grad_enabled, set_grad_enabled\nset_grad_enabled(is_grad_enabled)"},
        ["enabled must be a bool (got ", "A function stands here without being called: are its () missing?"],
    ),
    "np.max for np.maximum": (
        {"double": "return np.max(x, 0)"},
        ["np.max(x, 0) takes the max along an axis: np.maximum compares each element with 0."],
    ),
    "code below the raise": (
        {"double": "raise NotImplementedError()\nreturn 2 * x"},
        ["your lines below line 9 of tiny.py are never reached. Delete the raise above them."],
    ),
    "a function of NumPy without its module": (
        {"double": "return exp(x)"},
        ["name 'exp' is not defined", "It is a function of NumPy, as in np.exp(x)"],
    ),
    "no f before a text": (
        {"double": "if x.ndim < 9:\n    raise ValueError('has shape {x.shape}')"},
        ["ValueError: has shape {x.shape}"],
    ),
    "a list for an array": ({"double": "return (2 * x).tolist()"}, ["A list came back where an array is"]),
    "PyTorch's word for keepdims": ({"double": "return x.sum(keepdim=True)"}, ["NumPy's words are keepdims"]),
    "np.maximum for np.max": ({"double": "return np.maximum(x)"}, ["np.max takes the largest along"]),
    "a key that is not there": ({"double": "return {}['m']"}, ["The dictionary has no such key"]),
    "three names for two values": ({"double": "a, b, c = x[:2]"}, ["The names on the left of ="]),
    "a layer without self": (
        {
            "double": """
                class Box:
                    def __init__(self):
                        self._modules = {"fc1": 1}
                    def get(self):
                        return fc1
                return Box().get()
            """
        },
        ["name 'fc1' is not defined. Did you mean self.fc1?"],
    ),
    "an attribute that was never kept": (
        {
            "double": """
                class Box:
                    def __init__(self):
                        was = 1
                    def get(self):
                        return self.was
                return Box().get()
            """
        },
        ["has no attribute 'was'", "was is a local name where it is set: write self.was there."],
    ),
    "a name of another method": (
        {
            "double": """
                class Box:
                    def __init__(self):
                        was = 1
                    def get(self):
                        return was
                return Box().get()
            """
        },
        ["name 'was' is not defined. Did you mean self.was?"],
    ),
}


@pytest.mark.parametrize(("bodies", "said"), RAN.values(), ids=RAN)
def test_what_python_reads_otherwise_is_said(tiny: KitUnit, bodies: dict[str, str], said: list[str]) -> None:
    """Where it raised, and where it gave wrong numbers."""
    bodies = {name: dedent(body).strip() for name, body in bodies.items()}
    message = one_line(cards(tiny, answered(tiny, **bodies), "double")[0].message)
    for words in said:
        assert words in message
    assert "hex" not in message
    assert "abs" not in message


def test_a_layer_with_a_local_name_is_named(kit: Kit) -> None:
    """What __init__ does not keep on self is gone when it ends."""
    pytest.importorskip("torch")
    unit = kit.unit("modules")
    wrong = unit.solution_file.read_text(encoding="utf-8").replace("self.fc1 = nn", "fc1 = nn")
    messages = [one_line(result.message) for result in cards(unit, wrong, "MLP")]
    assert any("fc1" in message and "self.fc1" in message for message in messages)


def test_a_caret_survives_the_channel() -> None:
    """And a frame of an older kit has none."""
    raised = Raised("check", "SyntaxError", "no", (Frame("a.py", 1, "", "x =>", column=2),))
    assert from_plain(to_plain(Outcome(raised=raised))).raised == raised
    plain = {"raised": {"source": "check", "type": "E", "message": "", "frames": [["a.py", 1, "f", "x"]]}}
    assert from_plain(plain).raised == Raised("check", "E", "", (Frame("a.py", 1, "f", "x"),))


def test_any_code_is_read_in_no_time() -> None:
    """What may begin in many ways in each line must not be tried in all of them together."""
    lines = f"{' ' * 60}a\n" * 30
    code = [f"def f(x):\n    for a, b in x:\n{lines}    while x:\n{lines}    return 1\n"]
    assert within(5, lambda: [*slips_of(code)]) == []
    assert within(5, lambda: [*slips_of(["def a(=" * 285] * 20)]) == []
