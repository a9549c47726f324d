"""Classic mistakes: an edit of the answer, or a wrong function with a thought of its own.

    train_step = slips("train_step")            the mistakes of one function, in the order of the file
    train_step("title", "advice").drop(text)    the answer without a text; a line left empty goes too
                      .swap(text, other)        with two texts exchanged
                      .write(text, new)         with a text written otherwise; edits can follow each other
    @train_step("title")                        a function or class in its place; its docstring is the advice

An edit changes what stands between the solution marks of the function; a text that is not there is looked for
in the rest of its cell. The text must be there exactly once: an edit that fits nowhere, or twice, raises
BadUnit as soon as the mistake is needed.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from autograder.errors import BadUnit

TIERS = ("cpu", "gpu")
Wrong = TypeVar("Wrong", bound=Any)

_REGION = re.compile(r"(?<=### BEGIN SOLUTION\n).*?(?=^[ \t]*### END SOLUTION)", re.DOTALL | re.MULTILINE)


@dataclass
class Mistake:
    """A classic wrong answer: the solution with `name` changed, its title and what a tutor says to it.

    It is changed by `edits`, pairs of texts in the answer and what takes their place, or by a `replacement`.
    With `tier="gpu"` it is right on a CPU; with "both" it is wrong there too, and asked everything.

    Where the words speak of the code, `code` is a pattern that the answer must have to be called by this
    name. It is searched in the answer's functions as `ast.unparse` writes them, without docstrings.
    """

    name: str
    title: str
    advice: str
    tier: str = "cpu"
    code: str = ""
    replacement: Any = None
    edits: list[dict[str, str]] = field(default_factory=list)
    number: int = field(default_factory=count().__next__)  # in the order of the file

    def __call__(self, replacement: Wrong) -> Wrong:
        """Let a function or class take the answer's place; without advice so far, its docstring is that."""
        self.replacement = replacement
        replacement.__name__ = self.name  # which graphs and messages show
        self.advice = self.advice or " ".join(inspect.cleandoc(replacement.__doc__ or "").split())
        return replacement

    def drop(self, text: str) -> Mistake:
        """Leave a text of the answer out."""
        return self.write(text, "")

    def swap(self, text: str, other: str) -> Mistake:
        """Exchange two texts of the answer."""
        self.edits.append({text: other, other: text})
        return self

    def write(self, text: str, new: str) -> Mistake:
        """Write a text of the answer otherwise."""
        self.edits.append({text: new})
        return self

    def edit(self, cell: str) -> str:
        """The source of the answer's cell with the edits in it; raises BadUnit where one does not fit."""
        for changes in self.edits:
            cell = self._edited(cell, changes)
        return cell

    def _edited(self, cell: str, changes: dict[str, str]) -> str:
        before, own, behind = self._own_lines(cell)
        if not any(text in region for region in _REGION.findall(own) for text in changes):
            before, own, behind = "", cell, ""
        regions = "".join(_REGION.findall(own))
        for text in changes:
            if (count := regions.count(text)) != 1:
                words = f"{text!r} stands {count} times in the answer, not once"
                raise BadUnit(f"mistake of {self.name}, {self.title!r}: {words}")
        # A text without successor takes its line along, if it stands there alone.
        patterns = (
            rf"^[ \t]*{re.escape(t)}\n|{re.escape(t)}" if not new else re.escape(t)
            for t, new in changes.items()
        )
        found = re.compile("|".join(patterns), re.MULTILINE)
        return before + _REGION.sub(lambda r: found.sub(lambda t: changes.get(t[0], ""), r[0]), own) + behind

    def _own_lines(self, cell: str) -> tuple[str, str, str]:
        """The cell's text before the definition of `name`, the definition, and what stands behind it."""
        lines = cell.splitlines(keepends=True)
        for node in ast.parse(cell).body:
            if getattr(node, "name", "") == self.name and node.end_lineno:
                first, last = node.lineno - 1, node.end_lineno + 1  # the closing mark is a comment below it
                return "".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:])
        raise BadUnit(f"mistake of {self.name}, {self.title!r}: no cell of the answers defines {self.name}")


class Slips:
    """The mistakes of one function, collected in the order in which they are declared."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []

    def __call__(self, title: str, advice: str = "", *, tier: str = "cpu", code: str = "") -> Mistake:
        """Declare a mistake: what went wrong in a few words, what a tutor says to it, and its `code`, if any.

        Raises ValueError, at import, for a word that is missing or a tier that there is not.
        """
        if not (self.name and title):
            raise ValueError(f"mistake of {self.name!r}: the title must not be empty")
        if tier not in (*TIERS, "both"):
            raise ValueError(
                f"mistake of {self.name!r}: tier must be one of {(*TIERS, 'both')} (got {tier!r})"
            )
        self.mistakes.append(Mistake(self.name, title, advice, tier, code))
        return self.mistakes[-1]


def slips(name: str) -> Slips:
    """The mistakes of the function or class `name`, to be declared by calling what this gives."""
    return Slips(name)


def mistake(name: str, title: str, advice: str, *, tier: str = "cpu") -> Callable[[Any], Mistake]:
    """Declare a mistake as units written for version 0.1.0 do: by a decorator that gives the Mistake."""
    declared = slips(name)(title, advice, tier=tier)

    def take(replacement: Any) -> Mistake:
        declared(replacement)
        return declared

    return take
