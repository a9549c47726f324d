"""The kit's own exceptions; `gradfn` prints the message on one line and exits with status 2.

GradfnError
├─ NotFound        there is no such unit, exercise or file; names the nearest one
├─ BadSubmission   a file cannot be read as answers of the unit
├─ BadUnit         a unit's author left something out or wrong
├─ Busy            somebody else is grading the unit
├─ KitFault        a reference answer failed: that must not cost any student points
├─ Unconfined      untrusted code would run without a sandbox, and that was not allowed
└─ WorkerFault     the worker's answer is malformed, too late or missing
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

TO_DO = {
    "disk is full": "Make room, then do this again",
    "is locked": "Another program is writing to it: end it or wait, then do this again",
    "readonly": "Get the right to write to the course's folder and its files, or work in a copy",
    "not a database": "Restore it from a backup",
    "malformed": "Restore it from a backup",
    "unable to open": "Get the right to read and write the course's folder and its files",
}
LIBRARIES = ("sqlalchemy", "sqlite3", "psycopg")  # how the modules of a database's exceptions begin


class GradfnError(Exception):
    """The root: its message is one clear line for the person who ran the command."""


def database_fault(error: BaseException) -> str:
    """What a database lacks, in a line, also in nbgrader's exception; empty for any other."""
    for each in (error, error.__context__):
        if type(each).__module__.startswith(LIBRARIES):
            words = str(getattr(each, "orig", None) or each).strip().splitlines()[0]
            return ". ".join(
                [f"the gradebook: {words}", *(do for sign, do in TO_DO.items() if sign in words)]
            )
    return ""


class NotFound(GradfnError):
    """There is no unit, exercise or file of this name."""

    @classmethod
    def named(cls, kind: str, name: str, known: Iterable[str]) -> NotFound:
        """The error for `name`, with the nearest known name, or else with all of them."""
        known = list(known)
        near = cls.nearest(name, known)
        hint = f"Did you mean {near}?" if near else f"There are: {', '.join(known) or 'none'}."
        return cls(f"no {kind} is called {name!r}. {hint}")

    @staticmethod
    def nearest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
        """The known name most similar to `name`, or None if none is similar; `cutoff` is difflib's."""
        return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


class BadSubmission(GradfnError):
    """A submission cannot be read as answers of the unit."""


class Busy(GradfnError):
    """Somebody else is grading the unit: it can be graded later."""


class BadUnit(GradfnError):
    """A unit's files contradict each other, or something is missing from them."""


class KitFault(GradfnError):
    """The kit's own references failed or disagree, so they cannot be used to judge anything."""


class Unconfined(GradfnError):
    """This machine cannot confine submissions; the message says what is missing."""


class WorkerFault(GradfnError):
    """The worker broke the channel's rules, ended or missed its deadline."""
