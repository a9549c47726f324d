"""Check programs of the init unit: each asks an answer module questions and returns what it said.

Two right answers may draw different weights from one generator, so weights are judged by statistics of about
60,000 of them, which give a standard deviation to 0.3 %. MEASURED allows 3 %; SAMPLED allows 0.02 more, for
shares and for ratios near 1. Two right answers differ by far less, and every mistake is off by more. Both
skip the second run: an answer that does not draw from rng would fail it in every check. A program draws its
own random numbers before it passes rng on, as two right answers may leave rng in different states.
"""

from itertools import pairwise

import numpy as np

from autograder.declare import Unit, check
from autograder.declare.probes import other_dtypes, relu, written

unit = Unit(
    "Initialisation",
    number=4,
    packages=("numpy",),
    unasked={"count_distinct_units.tol: a negative number": "no difference is below 0"},
)

SAMPLED = {"rtol": 0.03, "atol": 0.02, "repeat": False}
MEASURED = {"rtol": 0.03, "atol": 0.0, "repeat": False}
WEIGHTS = 60_000


# xavier_uniform


@check("xavier_uniform", points=1)
def xavier_shape_is_fan_in_by_fan_out(answer, rng):
    """xavier_uniform(fan_in, fan_out, rng) is an array of floats of shape (fan_in, fan_out).

    1. How many inputs has a unit, how many units has the layer? Which of them comes first in the shape?
    2. A column holds the weights of one unit, so that a layer is X @ W + b.
    3. The methods of a generator take a `size`, which may be a pair: rows first, one for each input.
    """
    fans = (3, 5), (4, 1), rng.integers(2, 60, size=2).tolist()
    return {f"xavier_uniform({a}, {b}, rng)": _kind(answer.xavier_uniform(a, b, rng)) for a, b in fans}


@check("xavier_uniform", points=2, **MEASURED)
def xavier_variance_is_2_over_the_sum_of_the_fans(answer, rng):
    """The standard deviation is sqrt(2 / (fan_in + fan_out)), and no weight is further out than a.

    1. Start from the variance, 2 / (fan_in + fan_out). What is the standard deviation? What is the bound?
    2. Uniform between -a and a has the variance a**2 / 3. Set the two variances equal and solve for a.
    3. a**2 is 3 times the variance; the two fans are added, and one root goes over the whole fraction.
    """
    fan_in, fan_out = _fans(rng)
    w, std = _many(answer.xavier_uniform, fan_in, fan_out, rng), (2 / (fan_in + fan_out)) ** 0.5
    return _stds(w, fan_in, fan_out, "sqrt(2 / (fan_in + fan_out))", std) | _bounded(w, 3**0.5 * std)


@check("xavier_uniform", points=1, **SAMPLED)
def xavier_weights_are_spread_evenly_around_0(answer, rng):
    """Half of the weights are negative, and half lie in the middle half between -a and a.

    1. What is the mean of your weights? It should be close to 0.
    2. Every number between -a and a is as likely as any other: the generator has a method for that.
    3. rng.uniform wants both ends; rng.random gives numbers between 0 and 1, which must be stretched and
       moved.
    """
    return _spread(answer.xavier_uniform, rng)


@check("xavier_uniform", points=1)
def xavier_draws_from_rng(answer, rng):
    """The weights come from the rng that was given, and from nowhere else.

    1. Where do your random numbers come from? Two generators of one seed must give the same weights.
    2. np.random.uniform draws from a state that everybody shares. `rng` has methods of the same names.
    3. Make no generator and set no seed: every draw is a method call on the rng that you were given, and
       there is one draw for each weight.
    """
    return _drawn(lambda generator: answer.xavier_uniform(3, 4, generator), rng)


# kaiming_uniform: kaiming_uniform(...) and kaiming_normal(...)


@check("kaiming_uniform", points=1, **MEASURED)
def uniform_variance_is_2_over_fan_in(answer, rng):
    """kaiming_uniform for relu has the standard deviation sqrt(2 / fan_in), within its bound.

    1. Without a slope the variance is 2 / fan_in. What is the bound of a uniform distribution with it?
    2. Uniform between -a and a has the variance a**2 / 3. Set the two variances equal and solve for a.
    3. a**2 is 3 times the variance. fan_in is how many rows the array has; fan_out is not needed for a.
    """
    fan_in, fan_out = _fans(rng)
    w, std = _many(answer.kaiming_uniform, fan_in, fan_out, rng), (2 / fan_in) ** 0.5
    return _stds(w, fan_in, fan_out, "sqrt(2 / fan_in)", std) | _bounded(w, 3**0.5 * std)


@check("kaiming_uniform", points=1, **MEASURED)
def uniform_variance_knows_the_slope(answer, rng):
    """kaiming_uniform for a leaky relu divides the variance by 1 + slope**2.

    1. A slope of 1 is no bend at all: nothing is lost, and the variance should be 1 / fan_in.
    2. A number multiplied by the slope has its variance multiplied by the slope's square.
    3. The variance is 2 / ((1 + slope**2) * fan_in), and the root for the bound goes over all of it.
    """
    return _stds_by_slope(answer.kaiming_uniform, rng)


@check("kaiming_uniform", points=1, **SAMPLED)
def uniform_weights_are_spread_evenly_around_0(answer, rng):
    """In kaiming_uniform half of the weights are negative, and half lie in the middle half.

    1. One of the two functions is uniform, the other normal. Which is this?
    2. Every number between -a and a is as likely as any other; -a is the lower end, not 0.
    3. Half of the weights should lie in the middle half of the interval: count them.
    """
    return _spread(answer.kaiming_uniform, rng)


@check("kaiming_uniform", points=1)
def uniform_draws_its_array_from_rng(answer, rng):
    """kaiming_uniform gives (fan_in, fan_out) floats, drawn from the rng that was given.

    1. Print the shape of kaiming_uniform(3, 5, rng), then call it twice with equal generators.
    2. The shape is (fan_in, fan_out), a column a unit; all numbers are drawn by methods of `rng`.
    3. Use neither np.random nor a generator of your own: rng.uniform with a `size` is enough.
    """
    drawn = _drawn(lambda generator: answer.kaiming_uniform(3, 4, generator), rng)
    return _kind_and_default(answer.kaiming_uniform, rng) | drawn


@check("kaiming_uniform", points=1, **MEASURED)
def normal_variance_is_2_over_fan_in(answer, rng):
    """kaiming_normal for relu has the standard deviation sqrt(2 / fan_in).

    1. Without a slope the variance is 2 / fan_in. Which number does the generator want: this or its root?
    2. The second argument of rng.normal is a standard deviation.
    3. No sqrt(3) here: that belongs to the uniform distribution. fan_out is needed for the shape only.
    """
    fan_in, fan_out = _fans(rng)
    w = _many(answer.kaiming_normal, fan_in, fan_out, rng)
    return _stds(w, fan_in, fan_out, "sqrt(2 / fan_in)", (2 / fan_in) ** 0.5)


@check("kaiming_uniform", points=1, **MEASURED)
def normal_variance_knows_the_slope(answer, rng):
    """kaiming_normal for a leaky relu divides the variance by 1 + slope**2.

    1. A slope of 1 is no bend at all: nothing is lost, and the variance should be 1 / fan_in.
    2. A number multiplied by the slope has its variance multiplied by the slope's square.
    3. The variance is 2 / ((1 + slope**2) * fan_in), and the standard deviation is the root of all of it.
    """
    return _stds_by_slope(answer.kaiming_normal, rng)


@check("kaiming_uniform", points=1, **SAMPLED)
def normal_weights_are_bell_shaped_around_0(answer, rng):
    """In kaiming_normal half of the weights are negative, more lie in the middle, and a few far out.

    1. One of the two functions is uniform, the other normal. Which is this?
    2. A normal distribution is crowded in the middle and has no end: a few weights lie far out.
    3. rng.normal or rng.standard_normal draw it; cut nothing off, and keep the signs.
    """
    spread = _spread(answer.kaiming_normal, rng)
    w = np.asarray(answer.kaiming_normal(200, 300, rng))
    return spread | {"some |w| is more than 3.5 std": bool((np.abs(w) > 3.5 * w.std()).any())}


@check("kaiming_uniform", points=1)
def normal_draws_its_array_from_rng(answer, rng):
    """kaiming_normal gives (fan_in, fan_out) floats, drawn from the rng that was given.

    1. Print the shape of kaiming_normal(3, 5, rng), then call it twice with equal generators.
    2. The shape is (fan_in, fan_out), a column a unit; all numbers are drawn by methods of `rng`.
    3. Use neither np.random nor a generator of your own: rng.normal with a `size` is enough.
    """
    drawn = _drawn(lambda generator: answer.kaiming_normal(3, 4, generator), rng)
    return _kind_and_default(answer.kaiming_normal, rng) | drawn


# count_distinct_units


@check("count_distinct_units", points=1)
def equal_columns_count_once(answer, rng):
    """Columns that agree in every weight are one unit; the others are counted each.

    1. A unit is a column of W. Which columns of the example say the same?
    2. Two columns are one unit only if they agree in every row.
    3. Go through the columns and keep those that differ from all that you have kept. W.T has the columns as
       its rows.
    """
    a, b, c = rng.normal(size=(3, 4))
    mixed = np.stack([a, b, a, c, b, a], axis=1)

    def count(W):
        return answer.count_distinct_units(np.array(W, dtype=float), 1e-9)

    def counts(*matrices):
        return {f"count_distinct_units({W}, 1e-9)": count(W) for W in matrices}

    return {
        **counts([[1, 2, 1, 2], [3, 3, 3, 4], [5, 5, 5, 5]], [[1, 2], [2, 1]], [[1, -1], [2, -2]]),
        "count_distinct_units(W, 1e-9), W random (4, 6), columns a b a c b a": count(mixed),
        **counts([[1, 1, 1], [2, 3, 2]], [[1], [2]], [[1, 2, 1]], [[7]]),
        **other_dtypes(answer, "count_distinct_units(W, 0.0)", [[1, -1, 1], [2, -2, 2]]),
        "the same for 6 random W of 12 columns, some of them equal": [
            count(_with_twins(rng, 4, 12)) for _ in range(6)
        ],
    }


@check("count_distinct_units", points=1)
def tol_is_the_largest_difference_that_does_not_count(answer, rng):
    """Two weights agree when they differ by tol or less.

    1. After a few steps of training, two units that are equal on paper may differ in the last digit.
    2. Look at the largest of the absolute differences between two columns: is it above tol?
    3. tol is a width, not a grid: take differences, do not round. With tol = 0 any difference counts, and a
       difference of exactly tol does not.
    """
    base, count = rng.uniform(0.1, 0.9, size=(5, 1)), answer.count_distinct_units
    middle = np.array([0.0, 1.0, 0.0])
    one_weight = np.outer([0.0, 0.0, 1.0, 0.0, 0.0], middle)
    # The first three columns agree; rounded to multiples of tol, down or to the nearest, they would differ.
    down, nearest = [0.0296, 0.0304, 0.0296, 0.095], [0.0346, 0.0354, 0.0346, 0.095]
    return {
        "columns that differ by 6e-10 in each of 5 weights, tol 1e-9": count(base + 6e-10 * middle, 1e-9),
        "columns that differ by 0.015 in one of 5 weights, tol 0.01": count(base + 0.015 * one_weight, 0.01),
        **{
            f"columns {str(row)[1:-1]}, tol 0.01": count(np.tile(row, (3, 1)), 0.01)
            for row in (down, nearest)
        },
        "columns 1 and 1.25, tol 0.25": count(np.array([[1.0, 1.25]]), 0.25),
        "columns 1 and 1.25, tol 0.25 - 2**-54": count(np.array([[1.0, 1.25]]), 0.25 - 2.0**-54),
        "columns 1 and 1.000001, tol 0": count(np.array([[1.0, 1.000001]]), 0.0),
        "columns 5, 3, 1, tol 0.5": count(np.array([[5.0, 3.0, 1.0]]), 0.5),
        "6 random W of 12 columns, some of them less than 0.008 apart, tol 0.01": [
            count(_with_twins(rng, 4, 12) + rng.uniform(0, 0.008, size=(4, 12)), 0.01) for _ in range(6)
        ],
    }


@check("count_distinct_units", points=1)
def training_does_not_part_equal_units(answer, rng):
    """A layer that starts constant is one unit, and still is after training; a random one is not.

    1. All units of this network started alike and were trained. How many different ones do you expect?
    2. Equal weights get equal gradients, and equal gradients keep them equal, up to rounding.
    3. The columns are one and the same unit here, although the rows differ; random columns all differ.
    """
    X, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    zero, constant = np.zeros((3, 5)), np.full((3, 5), 0.3)

    def count(W):
        return answer.count_distinct_units(W, 1e-9)

    return {
        "zeros, before training": count(zero),
        "all 0.3, before training": count(constant),
        "all 0.3, after 10 steps": count(_trained(X, y, constant)),
        "random, after 10 steps": count(_trained(X, y, rng.normal(size=(3, 5)))),
        "6 random W of 12 columns, some of them equal, after 10 steps": [
            count(_trained(X, y, _with_twins(rng, 3, 12))) for _ in range(6)
        ],
    }


# activation_std


@check("activation_std", points=2)
def one_standard_deviation_a_layer(answer, rng):
    """Each layer is measured after its activation, over all examples and units.

    1. Do the first layer by hand: multiply, apply the activation, then one standard deviation of it all.
    2. Carry one array through the layers. It is measured each time right after the activation.
    3. np.std without an axis takes all numbers of an array together; append it to a list, one per layer.
    """
    X, weights = np.array([[1.0, 2.0], [0.0, -1.0]]), [np.array([[1.0, 0.0, 2.0], [1.0, -1.0, 0.0]])]
    return {
        f"activation_std({written(X)}, {written(weights)}, relu)": _spreads(answer, X, weights, relu),
        "activation_std(X, weights, relu) random, widths 4-6-5-3": _spreads(
            answer, rng.normal(size=(7, 4)) + 1.0, _weights(rng, 4, 6, 5, 3), relu
        ),
        "activation_std([[1e8, 1e8 + 1]], [identity], x)": _spreads(
            answer, np.array([[1e8, 1e8 + 1]]), [np.eye(2)], lambda z: z
        ),
        "activation_std([[3.0]], [[[2.0]]], x)": _spreads(
            answer, np.array([[3.0]]), [np.array([[2.0]])], lambda z: z
        ),
    } | other_dtypes(
        lambda X: _spreads(answer, X, weights, relu),
        "stds(X)",
        [[1, 2], [0, -1]],
    )


@check("activation_std", points=1)
def each_layer_works_on_the_one_before(answer, rng):
    """A layer is given what the layer before passed on, also where all have the same width.

    1. What does the second layer work on? Where all layers have one width, a wrong input raises no error.
    2. The array that is measured is the array that the next layer is given.
    3. Only the first layer is given X; in the loop, give what you have activated the name that is multiplied
       in the next round.
    """
    X, weights = rng.normal(size=(5, 3)) * 2, _weights(rng, 3, 3, 3, 3)
    return {"activation_std(X, weights, tanh) random, widths 3-3-3-3": _spreads(answer, X, weights, np.tanh)}


# Twenty layers of 0.01 shrink to 1e-20, where only relative differences mean something.
@check("activation_std", points=1, atol=0.0)
def twenty_layers_are_watched(answer, rng):
    """Twenty layers with weights of size 0.01, Xavier's and He's: vanishing, shrinking, steady.

    1. Twenty layers, and each multiplies the spread by its own factor. What is a factor of 0.1, twenty
       times?
    2. Nothing new is needed for depth: one loop, one number per layer.
    3. The activation is the function that was given, here tanh and then relu.
    """
    X, width = rng.normal(size=(12, 16)), 16
    draws = [rng.normal(size=(width, width)) for _ in range(20)]
    return {
        f"{name}, 20 layers of 16 units": _spreads(answer, X, [scale * draw for draw in draws], activation)
        for name, scale, activation in (
            ("0.01 and tanh", 0.01, np.tanh),
            ("Xavier and tanh", width**-0.5, np.tanh),
            ("Xavier and relu", width**-0.5, relu),
            ("He and relu", (width / 2) ** -0.5, relu),
        )
    }


def _fans(rng):
    """Random fans in the ratio 2 to 3, in which no two formulas that people mix up give the same."""
    size = int(rng.integers(30, 101))
    return 2 * size, 3 * size


def _many(draw, fan_in, fan_out, rng, *slope):
    """The weights of as many layers as it takes to have enough of them, one after the other."""
    layers = round(WEIGHTS / (fan_in * fan_out))
    return np.concatenate([np.ravel(draw(fan_in, fan_out, rng, *slope)) for _ in range(layers)])


def _stds(w, fan_in, fan_out, formula, std):
    """The standard deviation of w: as it is, and divided by what it should be."""
    return {
        f"std, fans {fan_in} and {fan_out}": _digits(np.std(w)),
        f"std / {formula}": _digits(np.std(w) / std),
    }


def _stds_by_slope(draw, rng):
    """Standard deviations of weights for a leaky relu: of some slopes as they should be, of one as it is."""
    (fan_in, fan_out), random = _fans(rng), round(float(rng.uniform(0.3, 3.0)), 2)
    stds = {slope: np.std(_many(draw, fan_in, fan_out, rng, slope)) for slope in (0.5, 2.0, -0.5, random)}
    return {
        f"std / sqrt(2 / ((1 + slope**2) * fan_in)), slope {slope}": _digits(
            stds[slope] / (2 / ((1 + slope**2) * fan_in)) ** 0.5
        )
        for slope in (0.5, 2.0, -0.5)
    } | {f"std, fans {fan_in} and {fan_out}, slope {random}": _digits(stds[random])}


def _kind(w):
    return {"shape": np.shape(w), "floats": np.asarray(w).dtype.kind == "f"}


def _kind_and_default(draw, rng):
    """What kind of array comes back for fans 3 and 5, and whether no slope means a slope of 0."""
    default, of_relu = draw(3, 5, np.random.default_rng(1)), draw(3, 5, np.random.default_rng(1), 0.0)
    return _kind(draw(3, 5, rng)) | {"without a slope as with slope 0": np.array_equal(default, of_relu)}


def _digits(number):
    """Three digits of a number; the fourth would be noise."""
    return float(f"{number:.3g}")


def _bounded(w, bound):
    """Whether w fills the interval between -bound and bound; a millionth is left to float32."""
    largest = float(np.abs(w).max())
    return {
        "every |w| is within the bound": largest <= bound * (1 + 1e-6),
        "some |w| comes within 1 % of the bound": 0.99 * bound < largest <= bound * (1 + 1e-6),
    }


def _spread(draw, rng):
    """Where the weights lie, whatever their size: of which sign, and how many in the middle."""
    ends = [round(float(end), 2) for end in rng.uniform(-1.5, 1.5, size=4)]
    w = np.asarray(draw(200, 300, rng))
    size = float(np.sqrt(np.mean(w**2)))
    return {
        "share of negative weights": round(float(np.mean(w < 0)), 2),
        # Half of the bound where w is uniform.
        "share of |w| < 0.87 of the root mean square": round(float(np.mean(np.abs(w) < 0.75**0.5 * size)), 2),
        f"shares of w < {ends} of the root mean square": [
            round(float(np.mean(w < end * size)), 2) for end in ends
        ],
    }


def _drawn(draw, rng):
    """Facts about where the numbers of `draw(generator)` come from."""
    seed = int(rng.integers(2**32))
    seeds = [seed + int(more) for more in rng.integers(0, 4, size=8)]
    shared, generator = np.random.get_state(), np.random.default_rng(seed)
    try:
        first, second = draw(generator), draw(generator)
        again, other = draw(np.random.default_rng(seed)), draw(np.random.default_rng(seed + 1))
        drawn = [draw(np.random.default_rng(each)) for each in seeds]
        untouched = _same_state(shared, np.random.get_state())
    finally:
        np.random.set_state(shared)
    return {
        "two generators of one seed, same weights": np.array_equal(first, again),
        "another seed, other weights": not np.array_equal(first, other),
        "a second call on one generator, other weights": not np.array_equal(first, second),
        # Most, as two float32 weights may be equal by chance.
        "most of the weights differ": 2 * np.unique(first).size > np.size(first),
        "np.random is left alone": untouched,
        "8 generators of up to 4 seeds, the first with the same weights as each": [
            next(i for i, earlier in enumerate(drawn) if np.array_equal(earlier, w)) for w in drawn
        ],
    }


def _same_state(a, b):
    return bool(np.array_equal(a[1], b[1])) and a[2:] == b[2:]


def _with_twins(rng, fan_in, fan_out):
    """Random weights, where each unit is one of up to nine."""
    units = rng.normal(size=(fan_in, int(rng.integers(2, 10))))
    return units[:, rng.integers(units.shape[1], size=fan_out)]


def _trained(X, y, W):
    """W after ten steps of gradient descent on a tanh network whose output is the mean of its units."""
    for _ in range(10):
        hidden = np.tanh(X @ W)
        error = hidden.mean(axis=1, keepdims=True) - y
        W = W - 0.1 * X.T @ (error * (1 - hidden**2)) / len(X)
    return W


def _weights(rng, *sizes):
    return [rng.normal(size=fans) for fans in pairwise(sizes)]


def _spreads(answer, X, weights, activation):
    """The standard deviations that activation_std gives, in any kind of sequence, as an array of floats."""
    stds = answer.activation_std(X, weights, activation)
    return np.array([np.asarray(std, dtype=float) for std in stds])
