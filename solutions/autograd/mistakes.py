"""Classic wrong answers of the autograd unit, and what a tutor says to each."""

import functools
import inspect

from autograder.declare import slips
from engine import Function, Value, enable_grad, grad, is_grad_enabled, set_grad_enabled
from engine.walk import topological


class Right:
    """A right no_grad in separate parts, for the wrong ones to go wrong in one of them."""

    def __enter__(self):
        self.old = is_grad_enabled()
        set_grad_enabled(False)

    def __exit__(self, *error):
        set_grad_enabled(self.old)

    def __call__(self, function):
        return self.of_generator(function) if inspect.isgeneratorfunction(function) else self.of(function)

    def of(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            with type(self)():
                return function(*args, **kwargs)

        return switched

    def of_generator(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            items, end = function(*args, **kwargs), object()
            while True:
                with type(self)():
                    found = next(items, end)
                if found is end:
                    return
                yield found

        return switched


# no_grad


no_grad = slips("no_grad")


@no_grad("always switched on at the end")
class EndsWithTrue(Right):
    """Your inner block switched recording on although the outer one was still open. Restore what you found,
    which need not have been True.
    """

    def __exit__(self, *error):
        set_grad_enabled(True)


@no_grad("toggled")
class Toggles(Right):
    """You turned the switch around, so a block inside a block records again. Set it to False, whatever it
    was.
    """

    def __enter__(self):
        set_grad_enabled(not is_grad_enabled())

    def __exit__(self, *error):
        set_grad_enabled(not is_grad_enabled())


@no_grad("not restored after an exception")
class OnlyWithoutException(Right):
    """After an exception inside the block nothing is recorded any more, for the rest of the program.
    __exit__ has to restore the state whatever its arguments are.
    """

    def __exit__(self, kind, error, traceback):
        if kind is None:
            set_grad_enabled(self.old)


@no_grad("function's exception not provided for")
class DecoratesWithoutTry(Right):
    """When a decorated function raises, its caller is left without recording: your lines after the call were
    never reached. A `with` block inside the new function sees to it.
    """

    def of(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            old = is_grad_enabled()
            set_grad_enabled(False)
            result = function(*args, **kwargs)
            set_grad_enabled(old)
            return result

        return switched


@no_grad("exception swallowed")
class Swallows(Right):
    """Your __exit__ returned something true, which tells Python that the exception is dealt with. Return
    nothing, and it goes on its way.
    """

    def __exit__(self, *error):
        super().__exit__(*error)
        return True


@no_grad("never restored")
class NeverRestores(Right):
    """After the block nothing is recorded any more. __exit__ has to put back the state that __enter__
    found.
    """

    def __exit__(self, *error):
        pass


@no_grad("never switched off")
class NeverSwitches(Right):
    """Inside the block operations are still recorded: set_grad_enabled has to be told so in __enter__."""

    def __enter__(self):
        self.old = is_grad_enabled()


@no_grad("switched off when made")
class SwitchesWhenMade(Right):
    """Recording stopped as soon as no_grad() was made, before any block began, and decorating a function
    stopped it for good. Switch in __enter__.
    """

    def __init__(self):
        self.old = is_grad_enabled()
        set_grad_enabled(False)

    def __enter__(self):
        pass


@no_grad("one state for all calls")
class SharedByAllCalls(Right):
    """All calls of a decorated function share one no_grad object. When the function calls itself, the inner
    call overwrites what the outer one has remembered. Use a fresh one for each call.
    """

    def of(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return switched


@no_grad("result of the function lost")
class LosesResult(Right):
    """A decorated function returns None: your new function calls the old one, but does not return what comes
    back.
    """

    def of(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            with type(self)():
                function(*args, **kwargs)

        return switched


@no_grad("name of the function lost")
class LosesName(Right):
    """A decorated function has the name of your inner one, which makes tracebacks hard to read.
    functools.wraps copies name and docstring.
    """

    def of(self, function):
        return lambda *args, **kwargs: super(LosesName, self).of(function)(*args, **kwargs)


@no_grad("generator runs outside the block")
class GeneratorOutside(Right):
    """Calling a generator function only makes the generator; its code runs later, when your block is over,
    and is recorded. The block belongs around each of its steps.
    """

    def of_generator(self, function):
        return self.of(function)


@no_grad("generator left in no_grad")
class GeneratorLeavesItOn(Right):
    """Between two items of a decorated generator its caller records nothing: `yield` inside the block hands
    over in the middle of it. Yield outside.
    """

    def of_generator(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            with type(self)():
                yield from function(*args, **kwargs)

        return switched


@no_grad("generator emptied at once")
class EmptiesGenerator(Right):
    """Your decorated generator runs to its end before its first item is used: list() inside the block sees
    to that. Go from item to item, with a block around each step.
    """

    def of_generator(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            with type(self)():
                items = list(function(*args, **kwargs))
            yield from items

        return switched


@no_grad("generator's exception not provided for")
class StepsWithoutTry(Right):
    """When a decorated generator raises, its caller is left without recording: the line that switches back
    is not reached. A `with` block around each step sees to it.
    """

    def of_generator(self, function):
        @functools.wraps(function)
        def switched(*args, **kwargs):
            items, end = function(*args, **kwargs), object()
            while True:
                old = is_grad_enabled()
                set_grad_enabled(False)
                found = next(items, end)
                set_grad_enabled(old)
                if found is end:
                    return
                yield found

        return switched


# accumulate


accumulate = slips("accumulate")


@accumulate("gradients between leaf and result survive")
def accumulate_with_old_gradients(f, x, times):
    """From the second pass on, too much arrives: for x cubed at 3 it is 72 after two passes, not 54. Values
    between leaf and result have to start at 0 in each pass; only leaves add up.
    """
    leaf = Value(x)
    root = f(leaf)
    for left in range(times, 0, -1):
        _walk_without_reset(root)
        if left == 1:
            grad(root, leaf)  # frees the graph
    return leaf.grad


@accumulate("overwritten")
def accumulate_overwrites(f, x, times):
    """However many passes, you have the gradient of one. A leaf adds up what arrives, and nobody clears it
    here.
    """
    leaf = Value(x)
    root = f(leaf)
    for left in range(times, 0, -1):
        leaf.grad = 0.0
        root.backward(retain_graph=left > 1)
    return leaf.grad


@accumulate("graph freed too early")
def accumulate_without_retaining(f, x, times):
    """The first pass freed the graph, and the second found nothing to walk. A pass that is not the last
    needs retain_graph=True.
    """
    leaf = Value(x)
    root = f(leaf)
    for _ in range(times):
        root.backward()
    return leaf.grad


@accumulate("graph built again")
def accumulate_rebuilds(f, x, times):
    """You called f for each pass. The gradient is right, but every pass pays for a forward pass: build the
    graph once, and keep it with retain_graph.
    """
    leaf = Value(x)
    for _ in range(times):
        f(leaf).backward()
    return leaf.grad


@accumulate("graph kept at the end")
def accumulate_keeps_the_graph(f, x, times):
    """The gradient is right, but the last pass has kept the graph, and with it the memory of all that was
    saved. Retain it for every pass but the last.
    """
    leaf = Value(x)
    root = f(leaf)
    for _ in range(times):
        root.backward(retain_graph=True)
    return leaf.grad


@accumulate("one pass, multiplied")
def accumulate_multiplies(f, x, times):
    """The number is right, but you made one pass and multiplied. What a leaf holds after `times` passes is
    to be seen here, so make them: with retain_graph on all but the last.
    """
    leaf = Value(x)
    f(leaf).backward()
    return times * leaf.grad


@accumulate("one pass too many")
def accumulate_once_more(f, x, times):
    """You walked back once more than you were asked to: count the passes again."""
    leaf = Value(x)
    root = f(leaf)
    for left in range(times, -1, -1):
        root.backward(retain_graph=left > 0)
    return leaf.grad


# Exp


Exp = slips("Exp")


@Exp("upstream gradient forgotten")
class ExpWithoutUpstream(Function):
    """Your backward returns exp(x) whatever arrives. By the chain rule the arriving gradient is multiplied
    by it.
    """

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return ctx.saved_tensors[0] * 1.0


@Exp("input saved for the output")
class ExpSavesInput(Function):
    """You multiplied by x, not by exp(x): the input was saved, and used as if it were the output."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.exp()

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


@Exp("exponentiated twice")
class ExpOfExp(Function):
    """What you saved is exp(x) already, and backward took exp of it once more."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0].exp()


@Exp("arriving gradient handed on unchanged")
class ExpPassesOn(Function):
    """You returned the gradient that arrived, as if the slope of exp were 1 everywhere. Multiply it by
    exp(x).
    """

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        ctx.saved_tensors  # noqa: B018 - so that a freed graph is noticed
        return g


@Exp("saved on the class")
class ExpSavesOnTheClass(Function):
    """You saved into the class, of which there is one, so a second call overwrites what the first one needs.
    Each call has a ctx of its own.
    """

    @staticmethod
    def forward(ctx, x):
        ExpSavesOnTheClass.kept = x.exp()
        ctx.save_for_backward(x)
        return ExpSavesOnTheClass.kept

    @staticmethod
    def backward(ctx, g):
        ctx.saved_tensors  # noqa: B018 - so that a freed graph is noticed
        return g * ExpSavesOnTheClass.kept


@Exp("saved as an attribute of ctx")
class ExpSavesAnAttribute(Function):
    """Your numbers are right, but what hangs on ctx as an attribute lives on when backward() has freed the
    graph. ctx.save_for_backward is freed with it.
    """

    @staticmethod
    def forward(ctx, x):
        ctx.y = x.exp()
        return ctx.y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.y


@Exp("backward computed with plain numbers")
class ExpInFloats(Function):
    """The first derivative is right, but it was computed with floats, so it has no graph, and cannot be
    differentiated again. Multiply the Values themselves.
    """

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return Value(g.item() * ctx.saved_tensors[0].item(), requires_grad=False)


# hvp


hvp = slips("hvp")


@hvp("gradient times v")
def hvp_gradient_times_v(f, xs, vs):
    """You multiplied each slope by its v, which has only first derivatives in it. Sum these products up, and
    differentiate the sum.
    """
    return [s.item() * v for s, v in zip(_slopes(f, xs)[1], vs, strict=True)]


@hvp("diagonal only")
def hvp_diagonal(f, xs, vs):
    """You took the second derivative by each x alone. The mixed ones, by x_i and then x_j, are missing."""
    return [row[i] * vs[i] for i, row in enumerate(_hessian(f, xs))]


@hvp("v . H v")
def hvp_on_both_sides(f, xs, vs):
    """You multiplied by v on both sides, and every entry carries its own v_i once more. H v is multiplied on
    one side only.
    """
    return [h * v for h, v in zip(_product(f, xs, vs), vs, strict=True)]


@hvp("v ignored")
def hvp_without_v(f, xs, vs):
    """You differentiated the plain sum of the slopes. Each slope counts as often as its v says."""
    return _product(f, xs, [1.0] * len(xs))


@hvp("v multiplied at the end")
def hvp_weighted_afterwards(f, xs, vs):
    """You summed the slopes without weights and multiplied by v afterwards, so v_i stands at row i where v_j
    should stand at column j. Weigh the slopes before the second pass.
    """
    return [h * v for h, v in zip(_product(f, xs, [1.0] * len(xs)), vs, strict=True)]


@hvp("create_graph missing")
def hvp_without_a_graph(f, xs, vs):
    """The first pass left no graph of its own, so there was nothing to differentiate a second time. Ask grad
    for one: create_graph=True.
    """
    variables = [Value(x) for x in xs]
    first = grad(f(*variables), variables)
    return [h.item() for h in grad(sum(s * v for s, v in zip(first, vs, strict=True)), variables)]


@hvp("unused inputs not allowed")
def hvp_with_every_input_used(f, xs, vs):
    """An input with a constant slope does not occur in the second pass, and grad stops with an error. Say
    allow_unused=True, and read the None that comes as 0.
    """
    variables, slopes = _slopes(f, xs)
    total = sum(s * v for s, v in zip(slopes, vs, strict=True))
    return [h.item() for h in grad(total, variables)]


@hvp("None in the result")
def hvp_with_none(f, xs, vs):
    """Where a second derivative is 0 you answered None or failed on it. A None from grad means 0.0."""
    variables, slopes = _slopes(f, xs)
    total = sum(s * v for s, v in zip(slopes, vs, strict=True))
    return [h.data for h in grad(total, variables, allow_unused=True)]


@hvp("gradient of the gradient's square")
def hvp_of_the_squares(f, xs, vs):
    """You differentiated the sum of the squared slopes. Weigh the slopes by v, which is constant, not by
    themselves.
    """
    variables, slopes = _slopes(f, xs)
    return _floats(sum(s * s for s in slopes), variables)


@hvp("by differences")
def hvp_by_differences(f, xs, vs):
    """You compared the gradients at two neighbouring points. That is close, but only close; a second reverse
    pass is exact, and as fast.
    """
    ahead = _slopes(f, [x + 1e-4 * v for x, v in zip(xs, vs, strict=True)])[1]
    return [(a.data - b.data) / 1e-4 for a, b in zip(ahead, _slopes(f, xs)[1], strict=True)]


# checkpoint


checkpoint = slips("checkpoint")


@checkpoint("graph kept")
def checkpoint_not_at_all(fn, *xs):
    """You called fn with recording on, so its whole graph is kept, and nothing is saved. Run it unrecorded
    first, and again in backward.
    """
    return fn(*xs)


@checkpoint("graph kept inside")
def checkpoint_with_the_graph_inside(fn, *xs):
    """From outside there is one node, but it holds the graph of the first run until backward() comes. Keep
    the inputs only, and run fn again.
    """

    class Keeps(Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.leaves = [Value(x.data) for x in inputs]
            with enable_grad():
                ctx.kept = fn(*ctx.leaves)
            return ctx.kept.detach()

        @staticmethod
        def backward(ctx, g):
            return grad(ctx.kept, ctx.leaves, grad_outputs=g, allow_unused=True)

    return Keeps.apply(*xs)


@checkpoint("recomputed without recording")
def checkpoint_without_enable_grad(fn, *xs):
    """You ran fn again, but backward is itself not recorded, so the second run has no graph to walk. Run it
    inside enable_grad().
    """
    return _recomputing(fn, xs, record=False)


@checkpoint("recomputed without copies")
def checkpoint_on_the_originals(fn, *xs):
    """You ran fn again on xs themselves, so your inner backward walked on into the graph behind them, and
    the outer one found it freed. Run fn on copies, and return what the copies get.
    """

    class Originals(Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            return fn(*inputs)

        @staticmethod
        def backward(ctx, g):
            with set_grad_enabled(True):
                y = fn(*ctx.saved_tensors)
            y.backward(g)
            return tuple(None for _ in xs)

    return Originals.apply(*xs)


@checkpoint("copies' gradients lost")
def checkpoint_loses_gradients(fn, *xs):
    """You ran fn again on copies and went back to them, but the gradients stayed there: backward has to
    return them, so that they reach xs.
    """
    return _recomputing(fn, xs, returns=lambda grads: tuple(None for _ in grads))


@checkpoint("seed 1 for the arriving gradient")
def checkpoint_from_1(fn, *xs):
    """Your inner backward starts from 1, as if the checkpoint were the end of everything. It has to start
    from the gradient that arrives.
    """
    return _recomputing(fn, xs, seed=lambda g: None)


@checkpoint("arriving gradient counted twice")
def checkpoint_twice_upstream(fn, *xs):
    """You started from the arriving gradient and multiplied by it again at the end. Once is enough."""
    return _recomputing(fn, xs, end=lambda h, g: h * g)


@checkpoint("recomputed for each input")
def checkpoint_input_by_input(fn, *xs):
    """You ran fn again for each input. One run has the gradients of all of them: ask grad for them
    together.
    """

    class OneByOne(Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            return fn(*inputs)

        @staticmethod
        def backward(ctx, g):
            found = []
            for place in range(len(xs)):
                leaves = [Value(x.data) for x in ctx.saved_tensors]
                with enable_grad():
                    y = fn(*leaves)
                found.append(grad(y, leaves, grad_outputs=g, allow_unused=True)[place])
            return tuple(found)

    return OneByOne.apply(*xs)


@checkpoint("gradients in the wrong order")
def checkpoint_in_reverse(fn, *xs):
    """Each input got the gradient of another one. Return them in the order of the inputs."""
    return _recomputing(fn, xs, returns=lambda grads: grads[::-1])


@checkpoint("unused inputs not allowed")
def checkpoint_with_every_input_used(fn, *xs):
    """An input that fn does not use stopped your backward with an error. Say allow_unused=True: it has the
    gradient None, which means 0.
    """
    return _recomputing(fn, xs, unused=False)


@checkpoint("result without a gradient")
def checkpoint_of_a_constant(fn, *xs):
    """You ran fn unrecorded and returned what came out: a constant, at which backward() has nothing to do.
    Tie it to xs by a Function whose backward runs fn again.
    """
    old = is_grad_enabled()
    set_grad_enabled(False)
    y = fn(*xs)
    set_grad_enabled(old)
    return y


# trace


trace = slips("trace")


@trace("Python run again")
def trace_runs_python(f, *examples):
    """Your replay calls f. Then nothing was gained: a trace is a list of operations that can do without
    f.
    """
    f(*map(Value, examples))
    return lambda *numbers: f(*map(Value, numbers)).item()


@trace("result recorded as a constant")
def trace_of_a_constant(f, *examples):
    """Your replay gives the result of the examples, whatever it is called with. Record the operations, not
    where they led.
    """
    result = f(*map(Value, examples)).item()
    return lambda *numbers: result


@trace("inputs changed, nothing computed again")
def trace_that_only_sets_inputs(f, *examples):
    """You put the new numbers into the inputs, but a Value does not compute itself again when its parents
    change. Repeat the operations, one after the other.
    """
    variables = [Value(x) for x in examples]
    y = f(*variables)

    def replay(*numbers):
        for v, number in zip(variables, numbers, strict=True):
            v.data = number
        return y.data

    return replay


@trace("only the first input replayed")
def trace_of_the_first_input(f, *examples):
    """Only the first input takes its new number; the others keep that of the example. Each of them has a
    place among the operands.
    """
    return _replaying(f, examples, inputs=1)


@trace("operands frozen")
def trace_with_frozen_operands(f, *examples):
    """The inputs are new, but what was computed from them is not: an operation must take the new numbers of
    the Values before it, not their recorded data.
    """
    return _replaying(f, examples, forgets=True)


@trace("operands exchanged")
def trace_with_exchanged_operands(f, *examples):
    """Subtraction and division came out the wrong way round: the first operand is v.a, the second v.b."""
    return _replaying(f, examples, exchange=True)


@trace("first replay remembered")
def trace_that_remembers(f, *examples):
    """Every replay after the first gives the first one's result: the numbers it found are still there. Begin
    each replay with the inputs and nothing else.
    """
    first = functools.cache(_replaying(f, examples))
    replays = []

    def replay(*numbers):
        replays.append(numbers)
        return first(*replays[0])

    return replay


@trace("inputs told apart by their number")
def trace_by_number(f, *examples):
    """Two inputs with the same example were taken for one. Tell Values apart by what they are, as a
    dictionary does with the Values themselves for keys.
    """
    place = {x: i for i, x in enumerate(examples)}
    replay = _replaying(f, examples)
    return lambda *numbers: replay(*(numbers[place[x]] for x in examples))


@trace("new number 0 taken for none")
def trace_without_zeros(f, *examples):
    """An input that is 0 in the replay kept its example's number: `or` takes 0 for nothing. Ask whether the
    Value is in your dictionary.
    """
    return _replaying(f, examples, zeros=False)


@trace("operand 0 taken for none")
def trace_without_zero_operands(f, *examples):
    """An operation lost its second operand because that was 0. An operation with one operand has None there:
    compare with None by `is`.
    """
    return _replaying(f, examples, zero_operands=False)


@trace("straight line through the example")
def trace_along_the_tangent(f, *examples):
    """Your replay goes along the tangent: the example's result plus gradient times change. Near the example
    that is close, further away it is not. Repeat the operations.
    """
    inputs = [Value(x) for x in examples]
    y = f(*inputs)
    slopes = [0.0 if s is None else s.data for s in grad(y, inputs, allow_unused=True)]
    return lambda *numbers: (
        y.data + sum(s * (x - old) for s, x, old in zip(slopes, numbers, examples, strict=True))
    )


# What the mistakes share


def _walk_without_reset(root):
    root.grad = 1.0
    for v in reversed(topological([root])):
        for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
            parent.grad += v.grad * slope


def _slopes(f, xs):
    variables = [Value(x) for x in xs]
    return variables, grad(f(*variables), variables, create_graph=True)


def _floats(y, variables, retain=False):
    found = grad(y, variables, allow_unused=True, retain_graph=retain) if y.requires_grad else [None] * 9
    return [0.0 if h is None else h.data for h, _ in zip(found, variables, strict=False)]


def _product(f, xs, vs):
    variables, slopes = _slopes(f, xs)
    return _floats(sum(s * v for s, v in zip(slopes, vs, strict=True)), variables)


def _hessian(f, xs):
    variables, slopes = _slopes(f, xs)
    return [_floats(s, variables, retain=True) for s in slopes]


def _recomputing(
    fn, xs, record=True, seed=lambda g: g, returns=lambda grads: grads, end=lambda h, g: h, unused=True
):
    """A checkpoint that can go wrong at each of its steps."""

    class Recomputes(Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            return fn(*inputs)

        @staticmethod
        def backward(ctx, g):
            leaves = [Value(x.data) for x in ctx.saved_tensors]
            with set_grad_enabled(record):
                y = fn(*leaves)
            found = grad(y, leaves, grad_outputs=seed(g), allow_unused=unused)
            return returns(tuple(None if h is None else end(h, g) for h in found))

    return Recomputes.apply(*xs)


def _replaying(f, examples, inputs=None, forgets=False, exchange=False, zeros=True, zero_operands=True):
    """A trace that can go wrong in what it replaces and in what it computes with."""
    variables = [Value(x) for x in examples]
    y = f(*variables)

    def replay(*numbers):
        fresh = dict(zip(variables[:inputs], numbers, strict=False))

        def now(x):
            if not isinstance(x, Value):
                return x
            number = fresh.get(x, x.data)
            return number if zeros else number or x.data

        for v in topological([y]):
            a, b = now(v.a), now(v.b if v.b or zero_operands else None)
            result = v.op(b, a) if exchange and b is not None else v.op(a, b)
            if not forgets or v is y:
                fresh[v] = result
        return now(y)

    return replay
