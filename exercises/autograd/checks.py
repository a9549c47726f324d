"""Check programs of the autograd unit: what is recorded, saved, recomputed and replayed, as plain numbers."""

import re
import sys

from autograder.declare import Unit, check, raised
from autograder.declare.probes import each, gradient, node_names
from engine import Function, Value, set_grad_enabled

unit = Unit(
    "What frameworks do with a graph",
    number=7,
    packages=(),
    without={
        "no_grad": ("engine.no_grad",),
        "hvp": ("engine.hvp", "engine.hessian"),
        "checkpoint": ("engine.checkpoint",),
        "trace": ("engine.trace", "engine.compile"),
    },
)


# no_grad: what is recorded shows in requires_grad, so the question is the same for the engine and for PyTorch


@check("no_grad", points=1)
def nothing_is_recorded_inside(answer, rng):
    """Operations are recorded before and after the block, and not in it.

    1. set_grad_enabled stops recording at once. Where does a `with` block begin?
    2. `with` calls __enter__ at its start and __exit__ at its end, not __init__.
    3. Switch off in __enter__, and in __exit__ back to what it was.
    """
    with set_grad_enabled(True):  # an answer that forgets to switch back does no harm to other checks
        seen = {"before": _recording(answer)}
        guard = answer.no_grad()
        seen["after no_grad(), before with"] = _recording(answer)
        with guard:
            seen["inside"] = _recording(answer)
        seen["after"] = _recording(answer)
        turns = rng.choice(["in", "out"], size=12).tolist()
        made_before = answer.no_grad()
        with answer.no_grad():
            with made_before:
                seen["inside, made before the outer block"] = _recording(answer)
            seen["in the outer block, after that"] = _recording(answer)
        with made_before:
            seen["inside, the same guard once more"] = _recording(answer)
        seen["after that"] = _recording(answer)
        seen[f"in a block or out of it: {', '.join(turns)}"] = [
            _recording_in_a_block(answer) if turn == "in" else _recording(answer) for turn in turns
        ]
        return {"recording": seen}


@check("no_grad", points=1)
def the_state_from_before_comes_back(answer, rng):
    """An inner block restores what it found, so that the outer one goes on.

    1. Put one block into another. Is anything to be recorded between the end of the inner one and that of the
       outer one?
    2. At the end of the inner block we are still inside the outer one: nothing is recorded yet.
    3. Ask is_grad_enabled() on entering, keep the answer, and put exactly that back.
    """
    with set_grad_enabled(True):
        seen = {}
        with answer.no_grad():
            seen["outer"] = _recording(answer)
            with answer.no_grad():
                seen["inner"] = _recording(answer)
            seen["outer again"] = _recording(answer)
        seen["after both"] = _recording(answer)
        depths = rng.integers(1, 6, size=6).tolist()
        seen[f"on the way out of {depths} blocks inside each other"] = [
            _on_the_way_out(answer, depth) for depth in depths
        ]
        return {"recording": seen}


@check("no_grad", points=1)
def an_exception_changes_nothing(answer, rng):
    """When block or function ends by an exception, the state is restored and the exception goes on.

    1. Training code fails now and then. Must everything after it run without gradients?
    2. __exit__ is called after an exception too, and is told about it in its arguments.
    3. Restore whatever the arguments say, and return nothing: a true result would swallow the exception.
    """

    errors = (KeyError, ValueError, IndexError, OSError, TypeError, AttributeError, ArithmeticError)
    errors = [errors[i] for i in rng.permutation(len(errors))]

    def block(error):
        with answer.no_grad():
            raise error("from inside")

    with set_grad_enabled(True):
        seen = {"with": [raised(lambda: block(KeyError)), _recording(answer)]}

        @answer.no_grad()
        def function(error):
            raise error("from inside")

        seen["decorated"] = [raised(lambda: function(KeyError)), _recording(answer)]
        for way, raising in (("with", block), ("decorated", function)):
            seen[f"{way}, seven exceptions in a random order"] = [
                [raised(lambda error=error, raising=raising: raising(error)), _recording(answer)]
                for error in errors
            ]
        return {"exception that comes out, and recording after it": seen}


@check("no_grad", points=1)
def it_decorates_functions(answer, rng):
    """A decorated function records nothing, gives its result, keeps its name and may call itself.

    1. @no_grad() above a function calls __call__ with that function, and what comes back takes its place.
    2. What comes back is a function that opens a block of its own, calls the old one in it, and returns what
       that returned.
    3. functools.wraps keeps the name. Open a new no_grad() at each call: a function may call itself.
    """
    with set_grad_enabled(True):

        @answer.no_grad()
        def predict(a, b=0):
            return a + b, _recording(answer)

        @answer.no_grad()
        def countdown(n):
            return [n, *countdown(n - 1)] if n else [_recording(answer)]

        seen = {"recording after decorating": _recording(answer)}
        seen["predict(2, b=3): 5, and recording inside"] = list(predict(2, b=3))
        seen["recording after it"] = _recording(answer)
        a, b, n = (int(rng.integers(*ends)) for ends in ((3, 1000), (3, 1000), (4, 12)))
        seen[f"predict({a}, b={b}), and recording inside"] = list(predict(a, b=b))
        seen |= each("countdown({}), and recording inside", countdown, (3,), (n,))
        seen["recording after the calls inside each other"] = _recording(answer)
        with answer.no_grad():
            predict(1)
            seen["called in a block: recording in the block after it"] = _recording(answer)
        seen["name"] = predict.__name__
        return seen


@check("no_grad", points=1)
def it_decorates_generators(answer, rng):
    """A decorated generator records nothing in its own steps, leaves its caller alone and keeps its name.

    1. Calling a generator function runs nothing yet. Its code runs later, at each next(), and then your
       block is over.
    2. A block around `yield` does not help: between two items the caller would compute inside it.
    3. inspect.isgeneratorfunction tells. Write a generator that opens a block around each next(), and yields
       outside of it.
    """
    with set_grad_enabled(True):

        @answer.no_grad()
        def batches(numbers):
            for number in numbers:
                yield number, _recording(answer)

        seen = {}
        for numbers in ([0, 1, 2], rng.integers(3, 1000, size=5).tolist()):
            items, between = [], []
            for item in batches(numbers):
                items.append(list(item))
                between.append(_recording(answer))
            seen[f"items of {numbers}, and recording inside"] = items
            seen[f"recording between the items of {numbers}"] = between
        seen["recording after the last"] = _recording(answer)
        for _ in batches(numbers=[0, 1, 2]):
            break
        seen["recording after leaving early"] = _recording(answer)
        seen["name"] = batches.__name__
        seen["what is done, of two items"] = _turns_of_a_generator(answer)

        @answer.no_grad()
        def broken():
            yield 1
            raise KeyError("from inside")

        seen["exception that comes out of the second step"] = raised(lambda: list(broken()))
        seen["recording after it"] = _recording(answer)
        return seen


def _turns_of_a_generator(answer):
    """What a decorated generator and its caller do, in the order in which they do it."""
    done = []

    @answer.no_grad()
    def steps():
        for number in (1, 2):
            done.append(f"step {number}")
            yield number

    for number in steps():
        done.append(f"item {number} used")
    return done


def _recording(answer):
    return bool((answer.Value(1.0) * 2.0).requires_grad)


def _recording_in_a_block(answer):
    with answer.no_grad():
        return _recording(answer)


def _on_the_way_out(answer, depth):
    """Whether operations are recorded in the innermost of `depth` blocks, and after the end of each."""
    if depth == 0:
        return [_recording(answer)]
    with answer.no_grad():
        inside = _on_the_way_out(answer, depth - 1)
    return [*inside, _recording(answer)]


# accumulate


@check("accumulate", points=1)
def each_pass_adds_the_same(answer, rng):
    """After n passes the leaf holds n times the gradient.

    1. The gradient of x cubed at 3 is 27. What is in x.grad after two backward passes?
    2. A leaf adds up; what lies between leaf and result starts at 0 in each pass. So it is 54.
    3. Call backward() on the same result, `times` times, and clear nothing.
    """
    x = float(rng.uniform(-1, 1))

    def wave(v):
        return (v * v + v).tanh() * v

    return {
        "x ** 3 at 3, for times = 1, 2, 3": [float(answer.accumulate(_cube, 3.0, n)) for n in (1, 2, 3)],
        "x ** 3 at 0.00017, times = 2": float(answer.accumulate(_cube, 1.7e-4, 2)),
        "x ** 3 at 0 and at -2, times = 2": [float(answer.accumulate(_cube, x, 2)) for x in (0.0, -2.0)],
        "x + x + 1 at 5, times = 2": float(answer.accumulate(lambda v: v + v + 1.0, 5.0, 2)),
        f"tanh(x ** 2 + x) * x at {x:.4f}, times = 3": float(answer.accumulate(wave, x, 3)),
    }


@check("accumulate", points=1)
def the_graph_is_built_once(answer, rng):
    """f is called once, however many passes are made.

    1. Computing f again gives the same gradient, at the price of a forward pass. It is not asked for.
    2. A graph can be walked more than once if the pass before has kept it.
    3. Call f once, before the loop; backward() has an argument retain_graph.
    """

    def counted(x, times):
        calls, (noted, passes) = [], _counting(answer)

        def f(v):
            calls.append(1)
            return _cube(noted(v))

        found = float(answer.accumulate(f, x, times))
        return {"gradient": found, "calls of f": len(calls), "passes": len(passes)}

    random = float(rng.uniform(1, 3)), int(rng.integers(2, 9))
    return each("x ** 3 at {}, times = {}", counted, (2.0, 4), random)


@check("accumulate", points=1)
def the_last_pass_lets_the_graph_go(answer, rng):
    """Afterwards the graph is free: one more backward() raises a RuntimeError.

    1. retain_graph=True keeps everything that the forward pass saved. Who lets it go in the end?
    2. A pass without retain_graph frees the graph, and a further backward() then raises a RuntimeError.
    3. Keep the graph in all passes but the last.
    """
    added = sorted(rng.permutation(10)[:5].tolist())
    cubes = []

    def some_of_ten(v):
        cubes.extend(_cube(v) for _ in range(10))
        return sum(cubes[i] for i in added)

    def one_more(times):
        made = []

        def remembered(v):
            made.append(_cube(v))
            return made[-1]

        answer.accumulate(remembered, 3.0, times)
        return raised(made[-1].backward)

    answer.accumulate(some_of_ten, 3.0, 2)
    seen = each("one more backward() after times = {}", one_more, (1,), (2,), (3,))
    seen[f"backward() from each of ten cubes, of which f added up {added}"] = [
        raised(cube.backward) for cube in cubes
    ]
    return seen


def _counting(answer):
    """A function that gives its input times 1, and a list that grows with each backward pass through it."""
    own, passes = isinstance(answer.Value(0.0), Value), []

    class Counted(Function if own else sys.modules["torch"].autograd.Function):
        @staticmethod
        def forward(ctx, v):
            return v * 1.0

        @staticmethod
        def backward(ctx, arriving):
            passes.append(1)
            return arriving

    return Counted.apply, passes


def _cube(v):
    return v * v * v


# Exp


@check("Exp", points=1)
def forward_is_exp_in_one_node(answer, rng):
    """Exp.apply(v) is exp(v), with a single node called ExpBackward behind it.

    1. forward receives a context and a Value, and returns a Value.
    2. x.exp() computes it; nothing that happens in forward is recorded.
    3. Return the Value itself, and apply makes it the result of one node named after the class.
    """
    x = float(rng.uniform(-2, 2))
    node = answer.Exp.apply(answer.Value(1.0)).grad_fn
    behind = [] if node is None else [type(edge).__name__ for edge, _ in node.next_functions]
    return each(
        "Exp.apply(Value({}))", lambda x: float(answer.Exp.apply(answer.Value(x))), (0.0,), (1.0,), (x,)
    ) | {"name of the node": type(node).__name__, "behind it": behind}


@check("Exp", points=1)
def the_derivative_is_the_output(answer, rng):
    """The derivative of exp at x is exp(x), so the output is what to save.

    1. The derivative of exp is exp itself: at x = 2 it is 7.389.
    2. Going back, the result of forward is needed again. Save that one, not the input.
    3. What was saved is exp(x) already: do not exponentiate it once more.
    """
    x = float(rng.uniform(-1, 1))
    return each("x.grad at x = {}", lambda x: _exp_slope(answer, x, lambda y: y), (2.0,), (-3.0,), (x,))


@check("Exp", points=1)
def what_arrives_is_multiplied(answer, rng):
    """The gradient handed back is the arriving one times exp(x).

    1. For y = 3 exp(x) the gradient that arrives at your node is 3. Where does it go?
    2. By the chain rule: the arriving gradient times the local derivative.
    3. backward gets it as its second argument. Multiply by it.
    """
    c = float(rng.uniform(2, 5))
    return {
        "y = 3 exp(x), x = 2": _exp_slope(answer, 2.0, lambda y: y * 3.0),
        f"y = -{c:.4f} exp(x), x = 0.5": _exp_slope(answer, 0.5, lambda y: y * -c),
        "y = exp(x) ** 2, x = 0.5": _exp_slope(answer, 0.5, lambda y: y**2),
    }


@check("Exp", points=1)
def each_call_has_its_own_memory(answer, rng):
    """Two calls before one backward: each finds what it saved itself.

    1. Apply it twice before you go back. Which exp(x) does the first node find?
    2. There is one class, but one ctx for each call.
    3. Put what you save into ctx, and not into the class or a global name.
    """
    random = rng.uniform(-1, 1, size=2).tolist()
    x = answer.Value(0.5)
    answer.Exp.apply(answer.Exp.apply(x)).backward()

    def slopes(a, b):
        a, b = answer.Value(a), answer.Value(b)
        (answer.Exp.apply(a) * 2.0 + answer.Exp.apply(b)).backward()
        return [float(a.grad), float(b.grad)]

    sums = each("y = 2 exp(a) + exp(b), a = {}, b = {}", slopes, (0.5, -1.0), random)
    return sums | {"y = exp(exp(x)), x = 0.5": float(x.grad)}


@check("Exp", points=1)
def what_is_saved_goes_with_the_graph(answer, rng):
    """Saved with ctx.save_for_backward, it is freed by backward(): a second one raises a RuntimeError.

    1. A second backward through the same graph should fail, because the first has freed it.
    2. What hangs on ctx as an attribute of your own stays alive; the framework knows nothing of it.
    3. ctx.save_for_backward(...) in forward, ctx.saved_tensors in backward.
    """
    y = answer.Exp.apply(answer.Value(1.0))
    y.backward()
    walked = sorted(rng.permutation(10)[:5].tolist())
    ten = [answer.Exp.apply(answer.Value(float(x))) for x in rng.uniform(-1, 1, size=10)]
    for i in walked:
        ten[i].backward()
    return {
        "a second backward()": raised(y.backward),
        f"backward() from each of ten, which is a second one for {walked}": [raised(y.backward) for y in ten],
    }


@check("Exp", points=1)
def it_can_be_differentiated_twice(answer, rng):
    """The gradient is a Value with a graph: its derivative is exp(x) once more, times what the chain adds.

    1. With create_graph=True the backward pass itself is recorded, if it computes with Values.
    2. A number taken out with .item() or .data is a constant, and its derivative is 0.
    3. Multiply the two Values that you have, and return the product.
    """
    x = float(rng.uniform(-1, 1))
    return {
        "y = exp(x), x = 0.5": _exp_twice(answer, 0.5, lambda v: v),
        "y = exp(2 x), x = 0.5": _exp_twice(answer, 0.5, lambda v: v * 2.0),
        "y = exp(x) ** 2, x = 0.5": _exp_twice(answer, 0.5, lambda v: v, lambda y: y**2),
        f"y = exp(x ** 2), x = {x:.4f}": _exp_twice(answer, x, lambda v: v * v),
    }


def _exp_slope(answer, number, then):
    x = answer.Value(number)
    then(answer.Exp.apply(x)).backward()
    return float(x.grad)


def _exp_twice(answer, number, first, then=lambda y: y):
    x = answer.Value(number)
    then(answer.Exp.apply(first(x))).backward(create_graph=True)
    slope, x.grad = x.grad, None
    if not slope.requires_grad:
        return {"first derivative": float(slope), "second derivative": "none: the first one is a constant"}
    slope.backward()
    return {"first derivative": float(slope), "second derivative": gradient(x)}


# hvp


@check("hvp", points=1)
def rows_of_second_derivatives_times_v(answer, rng):
    """Entry i of the result is the sum over j of vs[j] times the second derivative by x_i and x_j.

    1. f = a * a * b at (3, 5) has the second derivatives [[10, 6], [6, 0]]. Multiply by hand.
    2. The vector [1, 0] picks the first column, which is [10, 6].
    3. First the gradient, then its sum weighted by vs, then the gradient of that one number.
    """
    random = rng.uniform(1, 3, size=(2, 2)).tolist()
    xs = [3.0, 5.0]
    return (
        _hvp(answer, "a, b", "a * a * b", (xs, [1.0, 0.0]), (xs, [0.0, 1.0]), (xs, [1.0, 2.0]))
        | _hvp(answer, "a", "a ** 3", ([2.0], [-1.0]))
        | _hvp(answer, "a, b", "a * a * b", random)
    )


@check("hvp", points=1)
def any_function_and_any_direction(answer, rng):
    """The same for functions with tanh and exp, at random points and in random directions.

    1. The mixed derivatives matter: what does the slope along a do when only b moves?
    2. The gradient can only be differentiated if its own computation was recorded.
    3. create_graph=True in the first pass; the second needs nothing of the kind.
    """
    xs, vs = rng.uniform(-1, 1, size=3).tolist(), rng.uniform(1, 3, size=3).tolist()

    def f(a, b, c):
        return (a * b + c).tanh() + c.exp() * a * a

    directions = {
        "f = tanh(a * b + c) + exp(c) * a ** 2, random": vs,
        "the same with vs = [0, 0, 0]": [0.0, 0.0, 0.0],
        "the same with vs = [0, -1, 0]": [0.0, -1.0, 0.0],
    }
    found = {title: [float(h) for h in answer.hvp(f, xs, vs)] for title, vs in directions.items()}
    counted, passes = _counting(answer)

    def product(a, b, c, d, e):
        return counted(a) * counted(b) * counted(c) * counted(d) * counted(e)

    product_of_five = answer.hvp(product, [1.0, 2.0, 3.0, 4.0, 5.0], [1.0] * 5)
    return found | {
        "f = a * b * c * d * e, xs = [1, 2, 3, 4, 5], vs = [1, 1, 1, 1, 1]": [
            float(h) for h in product_of_five
        ],
        "passes through each input there": len(passes) / 5,
    }


@check("hvp", points=1)
def no_curvature_is_0(answer, rng):
    """An input whose slope is constant gets 0.0.

    1. For f = a * a + 5 * b the slope along b is 5 everywhere. Which second derivatives does b have?
    2. The second pass does not meet b at all, and says so with an error. It can be asked to accept that.
    3. grad(..., allow_unused=True) gives None for such an input. That None is a 0.0.
    """
    random = rng.uniform(1, 3, size=(2, 2)).tolist()
    return _hvp(answer, "a, b", "a * a + 5 * b", ([3.0, 4.0], [1.0, 1.0]), random) | _hvp(
        answer, "a, b, c", "a * b - c", ([2.0, 3.0, 4.0], [1.0, 2.0, 3.0])
    )


def _hvp(answer, names, formula, *cases):
    """What hvp answers for a formula of these names, and for each pair of xs and vs."""
    f = eval(f"lambda {names}: {formula}")
    words = f"f = {formula}, xs = {{}}, vs = {{}}"
    return each(words, lambda xs, vs: [float(h) for h in answer.hvp(f, xs, vs)], *cases)


# checkpoint


@check("checkpoint", points=1)
def value_and_gradients_are_those_of_fn(answer, rng):
    """The result is fn(*xs), and backward() gives the gradients that fn without checkpoint has.

    1. The numbers are those of fn itself: the caller should see no difference.
    2. backward returns one gradient for each input, in the order of the inputs.
    3. Run fn again on copies, and return the gradients that the copies get.
    """
    a, b = rng.uniform(-1, 1, size=2).tolist()
    return {
        "fn = tanh(a * b) + a, a = 0.5, b = -2": _checkpointed(answer, 0.5, -2.0),
        f"the same at a = {a:.4f}, b = {b:.4f}": _checkpointed(answer, a, b),
    }


@check("checkpoint", points=1)
def what_arrives_is_passed_through(answer, rng):
    """The gradient that arrives at the checkpoint is where its inner backward starts.

    1. For y = 3 * checkpoint(...), what gradient arrives at the checkpoint?
    2. If you call backward() on the recomputed result, it starts from 1. The arriving gradient is lost.
    3. grad(output, inputs, grad_outputs=g) starts from g.
    """
    c = float(rng.uniform(2, 5))
    return {
        "y = 3 * checkpoint(fn, a, b), a = 0.5, b = -2": _checkpointed(answer, 0.5, -2.0, lambda v: v * 3.0),
        f"y = {c:.4f} * checkpoint(fn, a, b) ** 2": _checkpointed(answer, 0.5, -2.0, lambda v: v**2 * c),
    }


@check("checkpoint", points=2)
def fn_runs_twice_and_is_recorded_the_second_time(answer, rng):
    """fn runs at once, unrecorded, and again, recorded, when backward() comes by; no graph is kept between.

    1. When does fn run, and is its graph recorded at that time?
    2. Once at first, unrecorded, which is how a Function runs forward; once more in backward.
    3. backward itself runs unrecorded as well, so there the second run needs enable_grad().
    """
    recorded = []

    def fn(a, b):
        recorded.append(bool((a * 2.0).requires_grad))
        for _ in range(10):
            a = (a * 1.5).tanh() * b
        return a

    x, one = answer.Value(0.5), answer.Value(1.0)
    y = answer.checkpoint(fn, x, one)
    operations = sum(name != "AccumulateGrad" for name in node_names(y))
    seen = {"before backward()": list(recorded), "operations kept": "few" if operations <= 5 else "many"}
    y.backward()
    seen["after backward()"] = list(recorded)
    recorded.clear()
    count, start = int(rng.integers(2, 8)), float(rng.uniform(-1, 1))
    z = answer.Value(start)
    sum(answer.checkpoint(fn, z, one) for _ in range(count)).backward()
    seen[f"after backward() from the sum of {count}"] = list(recorded)
    return {
        "runs of fn, and whether each was recorded": seen,
        "x.grad": float(x.grad),
        f"x.grad from the sum of {count}, x = {start:.4f}": float(z.grad),
    }


@check("checkpoint", points=1)
def gradients_go_on_behind_the_inputs(answer, rng):
    """Inputs that were made by operations, or by another checkpoint, pass their gradient on.

    1. Put one checkpoint behind another: what is behind the second has a graph of its own.
    2. The copies in your backward are new leaves, and their gradients end there unless you return them.
    3. Return the copies' gradients: the walk outside carries them on to xs and to what is behind them.
    """
    return _grads_behind(answer, 0.5, 0.4, 0.7) | _grads_behind(answer, *rng.uniform(-1, 1, size=3).tolist())


def _grads_behind(answer, x, z, w):
    titles = (
        f"y = checkpoint(v ** 2 + v, 3 x), x = {x:.4g}: x.grad",
        f"two checkpoints in a row, z = {z:.4g}: z.grad",
        f"one Value as both inputs, w = {w:.4g}: w.grad",
    )
    x, z, w = (answer.Value(number) for number in (x, z, w))
    answer.checkpoint(lambda v: v * v + v, x * 3.0).backward()
    first = answer.checkpoint(lambda v: (v * 2.0).exp(), z)
    (answer.checkpoint(lambda v: v.tanh() * v, first) + first).backward()
    answer.checkpoint(lambda a, b: a * b + a, w, w).backward()
    return {title: float(leaf.grad) for title, leaf in zip(titles, (x, z, w), strict=True)}


@check("checkpoint", points=1)
def constants_and_unused_inputs_do_no_harm(answer, rng):
    """A constant gets no gradient, an input that fn does not use gets 0, and the others get theirs.

    1. What if one of the inputs is data, made with requires_grad=False?
    2. You may return a gradient for a constant: it is ignored, but it must not disturb the others.
    3. Keep to one gradient for each input, in their order, also where an input is not used:
       allow_unused=True.
    """
    p, q = rng.uniform(1, 5, size=2).tolist()

    def with_a_constant(w, x):
        w, x = answer.Value(w), answer.Value(x, requires_grad=False)
        answer.checkpoint(lambda x, w: (w * x + 1.0) ** 2, x, w).backward()
        return {"w.grad": gradient(w), "x.grad": gradient(x)}

    def with_an_unused_input(b):
        a, b = answer.Value(2.0), answer.Value(b)
        answer.checkpoint(lambda a, b: b * b, a, b).backward()
        return {"a.grad": gradient(a), "b.grad": gradient(b)}

    return each("(w * x + 1) ** 2, w = {}, x = {} a constant", with_a_constant, (2.0, 3.0), (p, q)) | each(
        "b * b, b = {}, a not used", with_an_unused_input, (5.0,), (q,)
    )


def _checkpointed(answer, a, b, then=lambda v: v):
    a, b = answer.Value(a), answer.Value(b)
    y = then(answer.checkpoint(lambda a, b: (a * b).tanh() + a, a, b))
    y.backward(retain_graph=True)
    found = {"y": float(y), "a.grad": float(a.grad), "b.grad": float(b.grad)}
    y.backward()
    return found | {"a.grad after a second pass": float(a.grad)}


# trace


@check("trace", points=1)
def new_numbers_go_through_the_same_operations(answer, rng):
    """The replay computes what f would have computed for the new inputs.

    1. What does f do to its inputs? Each operation is there, behind the result.
    2. Go through the recorded Values, parents first, and compute each from the new numbers of its operands.
    3. Keep a dictionary from Value to its new number. An operand that is a plain number stays as it is.
    """
    random = rng.uniform(1, 3, size=3).tolist()
    first, *others = (1.0, 2.0, 4.0), (3.0, 2.0, 4.0), (1.0, 5.0, 4.0), (1.0, 2.0, -1.0), random

    def f(x, y, z):
        return (x * y).tanh() + 3.0 * x - y / z + (z - 1.5) ** 3

    replay = answer.trace(f, *first)
    found = each("replay({}, {}, {})", lambda *numbers: float(replay(*numbers)), first, *others)
    return {
        "f(x, y, z) = tanh(x y) + 3 x - y / z + (z - 1.5) ** 3, traced at 1, 2, 4": found
        | {"replay(1, 2, 4) once more": float(replay(*first))}
    }


@check("trace", points=1)
def f_is_never_called_again(answer, rng):
    """f runs while tracing, once; no replay runs it.

    1. If f is Python, it may be slow, print something, or not be there any more when the replay runs.
    2. Everything that the replay needs is behind the Value that f returned.
    3. Call f once, in trace itself; the function you return only reads what was recorded.
    """
    calls = []

    def f(x, y):
        calls.append(1)
        return x * y + x

    replay = answer.trace(f, 2.0, 3.0)
    while_tracing = len(calls)
    results = [float(replay(5.0, 7.0)), float(replay(-1.0, 0.5))]
    pairs = rng.uniform(-3, 3, size=(int(rng.integers(3, 9)), 2)).tolist()
    seen = {"calls while tracing": while_tracing, "results": results, "calls after two replays": len(calls)}
    seen["kind of a result"] = type(replay(5.0, 7.0)).__name__
    seen[f"results of {len(pairs)} replays of random numbers"] = [float(replay(*pair)) for pair in pairs]
    return seen | {"calls after all of them": len(calls)}


@check("trace", points=1)
def branches_and_loops_stay_as_they_were(answer, rng):
    """The branch taken and the number of rounds are those of the examples, whatever the new numbers are.

    1. An `if` decides before anything is recorded. What does the graph know of it?
    2. Traced at x = 1, only the branch for positive x was recorded; the replay goes there for -3 too.
    3. A loop is recorded as the operations of its rounds, as many as there were.
    """

    def branch(x):
        return x * 2.0 if x > 0 else -x

    def loop(x):
        total = x
        for _ in range(rounds):
            total = total * x + 1.0
        return total

    right, left = answer.trace(branch, 1.0), answer.trace(branch, -1.0)
    rounds = 3
    three = answer.trace(loop, 1.0)
    rounds = n = int(rng.integers(4, 9))
    several = answer.trace(loop, 1.0)
    rounds = 2
    a, b = float(rng.uniform(1, 3)), float(rng.uniform(-3, -1))
    return {
        "x * 2 if x > 0 else -x, traced at 1: replay(4), replay(-3)": [float(right(4.0)), float(right(-3.0))],
        "traced at -1: replay(4), replay(-3)": [float(left(4.0)), float(left(-3.0))],
        "three rounds of total * x + 1, traced at 1: replay(2)": float(three(2.0)),
        f"x * 2 if x > 0 else -x, traced at 1: replay({a:.4f}), replay({b:.4f})": [
            float(right(a)),
            float(right(b)),
        ],
        f"traced at -1: replay({a:.4f}), replay({b:.4f})": [float(left(a)), float(left(b))],
        f"{n} rounds of total * x + 1, traced at 1: replay({b:.4f})": float(several(b)),
    }


@check("trace", points=1)
def inputs_may_be_unused_or_be_the_result(answer, rng):
    """Each input has its own place, whether f uses it once, often or never.

    1. f may give back an input as it is, or not use one at all. Then hardly anything is recorded.
    2. The new number of an input is known before the first operation is repeated.
    3. Begin with the inputs in your dictionary, and look the result up in it like any operand.
    """
    traced = {
        "f(x, y) = y + 1": ((1.0, 2.0), (10.0, 20.0)),
        "f(x, y) = x": ((1.0, 2.0), (10.0, 20.0)),
        "f(x, y) = y - x, traced at 1, 1": ((1.0, 1.0), (10.0, 30.0), (0.0, 30.0)),
        "f(x, y) = x * y, traced at 2, 0": ((2.0, 0.0), (3.0, 5.0)),
        "f(x) = 1 / x + 0": ((2.0,), (4.0,)),
        "f(x) = 3 - x * x / 2": ((1.0,), (4.0,)),
        "f(x) = c * x, c = Value(2.0)": ((1.0,), (4.0,), (0.0,), (-4.0,)),
    }
    around = {"c": answer.Value(2.0, requires_grad=False), "__name__": __name__}  # PyTorch asks for a module
    found, replays = {}, []
    for title, (examples, *calls) in traced.items():
        names, formula = re.match(r"f\((.+)\) = ([^,]+)", title).groups()
        replays.append(answer.trace(eval(f"lambda {names}: {formula}", around), *examples))
        words = f"{title}, replay({', '.join('{}' for _ in examples)})"
        found |= each(words, lambda *numbers: float(replays[-1](*numbers)), *calls)
    a, b = rng.uniform(1, 9, size=2).tolist()
    return found | {
        f"f(x, y) = y + 1, x and y - x, replay({a:.4f}, {b:.4f})": [
            float(replay(a, b)) for replay in replays[:3]
        ],
        f"f(x) = 3 - x * x / 2 and c * x, replay({a:.4f})": [float(replay(a)) for replay in replays[-2:]],
    }


@check("trace", points=1, seconds=1.0)
def each_operation_is_repeated_once(answer, rng):
    """A number that is used twice is computed once: 30 doublings take no time.

    1. After x = x + x, 30 times, there are 30 operations, but a thousand million ways down.
    2. If the replay calls itself for both operands, it goes all of these ways.
    3. Repeat each operation once, in order, and look up what its operands came to.
    """

    def doubled(x):
        for _ in range(30):
            x = x + x
        return x

    replay, x = answer.trace(doubled, 1.0), float(rng.uniform(1, 9))
    return each("x doubled 30 times, traced at 1, replay({})", lambda x: float(replay(x)), (3.0,), (x,))
