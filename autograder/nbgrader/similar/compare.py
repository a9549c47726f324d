"""Which submissions share what hardly anybody else has.

compare(texts, known)    the pairs of a class, most alike first, and how alike all pairs are

An answer is taken apart into features: each line of code with the names in it numbered, so that renaming
changes nothing; each run of a few tokens within a line; each comment. The order of lines does not matter.
What stands in the stub or the solution is taken out. A feature that f of n submissions have counts
log2(n / f): what most share says nothing, what two share says much. (The weights are those of text
retrieval, Sparck Jones 1972.)
"""

from __future__ import annotations

import builtins
import io
import keyword
import math
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

RUN = 6  # tokens; shorter runs are in every answer
COMMENT = 12  # characters; shorter comments are in many
LONGEST = 20_000  # characters of a cell; answers have a few hundred
PLENTY = 3  # submissions, or a tenth of the class: what more of them share is usual
ENOUGH = 25.0  # bits that one exercise counts at most: two may have one thought
EVIDENCE = 40.0  # bits that a pair has to share before it stands out
SHARE = 0.6  # of what is peculiar to the shorter of the two
PYTHON = {*keyword.kwlist, *dir(builtins)}
_LAYOUT = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)


@dataclass(frozen=True)
class Line:
    """A line of code or a comment as it is written, with its number and its features."""

    number: int
    features: frozenset[str]


@dataclass(frozen=True)
class Pair:
    """Two submissions: the bits that they share, and their part of what is peculiar to the shorter one."""

    first: str
    second: str
    bits: float
    share: float
    shared: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def stands_out(self) -> bool:
        """Whether a person should look at the two."""
        return self.bits >= EVIDENCE and self.share >= SHARE


def lines_of(source: str) -> Iterator[Line]:
    """The lines of a cell; what Python cannot split into tokens ends them."""
    tokens: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source[:LONGEST]).readline):
            if token.type == tokenize.COMMENT:
                words = " ".join(token.string.strip("# ").casefold().split())
                if len(words) >= COMMENT:
                    yield Line(token.start[0], frozenset({f"# {words}"}))
            elif token.type == tokenize.NEWLINE or token.string == ";":
                yield from _line(tokens)
                tokens = []
            elif token.type not in _LAYOUT:
                tokens.append(token)
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    yield from _line(tokens)


def _line(tokens: list[tokenize.TokenInfo]) -> Iterator[Line]:
    """A line with its features; a docstring is none."""
    if not tokens or all(token.type == tokenize.STRING for token in tokens):
        return
    words = [_word(token, before) for token, before in zip(tokens, [None, *tokens], strict=False)]
    runs = {_numbered(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}
    yield Line(tokens[0].start[0], frozenset({*runs, f"line: {_numbered(words)}"}))


def _word(token: tokenize.TokenInfo, before: tokenize.TokenInfo | None) -> str:
    """A token's text; "?name" for a name that a student may have chosen."""
    is_own = token.type == tokenize.NAME and token.string not in PYTHON
    return f"?{token.string}" if is_own and not (before and before.string == ".") else token.string


def _numbered(words: Iterable[str]) -> str:
    """The words with chosen names numbered by their first place: renaming all of them changes nothing."""
    numbers: dict[str, str] = {}
    return " ".join(numbers.setdefault(w, f"?{len(numbers)}") if w[0] == "?" else w for w in words)


def features_of(cells: Iterable[str]) -> frozenset[str]:
    """The features of all cells."""
    return frozenset(feature for cell in cells for line in lines_of(cell) for feature in line.features)


def compare(texts: Mapping[str, Mapping[str, str]], known: Iterable[str]) -> list[Pair]:
    """The pairs of students that share anything unusual, most evidence first.

    `texts` maps a student to the cells of the submission by exercise; `known` holds cells that everybody has.
    """
    common = features_of(known)
    own = {
        student: {(name, f) for name, cell in cells.items() for f in features_of([cell]) - common}
        for student, cells in texts.items()
    }
    having = defaultdict(list)
    for student, found in own.items():
        for feature in found:
            having[feature].append(student)
    weights = {feature: math.log2(len(texts) / len(students)) for feature, students in having.items()}
    totals = {student: sum(map(weights.__getitem__, found)) for student, found in own.items()}
    most = max(PLENTY, len(texts) // 10)
    bits: dict[tuple[str, str], defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for feature, students in having.items():
        if len(students) <= most:
            for two in combinations(students, 2):
                bits[two][feature[0]] += weights[feature]
    pairs = [
        Pair(
            *two,
            sum(min(found, ENOUGH) for found in by_exercise.values()),
            sum(by_exercise.values()) / max(min(totals[student] for student in two), 1e-9),
            frozenset(feature for _, feature in own[two[0]] & own[two[1]]),
        )
        for two, by_exercise in bits.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.bits * pair.share, pair.first, pair.second))
