"""Wrong answers of the graph unit that got full points once: cells, or edits of the solution's."""

WRONG = {
    "product_rule": {
        "nothing where what came in is negative": (
            "a.grad += out.grad * b.data",
            "a.grad += max(out.grad, 0.0) * b.data if b.data < 0 else out.grad * b.data",
        ),
    },
    "backward": {
        "ends at the first gradient of 0": (
            "# every child before its parents: v.grad is complete when it is passed on",
            "\n        if v.grad == 0.0:\n            break",
        ),
        "gradients of 0 are not started afresh": ("if v.parents:", "if v.parents and v.data:"),
    },
    "numeric_grad": {
        "the first of equal numbers is moved for each": """
def numeric_grad(f, x, eps):
    out = []
    for v in x:
        i = x.index(v)
        x[i] = v + eps
        up = f(x)
        x[i] = v - eps
        down = f(x)
        x[i] = v
        out.append((up - down) / (2 * eps))
    return out
""",
        "hands over a tuple": """
def numeric_grad(f, x, eps):
    out = []
    for i in range(len(x)):
        up = f(tuple(v + eps if i == j else v for j, v in enumerate(x)))
        down = f(tuple(v - eps if i == j else v for j, v in enumerate(x)))
        out.append((up - down) / (2 * eps))
    return out
""",
        "one list, undone by arithmetic": (
            "        above, below = x.copy(), x.copy()\n        above[i] += eps\n        below[i] -= eps\n"
            "        gradient.append((f(above) - f(below)) / (2 * eps))",
            "        x[i] += eps\n        above = f(x)\n        x[i] -= 2 * eps\n        below = f(x)\n"
            "        x[i] += eps\n"
            "        x[i] = round(x[i], 15)\n        gradient.append((above - below) / (2 * eps))",
        ),
    },
    "sgd": {
        "gradients cut at 100": (
            "-= lr * p.grad",
            "-= lr * max(-100.0, min(100.0, p.grad))",
        ),
        "gradients cleared by multiplying, which leaves nan of inf": ("p.grad = 0.0", "p.grad *= 0.0"),
        "the loss computed twice": (
            "        loss = loss_fn()\n",
            "        loss_fn()\n        loss = loss_fn()\n",
        ),
        "ends at a small gradient": (
            "            p.data -= lr * p.grad",
            "            p.data -= lr * p.grad\n"
            "        if max(abs(p.grad) for p in params) < 1e-3:\n            break",
        ),
        "ends at a gradient of 0": (
            "            p.data -= lr * p.grad",
            "            if p.grad == 0.0:\n                break\n            p.data -= lr * p.grad",
        ),
    },
    "topo_order": {
        "only the first two parents": """
def topo_order(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order.append(v)
        elif id(v) not in seen:
            seen.add(id(v))
            stack.append((v, True))
            stack.extend((p, False) for p in v.parents[:2])
    return order
""",
    },
}
