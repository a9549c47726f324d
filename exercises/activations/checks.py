"""Check programs of the activations unit: each asks an answer module questions and returns what it said."""

import numpy as np

from autograder.declare import Unit, check, raised

unit = Unit("Activations", number=2, packages=("numpy",))

# A float32 has 24 bits: two right answers rounded in float32 differ by a few parts in 1e7.
FLOAT32 = {"rtol": 2e-6, "atol": 1e-7, "dtype": "exact"}


# sigmoid


@check(
    "sigmoid",
    points=1,
    hints=(
        "Work out sigmoid(0) by hand. What is exp(0)?",
        "sigmoid rises from 0 to 1: sigmoid(3) must be larger than sigmoid(-3). Which sign stands in the "
        "exponent?",
        "sigmoid(x) = (1 + tanh(x / 2)) / 2 is the same function: compare your numbers with it.",
    ),
)
def squashes_any_number_into_0_to_1(answer, rng):
    """sigmoid(x) is 1 / (1 + exp(-x)) for every element."""
    x = rng.normal(size=(2, 3)) * 3
    return {
        "sigmoid(x), x = [-3, -0.5, 0, 1, 4]": answer.sigmoid(np.array([-3.0, -0.5, 0.0, 1.0, 4.0])),
        "sigmoid(x), x random, shape (2, 3)": answer.sigmoid(x),
    }


@check(
    "sigmoid",
    points=1,
    hints=(
        "What is exp(1000)? No float is that large.",
        "Which exponent does your formula form when x = -1000? Can the fraction be extended so that it is "
        "negative?",
        "Multiply numerator and denominator by exp(x), and use that form on the negative side only.",
    ),
)
def survives_very_negative_inputs(answer, rng):
    """Far to the left sigmoid is tiny, and nothing overflows on the way there."""
    return {
        "sigmoid(x), x = [-15, -20, -25]": answer.sigmoid(np.array([-15.0, -20.0, -25.0])),
        "sigmoid(x), x = [-1000, -10000]": answer.sigmoid(np.array([-1000.0, -10000.0])),
    }


@check(
    "sigmoid",
    points=1,
    hints=(
        "What is exp(1000)? And what is infinity divided by infinity?",
        "Which exponent does your formula form when x = +1000?",
        "On the positive side write sigmoid with exp(-x) only, which at worst becomes 0. If you use "
        "np.where, note that it computes both branches for all elements.",
    ),
)
def survives_very_positive_inputs(answer, rng):
    """Far to the right sigmoid is 1, and nothing overflows on the way there."""
    return {
        "sigmoid(x), x = [11, 13, 15]": answer.sigmoid(np.array([11.0, 13.0, 15.0])),
        "sigmoid(x), x = [1000, 10000]": answer.sigmoid(np.array([1000.0, 10000.0])),
    }


@check(
    "sigmoid",
    points=1,
    hints=(
        "Look at `x.shape` and `x.dtype` before and after.",
        "NumPy's functions keep float32; an array made by np.zeros or np.ones is float64 unless you say "
        "otherwise.",
        "An array made with the dtype of an integer x cannot hold 0.73: let the arithmetic decide the dtype.",
    ),
    **FLOAT32,
)
def keeps_shape_and_float32(answer, rng):
    """The answer has the shape of x; float32 stays float32 and integers give floats."""
    return {
        "sigmoid(float32, shape (2, 1, 3))": answer.sigmoid(rng.normal(size=(2, 1, 3)).astype(np.float32)),
        "sigmoid(int array [-1, 0, 2])": answer.sigmoid(np.array([-1, 0, 2])),
        "sigmoid(empty, shape (0, 2))": answer.sigmoid(np.zeros((0, 2))),
    }


# tanh_grad


# relu


@check(
    "relu",
    points=1,
    hints=(
        "Keep the positive numbers; what takes the place of the others?",
        "np.max looks for one number in the whole array. You want a maximum for each element.",
        "NumPy has a function for the larger of two numbers, element by element.",
    ),
)
def keeps_the_positive_part(answer, rng):
    """relu(x) is x where x > 0, and 0 elsewhere."""
    return {
        "relu(x), x = [-3, -0.1, 0, 0.1, 2.5]": answer.relu(np.array([-3.0, -0.1, 0.0, 0.1, 2.5])),
        "relu(x), x random, shape (2, 3)": answer.relu(rng.normal(size=(2, 3)) * 3),
    }


@check(
    "relu",
    points=1,
    hints=(
        "A NaN says that something went wrong earlier. A function that turns it into 0 hides the trouble.",
        "Every comparison with NaN is False, so a rule of the form `x where x > 0, else 0` drops it.",
        "np.maximum passes a NaN on; np.fmax and np.where(x > 0, ...) do not.",
    ),
)
def lets_a_nan_through(answer, rng):
    """relu(NaN) is NaN: an error upstream stays visible."""
    return {"relu(x), x = [-1, nan, 2]": answer.relu(np.array([-1.0, np.nan, 2.0]))}


@check(
    "relu",
    points=1,
    hints=(
        "Draw relu: how steep is it on the left of 0, and on the right?",
        "On the left relu is flat, so its slope there is 0, not -1.",
        "Answer with floats, not with True and False: gradients are multiplied and added later on.",
    ),
)
def gradient_is_1_on_the_right_and_0_on_the_left(answer, rng):
    """relu_grad(x) is 1.0 where x > 0 and 0.0 where x < 0."""
    x = rng.uniform(0.5, 3.0, size=(2, 3)) * rng.permutation([1, 1, 1, -1, -1, -1]).reshape(2, 3)
    return {
        "relu_grad(x), x = [-3, -0.1, 0.1, 2.5]": answer.relu_grad(np.array([-3.0, -0.1, 0.1, 2.5])),
        "relu_grad(x), x random, shape (2, 3)": answer.relu_grad(x),
    }


@check(
    "relu",
    points=1,
    hints=(
        "At x = 0 relu has a corner, and any slope from 0 to 1 would do. PyTorch made a choice.",
        "PyTorch counts 0 with the flat side.",
        "Look at your comparison: should 0 itself pass it?",
    ),
)
def gradient_at_0_is_0(answer, rng):
    """relu_grad(0) is 0, as in PyTorch."""
    return {"relu_grad(x), x = [0, -0, 1]": answer.relu_grad(np.array([0.0, -0.0, 1.0]))}


# softmax


@check(
    "softmax",
    points=1,
    hints=(
        "Take one row and do it on paper: exponentiate each score, then divide by the sum. Which numbers "
        "are summed?",
        "For x of shape (2, 3) there are 2 sums, one a row, not 3 and not 1.",
        "Sum along `axis`, and keep that axis with length 1, so that each row is divided by its own sum.",
    ),
)
def rows_sum_to_1(answer, rng):
    """Along the last axis, each exp(x_i) is divided by their sum."""
    return {
        "softmax([[0, 1, 2], [3, 3, 3]])": answer.softmax(np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 3.0]])),
        "softmax(x), x random, shape (3, 4)": answer.softmax(rng.normal(size=(3, 4))),
        "softmax(x), x random, shape (4,)": answer.softmax(rng.normal(size=4)),
    }


@check(
    "softmax",
    points=1,
    hints=(
        "When rows and columns are equally many, a wrong broadcast raises no error: it just gives wrong "
        "numbers.",
        "Sums of shape (3,) are lined up with the columns of a (3, 3) array, not with its rows.",
        "np.sum and np.max have an argument that keeps the summed axis, with length 1. Use it for both.",
    ),
)
def square_input_is_divided_row_by_row(answer, rng):
    """In a (3, 3) array too, each row is divided by its own sum."""
    x = np.array([[0.0, 1.0, 2.0], [5.0, 3.0, 1.0], [2.0, 2.0, 4.0]])
    return {"softmax([[0, 1, 2], [5, 3, 1], [2, 2, 4]])": answer.softmax(x)}


@check(
    "softmax",
    points=1,
    hints=(
        "Is `axis` used in every place where your code reduces an array?",
        "softmax(x, axis=0) must make each column sum to 1.",
        "Neither -1 nor 1 may be written in the body: the maximum and the sum both go along `axis`.",
    ),
)
def any_axis_can_be_chosen(answer, rng):
    """softmax(x, axis) sums to 1 along the axis it was given."""
    x = rng.normal(size=(2, 3))
    return {
        "softmax(x, axis=0), x random, shape (2, 3)": answer.softmax(x, axis=0),
        "softmax(x, axis=1), x random, shape (2, 3, 2)": answer.softmax(rng.normal(size=(2, 3, 2)), axis=1),
    }


@check(
    "softmax",
    points=1,
    hints=(
        "What is exp(1000)? And does the answer change when the same number is subtracted from all scores "
        "of a row?",
        "Subtract from a row a number that makes all its exponents zero or negative.",
        "Subtract the row's largest score before exponentiating: the largest term is then exp(0) = 1.",
    ),
)
def scores_in_the_thousands_do_not_overflow(answer, rng):
    """softmax([1000, 1001]) is softmax([0, 1]): only differences matter."""
    return {
        "softmax([1000, 1001, 999])": answer.softmax(np.array([1000.0, 1001.0, 999.0])),
        "softmax([-1000, 0, 1000])": answer.softmax(np.array([-1000.0, 0.0, 1000.0])),
    }


@check(
    "softmax",
    points=1,
    hints=(
        "Look at the row of the smaller scores: what is left of it after the shift?",
        "If the shift leaves -2000 in a row, all its exponentials are 0, and the row becomes 0 / 0.",
        "One maximum for the whole array is not enough: each row needs its own.",
    ),
)
def a_row_far_below_the_others_survives(answer, rng):
    """Each row is shifted by its own maximum, so that no row becomes 0 / 0."""
    x = np.array([[1000.0, 1001.0], [-1000.0, -1002.0]])
    return {"softmax([[1000, 1001], [-1000, -1002]])": answer.softmax(x)}
