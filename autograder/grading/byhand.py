"""What a person should look at in answers that are to be written by hand.

look_at(unit, labels, mentions)    a note for each cell that mentions what its unit does without, or the judge

A worker notices calls of such functions while it runs the answers, and an answer can hide a call from it. The
judge sees what an answer's text mentions; that may be harmless, so it costs no points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.units.kit import KitUnit

#: By which a function gets at what is hidden from it.
WAYS_AROUND = {
    *("__wrapped__", "__closure__", "__globals__", "__code__", "__subclasses__", "__builtins__"),
    *("f_back", "f_globals", "f_locals", "_getframe", "ctypes", "gc", "importlib"),
}


def look_at(unit: KitUnit, labels: Sequence[str], mentions: Sequence[Sequence[str]]) -> Iterator[str]:
    """The notes on some cells, by what each mentions."""
    names = {name.rpartition(".")[2] for names in unit.declaration.without.values() for name in names}
    if "engine.functional" not in unit.recorded.stub:
        names.add("functional")
    usual = unit.recorded.stub
    for label, mentioned in zip(labels, mentions, strict=True):
        found = [name for name in mentioned if _is_odd(name, names) and name not in usual]
        if found:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            yield f"to look at: {label} mentions {', '.join(found[:5])}{more}"


def _is_odd(name: str, names: set[str]) -> bool:
    parts = name.split(".")
    if parts[0] == "autograder":
        return parts[1:2] != ["jupyter"]
    ways = bool(WAYS_AROUND & set(parts)) or parts[:2] == ["sys", "modules"]
    return ways or (parts[0] == "engine" and bool(names & set(parts[1:])))
