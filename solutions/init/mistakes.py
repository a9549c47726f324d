"""Classic wrong answers of the init unit, and what a tutor says to each."""

import itertools

import numpy as np

from autograder.declare import slips

# What stands for the system's entropy: new at each call, and the same in each build of recorded.json.
_entropy = itertools.count(1)

# xavier_uniform


xavier_uniform = slips("xavier_uniform")


@xavier_uniform("standard deviation used as the bound")
def xavier_std_as_bound(fan_in, fan_out, rng):
    """You drew between -std and std. A uniform number between -a and a has the standard deviation a /
    sqrt(3), so the bound must be sqrt(3) times the standard deviation.
    """
    return _uniform(np.sqrt(2 / (fan_in + fan_out)), fan_in, fan_out, rng)


@xavier_uniform("fan_in only")
def xavier_fan_in_only(fan_in, fan_out, rng):
    """Your variance is 1 / fan_in: it keeps the forward pass in balance and forgets the way back. Xavier
    takes the mean of fan_in and fan_out.
    """
    return _uniform(np.sqrt(3 / fan_in), fan_in, fan_out, rng)


@xavier_uniform("fan_out only")
def xavier_fan_out_only(fan_in, fan_out, rng):
    """Your variance is 1 / fan_out: it keeps the way back in balance and forgets the forward pass. Xavier
    takes the mean of fan_in and fan_out.
    """
    return _uniform(np.sqrt(3 / fan_out), fan_in, fan_out, rng)


@xavier_uniform("He's bound")
def xavier_he(fan_in, fan_out, rng):
    """Your variance is 2 / fan_in. That is He's, made for relu, which comes in the next exercise; Xavier's
    has fan_in + fan_out below the 2.
    """
    return _uniform(np.sqrt(6 / fan_in), fan_in, fan_out, rng)


@xavier_uniform("root over part of the fraction")
def xavier_root_over_the_numerator(fan_in, fan_out, rng):
    """Your root covers the number above only. It goes over the whole fraction: sqrt(p) / q is not sqrt(p /
    q).
    """
    return _uniform(np.sqrt(6) / (fan_in + fan_out), fan_in, fan_out, rng)


@xavier_uniform("fan_in alone divided by")
def xavier_without_brackets(fan_in, fan_out, rng):
    """Division binds before addition: you divided by fan_in, and added fan_out afterwards. The sum of both
    stands below the line: put it in brackets.
    """
    return _uniform(np.sqrt(6 / fan_in + fan_out), fan_in, fan_out, rng)


@xavier_uniform("no root")
def xavier_no_root(fan_in, fan_out, rng):
    """You used a variance as a bound. A bound has the unit of the weights, a variance that of their square:
    take the root.
    """
    return _uniform(6 / (fan_in + fan_out), fan_in, fan_out, rng)


@xavier_uniform("mean of the fans in place of their sum")
def xavier_mean_for_sum(fan_in, fan_out, rng):
    """You divided by the mean of fan_in and fan_out and kept the factor that belongs to their sum: your
    weights are sqrt(2) times too large.
    """
    return _uniform(np.sqrt(6 / ((fan_in + fan_out) / 2)), fan_in, fan_out, rng)


@xavier_uniform("1 / sqrt(fan_in)")
def xavier_like_nn_linear(fan_in, fan_out, rng):
    """1 / sqrt(fan_in) is the bound with which PyTorch's nn.Linear starts if you do nothing. Xavier's
    follows from its variance, 2 / (fan_in + fan_out).
    """
    return _uniform(1 / np.sqrt(fan_in), fan_in, fan_out, rng)


@xavier_uniform("uniform between 0 and the bound")
def xavier_positive(fan_in, fan_out, rng):
    """All your weights are positive, so all units of a layer rise and fall together. Draw between -a
    and a.
    """
    return rng.uniform(0, np.sqrt(6 / (fan_in + fan_out)), size=(fan_in, fan_out))


@xavier_uniform("normal in place of uniform")
def xavier_normal(fan_in, fan_out, rng):
    """The standard deviation is right, but you drew from the normal distribution (PyTorch's xavier_normal_),
    which has no bound.
    """
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out))


@xavier_uniform("transposed shape")
def xavier_transposed(fan_in, fan_out, rng):
    """Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a
    unit.
    """
    return _xavier(fan_out, fan_in, rng)


@xavier_uniform("one column for all units")
def xavier_repeated(fan_in, fan_out, rng):
    """You drew one unit and repeated it. Units that start alike stay alike: draw every weight by itself."""
    return np.repeat(_xavier(fan_in, fan_out, rng)[:, :1], fan_out, axis=1)


@xavier_uniform("global random state")
def xavier_global(fan_in, fan_out, rng):
    """You drew from np.random, which everybody shares, and not from the rng you were given: the same rng
    gave other weights. Call the methods of rng.
    """
    return _xavier(fan_in, fan_out, _shared())


@xavier_uniform("generator of your own")
def xavier_own_generator(fan_in, fan_out, rng):
    """You made a new generator and left the rng you were given alone, so nobody can have the same weights
    again. Call the methods of rng.
    """
    return _xavier(fan_in, fan_out, np.random.default_rng(next(_entropy)))


@xavier_uniform("generator with a fixed seed")
def xavier_fixed_seed(fan_in, fan_out, rng):
    """You made a generator with a seed of your own: every layer of one shape starts with the same weights,
    whatever rng says. Call the methods of rng.
    """
    return _xavier(fan_in, fan_out, np.random.default_rng(0))


# kaiming_uniform: kaiming_uniform(...) and kaiming_normal(...)


kaiming_uniform = slips("kaiming_uniform")


@kaiming_uniform("slope ignored in kaiming_uniform")
def uniform_slope_ignored(fan_in, fan_out, rng, slope=0.0):
    """Your weights are the same for every slope. A leaky relu loses less than relu, so its weights may be
    smaller: divide the variance by 1 + slope**2.
    """
    return _he_uniform(fan_in, fan_out, rng, 0.0)


@kaiming_uniform("1 + slope for 1 + slope**2 in kaiming_uniform")
def uniform_slope_not_squared(fan_in, fan_out, rng, slope=0.0):
    """You divided the variance by 1 + slope. What passes on the left is multiplied by the slope, so its
    variance is multiplied by the slope's square.
    """
    return _he_uniform(fan_in, fan_out, rng, np.sqrt(slope))


@kaiming_uniform("root over part of the fraction in kaiming_uniform")
def uniform_slope_outside_the_root(fan_in, fan_out, rng, slope=0.0):
    """You divided the bound by 1 + slope**2, not the variance. The root goes over that, too."""
    return _uniform(np.sqrt(6 / fan_in) / (1 + slope**2), fan_in, fan_out, rng)


@kaiming_uniform("gain 1 in kaiming_uniform")
def uniform_gain_1(fan_in, fan_out, rng, slope=0.0):
    """Your variance is 1 / fan_in. relu halves what passes through it; the 2 above the fraction makes up for
    that.
    """
    return _he_uniform(2 * fan_in, fan_out, rng, slope)[:fan_in]


@kaiming_uniform("standard deviation used as the bound")
def uniform_std_as_bound(fan_in, fan_out, rng, slope=0.0):
    """You drew between -std and std. A uniform number between -a and a has the standard deviation a /
    sqrt(3), so the bound must be sqrt(3) times the standard deviation.
    """
    return _uniform(_he_std(fan_in, slope), fan_in, fan_out, rng)


@kaiming_uniform("variance used for the standard deviation in kaiming_uniform")
def uniform_variance_for_std(fan_in, fan_out, rng, slope=0.0):
    """Your bound is sqrt(3) times the variance. Take the root of the variance first."""
    return _uniform(np.sqrt(3) * _he_std(fan_in, slope) ** 2, fan_in, fan_out, rng)


@kaiming_uniform("root forgotten in kaiming_uniform")
def uniform_no_root(fan_in, fan_out, rng, slope=0.0):
    """Your bound is the square of the right one: take the root of the whole fraction."""
    return _uniform(3 * _he_std(fan_in, slope) ** 2, fan_in, fan_out, rng)


@kaiming_uniform("fan_out in kaiming_uniform")
def uniform_fan_out(fan_in, fan_out, rng, slope=0.0):
    """You divided by fan_out, which PyTorch calls mode='fan_out' and which looks after the way back. A
    unit's sum here has fan_in terms.
    """
    return _he_uniform(fan_out, fan_in, rng, slope).T


@kaiming_uniform("Xavier in kaiming_uniform")
def uniform_xavier(fan_in, fan_out, rng, slope=0.0):
    """Your variance is Xavier's, 2 / (fan_in + fan_out). He's has fan_in alone, and the slope."""
    return _xavier(fan_in, fan_out, rng)


@kaiming_uniform("uniform between 0 and the bound")
def uniform_positive(fan_in, fan_out, rng, slope=0.0):
    """All your weights are positive, so all units of a layer rise and fall together. Draw between -a
    and a.
    """
    return rng.uniform(0, np.sqrt(3) * _he_std(fan_in, slope), size=(fan_in, fan_out))


@kaiming_uniform("normal in kaiming_uniform")
def uniform_is_normal(fan_in, fan_out, rng, slope=0.0):
    """The standard deviation is right, but you drew from the normal distribution. That is kaiming_normal's
    part.
    """
    return _he_normal(fan_in, fan_out, rng, slope)


@kaiming_uniform("transposed shape in kaiming_uniform")
def uniform_transposed(fan_in, fan_out, rng, slope=0.0):
    """Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a
    unit.
    """
    return _he_uniform(fan_in, fan_out, rng, slope).T


@kaiming_uniform("global random state in kaiming_uniform")
def uniform_global(fan_in, fan_out, rng, slope=0.0):
    """You drew from np.random, which everybody shares, and not from the rng you were given. Call the methods
    of rng.
    """
    return _he_uniform(fan_in, fan_out, _shared(), slope)


kaiming_normal = slips("kaiming_normal")


@kaiming_normal("slope ignored in kaiming_normal")
def normal_slope_ignored(fan_in, fan_out, rng, slope=0.0):
    """Your weights are the same for every slope. A leaky relu loses less than relu, so its weights may be
    smaller: divide the variance by 1 + slope**2.
    """
    return _he_normal(fan_in, fan_out, rng, 0.0)


@kaiming_normal("1 + slope for 1 + slope**2 in kaiming_normal")
def normal_slope_not_squared(fan_in, fan_out, rng, slope=0.0):
    """You divided the variance by 1 + slope. What passes on the left is multiplied by the slope, so its
    variance is multiplied by the slope's square.
    """
    return _he_normal(fan_in, fan_out, rng, np.sqrt(slope))


@kaiming_normal("root over part of the fraction in kaiming_normal")
def normal_slope_outside_the_root(fan_in, fan_out, rng, slope=0.0):
    """You divided the standard deviation by 1 + slope**2, not the variance. The root goes over that, too."""
    return rng.normal(0, np.sqrt(2 / fan_in) / (1 + slope**2), size=(fan_in, fan_out))


@kaiming_normal("gain 1 in kaiming_normal")
def normal_gain_1(fan_in, fan_out, rng, slope=0.0):
    """Your variance is 1 / fan_in. relu halves what passes through it; the 2 above the fraction makes up for
    that.
    """
    return _he_normal(2 * fan_in, fan_out, rng, slope)[:fan_in]


@kaiming_normal("variance used for the standard deviation in kaiming_normal")
def normal_variance_for_std(fan_in, fan_out, rng, slope=0.0):
    """rng.normal(mean, scale) wants the standard deviation as its scale, and was given the variance: take
    the root.
    """
    return rng.normal(0, _he_std(fan_in, slope) ** 2, size=(fan_in, fan_out))


@kaiming_normal("the uniform bound as standard deviation")
def normal_bound_as_std(fan_in, fan_out, rng, slope=0.0):
    """Your weights are sqrt(3) times too large: that factor turns a standard deviation into a uniform bound,
    and a normal distribution has none.
    """
    return rng.normal(0, np.sqrt(3) * _he_std(fan_in, slope), size=(fan_in, fan_out))


@kaiming_normal("fan_out in kaiming_normal")
def normal_fan_out(fan_in, fan_out, rng, slope=0.0):
    """You divided by fan_out, which PyTorch calls mode='fan_out' and which looks after the way back. A
    unit's sum here has fan_in terms.
    """
    return _he_normal(fan_out, fan_in, rng, slope).T


@kaiming_normal("Xavier in kaiming_normal")
def normal_xavier(fan_in, fan_out, rng, slope=0.0):
    """Your variance is Xavier's, 2 / (fan_in + fan_out). He's has fan_in alone, and the slope."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out))


@kaiming_normal("absolute values in kaiming_normal")
def normal_positive(fan_in, fan_out, rng, slope=0.0):
    """All your weights are positive, so all units of a layer rise and fall together. Let the normal
    distribution keep its left half.
    """
    return np.abs(_he_normal(fan_in, fan_out, rng, slope))


@kaiming_normal("uniform in kaiming_normal")
def normal_is_uniform(fan_in, fan_out, rng, slope=0.0):
    """The standard deviation is right, but you drew from a uniform distribution. That is kaiming_uniform's
    part.
    """
    return _he_uniform(fan_in, fan_out, rng, slope)


@kaiming_normal("tails cut off")
def normal_truncated(fan_in, fan_out, rng, slope=0.0):
    """No weight is further than two standard deviations from 0: that is a truncated normal distribution
    (PyTorch's trunc_normal_). Let the far ones be.
    """
    w = _he_normal(fan_in, fan_out, rng, slope)
    while (far := np.abs(w) > 2 * _he_std(fan_in, slope)).any():
        w[far] = rng.normal(0, _he_std(fan_in, slope), size=far.sum())
    return w


@kaiming_normal("transposed shape in kaiming_normal")
def normal_transposed(fan_in, fan_out, rng, slope=0.0):
    """Your array is (fan_out, fan_in), as PyTorch keeps it. Here it is (fan_in, fan_out): a column a
    unit.
    """
    return _he_normal(fan_in, fan_out, rng, slope).T


@kaiming_normal("global random state in kaiming_normal")
def normal_global(fan_in, fan_out, rng, slope=0.0):
    """You drew from np.random, which everybody shares, and not from the rng you were given. Call the methods
    of rng.
    """
    return _he_normal(fan_in, fan_out, _shared(), slope)


# count_distinct_units


count_distinct_units = slips("count_distinct_units")


@count_distinct_units("rows counted")
def rows(W, tol):
    """You compared the rows of W, which belong to the inputs. A unit is a column: its weights from every
    input.
    """
    return _distinct(W, tol)


@count_distinct_units("exact comparison")
def exact(W, tol):
    """Two units that differ in the sixteenth digit were counted as two. Rounding makes such differences:
    compare with the tolerance.
    """
    return _distinct(W.T, 0.0)


@count_distinct_units("single numbers counted")
def numbers(W, tol):
    """You counted different numbers in W. What is to be counted are different columns."""
    return _distinct(W.reshape(-1, 1), tol)


@count_distinct_units("one equal weight taken for all")
def one_weight_is_enough(W, tol):
    """You took two units for one as soon as one of their weights agreed. They are one unit only if all
    weights agree.
    """
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).min() > tol)


@count_distinct_units("neighbours compared only")
def neighbours(W, tol):
    """You compared each column with the one before it, so that A, B, A counted as three. Compare it with all
    that were counted.
    """
    return 1 + sum(bool(np.abs(a - b).max() > tol) for a, b in zip(W.T[1:], W.T[:-1], strict=True))


@count_distinct_units("compared with the first unit only")
def against_the_first(W, tol):
    """You compared every column with the first one only. Two columns that differ from it may still be
    alike.
    """
    return 1 + sum(bool(np.abs(unit - W[:, 0]).max() > tol) for unit in W.T)


@count_distinct_units("sums compared")
def sums(W, tol):
    """You compared one number a column, its sum: [1, 2] and [2, 1] are different units with equal sums.
    Compare weight by weight.
    """
    return _distinct(W.sum(axis=0)[:, None], tol)


@count_distinct_units("differences added up")
def differences_added_up(W, tol):
    """You compared the summed differences with tol: many tiny ones made a large one. Each weight is compared
    by itself.
    """
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).sum() > tol)


@count_distinct_units("length of the difference compared")
def lengths(W, tol):
    """You compared the length of the difference with tol, so tiny differences in many weights made a large
    one. Each weight is compared by itself: the largest difference decides.
    """
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.linalg.norm(a - b) > tol)


@count_distinct_units("mean of the differences compared")
def mean_difference(W, tol):
    """You compared the mean difference with tol, in which one weight that differs is lost among those that
    agree. Each weight is compared by itself: the largest difference decides.
    """
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).mean() > tol)


@count_distinct_units("sign of the difference kept")
def sign_kept(W, tol):
    """You asked whether the difference is above tol, and a large negative one is not. What counts is its
    absolute value.
    """
    return _distinct(W.T, tol, apart=lambda a, b, tol: (a - b).max() > tol)


@count_distinct_units("sign of the weights ignored")
def sign_ignored(W, tol):
    """You compared the absolute values of the weights. A unit and its negative answer every input in
    opposite ways.
    """
    return _distinct(np.abs(W.T), tol)


@count_distinct_units("rounded to a grid")
def rounded(W, tol):
    """You rounded the weights and compared the results: two neighbours on either side of a rounding boundary
    became different. Compare differences with tol.
    """
    return len(np.unique(np.floor(W.T / tol) if tol else W.T, axis=0))


@count_distinct_units("np.allclose with its own tolerances")
def numpys_tolerances(W, tol):
    """np.allclose and np.isclose add a relative tolerance of 1e-5 unless told otherwise. Set rtol=0, so that
    only tol decides.
    """
    return _distinct(W.T, tol, apart=lambda a, b, tol: not np.allclose(a, b, atol=tol))


@count_distinct_units("a difference of exactly tol counted")
def tol_itself_counts(W, tol):
    """Two weights that differ by exactly tol still agree: only what is larger than tol sets units apart."""
    return _distinct(W.T, tol, apart=lambda a, b, tol: np.abs(a - b).max() >= tol)


@count_distinct_units("units without a twin")
def without_a_twin(W, tol):
    """You counted the units that nobody resembles. A group of equal units counts too, as one."""
    near = np.abs(W[:, :, None] - W[:, None, :]).max(axis=0) <= tol
    return int((near.sum(axis=0) == 1).sum())


# activation_std


activation_std = slips("activation_std")


@activation_std("standard deviation before the activation")
def before_the_activation(X, weights, activation):
    """You measured the products, before the activation. What the next layer is given comes after it."""
    return [np.std(z) for z, _ in _passes(X, weights, activation)]


@activation_std("mean of the units' standard deviations")
def mean_of_units(X, weights, activation):
    """You took a standard deviation for each unit and then their mean. A unit that always says the same has
    none, however large its answer: take one standard deviation over all numbers.
    """
    return [np.mean(np.std(a, axis=0)) for _, a in _passes(X, weights, activation)]


@activation_std("mean of the examples' standard deviations")
def mean_of_examples(X, weights, activation):
    """You took a standard deviation for each example and then their mean. Take one over all numbers."""
    return [np.mean(np.std(a, axis=1)) for _, a in _passes(X, weights, activation)]


@activation_std("one number a unit")
def one_a_unit(X, weights, activation):
    """You gave a standard deviation for each unit of each layer. One number a layer is wanted, over all
    examples and units.
    """
    return [np.std(a, axis=0) for _, a in _passes(X, weights, activation)]


@activation_std("input included")
def input_included(X, weights, activation):
    """Your list begins with the standard deviation of X. It has one number for each layer; the input is
    none.
    """
    return [np.std(X), *_stds(X, weights, activation)]


@activation_std("last layer left out")
def last_left_out(X, weights, activation):
    """Your list ends one layer too early. Here every layer is activated and measured, the last one too."""
    return _stds(X, weights[:-1], activation)


@activation_std("only the last layer")
def only_the_last(X, weights, activation):
    """You measured once, at the end. The list has a number for each layer, so that one can watch it
    change.
    """
    return _stds(X, weights, activation)[-1:]


@activation_std("variance")
def variances(X, weights, activation):
    """These are the variances. The standard deviation is their root."""
    return [np.var(a) for _, a in _passes(X, weights, activation)]


@activation_std("divided by one less")
def divided_by_one_less(X, weights, activation):
    """You divided by n - 1, as torch.std does unless told otherwise. np.std divides by n."""
    return [np.std(a, ddof=1) for _, a in _passes(X, weights, activation)]


@activation_std("root mean square")
def root_mean_square(X, weights, activation):
    """You did not subtract the mean before squaring. After relu the mean is not 0, so this is more than the
    standard deviation.
    """
    return [np.sqrt(np.mean(a**2)) for _, a in _passes(X, weights, activation)]


@activation_std("each layer fed X")
def std_each_fed_x(X, weights, activation):
    """Every layer was given X. Only the first one is; the others are given what the layer before passed
    on.
    """
    return [np.std(activation(X @ W)) for W in weights]


@activation_std("scores passed on")
def scores_passed_on(X, weights, activation):
    """You measured after the activation, but passed on the product from before it. Both are the same
    array.
    """
    return [np.std(activation(z)) for z, _ in _passes(X, weights, lambda z: z)]


@activation_std("relu whatever was asked for")
def always_relu(X, weights, activation):
    """You used relu although another activation was given. Call the function that the caller passed in."""
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
