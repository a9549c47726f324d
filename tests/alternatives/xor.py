"""Right answers to the xor unit, written otherwise: arrays, other loops, other means of the engine."""

ADAM_ARRAYS = """
def adam_step(params, grads, state, lr, betas, eps):
    p, g = np.array(params), np.array(grads)
    t = 1 + state.get("steps", 0)
    m = np.array(state.get("m", np.zeros_like(p)))
    v = np.array(state.get("v", np.zeros_like(p)))
    m += (1 - betas[0]) * (g - m)
    v += (1 - betas[1]) * (g**2 - v)
    p -= lr / (1 - betas[0] ** t) * m / (np.sqrt(v) / np.sqrt(1 - betas[1] ** t) + eps)
    return p.tolist(), {"steps": t, "m": m.tolist(), "v": v.tolist()}
"""

ADAM_HISTORY = """
def adam_step(params, grads, state, lr, betas, eps):
    history = [*state.get("history", []), list(grads)]
    weights = [[(1 - beta) * beta**age for age in reversed(range(len(history)))] for beta in betas]
    moved = []
    for i, p in enumerate(params):
        m = sum(w * g[i] for w, g in zip(weights[0], history)) / sum(weights[0])
        v = sum(w * g[i] ** 2 for w, g in zip(weights[1], history)) / sum(weights[1])
        moved.append(p - lr * m / (v**0.5 + eps))
    return moved, {"history": history}
"""

ADAM_ONE_BY_ONE = """
def adam_step(params, grads, state, lr, betas, eps):
    moved, kept = [], {}
    for i in range(len(params)):
        t, m, v = state.get(i, (0, 0.0, 0.0))
        t += 1
        m = betas[0] * m + (1 - betas[0]) * grads[i]
        v = betas[1] * v + (1 - betas[1]) * grads[i] ** 2
        kept[i] = (t, m, v)
        m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
        moved.append(params[i] - lr * m_hat / (v_hat**0.5 + eps))
    return moved, kept
"""

TRAIN_WITH_THE_ENGINES_ADAM = """
def train_xor(seed):
    from engine import Value
    from engine.optim import Adam

    random.seed(seed)
    model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
    optimizer = Adam(model.parameters(), lr=0.05)
    for _ in range(200):
        loss = Value(0.0)
        for x, y in zip(INPUTS, TARGETS):
            loss = loss + binary_cross_entropy_with_logits(model(x), [y])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model
"""

TRAIN_EXAMPLE_BY_EXAMPLE = """
class Net(Module):
    def __init__(self, rng):
        self.hidden = Linear(2, 8, generator=rng)
        self.out = Linear(8, 1, generator=rng)

    def forward(self, x):
        return self.out([h.tanh() for h in self.hidden(x)])[0]


def train_xor(seed):
    model, state, loss = Net(random.Random(seed)), {}, 1.0
    params = [p for _, p in model.named_parameters()]
    while loss > 0.02:
        for p in params:
            p.grad = 0.0
        loss = 0.0
        for x, y in zip(INPUTS, TARGETS):
            part = binary_cross_entropy_with_logits(model(x), y) / 4
            part.backward()
            loss += part.item()
        moved, state = adam_step(
            [p.data for p in params], [p.grad for p in params], state, 0.1, (0.9, 0.999), 1e-8
        )
        for p, value in zip(params, moved):
            p.data = value
    return model
"""

TRAIN_BY_GRAD = """
def train_xor(seed):
    from engine import grad
    from engine import functional as F

    rng = np.random.default_rng(seed)
    model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
    params, state = model.parameters(), {}
    for p in params:
        p.data = float(rng.normal()) / 2
    for _ in range(120):
        loss = 0
        for x, y in zip(INPUTS, TARGETS):
            z = model(x)[0]
            loss = loss + F.softplus(-z if y else z) / 4
        numbers, state = adam_step(
            [p.data for p in params], [float(g) for g in grad(loss, params)], state, 0.1, (0.9, 0.99), 1e-8
        )
        for p, number in zip(params, numbers):
            p.data = number
    return model
"""

ACCURACY_BY_SIGMOID = """
def accuracy(logits, y):
    probabilities = 1 / (1 + np.exp(-logits.reshape(-1)))
    return np.mean((probabilities >= 0.5).astype(int) == y.reshape(-1).astype(int))
"""

ACCURACY_BY_LOOP = """
def accuracy(logits, y):
    right = 0
    for z, label in zip(logits.flatten(), y.flatten()):
        right += int((z >= 0) == bool(label))
    return right / logits.size
"""

ALTERNATIVES = {
    "adam_step": [ADAM_ARRAYS, ADAM_HISTORY, ADAM_ONE_BY_ONE],
    "train_xor": [TRAIN_WITH_THE_ENGINES_ADAM, TRAIN_EXAMPLE_BY_EXAMPLE, TRAIN_BY_GRAD],
    "accuracy": [ACCURACY_BY_SIGMOID, ACCURACY_BY_LOOP],
}
