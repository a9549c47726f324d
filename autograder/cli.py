"""The `gradfn` command: parse, call, exit code.

Exit status: 0 when what was asked was done, 1 when `gradfn dev verify` found a broken promise, 2 when it
could not be done, with one line on stderr that says why.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import __version__
from autograder.errors import GradfnError, NotFound
from autograder.kit import Kit, KitUnit

if TYPE_CHECKING:  # nbgrader takes seconds to import: each command brings what it needs
    from autograder.nbgrader.course import Course
    from autograder.nbgrader.records import Record


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    _speak_utf8()
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except GradfnError as error:
        print(f"gradfn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gradfn: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0  # the reader of our output, `head` perhaps, has had enough


def _speak_utf8() -> None:
    """Never fail on a console that cannot print a character: show a question mark in its place."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradfn", description="Exercises for neural-network fundamentals.")
    parser.add_argument("--version", action="version", version=f"gradfn {__version__}")
    parser.set_defaults(run=_progress)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, run: object, words: str, *names: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        for argument in names:
            sub.add_argument(argument.lower(), metavar=argument)
        sub.set_defaults(run=run)
        return sub

    command("hint", _hint, "one more hint for an exercise", "UNIT.EXERCISE")
    command("reset", _reset, "put a stub back; what it replaces is kept", "UNIT[.EXERCISE]")
    judge = command("judge", _judge, "judge one file: a .py or an .ipynb", "UNIT", "FILE")
    judge.add_argument("--json", action="store_true", help="print one JSON object")
    judge.add_argument("--seed", type=int, default=0, help="the seed of the inputs (default: the public one)")
    command("course", _course, "make a course in a folder", "DIR")
    for name, run, words in (
        ("release", _release, "release a unit as an nbgrader assignment"),
        ("grade", _grade, "grade what was handed in"),
        ("feedback", _feedback, "write the feedback pages"),
    ):
        command(name, run, words, "UNIT")
    command("export", _export, "write the gradebook to grades.csv")
    _add_dev(commands)
    return parser


def _add_dev(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    dev = commands.add_parser("dev", help="for the kit's authors").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    build = dev.add_parser("build", help="derive stubs and recorded answers")
    build.set_defaults(run=_dev_build)
    verify = dev.add_parser("verify", help="prove what the kit promises of its exercises")
    verify.add_argument("--seeds", type=int, default=3, metavar="N", help="how many seeds (default: 3)")
    verify.set_defaults(run=_dev_verify)
    new = dev.add_parser("new", help="write the skeletons of a new exercise")
    new.add_argument("unit.exercise", metavar="UNIT.EXERCISE")
    new.set_defaults(run=_dev_new)
    for sub in (build, verify):
        sub.add_argument("units", nargs="*", metavar="UNIT", help="units (default: all)")


def _progress(arguments: argparse.Namespace) -> None:
    from autograder.progress import show

    show(Kit.here())


def _hint(arguments: argparse.Namespace) -> None:
    from autograder.progress import next_hint

    print(next_hint(*Kit.here().exercise(_dotted(getattr(arguments, "unit.exercise")))))


def _dotted(path: str) -> str:
    if "." not in path:
        raise NotFound(f"which exercise? Write UNIT.EXERCISE, for example activations.softmax (got {path!r})")
    return path


def _reset(arguments: argparse.Namespace) -> None:
    from autograder.stubs import reset

    path, kit = getattr(arguments, "unit[.exercise]"), Kit.here()
    unit, exercise = kit.exercise(path) if "." in path else (kit.unit(path), None)
    kept = reset(unit, exercise.name if exercise else None)
    print(f"{path} is as it was handed out. What it replaced is in {_shown(kept)}")


def _shown(path: Path) -> str:
    """The path as the reader would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _judge(arguments: argparse.Namespace) -> None:
    from autograder.grading import grade_file

    report = grade_file(Kit.here().unit(arguments.unit), Path(arguments.file), arguments.seed)
    if arguments.json:
        print(json.dumps(report.to_dict(), ensure_ascii=False))
        return
    print("\n\n".join(result.message for result in report.checks), end="\n\n")
    for note in report.notes:
        print(f"note: {note}")
    print(f"{report.file}: {report.points:g} / {report.max_points:g} points")


def _course(arguments: argparse.Namespace) -> None:
    from autograder.nbgrader.course import make_course

    course = make_course(Path(arguments.dir), Kit.here())
    print(f"A course is in {_shown(course.root)}. There: gradfn release UNIT")


def _here() -> Course:
    """The course that the working directory is in."""
    from autograder.nbgrader.course import open_course

    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "nbgrader_config.py").exists():
            return open_course(folder)
    raise NotFound("no course here: run this in a course's folder, or make one with gradfn course DIR")


def _release(arguments: argparse.Namespace) -> None:
    course = _here()
    unit = course.kit.unit(arguments.unit)
    from autograder.nbgrader.steps import release

    print(f"{unit.name}: {unit.points:g} points, released as {_shown(release(course, unit))}")


def _grade(arguments: argparse.Namespace) -> None:
    course = _here()
    unit = course.kit.unit(arguments.unit)
    from autograder.nbgrader.grading import grade

    grade(course, unit, _graded)


def _graded(number: int, total: int, task: tuple[str, str], record: Record) -> None:
    """One line a finished submission."""
    student = task[1]
    points = "not graded" if record.failed else f"{record.points:g} points"
    print(f"[{number:>{len(str(total))}}/{total}] {student:<20} {points:>12}  {record.words}", flush=True)


def _feedback(arguments: argparse.Namespace) -> None:
    course = _here()
    unit = course.kit.unit(arguments.unit)
    from autograder.nbgrader.steps import feedback

    pages = feedback(course, unit)
    print(f"{unit.name}: {len(pages)} pages in {_shown(course.root / 'feedback')}")


def _export(arguments: argparse.Namespace) -> None:
    course = _here()
    from autograder.nbgrader.steps import export

    print(f"The gradebook is in {_shown(export(course))}")


def _dev_new(arguments: argparse.Namespace) -> None:
    from autograder.scaffold import new_exercise

    path = _dotted(getattr(arguments, "unit.exercise"))
    print("\n".join(map(_shown, new_exercise(Kit.here(), path))))
    unit = path.partition(".")[0]
    print(f"Write over each TODO in them. Then: gradfn dev build {unit}; gradfn dev verify {unit}")


def _dev_units(arguments: argparse.Namespace) -> list[KitUnit]:
    kit = Kit.here()
    return [kit.unit(name) for name in arguments.units] or list(kit.units())


def _dev_build(arguments: argparse.Namespace) -> None:
    from autograder.stubs import build

    for unit in _dev_units(arguments):
        changed = build(unit)
        print(f"{unit.name}: {', '.join(path.name for path in changed) or 'nothing to change'}")


def _dev_verify(arguments: argparse.Namespace) -> int:
    from autograder.verify import RULES, verify

    broken = []
    for unit in _dev_units(arguments):
        found = verify(unit, range(arguments.seeds))
        broken += found
        counts = f"{len(unit.checks)} checks, {len(RULES)} rules, {arguments.seeds} seeds"
        print(f"{unit.name}: {counts}: {f'{len(found)} broken' if found else 'all kept'}")
    for item in broken:
        print(item)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
