"""Reading submissions: damaged files are read as far as they can be, and notes say what was unusual."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.answers.submission import Submission, answered, from_notebook, from_script, read, suffix_of
from autograder.errors import BadSubmission, NotFound
from autograder.units.kit import Kit, KitUnit
from autograder.units.script import Cell
from autograder.worker.timeout import within

DOUBLE = "def double(x):\n    return 2 * x"
HALVE = "def halve(x):\n    return x / 2"
RIGHT = {"double": DOUBLE, "halve": HALVE}


def cell(source: str, grade_id: str = "", kind: str = "code", **marks: Any) -> dict[str, Any]:
    """A notebook cell as a student's file has it."""
    metadata = {"nbgrader": {"grade_id": grade_id, **marks}} if grade_id else {}
    return {"cell_type": kind, "metadata": metadata, "source": source}


def submitted(unit: KitUnit, *cells: dict[str, Any]) -> Submission:
    """The submission in a notebook with these cells."""
    return from_notebook(json.dumps({"cells": cells}), unit, "tiny.ipynb")


@pytest.mark.parametrize(
    ("cells", "found", "notes"),
    [
        ([cell(DOUBLE, "double"), cell(HALVE, "halve")], [("double", DOUBLE), ("halve", HALVE)], ()),
        ([cell(HALVE, "halve"), cell(DOUBLE, "double")], [("double", DOUBLE), ("halve", HALVE)], ()),
        ([cell(DOUBLE, "double")], [("double", DOUBLE)], ("no cell for: halve",)),
        (
            [cell(DOUBLE), cell(HALVE)],
            [("double", DOUBLE), ("halve", HALVE)],
            ("cell marks lost, recognised by what the cells define: all",),
        ),
        (
            [cell("old", "double"), cell(DOUBLE, "double"), cell(HALVE, "halve")],
            [("double", DOUBLE), ("halve", HALVE)],
            ("found twice, the last one counts: double",),
        ),
        (
            [cell(DOUBLE, "double", "markdown"), cell(HALVE, "halve")],
            [("double", DOUBLE), ("halve", HALVE)],
            ("the cell of double was turned into markdown; read as code",),
        ),
        (
            [cell("k = 2"), cell(DOUBLE, "double"), cell("m = 3"), cell(HALVE, "halve")],
            [("", "k = 2"), ("double", DOUBLE), ("", "m = 3"), ("halve", HALVE)],
            (),
        ),
        (
            [
                cell(DOUBLE, "double"),
                cell("pass", "test_double"),
                cell('check("double")'),
                cell(HALVE, "halve"),
            ],
            [("double", DOUBLE), ("halve", HALVE)],
            (),
        ),
        (
            [cell(DOUBLE, "double"), cell(HALVE, "halve"), cell(DOUBLE)],
            [("double", DOUBLE), ("halve", HALVE), ("", DOUBLE)],
            ("found twice, the last one counts: double",),
        ),
        (
            [cell(DOUBLE + "\n" + HALVE, "double")],
            [("double", DOUBLE + "\n" + HALVE)],
            (),
        ),
    ],
    ids=[
        "whole",
        "other order",
        "missing",
        "marks lost",
        "twice",
        "retyped",
        "own cells",
        "test cells",
        "defined again",
        "two in one",
    ],
)
def test_a_notebooks_answers_are_found(
    tiny: KitUnit, cells: list[dict[str, Any]], found: list[tuple[str, str]], notes: tuple[str, ...]
) -> None:
    """Answer cells by their ids or by what they define, in the unit's order; test cells are left out."""
    submission = submitted(tiny, *cells)
    assert submission.cells == tuple(Cell(*cell) for cell in found)
    assert submission.notes == notes


def test_a_script_is_read_by_its_marks(tiny: KitUnit) -> None:
    """Each mark opens an exercise's cell; unknown marks are the student's own."""
    found = from_script(
        f"import math\n\n# %% double *\n{DOUBLE}\n\n# %% try\n1\n# %% halve **\n{HALVE}\n", tiny, "t"
    )
    assert [cell.name for cell in found.cells] == ["", "double", "", "halve"]


def test_a_cell_that_only_has_an_exercises_name_is_not_its_answer(tiny: KitUnit) -> None:
    """`# %% double tries` behind the answer is the student's own cell, and runs there."""
    script = f"# %% double\n{DOUBLE}\n\n# %% double tries\nprint(double(3))\n\n# %% halve\n{HALVE}\n"
    read = from_script(script, tiny, "tiny.py")
    assert [(c.name, c.source.strip()) for c in read.cells if c.source] == [
        ("double", DOUBLE),
        ("", "print(double(3))"),
        ("halve", HALVE),
    ]
    assert read.notes == ()


def test_a_helper_below_a_check_is_not_lost(tiny: KitUnit) -> None:
    """A cell that begins with check(...) is the kit's only if no line of the student's follows in it."""
    own = 'check("double")\ndef helper(x): return x'
    read = submitted(tiny, cell(DOUBLE, "double"), cell('check("double")'), cell(own), cell(HALVE, "halve"))
    assert [cell.source for cell in read.cells] == [DOUBLE, own, HALVE]


def test_a_script_without_marks_is_read_whole(tiny: KitUnit) -> None:
    """Nothing is lost when an editor has removed the marks."""
    found = from_script(f"{DOUBLE}\n\n\n{HALVE}\n", tiny, "t")
    assert [cell.name for cell in found.cells] == [""]
    assert found.notes == ()


def test_windows_line_ends_and_marks_are_read(tiny: KitUnit, tmp_path: Path) -> None:
    """A file saved on Windows, with a byte order mark, is the same submission."""
    path = tmp_path / "tiny.py"
    path.write_bytes(b"\xef\xbb\xbf" + tiny.recorded.stub.replace("\n", "\r\n").encode())
    assert read(path, tiny).cells == from_script(tiny.recorded.stub, tiny, "tiny.py").cells


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.ipynb", b"{", "is cut off: its end is missing"),
        ("a.ipynb", b"[]", "is not a notebook"),
        ("a.ipynb", b'{"cells": 3}', "is not a notebook"),
        ("a.ipynb", b'{"cells": [{"cell_type": "code", "metadata": 1}]}', "holds no answers of tiny"),
        ("a.ipynb", b'{\n<<<<<<< HEAD\n"cells"', "holds Git conflict markers, line 2"),
        ("a.ipynb", b"\0" * 4096, "is empty"),
        ("a.ipynb", b"\n<!DOCTYPE html>", "is a web page, probably a login page"),
        ("a.ipynb", b"PK\x03\x04\xff", "is a zip archive"),
        ("a.py", b"# one\n# f\xfcr\n", r"is not UTF-8 text \(line 2\): save it as UTF-8"),
        ("a.ipynb", b'{"cells": []}', "holds no answers of tiny"),
        ("a.py", b"def softmax(x): return x", "holds no answers of tiny"),
        ("a.py", b"\xff\xfe", "is UTF-16: save it as UTF-8"),
        ("a.ipynb", "{}".encode("utf-16-le"), "is damaged or UTF-16: save it as UTF-8"),
        ("a.pdf", b"%PDF", "only .py and .ipynb"),
        ("a.py", b"# %% double\n" * 1_001, "more than 1000 cells of code"),
        ("a.py", b"a\n" * 250_001, "or 500000 characters in them"),
        ("a.py", b"# %% x" + b" " * 400_000 + b"y", "holds no answers of tiny"),
        ("a.ipynb", b'{"cells": [{"cell_type": "code", "source": "%s"}]}' % (b"a;" * 250_001), "or 500000"),
        ("a.ipynb", b"[" + b" " * (100 << 20), "larger than 100 MB"),
    ],
    ids=lambda value: value.decode("latin-1")[:12] if isinstance(value, bytes) else None,
)
def test_a_file_without_answers_is_refused(
    tiny: KitUnit, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    """One clear line says why."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSubmission, match=words):
        read(tmp_path / name, tiny)


@pytest.mark.parametrize(
    "damage",
    [{"metadata": None}, {"source": None}, {"source": 3}, {"cell_type": None}, {"metadata": {"nbgrader": 1}}],
    ids=str,
)
def test_a_damaged_cell_costs_that_cell(tiny: KitUnit, damage: dict[str, object]) -> None:
    """The answers in the other cells are read."""
    cells: list[object] = [
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": name}}, "source": source}
        for name, source in RIGHT.items()
    ]
    odd = {"cell_type": "code", "metadata": {}, "source": "x = 1", **damage}
    found = from_notebook(json.dumps({"cells": [3, odd, *cells]}), tiny, "a.ipynb")
    assert {cell.name: cell.source for cell in found.cells if cell.name} == RIGHT
    assert "a damaged cell was left out" in found.notes


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.ipynb", ".ipynb"),
        ("a.IPYNB", ".ipynb"),
        ("a.ipynb.json", ".ipynb"),
        ("a.ipynb.txt", ".ipynb"),
        ("a.py.txt", ".py"),
        ("a.py.json", ""),
        ("a.json", ""),
        ("py", ""),
    ],
)
def test_a_browser_may_change_the_end_of_a_name(name: str, suffix: str) -> None:
    """The kind of a file is what its name said before."""
    assert suffix_of(Path(name)) == suffix


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"\n\x1a"], ids=["after a crash", "of an editor"])
@pytest.mark.parametrize("sheets", [False, True], ids=["nbformat 4", "nbformat 3"])
def test_what_follows_a_file_is_not_read(tiny: KitUnit, tmp_path: Path, tail: bytes, sheets: bool) -> None:
    """A whole notebook, of an old format too, and a whole script."""
    cells = [{"cell_type": "code", "input" if sheets else "source": source} for source in RIGHT.values()]
    notebook = {"worksheets": [{"cells": cells}], "nbformat": 3} if sheets else {"cells": cells}
    for name, text in (("a.ipynb", json.dumps(notebook)), ("a.py", "\n".join(RIGHT.values()))):
        (tmp_path / name).write_bytes(text.encode() + tail)
        assert answered(read(tmp_path / name, tiny), tiny) == {*RIGHT}


def test_a_missing_file_is_not_found(tiny: KitUnit, tmp_path: Path) -> None:
    """The message has the system's reason."""
    with pytest.raises(NotFound, match="No such file"):
        read(tmp_path / "none.py", tiny)


def test_a_text_that_begins_many_pictures_is_read_in_no_time(kit: Kit) -> None:
    """The judge itself looks for pictures in written answers, so this must not take quadratic time."""
    unit = kit.unit("perceptron")
    (name,) = unit.questions
    asked = {"nbgrader": {"grade_id": name}}
    cell = {"cell_type": "markdown", "metadata": asked, "source": "![" * 450_000}
    text = json.dumps({"cells": [cell]})
    found = within(5, lambda: from_notebook(text, unit, "a.ipynb"))
    assert dict(found.written)[name].startswith("![![")
