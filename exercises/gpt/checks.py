"""Check programs of the gpt unit: each asks an answer module questions and returns what it said."""

import math
import random
from itertools import islice

from autograder.declare import Unit, check, raised
from engine import Value, no_grad
from engine.datasets import names

unit = Unit(
    "A GPT",
    number=9,
    packages=("numpy",),
    # These use no Values, but the unit's first cell imports from the engine: it has to be there for them too.
    without={"tokenize": (), "sample": ()},
    unasked={
        "rmsnorm.eps: a negative number": "it keeps the root from being 0",
        "sample.temperature: a negative number": "a temperature is 0 or more",
    },
)

# A training takes some two seconds; a minute is promised, and a busy machine gets some more. What a second
# run would show, the check of the generator shows.
TRAINING = {"seconds": 150.0, "repeat": False}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


# tokenize: tokenize(text, alphabet) and detokenize(tokens, alphabet)


@check("tokenize", points=1)
def letters_are_places_between_two_marks(answer, rng):
    """tokenize gives the mark, the place of each letter in the alphabet, and the mark again.

    1. Which number stands for the third letter of the alphabet? Python counts from 0.
    2. An alphabet of n letters uses the numbers 0 to n - 1: the next one, n, is free for the mark.
    3. The mark stands on both sides, also of an empty text: there it comes twice. A string has a method that
       finds the place of a letter, and raises a ValueError where there is none.
    """
    alphabet, text = _alphabet(rng), _text(rng)
    asked = (
        ("cab", "abc"),
        ("", "abc"),
        ("a", "a"),
        ("hello", LETTERS),
        (text, alphabet),
        ("no no", " on"),
        (" o ", " on"),
    )
    found = {f"tokenize({text!r}, {letters!r})": answer.tokenize(text, letters) for text, letters in asked}

    def refused(text, letters):
        given = []
        error = raised(lambda: given.extend(answer.tokenize(text, letters)))
        return given or error

    asked = ("cad", "abc"), ("A", "abc"), ("a", "")
    return found | {f"raised for {text!r}, {letters!r}": refused(text, letters) for text, letters in asked}


@check("tokenize", points=1)
def decode_brings_the_text_back(answer, rng):
    """detokenize gives the letters of the tokens, without the marks, wherever they stand.

    1. detokenize(tokenize(text, alphabet), alphabet) should be the text: what has to be left out?
    2. Marks may stand anywhere, or not at all: decide for each token whether it is one.
    3. A token below the length of the alphabet is a place in it. Join the letters to one string.
    """
    alphabet, text = _alphabet(rng), _text(rng)
    tokens = [26, *(alphabet.index(letter) for letter in text), 26]
    asked = ([3, 2, 0, 1, 3], "abc"), ([2, 0, 1], "abc"), ([3], "abc"), ([], "abc"), ([0, 3, 1], "abc")
    found = {
        f"detokenize({tokens}, {letters!r})": answer.detokenize(tokens, letters) for tokens, letters in asked
    }
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))
    return found | {
        f"detokenize({tokens}, {alphabet!r})": answer.detokenize(tokens, alphabet),
        "detokenize([300, 0, 299, 300], 300 Chinese characters)": answer.detokenize([300, 0, 299, 300], many),
    }


# embed


@check("embed", points=2)
def a_token_and_its_place(answer, rng):
    """Vector number i is the row of token i plus row i of the places.

    1. The same letter at two places: should its two vectors be equal?
    2. model.tokens[token] is the token's vector; where it stands in the list says which row of
       model.places to add.
    3. Add the two rows number by number, as Values: the gradient has to reach both.
    """
    found = {}
    for tokens in [5, 0, 0, 3], [2], [int(token) for token in rng.integers(6, size=6)]:
        model = _model(answer, rng)
        vectors = answer.embed(model, tokens)
        found |= _slopes(f"tokens {tokens}", [x for xs in vectors for x in xs], _rows_of(model), rng)
        found[f"shape for tokens {tokens}"] = [len(vectors), len(vectors[0])]
    return found


# rmsnorm


@check("rmsnorm", points=1)
def vectors_get_the_size_1(answer, rng):
    """Each number is divided by the root of the mean of the squares, and the gradient is that of the formula.

    1. By hand, 3 and -4: the squares are 9 and 16, their mean is 12.5. What is its root?
    2. The mean of the squares, not their sum; nothing is subtracted.
    3. All of it on Values: the root of the mean depends on every number, so each is in every gradient.
    """
    found = {}
    for xs in [3.0, -4.0], [2.0], rng.normal(size=5).tolist(), (rng.normal(size=4) + 10).tolist():
        vector = [Value(x) for x in xs]
        found |= _slopes(f"{_short(xs)}, eps 0", answer.rmsnorm(vector, 0.0), vector, rng)
    return found


@check("rmsnorm", points=1)
def eps_is_under_the_root(answer, rng):
    """eps is added to the mean of the squares, so that a vector of zeros stays one.

    1. What do you divide a vector of zeros by?
    2. With a tiny vector eps decides: where exactly does it stand?
    3. First the mean of the squares, then eps is added, then the root is taken.
    """
    found, eps = {}, float(rng.uniform(0.1, 1))
    for xs, e in ([0.0, 0.0], 1e-5), ([1e-3, -2e-3], 1e-5), (rng.normal(size=3).tolist(), eps):
        vector = [Value(x) for x in xs]
        found |= _slopes(f"{_short(xs)}, eps {e:g}", answer.rmsnorm(vector, e), vector, rng)
    return found


# attention


@check("attention", points=2)
def a_mean_of_the_values(answer, rng):
    """The result is a mean of the values, with larger weights where q and the key agree.

    1. Equal scores, equal weights: then the result is the plain mean of the values.
    2. The score of a key is the sum of the products of its numbers with those of q.
    3. The softmax of the scores gives one weight for each key; each multiplies the value of its key.
    """
    found = {}
    for count, width in (2, 1), (3, 4), (1, 2), (4, 4), (5, 3):
        q, keys, values = _query(rng, count, width)
        inputs = [*q, *_flat(keys), *_flat(values)]
        found |= _slopes(f"{count} keys of length {width}", answer.attention(q, keys, values), inputs, rng)
    return found


@check("attention", points=1)
def scores_are_scaled(answer, rng):
    """Scores are divided by the root of the length of q, before the softmax.

    1. The sum of many products is large, and a softmax of large scores gives all the weight to one key.
    2. The spread of a sum of d random products grows like the root of d.
    3. The root of the length of q divides each score, before the softmax, where it changes the weights.
    """
    found = {}
    for width in 16, 9, int(rng.integers(20, 40)):
        q, keys, _ = _query(rng, 2, width)
        one = [[Value(float(index == 0)), *map(Value, [1.0] * width)] for index in range(2)]
        found |= _slopes(
            f"2 keys of length {width}, weight of the first", answer.attention(q, keys, one), q, rng
        )
    return found


@check("attention", points=1)
def large_scores_do_not_overflow(answer, rng):
    """Scores in the thousands, of either sign, give finite weights.

    1. What is exp(1000)? And does a softmax change if the same number is subtracted from all scores?
    2. Subtract the largest score: no exponent is above 0 then.
    3. Its number is enough: the .data of the largest score, for the softmax does not depend on the shift.
    """
    found = {}
    for sign in 1, -1:
        _, keys, values = _query(rng, 3, 2)
        q = [Value(sign * x) for x in rng.uniform(3000, 5000, size=2).tolist()]
        near = [[Value(float(rng.uniform(1, 1.001))) for _ in q] for _ in keys]
        apart = [[Value(x), Value(x)] for x in (-1.0, 0.5, 1.0)]
        for where, keys in ("around", near), ("from minus to plus", apart):
            mixed = answer.attention(q, keys, values)
            found |= _slopes(f"scores {where} {sign * 5000}", mixed, [*q, *_flat(values)], rng)
    return found


# multi_head


@check("multi_head", points=2)
def each_head_has_its_part(answer, rng):
    """Head by head, attention on the consecutive parts of q, keys and values, put one behind the other.

    1. With one head it is attention itself. What changes with two?
    2. With width 6 and 3 heads, the first head has the numbers 0 and 1 of q, of every key and of every value.
    3. Cut q, every key and every value with one slice, call attention with the parts, and put its result
       behind those of the heads before. Each head is scaled by the length of its part.
    """
    found = {}
    for count, width, heads in (3, 4, 2), (2, 6, 3), (3, 4, 1), (1, 4, 2), (2, 3, 3), (4, 8, 2):
        q, keys, values = _query(rng, count, width)
        inputs = [*q, *_flat(keys), *_flat(values)]
        mixed = answer.multi_head(q, keys, values, heads)
        found |= _slopes(f"{count} keys of length {width}, {heads} heads", mixed, inputs, rng)
    return found


# gpt_logits


@check("gpt_logits", points=2)
def scores_of_one_token(answer, rng):
    """For a single token the model is embedding, attention to itself, the hidden layer and the head.

    1. Go through the docstring with one token: there is one key, its weight is 1. What does attention give?
    2. What attention gives is added to x, and then what the hidden layer gives is added: x goes on.
    3. Query, key and value, the hidden layer and the head each get a normed x; sums are made with x itself.
    """
    found = {}
    for token in 0, 5, int(rng.integers(1, 5)):
        model = _model(answer, rng)
        (scores,) = answer.gpt_logits(model, [token])
        found |= _slopes_of_model(f"scores after token {token}", scores, model, rng)
    return found


@check("gpt_logits", points=2)
def scores_of_several_tokens(answer, rng):
    """Each place attends to itself and to all places before it, in each head.

    1. If a single token works and several do not: which keys and values does each place get?
    2. Keys and values of earlier places are kept in two lists, to which each place adds its own.
    3. A place adds its key and value to the lists first, and then asks multi_head with both lists.
    """
    found = {}
    for tokens, heads in (
        ([5, 0, 1], 2),
        ([5, 3, 3, 3, 2, 0], 2),
        ([int(token) for token in rng.integers(6, size=4)], 4),
        ([5, 0, 1, 2, 3, 4, 4, 1], 1),
    ):
        model, words = _model(answer, rng, heads), f"tokens {tokens}, {heads} head{'s' * (heads > 1)}"
        logits = answer.gpt_logits(model, tokens)
        found[f"how many scores, {words}"] = [len(scores) for scores in logits]
        found |= _slopes_of_model(words, _flat(logits), model, rng)
    return found


@check("gpt_logits", points=1)
def nothing_is_seen_of_the_future(answer, rng):
    """The scores at a place do not change with the tokens behind it.

    1. While it learns, the model is shown the whole name. What would it learn if it could look ahead?
    2. Change the last token: only the scores of the last place may change.
    3. Go from place to place, and call multi_head with the lists as they are at that moment.
    """
    model, tokens = _model(answer, rng), [int(token) for token in rng.integers(6, size=5)]
    found = {}
    with no_grad():
        before = answer.gpt_logits(model, tokens)
        for place in range(5):
            changed = [*tokens[:place], (tokens[place] + 1) % 6, *tokens[place + 1 :]]
            after = answer.gpt_logits(model, changed)
            found[f"places whose scores change with token {place}"] = [
                number
                for number, (a, b) in enumerate(zip(before, after, strict=True))
                if any(abs(x.data - y.data) > 1e-9 for x, y in zip(a, b, strict=True))
            ]
        found["scores of the first place"] = [x.data for x in before[0]]
    return found


# next_token_loss


@check("next_token_loss", points=2)
def each_token_is_predicted_from_before(answer, rng):
    """The loss is the mean of minus the log probability that the scores of place i give to token i + 1.

    1. The scores at place 0 were made from token 0. Which token do they predict?
    2. Leave out the scores of the last place, and the first token: what is left are pairs.
    3. Take the mean over these pairs, one fewer than there are tokens; engine.losses has a cross-entropy.
    """
    found = {}
    for tokens in [1, 0], [2, 0, 1, 2], [int(token) for token in rng.integers(3, size=6)], [0, 0, 0]:
        logits = [[Value(x) for x in rng.normal(size=3).tolist()] for _ in tokens]
        loss = answer.next_token_loss(logits, tokens)
        found |= _slopes(f"tokens {tokens}, random scores", [loss], _flat(logits), rng)
    large = [[Value(1000.0 * x) for x in rng.uniform(-1, 1, size=3).tolist()] for _ in range(3)]
    return found | _slopes(
        "tokens [2, 0, 1], scores in the hundreds",
        [answer.next_token_loss(large, [2, 0, 1])],
        _flat(large),
        rng,
    )


# sample


@check("sample", points=2, seconds=20.0, repeat=False)  # the check of rng calls it again
def temperature_divides_the_logits(answer, rng):
    """Tokens come with the probabilities softmax(logits / temperature), drawn from rng.

    1. At a low temperature the likely becomes likelier still. Do you divide the logits by it, or multiply?
    2. Divide the logits before the softmax: behind it, the factor would cancel.
    3. rng.choices draws with weights, which need not sum to 1. Subtract the largest logit first,
       since exp overflows.
    """
    found = {}
    uneven = [float(x) for x in rng.permutation([2.0, 1.0, 0.0])]
    close = [0.05 * logit for logit in uneven]
    for logits, temperature in (uneven, 0.5), (uneven, 1.0), (uneven, 2.0), ([0.0] * 3, 1.0), (close, 0.05):
        draws = random.Random(int(rng.integers(10_000)))
        counts = [0, 0, 0]
        for _ in range(500):
            counts[answer.sample(logits, temperature, draws)] += 1
        title = f"tokens drawn with logits {logits}, temperature {temperature:g}"
        found[title] = _fitting(counts, logits, temperature)
    hot = [float(x) for x in rng.permutation([5000.0, 0.0, -5000.0])]
    found[f"sample({hot}, 1)"] = answer.sample(hot, 1.0, random.Random(1))
    found["tokens that are ever drawn, of 27 alike"] = len(
        {answer.sample([1.0] * 27, 1.0, draws) for _ in range(700)}
    )
    rare = {answer.sample([8.0] + [0.0] * 300, 1.0, draws) for _ in range(700)}
    found["many of 300 rare tokens are drawn"] = len(rare) > 30
    return found


@check("sample", points=1)
def temperature_0_takes_the_largest(answer, rng):
    """At temperature 0 it is always the token of the largest logit.

    1. What does Python make of a logit divided by 0?
    2. The lower the temperature, the more often the largest logit is drawn; at 0 it always is.
    3. Treat 0 by itself, before you divide: find the place of the largest logit.
    """
    found = {"sample([1, 3, 3], 0)": answer.sample([1.0, 3.0, 3.0], 0.0, random.Random(0))}
    for _ in range(4):
        logits = rng.normal(size=7).round(3).tolist()
        found[f"sample({logits}, 0)"] = answer.sample(logits, 0.0, random.Random(0))
    return found


@check("sample", points=1)
def chance_comes_from_rng(answer, rng):
    """The same generator gives the same tokens, another one others.

    1. Call it twice, each time with a new random.Random(0): are the two tokens equal?
    2. Draw from the rng that you are given, and from nothing else.
    3. The functions of the module random draw from a state that all share: use the methods of rng instead.
    """
    seed = int(rng.integers(10_000))

    def tokens(seed):
        draws = random.Random(seed)
        return [answer.sample([0.0] * 50, 1.0, draws) for _ in range(20)]

    facts = {
        "the same generator gives the same tokens": tokens(seed) == tokens(seed),
        "another generator gives the same tokens": tokens(seed) == tokens(seed + 1),
        "the tokens are all the same": len({*tokens(seed)}) == 1,
    }
    return facts | _again(rng, facts)


# train_gpt


@check("train_gpt", points=4, **TRAINING)
def loss_is_below_its_bound(answer, rng):
    """The mean loss of the trained model over the names is below 2.75; each step draws a name and moves every
    parameter that has a gradient.

    1. ln 27 = 3.3 is the loss of a guess, 2.75 that of one who knows how frequent each letter is. Print the
       loss, the name and one number of model.head in some steps: do they change?
    2. In each step: draw a name, clear the gradients, compute the loss, go backward, let the optimizer step.
    3. Some 120 names, one a step, are enough for Adam, if its rate begins near 0.03 and falls to 0.
    """
    moved = str.maketrans(LETTERS, _alphabet(rng))
    docs = [name.translate(moved) for name in names()]
    with _Watch(answer) as training:
        model = answer.train_gpt(docs, random.Random(int(rng.integers(10_000))))
    facts = training.facts()
    if not training.stopped:
        facts |= {
            "loss": _loss(answer, model, docs[::5]),
            "number of parameters": len(model.parameters()),
            "number of heads": model.heads,
        }
    return facts | _again(rng, facts)


@check("train_gpt", points=1, **TRAINING)
def chance_of_training_comes_from_rng(answer, rng):
    """The same generator gives the same steps, another one others.

    1. Two things are drawn: the first weights, and the name of each step. From which generator?
    2. GPT(..., rng) draws the first weights; rng has a method that picks one of a list.
    3. Neither the module random nor a generator of your own may be used.
    """
    seed, seen = int(rng.integers(10_000)), []
    for used in seed, seed, seed + 1:
        with _Watch(answer, stop=True, steps=2) as training:
            model = answer.train_gpt(names(), random.Random(used))
        seen.append(training.losses if training.stopped else [p.data for p in model.parameters()])
    facts = {
        "the same generator gives the same steps": seen[0] == seen[1],
        "another generator gives the same steps": seen[0] == seen[2],
    }
    return facts | _again(rng, facts)


# What the programs above are made of.


class _Enough(BaseException):
    """Ends a training of which enough was seen."""


class _Watch:
    """A block in which the first `steps` calls of Value.backward are looked at, and what they do to models.

    The next call ends the training if `stop` is set or something is wrong; else the rest goes on unwatched.
    """

    def __init__(self, answer, stop=False, steps=6):
        self.model, self.stop, self.steps, self.models = answer.GPT, stop, steps, []
        self.stale, self.stopped, self.losses, self.graphs = False, False, [], []
        self.first, self.pulled, self.before = {}, set(), None

    def __enter__(self):
        self.begin, self.backward = self.model.__init__, Value.backward

        def begun(model, *args, **kwargs):
            self.begin(model, *args, **kwargs)
            self.models.append(model)

        def watched(loss, *args, **kwargs):
            used = self.look(loss)
            result = self.backward(loss, *args, **kwargs)
            self.pulled |= {p for p in used if p.grad and abs(p.grad) > 1e-9}
            return result

        self.model.__init__, Value.backward = begun, watched
        return self

    def __exit__(self, kind, *_):
        self.model.__init__, Value.backward = self.begin, self.backward
        self.stopped = kind is _Enough
        return self.stopped

    def look(self, loss):
        """Note the graph and its parameters, as they are just before a backward; the other leaves may be
        anything, such as the 0 that a sum begins with."""
        if len(self.losses) == self.steps:
            if self.stop or any(self.facts().values()):
                raise _Enough
            Value.backward = self.backward
            return ()
        waiting, done = [loss], set()
        while waiting:
            value = waiting.pop()
            if value not in done:
                done.add(value)
                waiting += value.parents
        used = {p: p.data for model in self.models for p in model.parameters() if p in done}
        if [p.data for p in self.first] != self.before:  # a new step; else another name of the same one
            self.stale = self.stale or any(p.grad for p in self.first)
        self.first = used | self.first
        self.before = [p.data for p in self.first]
        self.graphs.append((frozenset(used), len(done)))
        self.losses.append(loss.data)
        return used

    def facts(self):
        """What was wrong with the steps that were seen: all False if nothing was."""
        pulled = self.pulled & (self.graphs[0][0] if self.graphs else set())
        return {
            "gradients of the step before were left": self.stale,
            "parameters with a gradient that did not move": any(p.data == self.first[p] for p in pulled),
            "all steps saw the same": len(self.graphs) > 1 and len({*self.graphs}) == 1,
        }


def _model(answer, rng, heads=2):
    """A small model whose parameters are random."""
    model = answer.GPT(5, 8, 4, heads, random.Random(0))
    for p in model.parameters():
        p.data = float(rng.normal())
    return model


def _rows_of(model):
    return _flat([*model.tokens, *model.places])


def _query(rng, count, width):
    """A query, keys and values of random numbers."""

    def vector():
        return [Value(x) for x in rng.normal(size=width).tolist()]

    return vector(), [vector() for _ in range(count)], [vector() for _ in range(count)]


def _flat(rows):
    return [x for row in rows for x in row]


def _slopes(words, outputs, inputs, rng):
    """The numbers of some outputs, and the gradients of the inputs for a random mixture of the outputs."""
    weights = rng.normal(size=len(outputs)).tolist()
    mixture = sum(weight * x for weight, x in zip(weights, outputs, strict=True))
    for x in inputs:
        x.grad = 0.0
    if isinstance(mixture, Value) and mixture.requires_grad:
        mixture.backward()
    return {
        f"{words}": [x.data if isinstance(x, Value) else x for x in outputs],
        f"{words}: gradients": [x.grad for x in inputs],
    }


def _slopes_of_model(words, outputs, model, rng):
    """As _slopes for all parameters, but for each row of a matrix the mean of its gradients only."""
    (title, numbers), (_, grads) = _slopes(words, outputs, model.parameters(), rng).items()
    layers = model.query, model.key, model.value, model.out, model.up, model.down, model.head
    matrices = [model.tokens, model.places, *(layer.weight for layer in layers)]
    named = dict(zip(model.parameters(), grads, strict=True))
    means = [[sum(named[p] for p in row) / len(row) for row in matrix] for matrix in matrices]
    order = "tokens, places, query, key, value, out, up, down, head"
    return {title: numbers, f"{words}: mean gradient of each row of {order}": _flat(means)}


def _short(xs):
    return "[" + ", ".join(f"{x:.4g}" for x in xs) + "]"


def _alphabet(rng):
    return "".join(str(letter) for letter in rng.permutation(list(LETTERS)))


def _text(rng):
    return "".join(str(letter) for letter in islice(rng.permutation(list(LETTERS)), int(rng.integers(3, 9))))


def _again(rng, facts):
    """A random row of the facts, so that the answer is another for each seed."""
    row = [str(title) for title in rng.choice([*facts, "0"], size=12)]
    return {f"once more, {row}": [facts.get(title, "0") for title in row]}


def _fitting(counts, logits, temperature):
    """Which probabilities the draws fit, by a G-test that fails right ones once in fifty million times."""

    def probabilities(factor):
        weights = [math.exp(factor * logit) for logit in logits]
        return [weight / sum(weights) for weight in weights]

    known = {
        "softmax(logits / temperature)": probabilities(1 / temperature),
        "softmax(logits)": probabilities(1),
        "softmax(logits * temperature)": probabilities(temperature),
        "all alike": probabilities(0),
        "always the largest": [float(place == logits.index(max(logits))) for place in range(len(logits))],
    }
    draws = sum(counts)

    def surprise(p):
        """2 log of the likelihood ratio: above 36 with a chance of exp(-18) if p is right."""
        return 2 * sum(
            n * math.log(n / (draws * max(q, 1e-300))) for n, q in zip(counts, p, strict=True) if n
        )

    found = {name: surprise(p) for name, p in known.items()}
    right, likeliest = "softmax(logits / temperature)", min(found, key=found.__getitem__)
    return right if found[right] < 36 else likeliest if found[likeliest] < 36 else "others"


def _loss(answer, model, docs):
    """The mean loss over some docs, in words."""
    losses = []
    with no_grad():
        for doc in docs:
            tokens = [26, *map(LETTERS.index, doc), 26]
            for scores, token in zip(answer.gpt_logits(model, tokens), tokens[1:], strict=False):
                numbers = [float(score.data) for score in scores]
                top = max(numbers)
                losses.append(top + math.log(sum(math.exp(x - top) for x in numbers)) - numbers[token])
    mean = sum(losses) / len(losses)
    bounds = {2.75: "below 2.75", 2.9: "below 2.9, as by the frequency of letters", 3.2: "below 3.2"}
    return next((words for bound, words in bounds.items() if mean < bound), "3.2 or more")
