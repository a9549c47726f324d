"""The ways to keep a submission apart from this machine, and which of them is used here.

    Isolation                a way: its name, what it lacks here, which units fit, how a worker starts
    chosen(unit, gpu)        the first way that works here and fits the unit
    lacking(unit, gpu)       why none does, in words; empty if one does
    begin(unit)              start what a worker of the unit needs, without waiting for it
    start(unit, gpu, bare)   a worker for one submission, ready to answer
    require(units)           make ready what grading these units needs, or raise Unconfined
    ISOLATION                the environment variable that names the way: bubblewrap, wasm or account

bubblewrap comes first: it has more layers, and torch. Where it does not work, a unit that needs NumPy only is
graded in WebAssembly, if that is installed. Accounts are for a container that is thrown away: only their name
chooses them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from autograder.errors import Unconfined
from autograder.grading import accounts, confinement, processes, wasm
from autograder.grading.confinement import UNCONFINED, Devices
from autograder.grading.processes import WorkerHandle
from autograder.units.kit import KitUnit

ISOLATION = "GRADFN_ISOLATION"


@dataclass(frozen=True)
class Isolation:
    """A way to run submissions; `lacking` and `unfit` are empty, or say why it cannot be used here."""

    name: str
    title: str
    lacking: Callable[[], str]
    unfit: Callable[[KitUnit, Devices], str]
    start: Callable[[KitUnit, Devices, bool], WorkerHandle]
    prepare: Callable[[], object] = lambda: None
    begin: Callable[[KitUnit], object] = lambda unit: None


def _fits(unit: KitUnit, gpu: Devices) -> str:
    return ""


def _no_gpu(unit: KitUnit, gpu: Devices) -> str:
    return "it has no GPU" if gpu else ""


BUBBLEWRAP = Isolation(
    "bubblewrap",
    "bubblewrap",
    lru_cache(maxsize=1)(lambda: confinement.lacking()),
    _fits,
    lambda *asked: processes.fork(confinement, *asked),
    begin=lambda unit: processes.begin(confinement, unit),
)
WASM = Isolation("wasm", "WebAssembly", wasm.lacking, wasm.unfit, wasm.start, wasm.prepare)
ACCOUNT = Isolation(
    "account",
    "an account without rights",
    lru_cache(maxsize=1)(lambda: accounts.lacking()),
    _no_gpu,
    lambda *asked: processes.fork(accounts, *asked),
)
NONE = Isolation("none", "no sandbox", lambda: "", _fits, processes.plain)
BY_ITSELF, WAYS = (BUBBLEWRAP, WASM), {way.name: way for way in (BUBBLEWRAP, WASM, ACCOUNT)}


def chosen(unit: KitUnit, gpu: Devices = ()) -> Isolation:
    """The way to run the unit's submissions; raises Unconfined, with what to do, where there is none."""
    if os.environ.get(UNCONFINED):
        return NONE
    for way in ways():
        if not (way.lacking() or way.unfit(unit, gpu)):
            return way
    raise Unconfined(
        "submissions are untrusted code, and this machine cannot confine them. "
        f"{lacking(unit, gpu)}. gradfn doctor says more. --unconfined runs them without a sandbox, with all "
        "your rights"
    )


def lacking(unit: KitUnit, gpu: Devices = ()) -> str:
    """Why no way works here for the unit; empty if one does."""
    reasons = [(way.title, way.lacking() or way.unfit(unit, gpu)) for way in ways()]
    return ". ".join(map(": ".join, reasons)) * all(reason for _, reason in reasons)


def ways() -> tuple[Isolation, ...]:
    """The ways to try, in order: the one that is named, or all that may be chosen by themselves."""
    if not (name := os.environ.get(ISOLATION)):
        return BY_ITSELF
    if name not in WAYS:
        raise Unconfined(f"{ISOLATION}={name}: there is no such way to confine; there are {', '.join(WAYS)}")
    return (WAYS[name],)


def begin(unit: KitUnit) -> None:
    """Start what a worker of the unit needs, without waiting for it; raises Unconfined as `chosen` does."""
    chosen(unit).begin(unit)


def start(unit: KitUnit, gpu: Devices = (), bare: bool = False) -> WorkerHandle:
    """Start a worker and wait until it is ready; `gpu` are the device files of a GPU it may use.

    The files of the engine, which it has imported, are gone for a worker that is `bare`.

    Raises Unconfined if submissions must not run on this machine, KitFault if the worker does not start.
    """
    return chosen(unit, gpu).start(unit, gpu, bare)


def require(units: Iterable[KitUnit]) -> None:
    """Make ready what grading these units needs; raises Unconfined as `chosen` does."""
    for unit in units:
        chosen(unit).prepare()
