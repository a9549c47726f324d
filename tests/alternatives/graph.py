"""Right answers of the graph unit, written otherwise than the solution: each has to get full points."""

ALTERNATIVES = {
    "product_rule": [
        """
def product_rule(a, b, out):
    for mine, other in ((a, b), (b, a)):
        mine.grad = mine.grad + other.item() * out.grad
""",
        """
def product_rule(a, b, out):
    if a is b:
        a.grad += 2 * a.data * out.grad
    else:
        a.grad, b.grad = a.grad + b.data * out.grad, b.grad + a.data * out.grad
""",
        """
def product_rule(a, b, out):
    for parent, slope in zip(out.parents, out.local_gradients()):
        parent.grad += slope * out.grad
""",
    ],
    "topo_order": [
        '''
def topo_order(root):
    """An iterator of parents for each Value on the way down."""
    order, seen = [], {id(root)}
    path = [(root, iter(root.parents))]
    while path:
        v, parents = path[-1]
        for parent in parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                path.append((parent, iter(parent.parents)))
                break
        else:
            order.append(v)
            path.pop()
    return order
''',
        '''
from collections import Counter, deque


def topo_order(root):
    """Kahn: count the children of each Value, and take a Value when none of them is left."""
    children, known, new = Counter(), {root}, deque([root])
    while new:
        for parent in new.popleft().parents:
            children[parent] += 1
            if parent not in known:
                known.add(parent)
                new.append(parent)
    ready, order = [root], []
    while ready:
        v = ready.pop()
        order.append(v)
        for parent in v.parents:
            children[parent] -= 1
            if children[parent] == 0:
                ready.append(parent)
    return order[::-1]
''',
        '''
def topo_order(root):
    """Depth first, going on where it was; as a tuple."""
    order, seen, path = [], {root}, [[root, 0]]
    while path:
        v, i = path[-1]
        if i == len(v.parents):
            order.append(v)
            path.pop()
        else:
            path[-1][1] += 1
            if v.parents[i] not in seen:
                seen.add(v.parents[i])
                path.append([v.parents[i], 0])
    return tuple(order)
''',
        """
from graphlib import TopologicalSorter


def topo_order(root):
    graph, new = {}, [root]
    while new:
        v = new.pop()
        if v not in graph:
            graph[v] = v.parents
            new.extend(v.parents)
    return list(TopologicalSorter(graph).static_order())
""",
    ],
    "backward": [
        '''
def backward(root):
    """Gradients collected in a dictionary, and handed out at the end."""
    order = topo_order(root)
    flow = {v: 0.0 for v in order}
    flow[root] = 1.0
    for v in order[::-1]:
        for parent, slope in zip(v.parents, v.local_gradients()):
            flow[parent] += slope * flow[v]
    for v in order:
        if v.requires_grad:
            v.grad = flow[v] if v.parents else v.grad + flow[v]
''',
        '''
def backward(root):
    """Kahn's order, found on the way: a Value pays out when its last child has paid in."""
    children, known, new = {root: 0}, {root}, [root]
    for v in new:
        if v.parents:
            v.grad = 0.0
        for parent in v.parents:
            children[parent] = children.get(parent, 0) + 1
            if parent not in known:
                known.add(parent)
                new.append(parent)
    root.grad += 1
    ready = [root]
    while ready:
        v = ready.pop()
        for i in range(len(v.parents)):
            parent = v.parents[i]
            if parent.requires_grad:
                parent.grad += v.grad * v.local_gradients()[i]
            children[parent] -= 1
            if not children[parent]:
                ready.append(parent)
''',
    ],
    "grad_fn_chain": [
        '''
def grad_fn_chain(v):
    """By recursion, with the names handed along."""
    names, seen = [], []

    def visit(node):
        if node is None:
            names.append(None)
        elif node not in seen:
            seen.append(node)
            names.append(node.__class__.__name__)
            for edge, _ in node.next_functions:
                visit(edge)

    if v.grad_fn:
        visit(v.grad_fn)
    return names
''',
        '''
def grad_fn_chain(v):
    """By a generator, with the name that the node itself gives."""
    seen = set()

    def walk(node):
        if node in seen:
            return
        seen.add(node)
        yield node.name()
        for edge in node.next_functions:
            if edge[0] is None:
                yield None
            else:
                yield from walk(edge[0])

    return [] if v.grad_fn is None else list(walk(v.grad_fn))
''',
        '''
def grad_fn_chain(v):
    """Nodes told apart by `is`."""
    seen = []

    def walk(node):
        if node is None:
            return [None]
        if any(node is other for other in seen):
            return []
        seen.append(node)
        return [type(node).__name__] + [name for edge, _ in node.next_functions for name in walk(edge)]

    return walk(v.grad_fn) if v.grad_fn else []
''',
    ],
    "numeric_grad": [
        '''
def numeric_grad(f, x, eps):
    """In x itself, with the old number put back."""
    gradient = [0.0] * len(x)
    for i, old in enumerate(list(x)):
        x[i] = old + eps
        above = f(x)
        x[i] = old - eps
        below = f(x)
        x[i] = old
        gradient[i] = (above - below) / 2 / eps
    return gradient
''',
        """
def numeric_grad(f, x, eps):
    def slope(i):
        moved = lambda step: [number + step * (j == i) for j, number in enumerate(x)]
        return (f(moved(eps)) - f(moved(-eps))) / (eps + eps)

    return tuple(map(slope, range(len(x))))
""",
    ],
    "sgd": [
        '''
def sgd(loss_fn, params, lr, steps):
    """Cleared before the loop and after each move."""
    def clear():
        for p in params:
            p.grad = 0

    losses = []
    clear()
    for step in range(steps):
        loss = loss_fn()
        loss.backward()
        for p in params:
            p.data = p.data - p.grad * lr
        clear()
        losses += [loss.data]
    return losses
''',
        '''
from engine import grad, no_grad


def sgd(loss_fn, params, lr, steps):
    """With gradients asked for instead of collected, and moves in place under no_grad."""
    losses = []
    while len(losses) < steps:
        loss = loss_fn()
        slopes = grad(loss, params)
        with no_grad():
            for p, slope in zip(params, slopes):
                p -= lr * slope
        losses.append(float(loss))
    return losses
''',
    ],
}
