"""Classic wrong answers of the modules unit, and what a tutor says to each."""

import copy
import statistics
import time
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

from autograder.declare import slips


class _TwoLayers(nn.Module):
    """What most wrong MLPs have right: their constructor."""

    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)


# MLP


MLP = slips("MLP")


@MLP("layers in a plain list")
class LayersInAList(nn.Module):
    """The model has no parameters: a module finds the layers that are attributes of self, and does not look
    into a plain list. Make fc1 and fc2 attributes, or use nn.ModuleList where you need a list.
    """

    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.layers = [nn.Linear(input_dim, hidden_dim), nn.Linear(hidden_dim, output_dim)]

    def forward(self, x):
        return self.layers[1](F.relu(self.layers[0](x)))


@MLP("softmax in forward")
class SoftmaxInForward(_TwoLayers):
    """Your model answers with probabilities. Cross-entropy takes the softmax itself, so it would be taken
    twice: let forward end with the raw scores of fc2.
    """

    def forward(self, x):
        return torch.softmax(self.fc2(F.relu(self.fc1(x))), dim=-1)


@MLP("log_softmax in forward")
class LogSoftmaxInForward(_TwoLayers):
    """Your model answers with log-probabilities, which is what nll_loss wants. Here raw scores are asked
    for: let forward end with fc2.
    """

    def forward(self, x):
        return torch.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=-1)


@MLP("no nonlinearity")
class NoNonlinearity(_TwoLayers):
    """Nothing bends between the layers, so the two of them are worth a single linear layer. Put a ReLU
    between fc1 and fc2.
    """

    def forward(self, x):
        return self.fc2(self.fc1(x))


@MLP("ReLU after the last layer too")
class ReluAtTheEndToo(_TwoLayers):
    """No score of yours is ever negative: the ReLU after fc2 cuts them off, and their gradient with them.
    The activation stands between the layers only.
    """

    def forward(self, x):
        return F.relu(self.fc2(F.relu(self.fc1(x))))


@MLP("ReLU before the first layer")
class ReluOnTheInput(_TwoLayers):
    """The ReLU meets the input: negative features never get through. It belongs after fc1."""

    def forward(self, x):
        return self.fc2(self.fc1(F.relu(x)))


@MLP("tanh in place of ReLU")
class TanhBetween(_TwoLayers):
    """Between the layers you have a tanh, which saturates on both sides. This network uses ReLU."""

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))


@MLP("super().__init__ missing")
class BaseNotInitialised(nn.Module):
    """nn.Module has to prepare itself before it can take in layers: call the __init__ of the base class
    first, then assign fc1 and fc2.
    """

    def __init__(self, d_in, d_hidden, d_out):
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.fc2 = nn.Linear(d_hidden, d_out)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


@MLP("layers without biases")
class NoBiases(nn.Module):
    """Both biases are missing: an input of zeros could only ever give zeros. Leave nn.Linear its bias."""

    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim, bias=False)
        self.fc2 = nn.Linear(hidden_dim, output_dim, bias=False)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


@MLP("hidden layer taken out of the graph")
class HiddenDetached(_TwoLayers):
    """The numbers are right, but fc1 gets no gradient and will never learn: .data or .detach() took its
    output out of the graph.
    """

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)).detach())


@MLP("axes of length 1 squeezed away")
class Squeezed(_TwoLayers):
    """With one example or one output an axis has disappeared: squeeze() removes every axis of length 1. A
    batch keeps the shape (N, output_dim), whatever the numbers.
    """

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x))).squeeze()


# Right on a CPU, and wrong or slow on a GPU.


@MLP("one row at a time", tier="gpu")
class RowByRow(_TwoLayers):
    """Your forward goes through the rows in a Python loop: a GPU has thousands of cores, and you give it one
    row at a time. The layers take the whole batch at once.
    """

    def forward(self, x):
        rows = [self.fc2(F.relu(self.fc1(row))) for row in x]
        return torch.stack(rows) if rows else self.fc2(self.fc1(x))


@MLP("a look for NaN in every forward", tier="gpu")
class LooksForNan(_TwoLayers):
    """Your forward asks whether there is a NaN, and the answer is a Python bool: the CPU waits for the GPU
    in every call, and then the GPU for the CPU. Look for NaN in the loss, once in a while.
    """

    def forward(self, x):
        logits = self.fc2(F.relu(self.fc1(x)))
        if torch.isnan(logits.sum()):
            raise ValueError("NaN in the logits")
        return logits


# make_mlp


def _pairs(sizes):
    return pairwise(sizes)


make_mlp = slips("make_mlp")


@make_mlp("activation after the last layer")
def activation_at_the_end(sizes, activation=nn.ReLU):
    """Your network ends with an activation, so its scores are never negative. Activations stand between two
    linear layers; after the last one comes none.
    """
    return nn.Sequential(*(m for a, b in _pairs(sizes) for m in (nn.Linear(a, b), activation())))


@make_mlp("one activation shared by all layers")
def one_activation_for_all(sizes, activation=nn.ReLU):
    """You made one activation and used it everywhere. Without a state that goes unnoticed; nn.PReLU has a
    slope to learn, and all layers would share it. Make a new one for each gap.
    """
    shared = activation()
    return nn.Sequential(*[m for a, b in _pairs(sizes) for m in (nn.Linear(a, b), shared)][:-1])


@make_mlp("last layer missing")
def last_layer_missing(sizes, activation=nn.ReLU):
    """One layer too few: the last size is never reached. n sizes make n - 1 linear layers."""
    return activation_at_the_end(sizes[:-1], activation)


@make_mlp("no activations")
def only_linear_layers(sizes, activation=nn.ReLU):
    """Only linear layers: together they are worth one of them. Put an activation between each two."""
    return nn.Sequential(*(nn.Linear(a, b) for a, b in _pairs(sizes)))


@make_mlp("always ReLU")
def always_relu(sizes, activation=nn.ReLU):
    """The caller asked for another activation and got ReLU: use the argument `activation`."""
    return nn.Sequential(*[m for a, b in _pairs(sizes) for m in (nn.Linear(a, b), nn.ReLU())][:-1])


@make_mlp("activation not called")
def class_in_place_of_module(sizes, activation=nn.ReLU):
    """You put the class itself into the network, and nn.Sequential takes modules only. Call `activation()`
    to make one.
    """
    return nn.Sequential(*[m for a, b in _pairs(sizes) for m in (nn.Linear(a, b), activation)][:-1])


@make_mlp("activation before each layer")
def activation_first(sizes, activation=nn.ReLU):
    """Your network begins with an activation, which cuts the input. Begin with a linear layer."""
    return nn.Sequential(*(m for a, b in _pairs(sizes) for m in (activation(), nn.Linear(a, b))))


@make_mlp("nn.ModuleList in place of nn.Sequential")
def a_module_list(sizes, activation=nn.ReLU):
    """An nn.ModuleList keeps modules but cannot be called: it does not know in which order they work.
    nn.Sequential calls one after the other.
    """
    return nn.ModuleList([m for a, b in _pairs(sizes) for m in (nn.Linear(a, b), activation())][:-1])


@make_mlp("softmax at the end")
def softmax_at_the_end(sizes, activation=nn.ReLU):
    """Your network answers with probabilities. Let it end with the last linear layer: the loss takes the
    softmax.
    """
    layers = [m for a, b in _pairs(sizes) for m in (nn.Linear(a, b), activation())]
    return nn.Sequential(*layers[:-1], nn.Softmax(dim=-1))


# init_weights


def _zero_bias(module):
    if module.bias is not None:
        nn.init.zeros_(module.bias)


init_weights = slips("init_weights")


@init_weights("PyTorch's default range")
def default_range(module):
    """Your weights reach 1 / sqrt(fan_in), as those of a new nn.Linear do. For relu they may reach sqrt(6 /
    fan_in), 2.4 times as far.
    """
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, a=5**0.5)
        _zero_bias(module)


@init_weights("Xavier in place of Kaiming")
def xavier(module):
    """Xavier's range depends on fan_in + fan_out and is made for tanh. relu loses half of the signal at each
    layer, and Kaiming makes up for it.
    """
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        _zero_bias(module)


@init_weights("normal in place of uniform")
def normal(module):
    """The standard deviation is right, but some weights lie far outside the range: you drew from a normal
    distribution. Use the uniform one.
    """
    if isinstance(module, nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        _zero_bias(module)


@init_weights("fan_out in place of fan_in")
def fan_out(module):
    """The range follows the number of outputs. To keep the signal's size on its way forward it has to follow
    the number of inputs; nn.Linear keeps its weight as (d_out, d_in).
    """
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="relu")
        _zero_bias(module)


@init_weights("gain of a linear layer")
def no_gain(module):
    """Your weights are smaller by the factor sqrt(2), which is what relu needs to keep the signal's size: it
    switches off half of the units. Say nonlinearity='relu'.
    """
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="linear")
        _zero_bias(module)


@init_weights("weights start at 0")
def zero_weights(module):
    """All weights are equal, so all units of a layer compute the same, get the same gradient and stay the
    same for ever. Random weights break that symmetry.
    """
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.weight)
        _zero_bias(module)


@init_weights("biases left as they were")
def bias_left(module):
    """The weights are right, but the biases kept their old numbers. Set them to 0."""
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")


@init_weights("weights left as they were")
def weights_left(module):
    """The biases are 0, but the weights kept their old numbers. Functions of nn.init that end in an
    underscore change the tensor; others only give a new one.
    """
    if isinstance(module, nn.Linear):
        _zero_bias(module)


@init_weights("a layer without bias forgotten")
def counts_on_a_bias(module):
    """nn.Linear(..., bias=False) has the bias None, and None cannot be filled. Look before you fill."""
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        bias = module.bias
        nn.init.zeros_(bias)


@init_weights("every module with a weight touched")
def whatever_has_a_weight(module):
    """You asked whether the module has a weight. A BatchNorm has one too, and it must start at 1. Ask
    whether the module is an nn.Linear.
    """
    weight = getattr(module, "weight", None)
    if weight is not None:
        if weight.dim() > 1:
            nn.init.kaiming_uniform_(weight, nonlinearity="relu")
        else:
            nn.init.zeros_(weight)
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)


@init_weights("layers below the module started too")
def layers_below(module):
    """You went through module.modules(), and so started layers that are not yours yet: apply calls your
    function on each of them anyway. Look at the module itself only.
    """
    for each in module.modules():
        if isinstance(each, nn.Linear):
            nn.init.kaiming_uniform_(each.weight, nonlinearity="relu")
            _zero_bias(each)


@init_weights("a new parameter assigned")
def new_parameter(module):
    """The layer has new parameters: an optimizer that was made before still holds the old ones, and will
    never move these. Change the numbers in place.
    """
    if isinstance(module, nn.Linear):
        bound = (6 / module.in_features) ** 0.5
        module.weight = nn.Parameter(torch.empty_like(module.weight).uniform_(-bound, bound))
        _zero_bias(module)


@init_weights("seeded inside")
def seeded_inside(module):
    """Every layer of one shape starts with the same weights, because you set the seed in the function.
    Seeding is the caller's, once for the whole model.
    """
    torch.manual_seed(0)
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        _zero_bias(module)


# predict


predict = slips("predict")


@predict("model left in training mode")
def no_eval(model, X):
    """Dropout was at work, and batch norm used the batch: ask twice, and the answers differ. Put the model
    into evaluation mode first.
    """
    with torch.no_grad():
        return torch.softmax(model(X), dim=-1)


@predict("graph recorded")
def no_no_grad(model, X):
    """The answer has a grad_fn: every activation is kept for a backward pass that never comes. Run the model
    under torch.no_grad().
    """
    was = model.training
    model.eval()
    probabilities = torch.softmax(model(X), dim=-1)
    model.train(was)
    return probabilities


@predict("graph cut off afterwards")
def detached(model, X):
    """detach() hides the graph after all of it was recorded, and the memory was needed while the model ran.
    Switch recording off before.
    """
    return no_no_grad(model, X).detach()


@predict("gradients switched off for good")
def grad_off_for_good(model, X):
    """After your call nothing records gradients any more, and the next backward fails. Use `torch.no_grad()`
    in a with statement, which puts things back.
    """
    torch.set_grad_enabled(False)
    return no_no_grad(model, X)


@predict("weights frozen")
def weights_frozen(model, X):
    """You switched requires_grad off on the model's own parameters: it can never be trained again. Leave the
    parameters alone, and use torch.no_grad().
    """
    return no_no_grad(model.requires_grad_(False), X)


@predict("mode not restored")
def mode_not_restored(model, X):
    """The model was training and is in evaluation mode now: its dropout stays off for the rest of the
    training. Put the mode back.
    """
    model.eval()
    with torch.no_grad():
        return torch.softmax(model(X), dim=-1)


@predict("always back to training")
def always_back_to_training(model, X):
    """A model that was in evaluation mode comes back in training mode. Remember which mode it was in."""
    probabilities = mode_not_restored(model, X)
    model.train()
    return probabilities


def _predicting(finish):
    """A right predict, but for what it makes of the logits."""

    def predict(model, X):
        was = model.training
        model.eval()
        with torch.no_grad():
            answer = finish(model(X))
        model.train(was)
        return answer

    return predict


predict(
    "softmax over the batch",
    "The columns sum to 1: each class was shared out among the examples. Each example's classes should sum "
    "to 1, so the softmax goes along the last axis.",
)(_predicting(lambda logits: torch.softmax(logits, dim=0)))

predict(
    "logits returned", "These are raw scores: some are negative, and rows do not sum to 1. Take the softmax."
)(_predicting(lambda logits: logits))

predict(
    "class numbers returned",
    "You returned the most probable class. The caller wants all probabilities, and may take the argmax "
    "himself.",
)(_predicting(lambda logits: logits.argmax(dim=-1)))

predict(
    "sigmoid in place of softmax",
    "Each score became a probability of its own, and a row sums to anything. The classes exclude each "
    "other, so they share one probability of 1.",
)(_predicting(torch.sigmoid))

predict(
    "log-probabilities returned",
    "All your numbers are negative: log_softmax gives the logarithms of the probabilities.",
)(_predicting(lambda logits: torch.log_softmax(logits, dim=-1)))

predict(
    "NumPy array returned",
    "The numbers are right, but they came back as a NumPy array, on the CPU. The caller gave a tensor and "
    "wants one, on the same device.",
)(_predicting(lambda logits: torch.softmax(logits, dim=-1).numpy(force=True)))


@predict(".cpu() in the middle", tier="gpu")
def by_way_of_the_cpu(model, X):
    """The logits travel to the CPU and back: the softmax could have been taken where they were, without
    waiting. Leave .cpu() to whoever needs the numbers there.
    """
    was_training = model.training
    model.eval()
    with torch.no_grad():
        probabilities = torch.softmax(model(X).cpu(), dim=-1).to(X.device)
    model.train(was_training)
    return probabilities


@predict("device hard-coded", tier="gpu")
def always_on_the_cpu(model, X):
    """You move X to 'cpu' by name, while the model may be on a GPU: then two devices meet, and nothing
    works. X and the model are on one device already; a function need not know which.
    """
    was_training = model.training
    model.eval()
    with torch.no_grad():
        probabilities = torch.softmax(model(X.to("cpu")), dim=-1)
    model.train(was_training)
    return probabilities


# load_numpy_layers


def _loading(transform=lambda W: W.T, *, bias=True, order=1):
    """A loader that copies in place, with one thing wrong."""

    def load(model, layers):
        linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
        with torch.no_grad():
            for linear, (W, b) in zip(linears, layers[::order], strict=True):
                linear.weight.copy_(torch.tensor(transform(W)))
                if bias:
                    linear.bias.copy_(torch.tensor(b))

    return load


def _assigning(weight, bias):
    """A loader that gives each layer new tensors."""

    def load(model, layers):
        linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
        for linear, (W, b) in zip(linears, layers, strict=True):
            weight(linear, W)
            bias(linear, b)

    return load


load_numpy_layers = slips("load_numpy_layers")


load_numpy_layers(
    "not transposed",
    "NumPy's W is (d_in, d_out), and nn.Linear keeps (d_out, d_in). A square W fits either way and is just "
    "as wrong. Transpose it.",
)(_loading(lambda W: W))

load_numpy_layers(
    "reshaped in place of transposed",
    "The shape is right, but the numbers stand in the wrong places: reshape fills row by row, a transpose "
    "turns rows into columns.",
)(_loading(lambda W: W.reshape(W.shape[::-1])))

load_numpy_layers(
    "biases forgotten", "The biases kept their old numbers. Each pair of `layers` holds a W and a b."
)(_loading(bias=False))

load_numpy_layers(
    "layers in reverse",
    "The last weights went into the first layer. The order of `layers` is that of the model.",
)(_loading(order=-1))

load_numpy_layers(
    "new parameters",
    "The model has new parameters, and an optimizer that was made before trains the old ones. Copy into the "
    "parameters that are there.",
)(
    _assigning(
        lambda linear, W: setattr(linear, "weight", nn.Parameter(torch.tensor(W.T).to(linear.weight))),
        lambda linear, b: setattr(linear, "bias", nn.Parameter(torch.tensor(b).to(linear.bias))),
    )
)

load_numpy_layers(
    "float64 brought in",
    "Your float32 model has become a float64 one, because NumPy's numbers are: twice the memory, and "
    "float32 data no longer fit. Copying with copy_ keeps the dtype.",
)(
    _assigning(
        lambda linear, W: setattr(linear.weight, "data", torch.tensor(W.T)),
        lambda linear, b: setattr(linear.bias, "data", torch.tensor(b)),
    )
)

load_numpy_layers(
    "memory shared with the arrays",
    "The model now works on the caller's own arrays: training it changes them, and changing them changes the "
    "model. torch.from_numpy copies nothing.",
)(
    _assigning(
        lambda linear, W: setattr(linear.weight, "data", torch.from_numpy(W.T).to(linear.weight.dtype)),
        lambda linear, b: setattr(linear.bias, "data", torch.from_numpy(b).to(linear.bias.dtype)),
    )
)

load_numpy_layers(
    "bias of shape (1, d)",
    "The bias has become a row of shape (1, d). Sums still come out right, by broadcasting, but a "
    "checkpoint of this model will not load. A bias has the shape (d,).",
)(
    _assigning(
        lambda linear, W: setattr(linear.weight, "data", torch.tensor(W.T).to(linear.weight)),
        lambda linear, b: setattr(linear.bias, "data", torch.tensor(b[None]).to(linear.bias)),
    )
)


# LeakySquare


def _factor(x, slope):
    return torch.where(x > 0, 1.0, slope)


class _Leaky(torch.autograd.Function):
    """A right one, to make wrong ones of."""

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x, slope)
        return _factor(x, slope) * x**2

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        return _needed(ctx, *_gradients(x, slope, upstream))


def _gradients(x, slope, upstream):
    return upstream * _factor(x, slope) * 2 * x, torch.where(x > 0, 0.0, upstream * x**2).sum()


def _needed(ctx, *gradients):
    return tuple(g if needed else None for g, needed in zip(gradients, ctx.needs_input_grad, strict=True))


LeakySquare = slips("LeakySquare")


@LeakySquare("upstream gradient forgotten")
class UpstreamForgotten(_Leaky):
    """Your gradients are the local ones. backward is in the middle of a chain: multiply by `upstream`, which
    brings what comes after.
    """

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        return _needed(ctx, *_gradients(x, slope, torch.ones_like(upstream)))


@LeakySquare("memory layout taken for granted")
class LaidFlat(_Leaky):
    """view wants a tensor whose memory is in order, and a transposed or expanded one is not. Work element by
    element, or use reshape.
    """

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x, slope)
        flat = x.view(-1)
        return (_factor(flat, slope) * flat**2).view(x.shape)


@LeakySquare("memory layout of the upstream gradient taken for granted")
class UpstreamLaidFlat(_Leaky):
    """The upstream gradient has a layout of its own: sum() hands back one number expanded to the whole
    shape, which view cannot flatten. Work element by element, or use reshape.
    """

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        flat = x.reshape(-1)
        by_x, by_slope = _gradients(flat, slope, upstream.view(-1))
        return _needed(ctx, by_x.view(x.shape), by_slope)


@LeakySquare("ctx.needs_input_grad ignored")
class ComputesBoth(_Leaky):
    """You computed gradients that nobody asked for. ctx.needs_input_grad says which inputs need one; return
    None for the others.
    """

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        return _gradients(x, slope, upstream)


@LeakySquare("no gradient for the slope")
class SlopeNotLearned(_Leaky):
    """The slope never gets a gradient, so it cannot be learned. It is an input like x: y changes with it
    wherever x is not positive.
    """

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        return _needed(ctx, _gradients(x, slope, upstream)[0], None)


@LeakySquare("gradient of the slope from all elements")
class SlopeFromAll(_Leaky):
    """The positive elements do not know the slope, but they took part in its gradient. Add up those with x
    <= 0 only.
    """

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        return _needed(ctx, _gradients(x, slope, upstream)[0], (upstream * x**2).sum())


@LeakySquare("factor 2 missing")
class HalfAsSteep(_Leaky):
    """Your gradient of x is half of the right one: the derivative of x**2 is 2 * x."""

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        by_x, by_slope = _gradients(x, slope, upstream)
        return _needed(ctx, by_x / 2, by_slope)


@LeakySquare("leak missing in backward")
class NoLeakBackwards(_Leaky):
    """On the left your gradient is that of x**2: the factor slope is in forward, but not in backward."""

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        return _needed(ctx, upstream * 2 * x, _gradients(x, slope, upstream)[1])


@LeakySquare("slope squared too")
class SlopeSquared(torch.autograd.Function):
    """On the left you got (slope * x)**2: the leak was squared with x. The slope multiplies the square."""

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x, slope)
        return _factor(x, slope) ** 2 * x**2

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        by_x = upstream * _factor(x, slope) ** 2 * 2 * x
        return _needed(ctx, by_x, 2 * slope * (upstream * x**2)[x <= 0].sum())


@LeakySquare("tensors kept on ctx itself")
class KeptOnCtx(torch.autograd.Function):
    """x was changed between forward and backward, and your gradient came out wrong without a word. Tensors
    that go through ctx.save_for_backward are watched; attributes of ctx are not.
    """

    @staticmethod
    def forward(ctx, x, slope):
        ctx.x, ctx.slope = x, slope
        return _factor(x, slope) * x**2

    @staticmethod
    def backward(ctx, upstream):
        return _needed(ctx, *_gradients(ctx.x, ctx.slope, upstream))


@LeakySquare("x changed in place")
class ChangesItsInput(torch.autograd.Function):
    """Your forward squared the caller's own x. Whoever uses x next gets other numbers: use an operation
    without an underscore.
    """

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x.clone(), slope)
        factor = _factor(x, slope)
        return x.pow_(2) * factor

    @staticmethod
    def backward(ctx, upstream):
        x, slope = ctx.saved_tensors
        return _needed(ctx, *_gradients(x, slope, upstream))


@LeakySquare("slope taken out as a number", tier="gpu")
class SlopeAsANumber(_Leaky):
    """slope.item() waits until the GPU has computed everything before it. torch.where takes the tensor as it
    is.
    """

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x, slope)
        return torch.where(x > 0, x**2, slope.item() * x**2)


# checkpointed_forward


checkpointed_forward = slips("checkpointed_forward")


@checkpointed_forward("nothing checkpointed")
def nothing_checkpointed(model, X, segments):
    """The output is right, but everything was kept for backward, as by model(X) itself. Hand runs of layers
    to torch.utils.checkpoint.
    """
    return model(X)


@checkpointed_forward("one checkpoint around the whole model")
def one_checkpoint(model, X, segments):
    """Backward rebuilds all layers at once, so for a moment everything is in memory again. Cut the model
    into `segments` runs.
    """
    return checkpoint(model, X, use_reentrant=False)


@checkpointed_forward("a checkpoint for every layer")
def every_layer(model, X, segments):
    """Every layer is a run of its own: nothing inside a run is saved, because a run has no inside. Put
    len(model) / segments layers into each.
    """
    return checkpoint_sequential(model, len(model), X, use_reentrant=False)


@checkpointed_forward("segments taken for the length of one")
def segments_as_length(model, X, segments):
    """You made runs of `segments` layers. It is the number of runs that is given."""
    return checkpoint_sequential(model, len(model) // segments, X, use_reentrant=False)


@checkpointed_forward("reentrant checkpoint without a gradient for X")
def reentrant(model, X, segments):
    """Most weights got no gradient. The reentrant kind of checkpoint believes that nothing needs one when
    its input X does not. Use use_reentrant=False.
    """
    return checkpoint_sequential(model, segments, X, use_reentrant=True)


@checkpointed_forward("computed without a graph")
def without_graph(model, X, segments):
    """Under no_grad nothing is saved, and nothing is learned either: backward has no graph to follow. A
    checkpoint runs the layers again in backward, with gradients on.
    """
    size = len(model) // segments
    with torch.no_grad():
        X = model[:-size](X)
    return model[-size:](X)


@checkpointed_forward("detached between the runs")
def detached_between(model, X, segments):
    """Only the last run has gradients: you detached what goes from one run to the next, and the graph ends
    there.
    """
    size = len(model) // segments
    for start in range(0, len(model), size):
        X = checkpoint(model[start : start + size], X.detach(), use_reentrant=False)
    return X


@checkpointed_forward("dropout differs the second time")
def other_dropout(model, X, segments):
    """The recomputed layers dropped other units than the first time, so the gradients belong to another
    network. Leave preserve_rng_state as it is.
    """
    return checkpoint_sequential(model, segments, X, use_reentrant=False, preserve_rng_state=False)


@checkpointed_forward("evaluation mode")
def evaluation_mode(model, X, segments):
    """You switched the model to evaluation, so dropout is off, and it stays off. The mode is the
    caller's.
    """
    return checkpoint_sequential(model.eval(), segments, X, use_reentrant=False)


KEPT = []


@checkpointed_forward("outputs kept in a list", tier="gpu")
def outputs_kept(model, X, segments):
    """A list of yours holds the output of every layer, for a look at them perhaps: then checkpointing frees
    nothing. Keep a mean or a norm of them, as a number.
    """
    KEPT.clear()
    hooks = [layer.register_forward_hook(lambda *args: KEPT.append(args[-1].detach())) for layer in model]
    output = checkpoint_sequential(model, segments, X, use_reentrant=False)
    for hook in hooks:
        hook.remove()
    return output


# mixed_precision_forward


mixed_precision_forward = slips("mixed_precision_forward")


@mixed_precision_forward("weights cast for good")
def cast_for_good(model, X):
    """The model's own weights are bfloat16 now: most of their digits are gone, and small updates will be
    rounded away. Use autocast, which rounds copies.
    """
    return model.bfloat16()(X.bfloat16()).float()


@mixed_precision_forward("weights cast there and back")
def there_and_back(model, X):
    """The weights are float32 again, but the digits that bfloat16 dropped did not come back. Use autocast,
    which rounds copies.
    """
    logits = model.bfloat16()(X.bfloat16()).float()
    model.float()
    return logits


@mixed_precision_forward("no autocast on X's device")
def hard_coded_device(model, X):
    """The layers computed in float32, so autocast was not on where X is. Autocast for cuda does nothing to
    tensors on the CPU, and the other way round: name no device, but ask X where it lives.
    """
    elsewhere = "cpu" if X.is_cuda else "cuda"
    with torch.autocast(elsewhere, dtype=torch.bfloat16):
        return model(X).float()


@mixed_precision_forward("logits left in bfloat16")
def logits_in_bfloat16(model, X):
    """The logits came back as bfloat16, with 3 digits. Losses and sums want more: turn them into float32."""
    with torch.autocast(X.device.type, dtype=torch.bfloat16):
        return model(X)


@mixed_precision_forward("float16 in place of bfloat16")
def float16(model, X):
    """You computed in float16, which ends at 65504 and needs its loss scaled. bfloat16 has the range of
    float32.
    """
    with torch.autocast(X.device.type, dtype=torch.float16):
        return model(X).float()


@mixed_precision_forward("a copy was run")
def a_copy(model, X):
    """The logits are right, but they hang on a copy of the model: its own weights get no gradient. Run the
    model itself, under autocast.
    """
    with torch.autocast(X.device.type, dtype=torch.bfloat16):
        return copy.deepcopy(model)(X).float()


@mixed_precision_forward("gradients switched off")
def no_gradients(model, X):
    """The logits have no graph. Mixed precision is for training too: leave gradients on."""
    with torch.no_grad(), torch.autocast(X.device.type, dtype=torch.bfloat16):
        return model(X).float()


@mixed_precision_forward("softmax at the end")
def probabilities(model, X):
    """Your rows sum to 1: these are probabilities. The caller wants the logits."""
    with torch.autocast(X.device.type, dtype=torch.bfloat16):
        logits = model(X)
    return torch.softmax(logits.float(), dim=-1)


@mixed_precision_forward("evaluation mode")
def mixed_in_evaluation_mode(model, X):
    """You switched the model to evaluation, and it stays there: dropout is off for the rest of the training.
    The mode is the caller's.
    """
    model.eval()
    with torch.autocast(X.device.type, dtype=torch.bfloat16):
        return model(X).float()


@mixed_precision_forward("autocast left on")
def left_on(model, X):
    """After your call everything else runs under autocast too. Use it in a with statement, which ends it."""
    torch.set_autocast_dtype(X.device.type, torch.bfloat16)
    torch.set_autocast_enabled(X.device.type, True)
    return model(X).float()


# train_step


train_step = slips("train_step")


@train_step("loss tensor returned")
def tensor_returned(model, X, y, optimizer):
    """You returned the loss as a tensor, and it holds its whole graph: a list of a thousand losses keeps a
    thousand graphs in memory. Take the number out.
    """
    loss = F.cross_entropy(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


@train_step("zero_grad missing")
def never_cleared(model, X, y, optimizer):
    """backward adds to .grad, so old gradients take part in every later step. Clear them before backward."""
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step("gradients cleared only after the step")
def cleared_afterwards(model, X, y, optimizer):
    """What .grad held before your first call took part in its step. Clear the gradients before backward, and
    it does not matter who was there before.
    """
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@train_step("gradients cleared between backward and step")
def cleared_too_late(model, X, y, optimizer):
    """The model never moves: you clear the gradients after backward has filled them and before the optimizer
    could use them.
    """
    loss = F.cross_entropy(model(X), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@train_step("step before backward")
def stepped_too_early(model, X, y, optimizer):
    """The optimizer moves before backward has computed where to. Swap the two."""
    loss = F.cross_entropy(model(X), y)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    return loss.item()


@train_step("no step")
def no_step(model, X, y, optimizer):
    """The gradients are there, but nobody uses them: the model is what it was before."""
    loss = F.cross_entropy(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@train_step("evaluation mode")
def in_evaluation_mode(model, X, y, optimizer):
    """You trained in evaluation mode, in which dropout is off and batch norm learns nothing of the batch.
    The mode is the caller's, who has set it for training.
    """
    loss = F.cross_entropy(model.eval()(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def _stepping(loss_of):
    """A right step on another loss."""

    def train_step(model, X, y, optimizer):
        loss = loss_of(model, X, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return train_step


train_step(
    "softmax before the loss",
    "cross_entropy takes the softmax itself; with probabilities for logits it is taken twice, and the loss "
    "can never come near 0.",
)(_stepping(lambda model, X, y: F.cross_entropy(torch.softmax(model(X), dim=-1), y)))

train_step(
    "sum for mean",
    "Loss and step are larger by the number of examples. Take the mean, so that the learning rate does not "
    "depend on the size of the batch.",
)(_stepping(lambda model, X, y: F.cross_entropy(model(X), y, reduction="sum")))

train_step("uphill", "The model gets worse with every step: the sign of the loss is turned.")(
    _stepping(lambda model, X, y: -F.cross_entropy(model(X), y))
)


@train_step("a copy was trained")
def moved_after_the_optimizer(model, X, y, optimizer):
    """You moved the model to a new one after the optimizer was made: gradients go to the copy, while the
    optimizer holds the parameters of the original. Move a model before its optimizer is made.
    """
    moved = copy.deepcopy(model).to(X.device)
    optimizer.zero_grad()
    loss = F.cross_entropy(moved(X), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@train_step("an optimizer of its own")
def own_optimizer(model, X, y, optimizer):
    """You made a new optimizer on each call, with a learning rate of your own, and it has forgotten all
    earlier steps. Use the one that was given.
    """
    return tensor_returned(model, X, y, torch.optim.SGD(model.parameters(), lr=0.1)).item()


@train_step("steps by hand")
def by_hand(model, X, y, optimizer):
    """A plain step of -lr times the gradient is what SGD without momentum does. The optimizer may be another
    one: let it make the step.
    """
    loss = F.cross_entropy(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= optimizer.param_groups[0]["lr"] * parameter.grad
    return loss.item()


@train_step("loss after the step")
def loss_afterwards(model, X, y, optimizer):
    """You asked for the loss once more after the step. It costs a second forward pass, and the loss that was
    minimised is the one before.
    """
    tensor_returned(model, X, y, optimizer)
    with torch.no_grad():
        return F.cross_entropy(model(X), y).item()


# Right on a CPU, and wrong or slow on a GPU.


@train_step(".item() in a loop", tier="gpu")
def number_of_each_gradient(model, X, y, optimizer):
    """You ask every gradient for a number, in a loop over the parameters: each time the CPU waits for the
    GPU. Put the question to all of them on the GPU, and fetch one answer.
    """
    loss = F.cross_entropy(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    if all(parameter.grad.isfinite().all().item() for parameter in model.parameters()):
        optimizer.step()
    return loss.item()


@train_step("TF32 switched on", tier="gpu")
def tf32_on(model, X, y, optimizer):
    """You switched the products of float32 to TF32, which drops 13 of their 23 bits, for the whole program
    and for good. Whoever runs the training decides that; a step leaves it as it is.
    """
    torch.set_float32_matmul_precision("high")
    return tensor_returned(model, X, y, optimizer).item()


HISTORY = []


@train_step("a history of tensors", tier="gpu")
def history_of_tensors(model, X, y, optimizer):
    """Each step leaves a tensor with its graph in a list, and memory grows until the GPU is full. Append
    loss.item() in place of the tensor.
    """
    loss = F.cross_entropy(model(X), y)
    HISTORY.append(loss)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# time_forward


def _wait(X):
    """Until the device of X is done; a CPU always is."""
    if X.is_cuda:
        torch.cuda.synchronize(X.device)


def _timing(before=_wait, after=_wait, warm_up=1, clock="perf_counter", of=statistics.median, graph=False):
    """A right answer, but for what it is given here."""

    def time_forward(model, X, repeats):
        def now():
            return getattr(time, clock)()

        seconds = []
        with torch.set_grad_enabled(graph):
            for _ in range(warm_up):
                model(X)
            for _ in range(repeats):
                before(X)
                start = now()
                model(X)
                after(X)
                seconds.append(now() - start)
        return of(seconds)

    return time_forward


def _on(X):
    """No wait at all."""


time_forward = slips("time_forward")


time_forward(
    "the clock is read while the GPU still works",
    "On a GPU model(X) hands work over and returns at once: your seconds are those of the handing over, "
    "however much there is to do. Synchronize with the device before each look at the clock.",
    tier="both",
)(_timing(before=_on, after=_on))

time_forward(
    "the clock starts while the GPU is busy",
    "You wait for the GPU at the end of a pass only. What it was given earlier, the warm-up above all, is "
    "billed to your first pass: synchronize before the clock starts, too.",
)(_timing(before=_on))

time_forward(
    "synchronised where there is no GPU",
    "A CPU is done when model(X) returns, and torch.cuda.synchronize() fails where there is no CUDA. Ask X "
    "where it lives, and synchronize with that device if it is no CPU.",
)(_timing(before=lambda X: torch.cuda.synchronize(), after=lambda X: torch.cuda.synchronize()))

time_forward(
    "no warm-up",
    "Your first pass counts. It is the slowest: memory is asked for, kernels are loaded and chosen. Make one "
    "pass before the clock starts.",
)(_timing(warm_up=0))

time_forward(
    "mean for median",
    "Your answer is the mean. One pass that was disturbed by something else moves it as far as it likes; the "
    "median hardly notices.",
)(_timing(of=statistics.mean))

time_forward(
    "all passes together",
    "Your seconds are those of all passes together. Time each of them, and take the one in the middle.",
)(_timing(of=sum))

time_forward(
    "smallest for median",
    "Your answer is the fastest pass. It says what is possible on a lucky day; the one in the middle is what "
    "to expect.",
)(_timing(of=min))

time_forward("milliseconds", "Your number is right in milliseconds. It is asked for in seconds.")(
    _timing(of=lambda seconds: statistics.median(seconds) * 1000)
)

time_forward(
    "processor time",
    "time.process_time() counts the work of all cores together, and no waiting: with four cores at work it "
    "runs four times too fast. time.perf_counter() is a clock on the wall.",
)(_timing(clock="process_time"))

time_forward(
    "a graph is recorded",
    "Each pass of yours records a graph for a backward that never comes, which takes time and memory. Make "
    "the passes under torch.no_grad().",
)(_timing(graph=True))


@time_forward("the mode is changed")
def timed_in_evaluation_mode(model, X, repeats):
    """You switch the model to evaluation. Dropout and batch norm take other times in training, and that may
    be what the caller wants to know: leave the model in the mode it is in.
    """
    return _timing()(model.eval(), X, repeats)
