"""Times as people and systems write them, always with a time zone; what is not understood is refused.

parse(text, zone)    the time in UTC, as nbgrader stores it; raises BadTime and says what is accepted
zone_named(name)     a time zone by its name, such as Europe/Berlin
said(time)           the time as it is printed
span(seconds)        "2 h 5 min"; late(seconds, penalty) what that costs

dateutil, which nbgrader uses, reads `+0200`, `CEST` and `12:30 AM` as something else without a word.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import product
from zoneinfo import ZoneInfo

from autograder.errors import GradfnError
from autograder.worker.outcome import harmless

ACCEPTED = '"2026-12-01 23:59 Europe/Berlin", "2026-12-01 23:59 +01:00" or "2026-12-01 22:59 UTC"'
_ZONE = re.compile(r"(?P<time>.*\d(?: ?[AP]M)?) ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[A-Z][A-Za-z]+/[\w/+-]+)")
_DATES = ("%Y-%m-%d", "%d %B %Y", "%B %d %Y", "%d %b %Y", "%b %d %Y", "%A %d %B %Y", "%A %B %d %Y")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p", "%I%M %p", "%H-%M-%S")
FORMS = [f"{date} {clock}" for date, clock in product(_DATES, _CLOCKS)]


class BadTime(GradfnError):
    """A text is not a time, or says no time zone."""


def zone_named(name: str) -> tzinfo:
    """The time zone of this name, or at this distance to UTC."""
    try:
        if name[0] in "+-":
            return timezone(timedelta(hours=int(name[:3]), minutes=int(name[0] + name[-2:])))
        return UTC if name in ("UTC", "GMT", "Z") else ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise BadTime(f"no time zone is called {name!r}: write it like Europe/Berlin, or UTC") from error


def parse(text: str, zone: tzinfo | None = None) -> datetime:
    """The time in UTC without tzinfo; `zone` is the one of a text that says none."""
    plain = " ".join(re.sub(r"(?<=\d)T(?=\d)", " ", text).replace(",", " ").split())
    plain = re.sub(r"^(\d{4}-\d\d-\d\d)-(?=\d)", r"\1 ", plain)  # Blackboard's
    plain = re.sub(r"(\.\d{6})\d{1,3}", r"\1", plain)  # the nanoseconds of Ruby's times
    if found := _ZONE.fullmatch(plain):
        plain, zone = found["time"], zone_named(found["zone"])
    shown = harmless(text.strip())[:60]
    for form in FORMS:
        try:
            # %I%M would read "835" as 8 hours and 35 minutes only behind a zero.
            time = datetime.strptime(re.sub(r"\b(\d{3} [AP]M)$", r"0\1", plain, flags=re.I), form)
        except ValueError:
            continue
        if zone is None:
            raise BadTime(f"{shown!r} says no time zone: write {ACCEPTED}")
        return _in_utc(time, zone, shown)
    raise BadTime(f"{shown!r} is not understood as a time: write {ACCEPTED}")


def _in_utc(time: datetime, zone: tzinfo, shown: str) -> datetime:
    """The time in UTC; raises BadTime where the clocks are changed, and it exists twice or not at all."""
    early, late = (time.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early != late:
        how = "exists twice" if early < late else "does not exist"
        raise BadTime(
            f"{shown!r} {how} in {zone}, where clocks are changed then: write its distance to UTC, as +01:00"
        )
    return early.replace(tzinfo=None)


def said(time: datetime, zone: str = "") -> str:
    """A time in UTC as it is printed, in UTC or another zone."""
    return f"{time.replace(tzinfo=UTC).astimezone(zone_named(zone or 'UTC')):%Y-%m-%d %H:%M %Z}"


def span(seconds: float) -> str:
    """A length of time, in its two largest units."""
    minutes = -int(-seconds // 60)
    parts = {"d": minutes // 1440, "h": minutes // 60 % 24, "min": minutes % 60}
    return " ".join([f"{number} {unit}" for unit, number in parts.items() if number][:2])


def late(seconds: float, penalty: float) -> str:
    """How late something came and what that costs; empty if it was in time."""
    cost = f"-{penalty:.4g} point{'s' * (penalty != 1)}" if penalty else "no penalty"
    return f"{span(seconds)} late: {cost}" if seconds > 0 else ""


def zone_in(text: str) -> str:
    """The zone at the end of a typed time if it has a place's name, such as Europe/Berlin."""
    found = re.search(r"[A-Z][A-Za-z]+/[\w/+-]+$", text.strip())
    return found[0] if found else ""


def length(text: str) -> timedelta:
    """A length of time as typed: 30min, 2h, 1d."""
    found = re.fullmatch(r"(\d+) ?(m|min|h|d)", text.strip())
    if not found:
        raise BadTime(f"{text!r} is not a length of time: write 30min, 2h or 1d")
    return timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[found[2][0]]: int(found[1])})
