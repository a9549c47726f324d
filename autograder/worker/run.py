"""Running one check program on one answer module.

    run(check, module, seed) -> Outcome

What every check asserts of itself is looked after here: arguments are not modified, a second run gives the
same answer, NumPy does not overflow, and the time limit holds.
"""

from __future__ import annotations

import io
import types
import warnings
import zlib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace

import numpy as np

from autograder.declare import Check
from autograder.worker.answer import Answer
from autograder.worker.fence import fenced
from autograder.worker.outcome import MAX_TEXT, Outcome, harmless
from autograder.worker.plain import plain, same
from autograder.worker.timeout import within
from autograder.worker.tracebacks import Namespace, describe_exception, shown_filename


class Output(io.StringIO):
    """Keeps the first characters written to it and lets the rest go, however much it is."""

    def write(self, written: str) -> int:
        if (room := MAX_TEXT - self.tell()) > 0:
            super().write(written[:room])
        return len(written)

    def close(self) -> None:
        """Whoever closes sys.stdout does not close what is read here afterwards."""


def run(check: Check, module: types.ModuleType, seed: int, *borrowed: Namespace) -> Outcome:
    """Run `check` on the answers in `module`, twice where the check repeats, and say what came of it.

    `borrowed` are namespaces whose code counts as the answer's too: functions that came from elsewhere.
    """
    first = _once(check, module, seed, borrowed)
    if first.returned is None or not check.repeat:
        return first
    second = _once(check, module, seed, borrowed)
    if second.returned is None:
        return replace(first, unstable=tuple(first.returned))
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
        fenced(check.without, own) as fence,
    ):
        warnings.simplefilter("always")
        try:
            # Stopping is for the limits; everything else that an answer raises is data.
            with np.errstate(over="raise", under="ignore"):
                rng = np.random.default_rng([seed, _key(check)])
                returned = within(check.seconds, lambda: plain(dict(check.program(answer, rng))))
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as problem:
            error = problem
    return Outcome(
        returned,
        None if error is None else describe_exception(error, *own, seconds=check.seconds),
        modified=tuple(dict.fromkeys(answer._modified)),
        taken=fence.taken(answer._asked.values()),
        printed=harmless(output.getvalue()),
        warnings=tuple(dict.fromkeys(_words(warning, answer) for warning in caught))[:5],
        last_call=answer._last_call,
        calls=answer._calls(),
        parameters=answer._parameters(),
    )


def _words(warning: warnings.WarningMessage, answer: Answer) -> str:
    """A warning's text, with its line where that is one of the answer's."""
    said = f"{warning.category.__name__}: {warning.message}"
    if warning.filename in answer._files():
        said += f" ({shown_filename(warning.filename)}, line {warning.lineno})"
    return harmless(said)


def _key(check: Check) -> int:
    """A number of the check's own, so that its inputs do not depend on which checks exist beside it."""
    return zlib.crc32(f"{check.exercise}.{check.name}".encode())
