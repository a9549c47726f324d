"""Right answers to the modules unit, written otherwise: other modules, functions and ways through PyTorch."""

MLP_SEQUENTIAL = """
class MLP(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super(MLP, self).__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x):
        x = self.fc1(x)
        x = self.relu(x)
        x = self.fc2(x)
        return x
"""

MLP_BY_PRODUCTS = """
class MLP(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.add_module("fc1", nn.Linear(input_dim, hidden_dim))
        self.add_module("fc2", nn.Linear(hidden_dim, output_dim))

    def forward(self, x):
        h = x @ self.fc1.weight.T + self.fc1.bias
        h = torch.where(h > 0, h, torch.zeros_like(h))
        return h @ self.fc2.weight.T + self.fc2.bias
"""

MAKE_BY_INDEX = """
def make_mlp(sizes, activation=nn.ReLU):
    model = nn.Sequential()
    for i in range(len(sizes) - 1):
        if i:
            model.append(activation())
        model.append(nn.Linear(sizes[i], sizes[i + 1]))
    return model
"""

MAKE_NAMED = """
def make_mlp(sizes, activation=nn.ReLU):
    from collections import OrderedDict

    layers = OrderedDict()
    last = len(sizes) - 2
    for i in range(last + 1):
        layers[f"linear{i}"] = nn.Linear(sizes[i], sizes[i + 1])
        if i < last:
            layers[f"activation{i}"] = activation()
    return nn.Sequential(layers)
"""

MAKE_NAMED_BY_PLACE = """
def make_mlp(sizes, activation=nn.ReLU):
    from collections import OrderedDict

    layers, last = OrderedDict(), len(sizes) - 2
    for i in range(last + 1):
        name = "input" if i == 0 else "output" if i == last else f"hidden{i}"
        layers[name] = nn.Linear(sizes[i], sizes[i + 1])
        if i < last:
            layers["after " + name] = activation()
    return nn.Sequential(layers)
"""

INIT_BY_HAND = """
def init_weights(module):
    if not isinstance(module, nn.Linear):
        return
    bound = (6 / module.weight.shape[1]) ** 0.5
    module.weight.data = torch.rand_like(module.weight.data) * 2 * bound - bound
    if module.bias is not None:
        module.bias.data.fill_(0)
"""

INIT_DEFAULTS = """
def init_weights(module):
    if issubclass(type(module), nn.Linear):
        nn.init.kaiming_uniform_(module.weight)
        if module.bias is not None:
            nn.init.constant_(module.bias, 0.0)
"""

PREDICT_DECORATED = """
@torch.no_grad()
def predict(model, X):
    trained = {module for module in model.modules() if module.training}
    model.train(False)
    probabilities = F.softmax(model(X), dim=1)
    for module in trained:
        module.training = True
    return probabilities
"""

PREDICT_INFERENCE = """
def predict(model, X):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.inference_mode():
        exponentials = torch.exp(model(X) - model(X).amax(dim=1, keepdim=True))
    for module, mode in modes.items():
        module.training = mode
    return exponentials / exponentials.sum(dim=1, keepdim=True)
"""

LOAD_DATA = """
def load_numpy_layers(model, layers):
    position = 0
    for module in model.modules():
        if isinstance(module, nn.Linear):
            W, b = layers[position]
            module.weight.data.copy_(torch.from_numpy(W).T)
            module.bias.data.copy_(torch.from_numpy(b))
            position += 1
"""

LOAD_FILL = """
def load_numpy_layers(model, layers):
    linears = iter([m for _, m in model.named_modules() if isinstance(m, nn.Linear)])
    for W, b in layers:
        linear = next(linears)
        with torch.no_grad():
            linear.weight[:] = torch.as_tensor(W.T.copy(), dtype=linear.weight.dtype)
            linear.bias[:] = torch.as_tensor(b.copy(), dtype=linear.bias.dtype)
"""

LEAKY_SAVED_FACTOR = """
class LeakySquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        right = (x > 0).to(x.dtype)
        ctx.save_for_backward(x, slope)
        return right * x * x + (1 - right) * slope * x * x

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        grad_x = grad_slope = None
        if ctx.needs_input_grad[0]:
            grad_x = torch.where(x > 0, 2 * x, 2 * slope * x) * upstream
        if ctx.needs_input_grad[1]:
            grad_slope = (torch.clamp(x, max=0) ** 2 * upstream).sum()
        return grad_x, grad_slope
"""

LEAKY_NEW_STYLE = """
class LeakySquare(torch.autograd.Function):
    @staticmethod
    def forward(x, slope):
        y = x.clone()
        y[x > 0] = x[x > 0] ** 2
        y[x <= 0] = slope * x[x <= 0] ** 2
        return y

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        left = x <= 0
        by_x = upstream * 2 * x * (slope * left + ~left) if ctx.needs_input_grad[0] else None
        by_slope = torch.sum(upstream[left] * x[left] ** 2) if ctx.needs_input_grad[1] else None
        return by_x, by_slope
"""

LEAKY_SAVED_DERIVATIVES = """
class LeakySquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        factor, squares = torch.where(x > 0, torch.ones_like(x), slope), x * x
        ctx.save_for_backward(2 * factor * x, torch.where(x > 0, torch.zeros_like(x), squares))
        return factor * squares

    @staticmethod
    def backward(ctx, upstream):
        by_x, by_slope = ctx.saved_tensors
        return (
            upstream * by_x if ctx.needs_input_grad[0] else None,
            (upstream * by_slope).sum() if ctx.needs_input_grad[1] else None,
        )
"""

CHECKPOINT_ALL_RUNS = """
def checkpointed_forward(model, X, segments):
    layers = list(model)
    length = len(layers) // segments
    runs = [nn.Sequential(*layers[i : i + length]) for i in range(0, len(layers), length)]
    for run in runs:
        X = checkpoint.checkpoint(run, X, use_reentrant=False)
    return X
"""

CHECKPOINT_FUNCTIONS = """
def checkpointed_forward(model, X, segments):
    length = len(model) // segments

    def run(start):
        def forward(x):
            for layer in model[start : start + length]:
                x = layer(x)
            return x

        return forward

    for number in range(segments - 1):
        X = checkpoint.checkpoint(run(number * length), X, use_reentrant=False)
    return run((segments - 1) * length)(X)
"""

CHECKPOINT_REENTRANT = """
def checkpointed_forward(model, X, segments):
    length = len(model) // segments
    X = X if X.requires_grad else X.detach().requires_grad_()
    for start in range(0, len(model), length):
        X = checkpoint.checkpoint(model[start : start + length], X, use_reentrant=True)
    return X
"""

MIXED_DECORATED = """
def mixed_precision_forward(model, X):
    autocast = torch.amp.autocast(device_type=X.device.type, dtype=torch.bfloat16, cache_enabled=False)
    return autocast(model.forward)(X).to(torch.float32)
"""

MIXED_INSIDE = """
def mixed_precision_forward(model, X):
    with torch.autocast(device_type="cuda" if X.is_cuda else "cpu", dtype=torch.bfloat16):
        return model(X).float()
"""

STEP_CLEARS_LAST_TOO = """
def train_step(model, X, y, optimizer):
    model.train()
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(X), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())
"""

STEP_WITH_A_CLOSURE = """
def train_step(model, X, y, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        return loss

    return optimizer.step(closure).item()
"""

STEP_BY_LOG_SOFTMAX = """
def train_step(model, X, y, optimizer):
    optimizer.zero_grad(set_to_none=False)
    scores = torch.log_softmax(model(X), dim=1)
    loss = -scores[torch.arange(len(y), device=y.device), y].mean()
    loss.backward()
    optimizer.step()
    return loss.tolist()
"""

TIME_BY_EVENTS = """
@torch.no_grad()
def time_forward(model, X, repeats):
    model(X)
    times = []
    for _ in range(repeats):
        if X.device.type == "cuda":
            start = torch.cuda.Event(enable_timing=True)
            end = torch.cuda.Event(enable_timing=True)
            start.record()
            model(X)
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end) / 1e3)
        else:
            start = time.perf_counter()
            model(X)
            times.append(time.perf_counter() - start)
    return float(np.median(times))
"""

TIME_IN_NANOSECONDS = """
from time import perf_counter_ns


def time_forward(model, X, repeats):
    def wait():
        if torch.cuda.is_available():
            torch.cuda.synchronize()

    nanoseconds = []
    with torch.inference_mode():
        model(X)
        wait()
        for _ in range(repeats):
            before = perf_counter_ns()
            model(X)
            wait()
            nanoseconds.append(perf_counter_ns() - before)
    return sorted(nanoseconds)[repeats // 2] / 1_000_000_000
"""

TIME_BY_THE_DEVICE_MODULE = """
def time_forward(model, X, repeats):
    device = torch.get_device_module(X.device)
    taken = np.zeros(repeats + 1)
    with torch.no_grad():
        for i in range(repeats + 1):
            device.synchronize()
            taken[i] = -time.monotonic()
            model(X)
            device.synchronize()
            taken[i] += time.monotonic()
    return np.median(taken[1:]).item()
"""

TIME_BY_TIMEIT = """
def time_forward(model, X, repeats):
    import timeit

    def run():
        output = model(X)
        output.sum().item()

    with torch.no_grad():
        run()
        return statistics.median(timeit.repeat(run, number=1, repeat=repeats))
"""

ALTERNATIVES = {
    "MLP": [MLP_SEQUENTIAL, MLP_BY_PRODUCTS],
    "make_mlp": [MAKE_BY_INDEX, MAKE_NAMED, MAKE_NAMED_BY_PLACE],
    "init_weights": [INIT_BY_HAND, INIT_DEFAULTS],
    "predict": [PREDICT_DECORATED, PREDICT_INFERENCE],
    "load_numpy_layers": [LOAD_DATA, LOAD_FILL],
    "LeakySquare": [LEAKY_SAVED_FACTOR, LEAKY_NEW_STYLE, LEAKY_SAVED_DERIVATIVES],
    "checkpointed_forward": [CHECKPOINT_ALL_RUNS, CHECKPOINT_FUNCTIONS, CHECKPOINT_REENTRANT],
    "mixed_precision_forward": [MIXED_DECORATED, MIXED_INSIDE],
    "train_step": [STEP_CLEARS_LAST_TOO, STEP_BY_LOG_SOFTMAX, STEP_WITH_A_CLOSURE],
    "parameters_without_gradient": [
        '''
def parameters_without_gradient(model, loss):
    """Backward, and what was in .grad put back."""
    kept = [p.grad for p in model.parameters()]
    model.zero_grad()
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    names = [name for name, p in model.named_parameters() if p.grad is None]
    for p, grad in zip(model.parameters(), kept):
        p.grad = grad
    return names
''',
        '''
def parameters_without_gradient(model, loss):
    """One parameter at a time."""
    def grad(p):
        if p.requires_grad and loss.requires_grad:
            return torch.autograd.grad(loss, p, retain_graph=True, allow_unused=True)[0]

    return [name for name, p in model.named_parameters() if grad(p) is None]
''',
    ],
    "train_xor_mlp": [
        '''
def train_xor_mlp(generator):
    """Recursion for a start that gets stuck; tanh, two hundred steps."""
    model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
    for p in model.parameters():
        p.data.normal_(generator=generator)
    X, y = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([[0.0], [1], [1], [0]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        F.binary_cross_entropy(model(X), y).backward()
        optimizer.step()
    return model if F.binary_cross_entropy(model(X), y) < 0.08 else train_xor_mlp(generator)
''',
        '''
def train_xor_mlp(generator):
    """Another start until one does, by steps of momentum."""
    X, loss = torch.cartesian_prod(torch.arange(2.0), torch.arange(2.0)), torch.inf
    while loss > 0.08:
        model = nn.Sequential(nn.Linear(2, 4), nn.LeakyReLU(0.1), nn.Linear(4, 1), nn.Sigmoid())
        for p in model.parameters():
            p.data = torch.rand(p.shape, generator=generator) * 3 - 1.5
        optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
        for _ in range(300):
            model.zero_grad()
            (loss := nn.BCELoss()(model(X), X.sum(dim=1, keepdim=True) % 2)).backward()
            optimizer.step()
    return model
''',
    ],
    "time_forward": [TIME_BY_EVENTS, TIME_IN_NANOSECONDS, TIME_BY_THE_DEVICE_MODULE, TIME_BY_TIMEIT],
}
