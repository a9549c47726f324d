"""Classic wrong answers of the graph unit, and what a tutor says to each."""

import sys

from autograder.declare import slips

product_rule = slips("product_rule")
TO_A, TO_B = "out.grad * b.data", "out.grad * a.data"

product_rule(
    "gradient replaced",
    "You set .grad instead of adding to it, so what other uses of the Value had sent is lost: for c * c one "
    "of the two halves. Gradients are sums over all uses.",
).write("a.grad +=", "a.grad =").write("b.grad +=", "b.grad =")
product_rule(
    "square counted once",
    "For out = c * c both operands are the same Value, and you added to .grad for one of them only. Each "
    "place it stands in counts: no special case is needed.",
).write("b.grad +=", "if b is not a:\n        b.grad +=")


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


product_rule(
    "own number for the other's",
    "You gave a its own number as derivative. If out = a * b, then out grows by b for every 1 that a grows.",
).swap("b.data", "a.data")
product_rule(
    "upstream gradient forgotten",
    "You sent back the local derivative alone. By the chain rule it is multiplied by what arrived at out: "
    "out.grad.",
).write(TO_A, "b.data").write(TO_B, "a.data")
product_rule(
    "out.data for out.grad",
    "You multiplied by the number in out, not by its gradient. Going backwards it is out.grad that is "
    "passed on.",
).write(TO_A, "out.data * b.data").write(TO_B, "out.data * a.data")
product_rule(
    "rule of the sum",
    "You passed out.grad on unchanged. That is what a + b does; a product scales it by the other number.",
).drop(" * b.data").drop(" * a.data")
product_rule(
    "gradient that is a Value",
    "You computed with a and b themselves, so the gradients became Values with a graph of their own. Take "
    "the numbers: a.data and b.data.",
).write("b.data", "b").write("a.data", "a")


topo_order = slips("topo_order")
NEW = "elif v not in seen:"
NOW, LATER = "order.append(v)", "stack.append((v, True))"
PARENTS, FIRST_PARENT_FIRST = "in v.parents]", "in reversed(v.parents)]"

topo_order(
    "no visited set",
    "Shared Values are in your list once for each path to them, and the paths double at every step. Keep a "
    "set of what you have met.",
).write(NEW, "else:")
topo_order(
    "repeated Values removed at the end",
    "Your list is right, but you walk along every path and clean up afterwards. The paths double at every "
    "step, so for 40 steps that never ends: turn back as soon as you meet a Value again.",
    code=r"fromkeys|(list|sorted)\(set|not in",
).write(NEW, "else:").write("return order", "return list(dict.fromkeys(order))")
topo_order(
    "compared by number",
    "Two Values with the same number were taken for one: `in` on a list asks with ==, which compares "
    "numbers. Keep the Values in a set, or compare with `is`.",
).write("v not in seen", "v.data not in seen").write("seen.add(v)", "seen.add(v.data)")


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


@topo_order("recursion limit raised", code="setrecursionlimit|order_by_more_recursion")
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


topo_order(
    "children before parents",
    "Your order is right, read backwards: the root comes first. Here parents come before children, as the "
    "forward pass made them; turn the list around.",
).write("return order", "return order[::-1]")
topo_order(
    "listed when met",
    "You listed each Value when you met it, the root first and then downwards. A Value belongs in the list "
    "when everything it was made from is in it.",
).write(LATER, NOW).write(PARENTS, FIRST_PARENT_FIRST)
topo_order(
    "listed when met, turned around",
    "The root is last now, but to turn around the order in which Values were met is not enough: a Value "
    "that is used early and late stands at the wrong place. List a Value after all of its parents.",
).write(LATER, NOW).write(PARENTS, FIRST_PARENT_FIRST).write("return order", "return order[::-1]")


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


topo_order(
    "leaves left out",
    "Only the results of operations are in your list. Leaves and constants have no parents, but they are "
    "Values of the graph like the others.",
).write("return order", "return [v for v in order if v.parents]")
topo_order(
    "root left out",
    "Your list ends with the parents of the root. The root itself belongs to it, as the last.",
).write("return order", "return order[:-1]")
topo_order(
    "constants left out",
    "You turned back at Values that do not require a gradient. The order is about how numbers are made, and "
    "constants take part in that.",
).write("return order", "return [v for v in order if v.requires_grad]")


backward = slips("backward")
RESET = "for v in order:\n        if v.parents:\n            v.grad = 0.0"
EDGES = "zip(v.parents, v.local_gradients(), strict=True)"


@backward("gradient passed on too early")
def backward_too_early(root):
    """You passed a Value's gradient on when you first came to it, before all of its children had added to it.
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
    every shared Value: 30 of them make a thousand million. Add up at a Value first, then go on from it once.
    """

    def walk(v, gradient):
        if v.requires_grad:
            v.grad += gradient
        for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
            walk(parent, gradient * slope)

    _reset(root)
    walk(root, 1.0)


backward(
    "contributions overwritten",
    "You set the parent's .grad instead of adding to it, so of several paths only the last one counts.",
).write("root.grad +=", "root.grad =").write("parent.grad +=", "parent.grad =")
backward(
    "walked forwards",
    "You went from the leaves to the root, so each Value passed on the 0 it had at that time. Gradients "
    "flow the other way: reverse the order.",
).write("reversed(order)", "order")
backward(
    "no 1 at the root",
    "All gradients are 0, since 0 was what you started from. The derivative of the root by itself is 1.",
).drop("root.grad += 1.0")
backward(
    "old gradients between leaves and root kept",
    "Only leaves accumulate. The Values between still held their gradients from the call before, and passed "
    "them on again: for x cubed at 3 the first call gives 27, and the second adds 45, where 27 is right.",
).drop(RESET).write("root.grad +=", "root.grad =")
backward(
    "no gradient cleared",
    "The second call went on from the gradients of the first, that of the root included. Only leaves "
    "accumulate: an inner Value starts from 0 in each call.",
).drop(RESET)
backward(
    "gradients of leaves cleared",
    "You set every .grad to 0 first, that of leaves too, so the second call forgot the first. Leaves "
    "accumulate until somebody clears them; that is what zero_grad is for.",
).drop("if v.parents:")
backward(
    "constants given a gradient",
    "You added to the .grad of a constant. A Value with requires_grad=False is data: nothing flows into it.",
).drop("if parent.requires_grad:")
backward(
    "parents taken once",
    "In x * x the parent x stands twice, and each place has a local gradient of its own. You looked at each "
    "parent only once, so half of it is missing.",
).write(EDGES, f"dict({EDGES}).items()")
backward(
    "local gradients alone",
    "You gave each parent the local gradient and did not multiply by the child's own .grad. Along a path "
    "the slopes are multiplied.",
).drop("v.grad * ")
backward(
    "root set to 1",
    "A root without parents is a leaf, which adds to what it had: after two calls of backward(x) its "
    "gradient is 2. Add the 1 instead of setting it.",
).write("root.grad +=", "root.grad =")


@backward("Value.backward called")
def backward_by_the_engine(root):
    """You called the engine's own backward, which you are asked to write. It also frees the graph, so that a
    second call fails. Walk the graph yourself, by `parents` and `local_gradients()`.
    """
    root.backward()


grad_fn_chain = slips("grad_fn_chain")
BACKWARDS = "reversed(node.next_functions)"

grad_fn_chain(
    "reversed",
    "Your chain begins at the leaves. Begin at v.grad_fn, the operation that was done last.",
).write("return names", "return names[::-1]")
grad_fn_chain(
    "second edge first",
    "You followed the edges from the last to the first. A stack gives back first what was put on it last: "
    "put the edges on it in reversed order.",
).write(BACKWARDS, "node.next_functions")
grad_fn_chain(
    "breadth first",
    "You named all neighbours of a node before what lies behind the first of them. Depth first follows one "
    "edge to its end before it turns to the next.",
).write("stack.pop()", "stack.pop(0)").write(BACKWARDS, "node.next_functions")
grad_fn_chain(
    "leaf given a grad_fn",
    "You answered AccumulateGrad for a leaf itself. That node stands where an edge ends in a leaf; the "
    "leaf's own grad_fn is None, for no operation made it.",
).write("return names", "return names or ['AccumulateGrad'] * v.requires_grad")
grad_fn_chain(
    "None for a leaf's chain",
    "For a leaf you answered with a None in the list. None stands for an edge to a constant; a leaf has no "
    "node, hence no edges, and its chain is empty.",
).write("return names", "return names or [None]")
grad_fn_chain(
    "constants as leaves",
    "You wrote AccumulateGrad where a constant stands. Nothing is accumulated there: the edge is None.",
).write("append(None)", "append('AccumulateGrad')")
grad_fn_chain(
    "constants left out",
    "Edges to constants are missing in your list. They are there in the graph, as None: list them as None.",
).write("names.append(None)", "pass")
grad_fn_chain(
    "leaves left out",
    "You stopped before the leaves. Behind the last operation comes AccumulateGrad, the node that adds to "
    "the leaf's .grad.",
).write("return names", "return [name for name in names if name != 'AccumulateGrad']")
grad_fn_chain(
    "names of your own",
    "You shortened the names. Take them as they are: type(node).__name__, as AddBackward0, the way PyTorch "
    "prints them.",
).write("type(node).__name__", "type(node).__name__.removesuffix('Backward0')")
grad_fn_chain(
    "shared node repeated",
    "You named a node once for each way that leads to it. After 8 doublings that is 256 times: remember "
    "which nodes you have named.",
).write("elif node not in seen:", "else:")
grad_fn_chain(
    "nodes remembered by name",
    "A second AddBackward0 is another node, but you left it out because the name was known already. "
    "Remember the nodes, not their names.",
).write("return names", "return list(dict.fromkeys(names))")
grad_fn_chain(
    "None listed once",
    "You remembered None as if it were a node. It stands for an edge without one: list it each time.",
).write("names.append(None)", "names += [] if None in names else [None]")


@grad_fn_chain("node marked as met when pushed")
def chain_met_when_pushed(v):
    """You marked a node as met when you put it on the stack, so one that waits there as a second edge is not
    named where a first edge leads to it. Mark it when you take it off.
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


grad_fn_chain(
    "first edge only",
    "You followed the first edge of each node and never came back for the others. An operation with two "
    "operands has two edges.",
).write(BACKWARDS, "node.next_functions[:1]")


numeric_grad = slips("numeric_grad")
START = "gradient = []"

numeric_grad(
    "one-sided",
    "You looked only above x. The slope between x and x + eps has an error that shrinks with eps; over both "
    "sides it shrinks with eps squared.",
).drop("below[i] -= eps").write("2 * eps", "eps")
numeric_grad(
    "divided by eps",
    "Your slopes are twice too large: from x - eps to x + eps it is 2 eps.",
).write("2 * eps", "eps")
numeric_grad(
    "not divided",
    "You returned the differences of f, which get smaller with eps. A slope is a difference divided by the "
    "way, 2 eps.",
).drop(" / (2 * eps)")
numeric_grad(
    "parentheses missing below the line",
    "/ 2 * eps divides by 2 and then multiplies by eps. Put both in parentheses: / (2 * eps).",
).write("/ (2 * eps)", "/ 2 * eps")
numeric_grad(
    "parentheses missing above the line",
    "Only the second value of f was divided: a division comes before a difference. Put the difference in "
    "parentheses.",
).write("(f(above) - f(below))", "f(above) - f(below)")
numeric_grad(
    "half a step to each side",
    "You moved x by eps / 2. That is a central difference too, but the two points here are x - eps and x + "
    "eps.",
).write(START, f"{START}\n    eps = eps / 2")
numeric_grad(
    "sign turned",
    "You subtracted the value above from the one below, so a rising f got a negative slope.",
).swap("f(above)", "f(below)")
numeric_grad(
    "all numbers moved at once",
    "You moved every number of x together, so each slope is that of all of them. Move the i-th one alone.",
).write("above[i] += eps", "above = [number + eps for number in x]").write(
    "below[i] -= eps", "below = [number - eps for number in x]"
)


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


numeric_grad(
    "eps of your own",
    "You used a small step of your own and ignored the eps you were given. With eps = 0.5 the slope of x "
    "cubed at 2 comes to 12.25, not to 12.",
).write(START, f"{START}\n    eps = 1e-5")


sgd = slips("sgd")
CLEAR = "for p in params:\n            p.grad = 0.0"
BACK = "loss.backward()"
MOVE = "for p in params:\n            p.data -= lr * p.grad"

sgd(
    "zero_grad missing",
    "Gradients pile up from step to step, because backward() adds to .grad. Clear it in each step, before "
    "backward().",
).drop(CLEAR)
sgd(
    "cleared between backward and step",
    "Nothing moves: you cleared the gradients right after backward() had computed them. Clear before it.",
    code=r"backward\((?s:.*)(\.grad = |zero_grad\()",
).swap(CLEAR, BACK)
sgd(
    "moved before backward",
    "Each step moves with the gradient of the step before it, and the first does not move at all. First "
    "backward(), then the move.",
).swap(CLEAR, MOVE).swap(BACK, CLEAR)
sgd(
    "cleared only after the move",
    "Your first step used gradients that were there before sgd was called. Clear them at the start of the "
    "step, and what was there before does not matter.",
).swap(CLEAR, BACK).swap(CLEAR, MOVE)
sgd(
    "uphill",
    "You added the gradient, and the loss grows. It points uphill: subtract it.",
).write("p.data -=", "p.data +=")
sgd(
    "learning rate ignored",
    "You moved by the whole gradient, whatever lr is. Multiply it by lr.",
).drop("lr * ")
sgd(
    "first parameter only",
    "Only the first parameter moved. Each of them has a gradient of its own.",
).write(MOVE, MOVE.replace("params", "params[:1]"))
sgd(
    "loss after the step",
    "Your list begins with the loss after the first move. It should hold the loss that each step's gradient "
    "belongs to, from before the move.",
).write("loss.item()", "loss_fn().item()")
sgd(
    "losses that are Values",
    "You kept the losses as Values, and each holds its whole graph in memory for as long as the list lives. "
    "Keep loss.item().",
).write("loss.item()", "loss")
sgd(
    "new params for the old",
    "You put new Values into the list and left the given ones where they were, and loss_fn still computes "
    "with those. Change the number inside: p.data.",
).write(MOVE, "for i, p in enumerate(params):\n            params[i] = p - lr * p.grad")
sgd(
    "stopped when the loss grew",
    "You stopped as soon as the loss was larger than before. `steps` says how many steps to make, also "
    "where lr is too large and each makes it worse.",
).write(BACK, f"if losses and loss.item() > losses[-1]:\n            break\n        {BACK}")


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
    for v in _by_depth(root):
        if v.parents:
            v.grad = 0.0


def _pass_on(v):
    for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
        if parent.requires_grad:
            parent.grad += v.grad * slope
