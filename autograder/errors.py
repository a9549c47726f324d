"""What the kit raises when it cannot do as asked; `gradfn` prints the message on one line and exits with 2.

GradfnError
├─ NotFound        a unit, exercise or file that is not there; names the nearest that is
├─ BadSubmission   a file that cannot be read as answers of this unit
├─ BadUnit         an exercise's author left something out or wrong
├─ KitFault        a reference answer failed: nobody's score may suffer for it
├─ Unconfined      untrusted code would run without a sandbox, and nobody said it may
└─ WorkerFault     the worker said something that is no answer, or nothing in time
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GradfnError(Exception):
    """The root: its text is one clear line for the person who asked."""


class NotFound(GradfnError):
    """Something was asked for by a name that does not exist."""

    @classmethod
    def named(cls, kind: str, name: str, known: Iterable[str]) -> NotFound:
        """The error for `name`, with the nearest known name or else all of them."""
        known = list(known)
        near = cls.nearest(name, known)
        hint = f"Did you mean {near}?" if near else f"There are: {', '.join(known) or 'none'}."
        return cls(f"no {kind} is called {name!r}. {hint}")

    @staticmethod
    def nearest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
        """The known name that looks most like `name`, or None where none does: `cutoff` as difflib's."""
        return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


class BadSubmission(GradfnError):
    """A handed-in file cannot be read as answers of the unit."""


class BadUnit(GradfnError):
    """A unit's files contradict each other or lack something."""


class KitFault(GradfnError):
    """The kit's own references failed or disagree, so nothing can be judged by them."""


class Unconfined(GradfnError):
    """This machine cannot confine what is handed in; says what it lacks."""


class WorkerFault(GradfnError):
    """The worker broke the channel's rules, died or ran past its deadline."""
