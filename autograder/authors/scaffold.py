"""The skeletons of a new exercise, for its author to fill in: `gradfn dev new UNIT.EXERCISE`.

    new_exercise(kit, "activations.softsign")    write the skeletons; the files written to

The skeletons run as they are, so that `gradfn dev build` works at once. Each TODO in them is something to
write; `gradfn dev verify` lists those that are left.
"""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path

from autograder.answers.notebooks import KIT, TEST
from autograder.errors import BadUnit, NotFound
from autograder.units.kit import INSTALLED, Kit
from autograder.units.script import SETUP, split
from autograder.worker.parsing import defined_names

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
CONFTEST = "exercises/conftest.py"
#: The names of the notebook's other cells.
RESERVED = (SETUP, KIT, "lesson", "end")

ANSWER = '''\
# %% {exercise} *
def {exercise}(x: float) -> float:
    """TODO: the formula or the promise in one line; then shapes, errors and what is easily overlooked.

    >>> {exercise}(2.0)
    2.0
    """
    ### BEGIN SOLUTION
    return x  # TODO: the right answer
    ### END SOLUTION
'''

CHECK = '''\
# {exercise}


@check("{exercise}", points=1)
def {exercise}_is_right(answer, rng):
    """TODO: what a right answer does, in one sentence.

    1. TODO: a question that points to the place.
    2. TODO: the same for somebody who has looked there.
    3. TODO: nearly the answer.
    """
    x = float(rng.uniform(1, 2))
    return {{
        "{exercise}(2)": answer.{exercise}(2.0),
        "{exercise}(0)": answer.{exercise}(0.0),
        "{exercise}(x), x random": answer.{exercise}(x),
        "{exercise}(-x)": answer.{exercise}(-x),
    }}
'''

MISTAKE = '''\
{exercise} = slips("{exercise}")


@{exercise}("TODO: what went wrong, in a few words")
def wrong_{exercise}(x):
    """TODO: what a tutor says to it, without giving the answer away."""
    return -x  # TODO: a classic wrong answer
'''


#: The files of a unit: how each begins, and what a new exercise adds to it.
FILES = {
    "solutions/{unit}/{unit}.py": (
        '"""{title}. TODO: what holds for all answers of this unit."""\n\n\n',
        ANSWER,
    ),
    "exercises/{unit}/checks.py": (
        '"""Check programs of the {unit} unit: each asks an answer module questions."""\n\n'
        "from autograder.declare import Unit, check\n\n"
        'unit = Unit("{title}", number={number}, packages=("numpy",))\n\n\n',
        CHECK,
    ),
    "solutions/{unit}/mistakes.py": (
        '"""Classic wrong answers of the {unit} unit, and what a tutor says to each."""\n\n'
        "from autograder.declare import slips\n\n",
        MISTAKE,
    ),
    "solutions/{unit}/by_torch.py": (
        '"""The {unit} unit by PyTorch; what is not here is taken from the answers."""\n',
        "",
    ),
    "exercises/{unit}/README.md": ("# {title}\n\nTODO: what to know before the exercises.\n", ""),
}


def new_exercise(kit: Kit, path: str) -> list[Path]:
    """Write the skeletons of UNIT.EXERCISE, and the files that its unit or an empty folder lacks.

    Nothing is overwritten. Raises BadUnit for a name that is taken or not allowed, and NotFound in a copy of
    the kit without solutions; nothing is written then.
    """
    unit, _, exercise = path.partition(".")
    _must_be_a_name("unit", unit)
    _must_be_a_name("exercise", exercise)
    if unit in kit.names() and not kit.unit(unit).solution_file.exists():
        raise NotFound(f"{unit}: no answers to add to: cannot read {kit.unit(unit).solution_file}")
    words = {"unit": unit, "exercise": exercise, "title": unit.replace("_", " ").capitalize()}
    words["number"] = "" if unit in kit.names() else str(_free_number(kit))
    written = {}
    for path_of, (opening, skeleton) in FILES.items():
        file = kit.root / path_of.format(**words)
        old = f"{_read(file)}\n\n\n" if file.exists() else opening.format(**words)
        addition = skeleton.format(**words)
        _must_be_free(addition, old, path_of.format(**words))
        if addition or not file.exists():
            written[file] = old + addition
    if not kit.names():
        written[kit.root / CONFTEST] = _read(INSTALLED / CONFTEST) + "\n"  # for pytest
    for file, text in written.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return list(written)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8").rstrip()


def _must_be_a_name(kind: str, name: str) -> None:
    """Raise BadUnit for a name that Python, nbgrader or the notebook's other cells do not allow."""
    if not NAME.fullmatch(name) or iskeyword(name):
        raise BadUnit(
            f"no {kind} can be called {name!r}: up to 32 letters, digits and _, a letter first, no keyword"
        )
    if kind == "exercise" and (name in RESERVED or name.startswith(TEST)):
        raise BadUnit(f"no exercise can be called {name!r}: the notebook has a cell of that name")


def _must_be_free(addition: str, text: str, file: str) -> None:
    """Raise BadUnit if the file's text already defines a name that is to be added."""
    taken = {*defined_names(text), *(cell.name for cell in split(text))}
    for name in defined_names(addition):
        if name in taken:
            raise BadUnit(f"{file} has {name!r} already: choose another name")


def _free_number(kit: Kit) -> int:
    """The number after the last unit's, in learning order; a first unit comes after the installed ones."""
    units = kit.units() or Kit(INSTALLED).units()
    return 1 + max((unit.number for unit in units), default=0)
