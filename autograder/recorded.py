"""What was recorded of a unit: the right answers and the mistakes' answers to its checks on one seed.

With it a student's copy gives feedback without torch and without the solution, and a grader grades a whole
class on the answers of one run of the references. See `autograder.oracle` for the making of it.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import BadUnit
from autograder.worker.channel import pack, unpack
from autograder.worker.outcome import Outcome, from_plain, to_plain

PUBLIC_SEED = 0


@dataclass(frozen=True)
class KnownMistake:
    """A classic wrong answer as feedback knows it: its words, and what it answers to each check."""

    exercise: str
    name: str
    title: str
    advice: str
    outcomes: dict[str, Outcome]  # by check name


@dataclass(frozen=True)
class Recorded:
    """Outcomes of the references on one seed, and the stub they belong to."""

    seed: int
    torch: str
    stub: str
    answers: dict[str, dict[str, Outcome]]  # by exercise, by check name
    mistakes: tuple[KnownMistake, ...]

    def to_json(self) -> str:
        """One JSON text; arrays are kept to the bit, as base64."""
        tree, raw = pack(
            {
                "answers": {
                    exercise: {name: to_plain(outcome) for name, outcome in outcomes.items()}
                    for exercise, outcomes in self.answers.items()
                },
                "mistakes": [
                    [m.exercise, m.name, m.title, m.advice, {k: to_plain(v) for k, v in m.outcomes.items()}]
                    for m in self.mistakes
                ],
            }
        )
        head = {"seed": self.seed, "torch": self.torch, "stub": self.stub}
        body = {"tree": tree, "bytes": base64.b64encode(raw).decode()}
        return json.dumps(head | body, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Recorded:
        """What `to_json` wrote; raises ValueError, KeyError or WorkerFault for anything else."""
        data: dict[str, Any] = json.loads(text)
        body = unpack(data["tree"], base64.b64decode(data["bytes"]))
        return cls(
            data["seed"],
            data["torch"],
            data["stub"],
            {
                exercise: {name: from_plain(outcome) for name, outcome in outcomes.items()}
                for exercise, outcomes in body["answers"].items()
            },
            tuple(_mistake(*mistake) for mistake in body["mistakes"]),
        )

    @classmethod
    def read(cls, path: Path) -> Recorded:
        """The recorded answers in a file; raises BadUnit with the way out where there are none."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadUnit(f"{path.parent.name}: recorded.json is missing. Run gradfn dev build.") from error
        except Exception as error:
            raise BadUnit(f"{path}: not readable ({error}). Run gradfn dev build.") from error

    def of(self, exercise: str) -> tuple[KnownMistake, ...]:
        """The known mistakes of one exercise."""
        return tuple(mistake for mistake in self.mistakes if mistake.exercise == exercise)


def _mistake(exercise: str, name: str, title: str, advice: str, outcomes: dict[str, Any]) -> KnownMistake:
    ran = {check: from_plain(outcome) for check, outcome in outcomes.items()}
    return KnownMistake(exercise, name, title, advice, ran)
