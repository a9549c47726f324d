"""Right answers of the gpt unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "tokenize": [
        '''
def tokenize(text, alphabet):
    """A dictionary from letters to numbers, and an error of its own."""
    places = {letter: place for place, letter in enumerate(alphabet)}
    unknown = set(text) - set(places)
    if unknown:
        raise ValueError(f"not in the alphabet: {unknown}")
    tokens = [len(alphabet)]
    for letter in text:
        tokens.append(places[letter])
    tokens.append(len(alphabet))
    return tokens


def detokenize(tokens, alphabet):
    text = ""
    for token in tokens:
        if token != len(alphabet):
            text += alphabet[token]
    return text
''',
        '''
def tokenize(text, alphabet):
    """With the mark as a letter that no text has."""
    return [len(alphabet)] + list(map(alphabet.index, text)) + [len(alphabet)]


def detokenize(tokens, alphabet):
    return "".join([*alphabet, ""][token] for token in tokens)
''',
    ],
    "embed": [
        '''
def embed(model, tokens):
    """By number."""
    vectors = []
    for i in range(len(tokens)):
        row, place = model.tokens[tokens[i]], model.places[i]
        vectors.append([row[j] + place[j] for j in range(len(row))])
    return vectors
''',
        '''
def embed(model, tokens):
    """Rows added by map."""
    rows = [model.tokens[token] for token in tokens]
    return [list(map(Value.__add__, row, model.places[i])) for i, row in enumerate(rows)]
''',
    ],
    "rmsnorm": [
        '''
def rmsnorm(xs, eps=1e-5):
    """A division for each number."""
    squares = [x ** 2 for x in xs]
    root = (sum(squares) / len(squares) + eps) ** 0.5
    return [x / root for x in xs]
''',
        '''
def rmsnorm(xs, eps=1e-5):
    """By the logarithm of the root, from the product of the vector with itself."""
    total = Value(0.0)
    for x in xs:
        total = total + x * x
    log = (total * (1 / len(xs)) + eps).log()
    return [x * (log * -0.5).exp() for x in xs]
''',
    ],
    "attention": [
        '''
def attention(q, keys, values):
    """Softmax by way of its logarithm, and a mean that grows value by value."""
    from engine.losses import logsumexp

    scale = len(q) ** -0.5
    scores = [sum(a * b * scale for a, b in zip(q, key)) for key in keys]
    log_total = logsumexp(scores)
    weights = [(score - log_total).exp() for score in scores]
    mean = [Value(0.0) for _ in values[0]]
    for weight, value in zip(weights, values):
        mean = [m + weight * v for m, v in zip(mean, value)]
    return mean
''',
        '''
def attention(q, keys, values):
    """q scaled first; one division at the end."""
    q = [x / math.sqrt(len(q)) for x in q]
    scores = [sum(q[j] * key[j] for j in range(len(q))) for key in keys]
    largest = scores[0]
    for score in scores:
        if score > largest:
            largest = score
    exps = [math.e ** (score - largest) for score in scores]
    total = sum(exps)
    return [sum(e * value[j] for e, value in zip(exps, values)) / total for j in range(len(values[0]))]
''',
    ],
    "multi_head": [
        '''
def multi_head(q, keys, values, heads):
    """Every vector cut into its parts first."""
    size = len(q) // heads

    def cut(vector):
        return [vector[h * size : (h + 1) * size] for h in range(heads)]

    parts = zip(cut(q), zip(*map(cut, keys)), zip(*map(cut, values)))
    return [x for q, keys, values in parts for x in attention(q, list(keys), list(values))]
''',
        '''
def multi_head(q, keys, values, heads):
    """By recursion: the first head, and the others behind it."""
    if heads == 1:
        return attention(q, keys, values)
    n = len(q) // heads
    first = attention(q[:n], [k[:n] for k in keys], [v[:n] for v in values])
    return first + multi_head(q[n:], [k[n:] for k in keys], [v[n:] for v in values], heads - 1)
''',
    ],
    "gpt_logits": [
        '''
def gpt_logits(model, tokens):
    """All keys and values first, and a slice of them for each place."""
    xs = embed(model, tokens)
    normed = [rmsnorm(x) for x in xs]
    keys, values = [model.key(n) for n in normed], [model.value(n) for n in normed]
    logits = []
    for place, (x, n) in enumerate(zip(xs, normed)):
        upto = place + 1
        added = model.out(multi_head(model.query(n), keys[:upto], values[:upto], model.heads))
        x = [a + b for a, b in zip(x, added)]
        added = model.down([max(h, 0.0) for h in model.up(rmsnorm(x))])
        x = [a + b for a, b in zip(x, added)]
        logits.append(model.head(rmsnorm(x)))
    return logits
''',
        '''
def gpt_logits(model, tokens):
    """Only the last place, asked again for each beginning of the tokens."""

    def add(x, y):
        return [a + b for a, b in zip(x, y)]

    def last(tokens):
        xs = embed(model, tokens)
        normed = [rmsnorm(x, 1e-5) for x in xs]
        keys, values = [model.key(n) for n in normed], [model.value(n) for n in normed]
        x = add(xs[-1], model.out(multi_head(model.query(normed[-1]), keys, values, model.heads)))
        x = add(x, model.down([h.relu() for h in model.up(rmsnorm(x, 1e-5))]))
        return model.head(rmsnorm(x, 1e-5))

    return [last(tokens[: n + 1]) for n in range(len(tokens))]
''',
    ],
    "next_token_loss": [
        '''
def next_token_loss(logits, tokens):
    """Log-sum-exp by hand."""
    losses = []
    for i in range(len(tokens) - 1):
        top = max(x.data for x in logits[i])
        log_total = sum((x - top).exp() for x in logits[i]).log() + top
        losses.append(log_total - logits[i][tokens[i + 1]])
    return sum(losses) / len(losses)
''',
        '''
def next_token_loss(logits, tokens):
    """By logsumexp of the engine, each prediction with its weight at once."""
    from engine.losses import logsumexp

    pairs = list(zip(logits, tokens[1:]))
    return sum((logsumexp(row) - row[token]) * (1 / len(pairs)) for row, token in pairs)
''',
    ],
    "sample": [
        '''
def sample(logits, temperature, rng):
    """A number between 0 and the sum of the weights says how far to go."""
    if not temperature:
        return max(range(len(logits)), key=logits.__getitem__)
    top = max(logits)
    weights = [math.exp(logit / temperature - top / temperature) for logit in logits]
    left = rng.random() * sum(weights)
    for token, weight in enumerate(weights):
        left -= weight
        if left < 0:
            return token
    return weights.index(max(weights))
''',
        '''
def sample(logits, temperature, rng):
    """Gumbel's trick: the largest of the logits, each with noise added."""
    if temperature == 0:
        return logits.index(max(logits))
    noisy = [logit / temperature - math.log(-math.log(1.0 - rng.random() or 1e-300)) for logit in logits]
    return noisy.index(max(noisy))
''',
    ],
    "train_gpt": [
        '''
def train_gpt(docs, rng):
    """Every name a little: a shuffled list, and the sum of two losses, which begins with a Value of 0."""
    model = GPT(26, 10, 8, 2, rng)
    params = model.parameters()
    optimizer = Adam(params, lr=0.05, betas=(0.9, 0.99))
    order = rng.sample(docs, 160)
    while len(order) > 1:
        optimizer.lr = 0.05 * len(order) / 160
        for p in params:
            p.grad = 0.0
        total = Value(0.0)
        for name in (order.pop(), order.pop()):
            tokens = tokenize(name, ALPHABET)
            total = total + next_token_loss(gpt_logits(model, tokens), tokens) / 2
        total.backward()
        optimizer.step()
    return model
''',
        '''
def train_gpt(docs, rng):
    """Adam by hand, the rate falling by a cosine."""
    model = GPT(26, 10, 8, 2, rng)
    params = model.parameters()
    m, v, zero = [0.0] * len(params), [0.0] * len(params), Value(0.0)  # a leaf of each step, no parameter
    for t in range(1, 141):
        tokens = tokenize(docs[rng.randrange(len(docs))], ALPHABET)
        loss = zero + next_token_loss(gpt_logits(model, tokens), tokens)
        model.zero_grad()
        loss.backward()
        lr = 0.02 * (1 + math.cos(math.pi * t / 141))
        for i, p in enumerate(params):
            m[i] += 0.1 * (p.grad - m[i])
            v[i] += 0.01 * (p.grad**2 - v[i])
            p.data -= lr * (m[i] / (1 - 0.9**t)) / (math.sqrt(v[i] / (1 - 0.99**t)) + 1e-8)
    return model
''',
    ],
}
