"""Classic wrong answers of the activations unit, and what a tutor says to each."""

import math

import numpy as np

from autograder.declare import slips
from engine import Value

#: A number that is added for safety, as it may be written.
SMALL_NUMBER = r"\+ (\d[\d.]*e-\d+|0\.0\d*|\w*eps\w*|np\.finfo)"

sigmoid = slips("sigmoid")


@sigmoid("overflow on the negative side")
def overflows_left(x):
    """Your formula needs exp(1000) when x = -1000, which no float can hold. For negative x use the form of
    the fraction in which the exponent is negative.
    """
    return 1 / (1 + np.exp(-x))


@sigmoid("overflow on the positive side")
def overflows_right(x):
    """Your formula needs exp(1000) when x = 1000, and infinity over infinity is not 1. For positive x use
    the form of the fraction that has exp(-x).
    """
    return np.exp(x) / (1 + np.exp(x))


@sigmoid("a form computed where it overflows")
def both_branches_computed(x):
    """Each form suits one side of 0, and was computed for elements of the other side too: np.where chooses
    between two finished arrays, and a choice made once for a whole array suits a part of it. Make sure that
    no exponent can be positive before it reaches exp.
    """
    return np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))


sigmoid(
    "sign of the exponent turned",
    "Your curve falls from 1 to 0: you computed sigmoid(-x). Check the sign in the exponent at x = 3, where "
    "the answer must be near 1.",
).write("np.minimum", "-np.maximum")


@sigmoid("minus of the exponent missing")
def minus_missing(x):
    """You wrote exp(x) for exp(-x): your curve falls from 1 to 0, and it overflows for large x."""
    return 1 / (1 + np.exp(x))


@sigmoid("parentheses missing below the line")
def divided_too_early(x):
    """1 / 1 + exp(-x) is 1 + exp(-x): a division comes before a sum. Put all that is below the line in
    parentheses.
    """
    return 1 / 1 + np.exp(-x)


@sigmoid("tanh(x) in place of tanh(x / 2)", code="tanh")
def twice_as_steep(x):
    """Your curve is twice as steep as it should be. The sigmoid is a tanh that was squeezed, moved and also
    stretched sideways: halve the argument.
    """
    return (1 + np.tanh(x)) / 2


@sigmoid("input clipped", code=r"clip|min|max|where|\bif\b")
def clipped_at_10(x):
    """Clipping x stops the overflow but changes the answer: sigmoid(-20) and sigmoid(-15) came out the same.
    Rearrange the formula instead of cutting the input.
    """
    return 1 / (1 + np.exp(-np.clip(x, -10, 10)))


@sigmoid("result in an array of the input's dtype", code=r"_like|copy|\] = |astype")
def written_into_an_array_like_x(x):
    """For an integer x your answers were rounded down to 0, because they were written into an integer array.
    Give the result a floating dtype, or let the arithmetic choose it.
    """
    out = np.empty_like(x)
    out[...] = np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))
    return out


sigmoid(
    "float32 turned into float64",
    "The values are right, but a float32 array came back as float64: twice the memory. Look for an array "
    "that you made without saying its dtype.",
).write("return", "x = np.asarray(x, dtype=np.float64)\n    return")


tanh_grad = slips("tanh_grad")

tanh_grad(
    "took y for x",
    "The argument is already the output tanh(x), and you applied tanh to it once more. Write the derivative "
    "in terms of y.",
).write("y * y", "np.tanh(y) ** 2")


@tanh_grad("derivative of sigmoid")
def slope_of_sigmoid(y):
    """y (1 - y) is the derivative of sigmoid. Differentiate tanh instead: its slope at 0 is 1, where y
    is 0.
    """
    return y * (1 - y)


tanh_grad(
    "absolute value for the square",
    "Your answer is right at y = -1, 0 and 1 but too small between them: the derivative is a parabola in y, "
    "not a tent.",
).write("y * y", "np.abs(y)")
tanh_grad(
    "plus for minus",
    "tanh flattens out towards its ends, so its slope is never above 1: check the sign in front of the "
    "square.",
).write("-", "+")
tanh_grad(
    "the square alone",
    "tanh is steepest at 0, but your slope there is 0: you computed how much slope is lost, not what "
    "remains.",
).drop("1 - ")


relu = slips("relu")


@relu("negative numbers mirrored")
def mirrored(x):
    """You took the absolute value, so -3 became 3. relu switches negative numbers off: they become 0."""
    return np.abs(x)


@relu("NaN hidden")
def nan_becomes_0(x):
    """A NaN went in and 0 came out, because every comparison with NaN is False. Use an operation that passes
    a NaN on, so that a broken value stays visible.
    """
    return np.where(x > 0, x, 0.0)


@relu("one maximum for the whole array")
def largest_element(x):
    """A single number came back: the largest of all elements. relu compares each element with 0 on its
    own.
    """
    return max(0.0, float(np.max(x)))


relu_grad = slips("relu_grad")

relu_grad(
    "gradient 1 at x = 0",
    "At the corner you chose the right-hand slope. PyTorch takes 0 there: the comparison should be strict.",
).write(">", ">=")


@relu_grad("gradient of |x|")
def slope_of_abs(x):
    """You gave -1 on the left, which is the slope of |x|. relu is flat there."""
    return np.sign(x)


@relu_grad("True and False for 1 and 0")
def booleans(x):
    """A comparison gives booleans; a gradient is a number, and booleans cannot even be subtracted. Turn them
    into floats.
    """
    return x > 0


@relu_grad("relu itself for its derivative")
def value_for_slope(x):
    """You returned the value of relu, not its slope. On the right the slope is 1, however large x is."""
    return np.maximum(x, 0)


leaky_relu = slips("leaky_relu")

leaky_relu(
    "negative side lost",
    "Negative inputs became 0: that is plain relu. The leak is slope * x on that side.",
).write("slope * x", "0.0")
leaky_relu(
    "sign of the leak turned",
    "Negative inputs came out positive. With a positive slope the function keeps rising: slope * x, where x "
    "is negative.",
).write("slope", "-slope")


@leaky_relu("max(x, slope * x)", code="max")
def larger_of_both(x, slope):
    """The larger of x and slope * x is the right one only while slope is at most 1. Decide by the sign
    of x.
    """
    return np.maximum(x, slope * x)


leaky_relu(
    "slope ignored",
    "Your answer does not change with slope: a leak of 0.01 is written in the code. Use the argument.",
    code=r"0\.01",
).write("slope", "0.01")


leaky_relu_grad = slips("leaky_relu_grad")

leaky_relu_grad(
    "gradient 1 at x = 0",
    "At the corner you chose the right-hand slope. PyTorch takes the left one there: only x above 0 has "
    "gradient 1.",
).write(">", ">=")


@leaky_relu_grad("gradient 0 at x = 0")
def no_slope_at_0(x, slope):
    """You have a rule for x above 0 and one for x below it, and 0 itself fell between them. It belongs to
    the left side: its gradient is slope.
    """
    return (x > 0) + slope * (x < 0)


leaky_relu_grad(
    "gradient of plain relu",
    "Your gradient is 0 on the left, so nothing would be learned there. The leak's own slope is what keeps "
    "the unit alive.",
).write("float(slope)", "0.0")
leaky_relu_grad(
    "sides exchanged",
    "You gave slope on the right and 1 on the left: turn the two around.",
).swap("1.0", "float(slope)")


gelu = slips("gelu")
ERF = "np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2))"
TANH = "np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))"

gelu(
    "tanh form for the exact one",
    "Your numbers are those of the tanh approximation, wrong from the fourth digit on. approximate='none' "
    "asks for erf.",
).write(ERF, TANH)
gelu(
    "exact form for the tanh one",
    "approximate='tanh' gave the exact numbers. A model trained with the approximation needs the same one "
    "later: compute its formula.",
).write(TANH, ERF)
gelu(
    "the sigmoid shortcut",
    "x * sigmoid(1.702 x) is a rougher cousin, wrong in the second digit. Use the normal distribution "
    "itself, through erf.",
    code=r"1\.702",
).write(f"inner = {ERF}", "return x / (1 + np.exp(-1.702 * x))")
gelu(
    "missing 1/2",
    "All your values are twice too large. 1 + erf runs from 0 to 2, but a distribution function ends at 1.",
).drop(" / 2")
gelu(
    "erf(x) for erf(x / sqrt(2))",
    "erf belongs to a bell curve of variance 1/2, the normal distribution to variance 1: its argument must "
    "be scaled.",
).drop(" / math.sqrt(2)")
gelu(
    "density for distribution",
    "You multiplied by the height of the bell curve at x. gelu wants the area under it to the left of x, "
    "which rises from 0 to 1.",
).write(f"inner = {ERF}", "return x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)")
gelu(
    "unknown form accepted",
    "A misspelt approximate raised nothing. A caller who asks for what does not exist should get a "
    "ValueError: raise it.",
).write('== "none"', '!= "tanh"')
gelu(
    "cubic term forgotten",
    "Without its x**3 term the tanh form bends too slowly: look at the second summand inside tanh.",
).drop(" + 0.044715 * x**3")


softmax = slips("softmax")
MAX, SUM = "np.max(x, axis=axis, keepdims=True)", "np.sum(weights, axis=axis, keepdims=True)"

softmax(
    "normalised down the columns",
    "You normalised down the columns: axis=-1 means that each row sums to 1.",
).write("weights =", "axis = 0\n    weights =")
softmax(
    "axis ignored",
    "You always normalise along the last axis. Pass the axis you were given to both the maximum and the sum.",
).write("weights =", "axis = -1\n    weights =")
GRAND_TOTAL = (
    "divided by the grand total",
    "All the numbers together sum to 1. Each row is a distribution of its own: sum along the axis, not over "
    "everything.",
)
softmax(*GRAND_TOTAL).write(MAX, "np.max(x)").write(SUM, "np.sum(weights)")
softmax(*GRAND_TOTAL).write(SUM, "np.sum(weights)")
softmax(*GRAND_TOTAL).drop(f" - {MAX}").write(SUM, "np.sum(weights)")
softmax(
    "axis of the maximum dropped",
    "Without keepdims the maxima lose an axis and are lined up with the wrong one: an error in most shapes, "
    "and silently wrong numbers in a square. Keep the axis, with length 1.",
).write(MAX, "np.max(x, axis=axis)")
softmax(
    "summed axis dropped",
    "Without keepdims the sums lose an axis and are lined up with the wrong one: an error in most shapes, "
    "and silently wrong numbers in a square. Keep the axis, with length 1.",
).write(SUM, "np.sum(weights, axis=axis)")
softmax(
    "no shift before exp",
    "exp(1000) overflows. Only differences between scores matter, so subtract something from each row first.",
).drop(f" - {MAX}")
softmax(
    "one shift for all rows",
    "You subtracted the largest score of the whole array, so a row far below it became 0 / 0. Give each row "
    "its own maximum.",
).write(MAX, "np.max(x)")
softmax(
    "shifted by the mean",
    "Subtracting the mean leaves positive exponents, and one outlier makes them overflow. Which number of "
    "the row leaves none above 0?",
    code="mean",
).write("np.max", "np.mean")
softmax(
    "exp forgotten",
    "You divided the scores themselves by their sum; negative scores then give negative probabilities. "
    "Exponentiate first.",
).write(f"np.exp(x - {MAX})", "x")


bce_with_logits = slips("bce_with_logits")


@bce_with_logits("sum for mean")
def summed_bce(z, y):
    """You added the examples up. The mean makes the loss, and with it the step size, independent of how many
    there are.
    """
    return np.sum(_bce(z, y))


@bce_with_logits("the (1 - y) term is missing")
def only_targets_of_1_cost(z, y):
    """Examples whose target is 0 cost nothing in your loss, so it could be driven to 0 by always answering
    1. Charge log(1 - p) for them.
    """
    return np.mean(y * _softplus(-z))


@bce_with_logits("sigmoid applied twice")
def sigmoid_twice(z, y):
    """Your probabilities lie between 0.5 and 0.73: z went through the sigmoid twice. Logits are raw scores,
    and the loss contains the sigmoid already.
    """
    return np.mean(_bce(_sigmoid(z), y))


bce_with_logits(
    "arguments exchanged",
    "You took the targets for scores and the scores for targets. The order is (z, y): scores first, as in "
    "PyTorch.",
).write("return", "z, y = y, z\n    return")


@bce_with_logits("logarithm of 0")
def log_of_0(z, y):
    """The probability was rounded to 0 or 1, and its logarithm is infinite. Simplify log(sigmoid(z)) on
    paper first: the probability itself is never needed.
    """
    p = _sigmoid(z)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@bce_with_logits("probability clipped", code=r"clip\(|(min|max|minimum|maximum|where)\(.*\de-")
def clipped_probability(z, y):
    """Clipping hides the infinity, but an error of 1000 now costs under 30 and has no gradient. Compute the
    loss from z, not from p.
    """
    p = np.clip(_sigmoid(z), 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@bce_with_logits("small number added to the probability", code=SMALL_NUMBER)
def small_number_inside(z, y):
    """Adding a small number avoids log 0, but an error of 1000 now costs under 30 and has no gradient.
    Compute the loss from z, not from p.
    """
    p = _sigmoid(z)
    return -np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))


@bce_with_logits("scores taken for probabilities", code=r"log\(")
def log_of_the_score(z, y):
    """You took the logarithm of z itself. z is a score, any number at all, and not a probability: the loss
    of a score contains the sigmoid.
    """
    return -np.mean(y * np.log(z) + (1 - y) * np.log(1 - z))


@bce_with_logits("exp overflows", code=r"log1p\(|log\(1(\.0)? \+|log\(.*\+ 1(\.0)?\)|logaddexp|_bce")
def exp_overflows(z, y):
    """log(1 + exp(z)) is the right function, but exp(1000) is too large for a float. Take max(z, 0) out of
    it first.
    """
    return np.mean(np.log(1 + np.exp(z)) - z * y)


@bce_with_logits("sign of the loss turned")
def negative_bce(z, y):
    """A loss is positive and falls towards 0 as the model improves; yours is negative. Logarithms of
    probabilities are negative: turn the sign.
    """
    return -np.mean(_bce(z, y))


@bce_with_logits("targets rounded to 0 or 1")
def targets_rounded(z, y):
    """You chose one of the two terms for each example. A target like 0.25 needs a share of both: weight them
    by y and 1 - y.
    """
    return np.mean(np.where(y > 0.5, _softplus(-z), _softplus(z)))


cross_entropy = slips("cross_entropy")


@cross_entropy("softmax applied twice")
def softmax_twice(logits, labels):
    """Your scores went through softmax before the loss, which contains it already. Even a perfect model
    could not get near 0 that way.
    """
    return np.mean(_nll(_softmax(logits), labels))


@cross_entropy("mean over the classes too")
def mean_over_classes(logits, labels):
    """You divided by the number of classes as well. Each example has one right class and costs one number:
    divide by N only.
    """
    return np.mean(_nll(logits, labels)) / logits.shape[1]


@cross_entropy("one-hot labels expected")
def one_hot_expected(logits, labels):
    """You multiplied by labels as if they were rows of zeros and ones. They are class numbers: use them as
    an index.
    """
    return -np.mean(np.sum(labels * np.log(_softmax(logits)), axis=1))


@cross_entropy("logarithm of a probability rounded to 0")
def log_of_softmax(logits, labels):
    """softmax rounded the right class to 0, and its logarithm is infinite. Take the logarithm on paper: it
    undoes exp, and only the log of a sum remains.
    """
    return -np.mean(np.log(_softmax(logits)[np.arange(len(labels)), labels]))


@cross_entropy("small number added to the probability", code=SMALL_NUMBER)
def small_number_added(logits, labels):
    """Adding a small number avoids log 0, but an error of 1000 now costs under 30 and has no gradient.
    Compute the loss from the scores, through the log of the sum.
    """
    return -np.mean(np.log(_softmax(logits)[np.arange(len(labels)), labels] + 1e-12))


@cross_entropy("sign of the loss turned")
def negative_cross_entropy(logits, labels):
    """Your loss is negative. The log of a probability is at most 0, and the loss is minus that."""
    return -np.mean(_nll(logits, labels))


@cross_entropy("sum for mean")
def summed_cross_entropy(logits, labels):
    """You added the examples up. Divide by N, so that the loss does not grow with the batch."""
    return np.sum(_nll(logits, labels))


cross_entropy(
    "no shift before exp",
    "exp(1000) overflows. Subtract the row's largest score inside the exponentials and add it back outside "
    "the logarithm.",
).drop("top + ").drop(" - top[:, None]")
cross_entropy(
    "one shift for all rows",
    "You subtracted the largest score of the whole array, so a row far below it became log 0. Each row needs "
    "its own maximum.",
).write("logits, axis=1", "logits").drop("[:, None]")


cross_entropy(
    "maximum not given back",
    "Your loss can be negative. The largest score was subtracted inside the exponentials: it has to be added "
    "again outside the logarithm.",
).drop("top + ")
cross_entropy(
    "labels counted from 1",
    "You took the score of the class before: labels are indices and begin at 0, as Python's do.",
).write("labels]", "labels - 1]")


@cross_entropy("every label used in every row", code=r"\[:, ")
def every_label_in_every_row(logits, labels):
    """logits[:, labels] takes all N labels from each row and gives an (N, N) array. Index rows and labels in
    pairs.
    """
    return -np.mean(_log_softmax(logits)[:, labels])


value_sigmoid = slips("value_sigmoid")


@value_sigmoid("built-in sigmoid used", code=r"(?<!value_)sigmoid\(")
def built_in_sigmoid(v):
    """The number is right, but the chain shows the built-in sigmoid. Build it from exp, so that you see what
    it is made of.
    """
    return v.sigmoid()


value_tanh = slips("value_tanh")


@value_tanh("built-in tanh used", code=r"(?<!value_)tanh\(")
def built_in_tanh(v):
    """The number is right, but the chain shows the built-in tanh. Build it from exp, so that you see what it
    is made of.
    """
    return v.tanh()


value_sigmoid(
    "sign of v turned",
    "1 / (1 + exp(v)) falls from 1 to 0: it is sigmoid(-v). Turn the sign of v.",
).write("(-v)", "v")


@value_tanh("sigmoid(v) for sigmoid(2 v)")
def half_as_steep(v):
    """You stretched the sigmoid to run from -1 to 1, but it is still half as steep as tanh. The argument
    needs a factor too.
    """
    return 2 / (1 + (-v).exp()) - 1


@value_tanh("sinh for tanh")
def sinh_for_tanh(v):
    """(exp(v) - exp(-v)) / 2 is sinh, which grows without end. Divide by exp(v) + exp(-v) in place of 2."""
    return (v.exp() - (-v).exp()) / 2


@value_sigmoid("number taken out of the graph", code=r"\.data|item\(|float\(")
def sigmoid_of_the_data(v):
    """v.data is a plain float that has forgotten v, and a new Value made from it starts a graph of its own:
    v.grad stays 0. Compute with v itself.
    """
    return Value(1 / (1 + math.exp(-v.data)))


@value_tanh("number taken out of the graph in value_tanh", code=r"\.data|item\(|float\(")
def tanh_of_the_data(v):
    """v.data is a plain float that has forgotten v, and a new Value made from it starts a graph of its own:
    v.grad stays 0. Compute with v itself.
    """
    return Value(math.tanh(v.data))


@value_sigmoid("a float returned")
def sigmoid_as_a_float(v):
    """A plain float came back: right as a number, but it has no backward(). Give back the Value that the
    arithmetic made.
    """
    return 1 / (1 + math.exp(-v.data))


# What the mistakes above are made of.


def _sigmoid(x):
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def _softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _bce(z, y):
    return _softplus(z) - z * y


def _log_softmax(logits):
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def _nll(logits, labels):
    return -_log_softmax(logits)[np.arange(len(labels)), labels]


def _softmax(x, axis=-1):
    weights = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return weights / np.sum(weights, axis=axis, keepdims=True)
