"""The op table: each op once, as the name of its node, its value, and its derivatives.

    Op          one row of the table; called on floats it computes, called on Values it records
    the table   arithmetic, powers, exponentials, trigonometry, choices, activations

`da(g, out, a, b)` is the gradient that reaches operand a when g reaches the result out = forward(a, b);
`db` is the same for b. A row with one operand takes (g, out, a). They are written with ordinary operators, so
that one line serves floats (backward), Values (create_graph=True, which differentiates it again) and the
compiler's symbols (source text). Division goes through `div`, which knows x / 0.
"""

from __future__ import annotations

import math
import operator

from . import floats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


TABLE: dict[str, Op] = {}


class Op:
    """One op: `forward` on floats, and `da`, `db`, the gradient that flows to each operand.

    name     PyTorch's name of the node
    inline   `forward` is plain arithmetic, which the compiler may write out
    kink     PyTorch keeps the derivative in the graph even where it is constant
    method   a Value has it as a method without arguments, as torch.Tensor does
    freed    the row that stands for this op once backward() has freed the graph; itself, if it saves nothing
    whole    leads back from there
    """

    def __init__(
        self,
        key: str,
        name: str,
        forward: Any,
        da: Any,
        db: Any = None,
        inline: bool = False,
        kink: bool = False,
        method: bool = False,
    ) -> None:
        self.__name__, self.name, self.forward, self.da, self.db = key, name, forward, da, db
        self.inline, self.kink, self.method = inline, kink, method
        self.freed = self.whole = self
        self.__doc__ = f"PyTorch's {key}, recorded as {name}: on numbers a float, on Values a Value."

    @property
    def takes_number(self) -> bool:
        """Whether a number stands beside the one operand: an exponent, a slope, bounds."""
        return self.db is None and self.da.__code__.co_argcount == 4

    def __call__(self, a: Any, b: Any = None) -> Any:
        """Compute on numbers; with a Value or a symbol among the operands, let that record the op."""
        if type(a) is float:
            if b is None:
                return self.forward(a)
            if type(b) is float or type(b) is tuple:
                return self.forward(a, b)
        for operand in (a, b):
            if hasattr(operand, "apply"):
                return operand.apply(self, a, b)
        return self(float(a), None if b is None else b if type(b) is tuple else float(b))

    def __reduce__(self) -> str:
        return self.__name__  # a row is itself in copies and pickles of values

    def __repr__(self) -> str:
        return f"<op {self.__name__}: {self.name}>"


def op(
    name: str,
    forward: Any,
    da: Any,
    db: Any = None,
    *,
    saves: bool = True,
    inline: bool = False,
    kink: bool = False,
    method: bool = False,
) -> Op:
    """Enter an op in the table under its Python name, the part of `name` before the colon."""
    key, node = name.split(": ")
    row = TABLE[key] = Op(key, node, forward, da, db, inline, kink, method)
    if saves:
        row.freed = Op(key, node, forward, refuse, db and refuse)
        row.freed.freed, row.freed.whole = row.freed, row
    return row


def refuse(*_: Any) -> Any:
    raise RuntimeError(
        "Trying to backward through the graph a second time: backward() and grad() free the graph they walk. "
        "Specify retain_graph=True the first time, or compute the value again."
    )


# the mark of a leaf, whose gradient stays with it
LEAF = Op("LEAF", "AccumulateGrad", None, None)
# a gradient that does not depend on the operand, though PyTorch's graph says it does
KEEPS = Op("KEEPS", "KeepsBackward0", lambda g, a: g, lambda g, *_: g, lambda g, *_: 0.0, inline=True)
# 0, though the graph keeps x: PyTorch's where(condition, 0, x), whose second derivative meets x's inf and nan
zeroed = Op("zeroed", "WhereBackward0", lambda x: 0.0, lambda g, out, x: g * 0.0, inline=True)


def zero_if(condition: Any, x: Any) -> Any:
    """0 on the condition, else x."""
    return zeroed(x) if condition else x


# --- arithmetic -----------------------------------------------------------------------------------

add = op(
    "add: AddBackward0",
    operator.add,
    da=lambda g, out, a, b: g,
    db=lambda g, out, a, b: g,
    saves=False,
    inline=True,
)
sub = op(
    "sub: SubBackward0",
    operator.sub,
    da=lambda g, out, a, b: g,
    db=lambda g, out, a, b: -g,
    saves=False,
    inline=True,
)
rsub = op("rsub: RsubBackward1", lambda a, b: b - a, da=lambda g, out, a, b: -g, saves=False, inline=True)
clone = op(
    "clone: CloneBackward0", lambda a: a, da=lambda g, out, a: g, saves=False, inline=True, method=True
)
neg = op("neg: NegBackward0", operator.neg, da=lambda g, out, a: -g, saves=False, inline=True, method=True)
mul = op(
    "mul: MulBackward0",
    operator.mul,
    da=lambda g, out, a, b: g * b,
    db=lambda g, out, a, b: g * a,
    inline=True,
)
div: Op = op(
    "div: DivBackward0",
    floats.div,
    da=lambda g, out, a, b: div(g, b),
    db=lambda g, out, a, b: -g * div(div(a, b), b),
)
reciprocal = op(
    "reciprocal: ReciprocalBackward0",
    lambda a: floats.div(1.0, a),
    da=lambda g, out, a: -g * (out * out),
    method=True,
)

# --- powers ---------------------------------------------------------------------------------------

power: Op = op(  # a ** 3: the exponent is a number
    "power: PowBackward0",
    floats.power,
    da=lambda g, out, a, b: 0.0 if b == 0.0 else g * (b * power(a, b - 1.0)),
)
pow: Op = op(  # a ** b: both are Values
    "pow: PowBackward1",
    floats.pow,
    da=lambda g, out, a, b: zero_if(b == 0.0, g * (b * pow(a, b - 1.0))),
    db=lambda g, out, a, b: g * zero_if(a == 0.0 and b >= 0.0, out * log(a)),
)
rpow = op(  # 3 ** a: the base, b, is a number
    "rpow: PowBackward2",
    lambda a, b: floats.pow(b, a),
    da=lambda g, out, a, b: g * zero_if(b == 0.0 and a >= 0.0, out * log(b)),
)
sqrt = op("sqrt: SqrtBackward0", floats.sqrt, da=lambda g, out, a: div(g, 2.0 * out), method=True)

# --- exponentials and logarithms ------------------------------------------------------------------

exp = op("exp: ExpBackward0", floats.exp, da=lambda g, out, a: g * out, method=True)
expm1 = op("expm1: Expm1Backward0", floats.expm1, da=lambda g, out, a: g * (out + 1.0), method=True)
log: Op = op("log: LogBackward0", floats.log, da=lambda g, out, a: div(g, a), method=True)
log1p = op("log1p: Log1PBackward0", floats.log1p, da=lambda g, out, a: div(g, a + 1.0), method=True)

# --- trigonometry and the error function ----------------------------------------------------------

sin = op("sin: SinBackward0", floats.sin, da=lambda g, out, a: g * cos(a), method=True)
cos: Op = op("cos: CosBackward0", floats.cos, da=lambda g, out, a: g * -sin(a), method=True)
tanh = op("tanh: TanhBackward0", math.tanh, da=lambda g, out, a: g * (1.0 - out * out), method=True)
erf = op(
    "erf: ErfBackward0",
    math.erf,
    da=lambda g, out, a: 2.0 / math.sqrt(math.pi) * exp(-power(a, 2.0)) * g,
    method=True,
)

# --- choices: at a tie each side gets half --------------------------------------------------------

sign = op("sign: SignBackward0", floats.sign, da=lambda g, out, a: 0.0, saves=False, method=True)
abs = op("abs: AbsBackward0", operator.abs, da=lambda g, out, a: g * sign(a), inline=True, method=True)
maximum = op(
    "maximum: MaximumBackward0",
    floats.maximum,
    da=lambda g, out, a, b: 0.0 if a < b else g * 0.5 if a == b else g,
    db=lambda g, out, a, b: 0.0 if b < a else g * 0.5 if a == b else g,
    inline=True,
)
minimum = op(
    "minimum: MinimumBackward0",
    floats.minimum,
    da=lambda g, out, a, b: 0.0 if a > b else g * 0.5 if a == b else g,
    db=lambda g, out, a, b: 0.0 if b > a else g * 0.5 if a == b else g,
    inline=True,
)
clamp = op(  # b is (low, high)
    "clamp: ClampBackward1",
    floats.clamp,
    da=lambda g, out, a, b: g if b[0] <= a <= b[1] else 0.0,
    inline=True,
)

# --- activations ----------------------------------------------------------------------------------

ROOT_HALF, ROOT_2_OVER_PI = math.sqrt(0.5), math.sqrt(2.0 / math.pi)


def _gelu_tanh_slope(a: Any) -> Any:
    """d/da of a/2 (1 + tanh u), u = sqrt(2/pi) (a + 0.044715 a^3)."""
    t = tanh(ROOT_2_OVER_PI * (a + 0.044715 * (a * a * a)))
    du = ROOT_2_OVER_PI * (1.0 + 3.0 * 0.044715 * (a * a))
    return 0.5 * (1.0 + t) + 0.5 * a * (1.0 - t * t) * du


relu = op(
    "relu: ReluBackward0",
    lambda a: 0.0 if a <= 0.0 else a,
    da=lambda g, out, a: 0.0 if out <= 0.0 else g,
    inline=True,
    kink=True,
    method=True,
)
leaky_relu = op(
    "leaky_relu: LeakyReluBackward0",
    lambda a, slope: a if a > 0.0 else a * slope,
    da=lambda g, out, a, slope: g if a > 0.0 else g * slope,
    inline=True,
    kink=True,
)
elu = op(
    "elu: EluBackward0",
    lambda a, alpha: a if a > 0.0 else alpha * floats.expm1(a),
    da=lambda g, out, a, alpha: g * alpha * exp(a) if a < 0.0 else g * alpha if a == 0.0 else g,
    kink=True,
)
sigmoid = op(
    "sigmoid: SigmoidBackward0",
    lambda a: 1.0 / (1.0 + floats.exp(-a)),
    da=lambda g, out, a: g * (1.0 - out) * out,
    method=True,
)
silu = op(
    "silu: SiluBackward0",
    lambda a: a / (1.0 + floats.exp(-a)),
    da=lambda g, out, a: g * sigmoid(a) * (1.0 + a * (1.0 - sigmoid(a))),
)
logsigmoid = op(
    "logsigmoid: LogSigmoidBackward0",
    lambda a: floats.minimum(a, 0.0) - math.log1p(math.exp(-operator.abs(a))),
    da=lambda g, out, a: g * sigmoid(-a),
)
softplus = op(  # b is (beta, threshold): a itself beyond the threshold, and already straight at it
    "softplus: SoftplusBackward0",
    lambda a, b: a if a * b[0] > b[1] else math.log1p(floats.exp(a * b[0])) / b[0],
    da=lambda g, out, a, b: g if a * b[0] > b[1] else g * sigmoid(b[1] if a * b[0] == b[1] else a * b[0]),
    kink=True,
)
gelu = op(
    "gelu: GeluBackward0",
    lambda a: 0.5 * a * (1.0 + math.erf(a * ROOT_HALF)),
    da=lambda g, out, a: (
        g * (0.5 * (1.0 + erf(a * ROOT_HALF)) + a * (0.5 * ROOT_2_OVER_PI * exp(a * a * -0.5)))
    ),
)
gelu_tanh = op(
    "gelu_tanh: GeluBackward0",
    lambda a: 0.5 * a * (1.0 + math.tanh(ROOT_2_OVER_PI * (a + 0.044715 * (a * a * a)))),
    da=lambda g, out, a: g * _gelu_tanh_slope(a),
)
