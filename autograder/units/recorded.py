"""What was recorded of a unit: the right answers and the mistakes' answers to its checks on one seed.

With it a student's copy gives feedback without torch and without the solution, and a grader grades a whole
class on the answers of one run of the references; `autograder.grading.oracle` makes it. Outcomes are
decoded when they are looked at: a run that passes never looks at the mistakes.
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
    """A classic wrong answer as feedback knows it: its words, and what it answers to each check."""

    exercise: str
    name: str
    title: str
    advice: str
    outcomes: Outcomes


@dataclass(frozen=True)
class Recorded:
    """Outcomes of the references on one seed, the stub they belong to, and what each check is worth.

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
            "answers": {exercise: _encoded(outcomes) for exercise, outcomes in self.answers.items()},
            "mistakes": [
                [mistake.exercise, mistake.name, mistake.title, mistake.advice, _encoded(mistake.outcomes)]
                for mistake in self.mistakes
            ],
        }
        if self.gpu:
            data["gpu"] = self.gpu
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Recorded:
        """What `to_json` wrote; raises ValueError, KeyError or TypeError for anything else."""
        data: dict[str, Any] = json.loads(text)
        answers = {exercise: Decoded(outcomes) for exercise, outcomes in data["answers"].items()}
        mistakes = tuple(
            KnownMistake(exercise, name, title, advice, Decoded(outcomes))
            for exercise, name, title, advice, outcomes in data["mistakes"]
        )
        number, seed, torch, stub, points = (data[k] for k in ("number", "seed", "torch", "stub", "points"))
        return cls(number, seed, torch, stub, points, answers, mistakes, data.get("gpu", {}))

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """The recorded answers in a file; raises BadUnit with the way out where there are none."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadUnit(f"{path.parent.name}: recorded.json is missing. Run gradfn dev build.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadUnit(f"{path}: not readable ({error}). Run gradfn dev build.") from error

    def of(self, exercise: str) -> tuple[KnownMistake, ...]:
        """The known mistakes of one exercise."""
        return tuple(mistake for mistake in self.mistakes if mistake.exercise == exercise)


class Decoded(Mapping[str, Outcome]):
    """Outcomes by check name, each decoded when it is first asked for."""

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


def _encoded(outcomes: Outcomes) -> dict[str, list[Any]]:
    """Each outcome as a tree and the bytes of its arrays, without what only a card would say of it."""
    bare = {
        check: replace(outcome, printed="", last_call="", calls=(), parameters={})
        for check, outcome in outcomes.items()
    }
    packed = {check: pack(to_plain(outcome)) for check, outcome in bare.items()}
    return {check: [tree, base64.b64encode(raw).decode()] for check, (tree, raw) in packed.items()}
