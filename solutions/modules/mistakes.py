"""Classic wrong answers of the modules unit, and what a tutor says to each."""

import copy

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

from autograder.declare import slips

MLP = slips("MLP")
FC1, FC2 = "input_dim, hidden_dim", "hidden_dim, output_dim"
LOGITS = "self.fc2(F.relu(self.fc1(x)))"


@MLP("layers in a plain list", code=r"= \[|= list\(|append\(|\[nn\.")
class LayersInAList(nn.Module):
    """The model has no parameters: a module finds the layers that are attributes of self, and does not look
    into a plain list. Make fc1 and fc2 attributes, or use nn.ModuleList where you need a list.
    """

    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.layers = [nn.Linear(input_dim, hidden_dim), nn.Linear(hidden_dim, output_dim)]

    def forward(self, x):
        return self.layers[1](F.relu(self.layers[0](x)))


MLP(
    "softmax in forward",
    "Your model answers with probabilities. Cross-entropy takes the softmax itself, so it would be taken "
    "twice: let forward end with the raw scores of fc2.",
).write(LOGITS, f"torch.softmax({LOGITS}, dim=-1)")
MLP(
    "log_softmax in forward",
    "Your model answers with log-probabilities, which is what nll_loss wants. Here raw scores are asked for: "
    "let forward end with fc2.",
).write(LOGITS, f"torch.log_softmax({LOGITS}, dim=-1)")
MLP(
    "no nonlinearity",
    "Nothing bends between the layers, so the two of them are worth a single linear layer. Put a ReLU "
    "between fc1 and fc2.",
).write("F.relu(self.fc1(x))", "self.fc1(x)")
MLP(
    "ReLU after the last layer too",
    "No score of yours is ever negative: the ReLU after fc2 cuts them off, and their gradient with them. The "
    "activation stands between the layers only.",
).write(LOGITS, f"F.relu({LOGITS})")
MLP(
    "ReLU after the last layer instead",
    "Between fc1 and fc2 nothing bends, and the ReLU after fc2 cuts off the scores below 0. It belongs "
    "between the two layers.",
).write(LOGITS, "F.relu(self.fc2(self.fc1(x)))")
MLP(
    "ReLU before the first layer",
    "The ReLU meets the input: negative features never get through. It belongs after fc1.",
).write("F.relu(self.fc1(x))", "self.fc1(F.relu(x))")
MLP(
    "tanh in place of ReLU",
    "Between the layers you have a tanh, which saturates on both sides. This network uses ReLU.",
    code="(?i)tanh",
).write("F.relu", "torch.tanh")
MLP(
    "super().__init__ missing",
    "nn.Module has to prepare itself before it can take in layers: call the __init__ of the base class "
    "first, then assign fc1 and fc2.",
).drop("super().__init__()")
MLP(
    "layers without biases",
    "Both biases are missing: an input of zeros could only ever give zeros. Leave nn.Linear its bias.",
).write(FC1, f"{FC1}, bias=False").write(FC2, f"{FC2}, bias=False")
MLP(
    "hidden layer taken out of the graph",
    "The numbers are right, but fc1 gets no gradient and will never learn: .data or .detach() took its "
    "output out of the graph.",
    code=r"\.data\b|detach|no_grad|item\(|numpy",
).write("F.relu(self.fc1(x))", "F.relu(self.fc1(x)).detach()")
MLP(
    "axes of length 1 squeezed away",
    "With one example or one output an axis has disappeared: squeeze() removes every axis of length 1. A "
    "batch keeps the shape (N, output_dim), whatever the numbers.",
    code=r"squeeze|flatten|reshape|view|\[",
).write(LOGITS, f"{LOGITS}.squeeze()")
# Right on a CPU, and wrong or slow on a GPU.
MLP(
    "one row at a time",
    "Your forward goes through the rows in a Python loop: a GPU has thousands of cores, and you give it one "
    "row at a time. The layers take the whole batch at once.",
    tier="gpu",
).write(
    f"return {LOGITS}",
    """rows = [self.fc2(F.relu(self.fc1(row))) for row in x]
        return torch.stack(rows) if rows else self.fc2(self.fc1(x))""",
)
MLP(
    "a look for NaN in every forward",
    "Your forward asks whether there is a NaN, and the answer is a Python bool: the CPU waits for the GPU in "
    "every call, and then the GPU for the CPU. Look for NaN in the loss, once in a while.",
    tier="gpu",
).write(
    f"return {LOGITS}",
    f"""logits = {LOGITS}
        if torch.isnan(logits.sum()):
            raise ValueError("NaN in the logits")
        return logits""",
)


make_mlp = slips("make_mlp")
LAYER, ACTIVATION, ALL_BUT_THE_LAST = "nn.Linear(d_in, d_out)", "activation()", "layers[:-1]"

make_mlp(
    "activation after the last layer",
    "Your network ends with an activation, so its scores are never negative. Activations stand between two "
    "linear layers; after the last one comes none.",
).write(ALL_BUT_THE_LAST, "layers")
make_mlp(
    "one activation shared by all layers",
    "You made one activation and used it everywhere. Without a state that goes unnoticed; nn.PReLU has a "
    "slope to learn, and all layers would share it. Make a new one for each gap.",
).write("layers = []", "layers, shared = [], activation()").write("activation()]", "shared]")
make_mlp(
    "last layer missing",
    "One layer too few: the last size is never reached. n sizes make n - 1 linear layers.",
).write("pairwise(sizes)", "pairwise(sizes[:-1])").write(ALL_BUT_THE_LAST, "layers")
make_mlp(
    "no activations",
    "Only linear layers: together they are worth one of them. Put an activation between each two.",
).drop(", activation()").write(ALL_BUT_THE_LAST, "layers")
make_mlp(
    "always ReLU",
    "The caller asked for another activation and got ReLU: use the argument `activation`.",
    code="(?i)relu",
).write(ACTIVATION, "nn.ReLU()")
make_mlp(
    "activation not called",
    "You put the class itself into the network, and nn.Sequential takes modules only. Call `activation()` to "
    "make one.",
).write(ACTIVATION, "activation")
make_mlp(
    "activation before each layer",
    "Your network begins with an activation, which cuts the input. Begin with a linear layer.",
).swap(LAYER, ACTIVATION).write(ALL_BUT_THE_LAST, "layers")
make_mlp(
    "nn.ModuleList in place of nn.Sequential",
    "An nn.ModuleList keeps modules but cannot be called: it does not know in which order they work. "
    "nn.Sequential calls one after the other.",
    code="ModuleList",
).write("nn.Sequential(*layers[:-1])", "nn.ModuleList(layers[:-1])")
make_mlp(
    "softmax at the end",
    "Your network answers with probabilities. Let it end with the last linear layer: the loss takes the "
    "softmax.",
    code="(?i)softmax",
).write("*layers[:-1]", "*layers[:-1], nn.Softmax(dim=-1)")


init_weights = slips("init_weights")
LINEAR = "if isinstance(module, nn.Linear):"
KAIMING = 'nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")'
BIAS_IF_ANY = """if module.bias is not None:
            nn.init.zeros_(module.bias)"""

init_weights(
    "PyTorch's default range",
    "Your weights reach 1 / sqrt(fan_in), as those of a new nn.Linear do. For relu they may reach sqrt(6 / "
    "fan_in), 2.4 times as far.",
).write('nonlinearity="relu"', "a=5**0.5")
init_weights(
    "Xavier in place of Kaiming",
    "Xavier's range depends on fan_in + fan_out and is made for tanh. relu loses half of the signal at each "
    "layer, and Kaiming makes up for it.",
).write(KAIMING, "nn.init.xavier_uniform_(module.weight)")
init_weights(
    "normal in place of uniform",
    "The standard deviation is right, but some weights lie far outside the range: you drew from a normal "
    "distribution. Use the uniform one.",
    code="normal",
).write("kaiming_uniform_", "kaiming_normal_")
init_weights(
    "fan_out in place of fan_in",
    "The range follows the number of outputs. To keep the signal's size on its way forward it has to follow "
    "the number of inputs; nn.Linear keeps its weight as (d_out, d_in).",
).write("module.weight,", 'module.weight, mode="fan_out",')
init_weights(
    "gain of a linear layer",
    "Your weights are smaller by the factor sqrt(2), which is what relu needs to keep the signal's size: it "
    "switches off half of the units. Say nonlinearity='relu'.",
).write('"relu"', '"linear"')
init_weights(
    "weights start at 0",
    "All weights are equal, so all units of a layer compute the same, get the same gradient and stay the "
    "same for ever. Random weights break that symmetry.",
).write(KAIMING, "nn.init.zeros_(module.weight)")
init_weights(
    "biases left as they were",
    "The weights are right, but the biases kept their old numbers. Set them to 0.",
).drop(BIAS_IF_ANY)
init_weights(
    "weights left as they were",
    "The biases are 0, but the weights kept their old numbers. Functions of nn.init that end in an "
    "underscore change the tensor; others only give a new one.",
).drop(KAIMING)
init_weights(
    "a layer without bias forgotten",
    "nn.Linear(..., bias=False) has the bias None, and None cannot be filled. Look before you fill.",
    code=r"\.bias",
).write(BIAS_IF_ANY, "nn.init.zeros_(module.bias)")


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


init_weights(
    "layers below the module started too",
    "You went through module.modules(), and so started layers that are not yours yet: apply calls your "
    "function on each of them anyway. Look at the module itself only.",
).write(LINEAR, "for module in [each for each in module.modules() if isinstance(each, nn.Linear)]:")
init_weights(
    "a new parameter assigned",
    "The layer has new parameters: an optimizer that was made before still holds the old ones, and will "
    "never move these. Change the numbers in place.",
    code=r"Parameter\(",
).write(
    KAIMING,
    """bound = (6 / module.in_features) ** 0.5
        module.weight = nn.Parameter(torch.empty_like(module.weight).uniform_(-bound, bound))""",
)
init_weights(
    "seeded inside",
    "Every layer of one shape starts with the same weights, because you set the seed in the function. "
    "Seeding is the caller's, once for the whole model.",
    code="seed",
).write(LINEAR, f"torch.manual_seed(0)\n    {LINEAR}")


predict = slips("predict")
NO_GRAPH = """with torch.no_grad():
            return"""
PROBABILITIES = "torch.softmax(model(X), dim=-1)"
RESTORE = "part.training = mode"

predict(
    "model left in training mode",
    "Dropout was at work, and batch norm used the batch: ask twice, and the answers differ. Put the model "
    "into evaluation mode first.",
).drop("model.eval()")
predict(
    "graph recorded",
    "The answer has a grad_fn: every activation is kept for a backward pass that never comes. Run the model "
    "under torch.no_grad().",
).write(NO_GRAPH, "return")
predict(
    "graph cut off afterwards",
    "detach() hides the graph after all of it was recorded, and the memory was needed while the model ran. "
    "Switch recording off before.",
    code=r"detach|\.data\b|numpy|item\(",
).write(NO_GRAPH, "return").write("dim=-1)", "dim=-1).detach()")
predict(
    "gradients switched off for good",
    "After your call nothing records gradients any more, and the next backward fails. Use `torch.no_grad()` "
    "in a with statement, which puts things back.",
).write(NO_GRAPH, "torch.set_grad_enabled(False)\n        return")
predict(
    "weights frozen",
    "You switched requires_grad off on the model's own parameters: it can never be trained again. Leave the "
    "parameters alone, and use torch.no_grad().",
).write(NO_GRAPH, "return").write("model(X)", "model.requires_grad_(False)(X)")
predict(
    "mode not restored",
    "The model was training and is in evaluation mode now: its dropout stays off for the rest of the "
    "training. Put the mode back.",
).write(RESTORE, "pass")
predict(
    "always back to training",
    "A model that was in evaluation mode comes back in training mode. Remember which mode it was in.",
).write(RESTORE, "part.training = True")
predict(
    "one mode for all modules",
    "The model is training again, and so are the parts of it that somebody had frozen, such as a BatchNorm "
    "in evaluation mode: its running mean moves on. Remember the mode of each module, not of the model "
    "alone.",
).write(RESTORE, "part.training = was_training[model]")
predict(
    "softmax over the batch",
    "The columns sum to 1: each class was shared out among the examples. Each example's classes should sum "
    "to 1, so the softmax goes along the last axis.",
).write("dim=-1", "dim=0")
predict(
    "logits returned",
    "These are raw scores: some are negative, and rows do not sum to 1. Take the softmax.",
).write(PROBABILITIES, "model(X)")
predict(
    "class numbers returned",
    "You returned the most probable class. The caller wants all probabilities, and may take the argmax "
    "himself.",
).write(PROBABILITIES, "model(X).argmax(dim=-1)")
predict(
    "sigmoid in place of softmax",
    "Each score became a probability of its own, and a row sums to anything. The classes exclude each other, "
    "so they share one probability of 1.",
).write(PROBABILITIES, "torch.sigmoid(model(X))")
predict(
    "log-probabilities returned",
    "All your numbers are negative: log_softmax gives the logarithms of the probabilities.",
).write("softmax", "log_softmax")
predict(
    "NumPy array returned",
    "The numbers are right, but they came back as a NumPy array, on the CPU. The caller gave a tensor and "
    "wants one, on the same device.",
    code=r"numpy|np\.",
).write(PROBABILITIES, f"{PROBABILITIES}.numpy(force=True)")
predict(
    ".cpu() in the middle",
    "The logits travel to the CPU and back: the softmax could have been taken where they were, without "
    "waiting. Leave .cpu() to the caller.",
    tier="gpu",
).write(PROBABILITIES, "torch.softmax(model(X).cpu(), dim=-1).to(X.device)")
predict(
    "device hard-coded",
    "You move X to 'cpu' by name, while the model may be on a GPU: then two devices meet, and nothing works. "
    "X and the model are on one device already; a function need not know which.",
    tier="gpu",
).write("model(X)", 'model(X.to("cpu"))')


load_numpy_layers = slips("load_numpy_layers")
WEIGHT, BIAS = "linear.weight.copy_(torch.tensor(W).T)", "linear.bias.copy_(torch.tensor(b))"

load_numpy_layers(
    "not transposed",
    "NumPy's W is (d_in, d_out), and nn.Linear keeps (d_out, d_in). A square W fits either way and is just "
    "as wrong. Transpose it.",
).drop(".T")
load_numpy_layers(
    "reshaped in place of transposed",
    "The shape is right, but the numbers stand in the wrong places: reshape fills row by row, a transpose "
    "turns rows into columns.",
    code="reshape|view|resize",
).write("torch.tensor(W).T", "torch.tensor(W.reshape(W.shape[::-1]))")
load_numpy_layers(
    "biases forgotten",
    "The biases kept their old numbers. Each pair of `layers` holds a W and a b.",
).drop(BIAS)
load_numpy_layers(
    "layers in reverse",
    "The last weights went into the first layer. The order of `layers` is that of the model.",
).write("layers, strict", "layers[::-1], strict")
load_numpy_layers(
    "new parameters",
    "The model has new parameters, and an optimizer that was made before trains the old ones. Copy into the "
    "parameters that are there.",
).write(WEIGHT, "linear.weight = nn.Parameter(torch.tensor(W.T).to(linear.weight))").write(
    BIAS, "linear.bias = nn.Parameter(torch.tensor(b).to(linear.bias))"
)
load_numpy_layers(
    "float64 brought in",
    "Your float32 model has become a float64 one, because NumPy's numbers are: twice the memory, and float32 "
    "data no longer fit. Copying with copy_ keeps the dtype.",
).write(WEIGHT, "linear.weight.data = torch.tensor(W.T)").write(BIAS, "linear.bias.data = torch.tensor(b)")
load_numpy_layers(
    "memory shared with the arrays",
    "The model now works on the caller's own arrays: training it changes them, and changing them changes the "
    "model. torch.from_numpy copies nothing.",
).write(WEIGHT, "linear.weight.data = torch.from_numpy(W.T).to(linear.weight.dtype)").write(
    BIAS, "linear.bias.data = torch.from_numpy(b).to(linear.bias.dtype)"
)
load_numpy_layers(
    "bias of shape (1, d)",
    "The bias has become a row of shape (1, d). Sums still come out right, by broadcasting, but a checkpoint "
    "of this model will not load. A bias has the shape (d,).",
).write(BIAS, "linear.bias.data = torch.tensor(b[None]).to(linear.bias)")


LeakySquare = slips("LeakySquare")
SAVE, SAVED = "ctx.save_for_backward(x, slope)", "x, slope = ctx.saved_tensors"
VALUE = "torch.where(x > 0, 1.0, slope) * x**2"
BY_SLOPE = "torch.where(x > 0, 0.0, upstream * x**2).sum()"

LeakySquare(
    "upstream gradient forgotten",
    "Your gradients are the local ones. backward is in the middle of a chain: multiply by `upstream`, which "
    "brings what comes after.",
).write("upstream * torch", "torch").write("upstream * x**2", "x**2")
LeakySquare(
    "memory layout taken for granted",
    "view wants a tensor whose memory is in order, and a transposed or expanded one is not. Work element by "
    "element, or use reshape.",
).write(
    f"return {VALUE}",
    """flat = x.view(-1)
        return (torch.where(flat > 0, 1.0, slope) * flat**2).view(x.shape)""",
)
LeakySquare(
    "memory layout of the upstream gradient taken for granted",
    "The upstream gradient has a layout of its own: sum() hands back one number expanded to the whole shape, "
    "which view cannot flatten. Work element by element, or use reshape.",
).write(SAVED, f"{SAVED}\n        upstream = upstream.view(-1).view(x.shape)")
LeakySquare(
    "ctx.needs_input_grad ignored",
    "You computed gradients that are not needed. ctx.needs_input_grad says which inputs need one; return "
    "None for the others.",
).drop(" if needs_x else None").drop(" if needs_slope else None")
LeakySquare(
    "no gradient for the slope",
    "The slope never gets a gradient, so it cannot be learned. It is an input like x: y changes with it "
    "wherever x is not positive.",
).write("return by_x, by_slope", "return by_x, None")
LeakySquare(
    "gradient of the slope from all elements",
    "The positive elements do not know the slope, but they took part in its gradient. Add up those with x <= "
    "0 only.",
).write(BY_SLOPE, "(upstream * x**2).sum()")
LeakySquare(
    "factor 2 missing",
    "Your gradient of x is half of the right one: the derivative of x**2 is 2 * x.",
).drop("* 2 ")
LeakySquare(
    "leak missing in backward",
    "On the left your gradient is that of x**2: the factor slope is in forward, but not in backward.",
).write("upstream * torch.where(x > 0, 1.0, slope)", "upstream")
LeakySquare(
    "slope squared too",
    "On the left you got (slope * x)**2: the leak was squared with x. The slope multiplies the square.",
).write(VALUE, "torch.where(x > 0, 1.0, slope) ** 2 * x**2").write("slope) * 2", "slope) ** 2 * 2").write(
    BY_SLOPE, "2 * slope * (upstream * x**2)[x <= 0].sum()"
)
LeakySquare(
    "tensors kept on ctx itself",
    "x was changed between forward and backward, and your gradient came out wrong without a word. Tensors "
    "that go through ctx.save_for_backward are watched; attributes of ctx are not.",
).write(SAVE, "ctx.x, ctx.slope = x, slope").write(SAVED, "x, slope = ctx.x, ctx.slope")
LeakySquare(
    "x changed in place",
    "Your forward squared the caller's own x. The next line that uses x gets other numbers: use an operation "
    "without an underscore.",
).write(SAVE, "ctx.save_for_backward(x.clone(), slope)").write("slope) * x**2", "slope) * x.pow_(2)")
LeakySquare(
    "slope taken out as a number",
    "slope.item() waits until the GPU has computed everything before it. torch.where takes the tensor as it "
    "is.",
    tier="gpu",
).write(VALUE, "torch.where(x > 0, x**2, slope.item() * x**2)")


checkpointed_forward = slips("checkpointed_forward")
CHECKPOINTED = "checkpoint.checkpoint_sequential(model, segments, X, use_reentrant=False)"

checkpointed_forward(
    "nothing checkpointed",
    "The output is right, but everything was kept for backward, as by model(X) itself. Hand runs of layers "
    "to torch.utils.checkpoint.",
).write(CHECKPOINTED, "model(X)")
checkpointed_forward(
    "one checkpoint around the whole model",
    "Backward rebuilds all layers at once, so for a moment everything is in memory again. Cut the model into "
    "`segments` runs.",
).write("checkpoint_sequential(model, segments,", "checkpoint(model,")
checkpointed_forward(
    "a checkpoint for every layer",
    "Every layer is a run of its own: nothing inside a run is saved, because a run has no inside. Put "
    "len(model) / segments layers into each.",
).write("segments", "len(model)")
checkpointed_forward(
    "segments taken for the length of one",
    "You made runs of `segments` layers. It is the number of runs that is given.",
).write("segments", "len(model) // segments")
checkpointed_forward(
    "reentrant checkpoint without a gradient for X",
    "Most weights got no gradient. The reentrant kind of checkpoint believes that nothing needs one when its "
    "input X does not. Use use_reentrant=False.",
).write("False", "True")


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


checkpointed_forward(
    "dropout differs the second time",
    "The recomputed layers dropped other units than the first time, so the gradients belong to another "
    "network. Leave preserve_rng_state as it is.",
    code="preserve_rng_state",
).write("=False", "=False, preserve_rng_state=False")
checkpointed_forward(
    "evaluation mode",
    "You switched the model to evaluation, so dropout is off, and it stays off. The mode is the caller's.",
).write("(model,", "(model.eval(),")
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


mixed_precision_forward(
    "no autocast on X's device",
    "The layers computed in float32, so autocast was not on where X is. Autocast for cuda does nothing to "
    "tensors on the CPU, and the other way round: name no device, but ask X where it lives.",
).write("X.device.type", '"cpu" if X.is_cuda else "cuda"')
mixed_precision_forward(
    "logits left in bfloat16",
    "The logits came back as bfloat16, with 3 digits. Losses and sums want more: turn them into float32.",
).drop(".float()")
mixed_precision_forward(
    "float16 in place of bfloat16",
    "You computed in float16, which ends at 65504 and needs its loss scaled. bfloat16 has the range of "
    "float32.",
    code="(?<!b)float16|half",
).write("bfloat16", "float16")


@mixed_precision_forward("a copy was run", code="copy")
def a_copy(model, X):
    """The logits are right, but they hang on a copy of the model: its own weights get no gradient. Run the
    model itself, under autocast.
    """
    with torch.autocast(X.device.type, dtype=torch.bfloat16):
        return copy.deepcopy(model)(X).float()


mixed_precision_forward(
    "gradients switched off",
    "The logits have no graph. Mixed precision is for training too: leave gradients on.",
).write("with torch", "with torch.no_grad(), torch")
mixed_precision_forward(
    "softmax at the end",
    "Your rows sum to 1: these are probabilities. The caller wants the logits.",
    code="(?i)softmax",
).write("logits.float()", "torch.softmax(logits.float(), dim=-1)")
mixed_precision_forward(
    "evaluation mode",
    "You switched the model to evaluation, and it stays there: dropout is off for the rest of the training. "
    "The mode is the caller's.",
).write("model(X)", "model.eval()(X)")


@mixed_precision_forward("autocast left on", code="set_autocast|__enter__")
def left_on(model, X):
    """After your call everything else runs under autocast too. Use it in a with statement, which ends it."""
    torch.set_autocast_dtype(X.device.type, torch.bfloat16)
    torch.set_autocast_enabled(X.device.type, True)
    return model(X).float()


train_step = slips("train_step")
LOSS = "F.cross_entropy(model(X), y)"
ZERO, BACK, STEP = "optimizer.zero_grad()", "loss.backward()", "optimizer.step()"

train_step(
    "loss tensor returned",
    "You returned the loss as a tensor, and it holds its whole graph: a list of a thousand losses keeps a "
    "thousand graphs in memory. Take the number out.",
).drop(".item()")
train_step(
    "zero_grad missing",
    "backward adds to .grad, so old gradients take part in every later step. Clear them before backward.",
).drop(ZERO)
train_step(
    "gradients cleared only after the step",
    "What .grad held before your first call took part in its step. Clear the gradients before backward, and "
    "it does not matter what they held.",
).drop(ZERO).write(STEP, f"{STEP}\n    {ZERO}")
train_step(
    "gradients cleared between backward and step",
    "The model never moves: you clear the gradients after backward has filled them and before the optimizer "
    "could use them.",
    code=r"backward\((?s:.*)(\.grad = |zero_grad\()",
).swap(ZERO, BACK)
train_step(
    "step before backward",
    "The optimizer moves before backward has computed where to. Swap the two.",
).swap(BACK, STEP)
train_step(
    "no step",
    "The gradients are there, but nobody uses them: the model is what it was before.",
).drop(STEP)
train_step(
    "evaluation mode",
    "You trained in evaluation mode, in which dropout is off and batch norm learns nothing of the batch. The "
    "mode is the caller's, who has set it for training.",
).write("model(X)", "model.eval()(X)")
train_step(
    "softmax before the loss",
    "cross_entropy takes the softmax itself; with probabilities for logits it is taken twice, and the loss "
    "can never come near 0.",
    code="softmax",
).write("model(X)", "torch.softmax(model(X), dim=-1)")
train_step(
    "sum for mean",
    "Loss and step are larger by the number of examples. Take the mean, so that the learning rate does not "
    "depend on the size of the batch.",
).write("y)", 'y, reduction="sum")')
train_step(
    "uphill",
    "The model gets worse with every step: the sign of the loss is turned.",
).write(LOSS, f"-{LOSS}")


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


train_step(
    "an optimizer of its own",
    "You made a new optimizer on each call, with a learning rate of your own, and it has forgotten all "
    "earlier steps. Use the one that was given.",
    code=r"SGD|Adam|optim\.",
).write(ZERO, f"optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n    {ZERO}")
train_step(
    "steps by hand",
    "A plain step of -lr times the gradient is what SGD without momentum does. The optimizer may be another "
    "one: let it make the step.",
).write(
    STEP,
    """with torch.no_grad():
        for parameter in model.parameters():
            parameter -= optimizer.param_groups[0]["lr"] * parameter.grad""",
)
train_step(
    "loss after the step",
    "You asked for the loss once more after the step. It costs a second forward pass, and the loss that was "
    "minimised is the one before.",
).write(
    "return loss.item()",
    f"""with torch.no_grad():
        return {LOSS}.item()""",
)
# Right on a CPU, and wrong or slow on a GPU.
train_step(
    ".item() in a loop",
    "You ask every gradient for a number, in a loop over the parameters: each time the CPU waits for the "
    "GPU. Put the question to all of them on the GPU, and fetch one answer.",
    tier="gpu",
).write(
    STEP,
    f"""if all(parameter.grad.isfinite().all().item() for parameter in model.parameters()):
        {STEP}""",
)
train_step(
    "TF32 switched on",
    "You switched the products of float32 to TF32, which drops 13 of their 23 bits, for the whole program "
    "and for good. The program that runs the training decides that; a step leaves it as it is.",
    tier="gpu",
).write(ZERO, f'torch.set_float32_matmul_precision("high")\n    {ZERO}')
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


parameters_without_gradient = slips("parameters_without_gradient")
ASKED = "torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)"

parameters_without_gradient(
    "the graph freed",
    "The graph of the loss is gone after your call, so the caller's backward fails. Say retain_graph=True.",
).drop(" retain_graph=True,")
parameters_without_gradient(
    "an unused parameter is an error",
    "autograd.grad raises an error for a parameter that the loss does not depend on. Say allow_unused=True: "
    "then its gradient is None.",
).drop(", allow_unused=True")
parameters_without_gradient(
    "a gradient of 0 counts as none",
    "You named parameters whose gradient is 0. That is a gradient, and .grad would hold it: ask for None.",
).write("if gradient is not None}", "if gradient is not None and gradient.any()}")
parameters_without_gradient(
    "frozen parameters left out",
    "You left out the parameters that do not require a gradient. They get none either: name them too.",
).write("model.named_parameters() if name not in", "named if name not in")
parameters_without_gradient(
    "frozen parameters asked for",
    "autograd.grad raises an error for a parameter that requires no gradient. Ask for the others only.",
).write(" if parameter.requires_grad]", "]")
parameters_without_gradient(
    "a loss without a graph is an error",
    "A loss without a graph has nothing to go back through, and autograd raises an error. Look at "
    "loss.requires_grad first: without a graph, every name is in the list.",
).write("if loss.requires_grad and named:", "if named:")
parameters_without_gradient(
    "those with a gradient", "You named the parameters that do get a gradient. The others are wanted."
).write("if name not in reached", "if name in reached")


@parameters_without_gradient(".grad looked at before backward", code=r"\.grad\b")
def grad_as_it_is(model, loss):
    """You looked at .grad as it is now. It says what an earlier backward left, and nothing of this loss."""
    return [name for name, parameter in model.named_parameters() if parameter.grad is None]


@parameters_without_gradient("backward fills .grad", code="backward")
def by_backward(model, loss):
    """Your backward leaves gradients in .grad, where the caller's next backward adds to them. Ask
    torch.autograd.grad, which returns them.
    """
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    return [name for name, parameter in model.named_parameters() if parameter.grad is None]


train_xor_mlp = slips("train_xor_mlp")
train_xor_mlp(
    "one start only",
    "Some of your networks are stuck: from about a third of all starts, units of relu die or do the same. "
    "Look at the loss at the end, and draw new weights if it is large.",
).write("nn.Tanh()", "nn.ReLU()").write("while loss > 0.05:", "for _ in range(1):")
train_xor_mlp(
    "sigmoid forgotten",
    "Your network answers with scores. nn.BCELoss takes probabilities: end with nn.Sigmoid().",
).drop(", nn.Sigmoid()").write("criterion, loss = nn.BCELoss()", "criterion, loss = nn.BCEWithLogitsLoss()")
train_xor_mlp(
    "no activation between the layers",
    "Two linear layers without an activation between them are one, and no line separates XOR.",
).write("nn.Tanh()", "nn.Identity()").write("while loss > 0.05:", "for _ in range(1):")
train_xor_mlp(
    "gradients not cleared", "backward adds to the gradients of all steps before. Clear them in each step."
).drop("optimizer.zero_grad()").write("while loss > 0.05:", "for _ in range(1):").write(
    "range(100)", "range(200)"
)
train_xor_mlp("no step", "The gradients are there, but the optimizer never steps.").drop(
    "optimizer.step()"
).write("while loss > 0.05:", "for _ in range(1):")
train_xor_mlp("labels of AND", "Your labels are those of AND. XOR is 1 where the two inputs differ.").write(
    "(X[:, :1] != X[:, 1:])", "(X[:, :1] * X[:, 1:])"
)
train_xor_mlp(
    "weights from torch's own generator",
    "Your weights come from torch's own generator, as nn.Linear draws them. Draw them from the one given.",
).write("nn.init.uniform_(parameter, -1, 1, generator=generator)", "nn.init.uniform_(parameter, -1, 1)")
train_xor_mlp(
    "the same weights each time",
    "You seed the generator yourself, so every call trains the same network. Use it as you are given it.",
).write("criterion, loss =", "generator.manual_seed(1)\n    criterion, loss =")
train_xor_mlp("two hidden units", "Your hidden layer has two units. The exercise asks for four.").write(
    "nn.Linear(2, 4)", "nn.Linear(2, 2)"
).write("nn.Linear(4, 1)", "nn.Linear(2, 1)").write("while loss > 0.05:", "for _ in range(1):")

time_forward = slips("time_forward")
WAIT = """if not X.is_cpu:
            torch.accelerator.synchronize(X.device)"""
MEDIAN = "statistics.median(seconds)"
WARM_UP = """model(X)
        for _ in"""

time_forward(
    "the clock is read while the GPU still works",
    "On a GPU model(X) hands work over and returns at once: your seconds are those of the handing over, "
    "however much there is to do. Synchronize with the device before each look at the clock.",
    tier="both",
).drop(WAIT)
time_forward(
    "the clock starts while the GPU is busy",
    "You wait for the GPU at the end of a pass only. What it was given earlier, the warm-up above all, is "
    "billed to your first pass: synchronize before the clock starts, too.",
).write("start = now()", "start = time.perf_counter()")
time_forward(
    "synchronised where there is no GPU",
    "A CPU is done when model(X) returns, and torch.cuda.synchronize() fails where there is no CUDA. Ask X "
    "where it lives, and synchronize with that device if it is no CPU.",
).write(WAIT, "torch.cuda.synchronize()")
time_forward(
    "no warm-up",
    "Your first pass counts. It is the slowest: memory is asked for, kernels are loaded and chosen. Make one "
    "pass before the clock starts.",
).write(WARM_UP, "for _ in")
time_forward(
    "mean for median",
    "Your answer is the mean. One pass that was disturbed by something else moves it as far as it likes; the "
    "median hardly notices.",
    code="mean|/|sum",
).write(MEDIAN, "statistics.mean(seconds)")
time_forward(
    "all passes together",
    "Your seconds are those of all passes together. Time each of them, and take the one in the middle.",
).write(MEDIAN, "sum(seconds)")
time_forward(
    "smallest for median",
    "Your answer is the fastest pass. It says what is possible on a lucky day; the one in the middle is what "
    "to expect.",
    code="min|sort",
).write(MEDIAN, "min(seconds)")
time_forward(
    "milliseconds",
    "Your number is right in milliseconds. It is asked for in seconds.",
    code="1000|1e3|_ns|1_000",
).write(MEDIAN, f"{MEDIAN} * 1000")
time_forward(
    "processor time",
    "time.process_time() counts the work of all cores together, and no waiting: with four cores at work it "
    "runs four times too fast. time.perf_counter() is a clock on the wall.",
    code="process_time",
).write("perf_counter", "process_time")
time_forward(
    "a graph is recorded",
    "Each pass of yours records a graph for a backward that never comes, which takes time and memory. Make "
    "the passes under torch.no_grad().",
).write("no_grad", "enable_grad")
time_forward(
    "the mode is changed",
    "You switch the model to evaluation. Dropout and batch norm take other times in training, and that may "
    "be what the caller wants to know: leave the model in the mode it is in.",
).write(WARM_UP, "model.eval()(X)\n        for _ in")
