"""Classic wrong answers of the forward unit, and what a tutor says to each."""

from itertools import pairwise

import numpy as np

from autograder.declare import mistake

# linear


def _fitting(X, W, b):
    """What a mistake that is about something else does right."""
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    if b.shape != (W.shape[1],):
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")


@mistake(
    "linear",
    "bias left out",
    "Your scores are the products alone. Each unit has a bias of its own, which is added to its score.",
)
def no_bias(X, W, b):
    _fitting(X, W, b)
    return X @ W


@mistake(
    "linear",
    "bias subtracted",
    "You used b as a threshold that the sum must reach. A bias is added to the score.",
)
def minus_bias(X, W, b):
    _fitting(X, W, b)
    return X @ W - b


@mistake(
    "linear",
    "weights transposed",
    "You multiplied by W.T, which is right where W is kept as PyTorch keeps it, (d_out, d_in). Here W is "
    "(d_in, d_out) and is used as it stands.",
)
def weights_transposed(X, W, b):
    return X @ W.T + b


@mistake(
    "linear",
    "bias added per example",
    "You gave each example a bias. A bias belongs to a unit: b lines up with the columns of the product, "
    "and every row gets all of it.",
)
def bias_per_example(X, W, b):
    _fitting(X, W, b)
    return X @ W + b[:, None]


@mistake(
    "linear",
    "bias added before the product",
    "You added b to the inputs, so that it was multiplied by the weights. First the product, then the bias.",
)
def bias_before_the_product(X, W, b):
    return (X + b) @ W


@mistake(
    "linear",
    "bias added to every product",
    "Your bias came in once for each input: the sum over d_in already held it. Add it once, after the sum.",
)
def bias_once_per_input(X, W, b):
    _fitting(X, W, b)
    return X @ W + len(W) * b


@mistake(
    "linear",
    "inner dimensions left to NumPy",
    "NumPy did raise a ValueError, but one that talks of core dimensions. Check the shapes first, and say "
    "which two do not fit.",
)
def inner_dimensions_unchecked(X, W, b):
    if b.shape != W.shape[1:]:
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")
    return X @ W + b


@mistake(
    "linear",
    "only the differing numbers named",
    "Your message has the two numbers that differ, but not the shapes they are from. Put X.shape and W.shape "
    "into it: whoever reads it wants to see which side is turned around.",
)
def only_numbers_named(X, W, b):
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"{X.shape[1]} is not {W.shape[0]}")
    _fitting(X, W, b)
    return X @ W + b


@mistake(
    "linear",
    "only the shape of X named",
    "Your message says the shape of X. It takes two to disagree: say the shape of W as well.",
)
def only_x_named(X, W, b):
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X has the wrong shape {X.shape}")
    _fitting(X, W, b)
    return X @ W + b


@mistake(
    "linear",
    "assert in place of raise",
    "An assert raises an AssertionError, and vanishes under python -O. For an argument that does not fit, "
    "raise a ValueError.",
)
def asserts(X, W, b):
    assert X.shape[1] == W.shape[0], f"X {X.shape} does not fit W {W.shape}"
    assert b.shape == (W.shape[1],)
    return X @ W + b


@mistake(
    "linear",
    "a wrong bias broadcast in silence",
    "A b of the wrong shape was stretched until it fitted, and nobody was told. NumPy does that with any "
    "axis of length 1: compare b's shape yourself.",
)
def bias_broadcast(X, W, b):
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    return X @ W + b


@mistake(
    "linear",
    "only the length of the bias compared",
    "A b of shape (3, 1) has the right length but not the right shape: it was added along the rows. Compare "
    "the whole shape.",
)
def bias_length_compared(X, W, b):
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    if len(b) != W.shape[1]:
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")
    return X @ W + b


@mistake(
    "linear",
    "only the last axis of the bias compared",
    "A b of shape (1, 2) or (4, 2) has the right number of columns, but a bias has one axis, of shape (2,). "
    "Compare the whole shape.",
)
def bias_columns_compared(X, W, b):
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    if b.shape[-1] != W.shape[1]:
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")
    return X @ W + b


# count_parameters: count_parameters(sizes) and count_multiply_adds(batch, sizes)


@mistake(
    "count_parameters",
    "biases not counted",
    "You counted the weights. Each unit behind the input also has a bias, and it is learned too.",
)
def weights_only(sizes):
    return sum(a * b for a, b in _pairs(sizes))


@mistake(
    "count_parameters",
    "a bias for each input",
    "You counted a bias for the inputs as well. They are given, not computed: biases begin with the first "
    "layer.",
)
def biases_for_the_input(sizes):
    return sum(a * b for a, b in _pairs(sizes)) + sum(sizes)


@mistake(
    "count_parameters",
    "one bias a layer",
    "You counted one bias for each layer. Each unit of a layer has its own: a layer of 64 units has 64.",
)
def one_bias_a_layer(sizes):
    return sum(a * b + 1 for a, b in _pairs(sizes))


@mistake(
    "count_parameters",
    "biases as many as inputs",
    "You gave each layer a bias for every number that comes in. There is one for every number that goes "
    "out: b is added to the product, not to X.",
)
def biases_of_the_wrong_side(sizes):
    return sum((b + 1) * a for a, b in _pairs(sizes))


@mistake(
    "count_parameters",
    "units counted",
    "You added up the units. What is learned sits between them: every unit has a weight for each unit of the "
    "layer before, and a bias.",
)
def units_counted(sizes):
    return sum(sizes)


@mistake(
    "count_parameters",
    "output layer left out",
    "You counted the hidden layers only. The output layer is a layer like the others, with weights and "
    "biases.",
)
def output_layer_left_out(sizes):
    return sum((a + 1) * b for a, b in _pairs(sizes[:-1]))


@mistake(
    "count_parameters",
    "all widths multiplied",
    "You multiplied the widths all together. A layer only meets the one before it: multiply neighbours, "
    "then add up the layers.",
)
def widths_multiplied(sizes):
    product = 1
    for size in sizes:
        product *= size
    return product


@mistake(
    "count_multiply_adds",
    "batch forgotten",
    "You counted the work for one example. Every example of the batch is multiplied by all the weights.",
)
def batch_forgotten(batch, sizes):
    return sum(a * b for a, b in _pairs(sizes))


@mistake(
    "count_multiply_adds",
    "operations for multiply-adds",
    "You counted the multiplication and the addition apart. Together they are one multiply-add; counted "
    "apart they are called FLOPs, twice as many.",
)
def flops(batch, sizes):
    return 2 * batch * sum(a * b for a, b in _pairs(sizes))


@mistake(
    "count_multiply_adds",
    "parameters times batch",
    "You took the biases along. A bias is added without a multiplication, and is left out of this count.",
)
def biases_counted_as_work(batch, sizes):
    return batch * sum((a + 1) * b for a, b in _pairs(sizes))


@mistake(
    "count_multiply_adds",
    "batch in the first layer only",
    "Only the first layer's work was multiplied by the batch. The whole batch goes through every layer.",
)
def batch_in_the_first_layer_only(batch, sizes):
    first, *rest = _pairs(sizes)
    return batch * first[0] * first[1] + sum(a * b for a, b in rest)


@mistake(
    "count_multiply_adds",
    "multiplied down the whole network",
    "You multiplied the widths all together, as if each path through the network were computed by itself. "
    "A layer computes once and passes the result on: multiply neighbours, then add up the layers.",
)
def work_multiplied(batch, sizes):
    return batch * widths_multiplied.replacement(sizes)


# mlp_forward


@mistake(
    "mlp_forward",
    "activation on the last layer",
    "Your logits went through the activation too. The last layer passes on its scores as they are; the loss "
    "takes it from there.",
)
def activation_on_the_last(X, layers, activation):
    logits, hidden = _run(X, layers, activation)
    return activation(logits), hidden


@mistake(
    "mlp_forward",
    "no activation",
    "The activation is never applied. Without it the layers multiply out to a single one, and depth buys "
    "nothing.",
)
def no_activation(X, layers, activation):
    return _run(X, layers, lambda z: z)


@mistake(
    "mlp_forward",
    "activation on the input",
    "You applied the activation to X. The first layer sees the input as it is; what is activated are the "
    "scores that come out of a hidden layer.",
)
def activation_on_the_input(X, layers, activation):
    return _run(activation(X), layers, activation)


@mistake(
    "mlp_forward",
    "activation before the product",
    "You activated what goes into a layer, not what comes out of it. That touches X, and what `hidden` keeps "
    "has not been activated yet.",
)
def activation_before_the_product(X, layers, activation):
    a, hidden = X, []
    for layer in layers[:-1]:
        a = _score(activation(a), layer)
        hidden.append(a)
    return _score(activation(a), layers[-1]), hidden


@mistake(
    "mlp_forward",
    "each layer fed X",
    "Every layer was given X. It should be given what the layer before it passed on: does your loop carry "
    "that from one round to the next?",
)
def each_fed_x(X, layers, activation):
    hidden = [activation(_score(X, layer)) for layer in layers[:-1]]
    return _score(X, layers[-1]), hidden


@mistake(
    "mlp_forward",
    "hidden kept before the activation",
    "Your logits are right, but `hidden` holds the scores from before the activation. Keep what was passed "
    "on.",
)
def hidden_before_activation(X, layers, activation):
    a, hidden = X, []
    for layer in layers[:-1]:
        z = _score(a, layer)
        hidden.append(z)
        a = activation(z)
    return _score(a, layers[-1]), hidden


@mistake(
    "mlp_forward",
    "scores passed on, activations kept",
    "`hidden` was activated, but what you passed to the next layer was not. Both are the same array.",
)
def scores_passed_on(X, layers, activation):
    a, hidden = X, []
    for layer in layers[:-1]:
        a = _score(a, layer)
        hidden.append(activation(a))
    return _score(a, layers[-1]), hidden


@mistake(
    "mlp_forward",
    "logits among the hidden",
    "`hidden` has one array too many: the logits. They are not hidden, and they are the other half of the "
    "answer.",
)
def logits_among_hidden(X, layers, activation):
    logits, hidden = _run(X, layers, activation)
    return logits, [*hidden, logits]


@mistake(
    "mlp_forward",
    "input among the hidden",
    "`hidden` begins with X. Only what the hidden layers computed belongs there.",
)
def input_among_hidden(X, layers, activation):
    logits, hidden = _run(X, layers, activation)
    return logits, [X, *hidden]


@mistake(
    "mlp_forward",
    "only the last hidden layer kept",
    "`hidden` has one array only. Add each hidden layer's activations to the list as you pass it.",
)
def last_hidden_only(X, layers, activation):
    logits, hidden = _run(X, layers, activation)
    return logits, hidden[-1:]


@mistake(
    "mlp_forward",
    "hidden in reverse",
    "`hidden` starts with the layer next to the output. It is wanted in the order of the forward pass.",
)
def hidden_reversed(X, layers, activation):
    logits, hidden = _run(X, layers, activation)
    return logits, hidden[::-1]


@mistake(
    "mlp_forward",
    "relu whatever was asked for",
    "You used relu although another activation was given. Call the function that the caller passed in.",
)
def always_relu(X, layers, activation):
    return _run(X, layers, _relu)


@mistake(
    "mlp_forward",
    "biases left out",
    "The biases of your layers are missing. A layer is a pair (W, b): use both.",
)
def biases_left_out(X, layers, activation):
    return _run(X, [(W, np.zeros_like(b)) for W, b in layers], activation)


@mistake(
    "mlp_forward",
    "built for two layers",
    "Your network has one hidden layer, however many it was given. Loop over all layers but the last.",
)
def two_layers(X, layers, activation):
    return _run(X, [layers[0], layers[-1]], activation)


# predict_proba


@mistake(
    "predict_proba",
    "softmax over the batch",
    "Your columns sum to 1: for each class you shared 1 out among the examples. Each example needs its own "
    "probabilities, so it is the rows that sum to 1.",
)
def over_the_batch(X, layers):
    return _softmax(_logits(X, layers), axis=0)


@mistake(
    "predict_proba",
    "divided by the grand total",
    "All your numbers together sum to 1. Each row has its own sum to be divided by.",
)
def grand_total(X, layers):
    logits = _logits(X, layers)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum()


@mistake(
    "predict_proba",
    "sums lined up with the columns",
    "Your row sums lost their axis, so each one divided a column. Keep the summed axis, with length 1.",
)
def sums_on_columns(X, layers):
    logits = _logits(X, layers)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1)


@mistake(
    "predict_proba",
    "softmax inside the hidden layers",
    "You used softmax as the activation of the hidden layers too. They have relu; probabilities are made "
    "once, at the end.",
)
def softmax_inside(X, layers):
    return _softmax(_logits(X, layers, lambda z: _softmax(z, axis=1)), axis=1)


@mistake(
    "predict_proba",
    "argmax",
    "You answered with the most likely class. The question is how likely every class is: leave the choice "
    "to the caller.",
)
def classes(X, layers):
    return _logits(X, layers).argmax(axis=1)


@mistake(
    "predict_proba",
    "one-hot of the best class",
    "You gave the best class 1 and the others 0: a hard choice. softmax keeps how sure the network is.",
)
def one_hot(X, layers):
    logits = _logits(X, layers)
    return np.eye(logits.shape[1])[logits.argmax(axis=1)]


@mistake(
    "predict_proba",
    "logits returned",
    "These are the logits, not probabilities: exponentiate them and divide each row by its sum.",
)
def raw_logits(X, layers):
    return _logits(X, layers)


@mistake(
    "predict_proba",
    "sigmoid in place of softmax",
    "You asked each class by itself, yes or no, so the rows do not sum to 1. Classes that exclude each other "
    "share one softmax.",
)
def sigmoids(X, layers):
    return 1 / (1 + np.exp(-_logits(X, layers)))


@mistake(
    "predict_proba",
    "relu on the logits",
    "The last layer's scores went through relu before softmax, so all classes below 0 came out equally "
    "likely. Logits are used as they are.",
)
def relu_on_logits(X, layers):
    return _softmax(_relu(_logits(X, layers)), axis=1)


@mistake(
    "predict_proba",
    "no relu in the hidden layers",
    "Your hidden layers have no activation, so the network is a single layer in disguise. Put relu between "
    "the layers.",
)
def no_relu(X, layers):
    return _softmax(_logits(X, layers, lambda z: z), axis=1)


@mistake(
    "predict_proba",
    "tanh in the hidden layers",
    "Your hidden layers have tanh. This network was made for relu, and weights mean nothing without their "
    "activation.",
)
def hidden_tanh(X, layers):
    return _softmax(_logits(X, layers, np.tanh), axis=1)


@mistake(
    "predict_proba",
    "softmax twice",
    "You applied softmax to probabilities, which flattens them: no class can be surer than e to 1 any more. "
    "Once is enough.",
)
def softmax_twice(X, layers):
    return _softmax(_softmax(_logits(X, layers), axis=1), axis=1)


@mistake(
    "predict_proba",
    "no shift before exp",
    "exp(1000) overflows. Subtract each row's largest logit first; the common factor cancels in the ratio.",
)
def not_shifted(X, layers):
    weights = np.exp(_logits(X, layers))
    return weights / weights.sum(axis=1, keepdims=True)


@mistake(
    "predict_proba",
    "shifted by the largest of all logits",
    "One shift for the whole batch pushed a low row down to zeros, and 0 / 0 is NaN. Give each row its own "
    "shift.",
)
def shifted_by_the_global_maximum(X, layers):
    logits = _logits(X, layers)
    weights = np.exp(logits - logits.max())
    with np.errstate(invalid="ignore"):
        return weights / weights.sum(axis=1, keepdims=True)


# linear_backward


@mistake(
    "linear_backward",
    "db summed over the units",
    "You summed dY along each row: one number an example. b has one entry a unit, and every example used it: "
    "sum over the examples.",
)
def db_over_units(dY, X, W):
    return dY @ W.T, X.T @ dY, dY.sum(axis=1)


@mistake(
    "linear_backward",
    "db not summed",
    "db came back in the shape of dY. One b serves all N examples, so their N demands add up.",
)
def db_not_summed(dY, X, W):
    return dY @ W.T, X.T @ dY, dY.copy()


@mistake(
    "linear_backward",
    "db as one number",
    "You summed dY over everything. b has an entry for each unit, each with its own sum over the examples.",
)
def db_one_number(dY, X, W):
    return dY @ W.T, X.T @ dY, dY.sum()


@mistake(
    "linear_backward",
    "db as a matrix of one row",
    "The numbers of db are right, but its shape is (1, d_out). A gradient has the shape of what it belongs "
    "to, and b is (d_out,).",
)
def db_two_axes(dY, X, W):
    return dY @ W.T, X.T @ dY, dY.sum(axis=0, keepdims=True)


@mistake(
    "linear_backward",
    "dW and db divided by N",
    "You took means over the examples. If the loss is a mean, dY has been divided by N already; here the "
    "demands of the examples add up.",
)
def divided_by_n(dY, X, W):
    return dY @ W.T, X.T @ dY / len(X), dY.mean(axis=0)


@mistake(
    "linear_backward",
    "db alone divided by N",
    "dW adds up the examples, but db takes their mean. Both add up.",
)
def db_mean(dY, X, W):
    return dY @ W.T, X.T @ dY, dY.mean(axis=0)


@mistake(
    "linear_backward",
    "all three divided by N",
    "All three gradients are N times too small. A loss that is a mean has put the 1 / N into dY already.",
)
def everything_divided_by_n(dY, X, W):
    return dY @ W.T / len(X), X.T @ dY / len(X), dY.mean(axis=0)


@mistake(
    "linear_backward",
    "dW transposed",
    "Your dW has the shape (d_out, d_in), as PyTorch keeps its weights. Here W is (d_in, d_out), and its "
    "gradient has the same shape.",
)
def dw_transposed(dY, X, W):
    return dY @ W.T, dY.T @ X, dY.sum(axis=0)


@mistake(
    "linear_backward",
    "X for X.T in dW",
    "You multiplied X by dY as they stand. The sum in dW runs over the examples, so the examples must be the "
    "inner dimension.",
)
def x_not_transposed(dY, X, W):
    return dY @ W.T, X @ dY, dY.sum(axis=0)


@mistake(
    "linear_backward",
    "W for W.T in dX",
    "You sent dY forwards through W again. On the way back it goes from the units to the inputs, and W is "
    "read the other way round.",
)
def w_not_transposed(dY, X, W):
    return dY @ W, X.T @ dY, dY.sum(axis=0)


@mistake(
    "linear_backward",
    "dX and dW exchanged",
    "All gradients are right, but dW came first. The order is dX, dW, db.",
)
def exchanged(dY, X, W):
    return X.T @ dY, dY @ W.T, dY.sum(axis=0)


@mistake(
    "linear_backward",
    "upstream gradient forgotten",
    "Your gradients are those of the sum of all entries of Y: dY was left out. Each entry of Y counts as "
    "much as dY says.",
)
def upstream_forgotten(dY, X, W):
    ones = np.ones_like(dY)
    return ones @ W.T, X.T @ ones, ones.sum(axis=0)


@mistake(
    "linear_backward",
    "upstream gradient forgotten in db",
    "Your db counts the examples. Add up dY over the examples: each entry counts as much as dY says.",
)
def upstream_forgotten_in_db(dY, X, W):
    return dY @ W.T, X.T @ dY, np.ones_like(dY).sum(axis=0)


def _pairs(sizes):
    return list(pairwise(sizes))


def _relu(z):
    return np.maximum(z, 0)


def _score(a, layer):
    W, b = layer
    return a @ W + b


def _run(X, layers, activation):
    """What mlp_forward should answer."""
    a, hidden = X, []
    for layer in layers[:-1]:
        a = activation(_score(a, layer))
        hidden.append(a)
    return _score(a, layers[-1]), hidden


def _logits(X, layers, activation=_relu):
    return _run(X, layers, activation)[0]


def _softmax(logits, axis):
    weights = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)
