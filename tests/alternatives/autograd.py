"""Right answers of the autograd unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "no_grad": [
        '''
from contextlib import ContextDecorator


class no_grad(ContextDecorator):
    """On the engine's own context manager, and the standard library's decorator."""

    def __init__(self):
        self.open = []

    def __enter__(self):
        self.open.append(set_grad_enabled(False))
        return self

    def __exit__(self, *error):
        return self.open.pop().__exit__(*error)

    def __call__(self, function):
        if not inspect.isgeneratorfunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        def steps(*args, **kwargs):
            generator = function(*args, **kwargs)
            advance = super(no_grad, self).__call__(lambda: next(generator, generator))
            while (item := advance()) is not generator:
                yield item

        return steps
''',
        '''
class no_grad:
    """With try and finally in place of `with`."""

    def __init__(self):
        self.states = []

    def __enter__(self):
        self.states.append(is_grad_enabled())
        set_grad_enabled(False)

    def __exit__(self, kind, error, traceback):
        set_grad_enabled(self.states.pop())
        return False

    def __call__(self, function):
        def off(call):
            state = is_grad_enabled()
            set_grad_enabled(False)
            try:
                return call()
            finally:
                set_grad_enabled(state)

        def switched(*args, **kwargs):
            return off(lambda: function(*args, **kwargs))

        def stepped(*args, **kwargs):
            items = iter(function(*args, **kwargs))
            try:
                while True:
                    yield off(items.__next__)
            except (StopIteration, RuntimeError):
                pass

        wrapper = stepped if inspect.isgeneratorfunction(function) else switched
        wrapper.__name__, wrapper.__doc__ = function.__name__, function.__doc__
        return wrapper
''',
    ],
    "accumulate": [
        """
def accumulate(f, x, times):
    leaf = Value(float(x))
    result = f(leaf)
    while times > 1:
        result.backward(retain_graph=True)
        times -= 1
    result.backward()
    return float(leaf.grad)
""",
        '''
def accumulate(f, x, times):
    """The last pass stands by itself."""
    v = Value(x)
    y = f(v)
    for _ in range(times - 1):
        y.backward(retain_graph=True)
    if times > 0:
        y.backward()
    return v.grad
''',
        '''
def accumulate(f, x, times):
    """By gradients that leave .grad alone, added up here."""
    v, total = Value(x), 0.0
    y = f(v)
    for number in range(1, times + 1):
        (slope,) = grad(y, [v], retain_graph=number != times)
        total += slope.item()
    return total
''',
    ],
    "Exp": [
        '''
class Exp(Function):
    """Saves the input, and computes exp a second time."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.exp()

    @staticmethod
    def backward(ctx, gradient):
        x, = ctx.saved_tensors
        return gradient * x.exp()
''',
        '''
import math


class Exp(Function):
    """From the standard library's exp; backward by itself once more."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return Value(math.exp(x.item()), requires_grad=False)

    @staticmethod
    def backward(ctx, g):
        return (Exp.apply(ctx.saved_tensors[0]) * g,)
''',
    ],
    "hvp": [
        '''
def hvp(f, xs, vs):
    """By backward() in place of grad, and .grad in between."""
    leaves = [Value(x) for x in xs]
    f(*leaves).backward(create_graph=True)
    slopes = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    total = Value(0.0)
    for slope, v in zip(slopes, vs):
        total = total + slope * v
    total.backward()
    return [float(leaf.grad) for leaf in leaves]
''',
        '''
def hvp(f, xs, vs):
    """As the slope of the slope along v, which is made of one more input."""
    leaves, step = [Value(x) for x in xs], Value(0.0)
    moved = [leaf + step * v for leaf, v in zip(leaves, vs)]
    (along,) = grad(f(*moved), [step], create_graph=True)
    rows = grad(along, leaves, allow_unused=True) if along.requires_grad else [None] * len(xs)
    return tuple(0.0 if row is None else row.item() for row in rows)
''',
    ],
    "checkpoint": [
        '''
import engine


def checkpoint(fn, *xs):
    """With the class inside, copies by detach(), and backward() in place of grad."""

    class Again(engine.Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            return fn(*inputs)

        @staticmethod
        def backward(ctx, gradient):
            copies = [x.detach().requires_grad_(x.requires_grad) for x in ctx.saved_tensors]
            with engine.set_grad_enabled(True):
                result = fn(*copies)
            result.backward(gradient)
            return tuple(Value(x.grad) for x in copies)

    return Again.apply(*xs)
''',
        '''
class Segment(Function):
    @staticmethod
    def forward(ctx, run, *xs):
        ctx.run, ctx.numbers = run, [x.item() for x in xs]
        return run(*xs).detach()

    @staticmethod
    def backward(ctx, g):
        leaves = [Value(number) for number in ctx.numbers]
        old = is_grad_enabled()
        set_grad_enabled(True)
        weighted = ctx.run(*leaves) * g.item()
        set_grad_enabled(old)
        found = grad(weighted, leaves, allow_unused=True)
        return (None, *(0.0 if h is None else h for h in found))


def checkpoint(fn, *xs):
    """The arriving gradient as a factor in the recomputed graph."""
    return Segment.apply(fn, *xs)
''',
    ],
    "trace": [
        '''
def trace(f, *examples):
    """A list of operations with places in a table, the way a compiler would write it."""
    inputs = list(map(Value, examples))
    result = f(*inputs)
    place = {v: i for i, v in enumerate(inputs)}
    program = []

    def at(x):
        if isinstance(x, Value):
            return ("table", place[x]) if x in place else ("number", x.item())
        return ("number", x)

    for v in topological([result]):
        program.append((v.op, at(v.a), at(v.b)))
        place[v] = len(place)
    end = at(result)

    def replay(*numbers):
        table = list(numbers)
        read = lambda operand: table[operand[1]] if operand[0] == "table" else operand[1]
        for op, a, b in program:
            table.append(op(read(a), read(b)))
        return read(end)

    return replay
''',
        '''
def trace(f, *examples):
    """As Values again, computed without a graph; depth first with a memory."""
    inputs = [Value(x) for x in examples]
    out = f(*inputs)

    def replay(*numbers):
        memory = {v: Value(x, requires_grad=False) for v, x in zip(inputs, numbers)}

        def value(x):
            if not isinstance(x, Value):
                return x
            if x not in memory:
                memory[x] = x if x.op is None else x.op(value(x.a), value(x.b))
            return memory[x]

        return value(out).item()

    return replay
''',
    ],
}
