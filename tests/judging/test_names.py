"""The name of a mistake, and a remark: what the card says is so, and what it must not say."""

from __future__ import annotations

from textwrap import dedent

import pytest

from autograder.units.kit import Kit
from tests.judging.test_cards import cards, one_line

TRAIN = """
    def train_perceptron(X, y, lr, epochs):
        w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
        for _ in range(epochs):
            wrong = 0
            for i in range({first}, len(X)):
                wrong += int(perceptron_predict(X[i], w, b) != y[i])
                w, b = perceptron_update(w, b, X[i], y[i], lr)
            mistakes.append(wrong)
            if wrong == 0:
                break
        return w, b, mistakes{padding}
"""
TRAIN_XOR = """
    def train_xor(seed):
        generator = random.Random(seed)
        model = Sequential(Linear(2, 8, generator=generator), Tanh(), Linear(8, 1, generator=generator))
        params, state = model.parameters(){moved}, {{}}
        for _ in range(60):
            logits = [logit for x in INPUTS{seen} for logit in model(x)]
            model.zero_grad()
            binary_cross_entropy_with_logits(logits, TARGETS{seen}).backward()
            numbers, grads = [p.data for p in params], [p.grad for p in params]
            numbers, state = adam_step(numbers, grads, state, 0.1, (0.9, 0.999), 1e-8)
            for p, number in zip(params, numbers):
                p.data = number
        return model
"""
CLIP_20 = "def sigmoid(x):\n    return 1 / (1 + np.exp(-np.clip(x, -20, 20)))"

#: By the case: the unit, the exercise, a wrong answer, what a card says, and what none may say.
CASES: dict[str, tuple[str, str, str, str, str]] = {
    "gradients returned": (
        "graph",
        "product_rule",
        "def product_rule(a, b, out):\n    return out.grad * b.data, out.grad * a.data",
        "product_rule returned a tuple of 2, but nothing is asked back",
        "exchanged",
    ),
    "first example left out": (
        "perceptron",
        "train_perceptron",
        TRAIN.format(first=1, padding=""),
        "The first example is never looked at: your range or slice begins at 1.",
        "shuffled",
    ),
    "list padded with zeros": (
        "perceptron",
        "train_perceptron",
        TRAIN.format(first=0, padding=" + [0] * (epochs - len(mistakes))"),
        "got",
        "never stops early",
    ),
    "scores for probabilities": (
        "activations",
        "bce_with_logits",
        "def bce_with_logits(z, y):\n    return -np.mean(y * np.log(z) + (1 - y) * np.log(1 - z))",
        "z is a score, any number at all, and not a probability",
        "rounded to 0 or 1",
    ),
    "sigmoid that overflows": (
        "activations",
        "bce_with_logits",
        """
        def bce_with_logits(z, y):
            p = 1 / (1 + np.exp(-z))
            return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        """,
        "overflow encountered in exp",
        "log(1 + exp(z))",
    ),
    "no mean": (
        "activations",
        "bce_with_logits",
        "def bce_with_logits(z, y):\n    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))",
        "You gave one number for each example: the mean of them is right.",
        "their shape is",
    ),
    "half in one case": (
        "perceptron",
        "signed_distance",
        "def signed_distance(X, w, b):\n    return (X @ w + b) / np.linalg.norm(X, axis=1)",
        "expected -1.473, got -0.6213",
        "Every value is half",
    ),
    "labels exchanged": (
        "perceptron",
        "step",
        "def step(z):\n    return np.where(np.asarray(z) < 0, 1, 0)",
        "0 and 1 are exchanged.",
        "another order",
    ),
    "an axis fixed": (
        "activations",
        "softmax",
        """
        def softmax(x, axis=-1):
            weights = np.exp(x - np.max(x, axis=1, keepdims=True))
            return weights / np.sum(weights, axis=1, keepdims=True)
        """,
        "axis 1 is out of bounds",
        "Looks like",
    ),
    "clipped at 20": ("activations", "sigmoid", CLIP_20, "got 2.061e-09", "off by the same amount"),
    "a difference quotient": (
        "activations",
        "tanh_grad",
        """
        def tanh_grad(y):
            x = np.arctanh(np.clip(y, -1 + 1e-9, 1 - 1e-9))
            return (np.tanh(x + 1e-5) - np.tanh(x - 1e-5)) / 2e-5
        """,
        "got",
        "The sign is wrong",
    ),
    "rounded": (
        "activations",
        "softmax",
        """
        def softmax(x, axis=-1):
            weights = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return np.round(weights / np.sum(weights, axis=axis, keepdims=True), 6)
        """,
        "The numbers were rounded to 6 decimal places.",
        "another order",
    ),
    "relu before each layer": (
        "forward",
        "predict_proba",
        """
        def predict_proba(X, layers):
            for W, b in layers:
                X = linear(np.maximum(X, 0), W, b)
            weights = np.exp(X - X.max(axis=1, keepdims=True))
            return weights / weights.sum(axis=1, keepdims=True)
        """,
        "got",
        "relu on the logits",
    ),
    "two values for weights": (
        "init",
        "xavier_uniform",
        """
        def xavier_uniform(fan_in, fan_out, rng):
            std = np.sqrt(2 / (fan_in + fan_out))
            return rng.choice([-std, std], size=(fan_in, fan_out))
        """,
        "got",
        "one column for all units",
    ),
    "a triangle for weights": (
        "init",
        "xavier_uniform",
        """
        def xavier_uniform(fan_in, fan_out, rng):
            bound = np.sqrt(12 / (fan_in + fan_out))
            return rng.triangular(-bound, 0, bound, size=(fan_in, fan_out))
        """,
        "got",
        "normal in place of uniform",
    ),
    "state of the class": (
        "autograd",
        "no_grad",
        """
        class no_grad:
            def __enter__(self):
                no_grad.before = is_grad_enabled()
                set_grad_enabled(False)

            def __exit__(self, *error):
                set_grad_enabled(no_grad.before)

            def __call__(self, function):
                @functools.wraps(function)
                def inside(*args, **options):
                    with no_grad():
                        return function(*args, **options)

                return inside
        """,
        "got",
        "one state for all calls",
    ),
    "divided by //": (
        "xor",
        "accuracy",
        """
        def accuracy(logits, y):
            return float(np.sum((np.ravel(logits) >= 0) == (np.ravel(y) == 1)) // np.size(y))
        """,
        "expected 0.75, got 0",
        "exchanged",
    ),
    "slope on the other side, and infinities": (
        "activations",
        "leaky_relu",
        "def leaky_relu(x, slope):\n    return np.where(x > 0, slope * x, x)",
        "got",
        "Every answer is",
    ),
    "both factors exchanged": (
        "forward",
        "linear_backward",
        "def linear_backward(dY, X, W):\n    return W.T @ dY, dY @ X.T, dY.sum(axis=0)",
        "In A @ B, A must have as many columns as B has rows",
        "Looks like",
    ),
    "a name moved": (
        "graph",
        "sgd",
        """
        def sgd(loss_fn, params, lr, steps):
            losses = []
            for _ in range(steps):
                loss = loss_fn()
                for p in params:
                    p.grad = 0.0
                loss.backward()
                for p in params:
                    p = p - lr * p.grad
                losses.append(loss.item())
            return losses
        """,
        "`p = p - lr * p.grad` gives the name p to something new: what the loop took p from stays as it was.",
        "cleared",
    ),
    "a result thrown away": (
        "perceptron",
        "train_perceptron",
        TRAIN.format(first=0, padding="").replace("w, b = perceptron_update", "perceptron_update"),
        "The result of `perceptron_update(w, b, X[i], y[i], lr)` is thrown away",
        "clipped",
    ),
    "a return in the loop": (
        "forward",
        "count_parameters",
        """
        def count_parameters(sizes):
            total = 0
            for i in range(len(sizes) - 1):
                total += (sizes[i] + 1) * sizes[i + 1]
                return total
        """,
        "`return total` stands inside the loop, which ends in its first round",
        "Looks like",
    ),
    "a default that is shared": (
        "graph",
        "topo_order",
        """
        def topo_order(root, order=[], seen=set()):
            if root not in seen:
                seen.add(root)
                for parent in root.parents:
                    topo_order(parent, order, seen)
                order.append(root)
            return order
        """,
        "The default set() is made once and shared by all calls",
        "Looks like",
    ),
    "a method without return": (
        "modules",
        "MLP",
        """
        class MLP(nn.Module):
            def __init__(self, input_dim, hidden_dim, output_dim):
                super().__init__()
                self.fc1 = nn.Linear(input_dim, hidden_dim)
                self.fc2 = nn.Linear(hidden_dim, output_dim)

            def forward(self, x):
                self.fc2(F.relu(self.fc1(x)))
        """,
        "MLP.forward has no return, so it gives None.",
        "could not go on",
    ),
    "arguments exchanged": (
        "modules",
        "train_step",
        """
        def train_step(model, X, y, optimizer):
            loss = F.cross_entropy(y, model(X))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.item()
        """,
        "It cannot compute with integers: are the arguments in the right order",
        "Not done yet",
    ),
    "a name moved and used": (
        "gpt",
        "tokenize",
        """
        def detokenize(tokens, alphabet, text=""):
            for token in tokens:
                token = (alphabet + "?")[token]
                text += token
            return text
        """,
        "got",
        "gives the name",
    ),
    "unknown letters by a number": (
        "gpt",
        "tokenize",
        "def tokenize(text, alphabet):\n    n = len(alphabet)\n    return [n, *map(alphabet.find, text), n]",
        "got [3, 2, 0, -1, 3]",
        "dropped",
    ),
    "steps far too small": (
        "backprop",
        "train_digits",
        """
        def train_digits(images, labels, rng):
            layers = [(rng.normal(0, 0.2, (64, n)), np.zeros(n)) for n in (64, 10)]
            for X, y in minibatches(images / 16, labels, 32, rng):
                slopes = mlp_backward(X, layers, y)[1]
                layers = [tuple(p - 1e-6 * g for p, g in zip(*both)) for both in zip(layers, slopes)]
            return layers
        """,
        "as if by guessing",
        "shuffled",
    ),
    "trained on three corners": (
        "xor",
        "train_xor",
        TRAIN_XOR.format(moved="", seen="[:3]"),
        "got",
        "Looks like",
    ),
    "first layer never moved": (
        "xor",
        "train_xor",
        TRAIN_XOR.format(moved="[24:]", seen=""),
        "parameters that did not move during training expected 0, got 24",
        "ReLU in place of tanh",
    ),
}


@pytest.mark.parametrize(("unit", "exercise", "answer", "said", "unsaid"), CASES.values(), ids=CASES)
def test_no_card_says_what_is_not_so(
    kit: Kit, unit: str, exercise: str, answer: str, said: str, unsaid: str
) -> None:
    """Names and remarks hold of every failing check, and of the code."""
    found = kit.unit(unit)
    solved = found.solution_file.read_text(encoding="utf-8")
    results = cards(found, f"{solved}\n\n{dedent(answer)}", exercise)
    messages = [one_line(result.message) for result in results if result.status != "passed"]
    assert any(said in message for message in messages), messages
    assert not any(unsaid in message for message in messages), messages


def test_layers_with_local_names_are_not_called_a_list(kit: Kit) -> None:
    """The name of a mistake that speaks of a list is for answers with one."""
    pytest.importorskip("torch")
    unit = kit.unit("modules")
    answer = """
        class MLP(nn.Module):
            def __init__(self, input_dim, hidden_dim, output_dim):
                super().__init__()
                fc1 = nn.Linear(input_dim, hidden_dim)
                fc2 = nn.Linear(hidden_dim, output_dim)
                self.run = lambda x: fc2(F.relu(fc1(x)))

            def forward(self, x):
                return self.run(x)
    """
    solved = unit.solution_file.read_text(encoding="utf-8")
    results = cards(unit, f"{solved}\n\n{dedent(answer)}", "MLP")
    assert results
    assert not any("list" in (result.mistake or "") for result in results)


def test_a_caller_of_a_wrong_answer_is_not_named(kit: Kit) -> None:
    """backward that forgets the 1 has a name; where topo_order is wrong too, that comes first."""
    unit = kit.unit("graph")
    solved = unit.solution_file.read_text(encoding="utf-8")
    wrong = solved.replace("    root.grad += 1.0\n", "")
    assert wrong != solved
    assert any(result.mistake for result in cards(unit, wrong, "backward"))
    both = wrong.replace("elif v not in seen:", "elif v.data not in [w.data for w in seen]:")
    results = [r for r in cards(unit, both, "backward") if r.status != "passed"]
    assert results
    assert not any(result.mistake for result in results)
    assert "It calls `topo_order`, which fails its own checks: begin there." in one_line(results[0].message)
