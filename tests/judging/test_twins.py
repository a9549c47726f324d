"""A mistake is named in each of its forms: at any bound, with any small number, however it is spelled."""

from __future__ import annotations

from textwrap import dedent

import pytest

from autograder.units.kit import Kit
from tests.answered import results
from tests.judging.test_cards import one_line

BCE = (
    "def bce_with_logits(z, y):\n    p = {}\n    return np.mean(-y * np.log(p{}) - (1 - y) * np.log(1 - p{}))"
)
SOFTMAX = """
    def softmax(x, axis=-1):
        e = np.exp({})
        return e / {}
"""
ROW_MAX, ROW_SUM = "x - x.max(axis=axis, keepdims=True)", "e.sum(axis=axis, keepdims=True)"
NUMERIC_GRAD = """
    def numeric_grad(f, x, eps):
        gradient = []
        for i in range(len(x)):
            up, down = list(x), list(x)
            up[i] += eps
            down[i] -= eps
            gradient.append({})
        return gradient
"""
CROSS_ENTROPY = """
    def cross_entropy(logits, labels):
        z = logits - logits.max(axis=1, keepdims=True)
        return np.mean(np.log(np.exp(z).sum(axis=1)) - {})
"""
XAVIER = """
    def xavier_uniform(fan_in, fan_out, rng):
        bound = np.sqrt(6 / (fan_in + fan_out))
        return np.random.default_rng({}).uniform(-bound, bound, (fan_in, fan_out))
"""
PREDICT = """
    def predict_proba(X, layers):
        {} = mlp_forward(X, layers, lambda z: np.maximum(z, 0))
        return {}
"""
TRAIN = """
    def train_xor(seed):
        generator = random.Random(seed)
        model = Sequential(Linear(2, 8, generator=generator), Tanh(), Linear(8, 1, generator=generator))
        binary_cross_entropy_with_logits([model(x) for x in INPUTS], TARGETS).backward()
        return model
"""
MLP = """
    class MLP(nn.Module):
        def __init__(self, n_in, n_hidden, n_out):
            super().__init__()
            self.layer1 = nn.Linear(n_in, n_hidden)
            self.layer2 = nn.Linear(n_hidden, n_out)

        def forward(self, X):
            return self.layer2(torch.relu(self.layer1(X)))
"""
SIGMOID = "def sigmoid(x):\n    return {}"

CLIPPED, FIXED = "Looks like: probability clipped.", "Looks like: generator with a fixed seed."
GRAND_TOTAL = "Looks like: divided by the grand total."
LATE = "digits are right, the later ones are not"

#: By the case: the unit, the exercise, the answer, and what each card that fails says.
TWINS: dict[str, tuple[str, str, str, str]] = {
    **{
        f"probability clipped at {bound}": (
            "activations",
            "bce_with_logits",
            BCE.format(f"np.clip(sigmoid(z), {bound}, 1 - {bound})", "", ""),
            CLIPPED,
        )
        for bound in ("1e-12", "1e-10", "3e-15")
    },
    **{
        f"{eps} inside both logarithms": (
            "activations",
            "bce_with_logits",
            BCE.format("sigmoid(z)", f" + {eps}", f" + {eps}"),
            "Looks like: small number added to the probability.",
        )
        for eps in ("1e-15", "1e-12")
    },
    **{
        f"a generator with seed {seed}": ("init", "xavier_uniform", XAVIER.format(seed), FIXED)
        for seed in (0, 1, 42)
    },
    **{
        f"grand total, {shift}": ("activations", "softmax", SOFTMAX.format(shift, "e.sum()"), GRAND_TOTAL)
        for shift in ("x", "x - x.max()", ROW_MAX)
    },
    "keepdims missing in the maximum": (
        "activations",
        "softmax",
        SOFTMAX.format("x - x.max(axis=axis)", ROW_SUM),
        "Looks like: axis of the maximum dropped.",
    ),
    **{
        f"{eps} below the line": (
            "activations",
            "softmax",
            SOFTMAX.format(ROW_MAX, f"({ROW_SUM} + {eps})"),
            LATE,
        )
        for eps in ("1e-8", "1e-6")
    },
    "a power of e": (
        "activations",
        "sigmoid",
        SIGMOID.format("1 / (1 + np.e ** -x)"),
        "Looks like: overflow on the negative side.",
    ),
    "1 / 1 + exp(-x)": (
        "activations",
        "sigmoid",
        SIGMOID.format("1 / 1 + np.exp(-x)"),
        "Looks like: parentheses missing below the line.",
    ),
    **{
        f"clipped at {bound}": (
            "activations",
            "sigmoid",
            SIGMOID.format(f"1 / (1 + np.exp(-np.clip(x, -{bound}, {bound})))"),
            "clipped",
        )
        for bound in (15, 20, 30)
    },
    "/ 2 * eps": (
        "graph",
        "numeric_grad",
        NUMERIC_GRAD.format("(f(up) - f(down)) / 2 * eps"),
        "Looks like: parentheses missing below the line.",
    ),
    "f(up) - f(down) / (2 * eps)": (
        "graph",
        "numeric_grad",
        NUMERIC_GRAD.format("f(up) - f(down) / (2 * eps)"),
        "Looks like: parentheses missing above the line.",
    ),
    "the maximum not given back": (
        "activations",
        "cross_entropy",
        CROSS_ENTROPY.format("logits[np.arange(len(labels)), labels]"),
        "Looks like: maximum not given back. Your loss can be negative.",
    ),
    "labels from 1": (
        "activations",
        "cross_entropy",
        CROSS_ENTROPY.format("z[np.arange(len(labels)), labels - 1]"),
        "Looks like: labels counted from 1.",
    ),
    "a pair taken for the logits": (
        "forward",
        "predict_proba",
        PREDICT.format("logits", "np.exp(logits - np.max(logits, axis=1))"),
        "Or is it what a function returned that gives several values? Unpack them, as in a, b = f(x).",
    ),
    "a function of another unit": (
        "forward",
        "predict_proba",
        PREDICT.format("logits, _", "softmax(logits)"),
        "softmax belongs to the unit activations: copy your function from there to here.",
    ),
    "a list of one": ("xor", "train_xor", TRAIN, "A list stands where a number should: take its element"),
    "every answer the same": (
        "xor",
        "accuracy",
        "def accuracy(logits, y):\n    return 0.0",
        "Every answer is 0. Is the input used, and is nothing clipped or rounded?",
    ),
    "attributes with other names": ("modules", "MLP", MLP, "expected the names"),
}


@pytest.mark.parametrize("case", TWINS)
def test_each_card_that_fails_says_what_it_is(kit: Kit, case: str) -> None:
    """On every check that the answer fails."""
    unit, exercise, source, words = TWINS[case]
    failed = [r for r in results(kit, unit, exercise, dedent(source), 0) if r.status != "passed"]
    assert failed
    assert [one_line(result.message) for result in failed if words not in one_line(result.message)] == []


def test_names_that_differ_are_said_in_one_line(kit: Kit) -> None:
    """And not as values of which each is missing."""
    first = results(kit, "modules", "MLP", dedent(MLP), 0)[0]
    assert "expected the names fc1.weight, fc1.bias, fc2.weight, fc2.bias, got" in one_line(first.message)
