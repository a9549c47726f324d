"""Pictures: SVG, Graphviz, mermaid, what a notebook shows; and graphs too large to read."""

import re
import xml.etree.ElementTree as ET

import pytest

import engine
from engine import Value, show, to_dot, to_mermaid
from engine.nn import Linear, Sequential, Tanh
from engine.picture import to_svg


def sample():
    """A small loss with a shared parameter, a constant and a name that needs escaping."""
    w, x = Value(1.0, label='w<"1">'), Value(2.0, requires_grad=False)
    return (w * x + 3).tanh() + w


def texts(svg):
    """The text in an SVG, which must be well formed."""
    return [t.text for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_svg_says_it_all():
    """The SVG has op names, data, grad and labels, and each value once."""
    loss = sample()
    loss.backward()
    words = texts(to_svg(loss))
    assert words.count('w<"1">') == 1
    for word in (
        "AddBackward0",
        "AddBackward0 3",
        "MulBackward0",
        "TanhBackward0",
        "constant",
        "data 2",
        "grad 1",
    ):
        assert word in words


def test_svg_boxes_do_not_overlap():
    """No two boxes cover each other, and all lie inside the picture."""
    loss = sample()
    for _ in range(4):
        loss = loss * sample() + loss
    root = ET.fromstring(to_svg(loss))
    boxes = [
        tuple(float(r.get(k)) for k in ("x", "y", "width", "height"))
        for r in root.iter("{http://www.w3.org/2000/svg}rect")
        if r.get("x")
    ]
    assert len(boxes) > 20
    for i, (x, y, w, h) in enumerate(boxes):
        assert 0 <= x <= x + w <= float(root.get("width"))
        assert 0 <= y <= y + h <= float(root.get("height"))
        for p, q, u, v in boxes[:i]:
            assert x + w <= p or p + u <= x or y + h <= q or q + v <= y


def test_edges_go_right():
    """Every operand stands left of what was made from it."""
    drawing = engine.picture.Drawing(sample())
    column = {v: i for i, values in enumerate(drawing.columns()) for v in values if isinstance(v, Value)}
    assert all(column[x] < column[y] for x, y in drawing.edges)
    assert len(column) == len(drawing.values)


def test_large_graphs_are_cut():
    """A graph too large to read is cut to the values nearest the result, and says how many there are."""
    v = Value(1.0)
    for _ in range(5000):
        v = v * 1.01
    note = "cut: the 60 values nearest the result, of 5,001; limit=120 shows more"
    assert note in texts(to_svg(v))
    assert note in to_dot(v)
    assert note in to_mermaid(v)
    assert len(texts(to_svg(v, limit=10))) == 31
    assert (
        engine.graph.chain(v).splitlines()[-1]
        == "... cut after 200 lines; print_chain(v, limit=...) shows more"
    )
    with pytest.raises(ValueError, match="at least 1"):
        to_svg(v, limit=0)


def test_dot_and_mermaid():
    """Both name every value and edge, with quotes escaped."""
    x = Value(2.0, label='say "x"')
    v = x * x
    assert to_dot(v).splitlines() == [
        "digraph {",
        "  rankdir=LR; node [shape=box, style=rounded, fontname=monospace];",
        '  n0 [label="MulBackward0\\ndata 4\\ngrad 0"];',
        '  n1 [label="say \\"x\\"\\ndata 2\\ngrad 0"];',
        "  n1 -> n0;",
        "}",
    ]
    assert to_mermaid(v).splitlines() == [
        "flowchart LR",
        '  n0["MulBackward0<br>data 4<br>grad 0"]',
        '  n1["say #quot;x#quot;<br>data 2<br>grad 0"]',
        "  n1 --> n0",
    ]


def test_notebook():
    """A Value shows its graph in a notebook; a leaf its text alone."""
    bundle = sample()._repr_mimebundle_()
    assert sorted(bundle) == ["image/svg+xml", "text/plain"]
    assert sorted(Value(1.0)._repr_mimebundle_()) == ["text/plain"]


def test_show(capsys):
    """Outside a notebook show prints the chain."""
    show(Value(1.0, label="w") * 2)
    assert capsys.readouterr().out.splitlines()[0] == "MulBackward0"


def test_function_in_pictures():
    """A Function's inputs are drawn as its operands."""

    class Both(engine.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y, x - y

        @staticmethod
        def backward(ctx, g, h):
            return g + h, g - h

    a, b = Both.apply(Value(1.0, label="p"), Value(2.0, label="q"))
    words = texts(to_svg(a * b))
    assert words.count("BothBackward") == 2
    assert {"p", "q"} <= set(words)


def test_repr():
    """The repr of a leaf, an inner value and a constant."""
    w = Value(1, label="w")
    assert [repr(w), repr(w * 2), repr(w.detach())] == [
        "Value(1.0, label='w')",
        "Value(2.0, grad_fn=<MulBackward0>)",
        "Value(1.0, requires_grad=False)",
    ]
    assert f"{w * 2:.3f}" == "2.000"


def test_a_page_shows_the_whole_picture():
    """What a notebook shows is never wider than the page, dark where the system is, and well formed."""
    picture = sample()._repr_mimebundle_()["image/svg+xml"]
    root = ET.fromstring(picture)
    style = root.find("{http://www.w3.org/2000/svg}style").text
    assert root.get("class") == "values"
    assert "max-width: 100%" in style
    assert "prefers-color-scheme: dark" in style
    assert "class" not in ET.fromstring(to_svg(sample())).attrib


def test_parameters_have_the_names_of_the_outermost_module() -> None:
    """As named_parameters gives them; a label of one's own comes first, and no Value is changed."""
    model = Sequential(Linear(1, 1), Sequential(Tanh(), Linear(1, 1)))
    model[0].weight[0][0].label = "slope"
    svg = to_svg(model([Value(2.0, requires_grad=False)])[0])
    titles = re.findall(r'font-weight="700">([^<]*)<', svg)
    assert sorted(titles)[:4] == ["0.bias.0", "1.1.bias.0", "1.1.weight.0.0", "AddBackward0"]
    assert "slope" in titles
    assert "constant" in titles
    assert [p.label for p in model.parameters()] == ["slope", None, None, None]
