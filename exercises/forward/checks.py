"""Check programs of the forward unit: each asks an answer module questions and returns what it said."""

from itertools import pairwise

import numpy as np

from autograder.declare import Unit, builtin_name, check, raised
from autograder.declare.probes import ask, other_dtypes, relu, written

unit = Unit("The forward pass", number=3, packages=("numpy",))


# linear


@check("linear", points=1)
def scores_are_products_plus_bias(answer, rng):
    """linear(X, W, b) is the matrix product of X and W, with b added to each row.

    1. One unit's score is a sum of products plus its bias. How do you get all units of all examples at once?
    2. X has one example per row, W one unit per column: a matrix product pairs each row with each column.
    3. To the (N, d_out) product a b of shape (d_out,) can simply be added: NumPy repeats it for each row.
    """
    small = "linear([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]], [[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]], [10.0, 20.0])"
    return (
        ask(answer, small)
        | _random_scores(answer, rng, (4, 3, 2), (1, 2, 5), (1, 300, 1), (4, 1, 1))
        | other_dtypes(answer, "linear(X, [[1.0, 0.5], [0.0, 2.0]], [0.5, 1.0])", [[3, 4], [0, -2]])
    )


@check("linear", points=1)
def square_weights_are_not_turned(answer, rng):
    """The columns of W are the units, also where W is square; b is added after the product, once.

    1. Where W has as many rows as columns, a wrong transpose raises no error: it just gives wrong numbers.
    2. Column j of W holds the weights of unit j. Does your code use columns?
    3. W is kept as (d_in, d_out), so nothing has to be transposed; PyTorch, which keeps (d_out, d_in), has to
       transpose.
    """
    square = "linear([[1.0, 0.0], [0.0, 1.0], [2.0, 3.0]], [[1.0, 10.0], [2.0, 20.0]], [5.0, 7.0])"
    return ask(answer, square) | _random_scores(answer, rng, (3, 3, 3))


@check("linear", points=1)
def bias_belongs_to_the_units(answer, rng):
    """Each unit adds its own bias, to every example alike.

    1. An input of zeros makes every product 0. What should be left of each row?
    2. With as many examples as units, b can be added along the wrong side without an error.
    3. Each row of the answer holds the whole of b; no row holds one number of it repeated.
    """
    X, W = np.zeros((3, 2)), rng.normal(size=(2, 3))
    return {
        "linear(X, W, [1, 2, 3]), X zeros of shape (3, 2)": answer.linear(X, W, np.array([1.0, 2.0, 3.0])),
        "linear(X, W, b), b random, X zeros of shape (3, 2)": answer.linear(X, W, rng.normal(size=3)),
    }


@check("linear", points=1)
def shapes_that_do_not_fit_are_named(answer, rng):
    """Where the inner dimensions differ, a ValueError says the shapes of X and W.

    1. Which two numbers must be equal for X times W to make sense? Compare them before you multiply.
    2. Raise a ValueError of your own, and put X.shape and W.shape into its message.
    3. In an f-string, {X.shape} is written like (4, 3), which is the form the check looks for.
    """
    X, b = rng.normal(size=(4, 3)), np.zeros(2)
    rows = [int(count) for count in rng.permutation([1, 2, 3, 4, 5, 6, 7])]
    misfits = [rng.normal(size=(count, 2)) for count in (5, 4, 2)]
    return {f"X (4, 3), W {W.shape}": _refusal(answer, X, W, b) for W in misfits} | {
        f"raised for X (4, 3), W of {rows} rows": [
            raised(lambda count=count: answer.linear(X, np.ones((count, 2)), b)) for count in rows
        ]
    }


@check("linear", points=1)
def a_wrong_bias_is_refused(answer, rng):
    """A b of any other shape than (d_out,) is a ValueError; nothing is stretched in silence.

    1. NumPy stretches every axis of length 1 until it fits, and says nothing. Is that what the caller of a
       layer of 2 units wants for a single bias?
    2. Compare the whole shape of b with the one it must have, not only its length.
    3. b.shape is a tuple: it must equal the tuple with one number, how many columns W has.
    """
    X, W, square = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=(3, 4))
    lengths = [int(length) for length in rng.permutation([1, 2, 3, 4, 5, 6, 7])]

    def refusal(weights, b):
        return raised(lambda: answer.linear(X, weights, np.ones(b)))

    misfits = [(W, (4, 1)), (square, (4, 1)), (W, (1, 2)), (W, (4, 2))]
    return (
        {f"raised for W (3, 2), b {b}": refusal(W, b) for b in ((), (1,), (3,))}
        | {f"raised for W (3, 1), b {b}": refusal(W[:, :1], b) for b in ((3,), (4,), (4, 1))}
        | {f"raised for X (4, 3), W {w.shape}, b {b}": refusal(w, b) for w, b in misfits}
        | {f"raised for W (3, 2), b of the lengths {lengths}": [refusal(W, length) for length in lengths]}
    )


# count_parameters: count_parameters(sizes) and count_multiply_adds(batch, sizes)


@check("count_parameters", points=1)
def weights_and_biases_are_counted(answer, rng):
    """count_parameters(sizes) counts the weights between neighbouring layers and a bias for each unit.

    1. Draw the network 2-3-1 and count: how many lines between its units, how many units that compute?
    2. A layer from d_in to d_out has an array W and a vector b. How many numbers are in each?
    3. Go over neighbouring pairs of sizes: every unit of the right one has a weight for each unit of the
       left one, and one bias.
    """
    sizes = [int(size) for size in rng.permutation([2, 3, 5, 7, 11])]
    networks = [2, 3, 1], [784, 128, 64, 10], sizes, [2, 3, 3, 3, 1], [3] * 13
    return {f"count_parameters({widths})": answer.count_parameters(widths) for widths in networks}


@check("count_parameters", points=1)
def a_single_layer_is_counted_too(answer, rng):
    """Two sizes are one layer, as in the perceptron.

    1. A network of two sizes has no hidden layer. What is left of your loop?
    2. There is always one layer fewer than there are sizes.
    3. Go over pairs of neighbours, from the first size with the second to the last pair: here that is one.
    """
    sizes = [int(size) for size in rng.integers(2, 1000, size=2)]
    networks = [5, 1], [1, 4], sizes
    return {f"count_parameters({widths})": answer.count_parameters(widths) for widths in networks}


@check("count_parameters", points=1)
def multiply_adds_are_counted(answer, rng):
    """count_multiply_adds(batch, sizes) counts one multiply-add for each weight and each example.

    1. To compute one unit for one example, how many products are added up?
    2. An (N, d_in) times (d_in, d_out) product has N * d_out sums. How long is each?
    3. Add up the layers, each with its weights only; every example of the batch needs all of it once.
    """
    sizes, batch = [int(size) for size in rng.permutation([2, 3, 5, 7, 11])], int(rng.integers(13, 20))
    passes = (1, [2, 3, 1]), (32, [784, 128, 64, 10]), (4, [5, 1]), (batch, sizes), (2, [3] * 13)
    return {
        f"count_multiply_adds({N}, {widths})": answer.count_multiply_adds(N, widths) for N, widths in passes
    }


# mlp_forward


@check("mlp_forward", points=2)
def logits_of_a_network_worked_by_hand(answer, rng):
    """The hidden layer is activated, the last layer is not.

    1. Do the small network by hand: X times W1 plus b1, negative numbers to 0, times W2 plus b2.
    2. Carry one array through a loop over the hidden layers; the last layer is treated differently.
    3. The loss wants the last layer's scores as they are. Every other layer passes on its scores after the
       activation.
    """
    logits, _ = answer.mlp_forward(np.array([[1.0, -1.0], [-2.0, 3.0]]), _by_hand(), relu)
    others, _ = answer.mlp_forward(rng.normal(size=(4, 2)), _by_hand(), relu)
    return {"logits, 2-3-2 network, relu": logits, "logits, 2-3-2 network, relu, X random": others}


@check("mlp_forward", points=1)
def hidden_holds_what_was_passed_on(answer, rng):
    """`hidden` has one array per hidden layer, activated, from the first to the last.

    1. `hidden` is the list of what went from layer to layer. When is an array ready to be passed on?
    2. Neither the input nor the logits are hidden: a network of L layers has L - 1 hidden arrays.
    3. Append to the list right after the activation, with the very array that the next layer is given.
    """
    layers = _layers(rng, [3, 4, 4, 4, 2])
    _, hidden = answer.mlp_forward(rng.normal(size=(5, 3)), layers, np.tanh)
    _, of_one = answer.mlp_forward(rng.normal(size=(1, 3)), layers, np.tanh)
    return {
        "kind of hidden": type(hidden).__name__,
        "how many hidden, 3-4-4-4-2 network": len(hidden),
        **{f"hidden[{index}], 3-4-4-4-2 network, tanh": array for index, array in enumerate(hidden)},
        "the last of hidden for a single example": of_one[-1],
    }


@check("mlp_forward", points=1)
def each_layer_is_fed_the_one_before(answer, rng):
    """A layer works on what the layer before it passed on, also where all have the same width.

    1. What does the second layer work on? Where all layers have one width, a wrong input raises no error.
    2. The name that your loop multiplies by W must be the name that it assigned in the round before.
    3. Only the first layer is given X. Look for another X in the loop, or after it.
    """
    logits, _ = answer.mlp_forward(rng.normal(size=(2, 3)), _layers(rng, [3, 3, 3, 3]), np.tanh)
    deep, hidden = answer.mlp_forward(rng.normal(size=(2, 3)), _layers(rng, [3] * 13), np.tanh)
    return {"logits, 3-3-3-3 network, tanh": logits, "logits, 12 layers of 3, tanh": deep} | {
        "how many hidden, 12 layers of 3": len(hidden)
    }


@check("mlp_forward", points=1)
def any_activation_is_used(answer, rng):
    """The activation is the function that the caller gave, called on each hidden layer's scores.

    1. The caller decides what bends the scores. Where in your code is its function called?
    2. `activation` is a function of one array: call it, do not look at its name.
    3. Any function of one array will do, also x**2 and one that leaves its argument as it is.
    """
    X, layers = rng.normal(size=(4, 3)), _layers(rng, [3, 5, 4, 2])
    return {
        "logits, 3-5-4-2 network, activation x**2": answer.mlp_forward(X, layers, np.square)[0],
        "logits, 3-5-4-2 network, activation x": answer.mlp_forward(X, layers, lambda z: z)[0],
    } | other_dtypes(lambda X: answer.mlp_forward(X, _by_hand(), np.tanh)[0], "logits(X)", [[3, 4], [0, -2]])


@check("mlp_forward", points=1)
def a_single_layer_has_no_hidden(answer, rng):
    """A network of one layer is that layer: its logits are not activated, and `hidden` is empty.

    1. A network may have no hidden layer at all. What is `hidden` then?
    2. With one layer, the first layer is the last one: no activation.
    3. The logits are then the scores of that layer on X, and `hidden` is an empty list.
    """
    logits, hidden = answer.mlp_forward(rng.normal(size=(4, 3)), _layers(rng, [3, 2]), np.tanh)
    narrow, _ = answer.mlp_forward(rng.normal(size=(1, 1)), _layers(rng, [1, 1]), np.tanh)
    return {"logits, 3-2 network": logits, "how many hidden, 3-2 network": len(hidden)} | {
        "kind of hidden": type(hidden).__name__,
        "logits, 1-1 network, one example": narrow,
    }


# predict_proba


@check("predict_proba", points=1)
def probabilities_of_a_network(answer, rng):
    """Each row is the softmax of a row of the logits, and the hidden layers have relu.

    1. You have the logits from the last exercise. Which function made probabilities of scores in the unit on
       activations?
    2. relu on the hidden layers, nothing on the last one; then softmax, once.
    3. Exponentiate the logits and divide each row by its own sum, which is a sum along axis 1.
    """
    small = [
        (np.array([[1.0, -1.0], [2.0, 0.5]]), np.array([0.0, 1.0])),
        (np.array([[1.0, -1.0, 0.0], [0.5, 0.0, -2.0]]), np.array([-1.0, 0.5, 0.0])),
    ]
    sizes = [3, *rng.integers(3, 7, size=int(rng.integers(3, 6))).tolist(), 3]

    def of_random(sizes):
        return answer.predict_proba(rng.normal(size=(4, 3)), _layers(rng, sizes))

    X = np.array([[1.0, -1.0], [2.0, 3.0]])
    return {
        f"predict_proba({written(X)}, 2-2-3 network)": answer.predict_proba(X, small),
        "predict_proba(X, layers) random, 3-5-4-3 network, X (4, 3)": of_random([3, 5, 4, 3]),
        f"predict_proba(X, layers) random, {'-'.join(map(str, sizes))} network": of_random(sizes),
        "predict_proba(X, layers) random, 12 layers of 3": of_random([3] * 13),
    } | other_dtypes(lambda X: answer.predict_proba(X, small), "probabilities(X)", [[3, 4], [0, -2]])


@check("predict_proba", points=1)
def rows_sum_to_1_for_a_square_batch(answer, rng):
    """Three examples of three classes: it is each row that sums to 1.

    1. With as many examples as classes, a wrong axis raises no error. Add up your rows.
    2. Sums of shape (3,) are lined up with the columns of a (3, 3) array, not with its rows.
    3. Sum along axis 1 and keep that axis, with length 1, so that each row is divided by its own sum.
    """
    logits = np.array([[0.0, 1.0, 2.0], [5.0, 3.0, 1.0], [-2.0, 2.0, -4.0]])
    return (
        _of_logits(answer, logits)
        | _of_logits(answer, rng.normal(size=(3, 3)), "random, shape (3, 3)")
        | _of_logits(answer, rng.normal(size=(1, 3)), "random, shape (1, 3)")
        | _of_logits(answer, np.ones((2, 1)))
    )


@check("predict_proba", points=1)
def a_digit_classifier(answer, rng):
    """784-128-64-10 gives ten probabilities for each image.

    1. Which number of layers, of examples or of classes does your code count on?
    2. Print the shape of what each layer passes on: (N, 128), (N, 64), and last (N, 10).
    3. Nothing new is needed for more layers or wider ones: loop over the layers, and do not assume three.
    """
    layers, X = _layers(rng, [784, 128, 64, 10]), rng.uniform(size=(2, 784))
    hundred = _of_logits(answer, rng.normal(size=(2, 100)), "random, 100 classes")
    return {"predict_proba(X, 784-128-64-10 network), X (2, 784)": answer.predict_proba(X, layers)} | hundred


@check("predict_proba", points=1)
def logits_in_the_thousands_do_not_overflow(answer, rng):
    """Logits of 1000 give ordinary probabilities.

    1. What is exp(1000)? And does softmax change when the same number is subtracted from a whole row?
    2. Subtract from each row a number that leaves no positive exponent in it.
    3. Each row's own largest logit is that number: its exponential becomes exp(0) = 1.
    """
    logits = np.array([[1000.0, 1001.0, 999.0], [-1000.0, 0.0, 1000.0]])
    thousands = rng.uniform(1000.0, 1003.0, size=(2, 3))
    return _of_logits(answer, logits) | _of_logits(answer, thousands, "random, 1000 to 1003")


@check("predict_proba", points=1)
def a_row_far_below_the_others_survives(answer, rng):
    """Each row is shifted by its own largest logit, so that no row becomes 0 / 0.

    1. Look at the row of the smaller logits: what is left of it after your shift?
    2. If the shift leaves -2000 in a row, all its exponentials are 0, and the row becomes 0 / 0.
    3. One maximum for the whole batch is not enough: each row needs its own.
    """
    logits = np.array([[1000.0, 1001.0], [-1000.0, -1002.0], [0.0, 3.0]])
    apart = np.array([[1000.0], [-1000.0]]) + rng.normal(size=(2, 2))
    return _of_logits(answer, logits) | _of_logits(answer, apart, "random, around 1000 and -1000")


# linear_backward


@check("linear_backward", points=1)
def gradients_have_the_shapes_of_what_they_belong_to(answer, rng):
    """dX, dW and db come in this order, each in the shape of X, W and b.

    1. A gradient says how the loss changes with each entry. So how many entries has it?
    2. dX has the shape of X, dW that of W, and db that of b, which is (d_out,).
    3. Of all products of dY with X or W, transposed or not, only one gives (d_in, d_out) and one (N, d_in).
    """
    N = int(rng.integers(5, 100))
    return (
        _gradient_shapes(answer, rng, 4)
        | _gradient_shapes(answer, rng, N)
        | _gradient_shapes(answer, rng, 1)
        | _gradient_shapes(answer, rng, 4, 3, 1)
        | _gradient_shapes(answer, rng, 4, 1, 2)
    )


@check("linear_backward", points=1)
def dx_goes_back_through_the_weights(answer, rng):
    """dX[n, i] is the sum over the units j of dY[n, j] * W[i, j].

    1. Input i of an example reached every unit. Through which weights did it get there?
    2. One unit with weights 5 and 6 that hears 10 sends 50 and 60 back. With more units, add what they send.
    3. The sum runs over the columns of dY and the columns of W: for a matrix product, W must be transposed.
    """
    dY, W = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]]), np.array([[1.0, 10.0], [2.0, 20.0]])
    words = f"dX, dY = {written(dY)}, W = {written(W)}"
    dX, _, _ = answer.linear_backward(dY, rng.normal(size=(3, 2)), W)
    others, _, _ = _random_gradients(answer, rng, 4, 2, 3)
    return {words: dX, "dX, dY and W random, shapes (4, 3) and (2, 3)": others}


@check("linear_backward", points=1)
def dw_adds_up_the_examples(answer, rng):
    """dW[i, j] is the sum over the examples n of X[n, i] * dY[n, j].

    1. Weight W[i, j] is used once for each example. What does it multiply there?
    2. Two examples bring inputs 1 and 3 to a weight, and dY 1 and 10 come back: it gets 1 * 1 + 3 * 10.
       Nothing is divided by 2.
    3. The sum runs over the rows of X and the rows of dY: for a matrix product, X must be transposed.
    """
    X, dY = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 10.0], [0.0, -1.0]])
    words = f"dW, X = {written(X)}, dY = {written(dY)}"
    _, dW, _ = answer.linear_backward(dY, X, rng.normal(size=(2, 2)))
    _, others, _ = _random_gradients(answer, rng, 4, 2, 3)
    return {words: dW, "dW, X and dY random, shapes (4, 2) and (4, 3)": others}


@check("linear_backward", points=1)
def db_adds_up_the_examples(answer, rng):
    """db[j] is the sum over the examples n of dY[n, j].

    1. One bias serves all examples of its unit. How many entries of dY does it hear from?
    2. Where dY is 1 for one example and 10 for the other, the bias gets 11. Nothing is divided by 2.
    3. Sum over the examples, which are the rows: the axis that goes away is axis 0.
    """
    dY = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0], [0.0, 0.0, -1.0]])
    words = f"db, dY = {written(dY)}"
    _, _, db = answer.linear_backward(dY, rng.normal(size=(3, 2)), rng.normal(size=(2, 3)))
    _, _, others = _random_gradients(answer, rng, 4, 2, 3)
    return {words: db, "db, dY random, shape (4, 3)": others}


@check("linear_backward", points=2)
def gradients_of_a_random_layer(answer, rng):
    """All three gradients are right where N, d_in and d_out differ.

    1. If the small examples work and this does not, your code depends on one shape.
    2. Here N, d_in and d_out all differ: write down the shape of each factor and of each product.
    3. A numeric derivative settles it: nudge one entry of W by 1e-6, and watch the sum of dY * Y.
    """
    dX, dW, db = _random_gradients(answer, rng, 5, 3, 2)
    dY, X, W = np.float32([[0.5, -1.0], [0.0, 2.0]]), np.array([[1, 2, 0], [3, -1, 4]]), np.ones((3, 2))
    others = [
        (f"{name} of X as {kind}", gradient)
        for kind in ("int64", "float32")
        for name, gradient in zip(
            ("dX", "dW", "db"), answer.linear_backward(dY, X.astype(kind), W), strict=True
        )
    ]
    return {
        "dX, random, X (5, 3), W (3, 2)": dX,
        "dW, random, X (5, 3), W (3, 2)": dW,
        "db, random, X (5, 3), W (3, 2)": db,
    } | {f"{name}, dY as float32": np.asarray(gradient, dtype=float) for name, gradient in others}


def _by_hand():
    """A small network, new for each call: an answer may spoil what it is given."""
    return [
        (np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([0.5, 0.0, -1.0])),
        (np.array([[1.0, -1.0], [5.0, 0.5], [2.0, 3.0]]), np.array([-4.0, 0.5])),
    ]


def _layers(rng, sizes):
    """A random network of these widths whose scores stay of the size of 1, with biases that matter."""
    return [(rng.normal(size=(a, b)) * a**-0.5, rng.normal(size=b)) for a, b in pairwise(sizes)]


def _random_scores(answer, rng, *sizes):
    """What linear gives for a random X, W and b, for each triple of N, d_in and d_out."""
    return {
        f"linear(X, W, b) random, X ({N}, {d_in}), W ({d_in}, {d_out})": answer.linear(
            rng.normal(size=(N, d_in)), rng.normal(size=(d_in, d_out)), rng.normal(size=d_out)
        )
        for N, d_in, d_out in sizes
    }


def _of_logits(answer, logits, words=""):
    """The probabilities of logits: a layer of weights 1 and biases 0 passes X on as it is."""
    width = logits.shape[1]
    return {
        f"predict_proba(X, layers), logits {words or written(logits)}": answer.predict_proba(
            logits, [(np.eye(width), np.zeros(width))]
        )
    }


def _random_gradients(answer, rng, N, d_in, d_out):
    return answer.linear_backward(
        rng.normal(size=(N, d_out)), rng.normal(size=(N, d_in)), rng.normal(size=(d_in, d_out))
    )


def _refusal(answer, X, W, b):
    """What is raised for an X and a W that do not fit, and which of their shapes the message says."""
    kind, message = "nothing", ""
    try:
        answer.linear(X, W, b)
    except NotImplementedError:
        raise  # a stub has refused nothing yet
    except Exception as error:
        kind, message = builtin_name(type(error)), str(error).replace(" ", "")
    named = [str(shape).replace(" ", "") in message for shape in (X.shape, W.shape)]
    return {
        "raised": kind,
        "is NumPy's own complaint": "coredimension" in message and not all(named),
        "says the shape of X": named[0],
        "says the shape of W": named[1],
        "says the two numbers that differ": all(str(n) in message for n in (X.shape[1], W.shape[0])),
    }


def _gradient_shapes(answer, rng, N, d_in=3, d_out=2):
    """The shapes of what linear_backward gives for N examples of a layer from d_in to d_out."""
    gradients = _random_gradients(answer, rng, N, d_in, d_out)
    return {
        f"shape of {name}, X ({N}, {d_in}), W ({d_in}, {d_out})": np.shape(gradient)
        for name, gradient in zip(("dX", "dW", "db"), gradients, strict=True)
    }
