"""Noticing that an answer takes from a library what its exercise asks to write by hand.

    with fenced(["engine.hvp"], own) as fence: ...    runs answers whose code lives in the namespaces `own`
    fence.taken(answers)                              the names that were called, or handed in as the answer

Every call is made all the same, so that no `except` hides it. It is a fence and no wall: somebody who copies
the engine's source into an answer has at least read it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any

Namespace = dict[str, Any]


@contextmanager
def fenced(names: Sequence[str], own: Sequence[Namespace]) -> Iterator[Fence]:
    """A block in which calls of what `names` name, made by code in `own`, are noticed."""
    fence = Fence(names, own)
    try:
        fence.put_up()
        yield fence
    finally:
        fence.take_down()


class Fence:
    """Puts a noticing function in the place of each function, and of each class's __init__."""

    def __init__(self, names: Sequence[str], own: Sequence[Namespace]) -> None:
        self._names = names
        self._own = own
        self._called: dict[str, None] = {}
        self._things: list[tuple[str, Any]] = []  # what must not be the answer itself
        self._undo: list[Callable[[], None]] = []

    def put_up(self) -> None:
        for name in self._names:
            holder, attribute = named(name)
            thing = getattr(holder, attribute)
            self._things.append((name, thing))
            if isinstance(thing, type):
                self._set(thing, "__init__", self._noticing(name, getattr(thing, "__init__")))  # noqa: B009
                continue
            noticing = self._noticing(name, thing)
            self._things.append((name, noticing))
            for home in (holder, sys.modules.get(thing.__module__)):
                if vars(home).get(attribute) is thing:
                    self._set(home, attribute, noticing)
            for namespace in self._own:
                for bound in [key for key, value in namespace.items() if value is thing]:
                    self._bind(namespace, bound, noticing)

    def take_down(self) -> None:
        while self._undo:
            self._undo.pop()()

    def taken(self, answers: Iterable[Any]) -> tuple[str, ...]:
        """The names that were called, and those of which one of `answers` is a copy or an heir."""
        for answer in answers:
            for name, thing in self._things:
                if answer is thing or (isinstance(thing, type) and _extends(answer, thing)):
                    self._called[name] = None
        return tuple(self._called)

    def _noticing(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def noticing(*args: Any, **kwargs: Any) -> Any:
            if self._is_own(sys._getframe(1)):
                self._called[name] = None
            if function is object.__init__:
                return None  # it would refuse the arguments that __new__ has taken
            return function(*args, **kwargs)

        return noticing

    def _is_own(self, frame: FrameType) -> bool:
        return any(frame.f_globals is namespace for namespace in self._own)

    def _set(self, holder: Any, attribute: str, value: Any) -> None:
        if attribute in vars(holder):
            before = vars(holder)[attribute]
            self._undo.append(lambda: setattr(holder, attribute, before))
        else:
            self._undo.append(lambda: delattr(holder, attribute))
        setattr(holder, attribute, value)

    def _bind(self, namespace: Namespace, name: str, value: Any) -> None:
        before = namespace[name]
        self._undo.append(lambda: namespace.update({name: before}))
        namespace[name] = value


def named(name: str) -> tuple[Any, str]:
    """The module or class that holds what a dotted name names, and its name there.

    Raises ImportError or AttributeError where there is no such thing.
    """
    root, *path, attribute = name.split(".")
    holder: Any = importlib.import_module(root)
    for part in path:
        holder = getattr(holder, part)
    getattr(holder, attribute)
    return holder, attribute


def _extends(answer: Any, thing: type) -> bool:
    return isinstance(answer, type) and issubclass(answer, thing)
