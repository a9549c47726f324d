"""What a warning or an error means, for those that learners meet: tables of texts, a sentence on each.

    meaning("RuntimeWarning: divide by zero encountered in log")   "The logarithm of 0 is -inf."
    meaning_of_error("EOFError: EOF when reading a line")          "input() has nobody to ask here: ..."

One that is not in its table speaks for itself.
"""

from __future__ import annotations

import re

#: The first pattern that is found in a warning's text; NumPy's own, then Python's, then PyTorch's.
MEANINGS = {
    r"divide by zero encountered in log": "The logarithm of 0 is -inf.",
    r"divide by zero": "A number was divided by 0, which gives inf, or nan for 0 / 0.",
    r"invalid value encountered in (log|sqrt)": "Of a negative number there is none: the result is nan.",
    r"invalid value encountered in cast": "A nan or an infinity has no integer: what came out is arbitrary.",
    r"invalid value": "An operation without a result, such as 0 / 0 or inf - inf: it gives nan.",
    r"overflow encountered in (cast|reduce)": "A number too large for its dtype became inf.",
    r"overflow encountered": "A result too large for its dtype became inf, or wrapped around for integers.",
    r"Mean of empty slice|Degrees of freedom": "A mean of no numbers is nan: is an array empty?",
    r"Conversion of an array with ndim > 0": "float() wants a single number: take an element, such as x[0].",
    r"ragged nested sequences": "The rows are not equally long, so they make no array of numbers.",
    r"Casting complex values": "The imaginary part was dropped.",
    r"invalid escape sequence": r"Write the text as a raw one, r'...', or double the backslash.",
    r'"is" with .* literal': "`is` asks for the same object: compare values by ==.",
    r"lr_scheduler\.step\(\)` before `optimizer\.step": "Call optimizer.step() first and scheduler.step() "
    "after it, or the first learning rate is skipped.",
    r"To copy construct from a tensor": "torch.tensor(t) copies a tensor: write t.clone().detach().",
    r"list of numpy\.ndarrays is extremely slow": "Make one array first: torch.from_numpy(np.array(arrays)).",
    r"non-writable|not writ[ae]?able": "The tensor shares memory that must not change: copy the array first.",
    r"\.grad attribute of a Tensor that is not a leaf": "Only leaves keep .grad: call retain_grad() on "
    "others before backward().",
    r"target size .* different to the input size": "Shapes that differ are broadcast: every prediction is "
    "compared with every target. Give both one shape.",
    r"Implicit dimension choice for": "Say which dimension sums to 1: dim=-1 for rows of logits.",
    r"None of the inputs have requires_grad": "Nothing that goes in requires a gradient, so none comes back.",
    r"use_reentrant": "Say which kind of checkpoint is meant: use_reentrant=False.",
    r"(functional\.\w+|torch\.\w+) is deprecated": "It has a newer name, which the text gives.",
}

INNER = "In A @ B the rows of A must be as long as the columns of B; a vector is either, as needed."
PAIRS = "Element by element, axes are paired from the last one on: equal lengths, or one of the two is 1."

#: The same for errors, which NumPy and PyTorch word for those who know what they did.
ERRORS = {
    r"truth value of an array|Boolean value of Tensor": "`if`, `and`, `or`, max() and min() ask for one yes "
    "or no, and here are many: where(condition, a, b) of NumPy or PyTorch decides for each element. If a "
    "single number is meant, see why it is an array.",
    r"matmul: .* mismatch in its core dimension|shapes .* not aligned|shapes cannot be multiplied": INNER,
    r"size mismatch, got input|inconsistent tensor size, expected": INNER,
    r"matmul: .* does not have enough dimensions|both arguments to matmul need to be": "@ is for vectors and "
    "matrices: a single number is multiplied by *.",
    r"could not be broadcast|The size of tensor a .* must match": PAIRS,
    r"only (length-1|size-1|0-dimensional) arrays|only one element tensors": "float(), int() and the math "
    "module take a single number: for arrays there are NumPy's functions, for tensors PyTorch's.",
    r"inhomogeneous shape|setting an array element with a sequence": "The rows are not equally long, so they "
    "make no array of numbers.",
    r"index -?\d+ is out of bounds|(list|tuple) index out of range": "Indices begin at 0: the last one is "
    "the length minus 1.",
    r"assignment destination is read-only": "This array is not to be changed: make a new one.",
    r"cannot access local variable|referenced before assignment": "A name that is assigned anywhere in a "
    "function is the function's own, and here it has no value yet.",
    r"EOF when reading a line|reading from stdin while output is captured": "input() has nobody to ask here: "
    "what a function needs is in its arguments.",
    r"name '(math|random|itertools|functools|copy)' is not defined": "The file does not import it.",
    r"'NoneType' object|type\(s\) .*'NoneType'": "None comes from a function without a return, "
    "from a method that changes a list in place, or stands for what is not there.",
    r"'(int|float|numpy\.\w+|list|tuple)' object is not callable": "What stands before the parentheses is no "
    "function: is a * missing, or has a variable the name of a function?",
    r"'list' object has no attribute '(shape|ndim|T|dtype|sum|mean|max|reshape)'": "A list is no array: "
    "np.array or torch.tensor makes one of it.",
    r"'tuple' object has no attribute": "A function that gives several things gives a tuple of them: take it "
    "apart, as in a, b = f(x).",
    r"'Value' does not support ufuncs": "NumPy's functions take no Value: it has methods of its own, such as "
    "v.exp().",
    r"leaf Variable that requires grad .* in-place operation\.$": "An update is no part of the computation "
    "that it comes from: write it inside `with torch.no_grad():`.",
    r"does not require grad and does not have a grad_fn": "Nothing that leads here asks for gradients, or "
    "detach(), item() or no_grad() cut it off.",
    r"must be Tensor, not (\w*ReLU|\w*ELU|Tanh|Sigmoid|Softmax|Linear|Dropout)": "A class of nn makes a "
    "layer, and the layer is what takes a tensor: nn.ReLU()(x). In F there are functions: F.relu(x).",
    r"list is not a Module subclass": "nn.Sequential takes layers one by one: nn.Sequential(*layers).",
    r"grad can be implicitly created only for scalar": "backward() begins at one number: sum or average "
    "first.",
}


def meaning(warning: str) -> str:
    """A sentence on what a warning means, or nothing where its own text has to do."""
    return _of(MEANINGS, warning)


def meaning_of_error(error: str) -> str:
    """A sentence on what an error's text means, or nothing where it has to do."""
    return _of(ERRORS, error)


def _of(table: dict[str, str], said: str) -> str:
    return next((words for pattern, words in table.items() if re.search(pattern, said)), "")
