"""Check programs of the xor unit: each asks an answer module questions and returns what it said."""

import builtins
import math
import os
from contextlib import contextmanager

import numpy as np

from autograder.declare import Unit, check
from autograder.declare.probes import ask, node_names, once_more, values_behind
from engine import Value

unit = Unit(
    "XOR, trained",
    number=8,
    packages=("numpy",),
    unasked={
        "adam_step.lr": "a rate is above 0",
        "adam_step.eps": "it keeps the denominator above 0",
        "accuracy.logits: a large mean": "signs are counted, not subtracted",
    },
)

CORNERS = {(0.0, 0.0): 0.0, (0.0, 1.0): 1.0, (1.0, 0.0): 1.0, (1.0, 1.0): 0.0}

# A training takes a tenth of a second; two seconds are promised, and a busy machine gets some more. What a
# second run would show, the check of the seed shows.
TRAINING = {"seconds": 10.0, "repeat": False}


# adam_step


@check("adam_step", points=1)
def first_step_is_as_long_as_lr(answer, rng):
    """The first step moves each parameter by lr against its gradient, however large that is.

    1. In the first step m is (1 - beta1) * g and v is (1 - beta2) * g * g. How large should they be?
    2. The first step should be lr * g / (|g| + eps): lr, in the direction of -g, whatever the size of g.
    3. Both means start at 0, so they are too small at first. Divide them by 1 - beta**t.
    """
    params, _ = answer.adam_step([1.0, -2.0, 0.5], [4.0, -0.01, 0.0], {}, 0.1, (0.9, 0.999), 1e-8)
    other, _ = answer.adam_step([3.0], [0.7], {}, 0.02, (0.5, 0.8), 1e-8)
    start, grads, lr = rng.normal(size=3).tolist(), rng.normal(size=3).tolist(), float(rng.uniform(0.01, 0.5))
    any_other, _ = answer.adam_step(start, grads, {}, lr, (0.9, 0.999), 1e-8)
    return {
        "params [1, -2, 0.5] after a step, grads [4, -0.01, 0], lr 0.1": list(params),
        "params [3] after a step, grads [0.7], lr 0.02, betas (0.5, 0.8)": list(other),
        f"random params after a step, random grads, lr {lr:.4f}": list(any_other),
    }


@check("adam_step", points=2)
def later_steps_remember_earlier_ones(answer, rng):
    """Five steps with changing gradients go where Adam goes.

    1. The second step needs what the first one left behind: which three things?
    2. m is a running mean of the gradients, with weight beta1 for what was; v one of their squares, with
       beta2; t counts the steps.
    3. Store m and v as they are, without the correction; correct them only where they are used, with this
       step's t.
    """
    params, state, path = [1.0, -1.0, 0.3], {}, {}
    for step in range(1, 6):
        grads = rng.normal(size=3).tolist()
        params, state = answer.adam_step(params, grads, state, 0.1, (0.8, 0.45), 1e-8)
        path[f"params after step {step}, random gradients"] = list(params)
    params, state = [1.0, 0.0], {}
    for grads in ([4.0, 0.0], [0.0, 0.0], [0.0, -1000.0], [-2.0, 0.0]):
        params, state = answer.adam_step(params, grads, state, 0.1, (0.9, 0.999), 1e-8)
        path[f"params after a step of [1, 0], the last gradient {grads}"] = list(params)
    params, state = [1.0], {}
    for step in range(150):
        params, state = answer.adam_step(params, [math.cos(step)], state, 0.1, (0.9, 0.999), 1e-8)
    return path | {"params after 150 steps of [1], the gradients cos(0), cos(1), ...": list(params)}


@check("adam_step", points=1)
def eps_is_added_to_the_root(answer, rng):
    """The denominator is the root of the corrected v, plus eps.

    1. eps keeps the division safe when v is 0. Where exactly does it stand?
    2. With tiny gradients it matters: sqrt(v) + eps and sqrt(v + eps) are then far apart.
    3. First the square root of the corrected v, then eps is added to it.
    """
    first, state = answer.adam_step([1.0, 2.0], [0.3, -0.02], {}, 0.1, (0.9, 0.99), 0.1)
    second, _ = answer.adam_step(first, [0.1, 0.04], state, 0.1, (0.9, 0.99), 0.1)
    start, grads, eps = rng.normal(size=2).tolist(), rng.normal(size=2).tolist(), float(rng.uniform(0.1, 0.9))
    third, _ = answer.adam_step(start, grads, {}, 0.1, (0.9, 0.99), eps)
    return {
        "params [1, 2] after a step, grads [0.3, -0.02], eps 0.1": list(first),
        "params after another, grads [0.1, 0.04]": list(second),
        f"random params after a step, random grads, eps {eps:.4f}": list(third),
    }


@check("adam_step", points=1)
def trainings_do_not_know_of_each_other(answer, rng):
    """Two trainings in turns go their own ways, and the same step from the same state gives the same.

    1. Two trainings run in turns. Do they know of each other?
    2. Everything that is remembered lives in `state`: no global variable, no default argument that is kept.
    3. Make new lists and a new dictionary in each step, and return them.
    """
    options, grads = (0.1, (0.9, 0.99), 1e-8), rng.normal(size=2).tolist()
    one, one_state = answer.adam_step([1.0], [2.0], {}, *options)
    two, two_state = answer.adam_step([5.0, 6.0], [-1.0, 0.5], {}, *options)
    once, _ = answer.adam_step(one, [-0.3], one_state, *options)
    again, _ = answer.adam_step(one, [-0.3], one_state, *options)
    return {
        "first training after 2 steps": list(once),
        "the second of these steps once more, from the same state": list(again),
        "second training after 2 steps": list(answer.adam_step(two, [0.7, 0.7], two_state, *options)[0]),
        "the same with random grads": list(answer.adam_step(two, grads, two_state, *options)[0]),
    }


# train_xor


@check("train_xor", points=2, **TRAINING)
def all_four_corners_are_right(answer, rng):
    """The logit is positive at (0, 1) and (1, 0) and negative at (0, 0) and (1, 1), for any seed.

    1. Print the logits of the four corners every ten steps. Do they leave 0?
    2. Forward through all four corners, one loss, gradients cleared, backward, step; and again, a hundred
       times.
    3. If all logits stay near 0: is there a tanh between the layers, and do the weights start at random?
    """
    found = {}
    for seed in _seeds(rng, 2):
        model, corners = answer.train_xor(seed), _corners(rng, 20)
        found[f"corners with the right sign, seed {seed}"] = _how_many_right(model)
        found[f"classes of 20 corners in a random order, seed {seed}"] = _classes(model, corners)
    return found


@check("train_xor", points=2, **TRAINING)
def loss_ends_near_0(answer, rng):
    """The mean binary cross-entropy of the trained model is below 0.1.

    1. The loss of a model that only tosses coins is ln 2 = 0.693. What is yours?
    2. Does it fall at all? Does it fall slowly? Print it every ten steps.
    3. With Adam and a learning rate of 0.1 it falls below 0.01 in a hundred steps.
    """
    model, corners = answer.train_xor(_seeds(rng)[0]), _corners(rng, 20)
    loss = _loss(model)
    if loss < 0.1:
        words = "below 0.1"
    elif abs(loss - math.log(2)) < 1e-3:
        words = "stuck at ln 2 = 0.693"
    else:
        words = "above 1" if loss > 1 else "between 0.1 and 1"
    return {
        "mean loss of the trained model": words,
        "classes of 20 corners in a random order": _classes(model, corners) if loss < 0.1 else "not asked",
    }


@check("train_xor", points=1, **TRAINING)
def network_is_2_8_1_with_tanh(answer, rng):
    """The model has 33 parameters, bends, and has no other activation than tanh.

    1. Count the parameters: a layer from a to b features has a * b weights and b biases.
    2. 2 * 8 + 8 + 8 * 1 + 1 = 33: how many layers, and from how many features to how many?
    3. There are two linear layers with a tanh between them, and nothing comes after the second.
    """
    model = answer.train_xor(_seeds(rng)[0])
    middle = _logit(model, (0.5, 0.5)).data
    mean = sum(_logit(model, corner).data for corner in CORNERS) / 4
    found = {
        "number of parameters": len(list(model.parameters())),
        "the model is linear": abs(middle - mean) < 1e-9,
        "activations other than tanh": sorted({*node_names(_logit(model, (0.0, 1.0)))} & OTHER_ACTIVATIONS),
    }
    number, *inputs = rng.uniform(0.2, 0.9, size=3).tolist()
    title = f"logit of ({inputs[0]:.4f}, {inputs[1]:.4f}) with {number:.4f} for every parameter"
    return found | {title: _logit_of_equals(model, number, inputs)}


@check("train_xor", points=1, **TRAINING)
def each_step_uses_its_own_gradients(answer, rng):
    """Every backward begins with cleared gradients, and the parameters move by what it brings.

    1. backward adds to the gradients that are there. Which are there when your second step begins?
    2. Clear the gradients once in each round: before backward, or after the step.
    3. Clearing them between backward and step throws away what the step needs.
    """
    training = _watched_training(answer, rng)
    facts = {
        "a step began with the gradients of the one before": training.stale,
        "parameters that did not move during training": training.unmoved,
    }
    return facts | once_more(rng, facts)


@check("train_xor", points=1, **TRAINING)
def loss_takes_the_raw_logits(answer, rng):
    """The loss that training minimises goes to 0, as that of raw logits does.

    1. Look at the loss that you minimise, at the end. Can it reach 0?
    2. binary_cross_entropy_with_logits has the sigmoid built in. What does it get from you?
    3. Give it the model's output as it is.
    """
    loss = _watched_training(answer, rng).last_loss
    facts = {
        "the loss that was minimised ended below 0.45": loss < 0.45,
        "it ended above 1.2": loss > 1.2,
    }
    return facts | once_more(rng, facts)


@check("train_xor", points=1, **TRAINING)
def seed_decides_the_network(answer, rng):
    """The same seed gives the same network, and another seed another one.

    1. Where do the first weights come from, and what do they depend on?
    2. Draws from a state that the whole program shares differ from call to call; a layer can be handed a
       generator that is yours alone.
    3. Make a random.Random from the seed, and hand it to each layer as its generator.
    """
    seed, other = _seeds(rng, 2)
    first, second, third = (_logits(answer.train_xor(s)) for s in (seed, seed, other))
    with _another_process():
        elsewhere = _logits(answer.train_xor(seed))
    facts = {
        "the same seed gives the same logits": bool(np.allclose(first, second, rtol=1e-9)),
        "the same seed gives the same logits in another process": bool(
            np.allclose(first, elsewhere, rtol=1e-9)
        ),
        "another seed gives the same logits": bool(np.allclose(first, third, rtol=1e-9)),
    }
    return facts | once_more(rng, facts)


# accuracy


@check("accuracy", points=1)
def share_of_right_examples(answer, rng):
    """accuracy is the number of right examples divided by the number of all.

    1. Which class does each logit stand for? In how many examples is it the label?
    2. Three of four right is 0.75: not 3, and not 75.
    3. A comparison says of each example whether it is right; the share of Trues among all is wanted.
    """
    logits = rng.uniform(0.6, 3, size=9) * np.where(rng.random(9) < 0.5, -1, 1)
    y = (logits > 0).astype(int)
    y[: int(rng.integers(2, 5))] ^= 1
    return ask(answer, "accuracy(logits = [2.0, -1.0, 3.0, -2.0], y = [1, 0, 0, 0])") | {
        "accuracy(logits, y) random, 9 examples": answer.accuracy(logits, y),
        "the same with y as floats": answer.accuracy(logits, y.astype(float)),
        "the same with logits as float32": answer.accuracy(logits.astype(np.float32), y),
        "accuracy(logits = [2, -1, 3], y = [1, 0, 0]), all integers": answer.accuracy(
            np.array([2, -1, 3]), np.array([1, 0, 0])
        ),
        "accuracy(logits, y) random, some 40 examples": answer.accuracy(*_examples(rng, 0.6, 3.0)),
    }


@check("accuracy", points=1)
def threshold_is_0(answer, rng):
    """Logits between 0 and 0.5 say class 1.

    1. A logit is a score, not a probability. At which logit is the probability one half?
    2. sigmoid(0) = 0.5: a logit of 0.2 says class 1 already.
    3. Compare the logits themselves with 0: a sigmoid is rounded near 0.5, and its exp can overflow.
    """
    title = "accuracy(logits, y) random, some 40 examples, logits from -0.5 to 0.5"
    return (
        ask(answer, "accuracy(logits = [0.2, 0.4, -0.3, 3.0], y = [1, 1, 0, 1])")
        | ask(answer, "accuracy(logits = [-0.2, 0.3, 0.4, -0.1], y = [0, 0, 0, 1])")
        | {title: answer.accuracy(*_examples(rng, 0.01, 0.5))}
    )


@check("accuracy", points=1)
def a_logit_of_0_says_1(answer, rng):
    """A logit of exactly 0 counts as class 1.

    1. Which class does a logit of exactly 0 say?
    2. As in the unit on the perceptron: 0 belongs to the positive class.
    3. Your comparison must let 0 itself pass.
    """
    logits, y = _examples(rng, 0.6, 3.0)
    logits[:10] = 0.0
    edges = "accuracy(logits = [-1e-9, 1e-9, -0.0, -1e999, 1e999], y = [1, 1, 1, 0, 1])"
    return (
        ask(answer, edges)
        | ask(answer, "accuracy(logits = [0.0, 0.0, -1.0, 0.0], y = [1, 1, 0, 0])")
        | {"accuracy(logits, y) random, some 40 examples, ten of the logits 0": answer.accuracy(logits, y)}
    )


@check("accuracy", points=1)
def a_column_of_logits_is_fine(answer, rng):
    """Logits of shape (N, 1) and labels of shape (N,), or the other way round, give the same share.

    1. A column (4, 1) compared with a row (4,) is a table of 16 comparisons. Print its shape.
    2. Bring both to one shape first.
    3. Flatten both arrays, then compare.
    """
    logits, y = np.array([2.0, 1.0, -1.0, -3.0]), np.array([1, 1, 0, 1])
    others, labels = _examples(rng, 0.6, 3.0)
    title = f"accuracy(random logits of shape ({len(labels)}, 1), y of shape ({len(labels)},))"
    return {
        "accuracy(logits of shape (4, 1), y of shape (4,))": answer.accuracy(logits[:, None], y),
        "accuracy(logits of shape (4,), y of shape (4, 1))": answer.accuracy(logits, y[:, None]),
        "accuracy(both of shape (4, 1))": answer.accuracy(logits[:, None], y[:, None]),
        "accuracy of one example, both of shape (1,)": answer.accuracy(logits[:1], y[:1]),
        "accuracy of one example, logits of shape (1, 1)": answer.accuracy(logits[:1, None], y[:1]),
        title: answer.accuracy(others[:, None], labels),
    }


# What the programs above are made of.

# Names as the graph has them. A tanh that is built from exponentials is a tanh too, so exp is not among them.
OTHER_ACTIVATIONS = {
    f"{name}Backward0" for name in ("Relu", "LeakyRelu", "Sigmoid", "Gelu", "Silu", "Elu", "Softplus")
}


@contextmanager
def _another_process():
    """A block in which hash() of a text and the number of the process are as another process has them."""
    own_hash, own_number = builtins.hash, os.getpid

    def other_hash(value):
        return own_hash(value) ^ 0x5DEECE66D if isinstance(value, str | bytes) else own_hash(value)

    builtins.hash, os.getpid = other_hash, lambda: own_number() + 1
    try:
        yield
    finally:
        builtins.hash, os.getpid = own_hash, own_number


def _seeds(rng, count=1):
    return rng.choice(10_000, size=count, replace=False).tolist()


def _corners(rng, count):
    return [list(CORNERS)[place] for place in rng.integers(4, size=count)]


def _examples(rng, smallest, largest):
    """Some 40 logits of either sign and of such sizes, with labels of which a random share is right."""
    count = int(rng.integers(35, 46))
    logits = rng.uniform(smallest, largest, size=count) * rng.choice([-1, 1], size=count)
    wrong = rng.random(count) < rng.uniform(0.2, 0.8)
    return logits, np.where(wrong, logits < 0, logits > 0).astype(int)


def _logit(model, corner):
    """What the model says of one corner: a Value, also where it comes in a list of one."""
    output = model(list(corner))
    return output[0] if isinstance(output, list | tuple) else output


def _logits(model):
    return [_logit(model, corner).data for corner in CORNERS]


def _how_many_right(model):
    right = [(z > 0) == (y == 1) for z, y in zip(_logits(model), CORNERS.values(), strict=True)]
    return "all 4" if all(right) else "some" if any(right) else "none"


def _all_right(model):
    return _how_many_right(model) == "all 4"


def _classes(model, corners):
    """What the model says of each corner; words where it errs, for in what it errs is its luck."""
    return (
        [int(_logit(model, corner).data > 0) for corner in corners] if _all_right(model) else "not all right"
    )


def _loss(model):
    """The mean binary cross-entropy of the model's logits."""
    logits, y = np.array(_logits(model)), np.array(list(CORNERS.values()))
    return float(np.mean(np.maximum(logits, 0) - logits * y + np.log1p(np.exp(-np.abs(logits)))))


def _logit_of_equals(model, number, inputs):
    """The logit with one number for every parameter: neither their order nor the training shows in it."""
    trained = [(parameter, parameter.data) for parameter in model.parameters()]
    for parameter, _ in trained:
        parameter.data = number
    logit = _logit(model, inputs).data
    for parameter, data in trained:
        parameter.data = data
    return logit


class _Training:
    """What was seen of a training at its calls of backward."""

    def __init__(self):
        self.first, self.before, self.calls = {}, {}, 0
        self.stale, self.last_loss = False, 0.0

    def look(self, loss):
        """Note the parameters and their gradients, just before backward begins."""
        if self.calls < 2:  # a 0.0 that a sum begins with is in one graph only
            found = {v: v.data for v in values_behind(loss) if v.is_leaf and v.requires_grad}
            self.first = {v: x for v, x in self.first.items() if v in found} if self.calls else found
            self.calls += 1
        if any(v.data != self.before.get(v) for v in self.first):  # a new step; else more of the same one
            self.stale = self.stale or any(v.grad for v in self.first)
        self.before, self.last_loss = {v: v.data for v in self.first}, loss.data

    @property
    def unmoved(self):
        """How many of the parameters are the numbers they were; so none where nobody called backward."""
        return sum(v.data == x for v, x in self.first.items())


def _watched_training(answer, rng):
    """The _Training of every Value.backward in a run of train_xor."""
    training, backward = _Training(), Value.backward

    def watched(self, *args, **kwargs):
        training.look(self)
        return backward(self, *args, **kwargs)

    Value.backward = watched
    try:
        answer.train_xor(_seeds(rng)[0])
    finally:
        Value.backward = backward
    return training
