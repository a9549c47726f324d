"""Classic wrong answers of the perceptron unit, and what a tutor says to each."""

import numpy as np

from autograder.declare import slips

# step


step = slips("step")


@step("strict comparison in step")
def step_is_strict(z):
    """z = 0 belongs to the positive class, but your comparison leaves it out: step(0) must be 1."""
    return np.where(np.asarray(z) > 0, 1, 0)


@step("True and False for 1 and 0")
def step_gives_booleans(z):
    """A comparison gives booleans. Turn them into the integers 0 and 1, with which one can compute."""
    return np.asarray(z) >= 0


@step("0.0 and 1.0 for 0 and 1")
def step_gives_floats(z):
    """The values are right, but they are floats. Labels are integers: ask for that dtype."""
    return np.where(np.asarray(z) >= 0, 1.0, 0.0)


@step("labels of sign in step")
def step_gives_minus_1(z):
    """Your step answers -1 for negative z. That is sign; step answers 0."""
    return np.where(np.asarray(z) >= 0, 1, -1)


sign = slips("sign")


@sign("strict comparison in sign")
def sign_is_strict(z):
    """z = 0 belongs to the positive class, but your comparison leaves it out: sign(0) must be +1."""
    return np.where(np.asarray(z) > 0, 1, -1)


@sign("np.sign")
def sign_of_numpy(z):
    """np.sign gives floats, and 0 at z = 0, which is no label. Here every number is -1 or +1, and 0 counts
    as +1.
    """
    return np.sign(z)


@sign("np.sign, made integer")
def sign_of_numpy_as_integers(z):
    """Your zeros stay 0, as np.sign leaves them, and 0 is no label. Here every number is -1 or +1, and 0
    counts as +1.
    """
    return np.sign(z).astype(int)


@sign("-1.0 and 1.0 for -1 and 1")
def sign_gives_floats(z):
    """The values are right, but they are floats. Labels are integers: ask for that dtype."""
    return np.where(np.asarray(z) >= 0, 1.0, -1.0)


@sign("labels of step in sign")
def sign_gives_0(z):
    """Your sign answers 0 for negative z. That is step; sign answers -1."""
    return np.where(np.asarray(z) >= 0, 1, 0)


# perceptron_predict


perceptron_predict = slips("perceptron_predict")


@perceptron_predict("bias left out")
def predict_without_bias(X, w, b):
    """Your boundary always passes through the origin: b is missing from the score."""
    return _sign(X @ w)


@perceptron_predict("bias subtracted")
def predict_minus_bias(X, w, b):
    """You used b as a threshold that the sum must reach. Here it is a bias: it is added to the score."""
    return _sign(X @ w - b)


@perceptron_predict("raw score returned")
def predict_raw_score(X, w, b):
    """You returned w . x + b itself. A prediction is a label: take the sign of the score."""
    return X @ w + b


@perceptron_predict("labels 0 and 1")
def predict_0_or_1(X, w, b):
    """You answered with 0 where -1 is meant. The labels of this unit are -1 and +1: use sign, not step."""
    return np.where(X @ w + b >= 0, 1, 0)


@perceptron_predict("strict comparison")
def predict_strict(X, w, b):
    """A point exactly on the boundary got the label -1. A score of 0 counts as +1."""
    return np.where(X @ w + b > 0, 1, -1)


@perceptron_predict("np.sign of the score")
def predict_by_numpy(X, w, b):
    """np.sign gives floats, and 0 on the boundary, which is no label. Use the sign that you wrote
    yourself.
    """
    return np.sign(X @ w + b)


@perceptron_predict("-1.0 and 1.0 as labels")
def predict_floats(X, w, b):
    """The values are right, but they are floats. Labels are integers: your own sign gives those."""
    return np.where(X @ w + b >= 0, 1.0, -1.0)


@perceptron_predict("products not summed")
def predict_without_sum(X, w, b):
    """You have a label for every feature. The products of one example must be summed to a single score
    first.
    """
    return _sign(X * w + b)


@perceptron_predict("single example made into a batch")
def predict_always_a_batch(X, w, b):
    """For a single x an array of one label came back. One example has one label, without an axis."""
    return _sign(np.atleast_2d(X) @ w + b)


# signed_distance


signed_distance = slips("signed_distance")


@signed_distance("not divided by the length of w")
def distance_not_divided(X, w, b):
    """You returned the score, which grows with w. Divide it by ||w|| to get a length."""
    return X @ w + b


@signed_distance("divided by the squared length")
def distance_over_square(X, w, b):
    """You divided by w . w, the square of the length. Take its square root."""
    return (X @ w + b) / (w @ w)


@signed_distance("absolute value")
def distance_without_sign(X, w, b):
    """All your distances are positive, so the two sides of the boundary look alike. Keep the sign of the
    score.
    """
    return np.abs(X @ w + b) / np.linalg.norm(w)


@signed_distance("bias left out")
def distance_without_bias(X, w, b):
    """You measured from the line through the origin. The bias moves the boundary: it belongs to the
    score.
    """
    return X @ w / np.linalg.norm(w)


@signed_distance("bias counted in the length")
def distance_over_norm_with_bias(X, w, b):
    """You divided by the length of (w, b). Only w is perpendicular to the boundary: leave b out of the
    length.
    """
    return (X @ w + b) / np.linalg.norm([*w, b])


@signed_distance("bias not divided")
def distance_bias_not_divided(X, w, b):
    """You divided w . x by the length, and added b afterwards. The whole score is divided: mind the
    brackets.
    """
    return X @ w / np.linalg.norm(w) + b


@signed_distance("bias alone divided")
def distance_bias_alone_divided(X, w, b):
    """Division binds before addition: only b was divided by the length. Put the whole score in brackets."""
    return X @ w + b / np.linalg.norm(w)


@signed_distance("sum of absolute weights for the length")
def distance_over_sum_of_weights(X, w, b):
    """You divided by |w1| + |w2| + ..., which is longer than w. The length is the root of the sum of
    squares.
    """
    return (X @ w + b) / np.sum(np.abs(w))


# perceptron_update


perceptron_update = slips("perceptron_update")


@perceptron_update("sign turned")
def update_moves_away(w, b, x, y, lr):
    """You moved away from the target: the example scores even worse now. Check the sign of the change."""
    if _sign(x @ w + b) == y:
        return w, b
    return w - lr * y * x, b - lr * y


@perceptron_update("updates when right")
def update_always(w, b, x, y, lr):
    """You updated although the prediction was right already. The perceptron learns from mistakes only."""
    return w + lr * y * x, b + lr * y


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
    error = y - _sign(x @ w + b)
    return w + lr * error * x, b + lr * error


@perceptron_update("prediction without the bias")
def update_predicts_without_bias(w, b, x, y, lr):
    """You decided by the sign of w . x, without b, and so took a right prediction for a wrong one, or a
    wrong one for right. The prediction is perceptron_predict(x, w, b).
    """
    if _sign(x @ w) == y:
        return w, b
    return w + lr * y * x, b + lr * y


@perceptron_update("label left out of the step")
def update_ignores_the_label(w, b, x, y, lr):
    """You moved by lr * x for both labels. The label says in which direction: a -1 pushes the score down."""
    if _sign(x @ w + b) == y:
        return w, b
    return w + lr * x, b + lr


@perceptron_update("bias not learned")
def update_leaves_bias(w, b, x, y, lr):
    """w changed, but b stayed. The bias is the weight of an input that is always 1, and learns like the
    others.
    """
    if _sign(x @ w + b) == y:
        return w, b
    return w + lr * y * x, b


@perceptron_update("learning rate ignored")
def update_ignores_lr(w, b, x, y, lr):
    """Your step has the same length for every lr. The change of w and of b is multiplied by it."""
    if _sign(x @ w + b) == y:
        return w, b
    return w + y * x, b + y


@perceptron_update("no learning rate on the bias")
def update_ignores_lr_on_bias(w, b, x, y, lr):
    """w moved by lr * y * x, but b moved by a whole y. The learning rate belongs to both."""
    if _sign(x @ w + b) == y:
        return w, b
    return w + lr * y * x, b + y


@perceptron_update("caller's w changed")
def update_in_place(w, b, x, y, lr):
    """+= on an array changes the array that the caller still holds. Make a new one."""
    if _sign(x @ w + b) != y:
        w += lr * y * x
        b += lr * y
    return w, b


@perceptron_update("score of 0 always updated")
def update_at_0_for_both(w, b, x, y, lr):
    """A test like y * score <= 0 counts a score of 0 as wrong for both labels. Here 0 predicts +1, which is
    right when y is +1.
    """
    if y * (x @ w + b) > 0:
        return w, b
    return w + lr * y * x, b + lr * y


@perceptron_update("score of 0 never updated")
def update_at_0_for_none(w, b, x, y, lr):
    """A test like y * score < 0 counts a score of 0 as right for both labels, so training could never leave
    w = 0. Here 0 predicts +1, which is wrong when y is -1.
    """
    if y * (x @ w + b) >= 0:
        return w, b
    return w + lr * y * x, b + lr * y


# train_perceptron


train_perceptron = slips("train_perceptron")


@train_perceptron("no bias")
def train_without_bias(X, y, lr, epochs):
    """b is still 0 after training, so every boundary passes through the origin. Learn b along with w."""
    return _train(X, y, lr, epochs, bias=False)


@train_perceptron("one update for the whole pass")
def train_in_batches(X, y, lr, epochs):
    """You predicted all examples with the same w and updated once at the end. The perceptron updates after
    each mistake, before it looks at the next example.
    """
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = _sign(X @ w + b) != y
        mistakes.append(int(np.sum(wrong)))
        if not wrong.any():
            break
        w, b = w + lr * (y[wrong] @ X[wrong]), b + lr * float(np.sum(y[wrong]))
    return w, b, mistakes


@train_perceptron("never stops early")
def train_never_stops(X, y, lr, epochs):
    """Training went on after a pass without mistakes. Nothing can change any more then: stop after the first
    0.
    """
    return _train(X, y, lr, epochs, stop=False)


@train_perceptron("mistakes counted after the pass")
def train_counts_afterwards(X, y, lr, epochs):
    """You counted with the weights at the end of the pass. Count each mistake when it is made, before its
    update.
    """
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        w, b, _ = _one_pass(w, b, X, y, lr)
        mistakes.append(int(np.sum(_sign(X @ w + b) != y)))
        if mistakes[-1] == 0:
            break
    return w, b, mistakes


@train_perceptron("examples shuffled")
def train_shuffles(X, y, lr, epochs):
    """You looked at the examples in another order. Shuffling can help in practice, but here the rows are
    taken as they come.
    """
    rng = np.random.default_rng(0)
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        w, b, wrong = _one_pass(w, b, X[order], y[order], lr)
        mistakes.append(wrong)
        if wrong == 0:
            break
    return w, b, mistakes


@train_perceptron("clean pass not recorded")
def train_forgets_the_last_pass(X, y, lr, epochs):
    """Your list lacks the last pass, the one without mistakes. Write its 0 down before you stop."""
    w, b, mistakes = _train(X, y, lr, epochs)
    return w, b, [count for count in mistakes if count]


@train_perceptron("mistakes added up over the passes")
def train_never_resets_the_count(X, y, lr, epochs):
    """Your counts only grow, because the counter goes on from pass to pass. Set it to 0 where a pass
    begins.
    """
    w, b, mistakes = _train(X, y, lr, epochs)
    return w, b, [int(total) for total in np.cumsum(mistakes)]


@train_perceptron("weights of the best pass")
def train_keeps_the_best(X, y, lr, epochs):
    """You gave back the weights of the pass with the fewest mistakes. That is the pocket algorithm; here
    they are those at the end.
    """
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    best = len(X) + 1, w, b
    for _ in range(epochs):
        w, b, wrong = _one_pass(w, b, X, y, lr)
        mistakes.append(wrong)
        best = min(best, (wrong, w, b), key=lambda kept: kept[0])
        if wrong == 0:
            break
    return best[1], best[2], mistakes


@train_perceptron("random start")
def train_from_random_weights(X, y, lr, epochs):
    """w did not start at zero. A perceptron needs no random start: with zeros the first mistake moves it."""
    return _train(X, y, lr, epochs, start=np.random.default_rng(0).normal(size=X.shape[1]))


# xor_by_hand


xor_by_hand = slips("xor_by_hand")


@xor_by_hand("OR gate")
def or_gate():
    """Your network answers 1 for the inputs 1, 1 as well: it computes OR. Something must switch the output
    off when both are on.
    """
    return _network(b1=[-0.5, -1.5], w2=[1.0, 0.0], b2=-0.5)


@xor_by_hand("AND gate")
def and_gate():
    """Your network answers 1 only for the inputs 1, 1: it computes AND. XOR is on when exactly one
    input is.
    """
    return _network(b1=[-0.5, -1.5], w2=[0.0, 1.0], b2=-0.5)


@xor_by_hand("NAND gate")
def nand_gate():
    """Your network answers 1 for the inputs 0, 0 as well: it computes NAND. It must also ask that at least
    one input is on.
    """
    return _network(b1=[-0.5, -1.5], w2=[0.0, -1.0], b2=0.5)


@xor_by_hand("XNOR gate")
def xnor_gate():
    """All four answers are turned around: your network says when the inputs are equal. Flip the output's
    sign.
    """
    return _network(b1=[-0.5, -1.5], w2=[-1.0, 1.0], b2=0.5)


@xor_by_hand("output without its axis")
def flat_output_layer():
    """W2 has to be a column, of shape (2, 1), and b2 an array of one number: a layer with one unit is still
    a layer.
    """
    W1, b1, W2, b2 = _network(b1=[-0.5, -1.5], w2=[1.0, -1.0], b2=-0.5)
    return W1, b1, W2[:, 0], b2


# What the mistakes above are made of.


def _sign(z):
    return np.where(z >= 0, 1, -1)


def _one_pass(w, b, X, y, lr, bias=True):
    wrong = 0
    for x, label in zip(X, y, strict=True):
        if _sign(x @ w + b) != label:
            wrong += 1
            w, b = w + lr * label * x, b + lr * label * bias
    return w, b, wrong


def _train(X, y, lr, epochs, *, bias=True, stop=True, start=None):
    w, b, mistakes = np.zeros(X.shape[1]) if start is None else start, 0.0, []
    for _ in range(epochs):
        w, b, wrong = _one_pass(w, b, X, y, lr, bias)
        mistakes.append(wrong)
        if stop and wrong == 0:
            break
    return w, b, mistakes


def _network(b1, w2, b2):
    return np.ones((2, 2)), np.array(b1), np.array(w2)[:, None], np.array([b2])
