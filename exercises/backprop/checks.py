"""Check programs of the backprop unit: each asks an answer module questions and returns what it said."""

from itertools import pairwise

import numpy as np

from autograder.declare import Unit, check
from autograder.declare.probes import ask, each, once_more, other_dtypes, relu, written
from engine.datasets import digits

unit = Unit(
    "Backpropagation",
    number=5,
    packages=("numpy",),
    unasked={
        "gradient_check.grads: a gradient of 0": "a dictionary, and its arrays have zeros",
        "gradient_check.eps": "a nudge is above 0",
        "gradient_check.tol": "a tolerance is above 0",
        "sgd_momentum_step.lr": "a rate is above 0",
        "sgd_momentum_step.momentum: a negative number": "momentum is from 0 to 1",
        "sgd_momentum_step.weight_decay: a negative number": "weights decay, they do not grow",
        "dropout.p: a negative number": "a probability is from 0 to 1",
        "minibatches.X: float32": "examples are passed on, not computed with",
        "minibatches.X: a single column": "examples are passed on, not computed with",
    },
)

# A training takes a fifth of a second; five seconds are promised, and a busy machine gets some more. What a
# second run would show, the check of the generator shows.
TRAINING = {"seconds": 40.0, "repeat": False}


# log_softmax: log_softmax(logits) and log_softmax_grad(dout, logits)


@check("log_softmax", points=1)
def logs_of_the_probabilities_of_each_row(answer, rng):
    """Each row of log_softmax(logits) holds the logarithms of that row's softmax.

    1. Take the logarithm of exp(z) / sum. What becomes of the fraction, and what of exp?
    2. The logarithm of the fraction is z minus the logarithm of the sum of the row's exponentials.
    3. Sum along axis 1 and keep that axis, with length 1: each row has a sum of its own.
    """
    shapes = (4, 3), (3, 3), (1, 3), (2, 1), (1, 120)
    return ask(
        answer,
        "log_softmax(logits)",
        [[0.0, 0.0], [1.0, -1.0]],
        *(rng.normal(size=shape) for shape in shapes),
    ) | (other_dtypes(answer, "log_softmax(logits)", [[3, 4, 0], [0, -2, 5]]))


@check("log_softmax", points=1)
def no_logarithm_of_0(answer, rng):
    """Scores a thousand apart, or all far from 0, give finite logarithms.

    1. What is exp(-1000) as a float, and what is the logarithm of that?
    2. Do not take the logarithm of a probability: work it out as a difference, in which exp(-1000) may be 0.
    3. First subtract each row's own largest score: no exponential overflows, and their sum is at least 1.
    """
    apart = np.array([[1000.0], [-1000.0], [0.0]]) + rng.normal(size=(3, 3))
    wide = ("logits from -1000 to 1000", rng.uniform(-1000, 1000, size=(3, 4)))
    rows = [[0.0, -1e9], [1000.0, 1001.0], [-1000.0, -1002.0]]
    return ask(answer, "log_softmax(logits)", rows, ("rows around 1000, -1000 and 0", apart), wide)


@check("log_softmax", points=1)
def gradient_shares_out_the_sum_of_the_row(answer, rng):
    """log_softmax_grad(dout, logits) is dout minus the row's probabilities times the sum of its dout.

    1. Each score is in its own output, and through the sum in every output of its row. Which part is which?
    2. Work it out for two scores of 0 and dout (1, 0): the probabilities are one half, so (1, 0) minus one
       half each.
    3. Through the sum, score j changes every output of the row by minus its probability: what comes back that
       way is the whole row's dout, added up, times that.
    """
    dout, logits = (
        np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 0.5]]),
        np.array([[0.0, 1.0, -1.0], [2.0, 2.0, 2.0]]),
    )
    title = f"dout = {written(dout)}, logits = {written(logits)}"
    found = {title: answer.log_softmax_grad(dout, logits)}
    for shape in (4, 3), (3, 3), (1, 3), (2, 1), (1, 120):
        grad = answer.log_softmax_grad(rng.normal(size=shape), rng.normal(size=shape))
        found[f"dout and logits random, shape {shape}"] = grad
    ones = "dout = [[1, 0, 0], [0, 1, 0]]"
    found |= other_dtypes(
        lambda z: answer.log_softmax_grad(np.eye(2, 3), z), "gradient(logits)", [[3, 4, 0], [0, -2, 5]]
    )
    return found | {
        f"{ones}, logits a thousand apart": answer.log_softmax_grad(
            np.eye(2, 3), 1000 * np.array([[1.0, 0, -1], [-1, 1, 0]])
        ),
        f"{ones}, logits around 1000": answer.log_softmax_grad(np.eye(2, 3), 1000 + rng.normal(size=(2, 3))),
    }


# softmax_cross_entropy_grad


@check("softmax_cross_entropy_grad", points=1)
def probabilities_minus_the_label(answer, rng):
    """Each row is the softmax of the logits, less 1 in the column of the label, over N.

    1. The loss of an example is minus log_softmax(logits) at its label: a dout with one number in it.
    2. Put that dout into the gradient of log_softmax: what is left is the probabilities, less 1 at the label.
    3. Begin with the probabilities, which are exp of log_softmax; in each row take 1 away in one column; then
       comes the 1/N of the mean.
    """
    found = ask(answer, "softmax_cross_entropy_grad(logits = [[0.0, 0.0], [2.0, -1.0]], labels = [0, 1])")
    for N, classes in (4, 3), (3, 3), (1, 3), (1, 120), (2, 1):
        logits, labels = rng.normal(size=(N, classes)), rng.integers(classes, size=N)
        found[f"logits random, shape {logits.shape}, labels {written(labels)}"] = (
            answer.softmax_cross_entropy_grad(logits, labels)
        )
    labels = np.array([2, 0])
    return found | other_dtypes(
        lambda z: answer.softmax_cross_entropy_grad(z, labels), "gradient(logits)", [[3, 4, 0], [0, -2, 5]]
    )


@check("softmax_cross_entropy_grad", points=1)
def mean_of_any_number_of_examples(answer, rng):
    """The same example N times has 1/N of its gradient in each row.

    1. The loss is a mean. How much of it belongs to one of N examples?
    2. Add up all rows: for N equal examples that should be the gradient of one of them alone.
    3. Divide by how many examples there are, once: not by how many classes, and not by how many numbers.
    """
    logits, label = rng.normal(size=(1, 4)), rng.integers(4)
    return {
        f"the example {written(logits[0])} with label {label}, {N} times": answer.softmax_cross_entropy_grad(
            np.repeat(logits, N, axis=0), np.full(N, label)
        )
        for N in (1, 2, 3, 8, int(rng.integers(9, 40)))
    }


@check("softmax_cross_entropy_grad", points=1)
def labels_are_those_of_the_caller(answer, rng):
    """The 1 stands at the label that was given, also where the network is sure of another; nothing overflows.

    1. Where the network errs, the gradient is largest. Which column should be negative there?
    2. The labels say where the 1 is; the largest logit does not.
    3. Row n and column labels[n]: NumPy takes a list of rows and a list of columns at once.
    """
    rows = int(rng.integers(3, 7))
    logits = rng.uniform(-1000, 1000, size=(rows, 3))
    labels = rng.permutation(np.arange(rows) % 3)
    titled = "softmax_cross_entropy_grad(logits = [[9.0, 0.0, 1.0], [1000.0, 0.0, -1000.0]], labels = [1, 2])"
    return ask(answer, titled) | {
        f"logits from -1000 to 1000, labels {written(labels)}": answer.softmax_cross_entropy_grad(
            logits, labels
        )
    }


# mlp_backward


@check("mlp_backward", points=1)
def loss_is_the_mean_cross_entropy(answer, rng):
    """The first of the pair is the loss of the whole batch, a float.

    1. Forward first: layer by layer to the logits, as in the unit on the forward pass.
    2. The loss of an example is minus the entry of log_softmax(logits) in the column of its label.
    3. Take the mean over the examples. Logits in the thousands give a finite loss.
    """
    X, layers, labels = _batch(rng, 5, [3, 4, 3])
    large = [(W * 1000, b) for W, b in layers]
    return {
        "loss of a 1-1-2 network worked by hand": answer.mlp_backward(*_by_hand())[0],
        "loss of a random 3-4-3 network": answer.mlp_backward(X, layers, labels)[0],
        "the same with weights a thousand times as large": answer.mlp_backward(X, large, labels)[0],
        "kind of loss": isinstance(answer.mlp_backward(X, layers, labels)[0], float),
    }


@check("mlp_backward", points=1)
def last_layer_takes_the_logits_gradient(answer, rng):
    """For a network of one layer, the gradient of the logits gives dW and db as in linear_backward.

    1. The last layer has no relu: the gradient of the logits goes into it as it is.
    2. linear_backward in the unit on the forward pass has the three products for one layer.
    3. dW pairs what came in, which is X, with the gradient of what went out; db adds that up over the rows.
    """
    found = {}
    for sizes, examples in ([3, 4], (5, 1)), ([3, 3], (5, 1)), ([1, 2], (5, 1)), ([1, 120], (1,)):
        for N in examples:
            X, layers, labels = _batch(rng, N, sizes)
            found |= _titled(f"{'-'.join(map(str, sizes))} network, {N} examples", answer, X, layers, labels)
    return found


@check("mlp_backward", points=2)
def relu_lets_through_where_it_was_on(answer, rng):
    """A hidden unit's gradient is 0 for the examples for which its score was 0 or less.

    1. relu passes on z or 0. How much does its output change with z, on either side?
    2. What decides is the unit's own score on the way forward, not the sign of the gradient that comes back.
    3. Where the activation that the layer passed on is above 0, let the gradient through; elsewhere it is 0.
    """
    X, layers, labels = _batch(rng, 6, [3, 5, 4])
    W, b = layers[0]
    dead = [(W, b - 100.0 * (np.arange(5) == rng.integers(5))), layers[1]]
    at_0 = [(W * (np.arange(5) % 2), 0 * b), layers[1]]
    near_0 = [(1e-12 * W, 0 * b), layers[1]]
    return (
        _titled("1-1-2 network worked by hand", answer, *_by_hand())
        | _titled("3-5-4 network", answer, X, layers, labels)
        | _titled("3-5-4 network, one hidden unit always off", answer, X, dead, labels)
        | _titled("3-5-4 network, some scores exactly 0", answer, X, at_0, labels)
        | _titled("3-5-4 network, scores of some 1e-12", answer, X, near_0, labels)
        | _titled("3-5-4 network, negative inputs", answer, -abs(X), layers, labels)
    )


@check("mlp_backward", points=2)
def every_layer_gets_its_own(answer, rng):
    """The pairs (dW, db) come in the order of the layers, also where many have the same width.

    1. You go from the last layer to the first. In which order are the gradients wanted?
    2. A layer's dW needs what came into that layer, and the gradient of what went out of it.
    3. The gradient goes on to the layer before through the weights as they were on the way forward.
    """
    found = {}
    for sizes in [3, 5, 4, 2], [3, 3, 3, 3], [3] * 13:
        X, layers, labels = _batch(rng, 4, sizes)
        _, gradients = answer.mlp_backward(X, layers, labels)
        words = f"{len(layers)} layers, {sizes[0]} to {sizes[-1]}"
        found[f"how many pairs, {words}"] = len(gradients)
        found |= _named(gradients, words)
    return found


@check("mlp_backward", points=1)
def gradients_have_the_shapes_of_the_layers(answer, rng):
    """dW has the shape of W and db that of b, for one example, for one input and for one hidden unit.

    1. What is the shape of b? db has the same: one number for each unit.
    2. db adds up over the examples, which are the rows: the axis that goes away is axis 0.
    3. dW is (d_in, d_out): the transposed inputs (d_in, N) times the gradient (N, d_out).
    """
    found = {}
    for N, sizes in (
        (5, [5, 5, 5]),
        (1, [3, 4, 2]),
        (4, [1, 3, 2]),
        (4, [3, 1, 2]),
        (rng.integers(6, 50), [2, 3]),
    ):
        _, gradients = answer.mlp_backward(*_batch(rng, int(N), sizes))
        found[f"shapes, {N} examples, {sizes}"] = [np.shape(g) for pair in gradients for g in pair]
    _, layers, labels = _batch(rng, 2, [2, 3, 2])

    def first(X):
        return answer.mlp_backward(X, layers, labels)[1][0][0]

    return found | other_dtypes(first, "dW1(X)", [[3, 4], [0, -2]])


# gradient_check


@check("gradient_check", points=1)
def right_gradients_pass(answer, rng):
    """For right gradients the list is empty, whatever the function and the shapes.

    1. Nudge one entry of one parameter up by eps and down by eps: what do the two losses tell you?
    2. The slope is their difference over 2 * eps. From one side only it would be off by about eps.
    3. Nudge a copy: every other entry has to be as it was, for this slope and for the next.
    """
    found = {}
    for shape in (3, 2), (2, 2), (4,), (1, 3):
        params, grads = _cubes(rng, shape)
        found[f"wrong among the gradients of a sum of cubes, shape {shape}"] = answer.gradient_check(
            _sum_of_cubes, grads, params, 1e-5, 1e-6
        )
    params, grads = _cubes(rng, (2, 2))
    wrong = str(rng.choice(list(params)))
    found[f"the same where that of {wrong} is wrong"] = answer.gradient_check(
        _sum_of_cubes, grads | {wrong: grads[wrong] + 1}, params, 1e-5, 1e-6
    )
    return found


@check("gradient_check", points=2)
def planted_bugs_are_found(answer, rng):
    """A factor, a sign, a transposed array, a lost sum and a single wrong entry are found, and no others.

    1. Compare each parameter's gradient with its slopes, and collect the names of those that differ.
    2. One wrong entry is enough: the mean of the differences would hide it among many.
    3. A gradient of another shape is wrong too: compare the shapes first, NumPy would stretch it.
    """
    found = {}
    for _ in range(4):
        params, grads = _cubes(rng, (3, 3))
        planted = {
            str(name): str(rng.choice(list(BUGS))) for name in rng.choice(list(params), 2, replace=False)
        }
        wrong = grads | {name: BUGS[bug](grads[name]) for name, bug in planted.items()}
        words = ", ".join(f"{name}: {bug}" for name, bug in sorted(planted.items()))
        turned = dict(reversed(wrong.items()))  # grads may have another order than params
        found[f"planted: {words}"] = answer.gradient_check(_sum_of_cubes, turned, params, 1e-5, 1e-6)
    for bug, plant in BUGS.items():
        params, grads = _cubes(rng, (3, 3))
        wrong = grads | {"W2": plant(grads["W2"])}
        found[f"planted in W2: {bug}"] = answer.gradient_check(_sum_of_cubes, wrong, params, 1e-5, 1e-6)
    alike, row = {"W": np.ones((3, 2)), "b": np.ones((1, 2))}, np.full((1, 2), 3.0)
    found["one row in place of three that are alike, and the other way round"] = answer.gradient_check(
        _sum_of_cubes, {"W": row, "b": np.repeat(row, 3, axis=0)}, alike, 1e-5, 1e-6
    )
    found["the gradient of b of shape (4,) as a row of shape (1, 4)"] = answer.gradient_check(
        _sum_of_cubes, {"b": np.full((1, 4), 3.0)}, {"b": np.ones(4)}, 1e-5, 1e-6
    )
    return found


@check("gradient_check", points=1)
def errors_are_relative(answer, rng):
    """Small gradients are held to the same standard as large ones, and tol decides which.

    1. Is a difference of 0.001 large? Between 1000 and 1000.001 it is not, between 0 and 0.001 it is.
    2. Divide the largest difference by the largest number among the gradient and the slopes.
    3. Where all are 0 there is nothing to divide by: multiply tol by the largest number instead.
    """
    size = float(rng.uniform(1, 2))

    def checked(scale, factor, tol):
        params = {"W": np.array([[0.5, -1.0], [2.0, size]]), "b": np.array([1.0, size])}
        grads = {name: 3 * scale * x**2 for name, x in params.items()}
        name = str(rng.choice(["W", "b"]))
        grads[name] = factor * grads[name]
        return answer.gradient_check(lambda p: scale * _sum_of_cubes(p), grads, params, 1e-4, tol)

    words = "loss times {}, one gradient times {}, tol {}"
    cases = (
        (1e-9, 1.5, 1e-3),
        (1e9, 1.0, 1e-5),
        (1e9, 1.01, 1e-3),
        (1.0, 1.01, 0.1),
        (1.0, 1.3, 0.1),
        (1e-9, 2.0, 0.1),
    )
    params = {"W": np.array([[0.5, size]]), "unused": np.array([1.0, 2.0])}
    grads = {"W": 3 * params["W"] ** 2, "unused": np.zeros(2)}

    def loss(p):
        return float((p["W"] ** 3).sum())

    lost = grads | {"W": np.zeros((1, 2))}
    far = {"W": np.array([100.0, 0.001])}
    apart = {"W": np.array([2e6, 0.002])}

    def far_loss(p):
        return float(1e4 * p["W"][0] ** 2 + p["W"][1] ** 2)

    def line(p):
        return float(p["W"] @ slopes)

    def on_the_line(gradient):
        return answer.gradient_check(line, {"W": gradient}, {"W": np.ones(len(gradient))}, 1e-3, 1e-3)

    slopes = np.array([1000.0, 1.0])
    beside = on_the_line(np.array([1000.0, 1.5]))
    slopes = np.ones(400)
    tiny = grads | {"unused": np.array([0.0, 1e-3])}
    return each(words, checked, *cases) | {
        "a parameter without influence, gradient 0": answer.gradient_check(loss, grads, params, 1e-5, 1e-6),
        "a parameter without influence, gradient 0.001": answer.gradient_check(
            loss, tiny, params, 1e-5, 1e-6
        ),
        "entries of very different size, all right": answer.gradient_check(far_loss, apart, far, 1e-4, 1e-6),
        "slopes 1000 and 1, gradient 1000 and 1.5, tol 0.001": beside,
        "400 slopes of 1, one gradient 1.005, tol 0.001": on_the_line(
            np.where(np.arange(400) == 7, 1.005, 1)
        ),
        "a gradient of 0 where the slope is not": answer.gradient_check(loss, lost, params, 1e-5, 1e-6),
    }


@check("gradient_check", points=1)
def nan_is_wrong(answer, rng):
    """A gradient with a nan or an infinity in it is wrong.

    1. What is nan > 0.1 in Python? And nan <= 0.1?
    2. Every comparison with nan is False: ask whether the gradient is right, not whether it is wrong.
    3. It is right only if the largest difference is at most tol times the largest number; else name it.
    """
    found = {}
    for bad in "nan", "inf", "-inf":
        params, grads = _cubes(rng, (2, 3))
        name = str(rng.choice(list(params)))
        grads[name] = grads[name].copy()
        grads[name].flat[0] = float(bad)
        found[f"{bad} in the gradient of {name}"] = answer.gradient_check(
            _sum_of_cubes, grads, params, 1e-5, 1e-6
        )
    return found


@check("gradient_check", points=1)
def at_a_kink_any_slope_between_is_right(answer, rng):
    """At a kink a gradient between the left and the right slope passes, and one outside does not.

    1. relu at 0 has the slope 0 on the left and 1 on the right. What do central differences say there?
    2. One half: neither of the two that people use. Work out the slopes of both sides.
    3. Where they differ, a number from the smaller to the larger is right.
    """
    x = np.append(rng.uniform(0.5, 2, size=2), -1.0)
    place, factor = int(rng.integers(3)), float(rng.uniform(0.5, 3))

    def checked(slope, factor):
        params = {"x": np.insert(x, place, 0.0), "w": np.array([2.0])}
        grads = {"x": np.insert(factor * (x > 0), place, factor * slope), "w": np.array([4.0])}
        return answer.gradient_check(lambda p: _relu_and_square(p, factor), grads, params, 1e-5, 1e-6)

    slopes = [float(slope) for slope in rng.permutation([0.0, 1.0, 0.5, 0.3, -0.5, 1.5, -1.0, 2.0])]
    words = f"wrong where relu's slope at 0 is said to be {slopes}"
    return {words: [checked(slope, factor) for slope in slopes]} | {
        f"{words}, for minus relu": [checked(slope, -factor) for slope in slopes]
    }


@check("gradient_check", points=1)
def params_are_as_they_were(answer, rng):
    """Every call of f sees the parameters with one entry moved by eps, and afterwards they are as they were.

    1. Print the parameters before and after your function, and in every call of f.
    2. Nudge a copy of the one array, and give f a dictionary with that copy in it.
    3. If you nudge in place, put back the number that was there, for adding and subtracting eps may round.
    """
    eps = float(rng.uniform(0.5, 2)) * 1e-4
    params, grads = _cubes(rng, (2, 2))
    grads |= {str(name): -grads[name] for name in rng.permutation(list(params))[: rng.integers(4)]}
    before, moved = {name: x.copy() for name, x in params.items()}, []

    def watched(p):
        moved.append(np.concatenate([(p[name] - before[name]).ravel() for name in before]))
        return _sum_of_cubes(p)

    found = answer.gradient_check(watched, grads, params, eps, 1e-3)
    steps = np.round(np.array(moved) / eps, 3)
    return {
        f"wrong, with eps = {eps:.6f}": found,
        "most entries moved in one call": int((steps != 0).sum(axis=1).max()),
        "moves, in units of eps": sorted({*steps[steps != 0].tolist()}),
        "entries that were moved both ways": int(((steps > 0).any(axis=0) & (steps < 0).any(axis=0)).sum()),
        "params are as they were": all(np.array_equal(params[name], before[name]) for name in before),
    }


# minibatches


@check("minibatches", points=1)
def every_example_comes_once(answer, rng):
    """The parts hold each example exactly once; only the last part is smaller.

    1. Ten examples in parts of 4: how many parts are there, and how long is each?
    2. Draw one order of all the examples, and cut it into pieces: nothing is drawn twice.
    3. range(0, N, size) has the place where each piece begins; a slice over the end is just shorter.
    """
    found = {}
    for N, size in (
        (10, 4),
        (12, 4),
        (9, 4),
        (3, 5),
        (1, 1),
        (int(rng.integers(20, 60)), int(rng.integers(3, 9))),
    ):
        X, y = _numbered(N)
        parts = list(answer.minibatches(X, y, size, rng))
        words = f"{N} examples, size {size}"
        found[f"shapes of the parts, {words}"] = [[np.shape(a), np.shape(b)] for a, b in parts]
        found[f"all examples, sorted, {words}"] = sorted(int(x[0]) for a, _ in parts for x in a)
    return found


@check("minibatches", points=1)
def labels_stay_with_their_examples(answer, rng):
    """Row n of a part of y is the label of row n of the part of X.

    1. Shuffle X and y in two draws, and what is the label of the first row?
    2. Draw one order, and use it for both.
    3. An array of places picks rows: X[places] and y[places] belong together.
    """
    N = int(rng.integers(30, 60))
    X, y = _numbered(N)
    parts = list(answer.minibatches(X, y, 7, rng))
    pairs = sorted((int(x[0]), int(label)) for a, b in parts for x, label in zip(a, b, strict=True))
    images = rng.normal(size=(6, 2, 2))
    cut = list(answer.minibatches(images, images.sum(axis=(1, 2)), 4, rng))
    return {
        f"(example, label) of {N} examples, sorted": [list(pair) for pair in pairs],
        "examples of shape (2, 2) have their labels": all(np.allclose(a.sum(axis=(1, 2)), b) for a, b in cut),
        "their parts": [np.shape(a) for a, _ in cut],
    }


@check("minibatches", points=1)
def order_is_drawn_anew(answer, rng):
    """Each call draws another order from rng, never that of the data; the same rng state gives the same one.

    1. Where does your order come from? Call it twice: does it differ?
    2. rng.permutation(N) is an order of the numbers below N; the generator goes on, so the next one differs.
    3. Use the rng that is given, no other: neither np.random nor one made anew inside.
    """
    N, seed = int(rng.integers(50, 90)), int(rng.integers(10_000))
    X, y = _numbered(N)
    before = X.copy(), y.copy()

    def order(generator):
        return [int(x[0]) for a, _ in answer.minibatches(X, y, 8, generator) for x in a]

    generator = np.random.default_rng(seed)
    first, second, again = order(generator), order(generator), order(np.random.default_rng(seed))
    starts = [order(generator)[0] for _ in range(40)]
    facts = {
        "in the order of the data": first == sorted(first),
        "most neighbours of the data stay neighbours": bool(np.mean(np.abs(np.diff(first)) == 1) > 0.5),
        "two calls give the same order": first == second,
        "the same generator gives the same order": first == again,
        "many examples come first at some time": len({*starts}) > 10,
        "X and y are as they were": bool(np.array_equal(X, before[0]) and np.array_equal(y, before[1])),
    }
    return facts | once_more(rng, facts)


# sgd_momentum_step


@check("sgd_momentum_step", points=1)
def first_step_goes_downhill_by_lr(answer, rng):
    """Without momentum and weight decay, each parameter moves by lr times its gradient, downhill.

    1. Start with momentum 0 and weight_decay 0: what is left of the formulas?
    2. The velocity is then the gradient, and the parameter moves by minus lr times that.
    3. The first velocity is the gradient itself: nothing is multiplied by 1 - momentum here.
    """
    params, grads = (
        [rng.normal(size=(2, 3)), rng.normal(size=3)],
        [rng.normal(size=(2, 3)), rng.normal(size=3)],
    )
    plain, _ = answer.sgd_momentum_step(params, grads, {}, 0.1, 0.0, 0.0)
    first, _ = answer.sgd_momentum_step(params, grads, {}, 0.3, 0.9, 0.0)
    small, _ = answer.sgd_momentum_step([np.array([1.0, 2.0])], [np.array([4.0, 0.0])], {}, 0.1, 0.9, 0.0)
    return {
        "[1, 2] after a step, gradient [4, 0], lr 0.1, momentum 0.9": list(small),
        "random params after a step, lr 0.1, momentum 0": list(plain),
        "random params after a step, lr 0.3, momentum 0.9": list(first),
        "shapes": [np.shape(p) for p in plain],
    }


@check("sgd_momentum_step", points=2)
def velocity_remembers(answer, rng):
    """Five steps with changing gradients and rates go where PyTorch's SGD with momentum goes.

    1. The second step needs the velocities of the first: put them into the state.
    2. The new velocity is momentum times the old one plus the gradient, not a mean of the two.
    3. lr multiplies the velocity where the parameter moves; it is not stored in it, so that lr may change.
    """
    params, state, path = [rng.normal(size=(2, 2)), rng.normal(size=2)], {}, {}
    for step in range(1, 6):
        grads, lr = [rng.normal(size=(2, 2)), rng.normal(size=2)], 0.1 / step
        params, state = answer.sgd_momentum_step(params, grads, state, lr, 0.8, 0.0)
        path[f"params after step {step}, random gradients, momentum 0.8"] = list(params)
    return path


@check("sgd_momentum_step", points=1)
def weights_decay_through_the_gradient(answer, rng):
    """weight_decay times the parameter is added to its gradient, before the velocity is made.

    1. With a gradient of 0, what should weight decay do to a parameter of 2?
    2. It adds weight_decay times the parameter to the gradient; the rest is as before.
    3. The decay goes into the velocity as the gradient does, and so it is remembered too.
    """
    params, state, path = [np.array([[2.0, -1.0]]), np.array([1.0])], {}, {}
    for step in range(1, 4):
        params, state = answer.sgd_momentum_step(
            params, [np.zeros((1, 2)), np.zeros(1)], state, 0.1, 0.5, 0.2
        )
        path[f"[[2, -1]] and [1] after step {step}, gradients 0, weight decay 0.2"] = list(params)
    params, state, decay = [rng.normal(size=3)], {}, float(rng.uniform(0.1, 1))
    for step in range(1, 5):
        params, state = answer.sgd_momentum_step(params, [rng.normal(size=3)], state, 0.1 / step, 0.9, decay)
        path[f"random params after step {step}, weight decay {decay:.4f}"] = list(params)
    params, _ = answer.sgd_momentum_step([np.array([2.0, -1.0])], [np.array([0.0, 1.0])], {}, 0.1, 0.0, 0.2)
    return path | {"[2, -1] after a step, gradient [0, 1], momentum 0, weight decay 0.2": list(params)}


@check("sgd_momentum_step", points=1)
def trainings_do_not_know_of_each_other(answer, rng):
    """Two trainings in turns go their own ways, and the same step from the same state gives the same.

    1. Two trainings run in turns. Do they know of each other?
    2. Everything that is remembered lives in `state`: no global variable, no default argument that is kept.
    3. Make new arrays in each step: += on a parameter changes the caller's.
    """
    options, start = (0.1, 0.9, 0.01), rng.normal(size=2)
    one, one_state = answer.sgd_momentum_step([start], [np.array([2.0, 1.0])], {}, *options)
    two, two_state = answer.sgd_momentum_step([np.ones((2, 2))], [np.eye(2)], {}, *options)
    kept, reused = one[0].copy(), [np.array([2.0, 1.0])]
    third, third_state = answer.sgd_momentum_step([np.ones(2)], reused, {}, 0.1, 0.9, 0.0)
    reused[0][:] = 0.0, 3.0
    once, _ = answer.sgd_momentum_step(one, [np.array([-0.3, 0.0])], one_state, *options)
    again, _ = answer.sgd_momentum_step(one, [np.array([-0.3, 0.0])], one_state, *options)
    return {
        "first training after 2 steps": list(once),
        "the second of these steps once more, from the same state": list(again),
        "second training after 2 steps": list(
            answer.sgd_momentum_step(two, [np.eye(2)], two_state, *options)[0]
        ),
        "after 2 steps, the second gradient in the array of the first": list(
            answer.sgd_momentum_step(third, reused, third_state, 0.1, 0.9, 0.0)[0]
        ),
        "params of the first step are as they were": bool(np.array_equal(one[0], kept)),
    }


# dropout


@check("dropout", points=1)
def kept_numbers_make_up_for_the_lost(answer, rng):
    """In training, what stays is divided by 1 - p, so that the mean stays what it was.

    1. If half of the numbers become 0, what happens to the sum? And what makes up for it?
    2. In X of ones with p = 0.75 there should be zeros and fours.
    3. A number stays with probability 1 - p: divided by that, its mean is what it was.
    """
    p = float(rng.choice([0.2, 0.25, 0.6, 0.9]))
    ones = answer.dropout(np.ones((40, 50)), 0.75, rng, True)
    X = rng.uniform(1, 2, size=(40, 50))
    out = answer.dropout(X, p, rng, True)
    return {
        "numbers that come of ones, p = 0.75": np.unique(ones),
        "shape": np.shape(out),
        f"what became of the numbers that stayed, p = {p}": np.unique(np.round((out / X)[out != 0], 9)),
    } | {
        f"{name}, p = 0.5": np.unique(answer.dropout(np.ones((40, 9), dtype), 0.5, rng, True)).astype(float)
        for name, dtype in (("integers 1", int), ("float32 ones", np.float32))
    }


@check("dropout", points=1)
def outside_training_nothing_happens(answer, rng):
    """With training=False X comes back as it is, whatever p.

    1. When the network is used, should its answer depend on chance?
    2. Nothing is dropped then; and because training has made up for it, nothing is divided either.
    3. Begin with that case, before anything is drawn: neither zeros nor a factor have a part in it.
    """
    X, p = rng.normal(size=(3, 4)), float(rng.uniform(0.1, 0.9))
    return {
        f"X random, p = {p:.4f}, not training": answer.dropout(X, p, rng, False),
        "X of one row, p = 1, not training": answer.dropout(X[:1], 1.0, rng, False),
        "X of one column, p = 0, not training": answer.dropout(X[:, :1], 0.0, rng, False),
    }


@check("dropout", points=1)
def each_number_is_dropped_by_itself(answer, rng):
    """About the share p becomes 0, each number independently of its row, its column and the call before.

    1. Count the zeros: is their share p, or 1 - p?
    2. A number below p among uniform numbers from 0 to 1 has the probability p.
    3. Draw one uniform number for each number of X, so an array in the shape of X.
    """
    X, found = np.ones((200, 300)), {}
    for p in (float(p) for p in rng.permutation([0.1, 0.3, 0.8])):
        dropped = answer.dropout(X, p, rng, True) == 0
        found[f"share dropped, p = {p}"] = _near(dropped.mean(), p)
        for axis, name in (1, "row"), (0, "column"):
            lost = dropped.sum(axis=axis)
            found[f"a whole {name} dropped or kept, p = {p}"] = bool(
                lost.min() == 0 or lost.max() == X.shape[axis]
            )
            found[f"each {name} loses as many, p = {p}"] = bool(lost.min() == lost.max())
    seed = int(rng.integers(10_000))
    generator = np.random.default_rng(seed)
    one, two = (answer.dropout(X, 0.5, generator, True) for _ in range(2))
    three = answer.dropout(X, 0.5, np.random.default_rng(seed), True)
    return found | {
        "two calls drop the same": bool(np.array_equal(one, two)),
        "40 calls drop as many": len(
            {int((answer.dropout(X[:9, :9], 0.5, rng, True) == 0).sum()) for _ in X[:40]}
        )
        == 1,
        "the same generator drops the same": bool(np.array_equal(one, three)),
    }


@check("dropout", points=1)
def p_may_be_0_or_1(answer, rng):
    """p = 0 drops nothing and p = 1 everything, without a division by 0.

    1. What is 1 - p for p = 1, and what do you divide by?
    2. Everything is dropped then, so nothing is left to be scaled.
    3. Treat p = 1 by itself, before the division: the answer has the shape of X, and nothing of X in it.
    """
    X = rng.normal(size=(3, 4))
    return {
        "X random, p = 0": answer.dropout(X, 0.0, rng, True),
        "X random, p = 1": answer.dropout(X, 1.0, rng, True) + 0.0,
        "X of one row, p = 0": answer.dropout(X[:1], 0.0, rng, True),
    }


# train_digits


@check("train_digits", points=3, **TRAINING)
def reads_digits_it_has_not_seen(answer, rng):
    """Of digits that were held out, at least 0.95 are classified rightly, for any split.

    1. Print the loss after each epoch. ln 10 = 2.3 is a network that guesses: does yours fall well below?
    2. Divide the pixels by 16, start each layer with random weights of the right size, and go over the data
       some twenty times.
    3. Each minibatch: gradients of all layers, one step. A rate of 0.1 with momentum 0.9 works; let it fall
       to 0 towards the end.
    """
    images, labels = map(np.array, digits())
    order, right = rng.permutation(len(labels)), []
    for held_out in np.split(order[:1350], 3):
        rest = np.setdiff1d(order, held_out)
        layers = answer.train_digits(images[rest], labels[rest], _generator(rng))
        right.append(_scores(layers, images[held_out]).argmax(axis=1) == labels[held_out])
    share = float(np.mean(right))
    facts = {
        "share of 1,350 held-out digits": "0.95 or more" if share >= 0.95 else _words(share),
        "the last loss on held-out digits": _loss(layers, images[held_out], labels[held_out]),
        "nearly all hidden units are always off": bool(_share_off(layers, images) > 0.9),
        "all hidden units are the same": bool((layers[0][0] == layers[0][0][:, :1]).all()),
        "shapes of the layers": _shapes(layers),
    }
    return facts | once_more(rng, facts)


@check("train_digits", points=2, **TRAINING)
def learns_from_what_it_is_given(answer, rng):
    """With the pixels in another order, and other labels for the digits, the network learns those.

    1. Here a 3 may be labelled 7, and the pixels are shuffled, alike in all images. Does your network mind?
    2. A layer does not know which pixels are neighbours; it learns from the images and labels it is given.
    3. Train on the arguments alone: load no digits yourself, and do not use what you know about them.
    """
    images, labels = map(np.array, digits())
    images, labels = images[:, rng.permutation(64)], rng.permutation(10)[labels]
    rest, held_out = np.split(rng.permutation(len(labels)), [1347])
    layers = answer.train_digits(images[rest], labels[rest], _generator(rng))
    share = float(np.mean(_scores(layers, images[held_out]).argmax(axis=1) == labels[held_out]))
    facts = {
        "share of 450 held-out digits": "0.9 or more" if share >= 0.9 else _words(share),
        "shapes of the layers": _shapes(layers),
    }
    return facts | once_more(rng, facts)


@check("train_digits", points=1, **TRAINING)
def network_is_64_64_10(answer, rng):
    """The layers are (64, 64) and (64, 10) with their biases, and rng decides every number.

    1. A layer is a pair (W, b): how many numbers are in each, for 64 inputs and 64 units?
    2. First weights and the order of the examples are drawn from rng, and from nothing else.
    3. Give minibatches the same rng that the first weights came from.
    """
    images, labels = map(np.array, digits())
    few, seed = rng.permutation(len(labels))[:20], int(rng.integers(10_000))

    def trained(seed):
        return answer.train_digits(images[few], labels[few], np.random.default_rng(seed))

    first, again, other = trained(seed), trained(seed), trained(seed + 1)
    facts = {
        "the same generator gives the same layers": bool(np.allclose(first[0][0], again[0][0])),
        "another generator gives the same layers": bool(np.allclose(first[0][0], other[0][0])),
        "all biases are 0": not any(b.any() for _, b in first),
    }
    return {"shapes of the layers": _shapes(first)} | facts | once_more(rng, facts)


# What the programs above are made of.

BUGS = {
    "twice as large": lambda g: 2 * g,
    "1% too large": lambda g: 1.01 * g,
    "the sign": lambda g: -g,
    "transposed": lambda g: g.T if g.ndim == 2 else g[::-1],
    "a sum not made": lambda g: g[:1],
    "one entry": lambda g: g + (np.arange(g.size).reshape(g.shape) == g.size - 1),
    "swapped with 0": lambda g: 0 * g,
}


def _batch(rng, N, sizes):
    """N random examples, a network whose scores stay of the size of 1, and labels."""
    layers = [(rng.normal(size=(a, b)) * (2 / a) ** 0.5, rng.normal(size=b)) for a, b in pairwise(sizes)]
    return rng.normal(size=(N, sizes[0])), layers, rng.integers(sizes[-1], size=N)


def _by_hand():
    """A 1-1-2 network with three examples, new for each call: an answer may spoil what it is given."""
    layers = [(np.array([[2.0]]), np.array([-1.0])), (np.array([[1.0, -1.0]]), np.array([0.5, 0.0]))]
    return np.array([[1.0], [-1.0], [2.0]]), layers, np.array([0, 1, 1])


def _titled(words, answer, X, layers, labels):
    """The gradients of every layer, by name."""
    return _named(answer.mlp_backward(X, layers, labels)[1], words)


def _named(gradients, words):
    return {
        f"{name} of layer {number}, {words}": gradient
        for number, pair in enumerate(gradients, 1)
        for name, gradient in zip(("dW", "db"), pair, strict=True)
    }


def _cubes(rng, shape):
    """Parameters with three names, none near 0, and the gradients of the sum of their cubes."""
    sizes = {"W1": shape, "b1": shape[-1:], "W2": shape}
    params = {
        name: rng.uniform(0.5, 2, size=size) * rng.choice([-1, 1], size) for name, size in sizes.items()
    }
    return params, {name: 3 * x**2 for name, x in params.items()}


def _sum_of_cubes(params):
    return float(sum((x**3).sum() for x in params.values()))


def _relu_and_square(params, factor):
    return float(factor * relu(params["x"]).sum() + (params["w"] ** 2).sum())


def _numbered(N):
    """Examples that say their number, and labels that say it otherwise."""
    return np.arange(N)[:, None] + np.array([0, 1000]), (np.arange(N) * 37 + 1) % 101


def _near(share, p):
    """A share of 60,000 draws in words: of a right one it is true but for once in a million times."""
    return next((f"about {q:.1f}" for q in (p, 1 - p) if abs(share - q) < 0.02), "another")


def _generator(rng):
    return np.random.default_rng(int(rng.integers(2**32)))


def _scores(layers, images):
    """The logits of images, by a network with relu."""
    (W1, b1), (W2, b2) = layers
    return relu(images / 16 @ W1 + b1) @ W2 + b2


def _loss(layers, images, labels):
    """The mean cross-entropy in words."""
    scores = _scores(layers, images)
    if scores.shape[1] != 10:
        return "no ten scores"
    scores = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(labels)), labels]
    bounds = {0.5: "below 0.5", 2.2: "below 2.2", 3.5: "about ln 10 = 2.3, as if by guessing", 1e9: "large"}
    return next((words for bound, words in bounds.items() if losses.mean() < bound), "beyond all bounds")


def _share_off(layers, images):
    """The share of the hidden units that are off for every image."""
    return np.mean((images / 16 @ layers[0][0] + layers[0][1] <= 0).all(axis=0))


def _words(share):
    bounds = {0.2: "about 0.1, as if by guessing", 0.5: "below 0.5", 0.9: "below 0.9", 2.0: "below 0.95"}
    return next(words for bound, words in bounds.items() if share < bound)


def _shapes(layers):
    return [[np.shape(W), np.shape(b)] for W, b in layers]
