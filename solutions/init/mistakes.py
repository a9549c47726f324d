"""Classic wrong answers of the init unit, and what a tutor says to each."""

import itertools

import numpy as np

from autograder.declare import slips

# In place of the system's entropy: new at each call, and the same in each build of recorded.json.
_entropy = itertools.count(1)


def _shared():
    """np.random in a state that other code has left: another one at each call."""
    np.random.seed(next(_entropy))
    return np.random


xavier_uniform = slips("xavier_uniform")

xavier_uniform(
    "standard deviation used as the bound",
    "You drew between -std and std. A uniform number between -a and a has the standard deviation a / "
    "sqrt(3), so the bound must be sqrt(3) times the standard deviation.",
).write("6 /", "2 /")
xavier_uniform(
    "fan_in only",
    "Your variance is 1 / fan_in: it keeps the forward pass in balance and forgets the way back. Xavier "
    "takes the mean of fan_in and fan_out.",
).write("6 / (fan_in + fan_out)", "3 / fan_in")
xavier_uniform(
    "fan_out only",
    "Your variance is 1 / fan_out: it keeps the way back in balance and forgets the forward pass. Xavier "
    "takes the mean of fan_in and fan_out.",
).write("6 / (fan_in + fan_out)", "3 / fan_out")
xavier_uniform(
    "He's bound",
    "Your variance is 2 / fan_in. That is He's, made for relu, which comes in the next exercise; Xavier's "
    "has fan_in + fan_out below the 2.",
).write("6 / (fan_in + fan_out)", "6 / fan_in")
xavier_uniform(
    "root over part of the fraction",
    "Your root covers the number above only. It goes over the whole fraction: sqrt(p) / q is not sqrt(p / "
    "q).",
).write("sqrt(6 / (fan_in + fan_out))", "sqrt(6) / (fan_in + fan_out)")
xavier_uniform(
    "fan_in alone divided by",
    "Division binds before addition: you divided by fan_in, and added fan_out afterwards. The sum of both "
    "stands below the line: put it in brackets.",
).write("6 / (fan_in + fan_out)", "6 / fan_in + fan_out")
xavier_uniform(
    "no root",
    "You used a variance as a bound. A bound has the unit of the weights, a variance that of their square: "
    "take the root.",
).drop("np.sqrt")
xavier_uniform(
    "mean of the fans in place of their sum",
    "You divided by the mean of fan_in and fan_out and kept the factor that belongs to their sum: your "
    "weights are sqrt(2) times too large.",
).write("(fan_in + fan_out)", "((fan_in + fan_out) / 2)")
xavier_uniform(
    "1 / sqrt(fan_in)",
    "1 / sqrt(fan_in) is the bound with which PyTorch's nn.Linear starts if you do nothing. Xavier's follows "
    "from its variance, 2 / (fan_in + fan_out).",
).write("6 / (fan_in + fan_out)", "1 / fan_in")
xavier_uniform(
    "uniform between 0 and the bound",
    "All your weights are positive, so all units of a layer rise and fall together. Draw between -a and a.",
).write("-bound", "0")
xavier_uniform(
    "normal in place of uniform",
    "The standard deviation is right, but you drew from the normal distribution (PyTorch's xavier_normal_), "
    "which has no bound.",
    code="normal|randn|gauss",
).write("6 /", "2 /").write("uniform(-bound,", "normal(0,")
xavier_uniform(
    "transposed shape",
    "Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a unit.",
).write("(fan_in, fan_out)", "(fan_out, fan_in)")
xavier_uniform(
    "one column for all units",
    "You drew one unit and repeated it. Units that start alike stay alike: draw every weight by itself.",
    code=r"repeat|tile|broadcast|ones|\[:, |\* fan_out|stack",
).write("(fan_in, fan_out))", "(fan_in, fan_out))[:, fan_out * [0]]")


@xavier_uniform("global random state", code=r"random\.|_shared")
def xavier_global(fan_in, fan_out, rng):
    """You drew from np.random, which everybody shares, and not from the rng you were given: the same rng
    gave other weights. Call the methods of rng.
    """
    bound = np.sqrt(6 / (fan_in + fan_out))
    return _shared().uniform(-bound, bound, size=(fan_in, fan_out))


@xavier_uniform("generator of your own", code=r"default_rng|Generator|RandomState|Random\(")
def xavier_own_generator(fan_in, fan_out, rng):
    """You made a new generator and left the rng you were given alone, so the same weights cannot be drawn
    again. Call the methods of rng.
    """
    bound = np.sqrt(6 / (fan_in + fan_out))
    return np.random.default_rng(next(_entropy)).uniform(-bound, bound, size=(fan_in, fan_out))


xavier_uniform(
    "generator with a fixed seed",
    "You made a generator with a seed of your own: every layer of one shape starts with the same weights, "
    "whatever rng says. Call the methods of rng.",
    code=r"default_rng|Generator|RandomState|Random\(|seed\(",
).write("rng.uniform", "np.random.default_rng(0).uniform")


kaiming_uniform = slips("kaiming_uniform")

kaiming_uniform(
    "slope ignored in kaiming_uniform",
    "Your weights are the same for every slope. A leaky relu loses less than relu, so its weights may be "
    "smaller: divide the variance by 1 + slope**2.",
).drop("(1 + slope**2) * ")
kaiming_uniform(
    "1 + slope for 1 + slope**2 in kaiming_uniform",
    "You divided the variance by 1 + slope. What passes on the left is multiplied by the slope, so its "
    "variance is multiplied by the slope's square.",
).drop("**2")
kaiming_uniform(
    "root over part of the fraction in kaiming_uniform",
    "You divided the bound by 1 + slope**2, not the variance. The root goes over that, too.",
).write("6 / ((1 + slope**2) * fan_in))", "6 / fan_in) / (1 + slope**2)")


@kaiming_uniform("gain 1 in kaiming_uniform")
def uniform_gain_1(fan_in, fan_out, rng, slope=0.0):
    """Your variance is 1 / fan_in. relu halves what passes through it; the 2 above the fraction makes up for
    that.
    """
    bound = np.sqrt(3 / ((1 + slope**2) * fan_in))
    return rng.uniform(-bound, bound, size=(2 * fan_in, fan_out))[:fan_in]


kaiming_uniform(
    "standard deviation used as the bound",
    "You drew between -std and std. A uniform number between -a and a has the standard deviation a / "
    "sqrt(3), so the bound must be sqrt(3) times the standard deviation.",
).write("6 /", "2 /")
kaiming_uniform(
    "variance used for the standard deviation in kaiming_uniform",
    "Your bound is sqrt(3) times the variance. Take the root of the variance first.",
).write("np.sqrt(6 /", "np.sqrt(3) * (2 /")
kaiming_uniform(
    "root forgotten in kaiming_uniform",
    "Your bound is the square of the right one: take the root of the whole fraction.",
).drop("np.sqrt")
kaiming_uniform(
    "fan_out in kaiming_uniform",
    "You divided by fan_out, which PyTorch calls mode='fan_out' and which looks after the way back. A unit's "
    "sum here has fan_in terms.",
).write("* fan_in", "* fan_out")
kaiming_uniform(
    "Xavier in kaiming_uniform",
    "Your variance is Xavier's, 2 / (fan_in + fan_out). He's has fan_in alone, and the slope.",
).write("(1 + slope**2) * fan_in", "fan_in + fan_out")
kaiming_uniform(
    "uniform between 0 and the bound",
    "All your weights are positive, so all units of a layer rise and fall together. Draw between -a and a.",
).write("-bound", "0")
kaiming_uniform(
    "normal in kaiming_uniform",
    "The standard deviation is right, but you drew from the normal distribution. That is kaiming_normal's "
    "part.",
    code="normal|randn|gauss",
).write("6 /", "2 /").write("uniform(-bound,", "normal(0,")
kaiming_uniform(
    "transposed shape in kaiming_uniform",
    "Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a unit.",
).write("(fan_in, fan_out)", "(fan_out, fan_in)")


@kaiming_uniform("global random state in kaiming_uniform", code=r"random\.|_shared")
def uniform_global(fan_in, fan_out, rng, slope=0.0):
    """You drew from np.random, which everybody shares, and not from the rng you were given. Call the methods
    of rng.
    """
    bound = np.sqrt(6 / ((1 + slope**2) * fan_in))
    return _shared().uniform(-bound, bound, size=(fan_in, fan_out))


kaiming_normal = slips("kaiming_normal")
WEIGHTS = "rng.normal(0.0, std, size=(fan_in, fan_out))"

kaiming_normal(
    "slope ignored in kaiming_normal",
    "Your weights are the same for every slope. A leaky relu loses less than relu, so its weights may be "
    "smaller: divide the variance by 1 + slope**2.",
).drop("(1 + slope**2) * ")
kaiming_normal(
    "1 + slope for 1 + slope**2 in kaiming_normal",
    "You divided the variance by 1 + slope. What passes on the left is multiplied by the slope, so its "
    "variance is multiplied by the slope's square.",
).drop("**2")
kaiming_normal(
    "root over part of the fraction in kaiming_normal",
    "You divided the standard deviation by 1 + slope**2, not the variance. The root goes over that, too.",
).write("2 / ((1 + slope**2) * fan_in))", "2 / fan_in) / (1 + slope**2)")


@kaiming_normal("gain 1 in kaiming_normal")
def normal_gain_1(fan_in, fan_out, rng, slope=0.0):
    """Your variance is 1 / fan_in. relu halves what passes through it; the 2 above the fraction makes up for
    that.
    """
    std = np.sqrt(1 / ((1 + slope**2) * fan_in))
    return rng.normal(0.0, std, size=(2 * fan_in, fan_out))[:fan_in]


kaiming_normal(
    "variance used for the standard deviation in kaiming_normal",
    "rng.normal(mean, scale) wants the standard deviation as its scale, and was given the variance: take the "
    "root.",
).drop("np.sqrt")
kaiming_normal(
    "the uniform bound as standard deviation",
    "Your weights are sqrt(3) times too large: that factor turns a standard deviation into a uniform bound, "
    "and a normal distribution has none.",
).write("2 /", "6 /")
kaiming_normal(
    "fan_out in kaiming_normal",
    "You divided by fan_out, which PyTorch calls mode='fan_out' and which looks after the way back. A unit's "
    "sum here has fan_in terms.",
).write("* fan_in", "* fan_out")
kaiming_normal(
    "Xavier in kaiming_normal",
    "Your variance is Xavier's, 2 / (fan_in + fan_out). He's has fan_in alone, and the slope.",
).write("(1 + slope**2) * fan_in", "fan_in + fan_out")
kaiming_normal(
    "absolute values in kaiming_normal",
    "All your weights are positive, so all units of a layer rise and fall together. Let the normal "
    "distribution keep its left half.",
).write(WEIGHTS, f"np.abs({WEIGHTS})")
kaiming_normal(
    "uniform in kaiming_normal",
    "The standard deviation is right, but you drew from a uniform distribution. That is kaiming_uniform's "
    "part.",
    code=r"uniform|random\(",
).write("normal(0.0, std,", "uniform(-np.sqrt(3) * std, np.sqrt(3) * std,")


@kaiming_normal("tails cut off", code="while|clip|trunc|abs|min|max")
def normal_truncated(fan_in, fan_out, rng, slope=0.0):
    """No weight is further than two standard deviations from 0: that is a truncated normal distribution
    (PyTorch's trunc_normal_). Let the far ones be.
    """
    std = np.sqrt(2 / ((1 + slope**2) * fan_in))
    w = rng.normal(0.0, std, size=(fan_in, fan_out))
    while (far := np.abs(w) > 2 * std).any():
        w[far] = rng.normal(0.0, std, size=far.sum())
    return w


kaiming_normal(
    "transposed shape in kaiming_normal",
    "Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a unit.",
).write("(fan_in, fan_out)", "(fan_out, fan_in)")


@kaiming_normal("global random state in kaiming_normal", code=r"random\.|_shared")
def normal_global(fan_in, fan_out, rng, slope=0.0):
    """You drew from np.random, which everybody shares, and not from the rng you were given. Call the methods
    of rng.
    """
    std = np.sqrt(2 / ((1 + slope**2) * fan_in))
    return _shared().normal(0.0, std, size=(fan_in, fan_out))


count_distinct_units = slips("count_distinct_units")

count_distinct_units(
    "rows counted",
    "You compared the rows of W, which belong to the inputs. A unit is a column: its weights from every "
    "input.",
).write("W.T", "W")
count_distinct_units(
    "exact comparison",
    "Two units that differ in the sixteenth digit were counted as two. Rounding makes such differences: "
    "compare with the tolerance.",
).write("tol", "0")
count_distinct_units(
    "single numbers counted",
    "You counted different numbers in W. What is to be counted are different columns.",
).write("W.T", "W.reshape(-1, 1)")
count_distinct_units(
    "one equal weight taken for all",
    "You took two units for one as soon as one of their weights agreed. They are one unit only if all "
    "weights agree.",
).write("max", "min")
count_distinct_units(
    "neighbours compared only",
    "You compared each column with the one before it, so that A, B, A counted as three. Compare it with all "
    "that were counted.",
).write("in distinct", "in distinct[-1:]")
count_distinct_units(
    "compared with the first unit only",
    "You compared every column with the first one only. Two columns that differ from it may still be alike.",
).write("in distinct", "in distinct[:1]")
count_distinct_units(
    "sums compared",
    "You compared one number a column, its sum: [1, 2] and [2, 1] are different units with equal sums. "
    "Compare weight by weight.",
    code="sum|mean",
).write("W.T", "W.sum(axis=0)[:, None]")
count_distinct_units(
    "differences added up",
    "You compared the summed differences with tol: many tiny ones made a large one. Each weight is compared "
    "by itself.",
    code="sum",
).write("max", "sum")
count_distinct_units(
    "length of the difference compared",
    "You compared the length of the difference with tol, so tiny differences in many weights made a large "
    "one. Each weight is compared by itself: the largest difference decides.",
    code=r"norm|sqrt|\*\*|hypot|dist",
).write("np.abs(unit - other).max()", "np.linalg.norm(unit - other)")
count_distinct_units(
    "mean of the differences compared",
    "You compared the mean difference with tol, in which one weight that differs is lost among those that "
    "agree. Each weight is compared by itself: the largest difference decides.",
    code="mean|sum|average",
).write("max", "mean")
count_distinct_units(
    "sign of the difference kept",
    "You asked whether the difference is above tol, and a large negative one is not. What counts is its "
    "absolute value.",
).drop("np.abs")
count_distinct_units(
    "sign of the weights ignored",
    "You compared the absolute values of the weights. A unit and its negative answer every input in opposite "
    "ways.",
    code="abs",
).write("W.T", "np.abs(W.T)")


@count_distinct_units("rounded to a grid", code=r"round|floor|ceil|//|rint|int\b")
def rounded(W, tol):
    """You rounded the weights and compared the results: two neighbours on either side of a rounding boundary
    became different. Compare differences with tol.
    """
    return len(np.unique(np.floor(W.T / tol) if tol else W.T, axis=0))


count_distinct_units(
    "np.allclose with its own tolerances",
    "np.allclose and np.isclose add a relative tolerance of 1e-5 unless told otherwise. Set rtol=0, so that "
    "only tol decides.",
    code="allclose|isclose",
).write("np.abs(unit - other).max() > tol", "not np.allclose(unit, other, atol=tol)")
count_distinct_units(
    "a difference of exactly tol counted",
    "Two weights that differ by exactly tol still agree: only what is larger than tol sets units apart.",
).write(">", ">=")


@count_distinct_units("units without a twin")
def without_a_twin(W, tol):
    """You counted only the units that equal no other unit. A group of equal units counts too, as one."""
    near = np.abs(W[:, :, None] - W[:, None, :]).max(axis=0) <= tol
    return int((near.sum(axis=0) == 1).sum())


activation_std = slips("activation_std")

activation_std(
    "standard deviation before the activation",
    "You measured the products, before the activation. What the next layer is given comes after it.",
).write("X @ W", "Z := X @ W").write("np.std(X)", "np.std(Z)")
activation_std(
    "mean of the units' standard deviations",
    "You took a standard deviation for each unit and then their mean. A unit that always answers the same "
    "has a standard deviation of 0, however large its answer: take one over all numbers.",
).write("np.std(X)", "np.mean(np.std(X, axis=0))")
activation_std(
    "mean of the examples' standard deviations",
    "You took a standard deviation for each example and then their mean. Take one over all numbers.",
).write("np.std(X)", "np.mean(np.std(X, axis=1))")
activation_std(
    "one number a unit",
    "You gave a standard deviation for each unit of each layer. One number a layer is wanted, over all "
    "examples and units.",
).write("np.std(X)", "np.std(X, axis=0)")
activation_std(
    "input included",
    "Your list begins with the standard deviation of X. It has one number for each layer, and the input is "
    "not a layer.",
).write("[]", "[np.std(X)]")
activation_std(
    "last layer left out",
    "Your list ends one layer too early. Here every layer is activated and measured, the last one too.",
).write("in weights", "in weights[:-1]")
activation_std(
    "only the last layer",
    "You measured once, at the end. The list has a number for each layer, so that one can watch it change.",
).write("return stds", "return stds[-1:]")
activation_std("variance", "These are the variances. The standard deviation is their root.").write(
    "np.std", "np.var"
)
activation_std(
    "divided by one less",
    "You divided by n - 1, as torch.std does unless told otherwise. np.std divides by n.",
).write("np.std(X)", "np.std(X, ddof=1)")
activation_std(
    "root mean square",
    "You did not subtract the mean before squaring. After relu the mean is not 0, so this is more than the "
    "standard deviation.",
).write("np.std(X)", "np.sqrt(np.mean(X**2))")
activation_std(
    "each layer fed X",
    "Every layer was given X. Only the first one is; the others are given what the layer before passed on.",
).write("X = ", "A = ").write("np.std(X)", "np.std(A)")
activation_std(
    "scores passed on",
    "You measured after the activation, but passed on the product from before it. Both are the same array.",
).write("activation(X @ W)", "X @ W").write("np.std(X)", "np.std(activation(X))")
activation_std(
    "relu whatever was asked for",
    "You used relu although another activation was given. Call the function that the caller passed in.",
).write("activation(X @ W)", "np.maximum(X @ W, 0)")
