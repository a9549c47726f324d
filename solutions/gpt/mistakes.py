"""Classic wrong answers of the gpt unit, and what a tutor says to each."""

from autograder.declare import slips

tokenize = slips("tokenize")
tokenize(
    "mark forgotten before", "Your tokens begin with a letter. The mark stands before the first one too."
).write("[mark, *(", "[*(")
tokenize(
    "mark forgotten after", "Nothing tells the model where a text ends: put the mark behind it too."
).write("text), mark]", "text)]")
tokenize(
    "unknown letters dropped",
    "You left out characters that are not in the alphabet, so a model would learn other words. Raise a "
    "ValueError.",
).write("letter in text)", "letter in text if letter in alphabet)")
tokenize(
    "letters counted from 1",
    "Your first letter is 1. Count from 0; then the mark is the length of the alphabet.",
).write("(alphabet.index(letter) for", "(alphabet.index(letter) + 1 for")
tokenize(
    "mark is the last letter",
    "Your mark has the number of the last letter. It needs a number of its own: the next one.",
).write("len(alphabet)", "len(alphabet) - 1")
detokenize = slips("detokenize")
detokenize(
    "only the first and last token left out",
    "You cut off the first and the last token. Leave out the marks instead, wherever they stand.",
).write(
    "alphabet[token] for token in tokens if token < len(alphabet)",
    "alphabet[token] for token in tokens[1:-1]",
)
detokenize(
    "ends at the first mark",
    "You stopped at the first mark, which is usually the first token. Leave marks out and go on.",
).write(
    '"".join(alphabet[token] for token in tokens if token < len(alphabet))',
    '"".join(alphabet[t] for t in tokens[: [*tokens, len(alphabet)].index(len(alphabet))])',
)

embed = slips("embed")
embed(
    "places forgotten",
    "The same letter has the same vector at every place. Add the row of its place in model.places.",
).write("a + b for", "a for")
embed(
    "tokens forgotten", "Your vectors depend on the place alone. Add the row of the token in model.tokens."
).write("a + b for", "b for")
embed(
    "the same place for all",
    "You added the first row of model.places to every token. Each place has a row of its own.",
).write("zip(model.tokens[token], place,", "zip(model.tokens[token], model.places[0],")
embed("multiplied", "You multiplied the two rows. Add them.").write("a + b", "a * b")
embed(
    "numbers without a graph",
    "Your vectors are numbers without a graph: no gradient reaches the tables. Add the Values themselves.",
).write("a + b", "Value(a.data + b.data)")
embed("places counted from 1", "The first token got the second row of model.places. Count from 0.").write(
    "zip(tokens, model.places,", "zip(tokens, model.places[1:] + model.places[:1],"
)

rmsnorm = slips("rmsnorm")
MEAN = "sum(x * x for x in xs) / len(xs)"
rmsnorm("mean subtracted", "You subtracted the mean, as layer norm does. RMSNorm only divides.").write(
    "mean = sum", "centre = sum(xs) / len(xs)\n    xs = [x - centre for x in xs]\n    mean = sum"
)
rmsnorm(
    "eps outside of the root", "You added eps to the root. It is added under the root, to the mean."
).write("(mean + eps) ** -0.5", "(mean**0.5 + eps) ** -1")
rmsnorm("sum for the mean", "You divided by the vector's length. Take the mean of the squares.").write(
    MEAN, "sum(x * x for x in xs)"
)
rmsnorm("no root", "You divided by the mean of the squares itself. Take its root.").write("** -0.5", "** -1")
rmsnorm("multiplied by the root", "You multiplied by the root. Divide by it.").write("** -0.5", "** 0.5")
rmsnorm("eps left out", "A vector of zeros is divided by 0. Add eps to the mean of the squares.").drop(
    " + eps"
)
rmsnorm(
    "scale out of the graph",
    "You took the mean out of the graph with .data, so its part of the gradient is lost. Keep it a Value.",
).write("(mean + eps) ** -0.5", "(mean.data + eps) ** -0.5")

attention = slips("attention")
SCALE = " / math.sqrt(len(q))"
attention("no scale", "Your scores are not divided by the root of the length of q.").drop(SCALE)
attention("scaled by d", "You divided by the length of q. Divide by its root.").write(SCALE, " / len(q)")
attention(
    "scale of the number of keys",
    "You divided by the root of how many keys there are. It is the length of q.",
).write("math.sqrt(len(q))", "math.sqrt(len(keys))")
attention("multiplied by the root", "You multiplied the scores by the root. Divide.").write(
    SCALE, " * math.sqrt(len(q))"
)
attention(
    "keys and values exchanged",
    "You compared q with the values and took the mean of the keys. It is the other way round.",
).write("zip(q, key, strict=True)", "zip(q, key)").write("for key in keys]", "for key in values]").write(
    "zip(*values,", "zip(*keys,"
)
attention(
    "keys mixed", "Your weights are right, but you took the mean of the keys. Take that of the values."
).write("zip(*values,", "zip(*keys,")
attention(
    "no softmax", "You weighted the values with the scores. The weights are the softmax of the scores."
).write("[weight / total for weight in weights]", "scores")
attention(
    "weights not divided by their sum", "Your weights do not sum to 1: divide each by the sum of all."
).write("weight / total for", "weight for")
attention(
    "largest score not subtracted", "exp overflows for large scores. Subtract the largest from all."
).write("(score - top)", "score")
attention(
    "only the best key found",
    "You took the value of the best key alone, so no gradient reaches q. Weight all values by softmax.",
).write("[weight / total for weight in weights]", "[float(score.data == top) for score in scores]")
attention(
    "mean of all values",
    "All your weights are equal. They depend on how well q agrees with each key.",
).write("[weight / total for weight in weights]", "[1 / len(keys)] * len(keys)")


@attention("softmax over the wrong axis")
def over_the_features(q, keys, values):
    """Your softmax goes over the numbers of one key. It goes over the keys: one weight for each key."""
    shares = []
    for key in keys:
        products = [(a * b / len(q) ** 0.5) for a, b in zip(q, key, strict=True)]
        top = max(p.data for p in products)
        exps = [(p - top).exp() for p in products]
        total = sum(exps)
        shares.append([e / total for e in exps])
    width = len(values[0])
    return [
        sum(share[j % len(q)] * v[j] for share, v in zip(shares, values, strict=True)) for j in range(width)
    ]


multi_head = slips("multi_head")
PART = "slice(start, start + size)"
multi_head(
    "heads not split", "One head got the whole vectors. Each head works on its own part of every vector."
).write("len(q) // heads", "len(q)")
multi_head(
    "the whole vector for each head",
    "Each of your heads got the whole vectors, so the result is too long. A head works on its own part.",
).write(PART, "slice(None)")
multi_head(
    "heads interleaved",
    "Your heads take every n-th number. A head's part is a row of numbers that stand side by side.",
).write("range(0, len(q), size)", "range(heads)").write(PART, "slice(start, None, heads)")
multi_head(
    "scale of the whole vector",
    "You scaled by the length of the whole q. Each head divides by the root of the length of its part.",
).write("attention(q[part],", "attention([x * heads**-0.5 for x in q[part]],")
multi_head("q not split", "Every head got the first part of q. Each has a part of its own.").write(
    "q[part]", "q[:size]"
)
multi_head(
    "values not split", "Every head got the first part of the values. Each has a part of its own."
).write("value[part] for", "value[:size] for")
multi_head("outputs added", "You added the results of the heads. Put them one behind the other.").write(
    "return found", "return [sum(found[j::size]) for j in range(size)] * heads"
)
multi_head(
    "heads in reverse", "The result of your first head comes last. Keep the order of the heads."
).write(
    "found += attention(q[part], [key[part] for key in keys], [value[part] for value in values])",
    "found = attention(q[part], [key[part] for key in keys], [value[part] for value in values]) + found",
)

gpt_logits = slips("gpt_logits")
ADDED = "zip(x, model.out(seen), strict=True)"
ALL_FIRST = """for x in embed(model, tokens):
        keys.append(model.key(rmsnorm(x)))
        values.append(model.value(rmsnorm(x)))
    for x in embed(model, tokens):"""
ATTENTION = "multi_head(model.query(normed), keys, values, model.heads)"

gpt_logits(
    "no causal mask",
    "Every place gets the keys and values of all tokens, so the model reads the next one instead of "
    "predicting it. A place gets those up to itself.",
).write("for x in embed(model, tokens):", ALL_FIRST).drop("keys.append(model.key(normed))").drop(
    "values.append(model.value(normed))"
)
gpt_logits(
    "mask after the softmax",
    "You set later places to 0 after the softmax, so the other weights no longer sum to 1. Later places must "
    "not take part in the softmax at all.",
).write("for x in embed(model, tokens):", ALL_FIRST).drop("keys.append(model.key(normed))").drop(
    "values.append(model.value(normed))"
).write(
    ATTENTION,
    ATTENTION.replace(
        " values,", " [[v * (at <= len(logits)) for v in vs] for at, vs in enumerate(values)],"
    ),
)
gpt_logits(
    "a place does not see itself",
    "A place gets the keys and values of earlier places only. It sees itself too: add its own first.",
).write(ATTENTION, ATTENTION.replace("keys, values,", "keys[:-1] or keys, values[:-1] or values,"))
gpt_logits(
    "a place sees itself alone",
    "A place gets its own key and value only. Keep those of earlier places in lists.",
).write(ATTENTION, ATTENTION.replace("keys, values,", "keys[-1:], values[-1:],"))
gpt_logits(
    "places forgotten",
    "You began with the rows of model.tokens, so the model does not know the order of the letters. Begin "
    "with embed.",
).write("in embed(model, tokens)", "in [model.tokens[token] for token in tokens]")
gpt_logits(
    "first residual forgotten", "The result of attention took the place of x. Add it to x instead."
).write(f"[a + b for a, b in {ADDED}]", "model.out(seen)")
gpt_logits(
    "second residual forgotten", "The result of the hidden layer took the place of x. Add it to x instead."
).write("[a + b for a, b in zip(x, model.down(hidden), strict=True)]", "model.down(hidden)")
gpt_logits(
    "both residuals forgotten",
    "The results of attention and of the hidden layer took the place of x. Add both to x instead.",
).write(f"[a + b for a, b in {ADDED}]", "model.out(seen)").write(
    "[a + b for a, b in zip(x, model.down(hidden), strict=True)]", "model.down(hidden)"
)
gpt_logits(
    "norm after instead of before",
    "You normed x after something was added to it. Norm what goes into attention, into the hidden layer and "
    "into the head; x itself stays as it is.",
).write("normed = rmsnorm(x)", "normed = x").write("hidden = ", "x = rmsnorm(x)\n        hidden = ").write(
    "model.up(rmsnorm(x))", "model.up(x)"
).write("logits.append", "x = rmsnorm(x)\n        logits.append").write(
    "model.head(rmsnorm(x))", "model.head(x)"
)
gpt_logits(
    "added to the normed x",
    "You added the result of attention to the normed x. Add it to x as it was before the norm.",
).write(ADDED, "zip(normed, model.out(seen), strict=True)")
gpt_logits("last norm forgotten", "model.head got x as it is. Norm x first.").write(
    "model.head(rmsnorm(x))", "model.head(x)"
)
gpt_logits(
    "relu forgotten",
    "Without relu, model.up and model.down together are one linear map. Put relu between them.",
).write("h.relu()", "h")
gpt_logits(
    "model.out forgotten", "You added the result of multi_head as it is. It goes through model.out first."
).write("model.out(seen)", "seen")
gpt_logits(
    "keys and values exchanged", "You made the keys with model.value and the values with model.key."
).swap("model.key(", "model.value(")
gpt_logits(
    "one head",
    "You used one head. The model says how many there are: model.heads.",
    code=r"multi_head|attention",
).write("model.heads", "1")
gpt_logits(
    "scores of the last place only", "You return the scores of the last place. Return those of every place."
).write("return logits", "return logits[-1:]")
gpt_logits(
    "hidden layer forgotten", "The hidden layer is missing: model.up, relu and model.down, added to x."
).write("model.down(hidden)", "[0.0] * len(x)")

next_token_loss = slips("next_token_loss")
ALL = "cross_entropy(logits[: len(tokens) - 1], tokens[1:])"
next_token_loss(
    "predicts itself",
    "Each place predicts its own token, which it has just seen. It has to predict the next one.",
).write(ALL, "cross_entropy(logits, tokens)")
next_token_loss(
    "predicts itself, but for the last",
    "Each place predicts its own token, which it has just seen: your labels begin with the first token. They "
    "begin with the second one.",
).write(ALL, "cross_entropy(logits[:-1], tokens[:-1])")
next_token_loss(
    "shifted targets", "Each place predicts the token before it. It has to predict the next one."
).write(ALL, "cross_entropy(logits[1:], tokens[:-1])")
next_token_loss(
    "sum for the mean", "You added up the losses of the tokens, so long names count more. Take their mean."
).write(ALL, 'cross_entropy(logits[: len(tokens) - 1], tokens[1:], reduction="sum")')
next_token_loss(
    "divided by all tokens", "There is one prediction fewer than tokens: divide by how many there are."
).write(ALL, f"{ALL} * (len(tokens) - 1) / len(tokens)")
next_token_loss(
    "divided by the letters", "You divided by the number of letters. The mean is over the predictions."
).write(ALL, 'cross_entropy(logits[: len(tokens) - 1], tokens[1:], reduction="sum") / len(logits[0])')
next_token_loss(
    "the last prediction only",
    "You took the loss of the last token alone. Every token but the first is predicted.",
).write(ALL, "cross_entropy(logits[-2], tokens[-1])")
next_token_loss(
    "a number without a graph", "Your loss is a plain number, from which no gradient flows."
).write(ALL, f"Value({ALL}.data)")

sample = slips("sample")
WEIGHT = "math.exp((logit - top) / temperature)"
sample(
    "multiplied by the temperature", "You multiplied the logits by the temperature. Divide them by it."
).write(WEIGHT, "math.exp((logit - top) * temperature)")
sample(
    "temperature behind the softmax",
    "You divided the probabilities by the temperature, where it cancels. Divide the logits.",
).write(WEIGHT, "math.exp(logit - top) / temperature")
sample("always the largest", "You took the largest logit at every temperature. Draw, unless it is 0.").write(
    "if temperature == 0:", "if True:"
)
sample(
    "divided by a temperature of 0", "At 0 you divided by it. There the largest logit is the answer."
).write("if temperature == 0:", "if False:")
sample("all alike", "Your tokens all have the same probability. Give the draw its weights.").drop(", weights")
sample(
    "largest logit not subtracted", "exp overflows for large logits. Subtract the largest from all."
).write("(logit - top) /", "logit /")
sample("chance from the module random", "You drew from the state that all share. Draw from rng.").write(
    "rng.choices", "__import__('random').choices"
)
sample(
    "always the same draw",
    "You made a new generator for each call, so each draw is its first. Draw from rng.",
).write("rng.choices", "random.Random(0).choices")

train_gpt = slips("train_gpt")
train_gpt(
    "gradients not cleared", "Each step used the gradients of all steps before. Clear them in every round."
).drop("optimizer.zero_grad()")
train_gpt(
    "cleared between backward and step",
    "You cleared the gradients between backward and step, so no parameter moves. Clear them before backward.",
).drop("optimizer.zero_grad()").write(
    "        optimizer.step()", "        optimizer.zero_grad()\n        optimizer.step()"
)
train_gpt("one name only", "Every step learned the same name. Draw another one each time.").write(
    "rng.choice(docs)", "docs[0]"
)
train_gpt(
    "only the head trained", "The optimizer has the parameters of the head alone. Give it all of them."
).write("Adam(model.parameters()", "Adam(model.head.parameters()")
train_gpt("too few steps", "Training ended after a few steps. Some 120 are enough.").write(
    "range(120)", "range(13)"
)
train_gpt("uphill", "The loss grows: the gradients have the wrong sign.").write(
    "next_token_loss(gpt_logits(model, tokens), tokens)",
    "(-next_token_loss(gpt_logits(model, tokens), tokens))",
).write("range(120)", "range(8)")
train_gpt(
    "chance not from rng", "The same generator gives other steps, or another one the same: use rng alone."
).write("GPT(26, 10, 8, 2, rng)", "GPT(26, 10, 8, 2, random.Random(0))").write(
    "rng.choice(", "random.Random(step).choice("
)
train_gpt("another size", "Your model has another size than asked for: GPT(26, 10, 8, 2).").write(
    "GPT(26, 10, 8, 2, rng)", "GPT(26, 10, 6, 2, rng)"
).write("range(120)", "range(8)")
