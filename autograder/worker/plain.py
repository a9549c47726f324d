"""Plain data: the only thing that leaves a student's process.

    plain(value)       None, bool, int, float, str, list, tuple, dict and arrays; an Opaque for all else
    same(a, b)         whether plain data is equal to the last bit; NaN equals NaN
    describe(value)    plain data in a few words: "an array of shape (3, 4)"
    short(value)       any object, for the line of code it occurs in: "has shape (3, 4)", "is 0.5", or ""

Types are compared exactly and arrays are copied, so that a subclass cannot lie.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

#: The dtypes of plain data: NumPy's one-letter kinds, with their sizes in bytes.
SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8), "c": (8, 16)}
DTYPE_KINDS = "".join(SIZES)
#: An int of NumPy's own choice has 32 bits in a browser and on some systems: it is told as everywhere else.
INTEGERS: dict[Any, Any] = {np.dtype(int): np.dtype(np.int64), np.dtype(np.uintp): np.dtype(np.uint64)}
MAX_DEPTH = 32
NUMPY_SCALARS = frozenset(np.dtype(code).type for code in "?bBhHiIlLqQefdFD")


@dataclass(frozen=True)
class Opaque:
    """Stands for an object that is not plain data: only the name of its type is sent."""

    type_name: str


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as plain data; NumPy scalars become arrays, other objects (tensors too) an Opaque.

    Types are compared exactly: a subclass could answer differently each time it is asked. Bytes get this
    machine's order.
    """
    kind = type(value)
    if depth > MAX_DEPTH:
        return Opaque("something nested too deeply")
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (list, tuple):
        return kind(plain(item, depth + 1) for item in value)
    if kind is dict:
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if kind is np.ndarray or isinstance(value, np.generic):
        dtype = value.dtype.newbyteorder("=")
        if dtype.itemsize in SIZES.get(dtype.kind, ()):
            return np.array(value, INTEGERS.get(dtype, dtype), order="C")
        wide = kind is np.ndarray and dtype.kind in SIZES
        return Opaque(f"numpy.ndarray of {dtype}" if wide else type_name(kind))
    torch = sys.modules.get("torch")
    if torch is not None and kind in (torch.Tensor, torch.nn.Parameter):
        return Opaque("torch.Tensor")
    return Opaque(type_name(kind))


def type_name(kind: type) -> str:
    """The type as users write it: float, numpy.matrix, engine.Value."""
    module = "" if kind.__module__ == "builtins" else kind.__module__.split(".")[0] + "."
    return f"{module}{kind.__qualname__}"[:80]


def same(a: Any, b: Any) -> bool:
    """Whether two pieces of plain data are equal in type, shape and every bit, NaN equal to NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        # Operators, since an answer may have changed NumPy's functions.
        return a.dtype == b.dtype and a.shape == b.shape and bool(((a == b) | ((a != a) & (b != b))).all())
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b) or (a != a and b != b)


def describe(value: Any) -> str:
    """The kind and shape of plain data in words: "a float", "an array of shape (3, 4)", "None"."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return f"an object of type {value.type_name}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else f"a scalar {value.dtype}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    name = {"int": "an int", "dict": "a dict", "str": "a string"}
    return name.get(type(value).__name__, f"a {type(value).__name__}")


def short(value: Any) -> str:
    """What `value` is, in words that follow its name: "is 3", "has shape (3, 4)"; "" if that says little.

    Types are compared exactly, so that no code of a submission runs.
    """
    kind = type(value)
    torch = sys.modules.get("torch")
    is_tensor = torch is not None and kind in (torch.Tensor, torch.nn.Parameter)
    if is_tensor or (kind is np.ndarray and value.ndim):
        dtype = "" if str(value.dtype) in ("float64", "torch.float32") else f" of {value.dtype}"
        return f"has shape {tuple(value.shape)}{dtype}"
    if words := _literal(value):
        return f"is {words}"
    if kind in (list, tuple) and len(value) <= 3 and all(map(_literal, value)):
        inside = ", ".join(map(_literal, value))
        return f"is [{inside}]" if kind is list else f"is ({inside}{',' * (len(value) == 1)})"
    return f"is {describe(value)}" if kind in (list, tuple, dict) else ""


def _literal(value: Any) -> str:
    """A number, text or Value as one would write it, shortened if long; "" for anything else."""
    kind = type(value)
    if (kind is np.ndarray and not value.ndim) or kind in NUMPY_SCALARS:
        return _literal(value.item()) if value.dtype.kind in DTYPE_KINDS else ""
    if kind is float:
        return f"{value:.6g}"
    if kind is int and value.bit_length() > 64:
        return f"an int of {value.bit_length()} bits"
    if value is None or kind in (bool, int):
        return repr(value)
    if kind is str:
        return repr(value if len(value) <= 24 else value[:23] + "…")
    if type_name(kind) == "engine.Value":
        return f"Value({_literal(value.data)})"
    return ""
