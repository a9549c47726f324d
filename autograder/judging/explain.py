"""The sentences on the card of a check that is not passed, the most helpful first.

    explain(check, outcome, wrong, mistake, context)   the sentences
    to_blame(check, outcome, context)                  the function of another exercise to mend first
    warnings(outcome, context)                         those on warnings, also for a check that is passed
    printed(outcome)                                   what the answer printed, the same
    Context                                            what they may say beyond the check itself

They speak of what a student can act on: their own lines, their own names, and the exercise to begin with.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Literal

from autograder.declare import ONCE_MORE, Check
from autograder.judging.compare import Difference, side_by_side
from autograder.judging.diagnose import remark
from autograder.judging.meanings import meaning, meaning_of_error
from autograder.judging.signatures import Signature
from autograder.judging.slips import local_for_self, slip_in, slips_of, without_return
from autograder.units.recorded import KnownMistake
from autograder.worker.outcome import Frame, Outcome, Raised

MAX_DIFFERENCES = 3  # shown; the others are counted
WARNING = "Warning (costs no points):"  # how a sentence on a warning begins
PRINTED = "It printed:"
MAX_PRINTED = 25  # lines
LOCATION = re.compile(r" \([^()]+, line \d+\)$")
BELOW_RAISE = re.compile(r"^( *)raise NotImplementedError\b.*\n\1\S", re.MULTILINE)
SYNTAX_ERRORS = ("SyntaxError", "IndentationError", "TabError")
MAX_LINE = 150  # characters of a line of code
MAX_MESSAGE = 400  # of an exception's message
PROMPTS = (">>>", "...")

Verdict = Literal["right", "not done", "wrong"]


@dataclass(frozen=True)
class Context:
    """What the sentences may say beyond a check: its stub's signatures, and verdicts on other exercises.

    owners    the exercise that defines each name
    verdict   how the checks that use a name end; called only if it explains something, since it may run them
    elsewhere the unit that asks for a name, or ""
    usual     the warnings that the right answer gives too
    right     the values that the check expects
    loads     whether the file could be run at all
    """

    unit: str
    signatures: Mapping[str, Signature] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    verdict: Callable[[str], Verdict] = lambda name: "right"
    elsewhere: Callable[[str], str] = lambda name: ""
    usual: tuple[str, ...] = ()
    right: Mapping[str, Any] | None = None
    loads: bool = True


def explain(
    check: Check, outcome: Outcome, wrong: list[Difference], mistake: KnownMistake | None, context: Context
) -> Iterator[str]:
    """The sentences of a card, and the next step at its end."""
    raised = outcome.raised
    if raised is not None and raised.source == "stub":
        yield from _stub_sentences(check, outcome, raised, context)
        return
    blamed = to_blame(check, outcome, context)
    if blamed:
        how = "is not done yet" if context.verdict(blamed) == "not done" else "fails its own checks"
        yield f"It calls {_with_exercise(blamed, context)}, which {how}: begin there."
        if check.points:
            yield f"{check.points:g} point{'s depend' if check.points != 1 else ' depends'} on it."
    if mistake is not None:
        yield f"Looks like: {mistake.title}. {mistake.advice}"
    for name in outcome.taken if mistake is None else ():
        words = "the engine" if name == "engine" else name
        yield f"It uses {words}: this exercise asks you to write that yourself."
    if raised is not None:
        yield from _exception_sentences(check, outcome, raised, context, known=mistake is not None)
    else:
        yield from _result_sentences(check, outcome, wrong, mistake, context)
    yield from _changed_parameters(outcome, context)
    yield from _remarks(outcome, context)
    if context.loads:  # there are hints on answers, none on syntax errors
        begin = context.owners[blamed] if blamed else check.exercise
        yield f"next hint: gradfn hint {context.unit}.{begin}"


def _stub_sentences(check: Check, outcome: Outcome, raised: Raised, context: Context) -> Iterator[str]:
    """NotImplementedError: from the answer itself, a line left below it, or a stub that it calls."""
    functions = [frame.function.partition(".")[0] for frame in raised.frames]
    first, last = functions[:1], "".join(functions[-1:])
    if first != functions[-1:]:
        yield f"It calls {_with_exercise(last, context)}, which is not done yet: begin there."
        yield from _lines(raised.frames[:-1])
    elif any(map(BELOW_RAISE.search, outcome.code.values())):
        at = f"line {raised.frames[-1].line} of {raised.frames[-1].filename}"
        yield f"Not done yet: your lines below {at} are never reached. Delete the raise above them."
    elif raised.begun:
        at = f"line {raised.frames[-1].line} of {raised.frames[-1].filename}"
        yield f"Not done yet: {at} still raises NotImplementedError. Delete it once the code above is done."
    else:
        yield f"Not done yet. {check.promise}"


def _exception_sentences(
    check: Check, outcome: Outcome, raised: Raised, context: Context, known: bool
) -> Iterator[str]:
    """The exception, where it was raised, and what it means unless a `known` mistake says that."""
    what = f"{raised.type_name}: {raised.message}" if raised.message else raised.type_name
    what = what[:MAX_MESSAGE] + " …" * (len(what) > MAX_MESSAGE)
    readable, frames = raised.type_name not in SYNTAX_ERRORS, raised.frames
    slip, column = slip_in(frames[-1].code if frames else "", what, readable)
    slip = slip or local_for_self(what, outcome.code.values())
    if slip and frames and column >= 0:
        frames = (*frames[:-1], replace(frames[-1], column=column))
    match raised.source:
        case "missing":
            yield f"{raised.message} is not defined. Was it renamed or deleted? Its name must stay the same."
        case "call":
            yield f"It does not take the arguments of its exercise: {what}."
        case "timeout":
            limit = re.fullmatch(r"over ([\d.]+) s", raised.message)  # a file has longer to load
            seconds = limit[1] if limit else f"{check.seconds:g}"
            yield f"Stopped after {seconds} s: a loop that does not end, or far too many steps."
            if float(seconds) < check.seconds:
                yield f"It had less than {check.seconds:g} s because other functions ran out of time."
        case "lost":
            yield f"{what}."
        case "check":
            if nothing := _returned_nothing(outcome, context):
                yield nothing
            elif outcome.last_call and not outcome.last_call.endswith(" returned None"):
                yield f"The check cannot use the result: {outcome.last_call} ({what})."
            else:
                how = "The check could not go on" if readable else "Python cannot read it"
                yield f"{how}: {what.rstrip('.')}."
                if words := slip or meaning_of_error(what):
                    yield words
        case _:
            yield what
            missing = re.match(r"NameError: name '(\w+)' is not defined", what)
            if missing and (unit := context.elsewhere(missing[1])):
                yield f"{missing[1]} belongs to the unit {unit}: copy your function from there to here."
            elif not known and (words := slip or meaning_of_error(what)):
                yield words
            name = raised.message.partition("(")[0]
            if raised.type_name == "TypeError" and name in context.signatures:
                yield f"It is called as {name}({', '.join(context.signatures[name].parameters)})."
    yield from _lines(frames)


def _lines(frames: Sequence[Frame]) -> Iterator[str]:
    """Where it happened: each line of code once, with the values of the names on it."""
    for (filename, line), run in groupby(frames, key=lambda frame: (frame.filename, frame.line)):
        first, *inner = run  # a comprehension is a frame of its own on the same line, and has more values
        inside = f" in {first.function}" if first.function else ""
        where = f"{filename}, line {line}{inside}:"
        code = textwrap.shorten(first.code, max(MAX_LINE - len(where), 30), placeholder=" …")
        if 0 <= first.column <= 60 and len(first.code) <= 80:
            yield from (where, f"  {first.code}", f"{' ' * (first.column + 2)}^")
        else:
            yield f"{where}  {code}"
        if values := [frame.values for frame in (first, *inner) if frame.values]:
            yield f"  where {values[-1]}"


def _result_sentences(
    check: Check, outcome: Outcome, wrong: list[Difference], mistake: KnownMistake | None, context: Context
) -> Iterator[str]:
    """The result, where it is not right."""
    wrong = [each for each in wrong if not each.name.startswith(ONCE_MORE)] or wrong
    slips = [*slips_of(outcome.code.values(), _results(context))] if wrong or outcome.unstable else []
    if outcome.modified:
        yield f"Changed the caller's data: {', '.join(outcome.modified)}. Work on a copy."
    if words := _returned_something(outcome, context):
        yield words
    if outcome.unstable:
        yield f"A second run with the same inputs gave another answer: {', '.join(outcome.unstable)}."
    none = [item for item in wrong if item.got is None]
    if none and (nothing := _returned_nothing(outcome, context)):
        yield nothing
        if none == wrong:
            return
    if mistake is None and (slips or (wrong and not words)):
        yield from filter(None, slips[:1] or [remark(check, context.right, outcome.returned), _lists(wrong)])
    if wrong and wrong[0].lines:
        yield "It does not show what the example in its docstring shows."
    for difference in wrong[:MAX_DIFFERENCES]:
        yield f"{difference.name}  {difference.words}".strip()
        if difference is wrong[0]:
            lines = difference.lines or side_by_side(difference.expected, difference.got)
            yield from (line if line[:3] in PROMPTS else f"    {line}" for line in lines)
    if len(wrong) > MAX_DIFFERENCES:
        more = len(wrong) - MAX_DIFFERENCES
        yield f"and {more} more wrong value{'s' * (more > 1)}"


def _results(context: Context) -> list[str]:
    """The functions of the stub that return something."""
    return [name for name, signature in context.signatures.items() if signature.returns]


def _lists(wrong: list[Difference]) -> str:
    """A sentence on lists in the place of arrays; or ""."""
    if {(type(item.expected).__name__, type(item.got).__name__) for item in wrong} != {("ndarray", "list")}:
        return ""
    return "A list came back where an array is expected: np.array or torch.tensor makes one of it."


def _returned_nothing(outcome: Outcome, context: Context) -> str:
    """A sentence on a function that returned None and should not have; "" if that is not what happened."""
    name, _, what = outcome.last_call.partition(" returned ")
    without = without_return(outcome.code, _results(context))
    if not without and (what != "None" or (name in context.signatures and name not in _results(context))):
        return ""
    if outcome.printed.strip():
        words = "and printed something: print shows a value, only return hands it back."
        return f"{without or name} returned None, {words}"
    if without:
        return f"{without} has no return, so it gives None."
    return f"{name} returned None: is a return missing? Each way through it needs one."


def _returned_something(outcome: Outcome, context: Context) -> str:
    """A sentence on a function that should change what it gets and returned something in its place; or ""."""
    name, _, what = outcome.last_call.partition(" returned ")
    if what in ("", "None") or name not in context.signatures or context.signatures[name].returns:
        return ""
    return f"{name} returned {what}, but nothing is asked back: it has to change what it was given."


def _changed_parameters(outcome: Outcome, context: Context) -> Iterator[str]:
    """Parameters that are not those of the stub, and those."""
    for name, found in outcome.parameters.items():
        stub = context.signatures.get(name)
        if stub and stub.differs_from(found):
            how = "are in another order" if sorted(found) == sorted(stub.parameters) else "were changed"
            now, then = (", ".join(parameters) for parameters in (found, stub.parameters))
            yield f"Its parameters {how}: it is {name}({now}), and was {name}({then})."


def to_blame(check: Check, outcome: Outcome, context: Context) -> str:
    """The first function in the stub, of another exercise, that the answer calls and that is wrong; or ""."""
    others = (n for n, owner in context.owners.items() if n in outcome.calls and owner != check.exercise)
    return next((name for name in others if context.verdict(name) != "right"), "")


def _with_exercise(name: str, context: Context) -> str:
    """A function's name, and its exercise where that has another name."""
    exercise = context.owners.get(name, name)
    return f"`{name}`" if exercise == name else f"`{name}` (in {exercise})"


def _remarks(outcome: Outcome, context: Context) -> Iterator[str]:
    """Warnings and output, which may explain something."""
    yield from warnings(outcome, context)
    yield from printed(outcome)


def printed(outcome: Outcome) -> Iterator[str]:
    """What the answer printed, line by line."""
    lines = [line for line in outcome.printed.splitlines() if line.strip()]
    cut = lines.pop()[1:] if lines and re.fullmatch(r"… and [\d,]+ more characters", lines[-1]) else ""
    yield from [PRINTED] if lines else []
    yield from (f"    {line}" for line in lines[:MAX_PRINTED])
    more = len(lines[MAX_PRINTED:])
    if more or cut:
        yield "    …" + f" and {more} more line{'s' * (more > 1)}" * bool(more) + cut


def warnings(outcome: Outcome, context: Context) -> Iterator[str]:
    """Each kind of warning once, with its meaning, without those that the right answer gives too."""
    usual = {_kind(warning) for warning in context.usual}
    kinds = {_kind(warning): warning for warning in reversed(outcome.warnings)}
    for kind, warning in list(reversed(kinds.items()))[:2]:
        if kind not in usual:
            location = warning.removeprefix(kind)
            words = textwrap.shorten(kind, 200, placeholder=" …").rstrip(".")
            sentence = f"{words}{location}"
            yield f"{WARNING} {sentence}{'.' * (not sentence.endswith('…'))} {meaning(warning)}".strip()


def _kind(warning: str) -> str:
    """A warning's text without its location."""
    return LOCATION.sub("", warning)
