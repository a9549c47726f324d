"""Python's own slips: what a beginner wrote, or pasted, that Python reads otherwise or not at all.

slip_in(line, error)    of the line at which an error was raised: a tutor's sentence, and its column
slips_of(code, names)   of code that ran and gave wrong numbers: a sentence on each; `names` return something
local_for_self(error, code)     of an attribute that is missing: whether a local variable was meant
without_return(code, names)     the first of these functions that has no return; or ""
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from autograder.worker.source import MAX_CODE

#: By what stands in a line that Python cannot read; the first that is found counts.
UNREADABLE = {
    r"^\s*(<{7}|={7}|>{7})": "The file was not merged: keep one of the two versions, and delete the lines "
    "that begin with <<<<<<<, ======= and >>>>>>>.",
    r"^\s*(>>>|In \[\d+\]:|\.\.\. )": "This was pasted from a console: delete its prompt, such as >>>.",
    r"^\s*```": "This was pasted from a chat or a web page: delete the lines with ```.",
    "[\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb]": "These quotes were pasted: type them anew, ' or \".",
    "[\u2212\u2013\u2014]": "This minus sign was pasted: type - anew.",
    "[\u00a0\u2000-\u200d\u202f\u3000\ufeff]|U\\+(00A0|200|202F|3000|FEFF)": "A space of another kind was "
    "pasted: delete the spaces of this line and type them anew.",
    "[\u00d7\u00b7\u22c5]": "Python writes * for times.",
    "[\u2264\u2265\u2260]": "Python writes <=, >= and !=.",
    r"=>": "Python writes >=.",
    r"=<": "Python writes <=.",
    r"<>": "Python writes !=.",
    r"&&": "Python writes `and`.",
    r"\|\|": "Python writes `or`.",
    r"\+\+|--": "Python has no ++ and no --: write m += 1.",
    r"\belse +if\b": "Python writes `elif`.",
    r"!(?!=)": "Python writes `not`.",
    r"inconsistent use of tabs": "A tab stands among spaces: type four spaces in its place.",
    r"unindent does not match": "This line begins in a column of its own: begin it below one of those above.",
}
#: By an error's own words: where it stands in the line, and the sentence.
RAISED = {
    r"bitwise_xor|for \^(=|:)": (r"\^", "^ is no power in Python: write w ** 2."),
    r"('|, not |got )(method|function|builtin_function_or_method)": (
        "$^",
        "A function stands here without being called: are its () missing?",
    ),
    r"cannot assign (module|parameters?) before Module": ("$^", "Begin __init__ with super().__init__()."),
}
LARGEST = r"np\.(max|min)\((\w+, 0(\.0)?|0(\.0)?, \w+)\)"
#: By what stands in code as `ast.unparse` writes it.
MEANT_OTHERWISE = {
    r"(?m)^ +([\w.]+) = \+[\w(]": "`{1} =+ ...` sets {1} to the change alone: `+=` adds it.",
    LARGEST: "np.{1}({2}) takes the {1} along an axis: np.{1}imum compares each element with 0.",
    r" \^ ": "^ is no power in Python: write w ** 2.",
    r"(?m)^ {8}(\w+) = nn\.": "{1} is a local name, gone when __init__ ends: write self.{1}.",
    r"def \w+\([^)\n]*=(\[\]|\{\}|set\(\)|dict\(\)|list\(\))": "The default {1} is made once and shared by "
    "all calls: write None there, and make a new one inside the function.",
    r"(?m)^( *)(?:for|while) .*:\n(?:\1 {4}.*\n)*?\1 {4}(return .*)": "`{2}` stands inside the loop, which "
    "ends in its first round: move it to the left.",
    r"(?m)^( *)for (?:[\w(]+, )*\(?(\w+)\b[\w, ()]* in .*:\n(?:\1 {4}.*\n)*?\1 {4}(\2 = .*+)"
    r"(?!\n\1 {4})": "`{3}` gives the name {2} to something new: what the loop took {2} from stays as it "
    "was.",
    r"(?m)^ +raise \w+\('[^'\n]*\{\w[^'\n]*'\)": "The text has {{...}} and no f before it: f'...' puts "
    "the values in.",
    r"(?m)^ +([\w.]+\.(reshape|astype|transpose|squeeze|clip|copy|detach)\(.*)": "The result of `{1}` is "
    "thrown away: it changes nothing in place.",
}


def slip_in(line: str, error: str, readable: bool) -> tuple[str, int]:
    """A sentence on the line at which an error was raised, and its column; "" and -1 where none is known."""
    if readable:
        for pattern, (mark, words) in RAISED.items():
            if re.search(pattern, error):
                return words, _column(mark, line)
        return next(slips_of([line]), ""), _column(LARGEST, line)
    for pattern, words in UNREADABLE.items():
        if re.search(pattern, line) or re.search(pattern, error):
            return words, _column(pattern, line)
    return "", -1


def slips_of(code: Iterable[str], names: Iterable[str] = ()) -> Iterator[str]:
    """A sentence on each slip in functions that could be run."""
    whole = "\n".join(code)
    for pattern, words in MEANT_OTHERWISE.items():
        if found := re.search(pattern, whole):
            yield words.format(*(found[0], *found.groups()))
    for found in re.finditer(rf"(?m)^ +(({'|'.join(map(re.escape, names)) or '$^'})\(.*)", whole):
        if not re.search(r"\)\.\w+\([^()]*\)$", found[1]):  # loss_fn().backward() takes it
            yield f"The result of `{found[1]}` is thrown away: write what takes it, and = before the call."


def local_for_self(error: str, code: Iterable[str]) -> str:
    """A sentence on an attribute that is missing, where a local variable has its name; or ""."""
    found = re.match(r"AttributeError: '\w+' object has no attribute '(\w+)'", error)
    if found and re.search(rf"(?m)^ +{found[1]} = ", "\n".join(code)):
        return f"{found[1]} is a local name where it is set: write self.{found[1]} there."
    return ""


def without_return(code: Mapping[str, str], names: Iterable[str]) -> str:
    """The first of the functions, as in "step" or "MLP.forward", that has neither return nor yield; or ""."""
    for name in names:
        owner, _, method = name.partition(".")
        found = re.search(rf"( *)def {method or owner}\(.*?(?=\n\1\S|\Z)", code.get(owner, ""), re.DOTALL)
        whole = found and len(code[owner]) < MAX_CODE
        if found and whole and not re.search(r"\b(return|yield|raise)\b", found[0]):
            return name
    return ""


def _column(pattern: str, line: str) -> int:
    found = re.search(pattern, line)
    return found.start() if found else -1
