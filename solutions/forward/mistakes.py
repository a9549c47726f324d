"""Classic wrong answers of the forward unit, and what a tutor says to each."""

from itertools import pairwise

import numpy as np

from autograder.declare import slips

# linear


def _fitting(X, W, b):
    """What a mistake that is about something else does right."""
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    if b.shape != (W.shape[1],):
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")


linear = slips("linear")


@linear("bias left out")
def no_bias(X, W, b):
    """Your scores are the products alone. Each unit has a bias of its own, which is added to its score."""
    _fitting(X, W, b)
    return X @ W


@linear("bias subtracted")
def minus_bias(X, W, b):
    """You used b as a threshold that the sum must reach. A bias is added to the score."""
    _fitting(X, W, b)
    return X @ W - b


@linear("weights transposed")
def weights_transposed(X, W, b):
    """You multiplied by W.T, which is right where W is kept as PyTorch keeps it, (d_out, d_in). Here W is
    (d_in, d_out) and is used as it stands.
    """
    return X @ W.T + b


@linear("bias added per example")
def bias_per_example(X, W, b):
    """You gave each example a bias. A bias belongs to a unit: b lines up with the columns of the product,
    and every row gets all of it.
    """
    _fitting(X, W, b)
    return X @ W + b[:, None]


@linear("bias added before the product")
def bias_before_the_product(X, W, b):
    """You added b to the inputs, so that it was multiplied by the weights. First the product, then the
    bias.
    """
    return (X + b) @ W


@linear("bias added to every product")
def bias_once_per_input(X, W, b):
    """Your bias came in once for each input: the sum over d_in already held it. Add it once, after the
    sum.
    """
    _fitting(X, W, b)
    return X @ W + len(W) * b


@linear("inner dimensions left to NumPy")
def inner_dimensions_unchecked(X, W, b):
    """NumPy did raise a ValueError, but one that talks of core dimensions. Check the shapes first, and say
    which two do not fit.
    """
    if b.shape != W.shape[1:]:
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")
    return X @ W + b


@linear("only the differing numbers named")
def only_numbers_named(X, W, b):
    """Your message has the two numbers that differ, but not the shapes they are from. Put X.shape and
    W.shape into it: whoever reads it wants to see which side is turned around.
    """
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"{X.shape[1]} is not {W.shape[0]}")
    _fitting(X, W, b)
    return X @ W + b


@linear("only the shape of X named")
def only_x_named(X, W, b):
    """Your message says the shape of X. It takes two to disagree: say the shape of W as well."""
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X has the wrong shape {X.shape}")
    _fitting(X, W, b)
    return X @ W + b


@linear("assert in place of raise")
def asserts(X, W, b):
    """An assert raises an AssertionError, and vanishes under python -O. For an argument that does not fit,
    raise a ValueError.
    """
    assert X.shape[1] == W.shape[0], f"X {X.shape} does not fit W {W.shape}"
    assert b.shape == (W.shape[1],)
    return X @ W + b


@linear("a wrong bias broadcast in silence")
def bias_broadcast(X, W, b):
    """A b of the wrong shape was stretched until it fitted, and nobody was told. NumPy does that with any
    axis of length 1: compare b's shape yourself.
    """
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    return X @ W + b


@linear("only the length of the bias compared")
def bias_length_compared(X, W, b):
    """A b of shape (3, 1) has the right length but not the right shape: it was added along the rows. Compare
    the whole shape.
    """
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    if len(b) != W.shape[1]:
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")
    return X @ W + b


@linear("only the last axis of the bias compared")
def bias_columns_compared(X, W, b):
    """A b of shape (1, 2) or (4, 2) has the right number of columns, but a bias has one axis, of shape (2,).
    Compare the whole shape.
    """
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"X {X.shape} does not fit W {W.shape}")
    if b.shape[-1] != W.shape[1]:
        raise ValueError(f"b {b.shape} does not fit W {W.shape}")
    return X @ W + b


# count_parameters: count_parameters(sizes) and count_multiply_adds(batch, sizes)


count_parameters = slips("count_parameters")


@count_parameters("biases not counted")
def weights_only(sizes):
    """You counted the weights. Each unit behind the input also has a bias, and it is learned too."""
    return sum(a * b for a, b in _pairs(sizes))


@count_parameters("a bias for each input")
def biases_for_the_input(sizes):
    """You counted a bias for the inputs as well. They are given, not computed: biases begin with the first
    layer.
    """
    return sum(a * b for a, b in _pairs(sizes)) + sum(sizes)


@count_parameters("one bias a layer")
def one_bias_a_layer(sizes):
    """You counted one bias for each layer. Each unit of a layer has its own: a layer of 64 units has 64."""
    return sum(a * b + 1 for a, b in _pairs(sizes))


@count_parameters("biases as many as inputs")
def biases_of_the_wrong_side(sizes):
    """You gave each layer a bias for every number that comes in. There is one for every number that goes
    out: b is added to the product, not to X.
    """
    return sum((b + 1) * a for a, b in _pairs(sizes))


@count_parameters("units counted")
def units_counted(sizes):
    """You added up the units. What is learned sits between them: every unit has a weight for each unit of
    the layer before, and a bias.
    """
    return sum(sizes)


@count_parameters("output layer left out")
def output_layer_left_out(sizes):
    """You counted the hidden layers only. The output layer is a layer like the others, with weights and
    biases.
    """
    return sum((a + 1) * b for a, b in _pairs(sizes[:-1]))


@count_parameters("all widths multiplied")
def widths_multiplied(sizes):
    """You multiplied the widths all together. A layer only meets the one before it: multiply neighbours,
    then add up the layers.
    """
    product = 1
    for size in sizes:
        product *= size
    return product


count_multiply_adds = slips("count_multiply_adds")


@count_multiply_adds("batch forgotten")
def batch_forgotten(batch, sizes):
    """You counted the work for one example. Every example of the batch is multiplied by all the weights."""
    return sum(a * b for a, b in _pairs(sizes))


@count_multiply_adds("operations for multiply-adds")
def flops(batch, sizes):
    """You counted the multiplication and the addition apart. Together they are one multiply-add; counted
    apart they are called FLOPs, twice as many.
    """
    return 2 * batch * sum(a * b for a, b in _pairs(sizes))


@count_multiply_adds("parameters times batch")
def biases_counted_as_work(batch, sizes):
    """You took the biases along. A bias is added without a multiplication, and is left out of this count."""
    return batch * sum((a + 1) * b for a, b in _pairs(sizes))


@count_multiply_adds("batch in the first layer only")
def batch_in_the_first_layer_only(batch, sizes):
    """Only the first layer's work was multiplied by the batch. The whole batch goes through every layer."""
    first, *rest = _pairs(sizes)
    return batch * first[0] * first[1] + sum(a * b for a, b in rest)


@count_multiply_adds("multiplied down the whole network")
def work_multiplied(batch, sizes):
    """You multiplied the widths all together, as if each path through the network were computed by itself. A
    layer computes once and passes the result on: multiply neighbours, then add up the layers.
    """
    return batch * widths_multiplied(sizes)


# mlp_forward


mlp_forward = slips("mlp_forward")


@mlp_forward("activation on the last layer")
def activation_on_the_last(X, layers, activation):
    """Your logits went through the activation too. The last layer passes on its scores as they are; the loss
    takes it from there.
    """
    logits, hidden = _run(X, layers, activation)
    return activation(logits), hidden


@mlp_forward("no activation")
def no_activation(X, layers, activation):
    """The activation is never applied. Without it the layers multiply out to a single one, and depth buys
    nothing.
    """
    return _run(X, layers, lambda z: z)


@mlp_forward("activation on the input")
def activation_on_the_input(X, layers, activation):
    """You applied the activation to X. The first layer sees the input as it is; what is activated are the
    scores that come out of a hidden layer.
    """
    return _run(activation(X), layers, activation)


@mlp_forward("activation before the product")
def activation_before_the_product(X, layers, activation):
    """You activated what goes into a layer, not what comes out of it. That touches X, and what `hidden`
    keeps has not been activated yet.
    """
    a, hidden = X, []
    for layer in layers[:-1]:
        a = _score(activation(a), layer)
        hidden.append(a)
    return _score(activation(a), layers[-1]), hidden


@mlp_forward("each layer fed X")
def each_fed_x(X, layers, activation):
    """Every layer was given X. It should be given what the layer before it passed on: does your loop carry
    that from one round to the next?
    """
    hidden = [activation(_score(X, layer)) for layer in layers[:-1]]
    return _score(X, layers[-1]), hidden


@mlp_forward("hidden kept before the activation")
def hidden_before_activation(X, layers, activation):
    """Your logits are right, but `hidden` holds the scores from before the activation. Keep what was passed
    on.
    """
    a, hidden = X, []
    for layer in layers[:-1]:
        z = _score(a, layer)
        hidden.append(z)
        a = activation(z)
    return _score(a, layers[-1]), hidden


@mlp_forward("scores passed on, activations kept")
def scores_passed_on(X, layers, activation):
    """`hidden` was activated, but what you passed to the next layer was not. Both are the same array."""
    a, hidden = X, []
    for layer in layers[:-1]:
        a = _score(a, layer)
        hidden.append(activation(a))
    return _score(a, layers[-1]), hidden


@mlp_forward("logits among the hidden")
def logits_among_hidden(X, layers, activation):
    """`hidden` has one array too many: the logits. They are not hidden, and they are the other half of the
    answer.
    """
    logits, hidden = _run(X, layers, activation)
    return logits, [*hidden, logits]


@mlp_forward("input among the hidden")
def input_among_hidden(X, layers, activation):
    """`hidden` begins with X. Only what the hidden layers computed belongs there."""
    logits, hidden = _run(X, layers, activation)
    return logits, [X, *hidden]


@mlp_forward("only the last hidden layer kept")
def last_hidden_only(X, layers, activation):
    """`hidden` has one array only. Add each hidden layer's activations to the list as you pass it."""
    logits, hidden = _run(X, layers, activation)
    return logits, hidden[-1:]


@mlp_forward("hidden in reverse")
def hidden_reversed(X, layers, activation):
    """`hidden` starts with the layer next to the output. It is wanted in the order of the forward pass."""
    logits, hidden = _run(X, layers, activation)
    return logits, hidden[::-1]


@mlp_forward("relu whatever was asked for")
def always_relu(X, layers, activation):
    """You used relu although another activation was given. Call the function that the caller passed in."""
    return _run(X, layers, _relu)


@mlp_forward("biases left out")
def biases_left_out(X, layers, activation):
    """The biases of your layers are missing. A layer is a pair (W, b): use both."""
    return _run(X, [(W, np.zeros_like(b)) for W, b in layers], activation)


@mlp_forward("built for two layers")
def two_layers(X, layers, activation):
    """Your network has one hidden layer, however many it was given. Loop over all layers but the last."""
    return _run(X, [layers[0], layers[-1]], activation)


# predict_proba


predict_proba = slips("predict_proba")


@predict_proba("softmax over the batch")
def over_the_batch(X, layers):
    """Your columns sum to 1: for each class you shared 1 out among the examples. Each example needs its own
    probabilities, so it is the rows that sum to 1.
    """
    return _softmax(_logits(X, layers), axis=0)


@predict_proba("divided by the grand total")
def grand_total(X, layers):
    """All your numbers together sum to 1. Each row has its own sum to be divided by."""
    logits = _logits(X, layers)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum()


@predict_proba("sums lined up with the columns")
def sums_on_columns(X, layers):
    """Your row sums lost their axis, so each one divided a column. Keep the summed axis, with length 1."""
    logits = _logits(X, layers)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1)


@predict_proba("softmax inside the hidden layers")
def softmax_inside(X, layers):
    """You used softmax as the activation of the hidden layers too. They have relu; probabilities are made
    once, at the end.
    """
    return _softmax(_logits(X, layers, lambda z: _softmax(z, axis=1)), axis=1)


@predict_proba("argmax")
def classes(X, layers):
    """You answered with the most likely class. The question is how likely every class is: leave the choice
    to the caller.
    """
    return _logits(X, layers).argmax(axis=1)


@predict_proba("one-hot of the best class")
def one_hot(X, layers):
    """You gave the best class 1 and the others 0: a hard choice. softmax keeps how sure the network is."""
    logits = _logits(X, layers)
    return np.eye(logits.shape[1])[logits.argmax(axis=1)]


@predict_proba("logits returned")
def raw_logits(X, layers):
    """These are the logits, not probabilities: exponentiate them and divide each row by its sum."""
    return _logits(X, layers)


@predict_proba("sigmoid in place of softmax")
def sigmoids(X, layers):
    """You asked each class by itself, yes or no, so the rows do not sum to 1. Classes that exclude each
    other share one softmax.
    """
    return 1 / (1 + np.exp(-_logits(X, layers)))


@predict_proba("relu on the logits")
def relu_on_logits(X, layers):
    """The last layer's scores went through relu before softmax, so all classes below 0 came out equally
    likely. Logits are used as they are.
    """
    return _softmax(_relu(_logits(X, layers)), axis=1)


@predict_proba("no relu in the hidden layers")
def no_relu(X, layers):
    """Your hidden layers have no activation, so the network is a single layer in disguise. Put relu between
    the layers.
    """
    return _softmax(_logits(X, layers, lambda z: z), axis=1)


@predict_proba("tanh in the hidden layers")
def hidden_tanh(X, layers):
    """Your hidden layers have tanh. This network was made for relu, and weights mean nothing without their
    activation.
    """
    return _softmax(_logits(X, layers, np.tanh), axis=1)


@predict_proba("softmax twice")
def softmax_twice(X, layers):
    """You applied softmax to probabilities, which flattens them: no class can be surer than e to 1 any more.
    Once is enough.
    """
    return _softmax(_softmax(_logits(X, layers), axis=1), axis=1)


@predict_proba("no shift before exp")
def not_shifted(X, layers):
    """exp(1000) overflows. Subtract each row's largest logit first; the common factor cancels in the
    ratio.
    """
    weights = np.exp(_logits(X, layers))
    return weights / weights.sum(axis=1, keepdims=True)


@predict_proba("shifted by the largest of all logits")
def shifted_by_the_global_maximum(X, layers):
    """One shift for the whole batch pushed a low row down to zeros, and 0 / 0 is NaN. Give each row its own
    shift.
    """
    logits = _logits(X, layers)
    weights = np.exp(logits - logits.max())
    with np.errstate(invalid="ignore"):
        return weights / weights.sum(axis=1, keepdims=True)


# linear_backward


linear_backward = slips("linear_backward")


@linear_backward("db summed over the units")
def db_over_units(dY, X, W):
    """You summed dY along each row: one number an example. b has one entry a unit, and every example used
    it: sum over the examples.
    """
    return dY @ W.T, X.T @ dY, dY.sum(axis=1)


@linear_backward("db not summed")
def db_not_summed(dY, X, W):
    """db came back in the shape of dY. One b serves all N examples, so their N demands add up."""
    return dY @ W.T, X.T @ dY, dY.copy()


@linear_backward("db as one number")
def db_one_number(dY, X, W):
    """You summed dY over everything. b has an entry for each unit, each with its own sum over the
    examples.
    """
    return dY @ W.T, X.T @ dY, dY.sum()


@linear_backward("db as a matrix of one row")
def db_two_axes(dY, X, W):
    """The numbers of db are right, but its shape is (1, d_out). A gradient has the shape of what it belongs
    to, and b is (d_out,).
    """
    return dY @ W.T, X.T @ dY, dY.sum(axis=0, keepdims=True)


@linear_backward("dW and db divided by N")
def divided_by_n(dY, X, W):
    """You took means over the examples. If the loss is a mean, dY has been divided by N already; here the
    demands of the examples add up.
    """
    return dY @ W.T, X.T @ dY / len(X), dY.mean(axis=0)


@linear_backward("db alone divided by N")
def db_mean(dY, X, W):
    """dW adds up the examples, but db takes their mean. Both add up."""
    return dY @ W.T, X.T @ dY, dY.mean(axis=0)


@linear_backward("all three divided by N")
def everything_divided_by_n(dY, X, W):
    """All three gradients are N times too small. A loss that is a mean has put the 1 / N into dY already."""
    return dY @ W.T / len(X), X.T @ dY / len(X), dY.mean(axis=0)


@linear_backward("dW transposed")
def dw_transposed(dY, X, W):
    """Your dW has the shape (d_out, d_in), as PyTorch keeps its weights. Here W is (d_in, d_out), and its
    gradient has the same shape.
    """
    return dY @ W.T, dY.T @ X, dY.sum(axis=0)


@linear_backward("X for X.T in dW")
def x_not_transposed(dY, X, W):
    """You multiplied X by dY as they stand. The sum in dW runs over the examples, so the examples must be
    the inner dimension.
    """
    return dY @ W.T, X @ dY, dY.sum(axis=0)


@linear_backward("W for W.T in dX")
def w_not_transposed(dY, X, W):
    """You sent dY forwards through W again. On the way back it goes from the units to the inputs, and W is
    read the other way round.
    """
    return dY @ W, X.T @ dY, dY.sum(axis=0)


@linear_backward("dX and dW exchanged")
def exchanged(dY, X, W):
    """All gradients are right, but dW came first. The order is dX, dW, db."""
    return X.T @ dY, dY @ W.T, dY.sum(axis=0)


@linear_backward("upstream gradient forgotten")
def upstream_forgotten(dY, X, W):
    """Your gradients are those of the sum of all entries of Y: dY was left out. Each entry of Y counts as
    much as dY says.
    """
    ones = np.ones_like(dY)
    return ones @ W.T, X.T @ ones, ones.sum(axis=0)


@linear_backward("upstream gradient forgotten in db")
def upstream_forgotten_in_db(dY, X, W):
    """Your db counts the examples. Add up dY over the examples: each entry counts as much as dY says."""
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
