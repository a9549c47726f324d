"""Check programs of the graph unit: each builds a graph and returns what an answer module says about it."""

import math
import sys

from autograder.declare import Unit, check, raised
from autograder.declare.probes import each, gradient, values_behind
from engine import Function, Value

unit = Unit(
    "The graph behind a number",
    number=6,
    packages=(),
    without={
        "topo_order": ("engine.walk.topological",),
        "backward": ("engine.Value.backward", "engine.Value._backward_step", "engine.grad"),
    },
    unasked={"numeric_grad.eps": "a step is longer than 0", "sgd.lr": "a rate is above 0"},
)


# product_rule: on the engine's Values, since only there a .grad can be filled in by hand


@check("product_rule", points=1)
def each_gets_the_number_of_the_other_times_what_came_in(answer, rng):
    """a receives b times out.grad, and b receives a times out.grad.

    1. Let out = a * b. If a grows by a tiny step, by how many such steps does out grow?
    2. d out / d a is the number in b, and d out / d b is the number in a.
    3. What flows to a is that derivative times out.grad: both factors are needed.
    """
    numbers = rng.uniform(1, 4, size=3).tolist()
    return each(
        "a = {}, b = {}, out.grad = {}",
        lambda a, b, received: _product_rule(answer, a, b, received),
        *((3.0, 5.0, 1.0), (3.0, 5.0, -2.0), (0.0, 5.0, 2.0), (-3.0, -0.5, -2.0), (3.0, 5.0, 0.0), numbers),
    )


@check("product_rule", points=1)
def what_was_there_before_stays_in_the_sum(answer, rng):
    """The contribution of this product is added to the .grad that a and b had.

    1. a may be used by other operations too, and one of them may have been here before you.
    2. A gradient is a sum over all uses of a Value. You know one term of it.
    3. Add to .grad what flows through this product; do not replace what stands there.
    """
    x, y, received, *before = rng.uniform(1, 4, size=5).tolist()
    return {
        "a.grad was 10, b.grad was 20": _product_rule(answer, 3.0, 5.0, 1.0, [10.0, 20.0]),
        "a.grad was -1, b.grad was 0.5": _product_rule(answer, 2.0, -4.0, 3.0, [-1.0, 0.5]),
        "a = b = 3, but two Values": _product_rule(answer, 3.0, 3.0, 1.0, [1.0, 2.0]),
        "random numbers in all of them": _product_rule(answer, x, y, received, before),
    }


@check("product_rule", points=1)
def a_square_counts_both_sides(answer, rng):
    """For out = c * c the one c receives both contributions: 2 c times out.grad.

    1. For out = c * c the two operands are one and the same Value. What is the derivative of c squared?
    2. At c = 3 it is 6, half of which comes from each of the two places where c stands.
    3. With the sum no special case is needed: the same c.grad is simply added to twice.
    """
    found = {}
    for number, received in ((3.0, 0.5), rng.uniform(1, 4, size=2).tolist()):
        c = Value(number)
        out = c * c
        out.grad = received
        answer.product_rule(c, c, out)
        found[f"c = {number:.5g}, out = c * c, out.grad = {received:.5g}: c.grad"] = c.grad
    return found


def _product_rule(answer, x, y, received, before=(0.0, 0.0)):
    a, b = Value(x), Value(y)
    a.grad, b.grad = before
    out = a * b
    out.grad = received
    answer.product_rule(a, b, out)
    return {"a.grad": a.grad, "b.grad": b.grad, "out.grad": out.grad}


# topo_order: many orders are right, so what comes back is described, not listed


@check("topo_order", points=1)
def parents_come_before_children(answer, rng):
    """Every Value comes after the Values it was made from, so the root is the last.

    1. Draw the five Values of this graph, with an arrow from each parent to its child.
    2. When may a Value be put into the list? Not before its parents are in.
    3. Put a Value in after the walk below it has ended; the root comes last by itself.
    """
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    c = a * b
    d = c + a
    x, count = Value(0.5, label="x"), int(rng.integers(10, 60))
    return {
        "a, b leaves, c = a * b, d = c + a, root = c * d": _order(answer, c * d),
        "the same with root = d * c": _order(answer, d * c),
        "x leaf, root = tanh(x)": _order(answer, x.tanh()),
        "root = x itself": _order(answer, x),
        f"{count} random operations, each on the last and on any Value": _order(answer, _tangle(rng, count)),
    }


@check("topo_order", points=1)
def equal_numbers_are_still_two_values(answer, rng):
    """Two leaves with the same number are two Values, and constants are listed too.

    1. `v in some_list` asks with ==. What does == compare between two Values?
    2. Value(2.0) == Value(2.0) is True, as for floats; but they are two places in the graph.
    3. A set or a dictionary looks at the hash first, and the hash of a Value depends on which object it is.
    """
    a, b, count = Value(2.0), Value(2.0), int(rng.integers(3, 60))
    product = a
    for _ in range(count):
        product = product * Value(2.0)
    return {
        "a and b both 2, root = a * b": _order(answer, a * b),
        "x = 2, a constant 2, root = x + constant": _order(answer, a + Value(2.0, requires_grad=False)),
        "an operation with three operands, two of them 2": _order(answer, _OfThree.apply(a, b, Value(0.5))),
        f"root = a * ... with {count} more leaves, all 2": _order(answer, product),
    }


@check("topo_order", points=1)
def a_shared_value_is_visited_once(answer, rng):
    """A Value that many others use is walked through once and listed once, not once for each path to it.

    1. In x = x + x each new Value has the old one as parent twice. How many ways lead down 10 of these?
    2. There are 1024 ways, but only 11 Values: you need to know where you have been.
    3. Keep a set of the Values you have met, and turn back at once where you meet one again.
    """
    root, count = _doubled(Value(1.0), 10), int(rng.integers(3, 40))
    longer = Value(1.0)
    for doubles in rng.permutation([True] * 6 + [False] * count):
        longer = longer + longer if doubles else longer.tanh()
    looks = _watched(values_behind(root))
    answer.topo_order(root)
    seen = _few(looks)
    return {
        "x + x": _order(answer, _doubled(Value(1.0), 1)),
        "x doubled 10 times": _order(answer, root),
        f"x doubled 6 times and {count} times its tanh, in a random order": _order(answer, longer),
        "looks at parents, x doubled 10 times": seen,
    }


@check("topo_order", points=1)
def a_deep_chain_is_walked_without_recursion(answer, rng):
    """A chain of more than 5,000 operations is put in order, with no RecursionError.

    1. Each call of a function that calls itself takes a place on Python's own stack, which ends at 1,000.
    2. Keep a list of Values still to be looked at, and work on its end until it is empty.
    3. A Value comes up twice: when it is met, and when everything below it is in the order. Note beside it
       which of the two it is.
    """
    x, count = Value(0.0), int(rng.integers(5000, 6000))
    v = x
    for _ in range(count):
        v = v + 1.0
    looks, limit = _watched([x]), sys.getrecursionlimit()
    try:
        problem = raised(lambda: answer.topo_order(v))
    finally:
        sys.setrecursionlimit(limit)
    deepest = max(looks, default=0)
    order = _order(answer, v) if problem == "nothing" and deepest <= 1000 else "no order"
    return {
        "error": problem,
        "calls inside each other at the first Value": "few" if deepest <= 1000 else "thousands",
        f"{count:,} additions": order,
    }


def _watched(values):
    """Looks at the parents of these Values from now on: how deep in calls each look is."""
    looks = []

    class Watched(Value):
        __slots__ = ()

        @property
        def parents(self):
            frame, depth = sys._getframe(1), 0
            while frame is not None:
                frame, depth = frame.f_back, depth + 1
            looks.append(depth)
            return super().parents

    for v in values:
        v.__class__ = Watched
    return looks


class _OfThree(Function):
    """An operation with three operands."""

    @staticmethod
    def forward(ctx, a, b, c):
        return a * b + c

    @staticmethod
    def backward(ctx, upstream):
        return (upstream,) * 3


def _few(looks):
    """One look at each of 11 Values is enough, and 1024 paths are many."""
    return "at most 100" if len(looks) <= 100 else "more than 100"


def _tangle(rng, count):
    """The last of so many Values, each made from the one before and from any of them."""
    values = [Value(1.0)]
    for any_of_them in (int(rng.integers(place + 1)) for place in range(count)):
        a, b = values[-1], values[any_of_them]
        values.append(a * b if rng.random() < 0.5 else a + b.tanh())
    return values[-1]


def _doubled(v, times):
    for _ in range(times):
        v = v + v
    return v


def _order(answer, root):
    """What is true of the order that the answer gives."""
    order = list(answer.topo_order(root))
    place = {id(v): number for number, v in enumerate(order)}
    pairs = [(parent, v) for v in values_behind(root) for parent in v.parents]
    in_order = sum(place.get(id(p), len(order)) < place.get(id(v), -1) for p, v in pairs)
    return {
        "length": len(order),
        "different Values": len(place),
        "pairs with the parent first": f"{in_order} of {len(pairs)}",
        "root is the last": bool(order) and order[-1] is root,
    }


# backward: in PyTorch as well, which fills in the leaves and, when told to, the Values between


@check("backward", points=1)
def the_chain_rule_along_one_path(answer, rng):
    """On a path each gradient is the one after it times the slope between the two.

    1. The derivative of the root by itself is 1. Everything else follows from there, backwards.
    2. A parent's gradient is its child's gradient times the local gradient between them.
    3. Start with 1 at the root, then take the topological order from its end to its beginning.
    """
    x = float(rng.uniform(0.2, 0.8))

    def tanh_of_a_line(v):
        inner = v["x"] * 3.0 + 1.0
        return {"inner": inner, "y": inner.tanh()}

    def minus_the_square(v):
        square = v["x"] ** 2
        return {"square": square, "y": -square}

    return {
        "y = tanh(inner), inner = 3 x + 1, x = -0.5": _gradients(answer, tanh_of_a_line, x=-0.5),
        f"the same at x = {x:.4f}": _gradients(answer, tanh_of_a_line, x=x),
        "y = -square, square = x ** 2, x = 5": _gradients(answer, minus_the_square, x=5.0),
    }


@check("backward", points=1)
def contributions_of_all_paths_are_added(answer, rng):
    """A Value that is used more than once gets the sum of what flows back from each use.

    1. For y = a * b + a, draw the arrows out of a. How many paths lead from a to y?
    2. The gradient of a Value is the sum over all paths, so contributions have to be added up.
    3. Add to the parent's .grad for each place where it stands among the parents, also when it stands there
       twice.
    """
    a, b = rng.uniform(1, 3, size=2).tolist()
    x = answer.Value(1.0)
    root = _doubled(x, 10)
    looks = _watched(values_behind(root)) if isinstance(root, Value) else []  # PyTorch's have no parents
    answer.backward(root)

    def product_and_sum(v):
        product = v["a"] * v["b"]
        return {"product": product, "y": product + v["a"]}

    return {
        "y = product + a, product = a * b, a = 2, b = 3": _gradients(answer, product_and_sum, a=2.0, b=3.0),
        f"the same at a = {a:.4f}, b = {b:.4f}": _gradients(answer, product_and_sum, a=a, b=b),
        "y = x * x * x, x = 3": _gradients(answer, lambda v: {"y": v["x"] * v["x"] * v["x"]}, x=3.0),
        "x.grad, y = x doubled 10 times": gradient(x),
        "looks at parents, x doubled 10 times": _few(looks),
    }


@check("backward", points=2)
def a_gradient_is_passed_on_only_when_complete(answer, rng):
    """A Value waits for all its children before it hands its gradient to its parents.

    1. Here c is used by the root and by d, and d is used by the root. When is c.grad complete?
    2. If c passes its gradient on before d has added to it, a gets too little, and that stays so.
    3. Take the Values in reversed topological order: then all children of a Value come before it.
    """
    a, b = rng.uniform(1, 3, size=2).tolist()

    def short_way_first(v):
        c = v["a"] * v["b"]
        d = c + v["a"]
        return {"c": c, "d": d, "y": c * d}

    def long_way_first(v):
        inner = short_way_first(v)
        return inner | {"y": inner["d"] * inner["c"]}

    def nothing_in_the_middle(v):
        square = v["a"] * v["a"]
        nothing = square * 0.0
        other = v["b"] * v["b"]
        return {"square": square, "nothing": nothing, "other": other, "y": nothing + other}

    def nothing_first(v):
        inner = nothing_in_the_middle(v)
        return inner | {"y": inner["other"] + inner["nothing"]}

    def ladder(v):
        c = v["a"] - v["b"]
        d = c * 2.0
        e = d * c
        return {"c": c, "d": d, "e": e, "y": (e + d) / c}

    return {
        "y = c * d, d = c + a, c = a * b, a = 2, b = 3": _gradients(answer, short_way_first, a=2.0, b=3.0),
        "the same with y = d * c": _gradients(answer, long_way_first, a=2.0, b=3.0),
        "y = a * a * 0 + b * b, a = 2, b = 3": _gradients(answer, nothing_in_the_middle, a=2.0, b=3.0),
        "y = b * b + a * a * 0, a = 2, b = 3": _gradients(answer, nothing_first, a=2.0, b=3.0),
        f"y = (e + d) / c, e = d * c, d = 2 c, c = a - b, a = {a + 3:.4f}, b = {b:.4f}": _gradients(
            answer, ladder, a=a + 3, b=b
        ),
    }


@check("backward", points=1)
def leaves_accumulate_and_inner_values_start_afresh(answer, rng):
    """Each call adds the same amount to a leaf, whatever earlier calls left behind between leaf and root.

    1. Call backward twice for y = x * x * x at x = 3. The second call should add another 27 to x.grad.
    2. If it adds 45, the Value between x and y still holds what it received the first time.
    3. Before the walk, set .grad to 0 for every Value that has parents; leave the leaves as they are.
    """
    found = {}
    for number in (3.0, -2.0, 0.0, float(rng.uniform(1, 3))):
        x = answer.Value(number)
        y = x * x * x
        after = []
        for _ in range(3):
            answer.backward(y)
            after.append(gradient(x))
        found[f"y = x * x * x, x = {number:.5g}: x.grad after 1, 2 and 3 calls"] = after
    x = answer.Value(1.0)
    y = (x - 1.0) * 3.0
    for _ in range(2):
        answer.backward(y)
    return found | {"y = (x - 1) * 3, x = 1: x.grad after 2 calls": gradient(x)}


@check("backward", points=1)
def constants_get_no_gradient(answer, rng):
    """A Value with requires_grad=False keeps its .grad of 0, and the others get theirs.

    1. Values made with requires_grad=False are constants: data, not something to be learned.
    2. The gradient walk ends at a constant, as PyTorch's does: its .grad is never touched.
    3. Ask a parent for its requires_grad before you add to its .grad.
    """
    found = {}
    for a, b in ((1.0, 2.0), rng.uniform(1, 3, size=2).tolist()):
        w, x = answer.Value(a), answer.Value(b, requires_grad=False)
        answer.backward((w * x + 3.0) ** 2)
        title = f"y = (w * x + 3) ** 2, w = {a:.5g}, x = {b:.5g} a constant"
        found[title] = {"w.grad": gradient(w), "x.grad": gradient(x)}
    return found


@check("backward", points=1)
def a_leaf_is_its_own_root(answer, rng):
    """backward(x) of a leaf adds 1 to x.grad.

    1. What is the derivative of x by x?
    2. A root without parents is a leaf, and a leaf adds to what it had.
    3. Add 1 to the root's .grad instead of setting it, after the inner Values were set to 0.
    """
    x = answer.Value(7.0)
    answer.backward(x)
    once = gradient(x)
    answer.backward(x)
    found = {"x.grad after backward(x)": once, "after a second backward(x)": gradient(x)}
    slope, x = float(rng.uniform(2, 9)), answer.Value(7.0)
    answer.backward(x * slope)
    answer.backward(x)
    return found | {f"x.grad after backward(x * {slope:.4f}) and backward(x)": gradient(x)}


def _gradients(answer, make, **numbers):
    """The gradient of the Value named y by every Value with a name, leaves and inner ones alike."""
    leaves = {name: answer.Value(number) for name, number in numbers.items()}
    inner = make(leaves)
    for v in inner.values():
        if hasattr(v, "retain_grad"):
            v.retain_grad()  # PyTorch forgets the gradients between leaves and root unless told to keep them
    answer.backward(inner["y"])
    return {f"{name}.grad": gradient(v) for name, v in {**leaves, **inner}.items()}


# grad_fn_chain: one walk for both graphs, the engine's and PyTorch's


@check("grad_fn_chain", points=1)
def nodes_are_named_depth_first(answer, rng):
    """A node is followed by everything behind its first edge, then by everything behind its second.

    1. v.grad_fn is the first node. Where does it lead? Look at v.grad_fn.next_functions.
    2. next_functions holds pairs, and the name is type(node).__name__, as in PyTorch.
    3. Name the node, then follow the first edge as far as it goes, before you turn to the second.
    """
    a, b, c = map(answer.Value, (1.5, 2.0, 0.5))
    ways = "(a * b + c).tanh()", "(a - b) / c.exp()", "c.exp() * (a + b).tanh()"
    return _chains(answer, *ways, a=a, b=b, c=c) | _any_chain(
        answer, rng, "a leaf of its own", lambda v: answer.Value(2.0)
    )


@check("grad_fn_chain", points=1)
def an_edge_to_a_constant_is_none(answer, rng):
    """An edge to a constant is listed as None.

    1. An edge without a node is None: no gradient flows that way, because a constant stands there.
    2. None belongs in the list, as None, neither left out nor given a name.
    3. Look at each edge before you ask it for its name: None has no edges to follow either.
    """
    w, x = answer.Value(1.0), answer.Value(2.0, requires_grad=False)
    return _chains(answer, "(w * x + 3) ** 2, x a constant", "x * w", w=w, x=x) | _any_chain(
        answer, rng, "a constant", lambda v: x
    )


@check("grad_fn_chain", points=1)
def a_leaf_has_no_grad_fn(answer, rng):
    """The chain of a leaf is empty, and so is that of a constant.

    1. A leaf was made by you, not by an operation. What is its grad_fn?
    2. AccumulateGrad stands where an edge ends in a leaf. It is not the leaf's own grad_fn.
    3. Where v.grad_fn is None there is nothing to walk: the list is empty.
    """
    w, x = answer.Value(1.0), answer.Value(2.0, requires_grad=False)
    values = {"a leaf": w, "a constant": x, "constant + constant": x + x, "-leaf": -w}
    again = rng.choice(list(values), size=10).tolist()
    return {title: answer.grad_fn_chain(v) for title, v in values.items()} | {
        f"each of {again}": [answer.grad_fn_chain(values[title]) for title in again]
    }


@check("grad_fn_chain", points=1)
def a_shared_node_is_named_once(answer, rng):
    """A node that several others lead to is named where it is first met, and nowhere else.

    1. In y = s * s two edges lead to the same node. Was it named before?
    2. Remember the nodes you have met: the nodes themselves, since two of them may have the same name.
    3. A node that was met before adds nothing to the list and is not walked again. None is no node: it is
       listed each time.
    """
    a, b = answer.Value(2.0), answer.Value(3.0)
    ways = "s * s, s = a + b", "s.tanh() * s, s = a + b", "a + b + a + 1", "(s.exp() + b) * s, s = a + b"
    return {
        **_chains(answer, *ways, a=a, b=b, s=a + b),
        "a doubled 8 times": answer.grad_fn_chain(_doubled(a, 8)),
        **_any_chain(answer, rng, "itself", lambda v: v),
    }


def _chains(answer, *titles, **values):
    """The chain behind each formula, which stands in the title up to a comma, for these values."""
    return {title: answer.grad_fn_chain(eval(title.partition(", ")[0], values)) for title in titles}


def _any_chain(answer, rng, title, other):
    """The chain behind six operations in a random order; other(v) is the second operand to v."""
    operations = {
        "tanh": lambda v: v.tanh(),
        "exp": lambda v: v.exp(),
        "negated": lambda v: -v,
        "times": lambda v: v * other(v),
        "plus": lambda v: v + other(v),
        "from": lambda v: other(v) - v,
    }
    order, v = rng.permutation(list(operations)).tolist(), answer.Value(0.5)
    for name in order:
        v = operations[name](v)
    return {f"a leaf, {', '.join(order)}; the other operand is {title}": answer.grad_fn_chain(v)}


# numeric_grad: on polynomials the formula has an exact value of its own, also for a large eps


@check("numeric_grad", points=1)
def looks_in_both_directions(answer, rng):
    """The slope is taken between x - eps and x + eps, which are 2 eps apart.

    1. Take f = x cubed at 2 with eps = 0.5: work out f(2.5) and f(1.5) by hand.
    2. Look in both directions: one step of eps above x, one of eps below.
    3. The two points are 2 eps apart, so that is what the difference is divided by.
    """
    random = float(rng.uniform(1, 3)), float(rng.uniform(0.1, 0.4))

    def slope(x, eps):
        return _numeric(answer, lambda x: x[0] ** 3, [x], eps)

    return each("f = x ** 3, x = {}, eps = {}", slope, (2.0, 0.5), (-1.0, 0.25), random)


@check("numeric_grad", points=1)
def one_number_is_moved_at_a_time(answer, rng):
    """The i-th slope is that of f when only x[i] moves.

    1. A gradient has as many numbers as x. Each says what one of them does while the others rest.
    2. For f = x0 * x1 at (3, 5) the gradient is (5, 3). Which numbers of x did you move for the 5?
    3. Start from the given x again for every i, and change only its i-th number.
    """
    x = rng.uniform(1, 2, size=3).tolist()

    def mixed(x):
        return x[0] * x[1] ** 2 - x[1] * x[2] ** 3

    return {
        "f = x0 * x1, x = [3, 5], eps = 0.5": _numeric(answer, lambda x: x[0] * x[1], [3.0, 5.0], 0.5),
        "f = x0 * x1, of a copy of x, x = [2, 2, 2]": _numeric(
            answer, lambda x: x.copy()[0] * x[1], [2.0, 2.0, 2.0], 0.5
        ),
        "f = x0 * x1 ** 2 - x1 * x2 ** 3, x random, eps = 0.25": _numeric(answer, mixed, x, 0.25),
        "f = 7, x = [1, 2]": _numeric(answer, lambda x: 7.0, [1.0, 2.0], 0.25),
    }


@check("numeric_grad", points=1)
def x_is_left_as_it_was(answer, rng):
    """After the call x holds its old numbers to the last bit.

    1. The list x belongs to the caller. What stands in it when you are done?
    2. 0.1 + 0.3 - 0.6 + 0.3 is not 0.1 for a float: adding and taking away again leaves crumbs.
    3. Either move numbers in a copy of x, or keep the old number and put that very number back.
    """
    x, tiny = [0.1, 0.7, float(rng.uniform(0, 1))], [1e-20, -5e-324, 0.0]
    slopes = _numeric(answer, lambda x: x[0] * x[1] * x[2], x, 0.3)
    _numeric(answer, sum, tiny, 0.5)
    return {
        "gradient of x0 * x1 * x2": slopes,
        "x afterwards": x,
        "x = [1e-20, -5e-324, 0] afterwards": [repr(number) for number in tiny],
    }


# The difference of two numbers near 1, divided by 2e-4, keeps some twelve digits.
@check("numeric_grad", points=1, rtol=1e-8)
def agrees_with_backward_for_a_small_eps(answer, rng):
    """For a small eps the slope of a function of Values is what backward() would find.

    1. Print your slopes for eps = 0.1, 0.01 and 0.001. Does their error become 100 times smaller each time?
    2. Ten times smaller: you look in one direction only. Not smaller at all: some step in your code is not
       the eps that you were given.
    3. Both points lie eps away from x[i], one on each side; divide by how far they are from each other, and
       use no step of your own.
    """
    a, b = rng.uniform(-1, 1, size=2).tolist()

    def f(x):
        p, q = map(Value, x)
        return (p * q + p).tanh().item()

    return {
        "f = tanh(a * b + a), a = 0.5, b = -2, eps = 0.0001": _numeric(answer, f, [0.5, -2.0], 1e-4),
        f"the same at a = {a:.4f}, b = {b:.4f}": _numeric(answer, f, [a, b], 1e-4),
    }


def _numeric(answer, f, x, eps):
    return [float(slope) for slope in answer.numeric_grad(f, x, eps)]


# sgd


@check("sgd", points=1)
def one_step_goes_downhill(answer, rng):
    """After one step each parameter has moved by -lr times its gradient.

    1. One step: compute the loss, call its backward(), move each parameter against its gradient.
    2. The gradient points uphill. Which sign brings the loss down?
    3. Each parameter changes by lr times its own gradient, and it changes through p.data.
    """
    a, b, lr = rng.uniform(0.1, 0.9, size=3).tolist()
    return {
        "loss = (a - 3) ** 2 + a * b, a = 1, b = 2, lr = 0.1": _descend(answer, [1.0, 2.0], 0.1, 1),
        f"the same at a = {a:.4f}, b = {b:.4f}, lr = {lr:.4f}": _descend(answer, [a, b], lr, 1),
    }


@check("sgd", points=1)
def every_step_uses_its_own_gradient(answer, rng):
    """Several steps in a row, each with the gradient of its own loss alone.

    1. backward() adds to .grad. What still stands there when the second step begins?
    2. Old gradients must be cleared once for each step, and not between backward() and the move.
    3. Clear, then backward(), then move: in this order in every step.
    """
    a, b = rng.uniform(0.1, 0.9, size=2).tolist()
    return {
        "two steps from a = 1, b = 2, lr = 0.1": _descend(answer, [1.0, 2.0], 0.1, 2),
        f"five steps from a = {a:.4f}, b = {b:.4f}, lr = 0.25": _descend(answer, [a, b], 0.25, 5),
        "a step from a = 1, b = 4, where a has gradient 0": _descend(answer, [1.0, 4.0], 0.25, 1),
        "two steps from a = 1000, b = 5000, lr = 0.001": _descend(answer, [1000.0, 5000.0], 0.001, 2),
    }


@check("sgd", points=1)
def gradients_from_before_do_not_count(answer, rng):
    """What .grad held when sgd was called has no part in the first step.

    1. Before sgd was called, somebody may have called backward() on the same parameters.
    2. What does the first step do if p.grad is 100 when it begins?
    3. Clear the gradients at the start of each step, not only at its end.
    """
    found = {}
    for start, lr, before in (
        (2.0, 0.25, 50.0),
        (*rng.uniform(0.1, 0.9, size=2), 50.0),
        (3.0, 0.25, math.inf),
    ):
        x = answer.Value(float(start))
        (x * before).backward()
        losses = answer.sgd(lambda x=x: x * x, [x], float(lr), 1)
        title = f"one step on x ** 2 from {start:.5g}, lr = {lr:.5g}, x.grad was {before:g}"
        found[title] = {"losses": _losses(losses), "x": float(x)}
    return found


@check("sgd", points=1)
def losses_are_floats_from_before_each_step(answer, rng):
    """The list holds one float per step, the loss before the move, and nothing for no steps.

    1. One loss for each step: how many are there after three steps?
    2. The list begins with the loss of the parameters as they were given.
    3. Keep the number, loss.item(), and not the Value: a Value keeps its whole graph alive.
    """
    x = answer.Value(2.0)
    three = answer.sgd(lambda: x * x, [x], 0.25, 3)
    y = answer.Value(5.0)
    none = answer.sgd(lambda: y * y, [y], 0.25, 0)
    z, steps = answer.Value(float(rng.uniform(1, 3))), int(rng.integers(2, 8))
    near, at = answer.Value(1e-7), answer.Value(0.0)
    w, calls = answer.Value(2.0), []

    def counted():
        calls.append(None)
        return w * w

    rising = answer.sgd(counted, [w], 1.5, 3)
    return {
        "loss = x ** 2, x = 2, lr = 0.25, three steps": three,
        f"loss = z ** 2, z random, lr = 0.25, {steps} steps": answer.sgd(lambda: z * z, [z], 0.25, steps),
        "loss = x ** 2, x = 2, lr = 1.5, three steps": rising,
        "how many, from x = 1e-7": len(answer.sgd(lambda: near * near, [near], 0.25, 3)),
        "how many, from x = 0": len(answer.sgd(lambda: at * at, [at], 0.25, 3)),
        "calls of loss_fn in three steps": len(calls),
        "no steps": none,
        "y after no steps": float(y),
    }


def _descend(answer, start, lr, steps):
    a, b = params = [answer.Value(number) for number in start]
    losses = answer.sgd(lambda: (a - 3.0) ** 2 + a * b, params, lr, steps)
    same = params[0] is a and params[1] is b
    return {"losses": _losses(losses), "a": float(a), "b": float(b), "params holds the same Values": same}


def _losses(losses):
    return [float(loss) for loss in losses]
