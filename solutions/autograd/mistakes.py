"""Classic wrong answers of the autograd unit, and what a tutor says to each."""

from autograder.declare import slips
from engine import Function, Value, enable_grad, grad
from engine.walk import topological

no_grad = slips("no_grad")
OFF, BACK = "set_grad_enabled(False)", "set_grad_enabled(self.before)"
TOGGLE = "set_grad_enabled(not is_grad_enabled())"
ENTER = f"self.before = is_grad_enabled()\n        {OFF}"
CALL = "with type(self)():\n                    return function(*args, **kwargs)"
STEPS = """while True:
                    with type(self)():
                        try:
                            item = next(steps)
                        except StopIteration:
                            return
                    yield item"""

no_grad(
    "always switched on at the end",
    "Your inner block switched recording on although the outer one was still open. Restore what you found, "
    "which need not have been True.",
).write(BACK, "set_grad_enabled(True)")
no_grad(
    "toggled",
    "You turned the switch around, so a block inside a block records again. Set it to False, whatever it "
    "was.",
    code=r"\bnot\b",
).write(OFF, TOGGLE).write(BACK, TOGGLE)
no_grad(
    "not restored after an exception",
    "After an exception inside the block nothing is recorded any more, for the rest of the program. "
    "__exit__ has to restore the state whatever its arguments are.",
).write(BACK, f"if kind is None:\n            {BACK}")
no_grad(
    "function's exception not provided for",
    "When a decorated function raises, its caller is left without recording: your lines after the call were "
    "never reached. A `with` block inside the new function sees to it.",
).write(
    CALL,
    """block = type(self)()
                block.__enter__()
                result = function(*args, **kwargs)
                block.__exit__(None, None, None)
                return result""",
)
no_grad(
    "exception swallowed",
    "Your __exit__ returned something true, which tells Python that the exception is dealt with. Return "
    "nothing, and it goes on its way.",
).write(BACK, f"{BACK}\n        return True")
no_grad(
    "never restored",
    "After the block nothing is recorded any more. __exit__ has to put back the state that __enter__ found.",
).write(BACK, "pass")
no_grad(
    "never switched off",
    "Inside the block operations are still recorded: switch recording off in __enter__.",
).drop(OFF)
no_grad(
    "switched off when made",
    "Recording stopped as soon as no_grad() was made, before any block began, and decorating a function "
    "stopped it for good. Switch in __enter__.",
).write(ENTER, f"pass\n\n    def __init__(self):\n        {ENTER}")
no_grad(
    "one state for all calls",
    "All calls of a decorated function share one no_grad object. When the function calls itself, the inner "
    "call overwrites what the outer one has remembered. Use a fresh one for each call.",
    code=r"with self\b|self\.__enter__",
).write(CALL, CALL.replace("type(self)()", "self"))
no_grad(
    "result of the function lost",
    "A decorated function returns None: your new function calls the old one, but does not return what comes "
    "back.",
    code=r"\n +\w+\(\*",
).write("return function(", "function(")
no_grad(
    "name of the function lost",
    "A decorated function has the name of your inner one, which makes tracebacks hard to read. "
    "functools.wraps copies name and docstring.",
).write(
    "return switched",
    "generates = inspect.isgeneratorfunction(function)\n"
    "        return switched if generates else lambda *args, **kwargs: switched(*args, **kwargs)",
)
no_grad(
    "generator runs outside the block",
    "Calling a generator function only makes the generator; its code runs later, when your block is over, "
    "and is recorded. The block belongs around each of its steps.",
).write("inspect.isgeneratorfunction(function)", "False")
no_grad(
    "generator left in no_grad",
    "Between two items of a decorated generator its caller records nothing: `yield` inside the block hands "
    "over in the middle of it. Yield outside.",
).write(STEPS, "with type(self)():\n                    yield from steps")
no_grad(
    "generator emptied at once",
    "Your decorated generator runs to its end before its first item is used: list() inside the block sees "
    "to that. Go from item to item, with a block around each step.",
    code=r"list\(|tuple\(|\[\*|for \w+ in \w+\]",
).write(
    STEPS, "with type(self)():\n                    items = list(steps)\n                yield from items"
)
no_grad(
    "generator's exception not provided for",
    "When a decorated generator raises, its caller is left without recording: the line that switches back "
    "is not reached. A `with` block around each step sees to it.",
).write(
    STEPS,
    """while True:
                    block = type(self)()
                    block.__enter__()
                    item = next(steps, steps)
                    block.__exit__(None, None, None)
                    if item is steps:
                        return
                    yield item""",
)


accumulate = slips("accumulate")
PASS = "result.backward(retain_graph=left > 0)"


@accumulate("gradients between leaf and result survive")
def accumulate_with_old_gradients(f, x, times):
    """From the second pass on, too much arrives: for x cubed at 3 it is 72 after two passes, not 54. Values
    between leaf and result have to start at 0 in each pass; only leaves add up.
    """
    leaf = Value(x)
    root = f(leaf)
    for _ in range(times):
        root.grad = 1.0
        for v in reversed(topological([root])):
            for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
                parent.grad += v.grad * slope
    if times:
        grad(root, leaf)  # frees the graph
    return leaf.grad


accumulate(
    "overwritten",
    "However many passes, you have the gradient of one. A leaf adds up what arrives; do not clear it "
    "between two of them.",
).write(PASS, f"leaf.grad = 0.0\n        {PASS}")
accumulate(
    "graph freed too early",
    "The first pass freed the graph, and the second found nothing to walk. A pass that is not the last "
    "needs retain_graph=True.",
).drop("retain_graph=left > 0")
accumulate(
    "graph built again",
    "You called f for each pass. The gradient is right, but every pass pays for a forward pass: build the "
    "graph once, and keep it with retain_graph.",
).drop("result = f(leaf)").write(PASS, "f(leaf).backward()")
accumulate(
    "graph kept at the end",
    "The gradient is right, but the last pass has kept the graph, and with it the memory of all that was "
    "saved. Retain it for every pass but the last.",
).write("left > 0", "True")
accumulate(
    "one pass, multiplied",
    "The number is right, but you made one pass and multiplied. What a leaf holds after `times` passes is "
    "to be seen here, so make them: with retain_graph on all but the last.",
).write("reversed(range(times))", "[0]").write("return leaf.grad", "return times * leaf.grad")
accumulate(
    "one pass too many",
    "You walked back once more than you were asked to: count the passes again.",
).write("range(times)", "range(times + 1)")


Exp = slips("Exp")
SAVE, PRODUCT = "ctx.save_for_backward(out)", "gradient * out"

Exp(
    "upstream gradient forgotten",
    "Your backward returns exp(x) whatever arrives. By the chain rule the arriving gradient is multiplied "
    "by it.",
).write(PRODUCT, "out * 1.0")
Exp(
    "input saved for the output",
    "You multiplied by x, not by exp(x): the input was saved, and used as if it were the output.",
).write(SAVE, "ctx.save_for_backward(x)")
Exp(
    "exponentiated twice",
    "What you saved is exp(x) already, and backward took exp of it once more.",
).write(PRODUCT, "gradient * out.exp()")
Exp(
    "arriving gradient handed on unchanged",
    "You returned the gradient that arrived, as if the slope of exp were 1 everywhere. Multiply it by "
    "exp(x).",
).write(PRODUCT, "gradient")
Exp(
    "saved on the class",
    "You saved into the class, of which there is one, so a second call overwrites what the first one needs. "
    "Each call has a ctx of its own.",
    code=r"Exp\.|cls|__class__|type\(",
).write(SAVE, "Exp.out = out\n        ctx.save_for_backward(x)").write(PRODUCT, "gradient * Exp.out")
Exp(
    "saved as an attribute of ctx",
    "Your numbers are right, but what hangs on ctx as an attribute lives on when backward() has freed the "
    "graph. ctx.save_for_backward is freed with it.",
    code=r"ctx\.(?!save_for|saved_t|needs_i)\w+ = ",
).write(SAVE, "ctx.out = out").write("(out,) = ctx.saved_tensors", "out = ctx.out")
Exp(
    "backward computed with plain numbers",
    "The first derivative is right, but it was computed with floats, so it has no graph, and cannot be "
    "differentiated again. Multiply the Values themselves.",
).write(PRODUCT, "Value(gradient.item() * out.item(), requires_grad=False)")


hvp = slips("hvp")
ROW = "[0.0 if h is None else h.item() for h in grad(along, leaves, allow_unused=True)]"
TIMES_V = f"[h * v for h, v in zip({ROW}, vs, strict=True)]"

hvp(
    "gradient times v",
    "You multiplied each slope by its v, which has only first derivatives in it. Sum these products up, and "
    "differentiate the sum.",
).write(ROW, "[slope.item() * v for slope, v in zip(slopes, vs, strict=True)]")


@hvp("diagonal only")
def hvp_diagonal(f, xs, vs):
    """You took the second derivative by each x alone. The mixed ones, by x_i and then x_j, are missing."""
    leaves = [Value(x) for x in xs]
    slopes = grad(f(*leaves), leaves, create_graph=True)
    result = []
    for slope, x, v in zip(slopes, leaves, vs, strict=True):
        h = grad(slope, x, allow_unused=True, retain_graph=True)[0] if slope.requires_grad else None
        result.append(0.0 if h is None else h.item() * v)
    return result


hvp(
    "v . H v",
    "You multiplied by v on both sides, and every entry carries its own v_i once more. H v is multiplied on "
    "one side only.",
).write(ROW, TIMES_V)
hvp(
    "v ignored",
    "You differentiated the plain sum of the slopes. Each slope counts as often as its v says.",
).write("slope * v for", "slope for")
hvp(
    "v multiplied at the end",
    "You summed the slopes without weights and multiplied by v afterwards, so v_i stands at row i where v_j "
    "should stand at column j. Weigh the slopes before the second pass.",
).write("slope * v for", "slope for").write(ROW, TIMES_V)
hvp(
    "create_graph missing",
    "The first pass left no graph of its own, so there was nothing to differentiate a second time. Ask grad "
    "for one: create_graph=True.",
).drop(", create_graph=True")
hvp(
    "unused inputs not allowed",
    "An input with a constant slope does not occur in the second pass, and grad stops with an error. Say "
    "allow_unused=True, and read the None that comes as 0.",
).drop(", allow_unused=True")
hvp(
    "None in the result",
    "Where a second derivative is 0 you answered None or failed on it. A None from grad means 0.0.",
    code="allow_unused",
).write("0.0 if h is None else h.item()", "h.data")
hvp(
    "gradient of the gradient's square",
    "You differentiated the sum of the squared slopes. Weigh the slopes by v, which is constant, not by "
    "themselves.",
).write("slope * v for", "slope * slope for")


@hvp("by differences", code=r"\d+e-|0\.0|eps|\bh\b")
def hvp_by_differences(f, xs, vs):
    """You compared the gradients at two neighbouring points. That is close, but only close; a second reverse
    pass is exact, and as fast.
    """

    def slopes(xs):
        leaves = [Value(x) for x in xs]
        return grad(f(*leaves), leaves)

    ahead = slopes([x + 1e-4 * v for x, v in zip(xs, vs, strict=True)])
    return [(a.item() - b.item()) / 1e-4 for a, b in zip(ahead, slopes(xs), strict=True)]


checkpoint = slips("checkpoint")
COPIES = "[Value(x.item()) for x in ctx.saved_tensors]"
GRADS = "grad(again, copies, grad_outputs=gradient, allow_unused=True)"
RETURN = f"return None, *{GRADS}"
LOST = "again.backward(gradient)\n        return (None,) * (1 + len(copies))"

checkpoint(
    "graph kept",
    "You called fn with recording on, so its whole graph is kept, and nothing is saved. Run it unrecorded "
    "first, and again in backward.",
).write("Checkpoint.apply(fn, *xs)", "fn(*xs)")
checkpoint(
    "graph kept inside",
    "From outside there is one node, but it holds the graph of the first run until backward() comes. Keep "
    "the inputs only, and run fn again.",
).write(
    "ctx.save_for_backward(*xs)\n        return fn(*xs)",
    """ctx.copies = [Value(x.item()) for x in xs]
        with enable_grad():
            ctx.again = fn(*ctx.copies)
        return ctx.again.detach()""",
).write(COPIES, "ctx.copies").write("ctx.fn(*copies)", "ctx.again")
checkpoint(
    "recomputed without recording",
    "You ran fn again, but backward is itself not recorded, so the second run has no graph to walk. Run it "
    "inside enable_grad().",
).write("enable_grad()", "set_grad_enabled(False)")
checkpoint(
    "recomputed without copies",
    "You ran fn again on xs themselves, so your inner backward walked on into the graph behind them, and "
    "the outer one found it freed. Run fn on copies, and return what the copies get.",
).write(COPIES, "ctx.saved_tensors").write(RETURN, LOST)
checkpoint(
    "copies' gradients lost",
    "You ran fn again on copies and went back to them, but the gradients stayed there: backward has to "
    "return them, so that they reach xs.",
).write(RETURN, LOST)
checkpoint(
    "seed 1 for the arriving gradient",
    "Your inner backward starts from 1, as if the checkpoint were the end of everything. It has to start "
    "from the gradient that arrives.",
).drop("grad_outputs=gradient, ")
checkpoint(
    "arriving gradient counted twice",
    "You started from the arriving gradient and multiplied by it again at the end. Once is enough.",
).write(GRADS, f"(h if h is None else h * gradient for h in {GRADS})")


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


checkpoint(
    "gradients in the wrong order",
    "Each input got the gradient of another one. Return them in the order of the inputs.",
).write(GRADS, f"reversed({GRADS})")
checkpoint(
    "unused inputs not allowed",
    "An input that fn does not use stopped your backward with an error. Say allow_unused=True: it has the "
    "gradient None, which means 0.",
).drop(", allow_unused=True")
checkpoint(
    "result without a gradient",
    "You ran fn unrecorded and returned what came out: a constant, at which backward() has nothing to do. "
    "Tie it to xs by a Function whose backward runs fn again.",
).write("return Checkpoint.apply(fn, *xs)", "with no_grad():\n        return fn(*xs)")


trace = slips("trace")
KNOWN = "dict(zip(inputs, numbers, strict=True))"
REPEAT = "for v in steps:\n            known[v] = v.op(number(v.a), number(v.b))"

trace(
    "Python run again",
    "Your replay calls f. Then nothing was gained: a trace is a list of operations that can do without f.",
).write("return replay", "return lambda *numbers: f(*map(Value, numbers)).item()")
trace(
    "result recorded as a constant",
    "Your replay gives the result of the examples, whatever it is called with. Record the operations, not "
    "where they led.",
).write("return number(out)", "return out.item()")
trace(
    "inputs changed, nothing computed again",
    "You put the new numbers into the inputs, but a Value does not compute itself again when its parents "
    "change. Repeat the operations, one after the other.",
).drop(REPEAT)
trace(
    "only the first input replayed",
    "Only the first input takes its new number; the others keep that of the example. Each of them has a "
    "place among the operands.",
).write(KNOWN, "dict(zip(inputs[:1], numbers, strict=False))")
trace(
    "operands frozen",
    "The inputs are new, but what was computed from them is not: an operation must take the new numbers of "
    "the Values before it, not their recorded data.",
).write("known[v] =", "if v is out:\n                known[v] =")
trace(
    "operands exchanged",
    "Subtraction and division came out the wrong way round: the first operand is v.a, the second v.b.",
).write(
    "v.op(number(v.a), number(v.b))", "v.op(number(v.a)) if v.b is None else v.op(number(v.b), number(v.a))"
)
trace(
    "first replay remembered",
    "Every replay after the first gives the first one's result: the numbers it found are still there. Begin "
    "each replay with the inputs and nothing else.",
).write("def replay", "known = {}\n\n    def replay").write(
    f"known = {KNOWN}", f"known.update({{**{KNOWN}, **known}})"
)
trace(
    "inputs told apart by their number",
    "Two inputs with the same example were taken for one. Tell Values apart by what they are, as a "
    "dictionary does with the Values themselves for keys.",
).write(
    "return replay",
    "place = {x: i for i, x in enumerate(examples)}\n"
    "    return lambda *numbers: replay(*(numbers[place[x]] for x in examples))",
)
trace(
    "new number 0 taken for none",
    "An input that is 0 in the replay kept its example's number: `or` takes 0 for nothing. Ask whether the "
    "Value is in your dictionary.",
).write("known.get(operand, operand.data)", "(known.get(operand) or operand.data)")
trace(
    "operand 0 taken for none",
    "An operation lost its second operand because that was 0. An operation with one operand has None there: "
    "compare with None by `is`.",
).write("number(v.b)", "number(v.b or None)")


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
