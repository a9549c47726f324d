"""Check programs of the activations unit: each asks an answer module questions and returns what it said."""

import numpy as np

from autograder.declare import Unit, check, raised
from autograder.declare.probes import (
    ask,
    both_signs,
    each,
    gradient,
    is_new,
    node_names,
    other_dtypes,
    with_zeros,
)

unit = Unit(
    "Activations",
    number=2,
    packages=("numpy",),
    unasked={
        "tanh_grad.y: an infinity": "tanh lies between -1 and 1",
        "gelu.x: an infinity": "minus infinity times 0 is NaN, in PyTorch too",
    },
)

# A float32 has 24 bits: two right answers rounded in float32 differ by a few parts in 1e7.
FLOAT32 = {"rtol": 2e-6, "atol": 1e-7, "dtype": "exact"}

# 0, the numbers next to it, and numbers without end.
NEXT_TO_0 = ("x = [-5e-324, 0, 5e-324]", np.array([-5e-324, 0.0, 5e-324]))
EDGES = ("x = [-inf, -5e-324, 0, 5e-324, inf]", np.array([-np.inf, -5e-324, 0.0, 5e-324, np.inf]))


# sigmoid


@check("sigmoid", points=1)
def squashes_any_number_into_0_to_1(answer, rng):
    """sigmoid(x) is 1 / (1 + exp(-x)) for every element.

    1. Work out sigmoid(0) by hand. What is exp(0)?
    2. sigmoid rises from 0 to 1: sigmoid(3) must be larger than sigmoid(-3). Which sign stands in the
       exponent?
    3. The exponent is -x, and the 1 is added to the exponential before anything is divided.
    """
    return ask(answer, "sigmoid(x)", [-3.0, -0.5, 0.0, 1.0, 4.0], rng.normal(size=(2, 3)) * 3)


# The form with tanh is right to 1e-16 here; an input clipped at 30 is off by 1e-13.
@check("sigmoid", points=1, atol=1e-15)
def survives_very_negative_inputs(answer, rng):
    """Far to the left sigmoid is tiny, and nothing overflows on the way there.

    1. What is exp(1000)? No float is that large.
    2. Which exponent does your formula form when x = -1000? Can the fraction be extended so that it is
       negative?
    3. Multiply numerator and denominator by exp(x), and use that form on the negative side only.
    """
    x = np.append([3.0, -1000.0], rng.uniform(-20.0, -5.0, 4))
    random, float32 = ("x random, 3, -1000 and -20 to -5", x), np.float32([-1000, -90])
    return ask(
        answer,
        "sigmoid(x)",
        [-15.0, -20.0, -25.0],
        [-1000.0, -10000.0],
        random,
        ("float32 [-1000, -90]", float32),
    )


@check("sigmoid", points=1)
def survives_very_positive_inputs(answer, rng):
    """Far to the right sigmoid is 1, and nothing overflows on the way there.

    1. What is exp(1000)? And what is infinity divided by infinity?
    2. Which exponent does your formula form when x = +1000?
    3. On the positive side write sigmoid with exp(-x) only, which at worst becomes 0. If you use np.where,
       note that it computes both branches for all elements.
    """
    x = np.append([-3.0, 1000.0], rng.uniform(2.0, 8.0, 4))
    random = ("x random, -3, 1000 and 2 to 8", x)
    return ask(answer, "sigmoid(x)", [11.0, 13.0, 15.0], [1000.0, 10000.0], random, EDGES)


@check("sigmoid", points=1, **FLOAT32)
def keeps_shape_and_float32(answer, rng):
    """The answer has the shape of x; float32 stays float32 and integers give floats.

    1. Look at `x.shape` and `x.dtype` before and after.
    2. NumPy's functions keep float32; an array made by np.zeros or np.ones is float64 unless you say
       otherwise.
    3. An array made with the dtype of an integer x cannot hold 0.73: let the arithmetic decide the dtype.
    """
    return {
        "sigmoid(float32, shape (2, 1, 3))": answer.sigmoid(rng.normal(size=(2, 1, 3)).astype(np.float32)),
        "sigmoid(float32 [90, 1000])": answer.sigmoid(np.float32([90, 1000])),
        "sigmoid(int array [-1, 0, 2])": answer.sigmoid(np.array([-1, 0, 2])),
        "sigmoid(empty, shape (0, 2))": answer.sigmoid(np.zeros((0, 2))),
        "sigmoid(x) is a new array": is_new(answer.sigmoid, np.zeros(3)),
    }


# tanh_grad


@check("tanh_grad", points=1)
def derivative_comes_from_the_output(answer, rng):
    """tanh_grad(y) is the slope of tanh at the x whose tanh is y.

    1. Write the derivative of tanh in terms of tanh itself; a table of derivatives has it.
    2. At x = 0 tanh is steepest, with slope 1, and y is 0 there. At y = 0.5 the slope is 0.75.
    3. The derivative is 1 - tanh(x)**2. Which letter stands for tanh(x) here?
    """
    y = rng.uniform(-0.95, 0.95, size=(2, 3))
    return (
        ask(answer, "tanh_grad(y)", [-0.9, -0.5, 0.0, 0.2, 0.8], y)
        | other_dtypes(answer, "tanh_grad(y)", [-1, 0, 1])
        | {"tanh_grad(y) is a new array": is_new(answer.tanh_grad, y)}
    )


@check("tanh_grad", points=1, atol=0.0)
def saturated_outputs_have_no_slope(answer, rng):
    """At y = -1 and y = 1 the derivative is 0: a saturated unit does not learn.

    1. Far from 0 tanh is as good as flat: what should its slope be there?
    2. A computer rounds tanh(20) to exactly 1. Put y = 1 into your formula.
    3. The slope at y = 1 and at y = -1 is exactly 0: check the signs on both sides of 0.
    """
    y = np.array([-1.0, 1.0]) * rng.uniform(0.99, 1.0, 2)
    near = (
        "y = [-1 + 2e-16, 0, 5e-324, 1 - 2e-16]",
        np.array([np.nextafter(-1, 0), 0.0, 5e-324, np.nextafter(1, 0)]),
    )
    return ask(answer, "tanh_grad(y)", [-1.0, 1.0], ("y random, near -1 and 1", y), near)


# relu


@check("relu", points=1)
def keeps_the_positive_part(answer, rng):
    """relu(x) is x where x > 0, and 0 elsewhere.

    1. Keep the positive numbers; what takes the place of the others?
    2. np.max looks for one number in the whole array. You want a maximum for each element.
    3. NumPy has a function for the larger of two numbers, element by element.
    """
    x = rng.normal(size=(4, 3)) * 30
    return (
        ask(answer, "relu(x)", [-3.0, -0.1, 0.0, 0.1, 2.5], x, EDGES)
        | other_dtypes(answer, "relu(x)", [-3, 0, 2])
        | {"relu(x) is a new array, x positive": is_new(answer.relu, np.abs(x))}
    )


@check("relu", points=1)
def lets_a_nan_through(answer, rng):
    """relu(NaN) is NaN: an error upstream stays visible.

    1. A NaN says that something went wrong earlier. A function that turns it into 0 hides the trouble.
    2. Every comparison with NaN is False, so a rule of the form `x where x > 0, else 0` drops it.
    3. np.maximum passes a NaN on; np.fmax and np.where(x > 0, ...) do not.
    """
    x = rng.normal(size=8)
    x[rng.permutation(8)[:2]] = np.nan
    return ask(answer, "relu(x)", [-1.0, np.nan, 2.0], ("x random, two of them nan", x))


@check("relu", points=1)
def gradient_is_1_on_the_right_and_0_on_the_left(answer, rng):
    """relu_grad(x) is 1.0 where x > 0 and 0.0 where x < 0.

    1. Draw relu: how steep is it on the left of 0, and on the right?
    2. On the left relu is flat, so its slope there is 0, not -1.
    3. Answer with floats, not with True and False: gradients are multiplied and added later on.
    """
    x = both_signs(rng)
    return (
        ask(answer, "relu_grad(x)", [-3.0, -0.1, 0.1, 2.5], x)
        | ask(answer, "relu_grad(x)", EDGES, ("x = [-3, 0, 2] as integers", np.array([-3, 0, 2])))
        | other_dtypes(answer, "relu_grad(x)", [-3, 0, 2])
        | {"relu_grad(x) is a new array": is_new(answer.relu_grad, x)}
    )


@check("relu", points=1)
def gradient_at_0_is_0(answer, rng):
    """relu_grad(0) is 0, as in PyTorch.

    1. At x = 0 relu has a corner, and any slope from 0 to 1 would do. PyTorch made a choice.
    2. PyTorch counts 0 with the flat side.
    3. Look at your comparison: should 0 itself pass it?
    """
    return ask(answer, "relu_grad(x)", [0.0, -0.0, 1.0], ("x random, four of them 0", with_zeros(rng)))


# leaky_relu


@check("leaky_relu", points=1)
def negative_side_is_scaled_by_slope(answer, rng):
    """leaky_relu(x, slope) is x where x > 0, and slope * x elsewhere.

    1. It is relu, except that negative numbers are not switched off but made smaller. By which factor?
    2. leaky_relu(-3, 0.1) is -0.3: the sign stays, and the size is that of slope * x.
    3. Decide by the sign of x, element by element, between x and slope * x.
    """
    x, slope = both_signs(rng), float(rng.uniform(0.1, 0.4))
    return (
        ask(answer, "leaky_relu(x, 0.1)", [-3.0, -0.5, 0.0, 0.5, 2.0], EDGES)
        | other_dtypes(answer, "leaky_relu(x, 0.1)", [-3, 0, 2])
        | ask(answer, "leaky_relu(x, slope)", x, slope=slope)
        | {"leaky_relu(x, 0.1) is a new array, x positive": is_new(answer.leaky_relu, np.abs(x), 0.1)}
    )


@check("leaky_relu", points=1)
def any_slope_is_allowed(answer, rng):
    """Slopes of 0, 1 and above 1, and negative ones, obey the same rule.

    1. With slope = 2, which is larger at x = 1: x or slope * x? And which is asked for?
    2. max(x, slope * x) picks the right side only while slope is at most 1.
    3. Compare x with 0, not with slope * x.
    """
    x, slope = [-2.0, -1.0, 1.0, 3.0], float(rng.uniform(1.0, 9.0))
    return (
        ask(answer, "leaky_relu(x, 2.0)", x)
        | ask(answer, "leaky_relu(x, 1.0)", x)
        | ask(answer, "leaky_relu(x, 0.0)", x)
        | ask(answer, "leaky_relu(x, -0.5)", x)
        | ask(answer, "leaky_relu(x, slope)", x, slope=slope)
        | ask(answer, "leaky_relu(x, slope)", x, slope=-slope)
        | {"leaky_relu(x, 1) is a new array": is_new(answer.leaky_relu, np.array(x), 1.0)}
    )


@check("leaky_relu", points=1)
def gradient_is_1_or_slope(answer, rng):
    """leaky_relu_grad(x, slope) is 1.0 where x > 0 and slope where x < 0.

    1. How steep is the line x, and how steep is the line slope * x?
    2. The slope does not depend on how large x is, only on which side of 0 it lies.
    3. Choose between the two numbers 1 and slope for each element.
    """
    x, slope = both_signs(rng), float(rng.uniform(0.1, 0.4))
    fixed = [-3.0, -0.5, 0.5, 2.0]
    return (
        ask(answer, "leaky_relu_grad(x, 0.1)", fixed, EDGES)
        | ask(answer, "leaky_relu_grad(x, 0.1)", ("x = [-3, 0, 2] as integers", np.array([-3, 0, 2])))
        | other_dtypes(answer, "leaky_relu_grad(x, 0.1)", [-3, 0, 2])
        | ask(answer, "leaky_relu_grad(x, 2.0)", fixed)
        | ask(answer, "leaky_relu_grad(x, -0.5)", fixed)
        | ask(answer, "leaky_relu_grad(x, 0.0)", fixed)
        | ask(answer, "leaky_relu_grad(x, slope)", x, slope=slope)
        | {"leaky_relu_grad(x, 0.1) is a new array": is_new(answer.leaky_relu_grad, x, 0.1)}
    )


@check("leaky_relu", points=1)
def gradient_at_0_is_the_left_slope(answer, rng):
    """leaky_relu_grad(0, slope) is slope, as in PyTorch.

    1. At x = 0 two lines meet. Which of their slopes does PyTorch choose?
    2. PyTorch counts 0 with the leaking side, as it does in relu.
    3. Only numbers strictly above 0 have gradient 1.
    """
    zeros, slope = [0.0, -0.0], float(rng.uniform(0.01, 0.9))
    fixed = ask(answer, "leaky_relu_grad(x, 0.3)", zeros)
    return fixed | ask(answer, "leaky_relu_grad(x, slope)", zeros, slope=slope)


# gelu


@check("gelu", points=2)
def exact_form_weighs_x_by_the_normal_distribution(answer, rng):
    """gelu(x) is x times the standard normal distribution function at x; this form is the default.

    1. Phi(x) is the chance that a standard normal number falls below x: 0.5 at 0, about 0.84 at 1.
    2. At x = 1 the answer is 0.8413447. Near 0.8412 you have the tanh form, near 0.9214 erf lacks its
       sqrt(2).
    3. Phi(x) is half of 1 + erf(x / sqrt(2)). math.erf takes one number; np.vectorize makes it take arrays,
       and with otypes=[float] empty ones too.
    """
    x = [-3.0, -1.0, 0.0, 0.5, 1.0, 2.0]
    built = 'gelu(x, approximate="".join(["no", "ne"])), same x'  # a word that is equal, but not identical
    return (
        ask(answer, "gelu(x)", x)
        | ask(answer, 'gelu(x, approximate="none")', x)
        | {built: answer.gelu(np.array(x), "".join(["no", "ne"]))}
        | ask(answer, "gelu(x)", rng.normal(size=(2, 3)) * 2, NEXT_TO_0)
        | other_dtypes(answer, "gelu(x)", [-3, 0, 2])
        | {"gelu(x) is a new array, x far out": is_new(answer.gelu, np.array([20.0, 30.0]))}
        | {"gelu(empty, shape (0, 2))": answer.gelu(np.zeros((0, 2)))}
    )


@check("gelu", points=1)
def tanh_form_follows_its_formula(answer, rng):
    """gelu(x, approximate="tanh") is the approximation, not the exact form.

    1. The formula for this form stands in the docstring: compare it with yours, factor by factor.
    2. Two things are added inside of tanh, and one factor stands before them: what does it multiply?
    3. Inside tanh: sqrt(2 / pi) multiplies the whole bracket x + 0.044715 * x**3.
    """
    x = [-3.0, -1.0, 0.0, 0.5, 1.0, 2.0]
    built = 'gelu(x, approximate="".join(["ta", "nh"])), same x'
    return (
        ask(answer, 'gelu(x, approximate="tanh")', x)
        | {built: answer.gelu(np.array(x), "".join(["ta", "nh"]))}
        | ask(answer, 'gelu(x, approximate="tanh")', rng.normal(size=(2, 3)) * 2, NEXT_TO_0)
        | other_dtypes(answer, 'gelu(x, approximate="tanh")', [-3, 0, 2])
    )


@check("gelu", points=1)
def any_other_form_is_refused(answer, rng):
    """gelu raises a ValueError for a word that is neither "none" nor "tanh".

    1. What does your function do when somebody writes approximate='fast'?
    2. Treat the two known words, and then everything else.
    3. In the last branch, raise a ValueError whose message names the word that was given.
    """

    def refusal(word):
        return raised(lambda: answer.gelu(np.array([0.5, 1.0]), approximate=word))

    words = rng.permutation(["none", "tanh", "", " tanh", "TANH", "exact", "tan"]).tolist()
    return {f'gelu(x, approximate="{word}") raises': refusal(word) for word in ("fast", "Tanh", "tanhh")} | {
        f"gelu(x, approximate) raises, for each of {words}": [refusal(word) for word in words]
    }


# softmax


@check("softmax", points=1, rtol=1e-10)  # a small number added to the sum is seen
def rows_sum_to_1(answer, rng):
    """Along the last axis, each exp(x_i) is divided by their sum.

    1. Take one row and do it on paper: exponentiate each score, then divide by the sum. Which numbers are
       summed?
    2. For x of shape (2, 3) there are 2 sums, one per row, not 3 and not 1.
    3. Sum along `axis`, and keep that axis with length 1, so that each row is divided by its own sum.
    """
    fixed = ask(answer, "softmax([[0.0, 1.0, 2.0], [3.0, 3.0, 3.0]])")
    x, many, one = rng.normal(size=(3, 4)), rng.normal(size=(2, 100)), ("x of shape (3, 1)", np.ones((3, 1)))
    return (
        fixed
        | ask(answer, "softmax(x)", x, rng.normal(size=4), many, rng.normal(size=(1, 3)), one)
        | other_dtypes(answer, "softmax(x)", [[0, 2], [1, -3]])
        | {"softmax(x) is a new array": is_new(answer.softmax, x)}
    )


@check("softmax", points=1)
def square_input_is_divided_row_by_row(answer, rng):
    """In a (3, 3) array too, each row is divided by its own sum.

    1. When rows and columns are equally many, a wrong broadcast raises no error: it just gives wrong
       numbers.
    2. Sums of shape (3,) are lined up with the columns of a (3, 3) array, not with its rows.
    3. np.sum and np.max have an argument that keeps the summed axis, with length 1. Use it for both.
    """
    fixed = ask(answer, "softmax([[0.0, 1.0, 2.0], [5.0, 3.0, 1.0], [2.0, 2.0, 4.0]])")
    return fixed | ask(answer, "softmax(x)", rng.normal(size=(3, 3)))


@check("softmax", points=1)
def any_axis_can_be_chosen(answer, rng):
    """softmax(x, axis) sums to 1 along the axis it was given.

    1. Is `axis` used in every place where your code reduces an array?
    2. softmax(x, axis=0) must make each column sum to 1.
    3. Neither -1 nor 1 may be written in the body: the maximum and the sum both go along `axis`.
    """
    x = rng.normal(size=(2, 3, 4))
    return (
        ask(answer, "softmax(x, axis=0)", rng.normal(size=(2, 3)))
        | ask(answer, "softmax(x, axis=1)", rng.normal(size=(2, 3, 2)))
        | ask(answer, "softmax(x)", x)
        | ask(answer, "softmax(x, axis=-2)", x)
        | ask(answer, "softmax(x, axis=-3)", x)
    )


@check("softmax", points=1)
def scores_in_the_thousands_do_not_overflow(answer, rng):
    """softmax([1000, 1001]) is softmax([0, 1]): only differences matter.

    1. What is exp(1000)? And does the answer change when the same number is subtracted from all scores of a
       row?
    2. Subtract from a row a number that makes all its exponents zero or negative.
    3. Subtract the row's largest score before exponentiating: the largest term is then exp(0) = 1.
    """
    fixed = ask(answer, "softmax([1000.0, 1001.0, 999.0])") | ask(answer, "softmax([-1000.0, 0.0, 1000.0])")
    random = ("x random, 1000 to 1003", rng.uniform(1000.0, 1003.0, size=4))
    never = ("x = [-inf, 1, 2]", np.array([-np.inf, 1.0, 2.0]))
    return fixed | ask(answer, "softmax(x)", random, never)


@check("softmax", points=1)
def a_row_far_below_the_others_survives(answer, rng):
    """Each row is shifted by its own maximum, so that no row becomes 0 / 0.

    1. Look at the row of the smaller scores: what is left of it after the shift?
    2. If the shift leaves -2000 in a row, all its exponentials are 0, and the row becomes 0 / 0.
    3. One maximum for the whole array is not enough: each row needs its own.
    """
    x = np.array([[1000.0], [-1000.0]]) + rng.normal(size=(2, 2))
    fixed = ask(answer, "softmax([[1000.0, 1001.0], [-1000.0, -1002.0]])")
    return fixed | ask(answer, "softmax(x)", ("x random, around 1000 and -1000", x))


# bce_with_logits


@check("bce_with_logits", points=1)
def mean_over_all_examples(answer, rng):
    """The loss is the mean over all elements, and both targets, 0 and 1, are charged.

    1. At z = 0 the probability is 1/2, and either target costs log 2 = 0.6931. What does your function say?
    2. One number is wanted for all examples. The sum would be 3 times too large for 3 of them.
    3. Each example has two terms, one weighted by y and one by 1 - y. Then comes the mean over all elements.
    """
    z = rng.normal(size=(2, 3)) * 2
    y = rng.permutation([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).reshape(2, 3)
    return (
        ask(answer, "bce_with_logits(z = [0.0], y = [1.0])")
        | ask(answer, "bce_with_logits(z = [2.0], y = [1.0])")
        | ask(answer, "bce_with_logits(z = [2.0], y = [0.0])")
        | ask(answer, "bce_with_logits(z = [0.0, 2.0, -1.0], y = [1.0, 0.0, 1.0])")
        | {"bce_with_logits(z, y), random, shape (2, 3)": answer.bce_with_logits(z, y)}
        | {"the same with y as integers": answer.bce_with_logits(z, y.astype(int))}
        | other_dtypes(answer, "bce_with_logits(z, y = [1.0, 0.0])", [4, -3])
    )


@check("bce_with_logits", points=1)
def targets_may_lie_between_0_and_1(answer, rng):
    """A target of 0.25 is charged a quarter of one term and three quarters of the other.

    1. The formula has no `if`: what does it say for y = 0.25?
    2. A soft target takes a share y of the cost of a 1 and a share 1 - y of the cost of a 0.
    3. Replace the choice between two cases by the weighted sum of both.
    """
    z, y = rng.normal(size=4) * 2, rng.uniform(size=4)
    fixed = ask(answer, "bce_with_logits(z = [2.0], y = [0.25])")
    outer = rng.uniform(4.0, 12.0, size=3), rng.uniform(16.0, 20.0, size=1)
    return (
        fixed
        | {"bce_with_logits(z, y), random, shape (4,)": answer.bce_with_logits(z, y)}
        | each(
            "bce_with_logits(z = {}, y = 1)",
            lambda z: answer.bce_with_logits(z, np.ones(len(z))),
            *zip(outer),
        )
        | ask(answer, "bce_with_logits(z = [0.0, 5e-324, -5e-324], y = [0.0, 0.5, 1.0])")
    )


@check("bce_with_logits", points=2)
def certain_and_wrong_costs_the_distance(answer, rng):
    """A score of 1000 on the wrong side costs exactly 1000: no infinity, no clipping.

    1. For z = -1000 the probability is rounded to 0, and log 0 is minus infinity. Can you do without the
       probability?
    2. -log(sigmoid(z)) is log(1 + exp(-z)), which for z = -1000 is 1000 as near as makes no difference.
    3. For a positive t take exp(t) out of 1 + exp(t) as a factor: its logarithm is t itself, and what is left
       in the bracket has only exp(-t). For a negative t the form is safe as it is.
    """
    z = rng.uniform(600.0, 2000.0, size=2)
    return (
        ask(answer, "bce_with_logits(z = [-1000.0], y = [1.0])")
        | ask(answer, "bce_with_logits(z = [1000.0], y = [0.0])")
        | ask(answer, "bce_with_logits(z = [50.0, -50.0], y = [0.0, 1.0])")
        | {"bce_with_logits(z random, 600 to 2000, y = [0, 0])": answer.bce_with_logits(z, np.zeros(2))}
    )


@check("bce_with_logits", points=1)
def certain_and_right_costs_nothing(answer, rng):
    """A score of 1000 on the right side costs 0: no NaN from 0 times infinity.

    1. When the probability is exactly 1, one of the two logarithms is log 0, and 0 * infinity is NaN.
    2. Nothing may overflow at z = 1000 either: which exponent do you form there?
    3. Put the two logarithms together into one expression in z, in which neither can be infinite.
    """
    unsure = float(rng.uniform(1.0, 2.0))
    title = f"bce_with_logits(z = [1000, {unsure:.4f}], y = [1, 1])"
    return (
        ask(answer, "bce_with_logits(z = [1000.0], y = [1.0])")
        | ask(answer, "bce_with_logits(z = [-1000.0], y = [0.0])")
        | {title: answer.bce_with_logits(np.array([1000.0, unsure]), np.ones(2))}
    )


# cross_entropy


@check("cross_entropy", points=1)
def mean_over_examples_of_minus_log_probability(answer, rng):
    """The loss is the mean over the N rows of -log(softmax(row)[label]).

    1. With 3 equal scores the loss is log 3 = 1.0986, whichever label is right. What do you get?
    2. Take the first row alone: log of the sum of the exponentials, minus the score of the right class.
    3. labels[n] picks one score out of row n: index rows 0, 1, 2, ... and labels side by side. Then take the
       mean over N.
    """
    logits, labels = rng.normal(size=(4, 3)) * 2, rng.permutation([0, 1, 2, 2])
    many, of_many = rng.normal(size=(3, 100)), rng.integers(50, 100, size=3)
    return (
        ask(answer, "cross_entropy([[1.0, 2.0, 4.0]], [2])")
        | ask(answer, "cross_entropy([[1.0, 2.0, 4.0]], [0])")
        | ask(answer, "cross_entropy([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]], [2, 1])")
        | {"cross_entropy(logits, labels), random, shape (4, 3)": answer.cross_entropy(logits, labels)}
        | {"cross_entropy(logits, labels), random, 100 classes": answer.cross_entropy(many, of_many)}
        | ask(answer, "cross_entropy([[1.0]], [0])")
        | other_dtypes(answer, "cross_entropy(logits, [1, 0])", [[0, 2], [1, -3]])
    )


@check("cross_entropy", points=2)
def certain_and_wrong_costs_the_difference(answer, rng):
    """A right class 1000 below the top score costs exactly 1000: no infinity, no clipping.

    1. A probability can be rounded to 0, and log 0 is minus infinity. Can you do without the probability?
    2. log softmax(x)_i = x_i - log(sum of exp(x_j)): only the last term needs care.
    3. Subtract a number from all scores of a row before exponentiating, and give it back after the
       logarithm. Which number leaves no positive exponent, and at least one that is 0?
    """
    logits = np.array([[rng.uniform(600.0, 2000.0), 0.0]])
    words = "logits random, 600 to 2000 apart"
    return (
        ask(answer, "cross_entropy([[1000.0, 0.0]], [1])")
        | ask(answer, "cross_entropy([[1000.0, 1001.0]], [0])")
        | ask(answer, "cross_entropy([[0.0, -1000.0, -50.0]], [2])")
        | {f"cross_entropy({words}, [1])": answer.cross_entropy(logits, np.array([1]))}
    )


@check("cross_entropy", points=1)
def a_row_far_below_the_others_survives_the_logarithm(answer, rng):
    """Each row is shifted by its own maximum, so that no row becomes log 0.

    1. Look at the second row after your shift: is any exponential left that is not 0?
    2. One maximum for the whole array leaves log 0 in a row far below it.
    3. Shift each row by its own maximum, and add that same maximum back.
    """
    logits = np.array([[1000.0], [-1000.0]]) + rng.normal(size=(2, 2))
    words = "logits random, around 1000 and -1000"
    fixed = ask(answer, "cross_entropy([[1000.0, 1001.0], [-1000.0, -1002.0]], [0, 0])")
    return fixed | {f"cross_entropy({words}, [0, 0])": answer.cross_entropy(logits, np.array([0, 0]))}


# value_sigmoid: value_sigmoid(v) and value_tanh(v)


@check("value_sigmoid", points=1)
def sigmoid_of_a_value_is_right(answer, rng):
    """value_sigmoid(v) has the value 1 / (1 + exp(-v)).

    1. A Value knows + - * / ** and .exp(): write the formula as you would for floats.
    2. Mind the sign: sigmoid(2) is 0.8808, sigmoid(-2) is 0.1192.
    3. Give back the Value itself; a float has forgotten where it came from.
    """

    def number_at(x):
        return _number(answer.value_sigmoid(answer.Value(x)))

    return each(
        "value_sigmoid(Value({}))", number_at, (0.0,), (2.0,), (-2.0,), (-19.0,), (rng.uniform(-3, 3),)
    )


@check("value_sigmoid", points=1)
def tanh_of_a_value_is_right(answer, rng):
    """value_tanh(v) has the value (exp(v) - exp(-v)) / (exp(v) + exp(-v)).

    1. tanh(0) is 0 and tanh(1) is 0.7616: what do you get?
    2. tanh runs from -1 to 1 and sigmoid from 0 to 1, so one is a stretched and moved copy of the other.
    3. Stretched in both directions: tanh is also twice as steep in v as the sigmoid you start from.
    """

    def number_at(x):
        return _number(answer.value_tanh(answer.Value(x)))

    return each("value_tanh(Value({}))", number_at, (0.0,), (1.0,), (-2.0,), (-19.0,), (rng.uniform(-3, 3),))


@check("value_sigmoid", points=1)
def gradient_of_sigmoid_follows(answer, rng):
    """backward() fills v.grad with the derivative of sigmoid, which you did not write.

    1. A gradient of 0 means that the result does not know v: somewhere a float was taken out.
    2. `.data`, `.item()` and math.exp give plain floats, and the graph ends there. Compute with v itself.
    3. print_chain(value_sigmoid(v)) shows the chain: v must be among its ends.
    """
    words, points = (
        "v.grad after value_sigmoid(v).backward(), v = {}",
        (0.5, -1.0, 0.0, -19.0, rng.uniform(-2, 2)),
    )
    return each(words, lambda x: _slope(answer, answer.value_sigmoid, x), *((x,) for x in points))


@check("value_sigmoid", points=1)
def gradient_of_tanh_follows(answer, rng):
    """backward() fills v.grad with the derivative of tanh, which you did not write.

    1. If the value is right and the gradient is not, the result has lost v on the way.
    2. math.tanh and `.data` give plain floats, and the graph ends there. Compute with v itself.
    3. print_chain(value_tanh(v)) shows the chain: v must be at every end that is not a constant.
    """
    words, x = "v.grad after value_tanh(v).backward(), v = {}", rng.uniform(-2, 2)
    return each(words, lambda x: _slope(answer, answer.value_tanh, x), (0.5,), (-1.0,), (0.0,), (x,))


@check("value_sigmoid", points=1)
def sigmoid_is_built_from_exp(answer, rng):
    """The chain behind value_sigmoid(v) contains exp, and neither the built-in sigmoid nor tanh.

    1. Look at print_chain(value_sigmoid(v)): is there an ExpBackward0 in it?
    2. The built-in .sigmoid() is what you are asked to build.
    3. Only .exp() and the signs + - * / ** should appear in your code.
    """
    x = float(rng.uniform(-2.0, 2.0))
    return _made_of(f"value_sigmoid({x:.4f})", answer.value_sigmoid(answer.Value(x)))


@check("value_sigmoid", points=1)
def tanh_is_built_from_exp(answer, rng):
    """The chain behind value_tanh(v) contains exp, and neither the built-in sigmoid nor tanh.

    1. Look at print_chain(value_tanh(v)): is there an ExpBackward0 in it?
    2. The built-ins .tanh() and .sigmoid() are what you are asked to build.
    3. Use .exp() and the signs + - * / **, or the value_sigmoid that you built of them.
    """
    x = float(rng.uniform(-2.0, 2.0))
    return _made_of(f"value_tanh({x:.4f})", answer.value_tanh(answer.Value(x)))


def _number(value):
    return float(value.item()) if hasattr(value, "item") else value


def _slope(answer, function, x):
    """The derivative of `function` at x as backward() finds it, or in words why there is none."""
    v = answer.Value(x)
    y = function(v)
    if not hasattr(y, "backward"):
        return f"no gradient: a {type(y).__name__} came back, not a Value"
    if y.requires_grad:
        y.backward()
    return gradient(v)


def _made_of(title, value):
    """What the chain behind a value is made of. Many chains are right, so only kinds of nodes count."""
    chain = {*node_names(value)}
    return {
        title: _number(value),
        "the chain contains exp": any(
            node.startswith(("Exp", "PowBackward2")) for node in chain
        ),  # or e ** v
        "the chain contains a built-in": not chain.isdisjoint({"SigmoidBackward0", "TanhBackward0"}),
    }
