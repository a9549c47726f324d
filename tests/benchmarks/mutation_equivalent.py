"""The mutants that pass all checks because they are right answers.

reason(exercise, before, after)   why it is right to write `after` for `before`, or None
EQUIVALENT                        exercise, what stood there, what the mutant puts there, and why
"""

from __future__ import annotations

LENGTHS = "both are equally long wherever the docstring allows a call"
LABEL = "y is -1 or +1, and 1 / y is y"
CHOICE = "many weights compute XOR, and these do"
WORDS = "the kind of the exception is promised, its words are not"
TRAINED = "the docstring leaves this number open, and the network trained so is right too"
ON_CPU = "its generator is one of the CPU"
AT_0 = "the two sides differ at x = 0 only, where both are 0"
NO_KINK = "away from kinks the two slopes differ by less than a wrong gradient does"
ROWS = "the logits have two axes, so the last one is axis 1"

EQUIVALENT: list[tuple[str, str, str, str]] = [
    ("*", "strict=True", "strict=False", LENGTHS),
    ("*", ", strict=True", "", LENGTHS),
    ("*", ", strict=False", "", "False is the default"),
    ("perceptron.perceptron_update", "lr * y", "lr / y", LABEL),
    ("perceptron.train_perceptron", "wrong == 0", "wrong <= 0", "a count is never negative"),
    ("perceptron.xor_by_hand", "[[1.0, 1.0], [1.0, 1.0]]", "[[2.0, 1.0], [1.0, 1.0]]", CHOICE),
    ("perceptron.xor_by_hand", "[[1.0, 1.0], [1.0, 1.0]]", "[[1.0, 1.0], [2.0, 1.0]]", CHOICE),
    ("perceptron.xor_by_hand", "[[1.0], [-1.0]]", "[[1.0], [-2.0]]", CHOICE),
    ("activations.leaky_relu", "np.where(x > 0, x", "np.where(x >= 0, x", AT_0),
    ("activations.gelu", "f\"gelu: approximate must be 'none' or 'tanh' (got {approximate!r})\"", "", WORDS),
    ("forward.linear", "of shape ({W.shape[1]},)", "of shape ({W.shape[0]},)", WORDS),
    (
        "forward.linear",
        'f"linear: W {W.shape} needs b of shape ({W.shape[1]},) (got {b.shape})"',
        "",
        WORDS,
    ),
    *(
        ("graph.grad_fn_chain", "str | None", f"str {sign} None", "a local annotation is never evaluated")
        for sign in ("+", "-", "*", "/", "//", "%", "**", ">>", "<<", "&", "^")
    ),
    ("autograd.accumulate", "left > 0", "left != 0", "a count of what is left is never negative"),
    ("backprop.mlp_backward", "a > 0", "a != 0", "what relu passed on is never negative"),
    ("backprop.gradient_check", "< np.inf", "!= np.inf", "no number is above infinity, and nan fails before"),
    *(
        ("backprop.gradient_check", "> 0.01 * np.maximum", f"{new} np.maximum", NO_KINK)
        for new in ("> -0.99 *", "> 0.01 -", "> 0.01 /", "> 0.01 //", "> 0.01 %", "> 0.01 **", "!= 0.01 *")
    ),
    ("backprop.gradient_check", "> 0.01 * np.maximum", ">= 0.01 * np.maximum", NO_KINK),
    ("backprop.gradient_check", "> 0.01 * np.maximum", "is not 0.01 * np.maximum", NO_KINK),
    *(
        ("backprop.train_digits", old, new, TRAINED)
        for old, others in {
            "(1 - epoch": ("(1 * epoch", "(2 - epoch"),
            "0.1 *": ("0.1 %",),
            "/ 20": ("// 20", "/ 21", "/ 19"),
            "* (2 / d_in)": ("+ (2 / d_in)", "- (2 / d_in)", "* (2 % d_in)", "* (3 / d_in)", "* (1 / d_in)"),
            "** 0.5": ("* 0.5", "/ 0.5", "** 1.5"),
            "range(20)": ("range(21)", "range(19)"),
            "images / 16": ("images / 17", "images / 15"),
            "labels, 32": ("labels, 33", "labels, 31"),
            "0.9, 1e-3": ("-0.09999999999999998, 1e-3",),
        }.items()
        for new in others
    ),
    ("backprop.dropout", "p == 1", "p >= 1", "p is at most 1"),
    ("backprop.dropout", ">= p", "> p", "a number that is exactly p is drawn once in 2**53 times"),
    ("gpt.tokenize", "< len(alphabet)", "!= len(alphabet)", "no token is above the mark"),
    ("gpt.sample", "temperature == 0", "temperature <= 0", "a temperature is 0 or more"),
    ("gpt.sample", "[0]", "[-1]", "choices gives a list of one"),
    *(
        ("gpt.train_gpt", old, new, TRAINED)
        for old, others in {
            "(1 - step": ("(1 + step", "(1 * step", "(2 - step"),
            "0.03 *": ("0.03 %",),
            "/ 120": ("// 120", "/ 121", "/ 119"),
            "range(120)": ("range(121)", "range(119)"),
            "optimizer.lr = 0.03 * (1 - step / 120)": ("pass",),
        }.items()
        for new in others
    ),
    ("gpt.train_gpt", "lr=0.03", "lr=1.03", "each step sets the rate before it is used"),
    ("gpt.train_gpt", ", lr=0.03", "", "each step sets the rate before it is used"),
    ("xor.accuracy", "np.ravel(y) == 1", "np.ravel(y) >= 1", "labels are 0 or 1"),
    ("xor.train_xor", "range(60)", "range(61)", TRAINED),
    ("xor.train_xor", "range(60)", "range(59)", TRAINED),
    ("xor.train_xor", "(0.9, 0.999)", "(-0.09999999999999998, 0.999)", TRAINED),
    ("xor.train_xor", "(0.9, 0.999)", "(0.9, 1.999)", TRAINED),
    *(
        ("modules.train_xor_mlp", old, new, TRAINED)
        for old, others in {
            "loss > 0.05": ("loss >= 0.05",),
            "loss < 0.05": ("loss == 0.05", "loss <= 0.05", "loss < -0.95"),
            "break": ("continue", "pass"),
            "tensor(1.0)": ("tensor(2.0)",),
            "-1, 1": ("~1, 1", "not 1, 1", "-2, 1", "-0, 1", "-1, 2", "-1, 0"),
            "lr=0.1": ("lr=1.1",),
            "range(100)": ("range(101)", "range(99)"),
        }.items()
        for new in others
    ),
    ("modules.train_xor_mlp", "optimizer.zero_grad()", "pass", "a start that fails by it is begun anew"),
    ("modules.train_xor_mlp", ", device=generator.device", "", ON_CPU),
    ("modules.train_xor_mlp", ".to(X)", ".to()", ON_CPU),
    ("modules.LeakySquare", "x > 0", "x >= 0", AT_0),
    ("modules.LeakySquare", "x <= 0", "x < 0", AT_0),
    ("modules.predict", "dim=-1", "dim=+1", ROWS),
    ("modules.predict", "dim=-1", "dim=1", ROWS),
    ("modules.time_forward", "now() - start", "now() % start", "a pass is shorter than what the clock shows"),
    (
        "modules.time_forward",
        "synchronize(X.device)",
        "synchronize()",
        "the same device, unless there are several GPUs, which no exercise asks for",
    ),
    (
        "modules.init_weights",
        ', nonlinearity="relu"',
        "",
        "the default, leaky_relu of slope 0, has relu's gain",
    ),
]


def reason(exercise: str, before: str, after: str) -> str | None:
    """Why the line `after` is as right as `before`, where EQUIVALENT has exactly this change; else None."""
    for where, old, new, why in EQUIVALENT:
        if where in ("*", exercise) and _squeezed(after) in _replaced(*map(_squeezed, (before, old, new))):
            return why
    return None


def _replaced(text: str, old: str, new: str) -> set[str]:
    """Every text that comes of replacing one occurrence of `old`."""
    starts = (i for i in range(len(text)) if text.startswith(old, i))
    return {text[:i] + new + text[i + len(old) :] for i in starts}


def _squeezed(text: str) -> str:
    return "".join(text.split())
