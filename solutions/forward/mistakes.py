"""Classic wrong answers of the forward unit, and what a tutor says to each."""

from itertools import pairwise

import numpy as np

from autograder.declare import slips

linear = slips("linear")
WORDS = "the columns of X {X.shape} must be as many as the rows of W {W.shape}"
X_FITS_W = f'if X.shape[1] != W.shape[0]:\n        raise ValueError(f"linear: {WORDS}")'
B_FITS_W = """if b.shape != (W.shape[1],):
        raise ValueError(f"linear: W {W.shape} needs b of shape ({W.shape[1]},) (got {b.shape})")"""

linear(
    "bias left out",
    "Your scores are the products alone. Each unit has a bias of its own, which is added to its score.",
).drop(" + b")
linear(
    "bias subtracted", "You used b as a threshold that the sum must reach. A bias is added to the score."
).write("+ b", "- b")


@linear("weights transposed", code=r"\.T\b|transpose|swapaxes")
def weights_transposed(X, W, b):
    """You multiplied by W.T, which is right where W is kept as PyTorch keeps it, (d_out, d_in). Here W is
    (d_in, d_out) and is used as it stands.
    """
    return X @ W.T + b


linear(
    "bias added per example",
    "You gave each example a bias. A bias belongs to a unit: b lines up with the columns of the product, and "
    "every row gets all of it.",
).write("+ b", "+ b[:, None]")


@linear("bias added before the product")
def bias_before_the_product(X, W, b):
    """You added b to the inputs, so that it was multiplied by the weights. First the product, then the
    bias.
    """
    return (X + b) @ W


linear(
    "bias added to every product",
    "Your bias came in once for each input: the sum over d_in already held it. Add it once, after the sum.",
).write("+ b", "+ len(W) * b")
linear(
    "inner dimensions left to NumPy",
    "NumPy did raise a ValueError, but one that talks of core dimensions. Check the shapes first, and say "
    "which two do not fit.",
).drop(X_FITS_W)
linear(
    "no shape compared",
    "You left the shapes to NumPy, which stretches a b of the wrong shape without a word, and talks of core "
    "dimensions where X and W do not fit. Compare both before you compute, and raise a ValueError.",
).drop(X_FITS_W).drop(B_FITS_W)
linear(
    "only the differing numbers named",
    "Your message has the two numbers that differ, but not the shapes they are from. Put X.shape and W.shape "
    "into it: the reader wants to see which side is transposed.",
).write(WORDS, "{X.shape[1]} is not {W.shape[0]}")
linear(
    "only the shape of X named",
    "Your message says the shape of X. It takes two to disagree: say the shape of W as well.",
).write("the rows of W {W.shape}", "the rows of W")
linear(
    "assert in place of raise",
    "An assert raises an AssertionError, and vanishes under python -O. For an argument that does not fit, "
    "raise a ValueError.",
    code=r"\bassert\b",
).write(X_FITS_W, 'assert X.shape[1] == W.shape[0], f"{X.shape} does not fit {W.shape}"').write(
    B_FITS_W, "assert b.shape == (W.shape[1],)"
)
linear(
    "a wrong bias broadcast in silence",
    "A b of the wrong shape was stretched until it fitted, without an error. NumPy does that with any axis "
    "of length 1: compare b's shape yourself.",
).drop(B_FITS_W)
linear(
    "only the length of the bias compared",
    "A b of shape (3, 1) has the right length but not the right shape: it was added along the rows. Compare "
    "the whole shape.",
).write("b.shape != (W.shape[1],)", "len(b) != W.shape[1]")
linear(
    "only the last axis of the bias compared",
    "A b of shape (1, 2) or (4, 2) has the right number of columns, but a bias has one axis, of shape (2,). "
    "A row (1, 2) gives the same sum and is right in other texts; this kit takes (d_out,) alone, as PyTorch "
    "does. Compare the whole shape.",
).write("b.shape != (W.shape[1],)", "b.shape[-1] != W.shape[1]")


count_parameters = slips("count_parameters")

count_parameters(
    "biases not counted",
    "You counted the weights. Each unit behind the input also has a bias, and it is learned too.",
).write("(d_in + 1)", "d_in")
count_parameters(
    "a bias for each input",
    "You counted a bias for the inputs as well. They are given, not computed: biases begin with the first "
    "layer.",
).write("pairwise(sizes))", "pairwise(sizes)) + sizes[0]")
count_parameters(
    "one bias a layer",
    "You counted one bias for each layer. Each unit of a layer has its own: a layer of 64 units has 64.",
).write("(d_in + 1) * d_out", "d_in * d_out + 1")
count_parameters(
    "biases as many as inputs",
    "You gave each layer a bias for every number that comes in. There is one for every number that goes out: "
    "b is added to the product, not to X.",
).write("(d_in + 1) * d_out", "d_in * (d_out + 1)")


@count_parameters("units counted")
def units_counted(sizes):
    """You added up the units. What is learned sits between them: every unit has a weight for each unit of
    the layer before, and a bias.
    """
    return sum(sizes)


count_parameters(
    "output layer left out",
    "You counted the hidden layers only. The output layer is a layer like the others, with weights and "
    "biases.",
).write("sizes", "sizes[:-1]")


@count_parameters("all widths multiplied")
def widths_multiplied(sizes):
    """You multiplied the widths all together. A layer only meets the one before it: multiply neighbours,
    then add up the layers.
    """
    return int(np.prod(sizes))


count_multiply_adds = slips("count_multiply_adds")

count_multiply_adds(
    "batch forgotten",
    "You counted the work for one example. Every example of the batch is multiplied by all the weights.",
).drop("batch * ")
count_multiply_adds(
    "operations for multiply-adds",
    "You counted the multiplication and the addition apart. Together they are one multiply-add; counted "
    "apart they are called FLOPs, twice as many.",
).write("batch", "2 * batch")
count_multiply_adds(
    "parameters times batch",
    "You took the biases along. A bias is added without a multiplication, and is left out of this count.",
).write("d_in * d_out", "(d_in + 1) * d_out")


@count_multiply_adds("batch in the first layer only")
def batch_in_the_first_layer_only(batch, sizes):
    """Only the first layer's work was multiplied by the batch. The whole batch goes through every layer."""
    (d_in, d_out), *rest = pairwise(sizes)
    return batch * d_in * d_out + sum(a * b for a, b in rest)


@count_multiply_adds("multiplied down the whole network")
def work_multiplied(batch, sizes):
    """You multiplied the widths all together, as if each path through the network were computed by itself. A
    layer computes once and passes the result on: multiply neighbours, then add up the layers.
    """
    return batch * int(np.prod(sizes))


mlp_forward = slips("mlp_forward")
ACTIVATED, LOGITS = "activation(linear(a, W, b))", "linear(a, *layers[-1])"

mlp_forward(
    "activation on the last layer",
    "Your logits went through the activation too. The last layer passes on its scores as they are; the loss "
    "takes it from there.",
).write(LOGITS, f"activation({LOGITS})")
mlp_forward(
    "no activation",
    "The activation is never applied. Without it the layers multiply out to a single one, and depth buys "
    "nothing.",
).write(ACTIVATED, "linear(a, W, b)")
mlp_forward(
    "activation on the input",
    "You applied the activation to X. The first layer sees the input as it is; what is activated are the "
    "scores that come out of a hidden layer.",
).write("hidden = X", "hidden = activation(X)")
mlp_forward(
    "activation before the product",
    "You activated what goes into a layer, not what comes out of it. That touches X, and what `hidden` keeps "
    "has not been activated yet.",
).write(ACTIVATED, "linear(activation(a), W, b)").write(LOGITS, "linear(activation(a), *layers[-1])")


@mlp_forward("each layer fed X")
def each_fed_x(X, layers, activation):
    """Every layer was given X. It should be given what the layer before it passed on: does your loop carry
    that from one round to the next?
    """
    hidden = [activation(X @ W + b) for W, b in layers[:-1]]
    W, b = layers[-1]
    return X @ W + b, hidden


mlp_forward(
    "hidden kept before the activation",
    "Your logits are right, but `hidden` holds the scores from before the activation. Keep what was passed "
    "on.",
).write(ACTIVATED, "linear(a, W, b)").write("hidden.append(a)", "hidden.append(a)\n        a = activation(a)")
mlp_forward(
    "scores passed on, activations kept",
    "`hidden` was activated, but what you passed to the next layer was not. Both are the same array.",
).write(ACTIVATED, "linear(a, W, b)").write("append(a)", "append(activation(a))")
mlp_forward(
    "logits among the hidden",
    "`hidden` has one array too many: the logits. They are not hidden, and they are the other half of the "
    "answer.",
).write(f"{LOGITS}, hidden", f"(logits := {LOGITS}), [*hidden, logits]")
mlp_forward(
    "input among the hidden", "`hidden` begins with X. Only what the hidden layers computed belongs there."
).write("[]", "[X]")
mlp_forward(
    "only the last hidden layer kept",
    "`hidden` has one array only. Add each hidden layer's activations to the list as you pass it.",
).write("hidden.append(a)", "hidden = [a]")
mlp_forward(
    "hidden in reverse",
    "`hidden` starts with the layer next to the output. It is wanted in the order of the forward pass.",
).write("hidden.append(a)", "hidden.insert(0, a)")
mlp_forward(
    "relu whatever was asked for",
    "You used relu although another activation was given. Call the function that the caller passed in.",
).write(ACTIVATED, "np.maximum(linear(a, W, b), 0)")
mlp_forward(
    "biases left out", "The biases of your layers are missing. A layer is a pair (W, b): use both."
).write("linear(a, W, b)", "a @ W").write(LOGITS, "a @ layers[-1][0]")


@mlp_forward("built for two layers")
def two_layers(X, layers, activation):
    """Your network has one hidden layer, however many it was given. Loop over all layers but the last."""
    (V, c), (W, b) = layers[0], layers[-1]
    hidden = activation(X @ V + c)
    return hidden @ W + b, [hidden]


predict_proba = slips("predict_proba")
RELU, MAX, SUM = (
    "lambda z: np.maximum(z, 0)",
    "logits.max(axis=1, keepdims=True)",
    "weights.sum(axis=1, keepdims=True)",
)
SHIFTED, PROBABILITIES = f"weights = np.exp(logits - {MAX})", f"weights / {SUM}"

predict_proba(
    "softmax over the batch",
    "Your columns sum to 1: for each class you shared 1 out among the examples. Each example needs its own "
    "probabilities, so it is the rows that sum to 1.",
).write("logits.max(axis=1", "logits.max(axis=0").write("weights.sum(axis=1", "weights.sum(axis=0")
predict_proba(
    "divided by the grand total",
    "All your numbers together sum to 1. Each row has its own sum to be divided by.",
).write(SUM, "weights.sum()")
predict_proba(
    "sums lined up with the columns",
    "Your row sums lost their axis, so each one divided a column. Keep the summed axis, with length 1.",
).write(SUM, "weights.sum(axis=1)")
predict_proba(
    "softmax inside the hidden layers",
    "You used softmax as the activation of the hidden layers too. They have relu; probabilities are made "
    "once, at the end.",
).write(RELU, "lambda z: (e := np.exp(z - z.max(axis=1, keepdims=True))) / e.sum(axis=1, keepdims=True)")
predict_proba(
    "argmax",
    "You answered with the most likely class. The question is how likely every class is: leave the choice to "
    "the caller.",
    code="argmax|argsort",
).write(PROBABILITIES, "logits.argmax(axis=1)")
predict_proba(
    "one-hot of the best class",
    "You gave the best class 1 and the others 0: a hard choice. softmax keeps how sure the network is.",
).write(PROBABILITIES, "np.eye(logits.shape[1])[logits.argmax(axis=1)]")
predict_proba(
    "logits returned",
    "These are the logits, not probabilities: exponentiate them and divide each row by its sum.",
).write(PROBABILITIES, "logits")
predict_proba(
    "sigmoid in place of softmax",
    "You asked each class by itself, yes or no, so the rows do not sum to 1. Classes that exclude each other "
    "share one softmax.",
).write(PROBABILITIES, "1 / (1 + np.exp(-logits))")
predict_proba(
    "relu on the logits",
    "The last layer's scores went through relu before softmax, so all classes below 0 came out equally "
    "likely. Logits are used as they are.",
).write("weights = ", "logits = np.maximum(logits, 0)\n    weights = ")
predict_proba(
    "no relu in the hidden layers",
    "Your hidden layers have no activation, so the network is a single layer in disguise. Put relu between "
    "the layers.",
).write(RELU, "lambda z: z")
predict_proba(
    "tanh in the hidden layers",
    "Your hidden layers have tanh. This network was made for relu, and weights mean nothing without their "
    "activation.",
    code="tanh",
).write(RELU, "np.tanh")
predict_proba(
    "softmax twice",
    "You applied softmax to probabilities, which flattens them: no class can be surer than e to 1 any more. "
    "Once is enough.",
).write("return ", f"logits = {PROBABILITIES}\n    {SHIFTED}\n    return ")
predict_proba(
    "no shift before exp",
    "exp(1000) overflows. Subtract each row's largest logit first; the common factor cancels in the ratio.",
).drop(f" - {MAX}")
predict_proba(
    "shifted by the largest of all logits",
    "One shift for the whole batch pushed a low row down to zeros, and 0 / 0 is NaN. Give each row its own "
    "shift.",
).write(MAX, "logits.max()").write("return", 'with np.errstate(invalid="ignore"):\n        return')


linear_backward = slips("linear_backward")

linear_backward(
    "db summed over the units",
    "You summed dY along each row: one number an example. b has one entry a unit, and every example used it: "
    "sum over the examples.",
).write("axis=0", "axis=1")
linear_backward(
    "db not summed",
    "db came back in the shape of dY. One b serves all N examples, so their N demands add up.",
).write("sum(axis=0)", "copy()")
linear_backward(
    "db as one number",
    "You summed dY over everything. b has an entry for each unit, each with its own sum over the examples.",
).drop("axis=0")
linear_backward(
    "db as a matrix of one row",
    "The numbers of db are right, but its shape is (1, d_out). A gradient has the shape of what it belongs "
    "to, and b is (d_out,).",
).write("axis=0", "axis=0, keepdims=True")
linear_backward(
    "dW and db divided by N",
    "You took means over the examples. If the loss is a mean, dY has been divided by N already; here the "
    "demands of the examples add up.",
).write("X.T @ dY", "X.T @ dY / len(X)").write("sum", "mean")
linear_backward(
    "db alone divided by N", "dW adds up the examples, but db takes their mean. Both add up."
).write("sum", "mean")
linear_backward(
    "all three divided by N",
    "All three gradients are N times too small. A loss that is a mean has put the 1 / N into dY already.",
).write("W.T", "W.T / len(X)").write("X.T @ dY", "X.T @ dY / len(X)").write("sum", "mean")
linear_backward(
    "dW transposed",
    "Your dW has the shape (d_out, d_in), as PyTorch keeps its weights. Here W is (d_in, d_out), and its "
    "gradient has the same shape.",
).write("X.T @ dY", "dY.T @ X")
linear_backward(
    "X for X.T in dW",
    "You multiplied X by dY as they stand. The sum in dW runs over the examples, so the examples must be the "
    "inner dimension.",
    code=r"(?<!\w)X @ dY|(dot|matmul)\(X, dY",
).write("X.T", "X")
linear_backward(
    "W for W.T in dX",
    "You sent dY forwards through W again. On the way back it goes from the units to the inputs, and W is "
    "read the other way round.",
    code=r"dY @ W\b(?!\.)|(dot|matmul)\(dY, W\)",
).write("W.T", "W")
linear_backward(
    "dX and dW exchanged", "All gradients are right, but dW came first. The order is dX, dW, db."
).swap("dY @ W.T", "X.T @ dY")
linear_backward(
    "upstream gradient forgotten",
    "Your gradients are those of the sum of all entries of Y: dY was left out. Each entry of Y counts as "
    "much as dY says.",
).write("return ", "dY = np.ones_like(dY)\n    return ")
linear_backward(
    "upstream gradient forgotten in db",
    "Your db counts the examples. Add up dY over the examples: each entry counts as much as dY says.",
).write("dY.sum", "np.ones_like(dY).sum")
