"""What judging a submission gives, and the JSON that `gradfn judge --json` prints of it.

Report            a whole submission: its results, notes and points
Result            one check
GpuReport         the results of the GPU tier; they do not count in the points
ManualQuestion    a question that a person grades
Account           what running the submission took, and which system calls it was refused
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from autograder.units.gpu_tier import EXTRA

Status = Literal["passed", "failed", "error", "timeout", "not run"]


@dataclass(frozen=True)
class Result:
    """One check's result; `message` is the card, `mistake` the recognised name or None."""

    exercise: str
    check: str
    points: float
    max_points: float
    status: Status
    message: str
    mistake: str | None = None
    tier: str = "cpu"


def _as_json(result: Result) -> dict[str, Any]:
    """A result as JSON; the GPU tier's are in a list of their own, so `tier` is left out."""
    return {key: value for key, value in asdict(result).items() if key != "tier"}


@dataclass(frozen=True)
class GpuReport:
    """The results of the GPU tier: an exercise whose checks there all pass earns extra points.

    `missing` says why nothing was run. A rehearsal on another device earns nothing.
    """

    device: str
    checks: tuple[Result, ...]
    missing: str = ""

    @property
    def max_extra(self) -> float:
        return EXTRA * len({result.exercise for result in self.checks})

    @property
    def extra(self) -> float:
        """The extra points earned; a check that was not run earns none."""
        short = {result.exercise for result in self.checks if result.status != "passed"}
        whole = {result.exercise for result in self.checks} - short
        return EXTRA * len(whole) if self.device == "cuda" else 0.0

    @property
    def words(self) -> str:
        """The total in one line."""
        ran = [result for result in self.checks if result.status != "not run"]
        passed = sum(result.status == "passed" for result in ran)
        left = len(self.checks) - len(ran)
        if not ran:
            return f"GPU tier: {left} checks not run ({self.missing or 'each says why'})"
        rest = f", {left} not run" if left else ""
        if self.device != "cuda":
            return f"GPU tier, rehearsed on {self.device}: {passed} of {len(ran)} checks passed{rest}"
        points = f"{self.extra:g} / {self.max_extra:g} extra points"
        return f"GPU tier: {passed} of {len(ran)} checks passed{rest}, {points}"

    def to_dict(self) -> dict[str, Any]:
        """Its part of what `gradfn judge --json` prints."""
        return {
            "device": self.device,
            "missing": self.missing,
            "words": self.words,
            "extra_points": self.extra,
            "max_extra_points": self.max_extra,
            "checks": [_as_json(result) for result in self.checks],
        }


@dataclass(frozen=True)
class ManualQuestion:
    """A question that a person grades; its points are in no sum here."""

    question: str
    max_points: float
    answered: bool


@dataclass(frozen=True)
class Account:
    """What a submission's processes took, seen from outside of them; `refused` is None if no one counts.

    Times are in seconds, `memory` is the peak in bytes, `ended` says why a process ended before its time.
    """

    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    refused: Mapping[str, int] | None = field(default_factory=dict)
    ended: tuple[str, ...] = ()

    def __add__(self, other: Account) -> Account:
        both = None
        if self.refused is not None and other.refused is not None:
            both = dict(Counter(self.refused) + Counter(other.refused))  # asdict breaks a Counter
        memory = max(self.memory, other.memory)
        return Account(self.wall + other.wall, self.cpu + other.cpu, memory, both, self.ended + other.ended)


@dataclass(frozen=True)
class Report:
    """A submission's results; `notes` say what was unusual about the file."""

    unit: str
    file: str
    seed: int
    checks: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    outputs: tuple[Sequence[Mapping[str, Any]], ...] = ()  # of each cell, in nbformat's form
    manual: tuple[ManualQuestion, ...] = ()
    gpu: GpuReport | None = None  # where the unit has a GPU tier
    account: Account = field(default=Account(), compare=False)

    @property
    def points(self) -> float:
        return sum(result.points for result in self.checks)

    @property
    def max_points(self) -> float:
        return sum(result.max_points for result in self.checks)

    def of(self, exercise: str) -> tuple[Result, ...]:
        """The results of one exercise."""
        return tuple(result for result in self.checks if result.exercise == exercise)

    def to_dict(self) -> dict[str, Any]:
        """The object that `gradfn judge --json` prints."""
        return {
            "unit": self.unit,
            "file": self.file,
            "seed": self.seed,
            "points": self.points,
            "max_points": self.max_points,
            "checks": [_as_json(result) for result in self.checks],
            "by_hand": [asdict(question) for question in self.manual],
            "notes": list(self.notes),
        } | ({"gpu": self.gpu.to_dict()} if self.gpu else {})
