"""Wrong answers of the gpt unit that are subtle: edits of the solution's."""

SCORE = "sum(a * b for a, b in zip(q, key, strict=True)) / math.sqrt(len(q))"
TOP = "max(score.data for score in scores)"
ASKED = "multi_head(model.query(normed), keys, values, model.heads)"
LOSS = "cross_entropy(logits[: len(tokens) - 1], tokens[1:])"
LOOP = """for step in range(120):
        optimizer.lr = 0.03 * (1 - step / 120)
        tokens = tokenize(rng.choice(docs), ALPHABET)"""

WRONG = {
    "tokenize": {
        "blanks at the ends are cut off": (
            "for letter in text",
            "for letter in text.strip()",
        ),
        "letters by their code": ("alphabet.index(letter) for", "ord(letter) - ord(min(alphabet)) for"),
        "only alphabets of 26 letters": ("mark = len(alphabet)", "mark = 26"),
        "an unknown letter is the mark": (
            "alphabet.index(letter) for",
            "(alphabet + letter).index(letter) for",
        ),
        "no mark around an empty text": (
            "[mark, *(alphabet.index(letter) for letter in text), mark]",
            "[mark, *(alphabet.index(letter) for letter in text), mark][: 99 if text else 1]",
        ),
    },
    "embed": {
        "the place of the token's first occurrence": (
            "in zip(tokens, model.places, strict=False)",
            "in zip(tokens, [model.places[tokens.index(t)] for t in tokens], strict=False)",
        ),
        "places out of the graph": ("a + b", "a + b.data"),
    },
    "rmsnorm": {
        "eps fixed": ("(mean + eps)", "(mean + 1e-5)"),
        "eps as a floor": ("(mean + eps)", "max(mean, Value(eps))"),
        "size by the largest number": ("sum(x * x for x in xs) / len(xs)", "max(x * x for x in xs)"),
        "divided by n - 1": ("/ len(xs)", "/ max(len(xs) - 1, 1)"),
    },
    "attention": {
        "scaled by the length of the values": ("math.sqrt(len(q))", "math.sqrt(len(values[0]))"),
        "scale fixed at 2": ("math.sqrt(len(q))", "2"),
        "scores clipped": (SCORE, f"max(min({SCORE}, 50.0), -50.0)"),
        "only the last two keys": ("for key in keys]", "for key in keys[-2:]]"),
        "shifted by the first score": (TOP, "scores[0].data"),
        "shifted by the largest absolute score": (TOP, "max(abs(score.data) for score in scores)"),
        "query out of the graph": ("a * b for", "a.data * b for"),
        "a floor under the total": ("total = sum(weights)", "total = sum(weights) + 1e-6"),
    },
    "multi_head": {
        "two heads at all times": ("len(q) // heads", "max(len(q) // 2, 1)"),
        "keys of the whole vector": ("[key[part] for key in keys]", "[key[:size] for key in keys]"),
        "heads in reverse": ("range(0, len(q), size)", "range(len(q) - size, -1, -size)"),
    },
    "gpt_logits": {
        "the last six places only": (
            "keys, values, model.heads",
            "keys[-6:], values[-6:], model.heads",
        ),
        "two heads": (
            "model.heads",
            "2",
        ),
        "two places back at most": (ASKED, ASKED.replace("keys, values,", "keys[-2:], values[-2:],")),
        "four places back at most": (ASKED, ASKED.replace("keys, values,", "keys[-4:], values[-4:],")),
        "keys of the first place out of the graph": (
            "keys.append(model.key(normed))",
            "keys.append([Value(k.data) for k in model.key(normed)] if not keys else model.key(normed))",
        ),
        "keys not normed": ("model.key(normed)", "model.key(x)"),
        "values not normed": ("model.value(normed)", "model.value(x)"),
        "query not normed": ("model.query(normed)", "model.query(x)"),
        "hidden layer not normed": ("model.up(rmsnorm(x))", "model.up(x)"),
        "leaky relu": ("h.relu()", "(h.relu() - 0.01 * (-h).relu())"),
        "no eps": ("model.head(rmsnorm(x))", "model.head(rmsnorm(x, 0.1))"),
        "the same token seen once": (
            "in embed(model, tokens):",
            "in embed(model, list(dict.fromkeys(tokens))):",
        ),
    },
    "next_token_loss": {
        "base 2": (LOSS, f"{LOSS} / math.log(2)"),
        "the mark does not count": (
            LOSS,
            f"{LOSS} * sum(t != len(logits[0]) - 1 for t in tokens[1:]) / (len(tokens) - 1)",
        ),
        "the first prediction left out": (
            LOSS,
            "cross_entropy(logits[1 : len(tokens) - 1] or logits[:1], tokens[2:] or tokens[1:])",
        ),
        "probabilities clipped": (LOSS, f"min({LOSS}, Value(20.0))"),
    },
    "sample": {
        "temperatures below 0.2 are 0": (
            "if temperature == 0",
            "if temperature < 0.2",
        ),
        "unlikely tokens never come": (
            "    return rng.choices",
            "    weights = [w if w > 0.005 * sum(weights) else 0.0 for w in weights]\n    return rng.choices",
        ),
        "the last of the largest": ("logits.index(top)", "len(logits) - 1 - logits[::-1].index(top)"),
        "temperature squared": ("(logit - top) / temperature", "(logit - top) / temperature**2"),
        "at least half": ("(logit - top) / temperature", "(logit - top) / max(temperature, 1.0)"),
        "never the least likely": (
            "rng.choices(range(len(logits)), weights)",
            "rng.choices(range(len(logits)), [w * (w > min(weights)) or 1e-300 for w in weights])",
        ),
        "the first five only": (
            "rng.choices(range(len(logits)), weights)",
            "rng.choices(range(len(logits))[:5], weights[:5])",
        ),
        "low temperatures are 0": ("temperature == 0", "temperature < 0.6"),
    },
    "train_gpt": {
        "one head": ("GPT(26, 10, 8, 2, rng)", "GPT(26, 10, 8, 1, rng)"),
        "two names only": (LOOP, LOOP.replace("120", "40").replace("(docs)", "(docs[:2])")),
        "one step in ten is taken": (
            "        optimizer.step()",
            "        if step % 10 == 0:\n            optimizer.step()",
        ),
        "a tiny rate": (LOOP, LOOP.replace("120", "40").replace("0.03", "0.0003")),
        "tables not trained": ("Adam(model.parameters()", "Adam(model.parameters()[len(model.tokens) * 8 :]"),
        "weights from the module random": ("GPT(26, 10, 8, 2, rng)", "GPT(26, 10, 8, 2, random)"),
    },
}
