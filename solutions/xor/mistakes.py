"""Classic wrong answers of the xor unit, and what a tutor says to each."""

import math

from autograder.declare import slips


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
    "v starts at 0 as m does, and you corrected m alone: early steps are far too long. Divide v by "
    "1 - beta2**t.",
)(_adam(corrected=(True, False)))
adam_step(
    "only v corrected",
    "m starts at 0 as v does, and you corrected v alone: early steps are too short. Divide m by "
    "1 - beta1**t.",
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
    "New gradients enter with weight 1. In a running mean what was has the weight beta and what is new "
    "1 - beta.",
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
    """You changed params and state in place: code that kept the old ones, to compare or to go back, has lost
    them. Make new ones.
    """
    params[:], kept = _right(params, grads, state, lr, betas, eps)
    state.update(kept)
    return params, state


train_xor = slips("train_xor")
MODEL, PARAMETERS = "model = Sequential(", "params, state = model.parameters(), {}"

train_xor(
    "no nonlinearity",
    "The loss stays at ln 2: two linear layers are worth one, and no line separates XOR. Put a tanh between "
    "them.",
).drop("Tanh(), ")
train_xor(
    "weights start at 0",
    "The loss stays at ln 2 and no parameter moves: with all weights 0 the hidden units say nothing and get "
    "no gradient. Start them at random.",
).write(PARAMETERS, f"{PARAMETERS}\n    for p in params:\n        p.data = 0.0")
train_xor(
    "sigmoid before the loss with logits",
    "The loss you minimise cannot fall below 0.5: binary_cross_entropy_with_logits takes the sigmoid "
    "itself, and got probabilities for logits. Give it the model's output as it is.",
    code="(?i)sigmoid|exp",
).write("[logit", "[logit.sigmoid()")
train_xor(
    "sigmoid at the end of the model",
    "Your model answers with probabilities, which are never negative, and the loss takes the sigmoid once "
    "more. Let the model end with its last linear layer.",
    code="(?i)sigmoid|exp",
).write(MODEL, f"from engine.nn import Sigmoid\n    {MODEL}").write("))\n", "), Sigmoid())\n")
train_xor(
    "gradients cleared after backward",
    "No parameter moves: the gradients are cleared between backward and the step that needs them.",
    code=r"backward\((?s:.*)(\.grad = |zero_grad\()",
).swap("model.zero_grad()", "binary_cross_entropy_with_logits(logits, TARGETS).backward()")
# Cleared now and then, so that it learns XOR on any seed: what tells the mistake is the gradients alone.
train_xor(
    "zero_grad missing",
    "A step uses the gradients of the steps before it, too. It may well learn XOR nevertheless, which is why "
    "this mistake lives long. Clear the gradients in every round.",
).write("for _", "for step").write("model.zero_grad()", "if step % 3 == 0:\n            model.zero_grad()")
train_xor(
    "two inputs merged",
    "Training saw the sum a + b in place of the two inputs, so it learned another task: the model is asked "
    "with [a, b] and has to be trained with [a, b].",
    code=r"sum\(|\[0\] \+|\ba \+ b\b|x1 \+ x2|\[1\] \+",
).write("model(x)", "model([sum(x), sum(x)])")
train_xor(
    "targets turned around",
    "Your network learned the opposite, XNOR: it says 1 where the inputs are equal. Check the targets, and "
    "the order in which they meet the inputs.",
).write("TARGETS", "[1.0 - y for y in TARGETS]")
train_xor(
    "only the last layer trained",
    "The hidden layer is what it was at the start: the optimizer has the parameters of the last layer only. "
    "Eight random features will often do for XOR, but give it all of model.parameters().",
    code=r"\[-?\d*:|\[-1\]|layers",
).write("model.parameters()", "model.parameters()[24:]")
train_xor(
    "ReLU in place of tanh",
    "The hidden layer has a ReLU. It often learns XOR too, but with eight units some seeds get stuck. Use "
    "tanh.",
    code="(?i)relu",
).write(MODEL, f"from engine.nn import ReLU\n    {MODEL}").write("Tanh", "ReLU")
train_xor(
    "four hidden units",
    "Your network is smaller than asked for: 2-4-1 has 17 parameters, 2-8-1 has 33. Some seeds get stuck "
    "with four units.",
    code=r"\b4\b",
).write("(2, 8", "(2, 4").write("(8, 1", "(4, 1")
train_xor(
    "too few or too small steps",
    "Training ended long before the loss was small. Make more steps, or larger ones: Adam with lr = 0.1 "
    "needs about fifty.",
).write("60", "30").write("0.1,", "0.001,")
train_xor(
    "loss grows",
    "The loss of your trained model is far above ln 2, with which it began. Check the signs of loss and "
    "step, and that every round begins with cleared gradients.",
).write("[p.grad", "[-p.grad")
train_xor(
    "seed ignored", "Every seed gives the same network. Use the argument `seed` for the first weights."
).write("(seed)", "(0)")
train_xor(
    "not seeded",
    "The same seed gives another network each time: the first weights come from a generator that you did "
    "not seed.",
).write("(seed)", "()")


accuracy = slips("accuracy")

accuracy(
    "threshold 0.5 on logits",
    "You compared logits with 0.5. That is the threshold for probabilities; a logit says class 1 from 0 on.",
    code=r"0\.5|1 / 2",
).write(">= 0", ">= 0.5")
accuracy(
    "(N, 1) compared with (N,)",
    "Comparing a column with a row gives a table of all pairs, and the mean of that is no accuracy. Bring "
    "both to one shape first.",
).write("np.ravel(logits)", "logits").write("np.ravel(y)", "y")
accuracy(
    "percent",
    "Your answer is a hundred times too large: a share lies between 0 and 1.",
).write("float(", "float(100 * ")
accuracy(
    "count in place of a share",
    "You counted the right ones. Divide by the number of examples, so that data sets of different size "
    "compare.",
).write("mean", "sum")
accuracy(
    "strict > at 0",
    "A logit of exactly 0 says class 1, as everywhere in this kit: the comparison must let 0 pass.",
).write(">=", ">")
accuracy(
    "share of the wrong ones",
    "You have the error rate, which is 1 minus the accuracy.",
).write("float(", "float(1 - ")
accuracy(
    "logits compared with labels",
    "A logit is never equal to its label. Turn the logits into classes first.",
).drop(" >= 0")
accuracy(
    "only class 1 counted",
    "An example of class 0 with a negative logit is right too, and you left it out.",
).write("predicted ==", "predicted &")
