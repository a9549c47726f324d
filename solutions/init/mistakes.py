"""Classic wrong answers of the init unit, and what a tutor says to each."""

import itertools

import numpy as np

from autograder.declare import mistake

# What stands for the system's entropy: new at each call, and the same in each build of recorded.json.
_entropy = itertools.count(1)

# xavier_uniform


@mistake(
    "xavier_uniform",
    "standard deviation used as the bound",
    "You drew between -std and std. A uniform number between -a and a has the standard deviation "
    "a / sqrt(3), so the bound must be sqrt(3) times the standard deviation.",
)
def xavier_std_as_bound(fan_in, fan_out, rng):
    return _uniform(np.sqrt(2 / (fan_in + fan_out)), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "fan_in only",
    "Your variance is 1 / fan_in: it keeps the forward pass in balance and forgets the way back. Xavier "
    "takes the mean of fan_in and fan_out.",
)
def xavier_fan_in_only(fan_in, fan_out, rng):
    return _uniform(np.sqrt(3 / fan_in), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "fan_out only",
    "Your variance is 1 / fan_out: it keeps the way back in balance and forgets the forward pass. Xavier "
    "takes the mean of fan_in and fan_out.",
)
def xavier_fan_out_only(fan_in, fan_out, rng):
    return _uniform(np.sqrt(3 / fan_out), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "He's bound",
    "Your variance is 2 / fan_in. That is He's, made for relu, which comes in the next exercise; Xavier's "
    "has fan_in + fan_out below the 2.",
)
def xavier_he(fan_in, fan_out, rng):
    return _uniform(np.sqrt(6 / fan_in), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "root over part of the fraction",
    "Your root covers the number above only. It goes over the whole fraction: sqrt(p) / q is not "
    "sqrt(p / q).",
)
def xavier_root_over_the_numerator(fan_in, fan_out, rng):
    return _uniform(np.sqrt(6) / (fan_in + fan_out), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "fan_in alone divided by",
    "Division binds before addition: you divided by fan_in, and added fan_out afterwards. The sum of both "
    "stands below the line: put it in brackets.",
)
def xavier_without_brackets(fan_in, fan_out, rng):
    return _uniform(np.sqrt(6 / fan_in + fan_out), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "no root",
    "You used a variance as a bound. A bound has the unit of the weights, a variance that of their square: "
    "take the root.",
)
def xavier_no_root(fan_in, fan_out, rng):
    return _uniform(6 / (fan_in + fan_out), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "mean of the fans in place of their sum",
    "You divided by the mean of fan_in and fan_out and kept the factor that belongs to their sum: your "
    "weights are sqrt(2) times too large.",
)
def xavier_mean_for_sum(fan_in, fan_out, rng):
    return _uniform(np.sqrt(6 / ((fan_in + fan_out) / 2)), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "1 / sqrt(fan_in)",
    "1 / sqrt(fan_in) is the bound with which PyTorch's nn.Linear starts if you do nothing. Xavier's follows "
    "from its variance, 2 / (fan_in + fan_out).",
)
def xavier_like_nn_linear(fan_in, fan_out, rng):
    return _uniform(1 / np.sqrt(fan_in), fan_in, fan_out, rng)


@mistake(
    "xavier_uniform",
    "uniform between 0 and the bound",
    "All your weights are positive, so all units of a layer rise and fall together. Draw between -a and a.",
)
def xavier_positive(fan_in, fan_out, rng):
    return rng.uniform(0, np.sqrt(6 / (fan_in + fan_out)), size=(fan_in, fan_out))


@mistake(
    "xavier_uniform",
    "normal in place of uniform",
    "The standard deviation is right, but you drew from the normal distribution (PyTorch's xavier_normal_), "
    "which has no bound.",
)
def xavier_normal(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out))


@mistake(
    "xavier_uniform",
    "transposed shape",
    "Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a unit.",
)
def xavier_transposed(fan_in, fan_out, rng):
    return _xavier(fan_out, fan_in, rng)


@mistake(
    "xavier_uniform",
    "one column for all units",
    "You drew one unit and repeated it. Units that start alike stay alike: draw every weight by itself.",
)
def xavier_repeated(fan_in, fan_out, rng):
    return np.repeat(_xavier(fan_in, fan_out, rng)[:, :1], fan_out, axis=1)


@mistake(
    "xavier_uniform",
    "global random state",
    "You drew from np.random, which everybody shares, and not from the rng you were given: the same rng gave "
    "other weights. Call the methods of rng.",
)
def xavier_global(fan_in, fan_out, rng):
    return _xavier(fan_in, fan_out, _shared())


@mistake(
    "xavier_uniform",
    "generator of your own",
    "You made a new generator and left the rng you were given alone, so nobody can have the same weights "
    "again. Call the methods of rng.",
)
def xavier_own_generator(fan_in, fan_out, rng):
    return _xavier(fan_in, fan_out, np.random.default_rng(next(_entropy)))


@mistake(
    "xavier_uniform",
    "generator with a fixed seed",
    "You made a generator with a seed of your own: every layer of one shape starts with the same weights, "
    "whatever rng says. Call the methods of rng.",
)
def xavier_fixed_seed(fan_in, fan_out, rng):
    return _xavier(fan_in, fan_out, np.random.default_rng(0))


# kaiming_uniform: kaiming_uniform(...) and kaiming_normal(...)


@mistake(
    "kaiming_uniform",
    "slope ignored in kaiming_uniform",
    "Your weights are the same for every slope. A leaky relu loses less than relu, so its weights may be "
    "smaller: divide the variance by 1 + slope**2.",
)
def uniform_slope_ignored(fan_in, fan_out, rng, slope=0.0):
    return _he_uniform(fan_in, fan_out, rng, 0.0)


@mistake(
    "kaiming_uniform",
    "1 + slope for 1 + slope**2 in kaiming_uniform",
    "You divided the variance by 1 + slope. What passes on the left is multiplied by the slope, so its "
    "variance is multiplied by the slope's square.",
)
def uniform_slope_not_squared(fan_in, fan_out, rng, slope=0.0):
    return _he_uniform(fan_in, fan_out, rng, np.sqrt(slope))


@mistake(
    "kaiming_uniform",
    "root over part of the fraction in kaiming_uniform",
    "You divided the bound by 1 + slope**2, not the variance. The root goes over that, too.",
)
def uniform_slope_outside_the_root(fan_in, fan_out, rng, slope=0.0):
    return _uniform(np.sqrt(6 / fan_in) / (1 + slope**2), fan_in, fan_out, rng)


@mistake(
    "kaiming_uniform",
    "gain 1 in kaiming_uniform",
    "Your variance is 1 / fan_in. relu halves what passes through it; the 2 above the fraction makes up for "
    "that.",
)
def uniform_gain_1(fan_in, fan_out, rng, slope=0.0):
    return _he_uniform(2 * fan_in, fan_out, rng, slope)[:fan_in]


@mistake(
    "kaiming_uniform",
    "standard deviation used as the bound",
    "You drew between -std and std. A uniform number between -a and a has the standard deviation "
    "a / sqrt(3), so the bound must be sqrt(3) times the standard deviation.",
)
def uniform_std_as_bound(fan_in, fan_out, rng, slope=0.0):
    return _uniform(_he_std(fan_in, slope), fan_in, fan_out, rng)


@mistake(
    "kaiming_uniform",
    "variance used for the standard deviation in kaiming_uniform",
    "Your bound is sqrt(3) times the variance. Take the root of the variance first.",
)
def uniform_variance_for_std(fan_in, fan_out, rng, slope=0.0):
    return _uniform(np.sqrt(3) * _he_std(fan_in, slope) ** 2, fan_in, fan_out, rng)


@mistake(
    "kaiming_uniform",
    "root forgotten in kaiming_uniform",
    "Your bound is the square of the right one: take the root of the whole fraction.",
)
def uniform_no_root(fan_in, fan_out, rng, slope=0.0):
    return _uniform(3 * _he_std(fan_in, slope) ** 2, fan_in, fan_out, rng)


@mistake(
    "kaiming_uniform",
    "fan_out in kaiming_uniform",
    "You divided by fan_out, which PyTorch calls mode='fan_out' and which looks after the way back. A unit's "
    "sum here has fan_in terms.",
)
def uniform_fan_out(fan_in, fan_out, rng, slope=0.0):
    return _he_uniform(fan_out, fan_in, rng, slope).T


@mistake(
    "kaiming_uniform",
    "Xavier in kaiming_uniform",
    "Your variance is Xavier's, 2 / (fan_in + fan_out). He's has fan_in alone, and the slope.",
)
def uniform_xavier(fan_in, fan_out, rng, slope=0.0):
    return _xavier(fan_in, fan_out, rng)


@mistake(
    "kaiming_uniform",
    "uniform between 0 and the bound",
    "All your weights are positive, so all units of a layer rise and fall together. Draw between -a and a.",
)
def uniform_positive(fan_in, fan_out, rng, slope=0.0):
    return rng.uniform(0, np.sqrt(3) * _he_std(fan_in, slope), size=(fan_in, fan_out))


@mistake(
    "kaiming_uniform",
    "normal in kaiming_uniform",
    "The standard deviation is right, but you drew from the normal distribution. That is kaiming_normal's "
    "part.",
)
def uniform_is_normal(fan_in, fan_out, rng, slope=0.0):
    return _he_normal(fan_in, fan_out, rng, slope)


@mistake(
    "kaiming_uniform",
    "transposed shape in kaiming_uniform",
    "Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a unit.",
)
def uniform_transposed(fan_in, fan_out, rng, slope=0.0):
    return _he_uniform(fan_in, fan_out, rng, slope).T


@mistake(
    "kaiming_uniform",
    "global random state in kaiming_uniform",
    "You drew from np.random, which everybody shares, and not from the rng you were given. Call the methods "
    "of rng.",
)
def uniform_global(fan_in, fan_out, rng, slope=0.0):
    return _he_uniform(fan_in, fan_out, _shared(), slope)


@mistake(
    "kaiming_normal",
    "slope ignored in kaiming_normal",
    "Your weights are the same for every slope. A leaky relu loses less than relu, so its weights may be "
    "smaller: divide the variance by 1 + slope**2.",
)
def normal_slope_ignored(fan_in, fan_out, rng, slope=0.0):
    return _he_normal(fan_in, fan_out, rng, 0.0)


@mistake(
    "kaiming_normal",
    "1 + slope for 1 + slope**2 in kaiming_normal",
    "You divided the variance by 1 + slope. What passes on the left is multiplied by the slope, so its "
    "variance is multiplied by the slope's square.",
)
def normal_slope_not_squared(fan_in, fan_out, rng, slope=0.0):
    return _he_normal(fan_in, fan_out, rng, np.sqrt(slope))


@mistake(
    "kaiming_normal",
    "root over part of the fraction in kaiming_normal",
    "You divided the standard deviation by 1 + slope**2, not the variance. The root goes over that, too.",
)
def normal_slope_outside_the_root(fan_in, fan_out, rng, slope=0.0):
    return rng.normal(0, np.sqrt(2 / fan_in) / (1 + slope**2), size=(fan_in, fan_out))


@mistake(
    "kaiming_normal",
    "gain 1 in kaiming_normal",
    "Your variance is 1 / fan_in. relu halves what passes through it; the 2 above the fraction makes up for "
    "that.",
)
def normal_gain_1(fan_in, fan_out, rng, slope=0.0):
    return _he_normal(2 * fan_in, fan_out, rng, slope)[:fan_in]


@mistake(
    "kaiming_normal",
    "variance used for the standard deviation in kaiming_normal",
    "rng.normal(mean, scale) wants the standard deviation as its scale, and was given the variance: take the "
    "root.",
)
def normal_variance_for_std(fan_in, fan_out, rng, slope=0.0):
    return rng.normal(0, _he_std(fan_in, slope) ** 2, size=(fan_in, fan_out))


@mistake(
    "kaiming_normal",
    "the uniform bound as standard deviation",
    "Your weights are sqrt(3) times too large: that factor turns a standard deviation into a uniform bound, "
    "and a normal distribution has none.",
)
def normal_bound_as_std(fan_in, fan_out, rng, slope=0.0):
    return rng.normal(0, np.sqrt(3) * _he_std(fan_in, slope), size=(fan_in, fan_out))


@mistake(
    "kaiming_normal",
    "fan_out in kaiming_normal",
    "You divided by fan_out, which PyTorch calls mode='fan_out' and which looks after the way back. A unit's "
    "sum here has fan_in terms.",
)
def normal_fan_out(fan_in, fan_out, rng, slope=0.0):
    return _he_normal(fan_out, fan_in, rng, slope).T


@mistake(
    "kaiming_normal",
    "Xavier in kaiming_normal",
    "Your variance is Xavier's, 2 / (fan_in + fan_out). He's has fan_in alone, and the slope.",
)
def normal_xavier(fan_in, fan_out, rng, slope=0.0):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out))


@mistake(
    "kaiming_normal",
    "absolute values in kaiming_normal",
    "All your weights are positive, so all units of a layer rise and fall together. Let the normal "
    "distribution keep its left half.",
)
def normal_positive(fan_in, fan_out, rng, slope=0.0):
    return np.abs(_he_normal(fan_in, fan_out, rng, slope))


@mistake(
    "kaiming_normal",
    "uniform in kaiming_normal",
    "The standard deviation is right, but you drew from a uniform distribution. That is kaiming_uniform's "
    "part.",
)
def normal_is_uniform(fan_in, fan_out, rng, slope=0.0):
    return _he_uniform(fan_in, fan_out, rng, slope)


@mistake(
    "kaiming_normal",
    "tails cut off",
    "No weight is further than two standard deviations from 0: that is a truncated normal distribution "
    "(PyTorch's trunc_normal_). Let the far ones be.",
)
def normal_truncated(fan_in, fan_out, rng, slope=0.0):
    w = _he_normal(fan_in, fan_out, rng, slope)
    while (far := np.abs(w) > 2 * _he_std(fan_in, slope)).any():
        w[far] = rng.normal(0, _he_std(fan_in, slope), size=far.sum())
    return w


@mistake(
    "kaiming_normal",
    "transposed shape in kaiming_normal",
    "Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a unit.",
)
def normal_transposed(fan_in, fan_out, rng, slope=0.0):
    return _he_normal(fan_in, fan_out, rng, slope).T


@mistake(
    "kaiming_normal",
    "global random state in kaiming_normal",
    "You drew from np.random, which everybody shares, and not from the rng you were given. Call the methods "
    "of rng.",
)
def normal_global(fan_in, fan_out, rng, slope=0.0):
    return _he_normal(fan_in, fan_out, _shared(), slope)


# count_distinct_units


@mistake(
    "count_distinct_units",
    "rows counted",
    "You compared the rows of W, which belong to the inputs. A unit is a column: its weights from every "
    "input.",
)
def rows(W, tol):
    return _distinct(W, tol)


@mistake(
    "count_distinct_units",
    "exact comparison",
    "Two units that differ in the sixteenth digit were counted as two. Rounding makes such differences: "
    "compare with the tolerance.",
)
def exact(W, tol):
    return _distinct(W.T, 0.0)


@mistake(
    "count_distinct_units",
    "single numbers counted",
    "You counted different numbers in W. What is to be counted are different columns.",
)
def numbers(W, tol):
    return _distinct(W.reshape(-1, 1), tol)


@mistake(
    "count_distinct_units",
    "one equal weight taken for all",
    "You took two units for one as soon as one of their weights agreed. They are one unit only if all "
    "weights agree.",
)
def one_weight_is_enough(W, tol):
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).min() > tol)


@mistake(
    "count_distinct_units",
    "neighbours compared only",
    "You compared each column with the one before it, so that A, B, A counted as three. Compare it with all "
    "that were counted.",
)
def neighbours(W, tol):
    return 1 + sum(bool(np.abs(a - b).max() > tol) for a, b in zip(W.T[1:], W.T[:-1], strict=True))


@mistake(
    "count_distinct_units",
    "compared with the first unit only",
    "You compared every column with the first one only. Two columns that differ from it may still be alike.",
)
def against_the_first(W, tol):
    return 1 + sum(bool(np.abs(unit - W[:, 0]).max() > tol) for unit in W.T)


@mistake(
    "count_distinct_units",
    "sums compared",
    "You compared one number a column, its sum: [1, 2] and [2, 1] are different units with equal sums. "
    "Compare weight by weight.",
)
def sums(W, tol):
    return _distinct(W.sum(axis=0)[:, None], tol)


@mistake(
    "count_distinct_units",
    "differences added up",
    "You compared the summed differences with tol: many tiny ones made a large one. Each weight is compared "
    "by itself.",
)
def differences_added_up(W, tol):
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).sum() > tol)


@mistake(
    "count_distinct_units",
    "length of the difference compared",
    "You compared the length of the difference with tol, so tiny differences in many weights made a large "
    "one. Each weight is compared by itself: the largest difference decides.",
)
def lengths(W, tol):
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.linalg.norm(a - b) > tol)


@mistake(
    "count_distinct_units",
    "mean of the differences compared",
    "You compared the mean difference with tol, in which one weight that differs is lost among those that "
    "agree. Each weight is compared by itself: the largest difference decides.",
)
def mean_difference(W, tol):
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).mean() > tol)


@mistake(
    "count_distinct_units",
    "sign of the difference kept",
    "You asked whether the difference is above tol, and a large negative one is not. What counts is its "
    "absolute value.",
)
def sign_kept(W, tol):
    return _distinct(W.T, tol, apart=lambda a, b, tol: (a - b).max() > tol)


@mistake(
    "count_distinct_units",
    "sign of the weights ignored",
    "You compared the absolute values of the weights. A unit and its negative answer every input in opposite "
    "ways.",
)
def sign_ignored(W, tol):
    return _distinct(np.abs(W.T), tol)


@mistake(
    "count_distinct_units",
    "rounded to a grid",
    "You rounded the weights and compared the results: two neighbours on either side of a rounding boundary "
    "became different. Compare differences with tol.",
)
def rounded(W, tol):
    return len(np.unique(np.floor(W.T / tol) if tol else W.T, axis=0))


@mistake(
    "count_distinct_units",
    "np.allclose with its own tolerances",
    "np.allclose and np.isclose add a relative tolerance of 1e-5 unless told otherwise. Set rtol=0, so that "
    "only tol decides.",
)
def numpys_tolerances(W, tol):
    return _distinct(W.T, tol, apart=lambda a, b, tol: not np.allclose(a, b, atol=tol))


@mistake(
    "count_distinct_units",
    "a difference of exactly tol counted",
    "Two weights that differ by exactly tol still agree: only what is larger than tol sets units apart.",
)
def tol_itself_counts(W, tol):
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).max() >= tol)


@mistake(
    "count_distinct_units",
    "units without a twin",
    "You counted the units that nobody resembles. A group of equal units counts too, as one.",
)
def without_a_twin(W, tol):
    near = np.abs(W[:, :, None] - W[:, None, :]).max(axis=0) <= tol
    return int((near.sum(axis=0) == 1).sum())


# activation_std


@mistake(
    "activation_std",
    "standard deviation before the activation",
    "You measured the products, before the activation. What the next layer is given comes after it.",
)
def before_the_activation(X, weights, activation):
    return [np.std(z) for z, _ in _passes(X, weights, activation)]


@mistake(
    "activation_std",
    "mean of the units' standard deviations",
    "You took a standard deviation for each unit and then their mean. A unit that always says the same has "
    "none, however large its answer: take one standard deviation over all numbers.",
)
def mean_of_units(X, weights, activation):
    return [np.mean(np.std(a, axis=0)) for _, a in _passes(X, weights, activation)]


@mistake(
    "activation_std",
    "mean of the examples' standard deviations",
    "You took a standard deviation for each example and then their mean. Take one over all numbers.",
)
def mean_of_examples(X, weights, activation):
    return [np.mean(np.std(a, axis=1)) for _, a in _passes(X, weights, activation)]


@mistake(
    "activation_std",
    "one number a unit",
    "You gave a standard deviation for each unit of each layer. One number a layer is wanted, over all "
    "examples and units.",
)
def one_a_unit(X, weights, activation):
    return [np.std(a, axis=0) for _, a in _passes(X, weights, activation)]


@mistake(
    "activation_std",
    "input included",
    "Your list begins with the standard deviation of X. It has one number for each layer; the input is none.",
)
def input_included(X, weights, activation):
    return [np.std(X), *_stds(X, weights, activation)]


@mistake(
    "activation_std",
    "last layer left out",
    "Your list ends one layer too early. Here every layer is activated and measured, the last one too.",
)
def last_left_out(X, weights, activation):
    return _stds(X, weights[:-1], activation)


@mistake(
    "activation_std",
    "only the last layer",
    "You measured once, at the end. The list has a number for each layer, so that one can watch it change.",
)
def only_the_last(X, weights, activation):
    return _stds(X, weights, activation)[-1:]


@mistake(
    "activation_std",
    "variance",
    "These are the variances. The standard deviation is their root.",
)
def variances(X, weights, activation):
    return [np.var(a) for _, a in _passes(X, weights, activation)]


@mistake(
    "activation_std",
    "divided by one less",
    "You divided by n - 1, as torch.std does unless told otherwise. np.std divides by n.",
)
def divided_by_one_less(X, weights, activation):
    return [np.std(a, ddof=1) for _, a in _passes(X, weights, activation)]


@mistake(
    "activation_std",
    "root mean square",
    "You did not subtract the mean before squaring. After relu the mean is not 0, so this is more than the "
    "standard deviation.",
)
def root_mean_square(X, weights, activation):
    return [np.sqrt(np.mean(a**2)) for _, a in _passes(X, weights, activation)]


@mistake(
    "activation_std",
    "each layer fed X",
    "Every layer was given X. Only the first one is; the others are given what the layer before passed on.",
)
def std_each_fed_x(X, weights, activation):
    return [np.std(activation(X @ W)) for W in weights]


@mistake(
    "activation_std",
    "scores passed on",
    "You measured after the activation, but passed on the product from before it. Both are the same array.",
)
def scores_passed_on(X, weights, activation):
    return [np.std(activation(z)) for z, _ in _passes(X, weights, lambda z: z)]


@mistake(
    "activation_std",
    "relu whatever was asked for",
    "You used relu although another activation was given. Call the function that the caller passed in.",
)
def always_relu(X, weights, activation):
    return _stds(X, weights, lambda z: np.maximum(z, 0))


def _shared():
    """np.random as other code has left it, which is never the same."""
    np.random.seed(next(_entropy))
    return np.random


def _uniform(bound, fan_in, fan_out, rng):
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))


def _xavier(fan_in, fan_out, rng):
    return _uniform(np.sqrt(6 / (fan_in + fan_out)), fan_in, fan_out, rng)


def _he_std(fan_in, slope):
    return np.sqrt(2 / ((1 + slope**2) * fan_in))


def _he_uniform(fan_in, fan_out, rng, slope):
    return _uniform(np.sqrt(3) * _he_std(fan_in, slope), fan_in, fan_out, rng)


def _he_normal(fan_in, fan_out, rng, slope):
    return rng.normal(0.0, _he_std(fan_in, slope), size=(fan_in, fan_out))


def _apart(a, b, tol):
    return np.abs(a - b).max() > tol


def _distinct(units, tol, apart=_apart):
    """How many of the rows of `units` are apart from all that were counted before."""
    counted = []
    for unit in units:
        if all(apart(unit, other, tol) for other in counted):
            counted.append(unit)
    return len(counted)


def _passes(X, weights, activation):
    """For each layer its product and what it passes on."""
    passes, a = [], X
    for W in weights:
        z = a @ W
        a = activation(z)
        passes.append((z, a))
    return passes


def _stds(X, weights, activation):
    return [np.std(a) for _, a in _passes(X, weights, activation)]
