"""The op table: each op once, as the name of its node, its value, and its derivatives.

    the table   arithmetic, powers, exponentials, trigonometry, roundings, choices, activations

`da(g, out, a, b)` is the gradient that reaches operand a when g reaches the result out = forward(a, b);
`db` is the same for b. A row with one operand takes (g, out, a). They are written with ordinary operators, so
that one line serves floats (backward), Values (create_graph=True, which differentiates it again) and the
compiler's symbols (source text). Division goes through `div`, which knows x / 0.
"""

from __future__ import annotations

import math
import operator

from . import floats
from .rows import LEAF as LEAF
from .rows import TABLE as TABLE
from .rows import Op as Op
from .rows import op as op
from .rows import refuse as refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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
reciprocal: Op = op(
    "reciprocal: ReciprocalBackward0",
    lambda a: floats.div(1.0, a),
    da=lambda g, out, a: -g * (out * out),
    method=True,
)


def _remainder(a: Any, b: Any) -> Any:
    """a - b * floor(a / b), which has the sign of b."""
    left = floats.fmod(a, b)
    return left + b if left < 0.0 < b or b < 0.0 < left else left


def _floor_divide(a: Any, b: Any) -> Any:
    """floor(a / b), by the remainder: the quotient itself may be rounded up to the next integer."""
    if b == 0.0:
        return floats.div(a, b)
    left = floats.fmod(a, b)
    times = floats.div(a - left, b)
    return floats.round(times - 1.0 if left < 0.0 < b or b < 0.0 < left else times)


floor_divide: Op = op(  # torch.div(a, b, rounding_mode="floor"): PyTorch's a // b has no derivative
    "floor_divide: DivBackward2", _floor_divide, da=lambda g, out, a, b: 0.0, db=lambda g, out, a, b: 0.0
)
modulo = op(  # a % 3: the divisor is a number
    "modulo: RemainderBackward0", _remainder, da=lambda g, out, a, b: g, saves=False
)
remainder = op(
    "remainder: RemainderBackward1",
    _remainder,
    da=lambda g, out, a, b: g,
    db=lambda g, out, a, b: -g * floor_divide(a, b),
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
rsqrt: Op = op(
    "rsqrt: RsqrtBackward0",
    lambda a: floats.div(1.0, floats.sqrt(a)),
    da=lambda g, out, a: -0.5 * g * power(out, 3.0),
    method=True,
)
hypot = op(
    "hypot: HypotBackward0",
    floats.hypot,
    da=lambda g, out, a, b: g * div(a, out),
    db=lambda g, out, a, b: g * div(b, out),
)

# --- exponentials and logarithms ------------------------------------------------------------------

LN_2, LN_10 = math.log(2.0), math.log(10.0)

exp = op("exp: ExpBackward0", floats.exp, da=lambda g, out, a: g * out, method=True)
expm1 = op("expm1: Expm1Backward0", floats.expm1, da=lambda g, out, a: g * (out + 1.0), method=True)
log: Op = op("log: LogBackward0", floats.log, da=lambda g, out, a: div(g, a), method=True)
log1p = op("log1p: Log1PBackward0", floats.log1p, da=lambda g, out, a: div(g, a + 1.0), method=True)
exp2 = op("exp2: Exp2Backward0", floats.exp2, da=lambda g, out, a: g * out * LN_2, method=True)
log2 = op("log2: Log2Backward0", floats.log2, da=lambda g, out, a: div(g, a * LN_2), method=True)
log10 = op("log10: Log10Backward0", floats.log10, da=lambda g, out, a: div(g, a * LN_10), method=True)
logaddexp = op(  # log(exp(a) + exp(b))
    "logaddexp: LogaddexpBackward0",
    lambda a, b: (
        a if a == b and a - a != 0.0 else floats.maximum(a, b) + math.log1p(floats.exp(-operator.abs(a - b)))
    ),
    da=lambda g, out, a, b: div(g, exp(b - a) + 1.0),
    db=lambda g, out, a, b: div(g, exp(a - b) + 1.0),
)

# --- trigonometry, hyperbolic functions, the error function ---------------------------------------

sin = op("sin: SinBackward0", floats.sin, da=lambda g, out, a: g * cos(a), method=True)
cos: Op = op("cos: CosBackward0", floats.cos, da=lambda g, out, a: g * -sin(a), method=True)
tan = op("tan: TanBackward0", floats.tan, da=lambda g, out, a: g * (power(out, 2.0) + 1.0), method=True)
asin = op("asin: AsinBackward0", floats.asin, da=lambda g, out, a: g * rsqrt(-a * a + 1.0), method=True)
acos = op("acos: AcosBackward0", floats.acos, da=lambda g, out, a: g * -rsqrt(-a * a + 1.0), method=True)
atan = op("atan: AtanBackward0", floats.atan, da=lambda g, out, a: div(g, a * a + 1.0), method=True)
atan2 = op(  # the angle of the point (b, a)
    "atan2: Atan2Backward0",
    floats.atan2,
    da=lambda g, out, a, b: g * b * _inverse_square(a, b),
    db=lambda g, out, a, b: g * -a * _inverse_square(a, b),
)
sinh = op("sinh: SinhBackward0", floats.sinh, da=lambda g, out, a: g * cosh(a), method=True)
cosh: Op = op("cosh: CoshBackward0", floats.cosh, da=lambda g, out, a: g * sinh(a), method=True)
asinh = op(
    "asinh: AsinhBackward0", floats.asinh, da=lambda g, out, a: g * rsqrt(power(a, 2.0) + 1.0), method=True
)
acosh = op("acosh: AcoshBackward0", floats.acosh, da=lambda g, out, a: g * rsqrt(a * a - 1.0), method=True)
atanh = op(
    "atanh: AtanhBackward0", floats.atanh, da=lambda g, out, a: div(g, 1.0 - power(a, 2.0)), method=True
)
tanh = op("tanh: TanhBackward0", math.tanh, da=lambda g, out, a: g * (1.0 - out * out), method=True)
erf = op(
    "erf: ErfBackward0",
    math.erf,
    da=lambda g, out, a: 2.0 / math.sqrt(math.pi) * exp(-power(a, 2.0)) * g,
    method=True,
)
erfc = op(
    "erfc: ErfcBackward0",
    floats.erfc,
    da=lambda g, out, a: -2.0 / math.sqrt(math.pi) * exp(-power(a, 2.0)) * g,
    method=True,
)


def _inverse_square(a: Any, b: Any) -> Any:
    """1 / (a^2 + b^2), and 0 where that is 1 / 0."""
    square = a * a + b * b
    return zero_if(square == 0.0, reciprocal(square))


# --- roundings: flat between their steps ----------------------------------------------------------

floor = op("floor: FloorBackward0", floats.floor, da=lambda g, out, a: 0.0, saves=False, method=True)
ceil = op("ceil: CeilBackward0", floats.ceil, da=lambda g, out, a: 0.0, saves=False, method=True)
trunc = op("trunc: TruncBackward0", floats.trunc, da=lambda g, out, a: 0.0, saves=False, method=True)
round = op(  # halves to the even side, as Python and PyTorch
    "round: RoundBackward0", floats.round, da=lambda g, out, a: 0.0, saves=False, method=True
)
frac = op(
    "frac: FracBackward0", lambda a: a - floats.trunc(a), da=lambda g, out, a: g, saves=False, method=True
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
sigmoid: Op = op(
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
