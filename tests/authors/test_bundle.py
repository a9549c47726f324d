"""The students' copy has all they need and no answers, and works on a machine without the kit."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.authors.bundle import bundle, contents
from autograder.cli import main
from autograder.errors import BadUnit
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT, root_of
from tests.tiny import answered, replace_in

#: Modules that Windows has not, and those that students need not install.
ELSEWHERE = (
    "matplotlib",
    "fcntl",
    "grp",
    "pty",
    "pwd",
    "resource",
    "termios",
    "nbformat",
    "nbgrader",
    "IPython",
    "watchfiles",
    "torch",
)
SOLUTION = re.compile("### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
BLOCKED = f"""
import sys, signal
for name in ("SIGALRM", "setitimer", "SIGKILL", "pthread_sigmask"):
    vars(signal).pop(name, None)
sys.modules.update(dict.fromkeys({ELSEWHERE}))
"""


@pytest.fixture(scope="session")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The students' copy of the kit."""
    target = tmp_path_factory.mktemp("bundle") / "students.zip"
    bundle(Kit(ROOT), target)
    return target


@pytest.fixture(scope="session")
def texts(zipped: Path) -> dict[str, str]:
    """Every file of the copy, by its path."""
    with zipfile.ZipFile(zipped) as archive:
        return {name.partition("/")[2]: archive.read(name).decode("utf-8") for name in archive.namelist()}


@pytest.fixture
def unpacked(zipped: Path, tmp_path: Path) -> Path:
    """A fresh machine's folder with the copy in it."""
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path)
    return next(tmp_path.iterdir())


def squeezed(text: str) -> str:
    """A text without its spaces and line ends."""
    return "".join(text.split())


def functions(source: str) -> Iterator[tuple[str, str]]:
    """The name of each function in a source, and its body without docstring, comments and layout.

    In a file with solution marks only those around or between marks: the others are given to students.
    """
    marks = [
        range(source.count("\n", 0, found.start()) + 1, source.count("\n", 0, found.end()) + 2)
        for found in SOLUTION.finditer(source)
    ]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if marks and not any(lines.start < mark.stop and mark.start < lines.stop for mark in marks):
                continue
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, "\n".join(ast.unparse(statement) for statement in body)


def private() -> Iterator[tuple[str, str]]:
    """What students must not receive: every function body of the answers, references and mistakes."""
    for path in sorted((ROOT / "solutions").glob("*/*.py")):
        if path.name == "pictures.py":  # what it draws is in the lesson
            continue
        for name, body in functions(path.read_text(encoding="utf-8")):
            yield f"{path.parent.name}/{path.name}: {name}", body


def test_no_answer_and_no_mistake_is_in_it(texts: dict[str, str]) -> None:
    """No file contains a whole function of solutions/, however it is laid out."""
    normal = {
        path: squeezed(ast.unparse(ast.parse(text))) if path.endswith(".py") else squeezed(text)
        for path, text in texts.items()
    }
    common = {"set_grad_enabled(True)", "ctx.saved_tensorsreturng"}  # of mistakes: what any program may say
    found = {
        (what, path)
        for what, body in private()
        for path, text in normal.items()
        if len(squeezed(body)) > 20 and squeezed(body) not in common and squeezed(body) in text
    }
    assert found == set()


def test_no_line_of_an_answer_is_in_the_exercises(texts: dict[str, str]) -> None:
    """No check, lesson, picture or recorded answer quotes an answer."""
    theirs = {path: squeezed(text) for path, text in texts.items() if path.startswith("exercises/")}
    said = {
        # What the checks and lessons have to write the same way, since PyTorch or the engine spells it so.
        "forparameterinmodel.parameters():",
        "withset_grad_enabled(True):",
        "ctx.save_for_backward(x)",
        "loss.backward(retain_graph=True)",
    }
    found = {
        (what, path, line)
        for what, body in private()
        for line in map(squeezed, body.splitlines())
        if len(line) >= 24 and line not in said
        for path, text in theirs.items()
        if line in text
    }
    assert found == set()


def test_the_search_would_find_a_leak(texts: dict[str, str]) -> None:
    """A test of the test: the answers are found in the solutions themselves."""
    text = (ROOT / "solutions" / "activations" / "activations.py").read_text(encoding="utf-8")
    bodies = {body for _, body in functions(text)}
    assert len(bodies & {body for _, body in private()}) == len(bodies) > 10


def test_nothing_private_is_in_it(texts: dict[str, str]) -> None:
    """No solutions, no tests, nothing that only instructors and authors run."""
    rooms = {path.partition("/")[0] for path in texts if "/" in path}
    assert rooms == {"engine", "autograder", "exercises", "pictures"}
    assert {path for path in texts if "/" not in path} == {
        *("LICENSE", "README.md", "constraints.txt", "pyproject.toml")
    }
    assert not [path for path in texts if re.search(r"nbgrader/|oracle|sandbox|author|instructor", path)]


def test_every_unit_is_whole(texts: dict[str, str], kit: Kit) -> None:
    """Lesson, stub, checks and recorded answers of each unit; what its lesson shows is there."""
    for unit in kit.units():
        folder = f"exercises/{unit.name}"
        assert texts[f"{folder}/{unit.name}.py"] == unit.recorded.stub
        assert {f"{folder}/{name}" for name in ("README.md", "checks.py", "recorded.json")} <= texts.keys()
        for link in re.findall(r"\]\((?!http|#)([^)#]+)", texts[f"{folder}/README.md"]):
            assert f"{folder}/{link}" in texts, f"{unit.name} shows {link}"
    shown = re.findall(r"\]\((?!http|#)([^)#]+)", texts["README.md"])
    assert {path for path in texts if path.startswith("pictures/")} <= {*shown} <= texts.keys()


def test_the_same_bytes_come_out_again(tiny: KitUnit, tmp_path: Path) -> None:
    """Two copies of the same kit are equal."""
    kit = Kit(root_of(tiny))
    bundle(kit, tmp_path / "a.zip")
    bundle(kit, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_lies_about_does_not_slip_in(tiny: KitUnit) -> None:
    """No stub that somebody worked in, no backup, no notebook, no secret."""
    clean = contents([tiny])
    tiny.stub_file.write_text(answered(tiny, double="return 2 * x"), encoding="utf-8")
    for name in ("tiny.py.20260101-000000.bak", "tiny.ipynb", ".secret", "notes.md", "answers.py"):
        (tiny.folder / name).write_text("return 2 * x", encoding="utf-8")
    (tiny.folder / "__pycache__").mkdir(exist_ok=True)
    assert contents([tiny]) == clean
    assert clean["exercises/tiny/tiny.py"].decode() == tiny.recorded.stub


def test_a_stub_that_is_out_of_date_is_refused(tiny: KitUnit, tmp_path: Path) -> None:
    """An outdated stub might contain what is an answer now."""
    replace_in(tiny.solution_file, "2 x, element", "twice x, element")
    with pytest.raises(BadUnit, match="Run gradfn dev build"):
        bundle(Kit(root_of(tiny)), tmp_path / "students.zip")
    assert not (tmp_path / "students.zip").exists()


def student(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run `gradfn` or `pytest` in the copy, with nothing of this kit on the path."""
    start = f"import runpy; sys.argv[:] = {argv!r}; runpy.run_module({argv[0]!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", BLOCKED + start],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "PYTHONUTF8": "1", "SYSTEMROOT": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_a_copy_shows_the_first_card(unpacked: Path) -> None:
    """Without nbgrader, Jupyter, solutions, this kit, or modules that Windows lacks."""
    done = student(unpacked, "autograder.cli")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Next: perceptron.step, in exercises/perceptron/perceptron.py" in Path(done.stdout).as_posix()
    assert "Not done yet." in done.stdout


def test_students_commands_work_in_a_copy(unpacked: Path) -> None:
    """Each command works; instructors' commands are missing, and nothing ends in a traceback."""
    said = {
        "list forward": "forward: 0 of 5 exercises done",
        "hint forward.linear": "hint 1 of",
        "reset forward": "forward is as it was handed out.",
        "solution forward.linear": "no solutions in this copy",
        "notebook forward": 'python -m pip install -c constraints.txt -e ".[jupyter]"',
        "submit forward": "not handed in: nothing is answered yet.",
        "submit forward --anyway": "To upload, under this name: ",
        "update": "Nothing to carry over",
        "judge forward x.py": "no command is called 'judge'",
    }
    for command, words in said.items():
        done = student(unpacked, "autograder.cli", *command.split())
        assert words in done.stdout + done.stderr, command
        assert "Traceback" not in done.stderr, done.stderr


def test_pytest_works_in_a_copy(unpacked: Path) -> None:
    """A right answer passes and a stub does not."""
    stub = unpacked / "exercises" / "activations" / "activations.py"
    text = stub.read_text(encoding="utf-8")
    todo = "    # YOUR CODE HERE\n    raise NotImplementedError()"
    place = text.index(todo, text.index("def tanh_grad"))
    stub.write_text(f"{text[:place]}    return 1 - y**2{text[place + len(todo) :]}", encoding="utf-8")
    done = student(unpacked, "pytest", "-k", "tanh_grad or gelu", "exercises/activations")
    assert "2 passed" in done.stdout
    assert "activations: 2 / " in done.stdout
    stub.write_text(
        f"{stub.read_text(encoding='utf-8')}\nimport matplotlib.pyplot as plt\n", encoding="utf-8"
    )
    done = student(unpacked, "pytest", "-k", "tanh_grad", "exercises/activations")
    assert 'python -m pip install -c constraints.txt -e ".[plots]"' in squeezed_lines(done.stdout)


def test_units_do_without_torch(unpacked: Path) -> None:
    """With the right answers all their checks pass; modules says in one card how to install it."""
    for unit in Kit(ROOT).units():
        (unpacked / "exercises" / unit.name / f"{unit.name}.py").write_bytes(unit.solution_file.read_bytes())
    done = student(unpacked, "pytest", "-q")
    lines = done.stdout.splitlines()
    standings = [line for line in lines if re.match(r"\w+: [\d.]+ / [\d.]+ points", line)]
    unfinished = [line.partition(" · ")[0] for line in standings if " · next: " in line]
    points = Kit(ROOT).unit("modules").points
    assert unfinished == [f"modules: 0 / {points:g} points"], done.stdout
    assert sum("No module named 'torch', and this unit needs it." in line for line in lines) == 1
    assert "python -m pip install torch" in squeezed_lines(done.stdout)


def squeezed_lines(text: str) -> str:
    """A text with one blank for each of its line ends and indents."""
    return " ".join(text.split())


def test_the_command_says_what_it_wrote(
    tiny: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file, its size, and one line where it cannot be written."""
    monkeypatch.chdir(root_of(tiny))
    assert main(["bundle", "--kit", "."]) == 0
    assert re.fullmatch(
        r"The students' copy is in gradfn-students.zip: \d+ files, \d+ kB, no solutions\n",
        capsys.readouterr().out,
    )
    assert zipfile.ZipFile("gradfn-students.zip").testzip() is None
    assert main(["bundle", "--kit", ".", "--out", "nowhere/x.zip"]) == 2
    assert capsys.readouterr().err.startswith("gradfn: cannot write nowhere/x.zip: ")
