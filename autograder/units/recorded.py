"""Recorded answers: what the solution and the mistakes answer to a unit's checks on one seed.

With them a student's copy gives feedback without torch and without the solution, and a whole class is graded
on one run of the references; `autograder.grading.oracle` makes them. An outcome is decoded only when it is
read: a run that passes never reads those of the mistakes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.errors import BadUnit
from autograder.worker.channel import pack, unpack
from autograder.worker.outcome import Outcome, from_plain, to_plain

PUBLIC_SEED = 0

Outcomes = Mapping[str, Outcome]  # by check name


@dataclass(frozen=True)
class KnownMistake:
    """A classic mistake: its name, its advice, and what it answers to each check.

    `code` is a pattern that the answer's source must have for the mistake to be named; "" where any will do.
    """

    exercise: str
    name: str
    title: str
    advice: str
    outcomes: Outcomes
    code: str = ""


@dataclass(frozen=True)
class Recorded:
    """The answers of the references on one seed, the stub they belong to, and the points of each check.

    The unit's number and points are here too, so that an overview need not import what checks import.
    """

    number: int
    seed: int
    torch: str
    stub: str
    points: Mapping[str, Mapping[str, float]]  # by exercise, by check name
    answers: Mapping[str, Outcomes]  # by exercise
    mistakes: tuple[KnownMistake, ...]
    gpu: Mapping[str, Sequence[str]] = field(default_factory=dict)  # labels in the GPU tier, by exercise

    def to_json(self) -> str:
        """One JSON text; arrays are kept to the bit, as base64."""
        data = {
            "number": self.number,
            "seed": self.seed,
            "torch": self.torch,
            "stub": self.stub,
            "points": self.points,
            "answers": {exercise: _encode(outcomes) for exercise, outcomes in self.answers.items()},
            "mistakes": [
                [m.exercise, m.name, m.title, m.advice, _encode(m.outcomes), *([m.code] if m.code else [])]
                for m in self.mistakes
            ],
        }
        if self.gpu:
            data["gpu"] = self.gpu
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Recorded:
        """The Recorded that `to_json` wrote; raises ValueError, KeyError or TypeError for anything else."""
        data: dict[str, Any] = json.loads(text)
        answers = {exercise: LazyOutcomes(outcomes) for exercise, outcomes in data["answers"].items()}
        mistakes = tuple(
            KnownMistake(exercise, name, title, advice, LazyOutcomes(outcomes), *code)
            for exercise, name, title, advice, outcomes, *code in data["mistakes"]
        )
        number, seed, torch, stub, points = (data[k] for k in ("number", "seed", "torch", "stub", "points"))
        return cls(number, seed, torch, stub, points, answers, mistakes, data.get("gpu", {}))

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """The recorded answers in a file; raises BadUnit, saying how to record them, if there are none."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadUnit(f"{path.parent.name}: recorded.json is missing. Run gradfn dev build.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadUnit(f"{path}: not readable ({error}). Run gradfn dev build.") from error

    def of(self, exercise: str) -> tuple[KnownMistake, ...]:
        """The known mistakes of one exercise."""
        return tuple(mistake for mistake in self.mistakes if mistake.exercise == exercise)


class LazyOutcomes(Mapping[str, Outcome]):
    """Outcomes by check name, each decoded when it is first read."""

    def __init__(self, encoded: dict[str, list[Any]]) -> None:
        self._encoded = encoded
        self._decoded: dict[str, Outcome] = {}

    def __getitem__(self, check: str) -> Outcome:
        if check not in self._decoded:
            tree, raw = self._encoded[check]
            self._decoded[check] = from_plain(unpack(tree, base64.b64decode(raw)))
        return self._decoded[check]

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)


def _encode(outcomes: Outcomes) -> dict[str, list[Any]]:
    """Each outcome as a tree and the bytes of its arrays, without the fields that only a card uses."""
    bare = {
        check: replace(outcome, printed="", last_call="", calls=(), parameters={}, code={})
        for check, outcome in outcomes.items()
    }
    packed = {check: pack(to_plain(outcome)) for check, outcome in bare.items()}
    return {check: [tree, base64.b64encode(raw).decode()] for check, (tree, raw) in packed.items()}
