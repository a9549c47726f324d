"""Classic wrong answers of the perceptron unit, and what a tutor says to each."""

import numpy as np

from autograder.declare import slips

step = slips("step")

step(
    "0 counted as negative in step",
    "z = 0 belongs to the positive class: step(0) must be 1. A comparison with > leaves it out.",
).write(">=", ">")


@step("True and False for 1 and 0")
def step_gives_booleans(z):
    """A comparison gives booleans. Turn them into the integers 0 and 1, with which one can compute."""
    return np.asarray(z) >= 0


step(
    "0.0 and 1.0 for 0 and 1",
    "The values are right, but they are floats. Labels are integers: ask for that dtype.",
).write("1, 0", "1.0, 0.0")
step(
    "labels of sign in step",
    "Your step answers -1 for negative z. That is sign; step answers 0.",
).write("1, 0", "1, -1")


sign = slips("sign")

sign(
    "0 counted as negative in sign",
    "z = 0 belongs to the positive class: sign(0) must be +1. A comparison with > leaves it out.",
).write(">=", ">")


@sign("np.sign", code=r"np\.sign\b")
def sign_of_numpy(z):
    """np.sign gives floats, and 0 at z = 0, which is no label. Here every number is -1 or +1, and 0 counts
    as +1.
    """
    return np.sign(z)


@sign("np.sign, made integer", code=r"np\.sign\b")
def sign_of_numpy_as_integers(z):
    """Your zeros stay 0, as np.sign leaves them, and 0 is no label. Here every number is -1 or +1, and 0
    counts as +1.
    """
    return np.sign(z).astype(int)


sign(
    "-1.0 and 1.0 for -1 and 1",
    "The values are right, but they are floats. Labels are integers: ask for that dtype.",
).write("1, -1", "1.0, -1.0")
sign(
    "labels of step in sign",
    "Your sign answers 0 for negative z. That is step; sign answers -1.",
).write("1, -1", "1, 0")


perceptron_predict = slips("perceptron_predict")

perceptron_predict(
    "bias left out",
    "Your boundary always passes through the origin: b is missing from the score.",
).drop(" + b")
perceptron_predict(
    "bias subtracted",
    "You used b as a threshold that the sum must reach. Here it is a bias: it is added to the score.",
).write("+", "-")
perceptron_predict(
    "raw score returned",
    "You returned w . x + b itself. A prediction is a label: take the sign of the score.",
).drop("sign")
perceptron_predict(
    "labels 0 and 1",
    "You answered with 0 where -1 is meant. The labels of this unit are -1 and +1: use sign, not step.",
).write("sign", "step")


@perceptron_predict("score of 0 counted as negative")
def predict_strict(X, w, b):
    """A point exactly on the boundary got the label -1. A score of 0 counts as +1."""
    return np.where(X @ w + b > 0, 1, -1)


perceptron_predict(
    "np.sign of the score",
    "np.sign gives floats, and 0 on the boundary, which is no label. Use the sign that you wrote yourself.",
    code=r"np\.sign\b",
).write("sign", "np.sign")
perceptron_predict(
    "-1.0 and 1.0 as labels",
    "The values are right, but they are floats. Labels are integers: your own sign gives those.",
).write("sign", "1.0 * sign")
perceptron_predict(
    "products not summed",
    "You have a label for every feature. The products of one example must be summed to a single score first.",
).write("@", "*")
perceptron_predict(
    "single example made into a batch",
    "For a single x an array of one label came back. One example has one label, without an axis.",
).write("X", "np.atleast_2d(X)")


signed_distance = slips("signed_distance")

signed_distance(
    "not divided by the length of w",
    "You returned the score, which grows with w. Divide it by ||w|| to get a length.",
).drop(" / np.linalg.norm(w)")
signed_distance(
    "divided by the squared length",
    "You divided by w . w, the square of the length. Take its square root.",
).write("np.linalg.norm(w)", "(w @ w)")
signed_distance(
    "absolute value",
    "All your distances are positive, so the two sides of the boundary look alike. Keep the sign of the "
    "score.",
).write("(X @ w + b)", "np.abs(X @ w + b)")
signed_distance(
    "bias left out",
    "You measured from the line through the origin. The bias moves the boundary: it belongs to the score.",
).drop(" + b")
signed_distance(
    "bias counted in the length",
    "You divided by the length of (w, b). Only w is perpendicular to the boundary: leave b out of the "
    "length.",
).write("norm(w)", "norm([*w, b])")
signed_distance(
    "bias not divided",
    "You divided w . x by the length, and added b afterwards. The whole score is divided: mind the brackets.",
).drop(" + b").write("norm(w)", "norm(w) + b")
signed_distance(
    "bias alone divided",
    "Division binds before addition: only b was divided by the length. Put the whole score in brackets.",
).write("(X @ w + b)", "X @ w + b")
signed_distance(
    "sum of absolute weights for the length",
    "You divided by |w1| + |w2| + ..., which is longer than w. The length is the root of the sum of squares.",
).write("np.linalg.norm(w)", "np.sum(np.abs(w))")


perceptron_update = slips("perceptron_update")
RIGHT = "perceptron_predict(x, w, b) == y"

perceptron_update(
    "sign turned",
    "You moved away from the target: the example scores even worse now. Check the sign of the change.",
).write("w +", "w -").write("b +", "b -")
perceptron_update(
    "updates when right",
    "You updated although the prediction was right already. The perceptron learns from mistakes only.",
).drop(f"if {RIGHT}:\n        return w, b")


@perceptron_update("delta rule")
def update_by_the_delta_rule(w, b, x, y, lr):
    """You used the error y - score, so even right examples keep pulling. That is the delta rule; the
    perceptron looks at the label only.
    """
    error = y - (x @ w + b)
    return w + lr * error * x, b + lr * error


@perceptron_update("twice the step")
def update_by_the_difference_of_labels(w, b, x, y, lr):
    """y minus the prediction is -2 or +2 after a mistake, so your step is twice as long. Use y itself."""
    error = y - np.where(x @ w + b >= 0, 1, -1)
    return w + lr * error * x, b + lr * error


perceptron_update(
    "prediction without the bias",
    "You decided by the sign of w . x, without b, and so took a right prediction for a wrong one, or a wrong "
    "one for right. The prediction is perceptron_predict(x, w, b).",
).write("(x, w, b)", "(x, w, 0.0)")
perceptron_update(
    "label left out of the step",
    "You moved by lr * x for both labels. The label says in which direction: a -1 pushes the score down.",
).write("y * x, b + lr * y", "x, b + lr")
perceptron_update(
    "bias not learned",
    "w changed, but b stayed. The bias is the weight of an input that is always 1, and learns like the "
    "others.",
).write("b + lr * y", "b")
perceptron_update(
    "learning rate ignored",
    "Your step has the same length for every lr. The change of w and of b is multiplied by it.",
).write("w + lr *", "w +").write("b + lr *", "b +")
perceptron_update(
    "no learning rate on the bias",
    "w moved by lr * y * x, but b moved by a whole y. The learning rate belongs to both.",
).write("b + lr * y", "b + y")
perceptron_update(
    "caller's w changed",
    "+= on an array changes the array that the caller still holds. Make a new one.",
).write("return w + lr * y * x, b + lr * y", "w += lr * y * x\n    b += lr * y\n    return w, b")
perceptron_update(
    "score of 0 always updated",
    "A test like y * score <= 0 counts a score of 0 as wrong for both labels. Here 0 predicts +1, which is "
    "right when y is +1.",
).write(RIGHT, "y * (x @ w + b) > 0")
perceptron_update(
    "score of 0 never updated",
    "A test like y * score < 0 counts a score of 0 as right for both labels, so training could never leave "
    "w = 0. Here 0 predicts +1, which is wrong when y is -1.",
).write(RIGHT, "y * (x @ w + b) >= 0")


train_perceptron = slips("train_perceptron")
COUNT, STOP = "mistakes.append(wrong)", "if wrong == 0:\n            break"

train_perceptron(
    "no bias",
    "b is still 0 after training, so every boundary passes through the origin. Learn b along with w.",
).write("label, lr)", "label, lr)[0], np.float64(0)")


train_perceptron(
    "a number for each example",
    "Your list grows with each example, by the count so far: `append` stands in the inner loop. A pass has "
    "one number, at its end.",
).drop(COUNT).write("label, lr)", f"label, lr)\n            {COUNT}")


@train_perceptron("one update for the whole pass")
def train_in_batches(X, y, lr, epochs):
    """You predicted all examples with the same w and updated once at the end. The perceptron updates after
    each mistake, before it looks at the next example.
    """
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = np.where(X @ w + b >= 0, 1, -1) != y
        mistakes.append(int(np.sum(wrong)))
        if not wrong.any():
            break
        w, b = w + lr * (y[wrong] @ X[wrong]), b + lr * float(np.sum(y[wrong]))
    return w, b, mistakes


train_perceptron(
    "never stops early",
    "Training went on after a pass without mistakes. Nothing can change any more then: stop after the first "
    "0.",
    code=r"(?s)\A(?!.*\bbreak\b)(?!.*\bwhile\b)",
).drop(STOP)
train_perceptron(
    "mistakes counted after the pass",
    "You counted with the weights at the end of the pass. Count each mistake when it is made, before its "
    "update.",
).write(COUNT, f"wrong = int(np.sum(perceptron_predict(X, w, b) != y))\n        {COUNT}")
train_perceptron(
    "examples shuffled",
    "You looked at the examples in another order. Shuffling can help in practice, but here the rows are "
    "taken as they come.",
    code="shuffle|permut|choice|sample|argsort",
).write("w, b, mistakes =", "rng = np.random.default_rng(0)\n    w, b, mistakes =").write(
    "zip(X, y, strict=True)", "((X[n], y[n]) for n in rng.permutation(len(X)))"
)
train_perceptron(
    "first example left out",
    "The first example is never looked at: your range or slice begins at 1.",
    code=r"range\(1,|\[1:\]",
).write("zip(X, y,", "zip(X[1:], y[1:],")
train_perceptron(
    "clean pass not recorded",
    "Your list lacks the last pass, the one without mistakes. Write its 0 down before you stop.",
).swap(COUNT, STOP)
train_perceptron(
    "mistakes added up over the passes",
    "Your counts only grow, because the counter goes on from pass to pass. Set it to 0 where a pass begins.",
).write("append(wrong)", "append(sum(mistakes[-1:]) + wrong)")
train_perceptron(
    "weights of the best pass",
    "You gave back the weights of the pass with the fewest mistakes. That is the pocket algorithm; here they "
    "are those at the end.",
).write(
    COUNT, f"if wrong < min(mistakes, default=len(X) + 1):\n            best = w, b\n        {COUNT}"
).write("w, b, mistakes\n", "*best, mistakes\n")
train_perceptron(
    "random start",
    "w did not start at zero. A perceptron needs no random start: with zeros the first mistake moves it.",
    code="random|normal|uniform|rand",
).write("np.zeros(X.shape[1])", "np.random.default_rng(0).normal(size=X.shape[1])")


xor_by_hand = slips("xor_by_hand")

xor_by_hand(
    "OR gate",
    "Your network answers 1 for the inputs 1, 1 as well: it computes OR. Something must switch the output "
    "off when both are on.",
).write("[-1.0]", "[0.0]")
xor_by_hand(
    "AND gate",
    "Your network answers 1 only for the inputs 1, 1: it computes AND. XOR is on when exactly one input is.",
).write("[[1.0], [-1.0]]", "[[0.0], [1.0]]")
xor_by_hand(
    "NAND gate",
    "Your network answers 1 for the inputs 0, 0 as well: it computes NAND. It must also ask that at least "
    "one input is on.",
).write("[1.0]", "[0.0]").write("[-0.5]", "[0.5]")
xor_by_hand(
    "XNOR gate",
    "All four answers are turned around: your network says when the inputs are equal. Flip the output's "
    "sign.",
).swap("[1.0]", "[-1.0]").write("[-0.5]", "[0.5]")
xor_by_hand(
    "output without its axis",
    "W2 has to be a column, of shape (2, 1), and b2 an array of one number: a layer with one unit is still a "
    "layer.",
).write("W2, b2", "W2[:, 0], b2")
