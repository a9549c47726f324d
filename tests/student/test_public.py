"""A classroom's repository on GitHub: a folder laid out as a checkout there, in which autograder.py runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder.answers.convert import notebook_file, to_notebook
from autograder.authors.autograders import classroom
from autograder.cli import main
from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.tiny import SOLUTION, answered, open_unit


@pytest.fixture
def checkout(tiny: KitUnit, tmp_path: Path) -> Path:
    """A repository that was made from the template."""
    classroom(tiny, tmp_path / "repository")
    return tmp_path / "repository"


def judge(checkout: Path) -> tuple[int, str, dict[str, Any], str]:
    """What the workflow's last step does: exit status, what it prints, result.json, the job's summary."""
    summary = checkout.parent / "summary.md"
    summary.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "autograder.py"],
        cwd=checkout,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        | {"GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    result = json.loads((checkout / "result.json").read_text(encoding="utf-8"))
    said = summary.read_text(encoding="utf-8") if summary.exists() else ""
    return done.returncode, done.stdout + done.stderr, result, said


def test_the_template_holds_a_students_copy_and_no_solution(checkout: Path) -> None:
    """One unit, its public checks, a workflow that runs them; no answer is in any file."""
    workflow = yaml.safe_load((checkout / ".github" / "workflows" / "gradfn.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [
        "python -m pip install --no-deps -r requirements.txt",
        "python autograder.py",
    ]
    lines = (checkout / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert {"numpy", "pytest", "rich"} <= {line.partition("==")[0] for line in lines}
    answers = [line.strip() for line in SOLUTION.splitlines() if line.strip().startswith("return")]
    files = [path for path in checkout.rglob("*") if path.is_file()]
    assert [path for path in files for answer in answers if answer in path.read_text(encoding="utf-8")] == []
    assert not [path for path in files if "solutions" in path.parts or path.name == "oracle.py"]


def test_cards_and_points_of_the_public_checks(checkout: Path) -> None:
    """An answer that hangs costs its own check; the summary shows a table, and the card of what is wrong."""
    unit = open_unit(checkout)
    hangs = "while True:\n    pass"
    unit.stub_file.write_text(answered(unit, double="return 2 * x", halve=hangs), encoding="utf-8")
    checks = unit.folder / "checks.py"
    text = checks.read_text(encoding="utf-8").replace('"halve", points=1', '"halve", points=1, seconds=0.2')
    checks.write_text(text, encoding="utf-8")
    status, said, result, summary = judge(checkout)
    assert status == 0, said
    assert (result["score"], result["max_score"], result["public"]) == (2, 3, True)
    assert [(t["name"], t["status"], t["score"]) for t in result["tests"]] == [
        ("double.values_double", "pass", 2),
        ("halve.values_halve", "fail", 0),
    ]
    assert "| double | 1 of 1 | 2 / 2 points |\n| halve | 0 of 1 | 0 / 1 point |" in summary
    assert "Stopped after 0.2 s" in summary
    assert "2 / 3 points. These were the public checks." in said


def test_a_notebook_counts_where_the_answers_are_in_it(checkout: Path) -> None:
    """The stub beside it stays as it was handed out."""
    unit = open_unit(checkout)
    stub = unit.stub_file.read_text(encoding="utf-8")
    unit.stub_file.write_text(answered(unit, double="return 2 * x", halve="return x / 2"), encoding="utf-8")
    to_notebook(unit)
    unit.stub_file.write_text(stub, encoding="utf-8")
    assert notebook_file(unit).exists()
    status, said, result, _ = judge(checkout)
    assert (status, result["score"]) == (0, 3), said


def test_what_cannot_be_judged_is_no_zero(checkout: Path) -> None:
    """result.json says why, without a score."""
    unit = open_unit(checkout)
    unit.stub_file.unlink()
    status, said, result, _ = judge(checkout)
    assert (status, result) == (2, {"unit": "tiny", "error": "tiny: there is neither tiny.py nor tiny.ipynb"})
    assert "Traceback" not in said


def test_the_command_writes_both(
    tiny: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a course the points are its own; a folder that holds something is left alone."""
    assert main(["course", str(tmp_path / "fall"), "--kit", str(root_of(tiny))]) == 0
    monkeypatch.chdir(tmp_path / "fall")
    with Path("nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write('c.Gradfn.points = {"tiny": 6}\n')
    capsys.readouterr()
    assert main(["export", "gradescope", "tiny"]) == 0
    assert "gradescope-tiny.zip: upload it as the autograder, with 6 as autograder points." in (
        capsys.readouterr().out
    )
    assert main(["export", "classroom", "tiny", "--to", "template"]) == 0
    assert main(["export", "classroom", "tiny", "--to", "template"]) == 2
    assert main(["export", "gradescope"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "gradfn: template is not empty: name another folder with --to",
        "gradfn: which unit? Write gradfn export gradescope UNIT",
    ]
