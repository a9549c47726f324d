"""Notice calls of library functions that the exercise asks students to write themselves.

    with Fence(["engine.hvp"], own) as fence: ...    run answers whose code is in the namespaces `own`
    fence.taken(answers)                             the names that were called, or are the answer itself
    take_away(names)                                 let them raise NotHere, or all of a package
    resolve(name)                                    what a dotted name stands for

A call is noticed, not refused: an exception could be caught. The fence stops shortcuts, not determination: a
student who copies the engine's source into an answer has at least read it.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from types import CodeType, FrameType, FunctionType
from typing import Any, NoReturn

Namespace = dict[str, Any]

HOOK = "stands for the function that is called"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a text is not callable
    CALL: CodeType = eval(f"lambda *args, **kwargs: {HOOK!r}(*args, **kwargs)").__code__


class Fence:
    """Inside the `with`, each function and each class's __init__ is replaced by one that notes its calls."""

    def __init__(self, names: Sequence[str], own: Sequence[Namespace]) -> None:
        self._names = names
        self._own = own
        self._called: dict[str, None] = {}
        self._things: list[tuple[str, Any]] = []  # what must not be the answer itself
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Fence:
        try:
            for name in self._names:
                self._replace(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        while self._undo:
            self._undo.pop()()

    def taken(self, answers: Iterable[Any]) -> tuple[str, ...]:
        """The names that were called, or that one of `answers` is or inherits from."""
        for answer in answers:
            for name, thing in self._things:
                if answer is thing or (isinstance(thing, type) and _extends(answer, thing)):
                    self._called[name] = None
        return tuple(self._called)

    def _replace(self, name: str) -> None:
        holder, attribute = resolve(name)
        thing = getattr(holder, attribute)
        self._things.append((name, thing))
        if isinstance(thing, type):
            self._set(thing, "__init__", self._noting(name, getattr(thing, "__init__")))  # noqa: B009
            return
        if isinstance(thing, FunctionType) and not thing.__code__.co_freevars:
            self._note_within(name, thing)
            return
        noting = self._noting(name, thing)
        self._things.append((name, noting))
        for home in (holder, sys.modules.get(thing.__module__)):
            if vars(home).get(attribute) is thing:
                self._set(home, attribute, noting)
        for namespace in self._own:
            for bound in [key for key, value in namespace.items() if value is thing]:
                self._bind(namespace, bound, noting)

    def _note_within(self, name: str, function: FunctionType) -> None:
        """Let the function itself note its calls: also where an answer has stored it under another name."""
        code = function.__code__
        original = FunctionType(
            code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )
        original.__kwdefaults__ = function.__kwdefaults__

        def note(*args: Any, **kwargs: Any) -> Any:
            if self._is_own(sys._getframe(2)):
                self._called[name] = None
            return original(*args, **kwargs)

        hooked = tuple(note if constant == HOOK else constant for constant in CALL.co_consts)
        self._undo.append(lambda: setattr(function, "__code__", code))
        function.__code__ = CALL.replace(co_consts=hooked)

    def _noting(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def noting(*args: Any, **kwargs: Any) -> Any:
            if self._is_own(sys._getframe(1)):
                self._called[name] = None
            if function is object.__init__:
                return None  # it would refuse the arguments that __new__ has taken
            return function(*args, **kwargs)

        return noting

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


class NotHere(RuntimeError):
    """Called in a process in which it was taken away."""


def take_away(names: Iterable[str]) -> None:
    """Let functions and classes raise NotHere in this process: their code is gone from it.

    A package's name stands for all that its modules define.
    """
    for name in names:
        if "." in name:
            holder, attribute = resolve(name)
            _take(name, getattr(holder, attribute))
            continue
        modules = [each for key, each in sys.modules.items() if key.partition(".")[0] == name]
        for thing in [thing for module in modules for thing in vars(module).values()]:
            home = str(getattr(thing, "__module__", ""))
            if home.partition(".")[0] == name and home != "engine.modes":  # by which a worker begins each run
                _take(name, thing)


def _take(name: str, thing: Any) -> None:
    for member in [*vars(thing).values()] if isinstance(thing, type) else [thing]:
        function = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        while isinstance(function, FunctionType):
            function.__code__ = CALL.replace(
                co_consts=tuple(partial(_refuse, name) if c == HOOK else c for c in CALL.co_consts),
                co_freevars=function.__code__.co_freevars,
            )
            function = getattr(function, "__wrapped__", None)


def _refuse(name: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise NotHere(f"{name} is not here: this exercise is done without it")


def resolve(name: str) -> tuple[Any, str]:
    """The module or class that holds the thing with a dotted name, and the last part of the name.

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
