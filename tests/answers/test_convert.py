"""Conversion between script and notebook: nothing is lost, whatever the student wrote."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.answers import cells
from autograder.answers.convert import differences, notebook_file, to_notebook, to_script
from autograder.answers.notebooks import clear_answers, notebook_of, source_notebook
from autograder.answers.submission import from_notebook, from_script
from autograder.cli import main
from autograder.errors import BadSubmission, NotFound
from autograder.units.kit import KitUnit
from autograder.worker.notebook_lines import is_python
from tests.conftest import root_of
from tests.tiny import answered

OWN_TEXT = "# What I learned\n\n- twice\n%% not a mark\n\\%% nor this"
OWN = f"""

# %% [markdown]
{chr(10).join(f"# {line}" if line else "#" for line in OWN_TEXT.replace("%%", chr(92) + "%%").split(chr(10)))}


# %% my tries * 2
k = 2


# %%
print("α → β")
"""

#: Lines as students write them, those that only a notebook can hold, and those that look like something else.
LINES = st.sampled_from(
    [
        *(
            "",
            "    ",
            "x = 1",
            "def double(x):",
            "    return 2 * x",
            "  bad indent",
            "# a comment",
            "#",
            "é = 'π'",
        ),
        *(
            "%timeit double(1)",
            "    %time x",
            "!ls -l",
            "x = !ls",
            "y = %pwd",
            "double?",
            "?double",
            "%%bash",
        ),
        *(
            "%%time",
            "# %matplotlib inline",
            "# notebook",
            "'''",
            '"""Why?',
            '"""',
            "x = 5 \\",
            "\x0c",
            "\u2028",
        ),
        *("await x", "return 1", "print('# %% no mark')", "check('double')", "### BEGIN SOLUTION", "🙂"),
    ]
)
SOURCES = st.lists(LINES, min_size=1, max_size=8).map("\n".join).map(lambda text: text.strip("\n"))
MARKS = st.sampled_from(
    ["# %%", "# %% double", "# %% [markdown]", "# %% halve **", "# notebook only: x", "%% x"]
)
ANYTHING = st.lists(LINES | MARKS | st.text(max_size=9), max_size=8).map("\n".join)
OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(unit: KitUnit, text: str) -> None:
    unit.stub_file.write_text(text, encoding="utf-8", newline="\n")


def notebook(unit: KitUnit) -> Any:
    """The unit's notebook as Jupyter reads it."""
    found = nbformat.read(notebook_file(unit), as_version=4)
    nbformat.validate(found)
    return found


def answers(unit: KitUnit, text: str) -> dict[str, str]:
    """The answers in a script, as the script spells them."""
    return {cell.name: cell.written or "" for cell in cells.of_script(text, unit) if cell.name}


def in_notebook(unit: KitUnit, **sources: str) -> str:
    """The text of the handed-out notebook with these answers."""
    made = notebook_of(unit, unit.recorded.stub)
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in sources:
            cell.source = sources[cell.metadata.nbgrader.grade_id]
    return str(nbformat.writes(made))


@OFTEN
@given(double=SOURCES, halve=SOURCES, own=SOURCES, crlf=st.booleans())
def test_script_to_notebook_to_script_is_the_identity(
    tiny: KitUnit, double: str, halve: str, own: str, crlf: bool
) -> None:
    """For answers and own cells, unusual ones too; the file is the same to the byte, line ends included."""
    setup = tiny.recorded.stub.partition("\n\n\n# %%")[0]
    text = f"{setup}\n\n\n# %% double *\n{double}\n\n\n# %% mine\n{own}\n\n\n# %% halve **\n{halve}\n"
    data = text.replace("\n", "\r\n" if crlf else "\n").encode()
    tiny.stub_file.write_bytes(data)
    notebook_file(tiny).unlink(missing_ok=True)
    to_notebook(tiny)
    to_script(tiny)
    assert tiny.stub_file.read_bytes() == data
    # Without the earlier script: what only a notebook can hold is a comment now, the rest is unchanged.
    tiny.stub_file.unlink()
    to_script(tiny)
    back = answers(tiny, tiny.stub_file.read_text(encoding="utf-8"))
    assert back["double"] == cells.as_python(double)
    for name, source in (("double", double), ("halve", halve)):
        if is_python(source) and "check(" not in source:
            assert back[name] == source


@OFTEN
@given(double=ANYTHING, own=ANYTHING, text=ANYTHING, raw=ANYTHING)
def test_notebook_to_script_to_notebook_is_the_identity(
    tiny: KitUnit, double: str, own: str, text: str, raw: str
) -> None:
    """For every kind of cell, whatever is in it, with nothing but the script in between."""
    made = nbformat.reads(in_notebook(tiny, double=double), as_version=4)
    mine = [("code", own), ("markdown", text), ("raw", raw)]
    made.cells += [nbformat.from_dict({"cell_type": k, "metadata": {}, "source": s}) for k, s in mine]
    first = cells.of_notebook(json.dumps(made), tiny, "n")
    second = cells.of_script(cells.as_script(first, tiny), tiny)
    assert [cells.content(cell) for cell in cells.complete(second, tiny)] == [
        cells.content(cell) for cell in cells.complete(first, tiny)
    ]


def test_own_cells_and_texts_are_converted(tiny: KitUnit) -> None:
    """They stay behind the same answer; text stays text, titles stay titles."""
    written(tiny, answered(tiny, double="return 2 * x").replace("\n\n\n# %% halve", f"\n{OWN}\n\n# %% halve"))
    before = tiny.stub_file.read_text(encoding="utf-8")
    to_notebook(tiny)
    cells = notebook(tiny).cells
    place = next(i for i, cell in enumerate(cells) if cell.source == 'check("double")')
    assert [(cell.cell_type, cell.source) for cell in cells[place + 1 : place + 4]] == [
        ("markdown", OWN_TEXT),
        ("code", "k = 2"),
        ("code", 'print("α → β")'),
    ]
    tiny.stub_file.unlink()
    to_script(tiny)
    assert tiny.stub_file.read_text(encoding="utf-8") == before


def test_a_script_with_magics_can_be_run(tiny: KitUnit) -> None:
    """What only a notebook can hold is a comment in the script, and is back in the next notebook."""
    source = "%load_ext x\ndef double(x):\n    '''Twice what?'''\n    !ls\n    return 2 * x\n%timeit 1"
    other = "%%bash\nfor f in *; do echo $f; done"
    file = notebook_file(tiny)
    made = nbformat.reads(in_notebook(tiny, double=source), as_version=4)
    made.cells.append(nbformat.v4.new_code_cell(other))
    nbformat.write(made, file)
    to_script(tiny)
    text = tiny.stub_file.read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(text, names)
    assert names["double"](4) == 8
    assert "    pass  # notebook only: !ls\n" in text
    file.unlink()
    to_notebook(tiny)
    assert {source, other} <= {cell.source for cell in notebook(tiny).cells}


def test_a_stub_becomes_the_released_notebook(tiny: KitUnit) -> None:
    """The notebook of a stub is the one that nbgrader releases: both have one source."""
    to_notebook(tiny)
    assert notebook(tiny).cells == clear_answers(source_notebook(tiny)).cells


def test_a_newer_file_is_backed_up(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """It is backed up before it is overwritten; the command says that it was newer, and the way back."""
    monkeypatch.chdir(root_of(tiny))
    assert main(["notebook", "tiny"]) == 0
    file = notebook_file(tiny)
    file.write_text(in_notebook(tiny, double="def double(x):\n    return 'late work'"), encoding="utf-8")
    mine = file.read_bytes()
    os.utime(tiny.stub_file, (1, 1))
    capsys.readouterr()
    main(["notebook", "tiny"])
    first, second = capsys.readouterr().out.splitlines()
    assert Path(first).as_posix() == "exercises/tiny/tiny.ipynb now holds what exercises/tiny/tiny.py holds"
    assert second.endswith(", which was newer: gradfn script tiny carries the other way")
    copy = Path(second.removeprefix("The file before: ").partition(",")[0])
    assert copy.read_bytes() == mine


def test_nothing_is_written_where_nothing_changed(tiny: KitUnit) -> None:
    """No backups pile up, and no file gets another date."""
    to_notebook(tiny)
    dates = [file.stat().st_mtime_ns for file in (tiny.stub_file, notebook_file(tiny))]
    assert [carry(tiny).changed for carry in (to_notebook, to_script)] == [False, False]
    assert [file.stat().st_mtime_ns for file in (tiny.stub_file, notebook_file(tiny))] == dates
    assert list(tiny.folder.glob("*.bak")) == []


def test_unchanged_cells_keep_their_outputs(tiny: KitUnit) -> None:
    """A notebook that is written again keeps outputs, pasted pictures and its kernel."""
    text = answered(tiny, double="return 2 * x") + "\n\n# %% [markdown]\n# A picture\n"
    written(tiny, text)
    to_notebook(tiny)
    made = notebook(tiny)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text=cell.source)]
    made.cells[-1]["attachments"] = {"a.png": {"image/png": "aGk="}}
    made.metadata.kernelspec = {"name": "mine", "display_name": "Mine"}
    nbformat.write(made, notebook_file(tiny))
    written(tiny, text.replace("2 * x", "x + x"))
    to_notebook(tiny)
    made = notebook(tiny)
    shown = {
        cell.metadata.nbgrader.grade_id: cell.outputs for cell in made.cells if "nbgrader" in cell.metadata
    }
    assert {name for name, outputs in shown.items() if not outputs} == {"double"}
    assert made.cells[-1]["attachments"] == {"a.png": {"image/png": "aGk="}}
    assert made.metadata.kernelspec.name == "mine"


def test_a_lesson_text_with_notes_is_kept(tiny: KitUnit) -> None:
    """Lesson texts are left out, those of an older kit too; one that a student edited is kept."""
    made = nbformat.reads(in_notebook(tiny), as_version=4)
    texts = [cell for cell in made.cells if cell.cell_type == "markdown"]
    texts[1].source += "\n\nMy note."
    nbformat.write(made, notebook_file(tiny))
    tiny.lesson_file.write_text("# Tiny, a new edition\n", encoding="utf-8")
    to_script(tiny)
    text = tiny.stub_file.read_text(encoding="utf-8")
    assert text.count("# %% [markdown]") == 1
    assert "# My note." in text


def test_cells_without_marks_and_doubled_cells_are_understood(tiny: KitUnit) -> None:
    """As in grading: cells that lost their marks are recognised, and the last of two counts."""
    made = nbformat.reads(in_notebook(tiny, double="def double(x):\n    return 2 * x"), as_version=4)
    for cell in made.cells:
        cell.metadata = {}
    nbformat.write(made, notebook_file(tiny))
    to_script(tiny)
    assert answers(tiny, tiny.stub_file.read_text(encoding="utf-8")) == {
        **answers(tiny, tiny.recorded.stub),
        "double": "def double(x):\n    return 2 * x",
    }
    written(
        tiny, answered(tiny, double="return 2 * x") + "\n\n# %% double\ndef double(x):\n    return x + x\n"
    )
    to_notebook(tiny)
    sources = [cell.source for cell in notebook(tiny).cells]
    assert "def double(x):\n    return x + x" in sources
    assert any("return 2 * x" in source for source in sources)


def test_an_answer_in_an_own_cell_gets_no_stub_beside_it(tiny: KitUnit) -> None:
    """A script without its marks becomes a notebook that works."""
    text = answered(tiny, double="return 2 * x", halve="return x / 2")
    written(tiny, "\n".join(line for line in text.split("\n") if not line.startswith("# %%")))
    to_notebook(tiny)
    assert "raise NotImplementedError" not in notebook_file(tiny).read_text(encoding="utf-8")


def test_both_can_be_handed_in(tiny: KitUnit) -> None:
    """The grader reads the same answers from both."""
    written(tiny, answered(tiny, double="return 2 * x") + OWN)
    to_notebook(tiny)
    script = from_script(tiny.stub_file.read_text(encoding="utf-8"), tiny, "t")
    other = from_notebook(notebook_file(tiny).read_text(encoding="utf-8"), tiny, "t")
    named = [[cell for cell in found.cells if cell.name] for found in (script, other)]
    assert named[0] == named[1]
    assert differences(tiny) == []
    written(tiny, answered(tiny, double="return x + x"))
    assert differences(tiny) == ["double"]


def test_a_syntax_error_is_reported(tiny: KitUnit) -> None:
    """In a notebook it stops one cell, in a script everything."""
    notebook_file(tiny).write_text(in_notebook(tiny, double="def double(x)\n    pass"), encoding="utf-8")
    (note,) = to_script(tiny).notes
    assert note == "tiny.py cannot be run yet: line 7: expected ':'"


def test_a_notebook_elsewhere_can_be_converted(tiny: KitUnit, tmp_path: Path) -> None:
    """Such as the one that a course released; a file that is not a notebook changes nothing."""
    other = tmp_path / "downloads" / "tiny (1).ipynb"
    other.parent.mkdir()
    other.write_text(in_notebook(tiny, double="def double(x):\n    return 2 * x"), encoding="utf-8")
    to_script(tiny, other)
    assert "return 2 * x" in tiny.stub_file.read_text(encoding="utf-8")
    other.write_text("{", encoding="utf-8")
    before = tiny.stub_file.read_bytes()
    with pytest.raises(BadSubmission, match="is cut off"):
        to_script(tiny, other)
    with pytest.raises(NotFound, match="cannot read"):
        to_script(tiny)
    assert tiny.stub_file.read_bytes() == before


def test_a_lost_set_up_cell_comes_first_again(tiny: KitUnit) -> None:
    """Own cells above it stay cells of their own."""
    made = nbformat.reads(in_notebook(tiny), as_version=4)
    made.cells = [nbformat.v4.new_code_cell("k = 2"), *made.cells[2:]]
    nbformat.write(made, notebook_file(tiny))
    tiny.stub_file.unlink()
    to_script(tiny)
    text = tiny.stub_file.read_text(encoding="utf-8")
    assert text.startswith(tiny.recorded.stub.partition("\n\n\n# %%")[0])
    assert text.count("# %%\nk = 2\n") == 1
