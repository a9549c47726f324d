"""Slips that can be made with any function, derived from the right answer: no author has to write them.

    slips_of(function)    (title, advice, wrong function) for each: two neighbouring arguments exchanged

A slip is a mistake like the declared ones, kept where it shows in values and where no declared one says more.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import pairwise
from typing import Any

Slip = tuple[str, str, Callable[..., Any]]


def slips_of(function: Any) -> Iterator[Slip]:
    """The slips that a function allows; none where it takes fewer than two arguments, or is a class."""
    if not isinstance(function, types.FunctionType):
        return
    parameters = list(inspect.signature(function).parameters.values())
    names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty]
    for place, (first, second) in enumerate(pairwise(names)):
        called = ", ".join([*names[:place], second, first, *names[place + 2 :]])
        yield (
            f"{first} and {second} of {function.__name__} exchanged",
            f"The values are those of {function.__name__}({called}). Each argument has its place in the "
            "`def`, and its part in the formula.",
            _exchanged(function, place, first, second),
        )


def _exchanged(function: Callable[..., Any], place: int, first: str, second: str) -> Callable[..., Any]:
    @wraps(function)
    def exchanged(*args: Any, **kwargs: Any) -> Any:
        given = inspect.signature(function).bind(*args, **kwargs)
        both = given.arguments
        both[first], both[second] = both[second], both[first]
        return function(*given.args, **given.kwargs)

    return exchanged
