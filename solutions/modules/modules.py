"""Networks as PyTorch writes them: modules, their parameters, and what surrounds a forward pass.

Unless a docstring says otherwise, a batch X is a tensor (N, d_in) with one example in each row, and a model
answers with its logits (N, d_out). Nothing here may name a device: tensors stay on the one they came on.
A function may call those before it.
"""

import statistics
import time
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils import checkpoint


# %% MLP *
class MLP(nn.Module):
    """Two linear layers, `fc1` and `fc2`, with a ReLU between them; it answers with the raw logits.

    fc1 leads from input_dim to hidden_dim features, fc2 from hidden_dim to output_dim; both have a bias.

    >>> [tuple(parameter.shape) for parameter in MLP(3, 4, 2).parameters()]
    [(4, 3), (4,), (2, 4), (2,)]
    >>> MLP(3, 4, 2)(torch.zeros(5, 3)).shape
    torch.Size([5, 2])
    """

    def __init__(self, input_dim: int, hidden_dim: int, output_dim: int) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.fc2(F.relu(self.fc1(x)))
        ### END SOLUTION


# %% make_mlp *
def make_mlp(sizes: list[int], activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """nn.Linear layers of the given sizes in an nn.Sequential, with a new `activation()` between any two.

    There is no activation after the last layer. Two sizes give a single linear layer.

    >>> for layer in make_mlp([3, 5, 2]):
    ...     print(layer)
    Linear(in_features=3, out_features=5, bias=True)
    ReLU()
    Linear(in_features=5, out_features=2, bias=True)
    """
    ### BEGIN SOLUTION
    layers = []
    for d_in, d_out in pairwise(sizes):
        layers += [nn.Linear(d_in, d_out), activation()]
    return nn.Sequential(*layers[:-1])
    ### END SOLUTION


# %% init_weights **
def init_weights(module: nn.Module) -> None:
    """If `module` is an nn.Linear: Kaiming-uniform weights for relu, and biases of 0, both in place.

    The bound of the weights is sqrt(6 / fan_in). A linear layer without a bias is fine, and every other kind
    of module stays as it is. Use: `model.apply(init_weights)`, which calls it on each module of the model.

    >>> layer = nn.Linear(6, 3)
    >>> init_weights(layer)
    >>> bool(layer.weight.abs().max() < 1), layer.bias.tolist()
    (True, [0.0, 0.0, 0.0])
    """
    ### BEGIN SOLUTION
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    ### END SOLUTION


# %% predict **
def predict(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """The class probabilities of each row of X: a tensor (N, classes) whose rows sum to 1.

    The model answers in evaluation mode and without recording a graph. Afterwards each of its modules is in
    the mode it was in before, training or evaluation; they need not all be in the same one.

    >>> model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5))
    >>> probabilities = predict(model, torch.zeros(4, 2))
    >>> probabilities.shape, probabilities.requires_grad, model.training
    (torch.Size([4, 3]), False, True)
    """
    ### BEGIN SOLUTION
    was_training = {part: part.training for part in model.modules()}  # frozen ones have their own mode
    model.eval()
    try:
        with torch.no_grad():
            return torch.softmax(model(X), dim=-1)
    finally:
        for part, mode in was_training.items():
            part.training = mode
    ### END SOLUTION


# %% load_numpy_layers **
def load_numpy_layers(model: nn.Module, layers: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Copy NumPy weights into the model's nn.Linear layers, in the order in which the model has them.

    `layers` holds a pair (W, b) for each linear layer, W (d_in, d_out) and b (d_out,), so that NumPy's layer
    is X @ W + b. The model keeps its parameters (an optimizer may hold them already), their dtype and device;
    the arrays stay the caller's own, and share no memory with the model.

    >>> model = nn.Sequential(nn.Linear(2, 1))
    >>> load_numpy_layers(model, [(np.array([[1.0], [2.0]]), np.array([0.5]))])
    >>> model(torch.tensor([[10.0, 1.0]])).tolist()
    [[12.5]]
    """
    ### BEGIN SOLUTION
    linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for linear, (W, b) in zip(linears, layers, strict=True):
            linear.weight.copy_(torch.tensor(W).T)
            linear.bias.copy_(torch.tensor(b))
    ### END SOLUTION


# %% LeakySquare ***
class LeakySquare(torch.autograd.Function):
    """x**2 where x > 0 and slope * x**2 elsewhere, with a derivative written by hand.

    Use: LeakySquare.apply(x, slope). x is a tensor of any shape and memory layout, slope a 0-d tensor; both
    may require a gradient. `backward(ctx, upstream)` returns a gradient for each of the two, and None for one
    that does not need it (`ctx.needs_input_grad`). What backward needs goes through `ctx.save_for_backward`.

    >>> x = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True)
    >>> y = LeakySquare.apply(x, torch.tensor(0.5))
    >>> y.sum().backward()
    >>> y.tolist(), x.grad.tolist()
    ([2.0, 0.0, 9.0], [-2.0, 0.0, 6.0])
    """

    @staticmethod
    def forward(ctx, x: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        ctx.save_for_backward(x, slope)
        return torch.where(x > 0, 1.0, slope) * x**2
        ### END SOLUTION

    @staticmethod
    def backward(ctx, upstream: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        ### BEGIN SOLUTION
        x, slope = ctx.saved_tensors
        needs_x, needs_slope = ctx.needs_input_grad
        by_x = upstream * torch.where(x > 0, 1.0, slope) * 2 * x if needs_x else None
        # One slope serves every element, so its gradient is a sum over all of them.
        by_slope = torch.where(x > 0, 0.0, upstream * x**2).sum() if needs_slope else None
        return by_x, by_slope
        ### END SOLUTION


# %% checkpointed_forward ***
def checkpointed_forward(model: nn.Sequential, X: torch.Tensor, segments: int) -> torch.Tensor:
    """model(X), remembering for backward only what enters each of `segments` equally long runs of layers.

    The output and every gradient are those of model(X), also with dropout; whatever lies inside a run is
    computed a second time during backward, one run at a time. (The last run may be kept whole: it would be
    recomputed at once.) X itself need not require a gradient. len(model) is a multiple of `segments`.
    """
    ### BEGIN SOLUTION
    return checkpoint.checkpoint_sequential(model, segments, X, use_reentrant=False)
    ### END SOLUTION


# %% mixed_precision_forward **
def mixed_precision_forward(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """model(X) with its matrix products in bfloat16, by autocast on X's own device; the logits are float32.

    The weights are float32 before and after, and gradients reach them through the logits.

    >>> mixed_precision_forward(nn.Linear(2, 3), torch.zeros(4, 2)).dtype
    torch.float32
    """
    ### BEGIN SOLUTION
    with torch.autocast(X.device.type, dtype=torch.bfloat16):
        logits = model(X)
    return logits.float()
    ### END SOLUTION


# %% train_step **
def train_step(model: nn.Module, X: torch.Tensor, y: torch.Tensor, optimizer: torch.optim.Optimizer) -> float:
    """One step of `optimizer` on the mean cross-entropy of model(X) and the class numbers y (N,).

    Gradients that are left over from before must not take part. The answer is the loss before the step, as a
    Python float. Model, X and y are on one device, whichever that is.

    >>> model = nn.Linear(2, 3)
    >>> _ = nn.init.zeros_(model.weight), nn.init.zeros_(model.bias)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> round(train_step(model, torch.ones(4, 2), torch.tensor([0, 1, 2, 0]), optimizer), 4)  # log(3)
    1.0986
    """
    ### BEGIN SOLUTION
    loss = F.cross_entropy(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% parameters_without_gradient **
def parameters_without_gradient(model: nn.Module, loss: torch.Tensor) -> list[str]:
    """The names of the model's parameters to which backward from `loss` would give no gradient at all.

    They come in the order of model.named_parameters(). A gradient of 0 is a gradient. Nothing changes: what
    is in .grad stays, and the graph of `loss` can still be used. A loss without a graph gives no gradient to
    any parameter.

    >>> model = nn.ModuleDict({"first": nn.Linear(2, 3), "last": nn.Linear(3, 1)})
    >>> hidden = model["first"](torch.ones(1, 2)).detach()
    >>> parameters_without_gradient(model, model["last"](hidden).sum())
    ['first.weight', 'first.bias']
    """
    ### BEGIN SOLUTION
    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    if loss.requires_grad and named:
        names, parameters = zip(*named, strict=True)
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
        reached = {name for name, gradient in zip(names, gradients, strict=True) if gradient is not None}
    else:
        reached = set()
    return [name for name, _ in model.named_parameters() if name not in reached]
    ### END SOLUTION


# %% train_xor_mlp ***
def train_xor_mlp(generator: torch.Generator) -> nn.Sequential:
    """A trained network for XOR: two inputs, four hidden units, one output, and a sigmoid at the end.

    It is an nn.Sequential of nn.Linear, an activation, nn.Linear and nn.Sigmoid, and answers with
    probabilities of the shape (N, 1). For the inputs (0, 0), (0, 1), (1, 0) and (1, 1) their nn.BCELoss is
    below 0.1, whatever the generator: if a start gets stuck, another is drawn. All chance comes from it.
    """
    ### BEGIN SOLUTION
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], device=generator.device)
    y = (X[:, :1] != X[:, 1:]).float()
    criterion, loss = nn.BCELoss(), torch.tensor(1.0)
    while loss > 0.05:
        model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid()).to(X)
        for parameter in model.parameters():
            nn.init.uniform_(parameter, -1, 1, generator=generator)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for _ in range(100):
            loss = criterion(model(X), y)
            if loss < 0.05:
                break
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model
    ### END SOLUTION


# %% time_forward **
def time_forward(model: nn.Module, X: torch.Tensor, repeats: int) -> float:
    """The seconds that one pass model(X) takes: the median of `repeats` passes, which are timed one by one.

    One more pass comes before them, to warm up, and does not count. The seconds are those of a clock on the
    wall. X may be on a device that works behind the host's back, such as a GPU: a pass begins when the device
    has done all earlier work, and ends when it has done the pass. No graph is recorded, and the model stays
    in the mode it is in. `repeats` is odd.

    >>> seconds = time_forward(nn.Linear(2, 3), torch.zeros(4, 2), repeats=5)
    >>> type(seconds), 0 < seconds < 1
    (<class 'float'>, True)
    """
    ### BEGIN SOLUTION
    seconds = []

    def now() -> float:
        if not X.is_cpu:
            torch.accelerator.synchronize(X.device)
        return time.perf_counter()

    with torch.no_grad():
        model(X)
        for _ in range(repeats):
            start = now()
            model(X)
            seconds.append(now() - start)
    return statistics.median(seconds)
    ### END SOLUTION
