"""What warnings and errors that learners meet mean, a sentence on each.

    meaning("RuntimeWarning: divide by zero encountered in log")   "The logarithm of 0 is -inf."
    meaning_of_error("EOFError: EOF when reading a line")          "input() cannot work here, ..."

A text without a row in the tables gets no sentence.
"""

from __future__ import annotations

import re

#: By patterns of a warning's text; the first that is found counts. NumPy's, Python's, then PyTorch's.
MEANINGS = {
    r"divide by zero encountered in log": "The logarithm of 0 is -inf.",
    r"divide by zero": "A number was divided by 0, which gives inf, or nan for 0 / 0.",
    r"invalid value encountered in (log|sqrt)": "The log or square root of a negative number is undefined: "
    "the result is nan.",
    r"invalid value encountered in cast": "nan and inf have no integer value: the result is arbitrary.",
    r"invalid value": "An undefined operation, such as 0 / 0 or inf - inf, gives nan.",
    r"overflow encountered in (cast|reduce)": "A number too large for its dtype became inf.",
    r"overflow encountered": "A result too large for its dtype became inf, or wrapped around for integers.",
    r"Mean of empty slice|Degrees of freedom": "The mean of no numbers is nan: is an array empty?",
    r"Conversion of an array with ndim > 0": "float() wants a single number: take an element, such as x[0].",
    r"ragged nested sequences": "The rows have different lengths, so they cannot form an array of numbers.",
    r"Casting complex values": "The imaginary part was dropped.",
    r"invalid escape sequence": r"Write a raw string, r'...', or double the backslash.",
    r'"is" with .* literal': "`is` tests for the same object: compare values with ==.",
    r"lr_scheduler\.step\(\)` before `optimizer\.step": "Call optimizer.step() first and scheduler.step() "
    "after it, or the first learning rate is skipped.",
    r"To copy construct from a tensor": "torch.tensor(t) copies a tensor: write t.clone().detach().",
    r"list of numpy\.ndarrays is extremely slow": "Make one array first: torch.from_numpy(np.array(arrays)).",
    r"non-writable|not writ[ae]?able": "The tensor shares memory that must not change: copy the array first.",
    r"\.grad attribute of a Tensor that is not a leaf": "Only leaves keep .grad: call retain_grad() on "
    "others before backward().",
    r"target size .* different to the input size": "Shapes that differ are broadcast: every prediction is "
    "compared with every target. Give both the same shape.",
    r"Implicit dimension choice for": "Say which dimension sums to 1: dim=-1 for rows of logits.",
    r"None of the inputs have requires_grad": "No input requires a gradient, so none is computed.",
    r"use_reentrant": "Choose the kind of checkpoint: use_reentrant=False.",
    r"(functional\.\w+|torch\.\w+) is deprecated": "The warning names its replacement.",
}

INNER = (
    "In A @ B, A must have as many columns as B has rows; a vector counts as a row on the left, as a "
    "column on the right."
)
PAIRS = "Broadcasting compares shapes from the last axis backwards: lengths must be equal, or one of them 1."

#: The same for errors, which NumPy and PyTorch word for readers who know what they did.
ERRORS = {
    r"truth value of an array|Boolean value of Tensor": "`if`, `and`, `or`, max() and min() need a single "
    "True or False, but this array holds many: where(condition, a, b) of NumPy or PyTorch chooses for each "
    "element. If you mean a single number, find out why it is an array.",
    r"matmul: .* mismatch in its core dimension|shapes .* not aligned|shapes cannot be multiplied": INNER,
    r"size mismatch, got input|inconsistent tensor size, expected": INNER,
    r"matmul: .* does not have enough dimensions|both arguments to matmul need to be": "@ multiplies "
    "vectors and matrices: use * for a single number.",
    r"could not be broadcast|The size of tensor a .* must match": PAIRS,
    r"only (length-1|size-1|0-dimensional) arrays|only one element tensors": "float(), int() and the math "
    "module take a single number: use NumPy's functions for arrays, PyTorch's for tensors.",
    r"inhomogeneous shape|setting an array element with a sequence": "The rows have different lengths, so "
    "they cannot form an array of numbers. Or is it what a function returned that gives several values? "
    "Unpack them, as in a, b = f(x).",
    r"can't multiply sequence by non-int|operand type\(s\) .*'list'": "A list stands where a number should: "
    "take its element, such as [0]. A model gives a list even of a single number.",
    r"index -?\d+ is out of bounds|(list|tuple) index out of range": "Indices begin at 0: the last one is "
    "the length minus 1.",
    r"assignment destination is read-only": "This array must not be changed: make a new one.",
    r"cannot access local variable|referenced before assignment": "A name that a function assigns anywhere "
    "is local to it, and on this line it has no value yet.",
    r"^BdbQuit|^Exit: Quitting": "A debugger was started and left: take breakpoint() or set_trace() out.",
    r"EOF when reading a line|reading from stdin while|does not support input": "input() cannot work here, "
    "nobody is at the keyboard: take the value from the function's arguments.",
    r"name '(exp|log|log1p|sqrt|tanh|sin|cos|maximum|where)' is not defined": "It is a function of NumPy, as "
    "in np.exp(x); of a Value it is a method, v.exp().",
    r"name '(math|random|itertools|functools|copy)' is not defined": "The file does not import it.",
    r"'NoneType' object|type\(s\) .*'NoneType'": "A function without a return gives None, and so does a "
    "method that changes a list in place, or a lookup that finds nothing.",
    r"object is not callable": "You call something that is not a function: is a * missing before the "
    "parentheses, or the name of a method, as in rng.uniform(), or has a variable the name of a function?",
    r"'(int|float)' object is not iterable": "A single number stands where several should.",
    r"math domain error": "The root or logarithm of a negative number, or the logarithm of 0, is undefined.",
    r"overflow encountered in (exp|power|expm1|cosh|sinh)": "exp(710) is too large for a float: write the "
    "formula so that no exponent can be large.",
    r"module 'numpy' has no attribute": "NumPy has no function of that name: build it from those it has.",
    r"name 'self' is not defined": "This function has no self: what it needs comes as its arguments.",
    r"not implemented for '(Long|Int|Bool|Char|Short|Byte)'": "It cannot compute with integers: are the "
    "arguments in the right order, or is a .float() missing?",
    r"unhashable type": "An array or list cannot be in a set, nor be a key of a dictionary.",
    r"'list' object has no attribute '(shape|ndim|T|dtype|sum|mean|max|reshape)'": "A list is not an "
    "array: convert it with np.array or torch.tensor.",
    r"'tuple' object has no attribute": "A function that returns several values returns a tuple: unpack "
    "it, as in a, b = f(x).",
    r"'Value' does not support ufuncs": "NumPy's functions do not take a Value: use its methods, such as "
    "v.exp().",
    r"leaf Variable that requires grad .* in-place operation\.$": "An update must not become part of the "
    "graph: write it inside `with torch.no_grad():`.",
    r"does not require grad and does not have a grad_fn": "No input of this computation requires a "
    "gradient, or detach(), item() or no_grad() cut it off.",
    r"must be Tensor, not (\w*ReLU|\w*ELU|Tanh|Sigmoid|Softmax|Linear|Dropout)": "A class of nn takes no "
    "tensor: make a layer and call that, nn.ReLU()(x). F has functions: F.relu(x).",
    r"list is not a Module subclass": "nn.Sequential takes layers one by one: nn.Sequential(*layers).",
    r"grad can be implicitly created only for scalar": "backward() starts from a single number: take the "
    "sum or the mean first.",
}


def meaning(warning: str) -> str:
    """A sentence on what a warning means, or ""."""
    return _first(MEANINGS, warning)


def meaning_of_error(error: str) -> str:
    """A sentence on what an error means, or ""."""
    return _first(ERRORS, error)


def _first(table: dict[str, str], text: str) -> str:
    return next((words for pattern, words in table.items() if re.search(pattern, text)), "")
