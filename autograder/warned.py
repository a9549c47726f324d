"""What a warning means, for those that learners meet: a table of texts, and a sentence on each.

    meaning("RuntimeWarning: divide by zero encountered in log")   "The logarithm of 0 is -inf."

A warning that is not in the table speaks for itself.
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


def meaning(warning: str) -> str:
    """A sentence on what a warning means, or nothing where its own text has to do."""
    return next((words for pattern, words in MEANINGS.items() if re.search(pattern, warning)), "")
