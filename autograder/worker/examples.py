"""The examples in an answer's docstring, run and compared as Python's doctest does.

    examples_in(source)         those in the docstring of each function or class, and of its methods
    shown(examples, answer)     what each of them shows; the last one that ran may have raised an exception
    holds(example, text)        whether that is what the docstring says

An example shows the values of its expressions, and what it prints itself; what the answer prints does not
count. The first of a check's examples is the unit's own first cell, which shows nothing.
"""

from __future__ import annotations

import ast
import doctest
import io
import re
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import zip_longest
from typing import Any

import numpy as np

from autograder.declare import builtin_name

#: The name of what examples show in the data that a check returns.
EXAMPLES = "the examples in its docstring"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SCALAR, DTYPE = re.compile(r"np\.\w+\(([^()]*)\)"), re.compile(r",\s*dtype=[\w.]+")


@lru_cache(maxsize=256)
def examples_in(source: str) -> Mapping[str, tuple[doctest.Example, ...]]:
    """The examples that are to be run, by the function or class whose docstring holds them."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {
        top.name: tuple(
            example
            for node in ast.walk(top)
            if isinstance(node, kinds)
            for example in doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")
            if not example.options.get(doctest.SKIP)
        )
        for top in ast.parse(source).body
        if isinstance(top, kinds)
    }


def shown(examples: Sequence[doctest.Example], answer: Any) -> list[str]:
    """What each example but the first shows, until one raises what it should not."""
    setup, *lines = examples
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(setup.source, "<setup>", "exec"), names)
    mentioned = [
        node.id for e in lines for node in ast.walk(ast.parse(e.source)) if isinstance(node, ast.Name)
    ]
    own = set(mentioned) & vars(answer._module).keys() - names.keys()
    names |= {name: getattr(answer, name) for name in sorted(own)}
    found: list[str] = []
    before = sys.displayhook
    for example in lines:
        text = io.StringIO()
        names["print"] = partial(show, text)
        sys.displayhook = partial(_display, text)
        try:
            exec(compile(example.source, "<docstring>", "single"), names)
        except NotImplementedError:
            raise
        except Exception as error:
            print(f"{builtin_name(type(error))}: {error}", file=text)
            lines = lines if example.exc_msg else []
        finally:
            sys.displayhook = before
        found.append(text.getvalue())
        if not lines:
            break
    return found


def show(text: io.StringIO, *values: Any, as_is: Callable[[Any], str] = str, **how: Any) -> None:
    """Print, whatever an answer has told NumPy of showing numbers."""
    with np.printoptions(precision=8, threshold=1000, linewidth=75, suppress=False, sign="-"):
        print(*map(as_is, values), file=text, **how)


def _display(text: io.StringIO, value: object) -> None:
    """Show what an expression gives, as Python does."""
    if value is not None:
        show(text, value, as_is=repr)


def holds(example: doctest.Example, text: str, exact: bool = False) -> bool:
    """Whether an example shows what the docstring says; or, unless `exact`, the same by the judge's measure.

    That is: NumPy's 0.5 for 0.5, a dtype that the docstring does not show, a list for a tuple.
    """
    options = OPTIONS
    for option, on in example.options.items():
        options = options | option if on else options & ~option
    want = example.want if example.exc_msg is None else example.exc_msg
    if example.exc_msg and options & doctest.IGNORE_EXCEPTION_DETAIL:
        want, text = (words.partition(":")[0].rpartition(".")[2] + "\n" for words in (want, text))
    same = partial(doctest.OutputChecker().check_output, optionflags=options)
    if exact or same(want, text):
        return same(want, text)
    text = SCALAR.sub(r"\1", text if "dtype=" in want else DTYPE.sub("", text))
    want = SCALAR.sub(r"\1", want)
    lists = " ".join(want.replace(",)", ")").split())
    pairs = [*zip_longest(lists, " ".join(text.split()))]
    return same(want, text) or all(a == b or (a, b) in (("(", "["), (")", "]")) for a, b in pairs)


def mentions(code: types.CodeType, name: str) -> bool:
    """Whether a check program's code mentions a function of the answer, or an inner function's does."""
    return name in code.co_names or any(
        mentions(part, name) if isinstance(part, types.CodeType) else str(part).partition("(")[0] == name
        for part in code.co_consts
    )
