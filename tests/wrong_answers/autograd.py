"""Wrong answers of the autograd unit that got full points once: cells, or edits of the solution's."""

WRONG = {
    "no_grad": {
        "the mode is remembered when the object is made": (
            "        self.before = is_grad_enabled()\n        set_grad_enabled(False)\n",
            "        set_grad_enabled(False)\n\n"
            "    def __init__(self):\n        self.before = is_grad_enabled()\n",
        ),
    },
    "Exp": {
        "the gradient is taken as a number": ("return gradient * out", "return gradient.item() * out"),
    },
    "hvp": {
        "the whole matrix, then times v": """
def hvp(f, xs, vs):
    leaves = [Value(x) for x in xs]
    slopes = grad(f(*leaves), leaves, create_graph=True)
    result = []
    for slope in slopes:
        row = grad(slope, leaves, retain_graph=True, allow_unused=True) if slope.requires_grad else ()
        result.append(sum(h.item() * v for h, v in zip(row, vs) if h is not None) + 0.0)
    return result
""",
    },
    "checkpoint": {
        "a constant is given a gradient": (
            "        return None, *grad(again, copies, grad_outputs=gradient, allow_unused=True)",
            "        found = grad(again, copies, grad_outputs=gradient, allow_unused=True)\n"
            "        for x, g in zip(ctx.saved_tensors, found):\n"
            "            if not x.requires_grad:\n                x.grad = g.item()\n"
            "        return None, *found",
        ),
        "the recomputed graph is remembered": (
            "        copies = [Value(x.item()) for x in ctx.saved_tensors]\n"
            "        with enable_grad():\n            again = ctx.fn(*copies)\n",
            "        if not hasattr(ctx, 'again'):\n"
            "            copies = [Value(x.item()) for x in ctx.saved_tensors]\n"
            "            with enable_grad():\n                ctx.again = ctx.fn(*copies), copies\n"
            "        again, copies = ctx.again\n",
        ),
    },
    "trace": {
        "a Value for a number": ("        return number(out)\n", "        return Value(number(out))\n"),
    },
    "accumulate": {
        "rounded": (
            "return leaf.grad",
            "return round(leaf.grad, 9)",
        ),
    },
}
