"""A GPT of some thousand numbers that learns to invent names, on engine's Values: nothing in it is hidden.

A vector is a list of Values. A token is an integer: the letters of an alphabet of n letters are 0 to n - 1,
and n is the mark, which stands before and after each text. No function changes its arguments, and a function
may call those before it.
"""

import math
import random

from engine import Value
from engine.losses import cross_entropy
from engine.nn import Linear, Module
from engine.optim import Adam

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
Vector = list[Value]


class GPT(Module):
    """The parameters of a GPT of one layer: tables for tokens and places, and seven linear maps.

    It reads at most `places` tokens, of an alphabet of so many letters, in vectors of length `width`.
    """

    def __init__(self, letters: int, places: int, width: int, heads: int, generator: random.Random) -> None:
        def linear(inputs: int, outputs: int) -> Linear:
            return Linear(inputs, outputs, bias=False, generator=generator)

        self.heads = heads
        self.tokens = linear(width, letters + 1).weight  # a vector for each letter, and one for the mark
        self.places = linear(width, places).weight  # a vector for each place
        self.query, self.key, self.value, self.out = (linear(width, width) for _ in range(4))
        self.up, self.down = linear(width, 4 * width), linear(4 * width, width)
        self.head = linear(width, letters + 1)


# %% tokenize *
def tokenize(text: str, alphabet: str) -> list[int]:
    """The tokens of a text: the place of each letter in the alphabet, with the mark before and after them.

    A character that is not in the alphabet is a ValueError.

    >>> tokenize("cab", "abc")
    [3, 2, 0, 1, 3]
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def detokenize(tokens: list[int], alphabet: str) -> str:
    """The text of the tokens; marks are left out, wherever they stand.

    >>> detokenize([3, 2, 0, 1], "abc")
    'cab'
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% embed *
def embed(model: GPT, tokens: list[int]) -> list[Vector]:
    """A vector for each token: its row of model.tokens plus the row of its place in model.places.

    >>> model = GPT(26, 10, 4, 2, random.Random(0))
    >>> first, second = embed(model, [0, 0])
    >>> len(first), (second[3] - first[3]).data == (model.places[1][3] - model.places[0][3]).data
    (4, True)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% rmsnorm *
def rmsnorm(xs: Vector, eps: float = 1e-5) -> Vector:
    """The vector divided by the root of (the mean of its squares, plus eps).

    >>> [round(x.data, 3) for x in rmsnorm([Value(3.0), Value(-4.0)], 0.0)]
    [0.849, -1.131]
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% attention ***
def attention(q: Vector, keys: list[Vector], values: list[Vector]) -> Vector:
    """One head of attention: a mean of the values, weighted by how well q agrees with each key.

    The score of a key is the sum of the products of its numbers with those of q, divided by the root of the
    length of q. The weights are the softmax of the scores, one for each key and its value. Every key takes
    part. Scores in the thousands must not overflow.

    >>> mean = attention([Value(0.0)], [[Value(5.0)], [Value(7.0)]], [[Value(1.0)], [Value(2.0)]])
    >>> mean[0].data
    1.5
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% multi_head **
def multi_head(q: Vector, keys: list[Vector], values: list[Vector], heads: int) -> Vector:
    """Attention in several heads: each works on its own part of q, of the keys and of the values.

    The first of n heads has the first len(q) / n numbers of every vector, the second the next ones. Their
    results are put one behind the other. The length of the vectors is a multiple of heads.

    >>> q, keys = [Value(0.0), Value(0.0)], [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    >>> [v.data for v in multi_head(q, keys, keys, 2)]
    [2.0, 3.0]
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% gpt_logits ***
def gpt_logits(model: GPT, tokens: list[int]) -> list[Vector]:
    """For each place the scores of every token to come next, from the tokens up to that place alone.

    At each place, x starts as the embedding of the token. Added to it is model.out of what multi_head gives
    for model.query, model.key and model.value of the normed x: a place sees the keys and values of itself and
    of all places before it. Added to that is model.down of relu of model.up of the normed x. The scores are
    model.head of the normed x. Normed means rmsnorm, of x as it is by then.

    >>> model = GPT(26, 10, 4, 2, random.Random(0))
    >>> [len(scores) for scores in gpt_logits(model, [26, 0, 1])]
    [27, 27, 27]
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% next_token_loss **
def next_token_loss(logits: list[Vector], tokens: list[int]) -> Value:
    """The mean cross-entropy of predicting each token but the first from the scores one place before it.

    There are scores for each of the tokens; those of the last place predict nothing and do not count.

    >>> scores = [[Value(0.0), Value(0.0)], [Value(0.0), Value(0.0)], [Value(9.0), Value(0.0)]]
    >>> round(next_token_loss(scores, [1, 0, 1]).data, 4)
    0.6931
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% sample *
def sample(logits: list[float], temperature: float, rng: random.Random) -> int:
    """A token drawn with the probabilities softmax(logits / temperature).

    At temperature 0 it is the token of the largest logit, the first of them if there are several.

    >>> sample([1.0, 3.0, 2.0], 0.0, random.Random(0))
    1
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% train_gpt ***
def train_gpt(docs: list[str], rng: random.Random) -> GPT:
    """A trained GPT(26, 10, 8, 2): its mean next_token_loss over the docs is below 2.75.

    docs are the documents to learn from: some three hundred first names of at most eight letters of ALPHABET.
    All chance comes from rng. Training takes less than 60 seconds without compiling anything.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
