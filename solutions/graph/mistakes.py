"""Classic wrong answers of the graph unit, and what a tutor says to each."""

import sys

from autograder.declare import slips

# product_rule


product_rule = slips("product_rule")


@product_rule("gradient replaced")
def product_replaces(a, b, out):
    """You set .grad instead of adding to it, so what other uses of the Value had sent is lost: for c * c one
    of the two halves. Gradients are sums over all uses.
    """
    a.grad = out.grad * b.data
    b.grad = out.grad * a.data


@product_rule("square counted once")
def product_pays_once(a, b, out):
    """For out = c * c both operands are the same Value, and you paid in for one of them only. Each place it
    stands in counts: no special case is needed.
    """
    a.grad += out.grad * b.data
    if b is not a:
        b.grad += out.grad * a.data


@product_rule("operands compared by number")
def product_compares_numbers(a, b, out):
    """You took two Values with the same number for one: == compares numbers, `is` tells whether they are the
    same. Without a special case you need neither.
    """
    if a == b:
        a.grad += 2 * out.grad * a.data
    else:
        a.grad += out.grad * b.data
        b.grad += out.grad * a.data


@product_rule("own number for the other's")
def product_own_operand(a, b, out):
    """You gave a its own number as derivative. If out = a * b, then out grows by b for every 1 that a
    grows.
    """
    a.grad += out.grad * a.data
    b.grad += out.grad * b.data


@product_rule("upstream gradient forgotten")
def product_without_upstream(a, b, out):
    """You sent back the local derivative alone. By the chain rule it is multiplied by what arrived at out:
    out.grad.
    """
    a.grad += b.data
    b.grad += a.data


@product_rule("out.data for out.grad")
def product_times_the_result(a, b, out):
    """You multiplied by the number in out, not by its gradient. Going backwards it is out.grad that is
    passed on.
    """
    a.grad += out.data * b.data
    b.grad += out.data * a.data


@product_rule("rule of the sum")
def product_as_a_sum(a, b, out):
    """You passed out.grad on unchanged. That is what a + b does; a product scales it by the other number."""
    a.grad += out.grad
    b.grad += out.grad


@product_rule("gradient that is a Value")
def product_of_values(a, b, out):
    """You computed with a and b themselves, so the gradients became Values with a graph of their own. Take
    the numbers: a.data and b.data.
    """
    a.grad += out.grad * b
    b.grad += out.grad * a


# topo_order


topo_order = slips("topo_order")


@topo_order("no visited set")
def order_without_a_visited_set(root):
    """Shared Values are in your list once for each path to them, and the paths double at every step. Keep a
    set of what you have met.
    """
    order, stack = [], [(root, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order.append(v)
        else:
            stack.append((v, True))
            stack.extend((w, False) for w in v.parents)
    return order


@topo_order("repeated Values removed at the end")
def order_cleaned_up_afterwards(root):
    """Your list is right, but you walk along every path and clean up afterwards. The paths double at every
    step, so for 40 steps that never ends: turn back as soon as you meet a Value again.
    """
    return list(dict.fromkeys(order_without_a_visited_set(root)))


@topo_order("compared by number")
def order_by_number(root):
    """Two Values with the same number were taken for one: `in` on a list asks with ==, which compares
    numbers. Keep the Values in a set, or compare with `is`.
    """
    order, numbers, stack = [], set(), [(root, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order.append(v)
        elif v.data not in numbers:
            numbers.add(v.data)
            stack.append((v, True))
            stack.extend((w, False) for w in v.parents)
    return order


@topo_order("recursion")
def order_by_recursion(root):
    """Your function calls itself for every parent, and Python stops that at a depth of 1,000. Networks are
    deeper: keep a list of your own of what is still to be looked at.
    """
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for parent in v.parents:
                visit(parent)
            order.append(v)

    visit(root)
    return order


@topo_order("recursion limit raised")
def order_by_more_recursion(root):
    """Your function still calls itself for every parent: you only told Python to allow it. Each call takes
    memory, and a graph of a million Values ends the program. Keep a list of what is still to be looked at.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        return order_by_recursion(root)
    finally:
        sys.setrecursionlimit(before)


@topo_order("children before parents")
def order_backwards(root):
    """Your order is right, read backwards: the root comes first. Here parents come before children, as the
    forward pass made them; turn the list around.
    """
    return _order(root)[::-1]


@topo_order("listed when met")
def order_when_met(root):
    """You listed each Value when you met it, the root first and then downwards. A Value belongs in the list
    when everything it was made from is in it.
    """
    return _by_depth(root)


@topo_order("listed when met, turned around")
def order_when_met_turned_around(root):
    """The root is last now, but to turn around the order in which Values were met is not enough: a Value
    that is used early and late stands at the wrong place. List a Value after all of its parents.
    """
    return _by_depth(root)[::-1]


@topo_order("breadth first")
def order_by_levels(root):
    """You went through the graph level by level and turned that around. A Value can be near the root by one
    way and far by another; only the longest way tells where it belongs.
    """
    order = [root]
    for v in order:
        for parent in v.parents:
            if not any(parent is known for known in order[-50:]):
                order.append(parent)
    return order[::-1]


@topo_order("leaves left out")
def order_without_leaves(root):
    """Only the results of operations are in your list. Leaves and constants have no parents, but they are
    Values of the graph like the others.
    """
    return [v for v in _order(root) if v.parents]


@topo_order("root left out")
def order_without_root(root):
    """Your list ends with the parents of the root. The root itself belongs to it, as the last."""
    return _order(root)[:-1]


@topo_order("constants left out")
def order_without_constants(root):
    """You turned back at Values that do not require a gradient. The order is about how numbers are made, and
    constants take part in that.
    """
    return [v for v in _order(root) if v.requires_grad]


# backward


backward = slips("backward")


@backward("gradient passed on too early")
def backward_too_early(root):
    """You passed a Value's gradient on when you first came to it, before all of its children had paid in.
    Take the Values in reversed topological order.
    """
    _reset(root)
    root.grad += 1.0
    for v in _by_depth(root):
        _pass_on(v)


@backward("breadth first")
def backward_by_levels(root):
    """You went back level by level. A Value that is near the root by one way and far by another passes its
    gradient on before the far way has arrived. Take the Values in reversed topological order.
    """
    _reset(root)
    root.grad += 1.0
    queue, seen = [root], {root}
    for v in queue:
        _pass_on(v)
        new = [parent for parent in dict.fromkeys(v.parents) if parent not in seen]
        queue += new
        seen.update(new)


@backward("gradient passed on once for each path")
def backward_along_every_path(root):
    """Each time a child reached a Value, you passed on all that the Value had, also what was passed on
    already. Visit each Value once, when its gradient is complete.
    """
    _reset(root)
    root.grad += 1.0
    stack = [root]
    while stack:
        v = stack.pop()
        _pass_on(v)
        stack += v.parents


@backward("walked along every path")
def backward_path_by_path(root):
    """Your gradients are right, but each path from the root was walked by itself, and the paths double at
    every shared Value: 30 make a thousand million. Add up at a Value first, then go on from it once.
    """

    def walk(v, gradient):
        if v.requires_grad:
            v.grad += gradient
        for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
            walk(parent, gradient * slope)

    _reset(root)
    walk(root, 1.0)


@backward("contributions overwritten")
def backward_overwrites(root):
    """You set the parent's .grad instead of adding to it, so of several paths only the last one counts."""
    root.grad = 1.0
    for v in reversed(_order(root)):
        for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
            if parent.requires_grad:
                parent.grad = v.grad * slope


@backward("walked forwards")
def backward_forwards(root):
    """You went from the leaves to the root, so each Value passed on the 0 it had at that time. Gradients
    flow the other way: reverse the order.
    """
    _reset(root)
    root.grad += 1.0
    for v in _order(root):
        _pass_on(v)


@backward("no 1 at the root")
def backward_from_0(root):
    """All gradients are 0, since 0 was what you started from. The derivative of the root by itself is 1."""
    _reset(root)
    for v in reversed(_order(root)):
        _pass_on(v)


@backward("old gradients between leaves and root kept")
def backward_keeps_inner_gradients(root):
    """Only leaves accumulate. The Values between still held their gradients from the call before, and passed
    them on again: for x cubed at 3 the first call gives 27, and the second adds 45, where 27 is right.
    """
    root.grad = 1.0
    for v in reversed(_order(root)):
        _pass_on(v)


@backward("gradients of leaves cleared")
def backward_clears_leaves(root):
    """You set every .grad to 0 first, that of leaves too, so the second call forgot the first. Leaves
    accumulate until somebody clears them; that is what zero_grad is for.
    """
    for v in _order(root):
        v.grad = 0.0
    root.grad = 1.0
    for v in reversed(_order(root)):
        _pass_on(v)


@backward("constants given a gradient")
def backward_into_constants(root):
    """You added to the .grad of a constant. A Value with requires_grad=False is data: nothing flows
    into it.
    """
    _reset(root)
    root.grad += 1.0
    for v in reversed(_order(root)):
        for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
            parent.grad += v.grad * slope


@backward("parents taken once")
def backward_over_distinct_parents(root):
    """In x * x the parent x stands twice, and each place has a local gradient of its own. You looked at each
    parent only once, so half of it is missing.
    """
    _reset(root)
    root.grad += 1.0
    for v in reversed(_order(root)):
        for parent, slope in dict(zip(v.parents, v.local_gradients(), strict=True)).items():
            if parent.requires_grad:
                parent.grad += v.grad * slope


@backward("local gradients alone")
def backward_without_upstream(root):
    """You gave each parent the local gradient and did not multiply by the child's own .grad. Along a path
    the slopes are multiplied.
    """
    _reset(root)
    root.grad += 1.0
    for v in reversed(_order(root)):
        for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
            if parent.requires_grad:
                parent.grad += slope


@backward("root set to 1")
def backward_sets_the_root(root):
    """A root without parents is a leaf, which adds to what it had: after two calls of backward(x) its
    gradient is 2. Add the 1 instead of setting it.
    """
    _reset(root)
    root.grad = 1.0
    for v in reversed(_order(root)):
        _pass_on(v)


@backward("Value.backward called")
def backward_by_the_engine(root):
    """You called the engine's own backward, which you are asked to write. It also frees the graph, so that a
    second call fails. Walk the graph yourself, by `parents` and `local_gradients()`.
    """
    root.backward()


# grad_fn_chain


grad_fn_chain = slips("grad_fn_chain")


@grad_fn_chain("reversed")
def chain_reversed(v):
    """Your chain begins at the leaves. Begin at v.grad_fn, the operation that was done last."""
    return _chain(v)[::-1]


@grad_fn_chain("second edge first")
def chain_second_edge_first(v):
    """You followed the edges from the last to the first. A stack gives back first what was put on it last:
    put the edges on it in reversed order.
    """
    return _chain(v, edges=lambda node: node.next_functions)


@grad_fn_chain("breadth first")
def chain_breadth_first(v):
    """You named all neighbours of a node before what lies behind the first of them. Depth first follows one
    edge to its end before it turns to the next.
    """
    names, seen, queue = [], set(), [v.grad_fn] if v.grad_fn is not None else []
    for node in queue:
        if node is None:
            names.append(None)
        elif node not in seen:
            seen.add(node)
            names.append(type(node).__name__)
            queue += [edge for edge, _ in node.next_functions]
    return names


@grad_fn_chain("leaf given a grad_fn")
def chain_of_a_leaf(v):
    """You answered AccumulateGrad for a leaf itself. That node stands where an edge ends in a leaf; the
    leaf's own grad_fn is None, for no operation made it.
    """
    if v.grad_fn is None:
        return ["AccumulateGrad"] if v.requires_grad else []
    return _chain(v)


@grad_fn_chain("None for a leaf's chain")
def chain_with_a_none_for_a_leaf(v):
    """For a leaf you answered with a None in the list. None stands for an edge to a constant; a leaf has no
    node, hence no edges, and its chain is empty.
    """
    return _chain(v) or [None]


@grad_fn_chain("constants as leaves")
def chain_with_constants_as_leaves(v):
    """You wrote AccumulateGrad where a constant stands. Nothing is accumulated there: the edge is None."""
    return ["AccumulateGrad" if name is None else name for name in _chain(v)]


@grad_fn_chain("constants left out")
def chain_without_constants(v):
    """Edges to constants are missing in your list. They are there in the graph, as None: list them as
    None.
    """
    return [name for name in _chain(v) if name is not None]


@grad_fn_chain("leaves left out")
def chain_without_leaves(v):
    """You stopped before the leaves. Behind the last operation comes AccumulateGrad, the node that adds to
    the leaf's .grad.
    """
    return [name for name in _chain(v) if name != "AccumulateGrad"]


@grad_fn_chain("names of your own")
def chain_with_short_names(v):
    """You shortened the names. Take them as they are: type(node).__name__, as AddBackward0, the way PyTorch
    prints them.
    """
    return [name and name.removesuffix("Backward0") for name in _chain(v)]


@grad_fn_chain("shared node repeated")
def chain_along_every_path(v):
    """You named a node once for each way that leads to it. After 8 doublings that is 256 times: remember
    which nodes you have named.
    """
    names, stack = [], [v.grad_fn] if v.grad_fn is not None else []
    while stack:
        node = stack.pop()
        names.append(None if node is None else type(node).__name__)
        if node is not None:
            stack.extend(pair[0] for pair in reversed(node.next_functions))
    return names


@grad_fn_chain("nodes remembered by name")
def chain_of_distinct_names(v):
    """A second AddBackward0 is another node, but you left it out because the name was known already.
    Remember the nodes, not their names.
    """
    return list(dict.fromkeys(_chain(v)))


@grad_fn_chain("None listed once")
def chain_with_one_none(v):
    """You remembered None as if it were a node. It stands for an edge without one: list it each time."""
    names = _chain(v)
    return [name for i, name in enumerate(names) if name is not None or None not in names[:i]]


@grad_fn_chain("node taken for met when pushed")
def chain_met_when_pushed(v):
    """You noted a node as met when you put it on the stack, so one that waits there as a second edge is not
    named where a first edge leads to it. Note it when you take it off.
    """
    if v.grad_fn is None:
        return []
    names, seen, stack = [], {v.grad_fn}, [v.grad_fn]
    while stack:
        node = stack.pop()
        names.append(node and type(node).__name__)
        for edge, _ in reversed(node.next_functions) if node else ():
            if edge is None or edge not in seen:
                seen.add(edge)
                stack.append(edge)
    return names


@grad_fn_chain("first edge only")
def chain_of_first_edges(v):
    """You followed the first edge of each node and never came back for the others. An operation with two
    operands has two edges.
    """
    return _chain(v, edges=lambda node: node.next_functions[:1])


# numeric_grad


numeric_grad = slips("numeric_grad")


@numeric_grad("one-sided")
def numeric_forward_difference(f, x, eps):
    """You looked only above x. The slope between x and x + eps has an error that shrinks with eps; over both
    sides it shrinks with eps squared.
    """
    return [(f(_moved(x, i, eps)) - f(x)) / eps for i in range(len(x))]


@numeric_grad("divided by eps")
def numeric_over_eps(f, x, eps):
    """Your slopes are twice too large: from x - eps to x + eps it is 2 eps."""
    return [(f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) / eps for i in range(len(x))]


@numeric_grad("not divided")
def numeric_not_divided(f, x, eps):
    """You returned the differences of f, which get smaller with eps. A slope is a difference divided by the
    way, 2 eps.
    """
    return [f(_moved(x, i, eps)) - f(_moved(x, i, -eps)) for i in range(len(x))]


@numeric_grad("half a step to each side")
def numeric_half_steps(f, x, eps):
    """You moved x by eps / 2. That is a central difference too, but the two points here are x - eps and x +
    eps.
    """
    return [(f(_moved(x, i, eps / 2)) - f(_moved(x, i, -eps / 2))) / eps for i in range(len(x))]


@numeric_grad("sign turned")
def numeric_downwards(f, x, eps):
    """You subtracted the value above from the one below, so a rising f got a negative slope."""
    return [(f(_moved(x, i, -eps)) - f(_moved(x, i, eps))) / (2 * eps) for i in range(len(x))]


@numeric_grad("all numbers moved at once")
def numeric_all_at_once(f, x, eps):
    """You moved every number of x together, so each slope is that of all of them. Move the i-th one
    alone.
    """
    above, below = [number + eps for number in x], [number - eps for number in x]
    return [(f(above) - f(below)) / (2 * eps) for _ in x]


@numeric_grad("x not put back")
def numeric_leaves_x_moved(f, x, eps):
    """You moved a number of x and left it there, so the next slopes are taken elsewhere, and the caller
    finds a changed list. Put the old number back, or work on a copy.
    """
    gradient = []
    for i in range(len(x)):
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        gradient.append((above - f(x)) / (2 * eps))
    return gradient


@numeric_grad("x put back by arithmetic")
def numeric_rounds_x(f, x, eps):
    """You took away what you had added, and floats leave crumbs: 0.1 + 0.3 - 0.6 + 0.3 is not 0.1. Keep the
    old number and put that one back.
    """
    gradient = []
    for i in range(len(x)):
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        gradient.append((above - f(x)) / (2 * eps))
        x[i] += eps
    return gradient


@numeric_grad("eps of your own")
def numeric_ignores_eps(f, x, eps):
    """You used a small step of your own and ignored the eps you were given. With eps = 0.5 the slope of x
    cubed at 2 comes to 12.25, not to 12.
    """
    return [(f(_moved(x, i, 1e-5)) - f(_moved(x, i, -1e-5))) / 2e-5 for i in range(len(x))]


# sgd


sgd = slips("sgd")


@sgd("zero_grad missing")
def sgd_never_clears(loss_fn, params, lr, steps):
    """Gradients pile up from step to step, because backward() adds to .grad. Clear it in each step, before
    backward().
    """
    return _sgd(loss_fn, params, lr, steps, "backward move")


@sgd("cleared between backward and step")
def sgd_clears_too_late(loss_fn, params, lr, steps):
    """Nothing moves: you cleared the gradients right after backward() had computed them. Clear before it."""
    return _sgd(loss_fn, params, lr, steps, "backward clear move")


@sgd("moved before backward")
def sgd_moves_first(loss_fn, params, lr, steps):
    """Each step moves with the gradient of the step before it, and the first does not move at all. First
    backward(), then the move.
    """
    return _sgd(loss_fn, params, lr, steps, "move clear backward")


@sgd("cleared only after the move")
def sgd_clears_afterwards(loss_fn, params, lr, steps):
    """Your first step used gradients that were there before sgd was called. Clear them at the start of the
    step, and it does not matter who was there before.
    """
    return _sgd(loss_fn, params, lr, steps, "backward move clear")


@sgd("uphill")
def sgd_uphill(loss_fn, params, lr, steps):
    """You added the gradient, and the loss grows. It points uphill: subtract it."""
    return _sgd(loss_fn, params, -lr, steps, "clear backward move")


@sgd("learning rate ignored")
def sgd_without_lr(loss_fn, params, lr, steps):
    """You moved by the whole gradient, whatever lr is. Multiply it by lr."""
    return _sgd(loss_fn, params, 1.0, steps, "clear backward move")


@sgd("first parameter only")
def sgd_of_the_first(loss_fn, params, lr, steps):
    """Only the first parameter moved. Each of them has a gradient of its own."""
    return _sgd(loss_fn, params[:1], lr, steps, "clear backward move")


@sgd("loss after the step")
def sgd_reports_afterwards(loss_fn, params, lr, steps):
    """Your list begins with the loss after the first move. It should hold the loss that each step's gradient
    belongs to, from before the move.
    """
    losses = []
    for _ in range(steps):
        _sgd(loss_fn, params, lr, 1, "clear backward move")
        losses.append(loss_fn().item())
    return losses


@sgd("losses that are Values")
def sgd_keeps_graphs(loss_fn, params, lr, steps):
    """You kept the losses as Values, and each holds its whole graph in memory for as long as the list lives.
    Keep loss.item().
    """
    losses = []
    for _ in range(steps):
        losses.append(loss_fn())
        _sgd(loss_fn, params, lr, 1, "clear backward move")
    return losses


@sgd("new params for the old")
def sgd_makes_new_params(loss_fn, params, lr, steps):
    """You put new Values into the list and left the given ones where they were, and loss_fn still computes
    with those. Change the number inside: p.data.
    """
    losses = []
    for _ in range(steps):
        for p in params:
            p.grad = 0.0
        loss = loss_fn()
        loss.backward()
        for i, p in enumerate(params):
            params[i] = p - lr * p.grad
        losses.append(loss.item())
    return losses


@sgd("stopped when the loss grew")
def sgd_stops_early(loss_fn, params, lr, steps):
    """You stopped as soon as the loss was larger than before. `steps` says how many steps to make, also
    where lr is too large and each makes it worse.
    """
    losses = []
    for _ in range(steps):
        if losses and loss_fn().item() > losses[-1]:
            break
        losses += _sgd(loss_fn, params, lr, 1, "clear backward move")
    return losses


@sgd("loss computed once")
def sgd_with_one_loss(loss_fn, params, lr, steps):
    """You computed the loss once and used its gradient for all steps. After a move the loss is another: call
    loss_fn in every step.
    """
    loss = loss_fn()
    for p in params:
        p.grad = 0.0
    loss.backward()
    for p in params:
        p.data -= steps * lr * p.grad
    return [loss.item()] * steps


# What the mistakes share: the right walks, to go wrong from


def _order(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order.append(v)
        elif v not in seen:
            seen.add(v)
            stack.append((v, True))
            stack.extend((w, False) for w in v.parents)
    return order


def _by_depth(root):
    """Each Value where it is first met, the root first."""
    met, stack = {}, [root]
    while stack:
        v = stack.pop()
        if v not in met:
            met[v] = True
            stack += reversed(v.parents)
    return list(met)


def _reset(root):
    for v in _order(root):
        if v.parents:
            v.grad = 0.0


def _pass_on(v):
    for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
        if parent.requires_grad:
            parent.grad += v.grad * slope


def _chain(v, edges=lambda node: reversed(node.next_functions)):
    names, seen, stack = [], set(), [v.grad_fn] if v.grad_fn is not None else []
    while stack:
        node = stack.pop()
        if node is None:
            names.append(None)
        elif node not in seen:
            seen.add(node)
            names.append(type(node).__name__)
            stack += [edge for edge, _ in edges(node)]
    return names


def _moved(x, i, step):
    return [*x[:i], x[i] + step, *x[i + 1 :]]


def _sgd(loss_fn, params, lr, steps, order):
    losses = []
    for _ in range(steps):
        loss = loss_fn()
        for part in order.split():
            if part == "backward":
                loss.backward()
            for p in params if part != "backward" else ():
                if part == "clear":
                    p.grad = 0.0
                else:
                    p.data -= lr * p.grad
        losses.append(loss.item())
    return losses
