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
        "one list, undone by arithmetic": (
            "        above, below = x.copy(), x.copy()\n        above[i] += eps\n        below[i] -= eps\n"
            "        gradient.append((f(above) - f(below)) / (2 * eps))",
            "        x[i] += eps\n        above = f(x)\n        x[i] -= 2 * eps\n        below = f(x)\n"
            "        x[i] += eps\n"
            "        x[i] = round(x[i], 15)\n        gradient.append((above - below) / (2 * eps))",
        ),
    },
    "sgd": {
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
}
