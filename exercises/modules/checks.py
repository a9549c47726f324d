"""Check programs of the modules unit: each asks an answer module questions and returns what it said.

No program names a device or a dtype: tensors and models are made by `autograder.declare.torch_probes`, where
`here` says. So the programs run on a GPU too, in their `dtypes`; `terms` counts the longest sum behind
their numbers, layer after layer. Programs for a GPU alone return claims, which also hold on a CPU. Weights
are filled in by the program, since each answer draws its own.
"""

import statistics
from contextlib import contextmanager
from functools import partial
from itertools import cycle, pairwise
from operator import is_

import numpy as np

from autograder.declare import Unit, here, raised
from autograder.declare import check as declare_check
from autograder.declare.probes import each, once_more, written
from autograder.declare.torch_probes import (
    default_modes,
    fill,
    filled,
    gradients,
    labels,
    leaves,
    network,
    nn,
    numbers,
    on_device,
    plain,
    seed,
    shapes,
    tensor,
    torch,
)

from .checks_costs import activations_saved, costs_of, float32_precision, host_calls, memory, milliseconds
from .checks_machine import Machine

# torch imports parts of itself when they are first needed (by an optimizer, a checkpoint, backward with a
# gradient): seconds on a busy machine, and an import that is interrupted half-way spoils all later checks.
check = partial(declare_check, seconds=30.0)

# Checks for a GPU alone measure something, and run once.
gpu_check = partial(check, tier="gpu", repeat=False)

unit = Unit(
    "Modules in PyTorch",
    number=10,
    packages=("numpy", "torch"),
    unasked={
        "time_forward.model": "it is simulated",
        "time_forward.X": "it is simulated",
        "parameters_without_gradient.model": "named_parameters goes into modules of every kind",
    },
)

FLOAT32 = ("float32",)
BOTH = ("float32", "bfloat16")

# The standard deviations of two random draws of 60,000 weights differ by 0.3 percent: 2 is seven times that.
STATISTICS = {"rtol": 0.02, "atol": 0.03}

# bfloat16 keeps 8 bits: products are rounded by up to 0.4 percent, and a handful of them make a logit.
BFLOAT16 = {"rtol": 0.03, "atol": 0.05}


# MLP


@check("MLP", points=1, dtypes=BOTH)
def both_layers_are_registered(answer, rng):
    """parameters() of an MLP gives the weights and biases of fc1 and fc2.

    1. Print dict(MLP(4, 5, 3).named_parameters()). Are both layers there?
    2. A module finds its layers when they are assigned to attributes of self. It does not look into plain
       lists.
    3. Call the base class's __init__ first; then set self.fc1 and self.fc2 to nn.Linear layers.
    """
    a, b, c = _sizes(rng, 3)
    return {
        "named_parameters() of MLP(4, 5, 3)": shapes(answer.MLP(4, 5, 3)),
        f"named_parameters() of MLP({a}, {b}, {c})": shapes(answer.MLP(a, b, c)),
    }


@check("MLP", points=2, dtypes=BOTH, terms=12)
def logits_come_from_linear_relu_linear(answer, rng):
    """forward(x) is fc2(relu(fc1(x))), and nothing else.

    1. What happens to an example on its way? First layer, activation, second layer.
    2. The ReLU stands between the layers: without it two layers are worth one, and after the last one it
       would cut off negative scores.
    3. Give back what fc2 gives, as it is: the loss (or the caller) takes the softmax.
    """
    model, X = filled(on_device(answer.MLP(4, 6, 3)), rng), tensor(rng, 5, 4)
    return {
        "MLP(4, 6, 3)(X), X random, shape (5, 4)": plain(model(X)),
        "the same for 9 X": plain(model(9 * X)),
    }


# in bfloat16 a unit near 0 may be on where it should be off
@check("MLP", points=1, dtypes=FLOAT32, terms=20)
def gradients_reach_both_layers(answer, rng):
    """Backward from the logits fills the gradient of every weight and bias.

    1. Which of the parameters has no gradient, or a wrong one?
    2. Gradients flow through tensors as long as no line takes the numbers out of the graph.
    3. No .data, .detach() or .item() between the input and the logits.
    """
    model, X = filled(on_device(answer.MLP(3, 5, 2)), rng), tensor(rng, 4, 3).requires_grad_()
    model(X).square().sum().backward()
    return gradients(model) | {"gradient of X": plain(X.grad)}


@check("MLP", points=1, dtypes=BOTH)
def any_number_of_examples(answer, rng):
    """A batch of one and an empty batch keep their two axes.

    1. Feed it one example, then none: what are the shapes?
    2. Both layers keep the first axis as it is, however long it is.
    3. The answer has the shape (N, output_dim), also for N = 1 or output_dim = 1; nothing is squeezed.
    """
    model, N, classes = on_device(answer.MLP(3, 4, 1)), *_sizes(rng, 2)
    other = on_device(answer.MLP(3, 4, classes))
    return {
        "shape of MLP(3, 4, 1)(X), one example": list(model(tensor(rng, 1, 3)).shape),
        "shape of MLP(3, 4, 1)(X), no example": list(model(tensor(rng, 0, 3)).shape),
        f"shape of MLP(3, 4, {classes})(X), {N} examples": list(other(tensor(rng, N, 3)).shape),
    }


@gpu_check("MLP", dtypes=FLOAT32)
def forward_is_as_fast_as_sequential(answer, rng):
    """forward takes at most 1.5 times as long as nn.Sequential of the same layers (medians).

    1. A GPU is fast because it works on all rows at once. Does your forward go through them one by one?
    2. Each call of a layer costs some microseconds to start, however small its input is.
    3. Three calls are enough for the whole batch: fc1, relu, fc2.
    """
    n, d = (4096, 1024) if here().device == "cuda" else (256, 64)
    model, X = on_device(answer.MLP(d, d, 10)), tensor(rng, n, d)
    twin = on_device(nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 10)))
    ours, theirs = costs_of(lambda: model(X), lambda: twin(X))
    what = "ms" if here().device == "cuda" else "operations"
    print(f"forward {ours:.3g} {what}, nn.Sequential {theirs:.3g} {what}, ratio {ours / theirs:.2f}")
    return {"takes at most 1.5 times as long as nn.Sequential": ours <= 1.5 * theirs}


@gpu_check("MLP", dtypes=FLOAT32)
def forward_never_waits_for_numbers(answer, rng):
    """forward takes no number from the GPU to the host.

    1. Does forward look at a number of the batch, in an if or a print?
    2. To look at a number the CPU waits until the GPU has computed it; then the GPU waits for the CPU.
    3. Let forward compute, and look at numbers once in a while, outside of it.
    """
    model, X = on_device(answer.MLP(4, 6, 3)), tensor(rng, 5, 4)
    return {"what takes numbers to the host": host_calls(lambda: model(X))}


# make_mlp


@check("make_mlp", points=1)
def linear_layers_have_the_given_sizes(answer, rng):
    """n sizes give n - 1 linear layers, each from one size to the next, in one nn.Sequential.

    1. Four sizes are joined by how many layers?
    2. [4, 6, 5, 3] gives the layers 4 -> 6, 6 -> 5 and 5 -> 3.
    3. Each layer leads from one size to the next: pair the list with itself, moved by one.
    """
    sizes = _sizes(rng, int(rng.integers(3, 8)))

    def layers(sizes):
        linear = [module for module in leaves(answer.make_mlp(sizes)) if isinstance(module, nn.Linear)]
        return [f"{module.in_features} -> {module.out_features}" for module in linear]

    return {
        "kind of make_mlp([4, 6, 5, 3])": type(answer.make_mlp([4, 6, 5, 3])).__name__,
        **each("linear layers of make_mlp({})", layers, ([4, 6, 5, 3],), ([2, 7],), (sizes,)),
        **each(
            "linear layers of make_mlp({})", layers, ([4, 8, 8, 3],), ([3, 8, 3, 5],), ([2] * 13,), ([1, 1],)
        ),
        "weights and biases of make_mlp([3, 3, 3, 3])": len(list(answer.make_mlp([3, 3, 3, 3]).parameters())),
    }


@check("make_mlp", points=1)
def activations_stand_between_layers(answer, rng):
    """Linear layers and ReLUs take turns, beginning and ending with a linear layer.

    1. What is the last module of your network? The loss wants scores of either sign.
    2. Between two layers stands one activation; a single layer has none.
    3. Build pairs of layer and activation, then drop the last activation.
    """
    depths = rng.integers(1, 8, size=5).tolist()

    def modules(sizes):
        return [type(module).__name__ for module in answer.make_mlp(sizes)]

    return {
        **each("modules of make_mlp({})", modules, ([4, 6, 5, 3],), ([2, 7],)),
        f"modules of networks with {depths} linear layers": [modules([2] * (depth + 1)) for depth in depths],
    }


@check("make_mlp", points=1, dtypes=BOTH, terms=15)
def any_activation_may_be_asked_for(answer, rng):
    """The output is that of the layers and the given activation, one after the other.

    1. The caller asked for another activation than ReLU. Did it get it?
    2. `activation` is a class: calling it makes the module.
    3. Do the layers come in the order of the sizes, and is each followed by its activation?
    """
    with_tanh = on_device(answer.make_mlp([3, 5, 4, 2], nn.Tanh))
    leaky = on_device(answer.make_mlp([3, 5, 2], lambda: nn.LeakyReLU(0.3)))
    # In their order: the names are the answer's own.
    fill([*with_tanh.parameters(), *leaky.parameters()], rng)
    return {
        "make_mlp([3, 5, 4, 2], nn.Tanh)(X)": plain(with_tanh(tensor(rng, 6, 3))),
        "make_mlp([3, 5, 2], lambda: nn.LeakyReLU(0.3))(X)": plain(leaky(tensor(rng, 6, 3))),
    }


@check("make_mlp", points=1)
def each_activation_is_a_module_of_its_own(answer, rng):
    """With nn.PReLU, whose slope is learned, every activation has its own slope.

    1. nn.PReLU has a weight of its own. How many does your network with three of them have?
    2. A module that is used in three places is one module, with one weight.
    3. Call `activation` once for each gap between two layers, not once in all.
    """

    def slopes(sizes):
        model = answer.make_mlp(sizes, nn.PReLU)
        return len({id(module.weight) for module in model.modules() if isinstance(module, nn.PReLU)})

    depths = rng.integers(3, 10, size=5).tolist()
    return {
        "slopes in make_mlp([3, 5, 4, 6, 2], nn.PReLU)": slopes([3, 5, 4, 6, 2]),
        f"slopes in networks with {depths} linear layers": [slopes([2] * (depth + 1)) for depth in depths],
    }


# init_weights


@check("init_weights", points=2, dtypes=BOTH, **STATISTICS)
def weights_fill_the_kaiming_range(answer, rng):
    """Weights are uniform between -sqrt(6 / fan_in) and +sqrt(6 / fan_in).

    1. torch.nn.init has this initialization ready. Which one is made for relu?
    2. A layer of nn.Linear keeps its weight as (d_out, d_in); fan_in is the number of inputs.
    3. kaiming_uniform_ with nonlinearity='relu' draws from -sqrt(6 / fan_in) to +sqrt(6 / fan_in).
    """
    seed(rng)
    model = network(rng, nn.Linear(600, 100), nn.ReLU(), nn.Linear(80, 700))
    wide, _, narrow = model.apply(answer.init_weights)
    return {**_spread(wide), **_spread(narrow), **_largest_weights(answer, rng)}


@check("init_weights", points=1, dtypes=BOTH, terms=4)
def biases_start_at_0(answer, rng):
    """Every bias of a linear layer is 0.

    1. A new nn.Linear does not start with biases of 0. Look at layer.bias.
    2. nn.init has a function for 0, too.
    3. nn.init.zeros_ on the layer's bias, in place.
    """
    seed(rng)
    layer = filled(on_device(nn.Linear(4, 5)), rng)
    layer.apply(answer.init_weights)
    fill([layer.weight], rng)
    inner = network(rng, nn.Sequential(nn.Linear(1, 1), _own_linear(1, 3))).apply(answer.init_weights)[0]
    return {
        "bias of nn.Linear(4, 5)": plain(layer.bias),
        "biases of nn.Sequential(nn.Linear(1, 1), a subclass of nn.Linear) in another": [
            plain(each.bias) for each in inner
        ],
        "layer(X), X and by now the weights random": plain(layer(tensor(rng, 3, 4))),
    }


@check("init_weights", points=1, dtypes=BOTH, **STATISTICS)
def a_layer_without_bias_is_fine(answer, rng):
    """A linear layer with bias=False gets its weights and stays without a bias.

    1. nn.Linear(3, 2, bias=False).bias is None. What does your function do with None?
    2. Ask whether there is a bias before you fill it.
    3. Compare with None by `is not`: asking a tensor of several numbers whether it is true is an error.
    """
    seed(rng)
    layer = filled(on_device(nn.Linear(300, 200, bias=False)), rng)
    layer.apply(answer.init_weights)
    return {
        **_spread(layer),
        "bias of nn.Linear(300, 200, bias=False) is None": layer.bias is None,
        **_largest_weights(answer, rng, bias=False),
    }


@check("init_weights", points=1, dtypes=BOTH)
def other_modules_stay_as_they_are(answer, rng):
    """BatchNorm, LayerNorm, embeddings, convolutions and PReLU keep their parameters.

    1. model.apply calls your function on every module, whatever its kind.
    2. A BatchNorm has a weight and a bias too, and they must not be touched.
    3. Ask what the module is, not which attributes it has.
    """
    seed(rng)
    others = nn.BatchNorm1d(3), nn.LayerNorm(4), nn.Embedding(3, 2), nn.Conv1d(2, 3, 2), nn.PReLU()
    network(rng, *others).apply(answer.init_weights)
    around = network(rng, nn.Linear(3, 2))
    answer.init_weights(around)  # not by apply: the layer inside has not had its turn
    return {
        "nn.Sequential.0.bias, init_weights called on the nn.Sequential alone": plain(around[0].bias),
    } | {
        f"{type(module).__name__}.{name}": plain(parameter)
        for module in others
        for name, parameter in module.named_parameters()
    }


@check("init_weights", points=1, dtypes=BOTH)
def parameters_stay_the_same_objects(answer, rng):
    """The layer keeps its parameters, which still ask for gradients; only their numbers change.

    1. An optimizer may hold the parameters already. Does it still hold those of the layer?
    2. Functions of nn.init end in an underscore: they change a tensor in place and make no new one.
    3. Fill the tensors that are there; assign nothing to module.weight or module.bias.
    """
    seed(rng)
    layer = on_device(nn.Linear(4, 3))
    weight, bias = layer.weight, layer.bias
    layer.apply(answer.init_weights)
    sizes = _sizes(rng, 3)
    model = network(rng, *(nn.Linear(a, b) for a, b in pairwise(sizes)))
    before = list(model.parameters())
    model.apply(answer.init_weights)
    return {
        "weight is the same parameter": layer.weight is weight,
        "bias is the same parameter": layer.bias is bias,
        "weight requires a gradient": layer.weight.requires_grad,
        "bias requires a gradient": layer.bias is not None and layer.bias.requires_grad,
        f"shapes of the parameters that layers of the sizes {sizes} have kept": [
            list(p.shape) for p in model.parameters() if any(p is old for old in before)
        ],
    }


@check("init_weights", points=1, dtypes=BOTH)
def each_layer_gets_its_own_draw(answer, rng):
    """Two layers of the same shape start with different weights, and different units in each.

    1. Start two layers of one shape. Are their weights different?
    2. Seeding belongs to the caller, once, before the whole model is started.
    3. No manual_seed in your function.
    """
    seed(rng)
    first, second = network(rng, nn.Linear(3, 4), nn.Linear(3, 4)).apply(answer.init_weights)
    counts = rng.integers(2, 9, size=(3, 2)).tolist()
    return {
        "two nn.Linear(3, 4) have equal weights": bool((first.weight == second.weight).all()),
        "two units of nn.Linear(3, 4) have equal weights": bool((first.weight[0] == first.weight[1]).all()),
        f"different units in so many layers of so many units each: {counts}": [
            _different_units(answer, rng, *pair) for pair in counts
        ],
    }


# predict


@check("predict", points=1, dtypes=BOTH, terms=15)
def rows_are_probabilities(answer, rng):
    """The answer is the softmax of the model's logits over the classes.

    1. The model gives scores. Which function makes probabilities of them?
    2. Each row belongs to one example: its probabilities sum to 1. Which axis is that?
    3. Softmax along the last axis: dim=-1, or dim=1 for a batch.
    """
    model = network(rng, nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)).train(False)
    probabilities = _predict(answer, model, tensor(rng, 5, 4))
    many = network(rng, _own_linear(4, 100))
    far = network(rng, nn.Linear(4, 3))
    far[0].weight.data *= 1000
    return {
        "rows that sum to 1, logits in the thousands": int(
            (_predict(answer, far, tensor(rng, 5, 4)).sum(dim=-1) - 1).abs().lt(1e-3).sum()
        ),
        "kind of the answer": type(probabilities).__name__,
        "predict(model, X), X random, shape (5, 4)": plain(probabilities),
        "predict(model, X), 100 classes, one example": plain(_predict(answer, many, tensor(rng, 1, 4))),
    }


@check("predict", points=1, dtypes=BOTH, terms=15)
def dropout_and_batch_norm_are_in_evaluation_mode(answer, rng):
    """Nothing is dropped, and batch norm uses its running mean as it is, even if the model was training.

    1. Ask the same model twice in training mode. Dropout makes the answers differ.
    2. Some modules behave differently in training; model.training says which mode they are in.
    3. Put the model into evaluation mode before you call it.
    """
    seed(rng)
    norm = nn.BatchNorm1d(6)
    model = network(rng, nn.Linear(4, 6), norm, nn.Dropout(0.5), nn.Linear(6, 3))
    fill([norm.running_mean], rng)
    before = plain(norm.running_mean)
    return {
        "predict(model, X), model in training mode": plain(_predict(answer, model, tensor(rng, 5, 4))),
        "change of the running mean": plain(norm.running_mean) - before,
    }


@check("predict", points=1, dtypes=BOTH, terms=12)
def no_graph_is_recorded(answer, rng):
    """While the model runs gradients are off, and afterwards they are on again.

    1. Look at the answer's grad_fn and requires_grad.
    2. Cutting the graph off afterwards is too late: all of it was recorded and kept in memory until then.
    3. Wrap the model's call in torch.no_grad(), which switches recording on again when it is left.
    """
    model, recording = network(rng, nn.Linear(4, 3)), []
    model.register_forward_hook(lambda *_: recording.append(torch.is_grad_enabled()))
    X = tensor(rng, 2, 4)
    with default_modes():
        probabilities = answer.predict(model, X)
        afterwards, inside = torch.is_grad_enabled(), any(recording)
        total = model(X).square().sum()
        if total.requires_grad:
            total.backward()
        with torch.set_grad_enabled(False):
            answer.predict(model, X)
            in_a_block = torch.is_grad_enabled()
    return {
        "gradients are recorded after predict in the caller's own torch.no_grad()": in_a_block,
        "the answer requires a gradient": probabilities.requires_grad,
        "gradients are recorded while the model runs": inside,
        "gradients are recorded afterwards": afterwards,
        "the weights require a gradient": all(p.requires_grad for p in model.parameters()),
        "model(X).square().sum() afterwards": gradients(model),
    }


@check("predict", points=1, dtypes=BOTH)
def mode_is_restored(answer, rng):
    """A model that was training trains afterwards, and one that was not does not.

    1. Look at model.training before and after.
    2. A caller in the middle of training expects to go on training.
    3. Keep the mode before eval() changes it, and put back at the end what you have kept.
    """
    model, X = (
        network(rng, nn.Linear(4, 6), nn.Dropout(0.5), nn.Sequential(nn.Dropout(0.5))),
        tensor(rng, 2, 4),
    )

    def mode_after(mode):
        _predict(answer, model.train(mode == "training"), X)
        return " and ".join(sorted({"training" if m.training else "evaluation" for m in model.modules()}))

    turns = rng.choice(["training", "evaluation"], size=10).tolist()
    return {
        **each("mode after predict, when it was {}", mode_after, ("training",), ("evaluation",)),
        f"mode after predict, when it was in turn {', '.join(turns)}": [mode_after(turn) for turn in turns],
    }


@check("predict", points=1, dtypes=BOTH)
def frozen_parts_stay_frozen(answer, rng):
    """Each module is in its own mode afterwards: a BatchNorm that was frozen while the model trains stays so.

    1. Print [module.training for module in model.modules()] before and after. Which have changed?
    2. eval() and train() of a model set all modules inside it alike. Is one remembered mode enough?
    3. Remember a mode for each module of model.modules(), and give each its own back at the end.
    """
    model = network(
        rng, nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(6))
    )
    modules, X = list(model.modules()), tensor(rng, 2, 4)

    def modes_after(frozen):
        for module, is_frozen in zip(modules, frozen, strict=True):
            module.training = not is_frozen
        _predict(answer, model, X)
        return ["training" if module.training else "evaluation" for module in modules]

    frozen_norms = [isinstance(module, nn.BatchNorm1d) for module in modules]
    some = [[False, *rng.permutation([True, True, False, False, False]).tolist()] for _ in range(5)]
    return {
        "modes of model.modules() after predict, all training but two BatchNorms": modes_after(frozen_norms),
        "the same, all in evaluation but a Dropout": modes_after(
            [not isinstance(module, nn.Dropout) for module in modules]
        ),
        f"modes after predict, five models in training with two of their modules frozen: {some}": [
            modes_after(frozen) for frozen in some
        ],
    }


@gpu_check("predict", dtypes=FLOAT32)
def nothing_is_taken_to_the_host(answer, rng):
    """predict moves nothing from the device of X to the host.

    1. Which of your calls names a device, or takes numbers out of a tensor?
    2. .cpu(), .item(), .tolist() and .numpy() copy from the GPU and wait until it has finished.
    3. Model and X are on one device already, and the answer belongs there too: nothing has to be moved.
    """
    model, X = network(rng, nn.Linear(4, 6), nn.Linear(6, 3)), tensor(rng, 5, 4)
    return {"what takes numbers to the host": host_calls(lambda: _predict(answer, model, X))}


@gpu_check("predict", dtypes=BOTH, terms=15)
def order_of_the_batch_does_not_matter(answer, rng):
    """Rows in another order get the same probabilities, up to rounding.

    1. Turn the rows of X around. Do the answers turn around with them?
    2. In evaluation mode no row knows of the others.
    3. Softmax goes along the classes, and the model is in evaluation mode.
    """
    layers = nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Linear(6, 3)
    model, X = network(rng, *layers), tensor(rng, 300, 4)
    order = torch.tensor(rng.permutation(300), device=here().device)
    change = plain(_predict(answer, model, X[order])) - plain(_predict(answer, model, X)[order])
    return {"largest change of a probability": float(abs(change).max())}


@gpu_check("predict", dtypes=BOTH)
def no_example_and_one_example_will_do(answer, rng):
    """An empty batch and a batch of one give (0, classes) and (1, classes), on the device of X.

    1. Ask for the probabilities of one example, and of none.
    2. Nothing in predict depends on the number of rows.
    3. Softmax along dim=-1 keeps the shape (N, classes) for every N.
    """
    model = network(rng, nn.Linear(4, 3))
    return _few_rows(lambda X: _predict(answer, model, X), rng)


# load_numpy_layers


@check("load_numpy_layers", points=2, dtypes=BOTH, terms=20)
def model_computes_what_numpy_computes(answer, rng):
    """After loading, model(X) is what the NumPy layers give.

    1. Compare layer.weight.shape with W.shape.
    2. NumPy's W is (d_in, d_out); nn.Linear keeps (d_out, d_in) and multiplies by the transpose.
    3. Go through the model's modules, take the linear ones in order, and copy W.T and b into them.
    """
    nn = torch.nn
    model = network(rng, nn.Linear(4, 5), nn.LayerNorm(5), nn.Tanh(), nn.Linear(5, 3), nn.ReLU())
    layers = _numpy_layers(rng, 4, 5, 3)
    answer.load_numpy_layers(model, layers)
    nested = network(rng, _own_linear(4, 5), nn.Sequential(nn.Linear(5, 3)))
    answer.load_numpy_layers(nested, layers)
    return {
        "model(X), layers 4 -> 5 -> 3": plain(model(tensor(rng, 6, 4))),
        "biases of the linear layers": [plain(model[0].bias), plain(model[3].bias)],
        "biases of a subclass of nn.Linear and of a layer inside another nn.Sequential": [
            plain(nested[0].bias),
            plain(nested[1][0].bias),
        ],
    }


@check("load_numpy_layers", points=1, dtypes=BOTH, terms=8)
def square_layers_are_transposed_too(answer, rng):
    """A square W, which would fit as it is, is transposed as any other.

    1. A square matrix fits either way round. Which way is right?
    2. Load W = [[0, 1], [0, 0]] and feed [1, 0]: in NumPy the answer is [0, 1].
    3. Transpose W: rows become columns. A reshape keeps the order of the numbers and is something else.
    """
    model = network(rng, nn.Linear(3, 3), nn.Sigmoid(), nn.Linear(3, 3))
    answer.load_numpy_layers(model, _numpy_layers(rng, 3, 3, 3))
    twelve = network(rng, *(nn.Linear(1, 1) for _ in range(12)))
    answer.load_numpy_layers(twelve, [(np.array([[number]]), np.array([-number])) for number in range(12)])
    return {
        "model(X), layers 3 -> 3 -> 3": plain(model(tensor(rng, 4, 3))),
        "weights of 12 layers 1 -> 1, loaded with the integers from 0 on": [
            plain(layer.weight) for layer in twelve
        ],
    }


@check("load_numpy_layers", points=1, dtypes=FLOAT32)
def parameters_and_their_dtype_stay(answer, rng):
    """The model keeps its parameters: the same objects, shapes and dtype, still asking for gradients.

    1. An optimizer that was made before loading holds parameters. Are they still those of the model?
    2. Assigning a new parameter leaves the optimizer with the old one. Write into the one that is there.
    3. copy_ fills a tensor in place and keeps its dtype and shape; it wants gradients switched off.
    """
    a, b, c = _sizes(rng, 3)
    model = on_device(nn.Sequential(nn.Linear(a, b), nn.Linear(b, c)), dtype="float32")
    before = list(model.parameters())
    answer.load_numpy_layers(model, _numpy_layers(rng, a, b, c))
    after = list(model.parameters())
    return {
        "parameters are the same objects": len(before) == len(after) and all(map(is_, before, after)),
        f"shapes of the parameters, layers {a} -> {b} -> {c}": shapes(model),
        "dtypes of the parameters": sorted({str(p.dtype) for p in after}),
        "devices of the parameters are the model's": _is_where_it_was(model),
        "parameters require gradients": all(p.requires_grad for p in after),
    }


@check("load_numpy_layers", points=1, dtypes=BOTH)
def memory_is_not_shared(answer, rng):
    """Training the model does not change the arrays, and changing the arrays does not change the model.

    1. Load, then change an array. Does the model change too?
    2. torch.from_numpy makes a tensor on top of the array's own memory, which is fast and here unwanted.
    3. Copy the numbers into the parameter's memory instead of giving the parameter the array's.
    """
    model = network(rng, nn.Linear(3, 2))
    [(W, b)] = layers = _numpy_layers(rng, 3, 2)
    answer.load_numpy_layers(model, layers)
    for parameter in model.parameters():
        parameter.data.add_(1)
    arrays = {"W after the model's weights were changed": W.copy(), "b after that": b.copy()}
    W *= 2
    b *= 2
    return {
        **arrays,
        "weight after W was changed": plain(model[0].weight),
        "bias after b was changed": plain(model[0].bias),
    }


# LeakySquare


@check("LeakySquare", points=1, dtypes=BOTH, terms=2)
def forward_is_a_square_with_a_leak(answer, rng):
    """forward gives x**2 where x > 0 and slope * x**2 elsewhere, and leaves x alone.

    1. It is the square of x, with a factor on the left.
    2. The factor is slope where x is 0 or less, and it is not squared.
    3. torch.where chooses element by element; it leaves x as it was.
    """
    leaky, x = answer.LeakySquare.apply, numbers([-3.0, -1.0, 0.0, 1.0, 2.0])
    return {
        "LeakySquare of [-3, -1, 0, 1, 2], slope 0.25": plain(leaky(x, numbers(0.25))),
        "LeakySquare of the same, slope 3": plain(leaky(x, numbers(3.0))),
        "LeakySquare of the same, slope 0": plain(leaky(x, numbers(0.0))),
        "x afterwards": plain(x),
        "LeakySquare of x random, shape (2, 3), slope -0.5": plain(leaky(tensor(rng, 2, 3), numbers(-0.5))),
    }


@check("LeakySquare", points=2, dtypes=BOTH, terms=12)
def backward_multiplies_by_upstream(answer, rng):
    """The gradients are upstream times the local derivatives; that of slope is summed over all elements.

    1. Differentiate x**2 and slope * x**2, by x and by slope.
    2. `upstream` says how much the loss changes with each element of the output: every local derivative is
       multiplied by it.
    3. The slope is one number that all elements with x <= 0 share: its gradient is a sum over them.
    """
    x, upstream = numbers([-2.0, 0.0, 3.0]), numbers([1.0, 10.0, 100.0])
    by_hand = _leaky_gradients(answer, x, numbers(0.5), upstream)
    at_random = _leaky_gradients(answer, tensor(rng, 3, 4), numbers(0.3), tensor(rng, 3, 4))
    flat = _leaky_gradients(answer, x, numbers(0.0), upstream)
    below = _leaky_gradients(answer, x, numbers(-0.5), upstream * numbers([-1.0, 1.0, 0.0]))
    return {
        "gradient of x = [-2, 0, 3], slope 0.5, upstream [1, 10, 100]": by_hand[0],
        "gradient of slope there": by_hand[1],
        "gradient of x random, shape (3, 4)": at_random[0],
        "gradient of slope = 0.3 there": at_random[1],
        "gradients of x = [-2, 0, 3] and of slope = 0, upstream [1, 10, 100]": flat,
        "gradients of x = [-2, 0, 3] and of slope = -0.5, upstream [-1, 10, 0]": below,
    }


@check("LeakySquare", points=1, dtypes=FLOAT32)
def gradcheck_passes(answer, rng):
    """torch.autograd.gradcheck agrees with backward for x and slope.

    1. torch.autograd.gradcheck compares your backward with differences of your forward. Call it yourself.
    2. It wants float64 inputs that require gradients, and tells you which of them disagrees.
    3. It names the numerical and the analytical gradient: what is their ratio?
    """
    x = tensor(rng, 3, 2).double().requires_grad_()
    slope = numbers(0.7).double().requires_grad_()
    agrees = torch.autograd.gradcheck(answer.LeakySquare.apply, (x, slope), raise_exception=False)
    by_x, by_slope = torch.autograd.functional.jacobian(answer.LeakySquare.apply, (x, slope))
    return {
        "torch.autograd.gradcheck(LeakySquare.apply, (x, slope))": bool(agrees),
        "derivatives of the outputs by x, which it compares": plain(by_x),
        "derivatives of the outputs by slope, which it compares": plain(by_slope),
    }


@check("LeakySquare", points=1, dtypes=BOTH, terms=12)
def any_memory_layout_will_do(answer, rng):
    """A transposed x is fine.

    1. The tensor of this check is a transposed one: its rows do not lie one after the other in memory.
    2. view works only on tensors whose memory is in order.
    3. Elementwise operations do not care about the layout: nothing needs flattening.
    """
    x, slope = tensor(rng, 4, 3).t(), numbers(0.3)
    return {
        "LeakySquare of a transposed x": plain(answer.LeakySquare.apply(x, slope)),
        "gradients of (x, slope) there": _leaky_gradients(answer, x, slope, tensor(rng, 3, 4)),
    }


@check("LeakySquare", points=1, dtypes=BOTH, terms=6)
def any_layout_of_upstream_will_do(answer, rng):
    """An upstream gradient that is transposed or expanded is fine.

    1. The gradient that comes from above has a memory layout of its own.
    2. sum() hands back one single number, expanded to the shape of its input: nothing that view could
       flatten.
    3. Multiply element by element; nothing needs flattening.
    """
    x, slope = tensor(rng, 2, 3), numbers(0.3)
    transposed, expanded = tensor(rng, 3, 2).t(), numbers(1.5).expand(2, 3)
    return {
        "gradients of (x, slope), upstream transposed": _leaky_gradients(answer, x, slope, transposed),
        "gradients of (x, slope), upstream expanded": _leaky_gradients(answer, x, slope, expanded),
    }


@check("LeakySquare", points=1, dtypes=FLOAT32)
def only_needed_gradients_are_computed(answer, rng):
    """backward returns None for an input that does not require a gradient.

    1. Not every input is trained. Who tells backward which ones are?
    2. ctx.needs_input_grad has True or False for each input of forward, in order.
    3. Compute a gradient only where it says True, and return None in the other place.
    """
    returned = []

    class Watched(answer.LeakySquare):
        @staticmethod
        def backward(ctx, *upstream):
            gradients = answer.LeakySquare.backward(ctx, *upstream)
            returned.append(["None" if gradient is None else "computed" for gradient in gradients])
            return gradients

    x, slope = tensor(rng, 2, 3), numbers(0.3)
    turns = rng.choice(["x", "slope", "both"], size=8).tolist()
    for who in ("x", "slope", *turns):
        inputs = (x.clone().requires_grad_(who != "slope"), slope.clone().requires_grad_(who != "x"))
        Watched.apply(*inputs).sum().backward()
    return {
        "gradients of (x, slope) when x alone needs one": returned[0],
        "gradients of (x, slope) when slope alone needs one": returned[1],
        f"gradients of (x, slope) when these need one: {', '.join(turns)}": returned[2:],
    }


@check("LeakySquare", points=1, dtypes=FLOAT32)
def a_changed_input_is_noticed(answer, rng):
    """If x was changed in place after forward, backward refuses what would be a wrong gradient.

    1. What if x is changed in place between forward and backward?
    2. PyTorch counts the versions of a tensor that was saved, and refuses to use a changed one.
    3. It can only count those that go through ctx.save_for_backward, not attributes of ctx.
    """

    def found(turn):
        start, slope = tensor(rng, 2, 3).requires_grad_(), numbers(0.3).requires_grad_()
        x = start * 1.0
        y = answer.LeakySquare.apply(x, slope)
        if turn == "changed":
            x.add_(1)
        exception = raised(lambda: y.sum().backward())
        if turn == "left" or exception != "nothing":
            return "right, or refused" if turn == "changed" and exception == "RuntimeError" else exception
        was, s = start.detach(), slope.detach()
        right = torch.allclose(start.grad, 2 * was.clamp(min=0) + 2 * s * was.clamp(max=0))
        right = right and torch.allclose(slope.grad, was.clamp(max=0).square().sum())
        return "right, or refused" if right else "a wrong gradient, without a word"

    turns = rng.choice(["changed", "left"], size=10).tolist()
    name = f"exception of backward after x was in turn {', '.join(turns)}"
    return {
        "what backward does after x was changed in place": found("changed"),
        name: [found(turn) for turn in turns],
    }


@gpu_check("LeakySquare", dtypes=FLOAT32)
def no_number_is_taken_to_the_host(answer, rng):
    """forward and backward take no number from the GPU to the host.

    1. Is slope a Python number somewhere in your code?
    2. slope.item(), float(slope) and `if slope > 0` wait for the GPU; so does picking elements by a mask.
    3. torch.where does everything on the GPU: in forward, in backward, and in front of the sum.
    """
    leaky, x, slope = answer.LeakySquare, tensor(rng, 2, 3).requires_grad_(), numbers(0.3).requires_grad_()
    y, upstream = leaky.apply(x, slope), tensor(rng, 2, 3)
    return {
        "what takes numbers to the host in forward": host_calls(lambda: leaky.apply(x, slope)),
        "what takes numbers to the host in backward": host_calls(lambda: leaky.backward(y.grad_fn, upstream)),
    }


# checkpointed_forward


@check("checkpointed_forward", points=1, dtypes=BOTH, terms=30)
def output_is_that_of_the_model(answer, rng):
    """The output is model(X), whatever the number of segments.

    1. The output is that of all layers, one after the other. Which are missing?
    2. torch.utils.checkpoint has a function for one run of layers and one for a whole nn.Sequential.
    3. Each run takes what the last one gave; no layer is left out and none comes twice.
    """
    model, X = _deep(rng), tensor(rng, 5, 4)
    return each(
        "output, segments = {}", lambda n: plain(answer.checkpointed_forward(model, X, n)), (1,), (3,), (6,)
    ) | {"output of one example, segments = 3": plain(answer.checkpointed_forward(model, X[:1], 3))}


@check("checkpointed_forward", points=2, dtypes=BOTH, terms=60)
def gradients_are_those_of_the_model(answer, rng):
    """After backward every parameter has the gradient that it gets from model(X).

    1. Which layers have no gradient, the first ones or all of them?
    2. X is data and requires no gradient. The old, reentrant way then believes that there is nothing to do.
    3. Pass use_reentrant=False, and detach nothing between the runs.
    """
    model = _deep(rng)
    answer.checkpointed_forward(model, tensor(rng, 5, 4), 3).square().sum().backward()
    return gradients(model)


@check("checkpointed_forward", points=1, dtypes=BOTH, terms=60)
def gradient_of_the_input_is_there_too(answer, rng):
    """If X requires a gradient it gets the one that it gets from model(X), and so do the weights.

    1. The model may be one piece of a larger network, whose first layers wait for a gradient too.
    2. Look at X.grad after backward.
    3. The first run gets X itself, not a detached copy.
    """
    model, X = _deep(rng), tensor(rng, 5, 4).requires_grad_()
    answer.checkpointed_forward(model, X, 3).square().sum().backward()
    return {"gradient of X": plain(X.grad), **gradients(model)}


@check("checkpointed_forward", points=2, dtypes=FLOAT32, terms=30)
def fewer_tensors_are_kept(answer, rng):
    """At most half as many activations are saved for backward as by model(X).

    1. What is kept in memory between forward and backward? For model(X) it is the input of every layer.
    2. A checkpointed run keeps its input only, and computes the rest again when backward asks for it.
    3. Give runs of layers to torch.utils.checkpoint; calling the model keeps everything.
    """
    model, X, outputs = _deep(rng), tensor(rng, 5, 4), []
    by_model = activations_saved(model, lambda: model(X))
    checkpointed = activations_saved(model, lambda: outputs.append(answer.checkpointed_forward(model, X, 3)))
    by_four = activations_saved(model, lambda: answer.checkpointed_forward(model, X, 4))
    return {
        "keeps at most half of the activations that model(X) keeps": checkpointed <= by_model / 2,
        "keeps at most half of them with 4 segments": by_four <= by_model / 2,
        "output of that run": plain(outputs[0]),
    }


@check("checkpointed_forward", points=1, dtypes=FLOAT32)
def one_segment_at_a_time_is_recomputed(answer, rng):
    """Backward recomputes runs of len(model) / segments layers, each when it is needed.

    1. Checkpointing the whole model as one run makes backward rebuild everything at once: what is saved then?
    2. 12 layers in 3 segments are 4 layers each; `segments` is their number, not their length.
    3. len(model) // segments layers go into one run.
    """
    several = rng.choice([2, 3, 4, 6], size=6).tolist()

    longest = partial(_longest_recomputation, answer, rng)
    words = "layers recomputed in a row, 12 layers, segments"
    return {
        **each(f"{words} = {{}}", longest, (3,), (2,)),
        f"{words} in turn {several}": [longest(segments) for segments in several],
    }


@check("checkpointed_forward", points=1, dtypes=BOTH)
def dropout_drops_the_same_units_again(answer, rng):
    """With dropout the gradients are those of model(X) for the same seed.

    1. When a run is computed a second time, dropout must drop the same units as the first time.
    2. Dropout asks a random number generator; its state has to be what it was in forward.
    3. torch.utils.checkpoint puts that state back by itself, unless it is told not to.
    """
    model, X, start = _deep(rng, dropout=True), tensor(rng, 5, 4), int(rng.integers(2**31))

    def gradients_of(forward, factor=1.0):
        torch.manual_seed(start)
        model.zero_grad()
        (forward().square().sum() * factor).backward()
        return gradients(model)

    def largest(found):
        return max((float(abs(g).max()) for g in found.values() if g is not None), default=0)

    def checkpointed(factor=1.0):
        return gradients_of(lambda: answer.checkpointed_forward(model, X, 3), factor)

    # What dropout leaves differs from device to device, so all is compared with model(X), and multiplied by
    # powers of 2, which is exact in every dtype.
    factors = (2.0 ** rng.integers(-9, 10, size=3)).tolist()
    by_model, again = gradients_of(lambda: model(X)), checkpointed()
    return {
        f"{name}, checkpointed minus plain": None if again[name] is None else again[name] - kept
        for name, kept in by_model.items()
    } | {
        f"largest gradient of {factors} times the loss, checkpointed, over that of the loss, plain": [
            largest(checkpointed(factor)) / largest(by_model) for factor in factors
        ]
    }


@gpu_check("checkpointed_forward", dtypes=FLOAT32)
def peak_memory_is_lower(answer, rng):
    """For 64 layers in 8 segments, forward and backward need at most 60 percent of model(X)'s memory.

    1. Which tensors live until backward? Saved ones do, and those that your own lists or closures hold.
    2. 64 layers in 8 segments: 8 inputs and the layers of one segment have to be there at once.
    3. Keep no output of a layer yourself: torch.utils.checkpoint keeps what it needs.
    """
    kinds = [kind for _ in range(32) for kind in (nn.Linear(16, 16), nn.Tanh())]
    model, X = network(rng, *kinds), tensor(rng, 65536 if here().device == "cuda" else 2048, 16)

    def peak(forward):
        def step():
            forward().square().sum().backward()
            model.zero_grad()

        step()  # what a library keeps for itself is there after a first time
        with memory() as in_use:
            before, _ = in_use()
            step()
            return in_use()[1] - before

    by_model = peak(lambda: model(X))
    checkpointed = peak(lambda: answer.checkpointed_forward(model, X, 8))
    print(f"peak {checkpointed / 2**20:.2f} MiB, model(X) {by_model / 2**20:.2f} MiB")
    return {"needs at most 60 percent of the memory of model(X)": checkpointed <= 0.6 * by_model}


# mixed_precision_forward


@check("mixed_precision_forward", points=1, dtypes=FLOAT32)
def logits_are_float32(answer, rng):
    """The logits are float32, on the device of X.

    1. Look at the dtype of what you return.
    2. Under autocast a linear layer gives bfloat16. The loss wants more digits than that.
    3. Turn the logits into float32 at the end; .float() does it.
    """
    N = int(rng.integers(6, 1000))
    model, X = _classifier(rng), tensor(rng, N, 4, dtype="float32")
    nested = network(rng, nn.Sequential(nn.Linear(4, 5)), _own_linear(5, 3), dtype="float32")
    with default_modes():
        of_nested = answer.mixed_precision_forward(nested, X[:1])
        logits = answer.mixed_precision_forward(model, X)
        afterwards = torch.is_autocast_enabled(here().device)
        with torch.set_grad_enabled(False):
            answer.mixed_precision_forward(model, X)
            recording = torch.is_grad_enabled()
    return {
        "dtype of the logits": str(logits.dtype),
        "logits of one example, layers inside each other": _kind(of_nested),
        f"shape of the logits of {N} examples": list(logits.shape),
        "the logits are on the device of X": logits.device == X.device,
        "autocast is on afterwards": afterwards,
        "gradients are recorded afterwards in the caller's own torch.no_grad()": recording,
    }


@check("mixed_precision_forward", points=2, dtypes=FLOAT32)
def linear_layers_compute_in_bfloat16(answer, rng):
    """Inside, on X's own device, every linear layer answers in bfloat16.

    1. What dtype does a linear layer give inside of your forward?
    2. torch.autocast wants to know a kind of device and a dtype. A kind that is not X's changes nothing.
    3. X.device.type is the kind of device, and torch.bfloat16 the dtype.
    """
    a, b = _sizes(rng, 2)
    layers = nn.Linear(4, a), nn.Tanh(), nn.Linear(a, b), nn.Linear(b, 2)
    other = network(rng, *layers, dtype="float32")
    return {
        f"what the linear layers {sizes} give for 5 examples": _linear_outputs(answer, model, rng)
        for sizes, model in (("4 -> 6 -> 3", _classifier(rng)), (f"4 -> {a} -> {b} -> 2", other))
    }


@check("mixed_precision_forward", points=1, dtypes=FLOAT32, terms=12, **BFLOAT16)
def logits_are_nearly_those_of_the_model(answer, rng):
    """The logits differ from model(X) by bfloat16's rounding only.

    1. Apart from rounding, the logits are those of model(X).
    2. Call the whole model, and nothing after it.
    3. No softmax: logits are raw scores.
    """
    model, X = _classifier(rng), tensor(rng, 5, 4, dtype="float32")
    return {"mixed_precision_forward(model, X)": plain(_mixed_logits(answer, model, X))}


@check("mixed_precision_forward", points=1, dtypes=FLOAT32)
def weights_stay_float32(answer, rng):
    """The model's weights are float32 afterwards, with all their digits, and its mode is what it was.

    1. Look at the dtype of the model's parameters afterwards.
    2. model.to(dtype) changes the model itself, and the digits it drops are gone for good.
    3. Autocast makes rounded copies for the moment; leave the model alone.
    """
    model = _classifier(rng)
    _mixed_logits(answer, model, tensor(rng, 5, 4, dtype="float32"))
    return {
        "the model, which was training, is in training mode": model.training,
        "dtypes of the parameters": sorted({str(p.dtype) for p in model.parameters()}),
        "the parameters are where they were": _is_where_it_was(model),
        **{name: plain(parameter) for name, parameter in model.named_parameters()},
    }


@check("mixed_precision_forward", points=1, dtypes=FLOAT32)
def gradients_reach_the_float32_weights(answer, rng):
    """Backward from the logits gives float32 gradients to the model's own weights.

    1. Call backward on the sum of the logits, and look at the gradients of the model's own parameters.
    2. A copy of the model gets its own gradients; and without a graph there are none.
    3. Call the model that was given, with gradients switched on.
    """
    d, classes = _sizes(rng, 2)
    other = network(rng, nn.Linear(d, 6), nn.ReLU(), nn.Linear(6, classes), dtype="float32")
    return {
        f"gradients, layers {sizes}": _mixed_gradients(answer, model, rng)
        for sizes, model in (("4 -> 6 -> 3", _classifier(rng)), (f"{d} -> 6 -> {classes}", other))
    }


@gpu_check("mixed_precision_forward", dtypes=FLOAT32)
def logits_never_leave_the_device(answer, rng):
    """Nothing is moved from the device of X to the host.

    1. Which of your calls names a device, or takes numbers out of a tensor?
    2. Autocast and .float() work where the tensors are.
    3. Enter autocast for X.device.type, call the model, turn the logits into float32: nothing is moved.
    """
    model, X = _classifier(rng), tensor(rng, 5, 4, dtype="float32")
    return {"what takes numbers to the host": host_calls(lambda: _mixed_logits(answer, model, X))}


@gpu_check("mixed_precision_forward", dtypes=FLOAT32)
def any_number_of_rows_will_do(answer, rng):
    """An empty batch and a batch of one give (0, classes) and (1, classes), on the device of X.

    1. Ask for the logits of one example, and of none.
    2. Autocast and a change of dtype keep every shape.
    3. Nothing is squeezed: the logits keep the shape (N, classes) for every N.
    """
    model = _classifier(rng)
    return _few_rows(lambda X: _mixed_logits(answer, model, X), rng)


# train_step


@check("train_step", points=1, dtypes=BOTH, terms=12)
def answer_is_the_loss_as_a_float(answer, rng):
    """The answer is the mean cross-entropy before the step, as a Python float.

    1. What kind of thing do you return? A list of losses should hold numbers.
    2. A loss tensor holds on to the whole graph behind it. One method takes the number out.
    3. The loss is F.cross_entropy of the raw logits and y, computed before the step.
    """
    flat, X, y = on_device(nn.Linear(4, 3)), tensor(rng, 6, 4), labels(rng, 6, 3)
    for parameter in flat.parameters():
        parameter.data.zero_()
    model = network(rng, nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))
    loss = answer.train_step(flat, X, y, _sgd(flat))
    nested = network(rng, nn.Sequential(nn.Linear(4, 5)), nn.Tanh(), _own_linear(5, 3))
    return {
        "kind of the answer": type(loss).__name__,
        "loss of a model that knows nothing of 3 classes": float(loss),
        "loss of a random model": float(answer.train_step(model, X, y, _sgd(model))),
        "loss of one example, layers inside each other": float(
            answer.train_step(nested, X[:1], y[:1], _sgd(nested))
        ),
    }


@check("train_step", points=1, dtypes=FLOAT32)
def forward_backward_step_in_that_order(answer, rng):
    """The given model runs, then backward, then the given optimizer: once each, in that order.

    1. What has to be known before gradients can be computed? And before a step can be made?
    2. backward fills the gradients of the model that ran. A copy has gradients of its own, which the given
       optimizer never sees.
    3. Each of the three stands once in your function, in this order, and works on the very model and the very
       optimizer that you were given.
    """
    turns = rng.choice(["a", "b", "c"], size=6).tolist()
    one, several = [], []
    watched = {name: _watch(rng, several, f"{name} ") for name in "abc"}
    for model, optimizer in [_watch(rng, one), *(watched[name] for name in turns)]:
        answer.train_step(model, tensor(rng, 6, 4), labels(rng, 6, 3), optimizer)
    return {
        "what happens in one call": one,
        f"what happens with three models in the turns {', '.join(turns)}": several,
    }


@check("train_step", points=2, dtypes=BOTH, terms=20)
def one_step_goes_down_the_gradient(answer, rng):
    """After one step of SGD each parameter has moved by -lr times its gradient.

    1. Which three calls make a step? Gradients away, backward, step.
    2. backward fills the gradients and the optimizer uses them: neither may come before the other's work is
       done.
    3. Gradients are cleared before backward, not between backward and step.
    """
    model, *batch = _task(rng)
    answer.train_step(model, *batch)
    return {f"{name} after one step": plain(parameter) for name, parameter in model.named_parameters()}


@check("train_step", points=1, dtypes=BOTH, terms=12)
def old_gradients_do_not_count(answer, rng):
    """Gradients that were there before the call do not take part in the step.

    1. backward adds to what .grad holds already.
    2. Gradients that are left behind belong to another batch.
    3. Clear the gradients first, on every call.
    """
    model, *batch = _task(rng, nn.Linear(4, 3))
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    other = numbers([1.0]).requires_grad_()
    other.grad = torch.ones_like(other)
    batch[-1].add_param_group({"params": [other]})
    answer.train_step(model, *batch)
    return {f"{name} after one step": plain(parameter) for name, parameter in model.named_parameters()} | {
        "a parameter 1 of the optimizer that is not the model's, after that": plain(other)
    }


@check("train_step", points=1, dtypes=BOTH, terms=40)
def steps_follow_one_another(answer, rng):
    """Three steps with momentum give the losses of one optimizer that remembers.

    1. Three steps in a row: is it always the same model, and the same optimizer?
    2. An optimizer with momentum remembers earlier steps; a new one has forgotten them.
    3. Use the optimizer that was given. It holds the parameters of the model that was given, so make no copy
       of it either.
    """
    model, *batch = _task(rng, momentum=0.9)
    losses = [float(answer.train_step(model, *batch)) for _ in range(3)]
    return {
        "losses of three steps with momentum": losses,
        "the model, which was training, is in training mode": model.training,
        "the parameters are where they were": _is_where_it_was(model),
    }


@gpu_check("train_step", dtypes=FLOAT32)
def the_loss_alone_is_taken_to_the_host(answer, rng):
    """One number leaves the GPU in one step: the loss.

    1. How often does one step take a number out of a tensor? In a loop over the parameters it adds up.
    2. Each .item() waits until the GPU is done with all it was given.
    3. One number is needed on the host: the loss that you return.
    """
    task = _task(rng)
    found = host_calls(lambda: answer.train_step(*task), spare=1)
    return {"what takes numbers to the host, beyond the loss": found}


@gpu_check("train_step", dtypes=FLOAT32)
def memory_does_not_grow(answer, rng):
    """Ten more steps leave no more memory in use than before them, even if the caller keeps their losses.

    1. What do you keep from one step to the next?
    2. A loss tensor holds on to the graph behind it, and to the tensors of that graph.
    3. Keep numbers, or nothing: loss.item() in place of loss.
    """
    model = network(rng, nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 3))
    X, y, optimizer = tensor(rng, 256, 16), labels(rng, 256, 3), _sgd(model, momentum=0.9)
    losses = []
    with memory() as in_use:
        for step in range(13):
            losses.append(answer.train_step(model, X, y, optimizer))
            if step == 2:
                before, _ = in_use()
        grown = in_use()[0] - before
    print(f"{grown} bytes more after 10 steps")
    return {"memory in use grows from step to step": grown > 0}


@gpu_check("train_step", dtypes=FLOAT32)
def float32_keeps_its_digits(answer, rng):
    """A step does not switch products of float32 to TF32 for the rest of the program.

    1. Do you set how float32 is multiplied? That holds for the whole program from then on.
    2. TF32 keeps 10 bits of each factor where float32 has 23: faster, with 3 digits in place of 7.
    3. Leave torch.set_float32_matmul_precision and allow_tf32 to the program that runs the training.
    """
    try:
        answer.train_step(*_task(rng, nn.Linear(4, 3)))
        return {"precision of float32 products afterwards": float32_precision()}
    finally:
        torch.set_float32_matmul_precision("highest")


# parameters_without_gradient


@check("parameters_without_gradient", points=2, dtypes=("float32",))
def each_of_five_programs_loses_some(answer, rng):
    """In five programs that lose gradients on the way, it names the parameters that get none.

    1. Follow the graph from the loss back to each parameter: where does it end too early?
    2. torch.autograd.grad gives the gradients without touching .grad. For parameters that the loss does not
       depend on it raises an error, unless you allow them.
    3. A parameter that does not require a gradient gets none either, and must not be passed to autograd.
    """
    found = {}
    for title, model, loss in _losing(rng):
        found[f"names, {title}"] = answer.parameters_without_gradient(model, loss)
    return found


@check("parameters_without_gradient", points=1)
def a_gradient_of_0_is_one(answer, rng):
    """A parameter whose gradient is 0 is not named: its .grad would be a tensor.

    1. A unit that is off for every example gets a gradient. How large is it?
    2. `None` says that no path leads there, and 0 that the path has a slope of 0.
    3. Ask whether a gradient `is None`, not whether it is 0.
    """
    found = {}
    for off in rng.permutation(4).tolist()[:2]:
        model = _tower(rng)
        loss = _through(model, tensor(rng, 3, 4), {off: lambda x, layer: (layer(x) - 1e4).relu()}).sum()
        found[f"names, where layer {off} is followed by a relu that is always off"] = (
            answer.parameters_without_gradient(model, loss)
        )
    model = _tower(rng)
    spare = int(rng.integers(4))
    loss = _through(model, tensor(rng, 3, 4), {spare: lambda x, layer: x}).sum() * 0
    return found | {
        f"names, loss times 0, layer {spare} not used": answer.parameters_without_gradient(model, loss)
    }


@check("parameters_without_gradient", points=1)
def nothing_is_changed(answer, rng):
    """.grad is afterwards what it was, and backward from the loss still works.

    1. Print model[0].weight.grad before and after: is there something new, or is something gone?
    2. backward fills .grad. There is a function that returns gradients instead.
    3. A graph is freed by its first use, unless you say that it is to be retained.
    """
    model, cut = _tower(rng), int(rng.integers(1, 3))
    loss = _through(model, tensor(rng, 3, 4), {cut: lambda x, layer: layer(x.detach())}).sum()
    model[3].weight.grad = tensor(rng, 4, 4)
    answer.parameters_without_gradient(model, loss)
    before = gradients(model)
    torch.autograd.backward(loss)
    return (
        {f"{title}, after the call": value for title, value in before.items()}
        | {f"{title}, after backward then": value for title, value in gradients(model).items()}
        | {"parameters that require a gradient": [p.requires_grad for p in model.parameters()]}
    )


@check("parameters_without_gradient", points=1)
def a_loss_without_a_graph(answer, rng):
    """From a loss without a graph no parameter gets a gradient; a model without parameters has none to name.

    1. What does autograd say of a loss that was computed under torch.no_grad()?
    2. loss.requires_grad says whether there is a graph at all.
    3. Without a graph every name is in the list, and nothing has to be asked of autograd.
    """
    model, X = nn.Sequential(*(nn.Linear(4, 4) for _ in range(int(rng.integers(2, 9))))), tensor(rng, 3, 4)
    model = filled(on_device(model), rng)
    with torch.set_grad_enabled(False):
        loss = model(X).sum()
    free = X.clone().requires_grad_()
    return {
        f"names, {len(model)} layers under no_grad": answer.parameters_without_gradient(model, loss),
        "names, a loss made of numbers": answer.parameters_without_gradient(model, numbers(1.0)),
        "names, a model without parameters": answer.parameters_without_gradient(nn.ReLU(), free.relu().sum()),
    }


# train_xor_mlp


@check("train_xor_mlp", points=2, repeat=False)
def xor_is_learned_from_every_start(answer, rng):
    """The loss of the trained network is below 0.1, with whichever generator.

    1. Print the loss every fifty steps: does it fall, and does it end near 0, or does it stay somewhere?
    2. A step is made of loss, gradients cleared, backward, step; Adam with lr=0.1 needs about a hundred.
    3. A network of four relu units gets stuck from about a third of all starts. Look at the loss at the
       end: if it is large, draw new weights and train again.
    """
    seeds, points = (
        rng.integers(10_000, size=6).tolist(),
        numbers(rng.integers(2, size=(12, 2)).tolist(), "float32"),
    )
    models = [_train_xor(answer, seed) for seed in seeds]
    losses = np.array([_xor_loss(model) for model in models])
    return {
        f"how many of the generators seeded with {seeds} give a loss below 0.1": int((losses < 0.1).sum()),
        "how many give ln 2, the loss of answers of one half": int((abs(losses - np.log(2)) < 0.01).sum()),
        "how many give more than 1, a loss of answers that are sure and wrong": int((losses > 1).sum()),
        f"answers, rounded, to {plain(points).tolist()}": (plain(models[0](points)).round() + 0.0).flatten(),
    }


@check("train_xor_mlp", points=1, repeat=False)
def network_is_2_4_1_and_gives_probabilities(answer, rng):
    """The layers lead from 2 to 4 and from 4 to 1, and the answers are probabilities, one in each row.

    1. Print the model, and model(torch.zeros(3, 2)).shape.
    2. nn.BCELoss takes probabilities, so the last module is an nn.Sigmoid.
    3. Four modules: linear from 2 to 4, an activation of your choice, linear from 4 to 1, and the sigmoid.
    """
    model, rows = _train_xor(answer, int(rng.integers(10_000))), int(rng.integers(2, 50))
    outputs = plain(model(tensor(rng, rows, 2, dtype="float32") * 5))
    linears = [layer for layer in leaves(model) if isinstance(layer, nn.Linear)]
    return {
        "shapes of the linear layers": [list(layer.weight.shape) for layer in linears],
        f"shape of the answers to {rows} examples": list(outputs.shape),
        "all answers are from 0 to 1": bool(((outputs >= 0) & (outputs <= 1)).all()),
        "number of parameters": sum(p.numel() for p in model.parameters()),
    }


@check("train_xor_mlp", points=1, repeat=False)
def weights_come_from_the_generator(answer, rng):
    """The same generator gives the same weights, another one others, whatever torch's own generator says.

    1. Call it twice with torch.Generator().manual_seed(0): do you get the same weights?
    2. A new nn.Linear draws its weights from torch's own generator, so write other numbers over them.
    3. The functions of torch.nn.init, and a tensor's uniform_ and normal_, take generator=....
    """
    seed = int(rng.integers(10_000))
    models = [_train_xor(answer, one) for one in (seed, seed, seed + 1)]
    first, again, other = ([plain(p) for p in model.parameters()] for model in models)
    facts = {
        "the same generator gives the same weights": all(map(np.allclose, first, again)),
        "another generator gives the same weights": all(map(np.allclose, first, other)),
    }
    return facts | once_more(rng, facts)


# time_forward


@check("time_forward", points=1, rtol=1e-6)
def answer_is_the_median_after_one_to_warm_up(answer, rng):
    """On a CPU the answer is the median, in seconds, of `repeats` passes after one that does not count.

    1. Write down the times of all passes of one question, cross out the first, and sort the rest.
    2. The pass that warms up comes before the loop; in the loop each pass has its own start and end.
    3. Of the sorted times the one in the middle is the median. It is in seconds, as the clock gave it.
    """
    return {
        f"seconds, repeats = {repeats}, all passes: {_list(seconds)}": _time(answer, seconds, behind=False)
        for repeats, warm_up in ((1, None), (5, None), (9, 0.0625))
        for seconds in [_seconds(rng, repeats, warm_up=warm_up)]
    }


@check("time_forward", points=1, rtol=1e-6)
def clock_is_read_when_the_device_is_done(answer, rng):
    """On a GPU, which is simulated here, a pass ends when its work is done, not when it is handed over.

    1. On a GPU model(X) returns as soon as the work is handed over. What does the clock show then?
    2. Your function has to wait until the device is done: between model(X) and the second look at the clock.
    3. torch.cuda.synchronize() waits for a GPU, torch.accelerator.synchronize() for any device that is no
       CPU; ask X which of them it lives on.
    """
    # A clock that starts too early makes the first timed pass longer: as the longest, it moves no median.
    return {
        f"seconds, X on a GPU, repeats = {repeats}, all passes: {_list(seconds)}": _time(
            answer, seconds, behind=True
        )
        for repeats in (3, 7)
        for seconds in [_seconds(rng, repeats, timed_first=max)]
    }


@check("time_forward", points=1, rtol=1e-6)
def earlier_work_is_not_billed(answer, rng):
    """Work that a GPU, simulated here, was given before does not count, nor what is left of the warm-up.

    1. Your first pass has to wait in the queue of the GPU. Behind what?
    2. What was handed over before may still be at work: the caller's computations, and the warm-up.
    3. Wait for the device before you look at the clock, at the start of a pass as well as at its end.
    """
    answers = {}
    for repeats in (1, 3):
        seconds = _seconds(rng, repeats, timed_first=min)  # made longer, it moves the median
        earlier = float(rng.integers(20, 40))
        passes = f"repeats = {repeats}, all passes: {_list(seconds)}"
        timed = _time(answer, seconds, behind=True, earlier=earlier)
        answers[f"seconds, after {earlier} s of other work, {passes}"] = timed
    return answers


@check("time_forward", points=1)
def passes_are_made_without_a_graph(answer, rng):
    """There are repeats + 1 passes, none with a graph, all in the mode in which the model is.

    1. What do you time: using a model, or training it? And who decides on its mode?
    2. Recording a graph takes time and memory; torch.no_grad() or torch.inference_mode() switches it off.
    3. Call model(X) repeats + 1 times, without a graph, and leave eval() and train() to the caller.
    """
    passes, modes = rng.choice([1, 3, 5], 6).tolist(), rng.integers(2, size=6).astype(bool).tolist()
    turns = list(zip(passes, modes, strict=True))
    words = ", ".join(f"{n} in {'training' if mode else 'evaluation'} mode" for n, mode in turns)
    return {
        "what is seen of 3 passes in training mode": _describe_passes(answer, rng, 3, True),
        f"what is seen of passes in turn: {words}": [_describe_passes(answer, rng, *turn) for turn in turns],
    }


@gpu_check("time_forward", dtypes=BOTH)
def the_clock_of_the_gpu_agrees(answer, rng):
    """The answer lies between half and twice of what events of CUDA measure, however busy the GPU was.

    1. The GPU has a clock of its own, which events read. Does yours show much less, or much more?
    2. Less: your clock is read while the GPU still works. More: it starts while the GPU is at other work.
    3. Wait for the device before each look at the clock, and give seconds.
    """
    with _long_passes(answer, rng) as (model, X), torch.inference_mode():
        times = [milliseconds(lambda: model(X)) for _ in range(8)]
        expected = statistics.median(times[3:]) / 1000  # the first ones choose their kernels
        for _ in range(5):
            model(X)
        seconds = float(answer.time_forward(model, X, 5))
    print(f"{seconds * 1000:.3f} ms, by the GPU's clock {expected * 1000:.3f} ms")
    return {
        "at least half of the time by the GPU's clock": seconds >= expected / 2,
        "at most twice the time by the GPU's clock": seconds <= expected * 2,
    }


# What the programs above are made of.


def _own_linear(*sizes):
    """A layer of a class made from nn.Linear."""
    return type("OwnLinear", (torch.nn.Linear,), {})(*sizes)


def _predict(answer, model, X):
    with default_modes():
        return answer.predict(model, X)


def _train_xor(answer, seed):
    """The answer's network; torch's own generator begins elsewhere in each call."""
    return answer.train_xor_mlp(torch.Generator().manual_seed(seed))


def _xor_loss(model):
    X = numbers([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    with torch.set_grad_enabled(False):
        p = plain(model(X)).clip(1e-12, 1 - 1e-12)
    return -np.log(np.where([[0], [1], [1], [0]], p, 1 - p)).mean()


def _tower(rng):
    """Four linear layers."""
    return network(rng, *(nn.Linear(4, 4) for _ in range(4)))


def _through(model, x, otherwise):
    """What the layers make of x, one after the other; some of them are called otherwise."""
    for number, layer in enumerate(model):
        x = otherwise.get(number, lambda x, layer: layer(x))(x, layer)
    return x


def _losing(rng):
    """Five programs in which parameters lose their gradients: a title, the model and the loss."""
    X = tensor(rng, 3, 4)

    def without_graph(x, layer):
        with torch.set_grad_enabled(False):
            return layer(x)

    def bias_alone(x, layer):
        return x @ layer.weight.detach().clone().requires_grad_().T + layer.bias

    def with_frozen_bias(x, layer):
        layer.bias.requires_grad_(False)
        return layer(x)

    programs = {
        "detach before layer {}": lambda x, layer: layer(x.detach()),
        "layer {} under no_grad": without_graph,
        "layer {} not called": lambda x, layer: x,
        "layer {} with a copy of its weight": bias_alone,
        "layer {} with a frozen bias": with_frozen_bias,
    }
    for title, otherwise in programs.items():
        model, place = _tower(rng), int(rng.integers(4))
        yield title.format(place), model, _through(model, X, {place: otherwise}).square().mean()


def _mixed_logits(answer, model, X):
    with default_modes():
        return answer.mixed_precision_forward(model, X)


def _sizes(rng, count):
    return rng.integers(2, 40, size=count).tolist()


def _kind(tensor):
    return f"{tensor.dtype} of shape {list(tensor.shape)}"


def _is_where_it_was(model):
    """Whether all parameters are on the device under test."""
    return {p.device.type for p in model.parameters()} == {here().device}


def _spread(layer):
    """How a layer's weights are spread, in units of Kaiming's bound."""
    weights = plain(layer.weight) / (6 / layer.in_features) ** 0.5
    name = f"of nn.Linear({layer.in_features}, {layer.out_features}), times sqrt(fan_in / 6)"
    return {
        f"largest |weight| {name}": float(abs(weights).max()),
        f"standard deviation {name}": float(weights.std()),
        f"mean {name}": float(weights.mean()),
    }


def _largest_weights(answer, rng, bias=True):
    """The largest of some 20,000 weights of layers with random numbers of inputs, in hundredths."""
    fans = rng.integers(20, 600, size=3).tolist()
    layers = [filled(on_device(nn.Linear(fan, 20_000 // fan, bias)), rng) for fan in fans]
    return {
        f"largest |weight| of layers with {fans} inputs, times 100": [
            float(abs(plain(layer.apply(answer.init_weights).weight)).max()) * 100 for layer in layers
        ]
    }


def _different_units(answer, rng, layers, units):
    """How many units of that many layers with 8 inputs have weights of their own."""
    model = network(rng, *(nn.Linear(8, units) for _ in range(layers))).apply(answer.init_weights)
    return len({tuple(weights) for layer in model for weights in plain(layer.weight).tolist()})


def _numpy_layers(rng, *sizes):
    return [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairwise(sizes)]


def _leaky_gradients(answer, x, slope, upstream):
    """The gradients of x and slope under the upstream gradient; x keeps its memory layout."""
    x, slope = x.detach().requires_grad_(), slope.detach().requires_grad_()
    answer.LeakySquare.apply(x, slope).backward(upstream)
    return [plain(x.grad), plain(slope.grad)]


def _deep(rng, dropout=False):
    """Twelve layers: six times linear and tanh, or four times linear, tanh and dropout."""
    block = [lambda: nn.Linear(4, 4), nn.Tanh, *([nn.Dropout] if dropout else [])]
    return network(rng, *(kind() for _ in range(12 // len(block)) for kind in block))


def _longest_recomputation(answer, rng, segments):
    """How many layers in a row are called while backward runs."""
    model, called = _deep(rng), []
    output = answer.checkpointed_forward(model, tensor(rng, 5, 4), segments)
    for index, layer in enumerate(model):
        layer.register_forward_pre_hook(lambda *_, index=index: called.append(index))
    output.sum().backward()
    longest = run = 0
    for before, index in pairwise([None, *called]):
        run = run + 1 if before is not None and index == before + 1 else 1
        longest = max(longest, run)
    return longest


def _classifier(rng):
    """A float32 model, as models are that are trained in mixed precision."""
    return network(rng, nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3), dtype="float32")


def _linear_outputs(answer, model, rng):
    """Dtype and shape of what each linear layer gives in mixed precision, in the order of the calls."""
    outputs = []
    for layer in model:
        if isinstance(layer, nn.Linear):
            layer.register_forward_hook(lambda module, args, output: outputs.append(_kind(output)))
    _mixed_logits(answer, model, tensor(rng, 5, 4, dtype="float32"))
    return outputs


def _mixed_gradients(answer, model, rng):
    """Dtype and shape of each parameter's gradient after mixed precision."""
    _mixed_logits(answer, model, tensor(rng, 5, model[0].in_features, dtype="float32")).sum().backward()
    return {name: "no gradient" if p.grad is None else _kind(p.grad) for name, p in model.named_parameters()}


def _watch(rng, events, name=""):
    """A model and its optimizer, which write into `events` what is done with them."""
    model = network(rng, nn.Linear(4, 3))
    optimizer = _sgd(model)
    model.register_forward_hook(lambda *_: events.append(f"{name}forward"))
    model[0].bias.register_hook(lambda gradient: events.append(f"{name}backward"))
    optimizer.register_step_post_hook(lambda *_: events.append(f"{name}step"))
    return model, optimizer


def _task(rng, *layers, momentum=0.0):
    """The arguments of train_step: a model of these layers (or of two), six examples, their labels, SGD."""
    model = network(rng, *(layers or (nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))))
    return model, tensor(rng, 6, 4), labels(rng, 6, 3), _sgd(model, momentum)


def _sgd(model, momentum=0.0):
    return torch.optim.SGD(model.parameters(), lr=0.5, momentum=momentum)


def _few_rows(call, rng):
    """Shapes and devices of what `call` gives for no row and for one row of 4 features."""
    found = {}
    for rows in (0, 1):
        X = tensor(rng, rows, 4)
        result = call(X)
        found[f"shape for X of shape ({rows}, 4)"] = list(result.shape)
        found[f"on the device of X, for shape ({rows}, 4)"] = result.device == X.device
    return found


def _seconds(rng, repeats, timed_first=None, warm_up=None):
    """How long passes take: one that warms up takes longest unless given, others differ by an eighth.

    The first of the others is the longest or the shortest where `timed_first` is max or min.
    """
    warm_up = warm_up or int(rng.integers(64, 96)) / 8
    timed = ((rng.permutation(40)[:repeats] + 1) / 8).tolist()
    if timed_first:
        timed.insert(0, timed.pop(timed.index(timed_first(timed))))
    return [warm_up, *timed]


def _list(seconds):
    return ", ".join(map(written, seconds))


def _time(answer, seconds, behind, earlier=0.0):
    """What an answer says of passes that take these seconds, the first to warm up, after earlier work."""
    machine = Machine(behind)
    model, X = machine.model(seconds, []), machine.tensor()
    with torch.enable_grad(), machine.running(answer):
        machine.work(earlier)
        return answer.time_forward(model, X, len(seconds) - 1)


def _describe_passes(answer, rng, repeats, training):
    """How many passes there are, in what mode and with a graph or not, and the mode afterwards."""
    machine, seen = Machine(behind=False), []
    model = machine.model(_seconds(rng, repeats), seen).train(training)
    with torch.enable_grad(), machine.running(answer):
        answer.time_forward(model, machine.tensor(), repeats)
    return {
        "passes": len(seen),
        "passes in training mode": sum(mode for mode, _ in seen),
        "passes with a graph": sum(graph for _, graph in seen),
        "training mode afterwards": model.training,
    }


@contextmanager
def _long_passes(answer, rng):
    """A model, and its input, that keeps the GPU at work much longer than the host needs to hand a pass over.

    In a rehearsal without a GPU it is simulated.
    """
    if here().device == "cuda":
        layer, X = on_device(nn.Linear(4096, 4096)), on_device(torch.empty(4096, 4096).normal_())
        yield nn.Sequential(*[layer] * 8), X
        return
    machine = Machine(behind=True)
    with machine.running(answer):
        yield machine.model(cycle(rng.permutation([1.0, 1.125, 1.25]).tolist()), []), machine.tensor()
