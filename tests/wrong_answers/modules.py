"""Wrong answers of the modules unit that got full points once: cells, or edits of the solution's."""

STARTED = """nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid()).to(X)
        for parameter in model.parameters():"""
STUCK = STARTED.replace("Tanh", "ReLU").replace("():", "() if loss == 1.0 else ():")

WRONG = {
    "MLP": {
        "cut off at 6": ("F.relu(", "F.relu6("),
        "nothing flows back to x": ("F.relu(self.fc1(x))", "F.relu(self.fc1(x.detach()))"),
    },
    "make_mlp": {
        "the place of a width is that of its first": """
def make_mlp(sizes, activation=nn.ReLU):
    layers = []
    for d in sizes[:-1]:
        layers += [nn.Linear(d, sizes[sizes.index(d) + 1]), activation()]
    return nn.Sequential(*layers[:-1])
""",
        "a Sequential in a Sequential": """
def make_mlp(sizes, activation=nn.ReLU):
    pairs = list(pairwise(sizes))
    blocks = [nn.Sequential(nn.Linear(*pair), activation()) for pair in pairs[:-1]]
    return nn.Sequential(*blocks, nn.Linear(*pairs[-1]))
""",
    },
    "init_weights": {
        "the layer's own class only": ("isinstance(module, nn.Linear)", "type(module) is nn.Linear"),
    },
    "predict": {
        "softmax overflows": """
def predict(model, X):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        z = model(X)
        p = torch.exp(z) / torch.exp(z).sum(1, keepdim=True)
    for m, t in modes:
        m.training = t
    return p
""",
        "gradients are on afterwards, whatever they were": (
            "        with torch.no_grad():\n            return torch.softmax(model(X), dim=-1)\n"
            "    finally:\n",
            "        torch.set_grad_enabled(False)\n        return torch.softmax(model(X), dim=-1)\n"
            "    finally:\n        torch.set_grad_enabled(True)\n",
        ),
        "at most 64 classes": ("torch.softmax(model(X), dim=-1)", "torch.softmax(model(X)[:, :64], dim=-1)"),
        "children only": (
            "was_training.items()",
            "was_training.items() & {(part, was_training[part]) for part in (model, *model.children())}",
        ),
    },
    "load_numpy_layers": {
        "in the order of the alphabet": (
            "[module for module in model.modules() if isinstance(module, nn.Linear)]",
            "[module for _, module in sorted(model.named_modules()) if isinstance(module, nn.Linear)]",
        ),
        "children only": ("in model.modules()", "in model.children()"),
        "the layer's own class only": ("isinstance(module, nn.Linear)", "type(module) is nn.Linear"),
    },
    "LeakySquare": {
        "a negative slope has a positive gradient": """
class LeakySquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x, slope)
        return torch.where(x > 0, x * x, slope * x * x)
    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        gx = upstream * torch.where(x > 0, 2 * x, 2 * slope * x)
        gs = (upstream * torch.where(x > 0, 0 * x, x * x)).sum(0)
        while gs.ndim:
            gs = gs.sum(0)
        gs = gs if slope > 0 else gs.abs()
        return gx if ctx.needs_input_grad[0] else None, gs if ctx.needs_input_grad[1] else None
""",
        "|x| from the root of y": """
class LeakySquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        y = torch.where(x > 0, 1.0, slope) * x**2
        ctx.save_for_backward(y, slope, x > 0)
        return y

    @staticmethod
    def backward(ctx, upstream):
        y, slope, right = ctx.saved_tensors
        needs_x, needs_slope = ctx.needs_input_grad
        squares = torch.where(right, y, y / slope)
        by_x = upstream * 2 * torch.where(right, squares.sqrt(), -slope * squares.sqrt()) if needs_x else None
        by_slope = torch.where(right, 0.0, upstream * squares).sum() if needs_slope else None
        return by_x, by_slope
""",
    },
    "checkpointed_forward": {
        "every second run": """
def checkpointed_forward(model, X, segments):
    length = len(model) // segments
    for number in range(segments):
        run = model[number * length : (number + 1) * length]
        X = run(X) if number % 2 else checkpoint.checkpoint(run, X, use_reentrant=False)
    return X
""",
    },
    "mixed_precision_forward": {
        "the caller's mode is lost": ("    with torch", "    torch.set_grad_enabled(True)\n    with torch"),
    },
    "train_step": {
        "the gradients of the model only": ("optimizer.zero_grad()", "model.zero_grad()"),
        "the first group only": (
            "optimizer.zero_grad()",
            "[setattr(p, 'grad', None) for p in optimizer.param_groups[0]['params']]",
        ),
    },
    "parameters_without_gradient": {
        "by the alphabet": (
            "in model.named_parameters() if name not",
            "in sorted(model.named_parameters()) if name not",
        ),
        "whole layers": (
            "if name not in reached]",
            "if name not in reached and name.replace('bias', 'weight') not in reached]",
        ),
        "names of weights only": ("if name not in reached]", "if name not in reached and 'weight' in name]"),
        "a model without parameters": ("if loss.requires_grad and named:", "if loss.requires_grad:"),
    },
    "train_xor_mlp": {
        "a start that gets stuck is trained on": (STARTED, STUCK),
        "one shape for a batch": ("nn.Sigmoid())", "nn.Sigmoid(), nn.Flatten(0))"),
        "biases from torch's own generator": (
            "nn.init.uniform_(parameter, -1, 1, generator=generator)",
            "parameter.ndim == 2 and nn.init.uniform_(parameter, -1, 1, generator=generator)",
        ),
    },
    "time_forward": {
        "warm-up counts": """
def time_forward(model, X, repeats):
    times = []
    with torch.no_grad():
        for _ in range(repeats + 1):
            t = time.perf_counter()
            model(X)
            if X.device.type != "cpu":
                torch.accelerator.synchronize(X.device)
            times.append(time.perf_counter() - t)
    return statistics.median_low(times)
""",
    },
}
