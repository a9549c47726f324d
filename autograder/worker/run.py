"""Run one check program on one answer module.

    run(check, module, seed) -> Outcome
    generator_of(check, seed)    the random numbers that the check's inputs are made of

Every run is also tested for what no check needs to repeat: arguments are not modified, a second run gives the
same answer, NumPy does not overflow, and the time limit holds.
"""

from __future__ import annotations

import io
import sys
import types
import warnings
import zlib
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.worker.answer import Answer
from autograder.worker.examples import EXAMPLES, shown
from autograder.worker.fence import Fence
from autograder.worker.imports import only
from autograder.worker.outcome import MAX_TEXT, Outcome, harmless
from autograder.worker.overflow import watch_exp
from autograder.worker.plain import plain, same
from autograder.worker.timeout import WEBASSEMBLY, interactive, is_debugged, leaving, within
from autograder.worker.tracebacks import Namespace, describe_exception, shown_filename

if sys.platform in WEBASSEMBLY:
    watch_exp()


class Output(io.StringIO):
    """A stream that keeps the first characters and counts the rest; its text fits MAX_TEXT.

    A debugger writes here too, since sys.stdout is replaced: its user sees that at once.
    """

    dropped = 0

    def write(self, written: str) -> int:
        if sys.__stdout__ is not None and is_debugged(sys.gettrace()):
            print(end=written, file=sys.__stdout__, flush=True)
        room = max(MAX_TEXT - 50 - self.tell(), 0)
        super().write(written[:room])
        self.dropped += max(len(written) - room, 0)
        return len(written)

    def getvalue(self) -> str:
        """What was kept, and how much was not."""
        more = f"\n… and {self.dropped:,} more characters" if self.dropped else ""
        return super().getvalue() + more

    def close(self) -> None:
        """An answer may close sys.stdout; what it printed before can still be read."""


def run(check: Check, module: types.ModuleType, seed: int, *borrowed: Namespace) -> Outcome:
    """The outcome of `check` on the answers in `module`, run twice if the check repeats.

    Code of the namespaces `borrowed` counts as the answer's too: functions that were put into the module.
    """
    first = _once(check, module, seed, borrowed)
    if first.returned is None or not check.repeat:
        return first
    second = _once(check, module, seed, borrowed)
    if second.returned is None:
        late = second.raised is not None and second.raised.source == "timeout"
        return second if late else replace(first, unstable=tuple(first.returned))
    keys = tuple(key for key in first.returned if not same(first.returned[key], second.returned.get(key)))
    return replace(first, unstable=keys)


def _once(check: Check, module: types.ModuleType, seed: int, borrowed: tuple[Namespace, ...]) -> Outcome:
    answer, output = Answer(module), Output()
    returned, error = None, None
    own = (vars(module), *borrowed)
    with (
        warnings.catch_warnings(record=True) as caught,
        redirect_stdout(output),
        redirect_stderr(output),
        Fence(check.without, own) as fence,
        only(check.packages, own),
        interactive(),
    ):
        warnings.simplefilter("always")
        try:
            # An overflow is an exception here; whatever an answer raises becomes part of the outcome.
            with np.errstate(over="raise", under="ignore"):
                rng = generator_of(check, seed)
                returned = within(check.seconds, lambda: plain(_returned(check, answer, rng)))
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as problem:
            if stop := leaving(problem):
                raise stop from None
            error = problem
    return Outcome(
        returned,
        None if error is None else describe_exception(error, *own, seconds=check.seconds),
        modified=tuple(dict.fromkeys(answer._modified)),
        taken=fence.taken(answer._used.values()),
        printed=harmless(output.getvalue()),
        warnings=tuple(dict.fromkeys(_words(warning, answer) for warning in caught))[:5],
        last_call=answer._last_call,
        calls=answer._calls(),
        parameters=answer._parameters(),
        code=answer._code(),
    )


def _returned(check: Check, answer: Answer, rng: np.random.Generator) -> dict[str, Any]:
    """What the check program returns, and what the examples show, whatever torch and engine were left in."""
    returned = dict(check.program(answer, rng))
    if not check.examples:
        return returned
    torch, engine = (sys.modules.get(name) for name in ("torch", "engine"))
    with ExitStack() as stack:
        if torch is not None:
            stack.enter_context(torch.autocast("cpu", enabled=False))
        for module in filter(None, (torch, engine)):
            stack.enter_context(module.enable_grad())
        return returned | {EXAMPLES: shown(check.examples, answer)}


def _words(warning: warnings.WarningMessage, answer: Answer) -> str:
    """A warning's text, and its line if that is one of the answer's."""
    words = f"{warning.category.__name__}: {warning.message}"
    if warning.filename in answer._files():
        words += f" ({shown_filename(warning.filename)}, line {warning.lineno})"
    return harmless(words)


def generator_of(check: Check, seed: int) -> np.random.Generator:
    """The check's own random numbers: its inputs stay the same when other checks are added."""
    return np.random.default_rng([seed, zlib.crc32(f"{check.exercise}.{check.name}".encode())])
