"""Item analysis: how hard each check of a unit is, and how well it tells strong submissions from weak ones.

    analyse(earned, checks) -> list[Item]    each check of each exercise, and each exercise as a whole
    discrimination(item, rest)               one coefficient

`earned` has a row for each submission and a column for each check, with the points it got.

Difficulty is the mean share of an item's points that was earned: for a check the share of submissions that
pass it. Discrimination is the item-rest correlation, Pearson's r between an item's points and the points
of all the rest of the unit; for a check, which is passed or not, that is the corrected point-biserial
correlation (Guilford, J. P. (1953), The correlation of an item with a composite of the remaining items in a
test, Educational and Psychological Measurement 13, 87-93). The words follow the rule of thumb of Ebel and
Frisbie (1991), Essentials of Educational Measurement, 5th edition: 0.40 and above very good, to 0.30 good, to
0.20 fair, below poor. A check is flagged only where chance is no explanation: the whole 95 % interval of its
coefficient (Fisher's z) is below 0.20.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograder.declare import Check

Points = npt.NDArray[np.float64]

FEW = 10  # with fewer submissions a coefficient is too uncertain
FEW_APART = 3  # with fewer that pass a check, or fail it, too
EASY, HARD = 0.9, 0.3
POOR = 0.2


@dataclass(frozen=True)
class Item:
    """A check, or an exercise as a whole; `check` is empty then."""

    exercise: str
    check: str
    title: str
    points: float
    share: float  # the difficulty; 1: everybody has all points
    discrimination: float | None  # None if the item, or all the rest, has no spread
    count: int  # submissions

    @property
    def difficulty_words(self) -> str:
        whole = not self.check
        if self.share == 1:
            return "everybody has all points" if whole else "everybody passes"
        if self.share == 0:
            return "nobody has a point" if whole else "nobody passes"
        return "easy" if self.share >= EASY else "hard" if self.share < HARD else "medium"

    @property
    def discrimination_words(self) -> str:
        r = self.discrimination
        if r is None:
            return "no spread"
        if self._few:
            return "too few to say"
        grades = ((0.4, "very good"), (0.3, "good"), (POOR, "fair"), (0.0, "poor"))
        shown = round(r, 2)  # the word must fit the number that is shown
        return next((words for least, words in grades if shown >= least), "negative")

    @property
    def _few(self) -> bool:
        """Whether a word would say more than so few submissions can."""
        apart = min(self.share, 1 - self.share) * self.count
        return self.count < FEW or round(apart) < FEW_APART

    @property
    def at_most(self) -> float:
        """The upper end of the coefficient's 95 % interval, by Fisher's z; 1 if it has none."""
        if self.discrimination is None or self.count < FEW or abs(self.discrimination) >= 1:
            return 1.0
        return math.tanh(math.atanh(self.discrimination) + 1.96 / math.sqrt(self.count - 3))

    @property
    def flag(self) -> str:
        """What an instructor should look at; empty for an exercise as a whole, which its checks judge."""
        if not self.check:
            return ""
        if self.share == 0:
            return "nobody passes: is it taught, and is the check right?"
        if self.share == 1:
            return "does not discriminate"
        if self._few or self.at_most >= POOR:
            return ""  # a fair check may look poor by chance
        if self.at_most < 0:
            return "the stronger fail it more often: is the check right?"
        return "does not discriminate"


def analyse(earned: Points, checks: Sequence[Check]) -> list[Item]:
    """The items in the order of the checks, each exercise before its checks; none without submissions."""
    if not len(earned):
        return []
    worth = np.array([check.points for check in checks], float)
    total = earned.sum(axis=1)

    def item(columns: list[int], exercise: str, check: str, title: str) -> Item:
        own = earned[:, columns].sum(axis=1)
        points = float(worth[columns].sum())
        share = round(float(own.mean() / points), 9) if points else 0.0
        return Item(exercise, check, title, points, share, discrimination(own, total - own), len(own))

    result = []
    for exercise in dict.fromkeys(check.exercise for check in checks):
        columns = [column for column, check in enumerate(checks) if check.exercise == exercise]
        result.append(item(columns, exercise, "", exercise))
        result += [item([i], exercise, checks[i].name, checks[i].title) for i in columns]
    return result


def discrimination(item: Points, rest: Points) -> float | None:
    """Pearson's r of an item with the rest; None if either is the same for everybody."""
    if np.allclose(item, item[0]) or np.allclose(rest, rest[0]):
        return None
    return float(np.corrcoef(item, rest)[0, 1])
