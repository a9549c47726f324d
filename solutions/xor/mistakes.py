"""Classic wrong answers of the xor unit, and what a tutor says to each."""

import math
import random

import numpy as np

from autograder.declare import slips
from engine import functional as F
from engine.losses import binary_cross_entropy_with_logits
from engine.nn import Linear, ReLU, Sequential, Sigmoid, Tanh
from engine.optim import Adam

# adam_step


def _adam(
    *,
    corrected=(True, True),
    power=2,
    sign=-1,
    denominator=lambda v, eps: math.sqrt(v) + eps,
    counted_from=1,
    weights=lambda betas: betas,
    new=lambda beta: 1 - beta,
    remember=lambda state: state,
    size=lambda lr: lr,
    rest=lambda beta2, t: 1.0,
):
    """Adam with one thing wrong."""

    def adam_step(params, grads, state, lr, betas, eps):
        b1, b2 = weights(betas)
        t = state.get("t", counted_from - 1) + 1
        zeros = [0.0] * len(params)
        m = [b1 * a + new(b1) * g for a, g in zip(state.get("m", zeros), grads, strict=True)]
        v = [b2 * a + new(b2) * abs(g) ** power for a, g in zip(state.get("v", zeros), grads, strict=True)]
        c1, c2 = (1 - b**t if c else 1.0 for b, c in zip((b1, b2), corrected, strict=True))
        moved = [
            p + sign * size(lr) * rest(b2, t) * (a / c1) / denominator(b / c2, eps)
            for p, a, b in zip(params, m, v, strict=True)
        ]
        return moved, remember({"t": t, "m": m, "v": v})

    return adam_step


adam_step = slips("adam_step")


adam_step(
    "no bias correction",
    "Your first step has the wrong length. m and v start at 0 and need many steps to forget it: divide them "
    "by 1 - beta1**t and 1 - beta2**t.",
)(_adam(corrected=(False, False)))

adam_step(
    "only m corrected",
    "v starts at 0 as m does, and you corrected m alone: early steps are far too long. Divide v by 1 - "
    "beta2**t.",
)(_adam(corrected=(True, False)))

adam_step(
    "only v corrected",
    "m starts at 0 as v does, and you corrected v alone: early steps are too short. Divide m by 1 - "
    "beta1**t.",
)(_adam(corrected=(False, True)))

adam_step(
    "steps counted from 0",
    "In the first step beta**t was 1, and 1 - beta**t is 0: you divided by it. The first step is number 1.",
)(_adam(counted_from=0))

adam_step(
    "steps counted from 2", "The first step is number 1. You raised t once too often before the correction."
)(_adam(counted_from=2))

adam_step(
    "betas swapped",
    "betas[0] belongs to the mean of the gradients, betas[1] to that of their squares. You have them the "
    "other way round.",
)(_adam(weights=lambda betas: betas[::-1]))

adam_step(
    "v without the square",
    "v is the running mean of the squared gradients. You averaged their absolute values and took the root "
    "of that.",
)(_adam(power=1))

adam_step(
    "eps inside the root",
    "You computed sqrt(v + eps). With eps = 1e-8 that is a floor of 1e-4 under every gradient; add eps to "
    "the root.",
)(_adam(denominator=lambda v, eps: math.sqrt(v + eps)))

adam_step(
    "eps added before the correction",
    "You took the correction out of the root, and eps was added to the root of the raw v. That is the short "
    "form at the end of the paper, with another eps; here eps is added to the root of the corrected v.",
)(
    _adam(
        corrected=(True, False),
        denominator=lambda v, eps: math.sqrt(v) + eps,
        rest=lambda beta2, t: math.sqrt(1 - beta2**t),
    )
)

adam_step(
    "no square root",
    "You divided by v itself, the squared size of the gradient. Only its root has the gradient's size, so "
    "that the step gets that of lr.",
)(_adam(denominator=lambda v, eps: v + eps))

adam_step(
    "eps left out",
    "For a gradient of 0 you divided 0 by 0. eps in the denominator keeps that from happening.",
)(_adam(denominator=lambda v, eps: math.sqrt(v)))

adam_step("uphill", "The parameters moved with the gradient, where the loss grows. Subtract the step.")(
    _adam(sign=1)
)

adam_step("lr ignored", "The step does not depend on lr: multiply by it.")(_adam(size=lambda lr: 1.0))

adam_step(
    "sums for means",
    "New gradients enter with weight 1. In a running mean what was has the weight beta and what is new 1 - "
    "beta.",
)(_adam(new=lambda beta: 1.0))

adam_step(
    "state forgotten", "Every step is a first step: you returned an empty state. Put t, m and v into it."
)(_adam(remember=lambda state: {}))

adam_step(
    "t not counted",
    "m and v are remembered, but t is 1 in every step, so later ones are corrected too much. Keep t in the "
    "state.",
)(_adam(remember=lambda state: {"m": state["m"], "v": state["v"]}))


@adam_step("corrected means stored")
def stores_corrected(params, grads, state, lr, betas, eps):
    """You stored m and v after their correction, so it is applied again and again. Store them as they are;
    correct them where they are used.
    """
    zeros, t = [0.0] * len(params), state.get("t", 0) + 1
    old_m, old_v = state.get("m", zeros), state.get("v", zeros)
    m = [(betas[0] * a + (1 - betas[0]) * g) / (1 - betas[0] ** t) for a, g in zip(old_m, grads, strict=True)]
    v = [
        (betas[1] * a + (1 - betas[1]) * g * g) / (1 - betas[1] ** t)
        for a, g in zip(old_v, grads, strict=True)
    ]
    moved = [p - lr * a / (math.sqrt(b) + eps) for p, a, b in zip(params, m, v, strict=True)]
    return moved, {"t": t, "m": m, "v": v}


@adam_step("one mean for all parameters")
def one_mean_for_all(params, grads, state, lr, betas, eps):
    """All parameters share one m and one v. Each has its own: that is why Adam can give each its own
    step.
    """
    t, g = state.get("t", 0) + 1, sum(grads) / len(grads)
    m = betas[0] * state.get("m", 0.0) + (1 - betas[0]) * g
    v = betas[1] * state.get("v", 0.0) + (1 - betas[1]) * g * g
    step = lr * m / (1 - betas[0] ** t) / (math.sqrt(v / (1 - betas[1] ** t)) + eps)
    return [p - step for p in params], {"t": t, "m": m, "v": v}


_right = _adam()


@adam_step("state shared by all trainings")
def shared_state(params, grads, state, lr, betas, eps, memory={}):  # noqa: B006 - the mistake itself
    """You keep the state outside of `state`, in a global variable or a default argument, so a second
    training goes on with the memory of the first. Put it into what you return.
    """
    if len(memory.get("m", params)) != len(params):
        memory.clear()
    moved, kept = _right(params, grads, memory, lr, betas, eps)
    memory.update(kept)
    return moved, {}


@adam_step("caller's lists changed")
def changes_in_place(params, grads, state, lr, betas, eps):
    """You changed params and state in place: whoever kept the old ones, to compare or to go back, has them
    no more. Make new ones.
    """
    params[:], kept = _right(params, grads, state, lr, betas, eps)
    state.update(kept)
    return params, state


# train_xor

_INPUTS = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
_TARGETS = [0.0, 1.0, 1.0, 0.0]


def _two_layers(generator, middle=Tanh, hidden=8):
    between = [middle()] if middle else []
    return Sequential(
        Linear(2, hidden, generator=generator), *between, Linear(hidden, 1, generator=generator)
    )


def _training(
    *,
    build=_two_layers,
    generator=random.Random,
    seen=lambda logit: logit,
    merge=lambda x: x,
    before=lambda model: model.zero_grad(),
    between=lambda model: None,
    trained=lambda model: model.parameters(),
    targets=_TARGETS,
    cleared_in=lambda step: True,
    steps=60,
    lr=0.1,
):
    """A training with one thing wrong."""

    def train_xor(seed):
        model = build(generator(seed))
        optimizer = Adam(trained(model), lr=lr)
        for step in range(steps):
            logits = [seen(logit) for x in _INPUTS for logit in model(merge(x))]
            loss = binary_cross_entropy_with_logits(logits, targets)
            if cleared_in(step):
                before(model)
            loss.backward()
            between(model)
            optimizer.step()
        return model

    return train_xor


def _from_zero(generator):
    model = _two_layers(generator)
    for parameter in model.parameters():
        parameter.data = 0.0
    return model


def _turn_gradients(model):
    for parameter in model.parameters():
        parameter.grad = -parameter.grad


def _with_sigmoid(generator):
    return Sequential(*_two_layers(generator).modules, Sigmoid())


train_xor = slips("train_xor")


train_xor(
    "no nonlinearity",
    "The loss stays at ln 2: two linear layers are worth one, and no line separates XOR. Put a tanh between "
    "them.",
)(_training(build=lambda generator: _two_layers(generator, middle=None)))

train_xor(
    "weights start at 0",
    "The loss stays at ln 2 and no parameter moves: with all weights 0 the hidden units say nothing and get "
    "no gradient. Start them at random.",
)(_training(build=_from_zero))

train_xor(
    "sigmoid before the loss with logits",
    "The loss you minimise cannot fall below 0.5: binary_cross_entropy_with_logits takes the sigmoid "
    "itself, and got probabilities for logits. Give it the model's output as it is.",
)(_training(seen=F.sigmoid))

train_xor(
    "sigmoid at the end of the model",
    "Your model answers with probabilities, which are never negative, and the loss takes the sigmoid once "
    "more. Let the model end with its last linear layer.",
)(_training(build=_with_sigmoid))

train_xor(
    "gradients cleared after backward",
    "No parameter moves: the gradients are cleared between backward and the step that needs them.",
)(_training(between=lambda model: model.zero_grad()))

# Cleared now and then, so that it learns XOR on any seed: what tells the mistake is the gradients alone.
train_xor(
    "zero_grad missing",
    "A step uses the gradients of the steps before it, too. It may well learn XOR nevertheless, which is why "
    "this mistake lives long. Clear the gradients in every round.",
)(_training(cleared_in=lambda step: step % 3 == 0))

train_xor(
    "two inputs merged",
    "Training saw the sum a + b in place of the two inputs, so it learned another task: the model is asked "
    "with [a, b] and has to be trained with [a, b].",
)(_training(merge=lambda x: (x[0] + x[1], x[0] + x[1])))

train_xor(
    "targets turned around",
    "Your network learned the opposite, XNOR: it says 1 where the inputs are equal. Check the targets, and "
    "the order in which they meet the inputs.",
)(_training(targets=[1.0 - target for target in _TARGETS]))

train_xor(
    "only the last layer trained",
    "The hidden layer is what it was at the start: the optimizer has the parameters of the last layer only. "
    "Eight random features will often do for XOR, but give it all of model.parameters().",
)(_training(trained=lambda model: model.parameters()[24:]))

train_xor(
    "ReLU in place of tanh",
    "The hidden layer has a ReLU. It often learns XOR too, but with eight units some seeds get stuck. Use "
    "tanh.",
)(_training(build=lambda generator: _two_layers(generator, middle=ReLU)))

train_xor(
    "four hidden units",
    "Your network is smaller than asked for: 2-4-1 has 17 parameters, 2-8-1 has 33. Some seeds get stuck "
    "with four units.",
)(_training(build=lambda generator: _two_layers(generator, hidden=4)))

train_xor(
    "too few or too small steps",
    "Training ended long before the loss was small. Make more steps, or larger ones: Adam with lr = 0.1 "
    "needs about fifty.",
)(_training(steps=30, lr=0.001))

train_xor(
    "loss grows",
    "The loss of your trained model is far above ln 2, with which it began. Check the signs of loss and "
    "step, and that every round begins with cleared gradients.",
)(_training(between=_turn_gradients))

train_xor(
    "seed ignored", "Every seed gives the same network. Use the argument `seed` for the first weights."
)(_training(generator=lambda seed: random.Random(0)))

train_xor(
    "not seeded",
    "The same seed gives another network each time: the first weights come from a generator that you did "
    "not seed.",
)(_training(generator=lambda seed: random.Random()))


# accuracy


def _right_ones(logits, y):
    return (np.ravel(logits) >= 0) == (np.ravel(y) == 1)


accuracy = slips("accuracy")


@accuracy("threshold 0.5 on logits")
def threshold_of_probabilities(logits, y):
    """You compared logits with 0.5. That is the threshold for probabilities; a logit says class 1 from
    0 on.
    """
    return float(np.mean((np.ravel(logits) >= 0.5) == np.ravel(y)))


@accuracy("(N, 1) compared with (N,)")
def broadcast(logits, y):
    """Comparing a column with a row gives a table of all pairs, and the mean of that is no accuracy. Bring
    both to one shape first.
    """
    return float(np.mean((logits >= 0) == y))


@accuracy("percent")
def percent(logits, y):
    """Your answer is a hundred times too large: a share lies between 0 and 1."""
    return float(100 * np.mean(_right_ones(logits, y)))


@accuracy("count in place of a share")
def count(logits, y):
    """You counted the right ones. Divide by the number of examples, so that data sets of different size
    compare.
    """
    return float(np.sum(_right_ones(logits, y)))


@accuracy("strict > at 0")
def strict(logits, y):
    """A logit of exactly 0 says class 1, as everywhere in this kit: the comparison must let 0 pass."""
    return float(np.mean((np.ravel(logits) > 0) == np.ravel(y)))


@accuracy("share of the wrong ones")
def error_rate(logits, y):
    """You have the error rate, which is 1 minus the accuracy."""
    return float(1 - np.mean(_right_ones(logits, y)))


@accuracy("logits compared with labels")
def logits_as_labels(logits, y):
    """A logit is never equal to its label. Turn the logits into classes first."""
    return float(np.mean(np.ravel(logits) == np.ravel(y)))


@accuracy("only class 1 counted")
def only_class_1(logits, y):
    """An example of class 0 with a negative logit is right too, and you left it out."""
    return float(np.mean((np.ravel(logits) >= 0) & (np.ravel(y) == 1)))
