"""Classic wrong answers of the backprop unit, and what a tutor says to each."""

import numpy as np

from autograder.declare import slips

log_softmax = slips("log_softmax")
SHIFT = "logits - logits.max(axis=1, keepdims=True)"

log_softmax(
    "logarithm of the softmax",
    "You took the logarithm of the probabilities. One that is too small for a float is 0, and its logarithm "
    "minus infinity: subtract the logarithm of the sum from the score instead.",
).write(
    "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
    "np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))",
)
log_softmax(
    "no shift", "exp overflows for scores like 1000. First subtract each row's largest score from it."
).write(SHIFT, "logits - 0.0")
log_softmax(
    "one shift for all rows",
    "You subtracted the largest score of the batch. A row far below it has only exponentials of 0 left: "
    "shift each row by its own largest.",
).write(SHIFT, "logits - logits.max()")
log_softmax(
    "normalised over the batch",
    "You summed down the columns, so the examples share out the probabilities of a class. Each row sums to "
    "1.",
).write("sum(axis=1", "sum(axis=0")
log_softmax(
    "the logarithm left out", "You subtracted the sum of the exponentials itself. Take its logarithm."
).write("np.log(np.exp(shifted).sum(axis=1, keepdims=True))", "np.exp(shifted).sum(axis=1, keepdims=True)")
log_softmax(
    "softmax without the logarithm", "These are the probabilities. The exercise asks for their logarithms."
).write(
    "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
    "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)",
)

log_softmax_grad = slips("log_softmax_grad")
log_softmax_grad(
    "sum of the row forgotten",
    "You subtracted the probabilities as if every dout summed to 1. They are multiplied by the sum of dout "
    "over the row.",
).drop(" * dout.sum(axis=1, keepdims=True)")
log_softmax_grad(
    "each entry by its own dout",
    "You multiplied each probability by the dout of its own column. A score changes the whole row: "
    "sum dout over it.",
).drop(".sum(axis=1, keepdims=True)")
log_softmax_grad(
    "dout summed over the batch",
    "You summed dout down the columns. The sum runs over the row, which belongs to one example.",
).write("dout.sum(axis=1", "dout.sum(axis=0")
log_softmax_grad(
    "gradient of softmax",
    "This is the gradient of softmax, with its product of probabilities. The logarithm divides by the "
    "probability again: dout stands alone.",
).write(
    "dout - np.exp(log_softmax(logits)) * dout.sum(axis=1, keepdims=True)",
    "(p := np.exp(log_softmax(logits))) * (dout - (p * dout).sum(axis=1, keepdims=True))",
)
log_softmax_grad(
    "logarithms for probabilities",
    "You multiplied by log_softmax(logits). The probabilities belong there: take exp of it.",
).write("np.exp(log_softmax(logits))", "log_softmax(logits)")


softmax_cross_entropy_grad = slips("softmax_cross_entropy_grad")

softmax_cross_entropy_grad(
    "not divided by N",
    "Your gradient is that of the sum of the losses. The loss is a mean: divide by how many examples there "
    "are.",
).drop(" / len(labels)")
softmax_cross_entropy_grad(
    "divided by N times the classes",
    "You divided by how many numbers the logits are. The mean is over the examples only.",
).write("/ len(labels)", "/ logits.size")
softmax_cross_entropy_grad(
    "divided by the classes", "You divided by how many classes there are. The mean is over the examples."
).write("/ len(labels)", "/ logits.shape[1]")
softmax_cross_entropy_grad(
    "probabilities alone",
    "These are the probabilities. At the label the loss falls as its logit grows: subtract 1 there.",
).drop("grad[np.arange(len(labels)), labels] -= 1")
softmax_cross_entropy_grad(
    "sign turned around",
    "You have label minus probability, the direction in which the loss falls. The gradient points uphill.",
).write("grad / len", "-grad / len")
softmax_cross_entropy_grad(
    "1 at the prediction",
    "You subtracted 1 at the largest logit of each row. What is right is said by the labels.",
).write("labels] -=", "logits.argmax(axis=1)] -=")
softmax_cross_entropy_grad(
    "1 in whole columns",
    "grad[:, labels] picks whole columns for all examples. Row n has its 1 in the column labels[n] only.",
).write("np.arange(len(labels))", ":")
softmax_cross_entropy_grad(
    "labels subtracted as numbers",
    "You subtracted the label's number from the whole row. A label says which column, not how much.",
).write("grad[np.arange(len(labels)), labels] -= 1", "grad -= labels[:, None]")
softmax_cross_entropy_grad(
    "logits for probabilities",
    "You took 1 from the logits. The gradient is of the probabilities: softmax first.",
).write("np.exp(log_softmax(logits))", "logits - 0.0")


mlp_backward = slips("mlp_backward")
GRADS, MASK = "(a.T @ dZ, dZ.sum(axis=0))", "* (a > 0)"

mlp_backward(
    "no mask of relu",
    "The gradient went through all units. Where relu made a score 0, nothing goes through: multiply by 0 "
    "there.",
).drop(f" {MASK}")
mlp_backward(
    "mask by the gradient",
    "You let a gradient through where it is positive itself. What counts is whether the unit was on, on the "
    "way forward.",
).write(f"dZ = (dZ @ W.T) {MASK}", "dZ = np.maximum(dZ @ W.T, 0)")
mlp_backward(
    "mask on the last layer",
    "The logits' gradient was masked by the sign of the logits. The last layer has no relu.",
).write(
    "softmax_cross_entropy_grad(logits, labels),",
    "softmax_cross_entropy_grad(logits, labels) * (logits > 0),",
)
mlp_backward(
    "activation multiplied in place of its slope",
    "You multiplied by what relu passed on. Its slope is 1 where the unit was on, however large the score.",
).write(MASK, "* a")
mlp_backward(
    "gradients in reverse", "Your list begins with the last layer. It is wanted in the order of the layers."
).write("gradients[::-1]", "gradients")
mlp_backward(
    "db summed over the units",
    "You summed the gradient over the units. A bias serves all examples: sum over them, along axis 0.",
).write("dZ.sum(axis=0)", "dZ.sum(axis=1)")
mlp_backward(
    "db as a mean",
    "You took the mean of the gradient over the examples. Its 1/N has come with the loss already: sum up.",
).write("dZ.sum(axis=0)", "dZ.mean(axis=0)")
mlp_backward(
    "dW divided by N again",
    "Your dW is divided by N twice. The loss's gradient holds the 1/N of the mean already.",
).write("a.T @ dZ", "a.T @ dZ / len(X)")
mlp_backward(
    "what went out for what came in",
    "You paired a layer's gradient with its own output. A weight multiplies what came in: take the layer's "
    "input.",
).write(GRADS, "(np.maximum(a @ W + _, 0).T @ dZ, dZ.sum(axis=0))")
mlp_backward(
    "X into every layer",
    "Each layer's dW was made with X. A layer works on what the layer before it passed on.",
).write("(a.T @", "(inputs[0].T @")
mlp_backward(
    "weights not transposed",
    "The gradient went back through W as it stands. It is (d_in, d_out), and the way back needs its "
    "transpose.",
    code=r"(\bd\w*|delta|grad\w*) @ W\b(?!\.)",
).write("dZ @ W.T", "dZ @ W")
mlp_backward(
    "weights moved before they are used",
    "A layer's weights were moved by their gradient before the gradient went on through them. First go all "
    "the way back; the step comes after.",
).write("dZ @ W.T", "dZ @ (W - a.T @ dZ).T")
mlp_backward(
    "loss summed",
    "Your loss is the sum over the examples. The gradients are those of the mean: take it here too.",
).write(".mean()", ".sum()")
mlp_backward(
    "gradients of the sum",
    "Your gradients are N times too large: those of the summed loss. The loss is a mean.",
).write("softmax_cross_entropy_grad(logits, labels),", "softmax_cross_entropy_grad(logits, labels) * len(X),")
mlp_backward(
    "relu on the logits", "The last layer went through relu as well. Its scores are the logits, as they are."
).write("logits = inputs[-1] @ W + b", "logits = np.maximum(inputs[-1] @ W + b, 0)")
mlp_backward(
    "biases forgotten on the way forward",
    "The hidden layers have no biases on the way forward, so units are on and off where they should not be.",
).write("inputs[-1] @ W + b, 0", "inputs[-1] @ W, 0")


gradient_check = slips("gradient_check")
ERROR = "abs(grads[name] - nearest).max() <= tol * largest"

gradient_check(
    "absolute error",
    "You compared the difference itself with tol. That finds fault with large gradients and passes small "
    "wrong ones: divide by the size of the gradient.",
).write(ERROR, "abs(grads[name] - nearest).max() <= tol")
gradient_check(
    "one-sided difference",
    "You nudged to one side only. Such a slope is off by about eps, so right gradients fail: nudge up and "
    "down.",
).write("slope, low, high = (left + right) / 2,", "slope, low, high = right,")
gradient_check(
    "not divided by 2", "The two nudges are 2 * eps apart. Your slopes are twice too large."
).write("(left + right) / 2", "(left + right)")
gradient_check(
    "nan passes",
    "You asked whether the error is larger than tol. With a nan that is False, so it passes: ask whether the "
    "error is small enough.",
).write(ERROR, "not abs(grads[name] - nearest).max() > tol * largest")
gradient_check(
    "divided by 0",
    "Where gradient and slopes are all 0, you divided 0 by 0, and the nan counted as an error. Nothing is "
    "wrong there.",
).write(ERROR, "largest > 0 and abs(grads[name] - nearest).max() / largest <= tol")
gradient_check(
    "mean of the differences",
    "You averaged the differences with their signs, so that they can cancel. Take the largest one.",
).write(ERROR, "abs((grads[name] - nearest).mean()) <= tol * largest")
gradient_check(
    "kinks are faults",
    "At a kink you insist on the mean of the two slopes. relu at 0 has the slopes 0 and 1, and either is "
    "right.",
).write("np.where(kink, np.clip(grads[name], low, high), slope)", "slope")
gradient_check(
    "kinks pass unseen",
    "Where the two slopes differ you pass any gradient. It must lie between the two.",
).write("np.clip(grads[name], low, high)", "grads[name]")
gradient_check(
    "shapes not compared",
    "A gradient of another shape was stretched until it fitted. Compare its shape with the parameter's "
    "first.",
).write("if np.shape(grads[name]) == x.shape:", "if True:")
gradient_check(
    "right ones named", "You named the parameters whose gradients are right. Name the others."
).write("                continue\n        wrong.append(name)", "                wrong.append(name)")
gradient_check("only the first fault named", "You stopped at the first wrong gradient. Name them all.").write(
    "        wrong.append(name)", "        return [name]"
)


@gradient_check("params not restored")
def not_restored(f, grads, params, eps, tol):
    """You nudged the parameters in place and did not put them back, so all later slopes are taken elsewhere,
    and the caller's parameters have moved.
    """
    wrong = []
    for name, x in params.items():
        slope = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            x[place] += eps
            up = f(params)
            x[place] -= 2 * eps
            slope[place] = (up - f(params)) / (2 * eps)
        g = grads[name]
        if np.shape(g) != x.shape or not abs(g - slope).max() <= tol * max(abs(g).max(), abs(slope).max()):
            wrong.append(name)
    return wrong


@gradient_check("all entries nudged at once")
def all_at_once(f, grads, params, eps, tol):
    """You nudged all entries of a parameter together, which measures the sum of their slopes. Nudge one entry
    at a time.
    """
    wrong = []
    for name, x in params.items():
        slope = (f(params | {name: x + eps}) - f(params | {name: x - eps})) / (2 * eps)
        if not abs(np.sum(grads[name]) - slope) <= tol * max(abs(np.sum(grads[name])), abs(slope)):
            wrong.append(name)
    return wrong


minibatches = slips("minibatches")
ORDER, LOOP = "rng.permutation(len(X))", "range(0, len(X), size)"

minibatches(
    "last part dropped",
    "The examples that do not fill a part are lost. The last part may be smaller.",
).write(LOOP, "range(0, len(X) - size + 1, size)")
minibatches(
    "in the order of the data",
    "Your examples come in the order of the data, in every epoch. Draw an order from rng.",
).write(ORDER, "np.arange(len(X))")
minibatches(
    "same order in each call",
    "Every call gives the same order, since you made a generator of your own with a fixed seed. Use rng, "
    "which goes on.",
).write(ORDER, "np.random.default_rng(0).permutation(len(X))")
minibatches(
    "X and y shuffled apart",
    "You drew one order for X and another for y, so the labels belong to other examples. Use one order for "
    "both.",
).write("y[part]", "y[rng.permutation(len(y))[:len(part)]]")
minibatches(
    "with replacement",
    "Some examples come twice and others not at all: you drew each by itself. Draw an order of all.",
).write(ORDER, "rng.integers(len(X), size=len(X))")
minibatches(
    "only the parts shuffled",
    "You cut the data first and shuffled the parts, so that the same examples are always together. Shuffle "
    "the examples.",
).write(ORDER, "np.arange(len(X))").write(
    f"for start in {LOOP}:", "for start in rng.permutation(np.arange(0, len(X), size)):"
)
minibatches(
    "labels not shuffled", "The labels come in the order of the data, the examples do not. Index y as X."
).write("y[part]", "y[start : start + size]")
minibatches(
    "caller's arrays shuffled",
    "You shuffled the caller's X and y in place: their order is lost, also for the caller. Shuffle the "
    "places.",
).write(
    f"order = {ORDER}",
    "shuffled, order = rng.permutation(len(X)), np.arange(len(X))\n    X[:], y[:] = X[shuffled], y[shuffled]",
)
minibatches(
    "size is the number of parts",
    "You cut the data into `size` parts. `size` is how many examples a part has.",
).write("for start", "size = -(-len(X) // size)\n    for start")


sgd_momentum_step = slips("sgd_momentum_step")
VELOCITY, MOVE = "momentum * v + (g + weight_decay * p)", "p - lr * velocities[-1]"

sgd_momentum_step(
    "velocity not kept",
    "Every step is a first step, without momentum: put the velocities into the state that you return.",
).write('{"velocities": velocities}', "{}")
sgd_momentum_step(
    "running mean",
    "You multiplied the gradient by 1 - momentum. That is a mean, and PyTorch's `dampening`; here the whole "
    "gradient is added.",
).write("(g + weight_decay * p)", "(1 - momentum) * (g + weight_decay * p)")
sgd_momentum_step(
    "lr inside the velocity",
    "You stored lr times the gradient in the velocity. When lr changes, the old rate lives on: multiply by "
    "lr where the parameter moves.",
).write("(g + weight_decay * p)", "lr * (g + weight_decay * p)").write(MOVE, "p - velocities[-1]")
sgd_momentum_step(
    "weight decay forgotten",
    "weight_decay does nothing. Add weight_decay times the parameter to its gradient.",
).write("(g + weight_decay * p)", "g")
sgd_momentum_step(
    "decay apart from the gradient",
    "You shrank the parameter beside the step, as AdamW does. Here the decay is part of the gradient, and "
    "goes into the velocity.",
).write("(g + weight_decay * p)", "g").write(MOVE, "p - lr * velocities[-1] - lr * weight_decay * p")
sgd_momentum_step(
    "decay after the step",
    "You let the moved parameter decay. The decay is taken at the old parameter, and added to its gradient.",
).write("(g + weight_decay * p)", "g").write(MOVE, "(p - lr * velocities[-1]) * (1 - lr * weight_decay)")
sgd_momentum_step(
    "decay in the wrong direction",
    "Your weights grow. The decay is added to the gradient, and the step subtracts it.",
).write("g + weight_decay * p", "g - weight_decay * p")
sgd_momentum_step(
    "decay of the velocity", "weight_decay was multiplied by the velocity. It belongs to the parameter."
).write("weight_decay * p", "weight_decay * v")
sgd_momentum_step(
    "uphill", "The parameters moved along the gradient, where the loss grows. Subtract the step."
).write("p - lr", "p + lr")
sgd_momentum_step("lr ignored", "The step does not depend on lr: multiply by it.").write(
    "lr * velocities", "velocities"
)
sgd_momentum_step(
    "Nesterov's momentum",
    "You looked one step ahead, which is `nesterov=True` in PyTorch. Here the parameter moves by the "
    "velocity.",
).write(MOVE, "p - lr * (g + weight_decay * p + momentum * velocities[-1])")


@sgd_momentum_step("caller's arrays changed")
def changed_in_place(params, grads, state, lr, momentum, weight_decay):
    """You moved the parameters in place: the caller's own arrays have changed. Make new ones."""
    velocities = state.get("velocities") or [np.zeros(np.shape(p)) for p in params]
    velocities = [
        momentum * v + g + weight_decay * p for p, g, v in zip(params, grads, velocities, strict=True)
    ]
    for p, v in zip(params, velocities, strict=True):
        p -= lr * v
    return params, {"velocities": velocities}


dropout = slips("dropout")
KEPT = "X * (rng.random(X.shape) >= p) / (1 - p)"

dropout(
    "not scaled",
    "What stays is as large as before, so the sums are too small while training. Divide by 1 - p.",
).write(KEPT, "X * (rng.random(X.shape) >= p)")
dropout(
    "scaled outside training",
    "You multiplied by 1 - p when not training. Since training divides by it, nothing is left to do here.",
).write("return X\n", "return X * (1 - p)\n")
dropout(
    "old style: scaled in use only",
    "You left what stays as it is and multiply by 1 - p in use. That was the first form of dropout; here "
    "training makes up for it.",
).write("return X\n", "return X * (1 - p)\n").write(KEPT, "X * (rng.random(X.shape) >= p)")
BY_P, SHARE = (
    "You divided by p. What stays has the probability 1 - p.",
    "You kept the share p. That is to be dropped.",
)
APART = "if not training:", "if not training or p == 0:"
dropout("scaled by p", BY_P).write("/ (1 - p)", "/ p")
dropout("scaled by p above 0", BY_P).write("/ (1 - p)", "/ p").write(*APART)
dropout("dropped with 1 - p", SHARE).write(">= p", "< p")
dropout("dropped with 1 - p, for p above 0", SHARE).write(">= p", "< p").write(*APART)
dropout(
    "whole rows dropped",
    "You drew one number for each row. Each number of X has its own chance.",
).write("rng.random(X.shape)", "rng.random((len(X), 1))")
dropout(
    "whole columns dropped",
    "You drew one number for each column, so every example loses the same units. Draw in the shape of X.",
).write("rng.random(X.shape)", "rng.random(X.shape[1])")
dropout("dropped outside training", "When the network is used, nothing is dropped: return X.").write(
    "if not training:", "if False:"
)
dropout(
    "divided by 0",
    "For p = 1 you divided 0 by 0. Everything is dropped then: return zeros.",
).write("if p == 1:", "if False:")
dropout(
    "a generator of its own",
    "Every call drops the same numbers, or the same generator others: draw from rng, and from nothing else.",
).write("rng.random(", "np.random.default_rng(0).random(")


train_digits = slips("train_digits")

train_digits(
    "pixels not divided by 16",
    "You trained on pixels from 0 to 16. Inputs that large make gradients so large that steps of this rate "
    "go astray, and the network is asked with images / 16: divide in training too.",
    code=r"(?s)\A(?!.*\b(16|0\.0625))",
).write("images / 16", "images")
train_digits(
    "trained on all digits",
    "You loaded the digits yourself and trained on all of them, held-out ones included. Train on the images "
    "and labels that were given.",
    code=r"\bdigits\(",
).write(
    "layers = [",
    "from engine.datasets import digits\n    images, labels = map(np.array, digits())\n    layers = [",
)
train_digits(
    "a single step",
    "You made one step. Go over the data many times, a step for each minibatch.",
).write("for epoch in range(20)", "for epoch in range(1)").write("labels, 32,", "labels, len(labels),").write(
    "0.1 *", "0.5 *"
)
train_digits(
    "weights start at 0",
    "All weights start at 0, so the hidden units stay off and only the last biases learn. Draw them at "
    "random.",
).write("rng.normal(size=(d_in, d_out)) *", "np.zeros((d_in, d_out)) *")
train_digits("uphill", "The loss grows with each step. Subtract the gradients.").write("lr, 0.9", "-lr, 0.9")
train_digits(
    "labels shuffled apart",
    "The labels were in another order than the images when you trained, so the network can only guess.",
    code=r"(permut\w+|shuffle)\((labels|y)\b|(labels|y)\[\w+\.permutation",
).write("minibatches(images / 16, labels,", "minibatches(images / 16, rng.permutation(labels),")
train_digits(
    "gradients of a fixed network",
    "The gradients were always those of the first layers: after each step, make the layers of the new "
    "parameters.",
).drop("layers = list(zip(params[::2], params[1::2], strict=True))").write(
    "return layers", "return list(zip(params[::2], params[1::2], strict=True))"
)
train_digits(
    "steps thrown away",
    "The layers that you return know no more than at the start. Does what the steps give come back into "
    "them, and is the rate large enough?",
).drop("layers = list(zip(params[::2], params[1::2], strict=True))")
train_digits("32 hidden units", "Your hidden layer has 32 units. It should have 64.", code=r"\b32\b").write(
    "(64, 64, 10)", "(64, 32, 10)"
)
train_digits(
    "chance not from rng",
    "The same generator gives other layers each time, or another one the same: draw first weights from rng.",
).write("rng.normal(", "np.random.default_rng(0).normal(")


@train_digits("labels as numbers")
def labels_as_numbers(images, labels, rng):
    """Your network has one output that is to come near the label's number. But a 3 does not lie between a 2
    and a 4: there are ten classes, each with a score of its own.
    """
    W1, b1 = rng.normal(size=(64, 64)) * 0.2, np.zeros(64)
    W2, b2 = rng.normal(size=(64, 1)) * 0.2, np.zeros(1)
    for _ in range(100):
        a = np.maximum(images / 16 @ W1 + b1, 0)
        error = (a @ W2 + b2 - labels[:, None]) / len(labels)
        back = (error @ W2.T) * (a > 0)
        W2, b2 = W2 - 0.01 * a.T @ error, b2 - 0.01 * error.sum(axis=0)
        W1, b1 = W1 - 0.01 * (images / 16).T @ back, b1 - 0.01 * back.sum(axis=0)
    return [(W1, b1), (W2, b2)]
