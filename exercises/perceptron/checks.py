"""Check programs of the perceptron unit: each asks an answer module questions and returns what it said."""

import numpy as np

from autograder.declare import Unit, check
from autograder.declare.probes import ask, both_signs, other_dtypes, with_zeros

unit = Unit(
    "The perceptron",
    number=1,
    packages=("numpy",),
    unasked={"perceptron_update.lr": "a rate is above 0", "train_perceptron.lr": "a rate is above 0"},
)

# Training is probed with sums of powers of two wherever a score can be 0: it is then exactly 0 in every right
# answer, and whether it counts as +1 does not depend on rounding.
CORNERS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
# 0, the numbers next to it, and numbers without end.
EDGES = ("z = [-inf, -5e-324, 0, 5e-324, inf]", np.array([-np.inf, -5e-324, 0.0, 5e-324, np.inf]))
BITS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


# step: step(z) and sign(z)


@check("step", points=1)
def step_is_0_or_1(answer, rng):
    """step(z) is the integer 1 for positive z and 0 for negative z, element by element.

    1. Which of two numbers does each element become? Which comparison decides?
    2. np.where(condition, a, b) chooses for each element.
    3. The answer is made of the integers 0 and 1, not of 0.0 and 1.0 and not of True and False.
    """
    single = ("z = -0.5 as a 0-d array", np.array(-0.5))
    return ask(answer, "step(z)", [-2.0, -0.1, 0.1, 3.0], both_signs(rng), single) | other_dtypes(
        answer, "step(z)", [-2, 0, 3]
    )


@check("step", points=1)
def sign_is_minus_1_or_plus_1(answer, rng):
    """sign(z) is the integer +1 for positive z and -1 for negative z, element by element.

    1. It is step with other labels: what stands in place of 0?
    2. The same choice between two numbers as in step, with one of the numbers changed.
    3. The answer is made of the integers -1 and +1; no element is 0.
    """
    single = ("z = -0.5 as a 0-d array", np.array(-0.5))
    return ask(answer, "sign(z)", [-2.0, -0.1, 0.1, 3.0], both_signs(rng), single) | other_dtypes(
        answer, "sign(z)", [-2, 0, 3]
    )


@check("step", points=1)
def step_of_0_is_1(answer, rng):
    """z = 0 belongs to the positive class: step(0) is 1.

    1. Every example needs a label, also one that lies exactly on the boundary. Which one was agreed on?
    2. Put z = 0 into your comparison: is it true there?
    3. Look at your comparison: 0 itself must pass it.
    """
    return ask(answer, "step(z)", [0.0, -0.0, -1.0], ("z random, some of them 0", with_zeros(rng)), EDGES)


@check("step", points=1)
def sign_of_0_is_plus_1(answer, rng):
    """z = 0 belongs to the positive class: sign(0) is +1.

    1. There are two labels only. What does your function give for z = 0?
    2. As in step: put z = 0 into your comparison. Is it true there?
    3. np.sign(0) is 0, so it is no help here; and a comparison must let 0 itself pass.
    """
    return ask(answer, "sign(z)", [0.0, -0.0, -1.0], ("z random, some of them 0", with_zeros(rng)), EDGES)


# perceptron_predict


@check("perceptron_predict", points=1)
def each_row_gets_a_label(answer, rng):
    """perceptron_predict(X, w, b) has one label, -1 or +1, for each row of X.

    1. First one score for each example, then its sign. You wrote sign in the last exercise.
    2. The score of one example is a sum of products plus b; the @ operator does that for all rows at once.
    3. The labels are the integers -1 and +1, in an array of shape (N,).
    """
    predict = answer.perceptron_predict
    X = [[3.0, 1.0], [1.0, 3.0], [-1.0, 1.0]]
    others, w = rng.normal(size=(6, 3)), rng.normal(size=3)
    return (
        ask(predict, "predict(X, w = [2.0, -1.0], b = 0.5)", X, X[:1])
        | ask(predict, "predict(X, w = [-2.0], b = 0.5)", [[1.0], [-1.0], [0.0]])
        | other_dtypes(predict, "predict(X, w = [2.0, -1.0], b = 0.5)", [[3, 1], [1, 3], [-1, 1]])
        | other_dtypes(predict, "predict(X, w = [0.5, -0.75], b = 0.0)", [[4, 2], [1, 3], [-1, 1]])
        | {"predict(X, w, b = 0), X of shape (6, 3) and w random": predict(others, w, 0.0)}
    )


@check("perceptron_predict", points=1)
def bias_moves_the_boundary(answer, rng):
    """The bias b is added to every score.

    1. Without b every boundary passes through the origin. Is b in your score?
    2. With b = 2 a point with w . x = -1 has the score 1, and belongs to the positive class.
    3. b is added to each score before the sign is taken.
    """
    predict = answer.perceptron_predict
    X = [[1.0, 0.0], [-1.0, 0.0], [-3.0, 1.0]]
    others, bias = rng.uniform(-2.0, 2.0, size=(40, 2)), float(rng.uniform(0.4, 0.9))
    return (
        ask(predict, "predict(X, w = [1.0, 0.0], b = 2.0)", X)
        | ask(predict, "predict(X, w = [1.0, 0.0], b = -2.0)", X)
        | ask(predict, "predict(X, w = [1.0, 0.0], b = 2.0)", rng.uniform(-4.0, 4.0, size=(12, 2)))
        | ask(predict, "predict(X, w = [1.0, 0.0], b = bias)", others, bias=bias)
    )


@check("perceptron_predict", points=1)
def boundary_belongs_to_the_positive_class(answer, rng):
    """A score of exactly 0 gives the label +1.

    1. What does your function say of a point whose score is exactly 0?
    2. With w = [2, -1] and b = -1 the point [1, 1] has the score 0. Which label does it get, and why?
    3. A score of 0 counts as +1: use the sign that you wrote, in which 0 itself passes the comparison.
    """
    predict = answer.perceptron_predict
    X, w = rng.integers(-4, 5, size=(12, 2)).astype(float), np.array([2.0, -1.0])
    b = -float(X[-1] @ w)  # the last of X has the score 0, without rounding
    fixed = [[1.0, 1.0], [0.0, -1.0], [0.0, 0.0]]
    near = [[1.0], [1.0 - 2.0**-52], [1.0 + 2.0**-52]]
    return (
        ask(predict, "predict(X, w = [2.0, -1.0], b = -1.0)", fixed)
        | ask(
            predict,
            "predict(X, w = [1.0], b = -1.0)",
            ("X = [[1], [1 - 2**-52], [1 + 2**-52]]", np.array(near)),
        )
        | ask(predict, "predict(x = [1.0, 1.0], w = [2.0, -1.0], b = -1.0)")
        | {"predict(X, w = [2, -1], b), X random, the last on the boundary": predict(X, w, b)}
    )


@check("perceptron_predict", points=1)
def a_single_example_gets_a_single_label(answer, rng):
    """A single x of shape (d,) gives one label, not an array of labels.

    1. For one example there is one score. Does your code count on X having two axes?
    2. x @ w is a single number when both have shape (d,), and an array of N when x has shape (N, d).
    3. The sum runs over the last axis, whatever stands before it.
    """
    predict = answer.perceptron_predict
    xs, w = rng.normal(size=(12, 3)), np.array([2.0, -1.0, 0.5])
    return (
        ask(predict, "predict(x = [1.0, 0.0, 2.0], w = [2.0, -1.0, 0.5], b = -1.0)")
        | ask(predict, "predict(x = [0.0, 2.0, 2.0], w = [2.0, -1.0, 0.5], b = -1.0)")
        | ask(predict, "predict(x = [3.0], w = [-2.0], b = 6.0)")
        | {"predict(x, w = [2, -1, 0.5], b = -1), each of 12 random x": [predict(x, w, -1.0) for x in xs]}
    )


# signed_distance


@check("signed_distance", points=2)
def score_is_divided_by_the_length_of_w(answer, rng):
    """The distance is (w . x + b) / ||w||.

    1. The score grows when w gets longer, although no point has moved. What must it be divided by?
    2. The length of w = [3, 4] is 5; np.linalg.norm computes it. The bias is no part of that length.
    3. Take the whole score, bias included, and divide it once by the length of w.
    """
    X, w, b = rng.normal(size=(4, 3)), rng.uniform(0.5, 2.0, size=3) * [1.0, -1.0, 1.0], float(rng.normal())
    fixed = [[3.0, 4.0], [0.0, 0.0], [2.0, 3.0]]
    return (
        ask(answer, "signed_distance(X, w = [3.0, 4.0], b = -5.0)", fixed, fixed[:1])
        | ask(answer, "signed_distance(X, w = [-2.0], b = 1.0)", [[0.5], [3.0], [-1.0]])
        | other_dtypes(answer, "signed_distance(X, w = [3.0, 4.0], b = 0.0)", [[3, 4], [0, 0], [-2, 1]])
        | {"signed_distance(X, w, b) random, X of shape (4, 3)": answer.signed_distance(X, w, b)}
    )


@check("signed_distance", points=1)
def same_line_gives_the_same_distance(answer, rng):
    """Multiplying w and b by one positive number changes no distance.

    1. (w, b) and (2w, 2b) describe the same line. Does your answer change?
    2. Doubling w doubles the score, and it doubles the length of w too.
    3. Squares do not cancel: dividing by w . w would halve the answer when w and b are doubled.
    """
    X, w, factor = [[2.0, 0.0], [0.0, 3.0]], np.array([0.6, 0.8]), float(rng.integers(2, 100))
    far = rng.uniform(0.0, 9.0, size=(3, 2))  # in front: which side a point lies on is asked elsewhere
    title = f"signed_distance(X, w = {factor:g} * [0.6, 0.8], b = {factor:g}), X random"
    return (
        ask(answer, "signed_distance(X, w = [0.6, 0.8], b = 1.0)", X)
        | ask(answer, "signed_distance(X, w = [6.0, 8.0], b = 10.0)", X)
        | ask(answer, "signed_distance(X, w = [6e-9, 8e-9], b = 1e-8)", X)
        | {title: answer.signed_distance(far, factor * w, factor)}
    )


@check("signed_distance", points=1)
def sign_tells_the_side(answer, rng):
    """The distance is positive on the side w points to, and negative on the other.

    1. A point behind the boundary should be told apart from one in front of it.
    2. Turn w and b around: every distance should change its sign, and nothing else.
    3. The distance keeps the sign of the score: take no absolute value of it, and no square.
    """
    X, others = [[2.0, 0.0], [-2.0, 0.0]], rng.uniform(0.5, 3.0, size=(2, 2)) * [[1.0], [-1.0]]
    front = ask(answer, "signed_distance(X, w = [1.0, 0.0], b = 0.0)", X)
    return front | ask(answer, "signed_distance(X, w = [-1.0, 0.0], b = 0.0)", X, others)


# perceptron_update


@check("perceptron_update", points=2)
def a_wrong_prediction_moves_w_and_b(answer, rng):
    """After a wrong prediction w has grown by lr * y * x and b by lr * y.

    1. The score was on the wrong side of 0. Which change of w moves it towards y?
    2. w changes by lr * y * x and b by lr * y: b is the weight of an input that is always 1.
    3. Only the label y, not the score and not the prediction, stands in the change.
    """
    update = answer.perceptron_update
    w, b, x, lr = rng.normal(size=3), float(rng.normal()), rng.normal(size=3), float(rng.uniform(0.1, 0.4))
    y = -_sign(x @ w + b)
    far = -1.5 * float(x @ w)  # the bias that decides against the inputs
    title = f"update(w, b, x, y = {y:+d}, lr = {lr:.4f}), w and x random, shape (3,)"
    return (
        ask(update, "update(w = [1.0, -1.0], b = 0.5, x = [2.0, 1.0], y = -1, lr = 0.1)")
        | ask(update, "update(w = [1.0, -1.0], b = 0.5, x = [-2.0, 1.0], y = +1, lr = 0.25)")
        | ask(update, "update(w = [-3.0], b = 0.0, x = [1.0], y = +1, lr = 0.5)")
        | ask(update, "update(w = [-3.0, 0.5], b = 0.0, x = [2, 1], y = +1, lr = 0.5)")
        | {title: update(w, b, x, y, lr)}
        | {"the same, b = -1.5 * (w . x) and y the sign of w . x": update(w, far, x, -_sign(far), lr)}
    )


@check("perceptron_update", points=1)
def a_right_prediction_changes_nothing(answer, rng):
    """After a right prediction w and b are what they were.

    1. The perceptron learns from mistakes only. What should happen when there was none?
    2. Predict first; compare the prediction, not the score, with y.
    3. When they agree, give back w and b as they came.
    """
    update = answer.perceptron_update
    w, b, x = rng.normal(size=3), float(rng.normal()), rng.normal(size=3)
    y = _sign(x @ w + b)
    far = -1.5 * float(x @ w)  # the bias that decides against the inputs
    title = f"update(w, b, x, y = {y:+d}, lr = 0.5), w and x random, shape (3,)"
    return (
        ask(update, "update(w = [1.0, -1.0], b = 0.5, x = [2.0, 1.0], y = +1, lr = 0.1)")
        | ask(update, "update(w = [1.0, -1.0], b = 0.5, x = [-2.0, 1.0], y = -1, lr = 0.1)")
        | ask(update, "update(w = [-3.0], b = 0.0, x = [1.0], y = -1, lr = 0.5)")
        | {title: update(w, b, x, y, 0.5)}
        | {"the same, b = -1.5 * (w . x) and y the sign of b": update(w, far, x, _sign(far), 0.5)}
    )


@check("perceptron_update", points=1)
def a_score_of_0_predicts_plus_1(answer, rng):
    """At a score of 0 the label +1 is right and the label -1 is a mistake.

    1. What is predicted when the score is exactly 0?
    2. A score of 0 predicts +1: right when y is +1, wrong when y is -1.
    3. Do not decide by y * score, which is 0 in both cases: compare the predicted label with y.
    """
    update, w = answer.perceptron_update, np.zeros(2)
    x, anywhere = np.array([2.0, -1.0]), rng.normal(size=2)
    return {
        "update(w = [0, 0], b = 0, x = [2, -1], y = +1, lr = 0.5)": update(w, 0.0, x, 1, 0.5),
        "update(w = [0, 0], b = 0, x = [2, -1], y = -1, lr = 0.5)": update(w, 0.0, x, -1, 0.5),
        "update(w = [0, 0], b = 0, x random, y = +1, lr = 0.5)": update(w, 0.0, anywhere, 1, 0.5),
        "update(w = [0, 0], b = 0, x random, y = -1, lr = 0.5)": update(w, 0.0, anywhere, -1, 0.5),
    }


# train_perceptron


@check("train_perceptron", points=2)
def AND_is_learned(answer, rng):
    """AND of inputs -1 and +1 is learned, with the weights and the counts of the rule done by hand.

    1. Do the first pass on paper: w = 0 and b = 0 predict +1 everywhere, so the first mistake is the first
       -1.
    2. Look at the examples one by one; after a mistake the next prediction is made with the new w and b.
    3. Count a mistake when the prediction is made, before the update mends it.
    """
    y = np.array([-1, -1, -1, 1])
    title = "AND, inputs -1 and +1, lr = 0.5, epochs = 20"
    return _training(answer, title, CORNERS, y, 0.5, 20) | _reordered(answer, rng, CORNERS, y)


@check("train_perceptron", points=1)
def OR_is_learned(answer, rng):
    """OR of inputs 0 and 1 is learned, and training ends after the first clean pass.

    1. At the input (0, 0) the score is b alone. Is b learned?
    2. Training goes over the same rows in the same order until a whole pass is right.
    3. The list ends with the 0 of the first clean pass, and nothing comes after it.
    """
    y = np.array([-1, 1, 1, 1])
    title = "OR of 0 and 1, lr = 0.25, epochs = 20"
    return (
        _training(answer, title, BITS, y, 0.25, 20)
        | _training(answer, "the same, X as integers", BITS.astype(int), y, 0.25, 20)
        | _training(answer, "the same, X as float32", BITS.astype(np.float32), y, 0.25, 20)
        | _reordered(answer, rng, BITS, y)
    )


@check("train_perceptron", points=1)
def XOR_never_gets_clean(answer, rng):
    """XOR has a mistake in every pass, and training gives up after `epochs` of them.

    1. No line separates XOR: there is never a clean pass. What ends the training then?
    2. After `epochs` passes the list has `epochs` numbers, none of them 0.
    3. Count the wrong predictions of each pass on its own, starting again from 0.
    """
    y, epochs = np.array([-1, 1, 1, -1]), int(rng.integers(8, 40))
    return (
        _training(answer, "XOR of -1 and +1, lr = 1, epochs = 6", CORNERS, y, 1.0, 6)
        | _training(answer, f"the same, epochs = {epochs}", CORNERS, y, 1.0, epochs)
        | _training(answer, "the same, epochs = 0", CORNERS, y, 1.0, 0)
        | _reordered(answer, rng, CORNERS, y)
    )


@check("train_perceptron", points=1)
def any_data_are_trained_the_same_way(answer, rng):
    """Random examples of any number of features get the weights and the counts of the rule too.

    1. If AND works and this does not, which number in your code belongs to AND only?
    2. The shape of w comes from X; the labels, lr and epochs come from the arguments.
    3. Compare the list of mistakes first: the first number that differs names the pass to do by hand.
    """
    found = {}
    for N, d in ((7, 3), (12, 1), (20, 1), (30, 2)):
        X, y = rng.normal(size=(N, d)), rng.choice([-1, 1], size=N)
        X[1], y[:2] = X[0], (-1, 1)  # two labels for one point: on no seed is there a clean pass
        # The more points to a feature, the more rarely the last pass happens to be the best one.
        title = f"X random, shape ({N}, {d}), lr = 0.5, epochs = 5"
        found |= _training(answer, title, X, y, 0.5, 5)
    one = np.array([[0.5, -2.0]]), np.array([-1])
    return found | _training(answer, "a single example, lr = 0.5, epochs = 5", *one, 0.5, 5)


# xor_by_hand


@check("xor_by_hand", points=1)
def network_has_two_hidden_units(answer, rng):
    """The shapes are those of a network with 2 inputs, 2 hidden units and 1 output.

    1. Two inputs, two hidden units, one output: how many numbers does each layer need?
    2. Column j of W1 holds the weights of hidden unit j; W2 has a row for each hidden unit.
    3. W1 is (2, 2), b1 is (2,), W2 is (2, 1) and b2 is (1,).
    """
    names, network, N = ("W1", "b1", "W2", "b2"), answer.xor_by_hand(), int(rng.integers(5, 100))
    hidden = np.zeros((N, 2)) @ network[0] + network[1]
    return {f"shape of {name}": np.shape(array) for name, array in zip(names, network, strict=True)} | {
        f"shape of X @ W1 + b1 for {N} examples": np.shape(hidden)
    }


@check("xor_by_hand", points=3)
def network_computes_xor(answer, rng):
    """The output is 1 where exactly one input is 1.

    1. XOR is 'one or the other, but not both'. Which two gates do you hear in that sentence?
    2. With weights 1 and 1 a unit counts the ones among its inputs; its bias says how many it wants.
    3. Let one hidden unit be OR and the other AND. The output wants the first on and the second off.
    """
    W1, b1, W2, b2 = map(np.asarray, answer.xor_by_hand())
    inputs = np.concatenate([BITS, rng.integers(0, 2, size=(20, 2))])
    hidden = np.where(inputs @ W1 + b1 >= 0, 1, 0)
    # A flat W2 fails its own check only.
    output = np.where(hidden @ W2 + b2 >= 0, 1, 0).reshape(len(inputs), -1)
    return {
        "output for inputs 0, 0": output[0],
        "output for inputs 0, 1": output[1],
        "output for inputs 1, 0": output[2],
        "output for inputs 1, 1": output[3],
        "output for 20 random inputs of 0 and 1": output[4:],
    }


def _sign(score):
    return 1 if score >= 0 else -1


def _reordered(answer, rng, X, y):
    """Training on the same examples in a random order, with a random power of two for the learning rate."""
    order, lr = rng.permutation(len(X)), float(2.0 ** rng.integers(-4, 4))
    return _training(answer, f"in a random order, lr = {lr:g}, epochs = 7", X[order], y[order], lr, 7)


def _training(answer, title, X, y, lr, epochs):
    """The triple (w, b, mistakes) with its parts named; the counts first, which say which pass went wrong."""
    w, b, mistakes = answer.train_perceptron(X.copy(), y, lr, epochs)
    return {f"mistakes ({title})": mistakes, f"w ({title})": w, f"b ({title})": b}
