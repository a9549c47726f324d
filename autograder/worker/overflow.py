"""np.exp in a browser: WebAssembly has no floating-point flags, so NumPy cannot tell an overflow there.

watch_exp()    let np.exp raise, or warn, as np.errstate says
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

WORDS = "overflow encountered in exp"


class _Exp:
    """np.exp, whose other attributes are the ufunc's."""

    def __init__(self, ufunc: np.ufunc) -> None:
        self._ufunc = ufunc

    def __call__(self, x: Any, *others: Any, **options: Any) -> Any:
        result = self._ufunc(x, *others, **options)
        reaction = np.geterr()["over"]
        if reaction in ("raise", "warn") and np.any(np.isinf(result) & np.isfinite(x)):
            if reaction == "raise":
                raise FloatingPointError(WORDS)
            warnings.warn(WORDS, RuntimeWarning, stacklevel=2)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ufunc, name)


def watch_exp() -> None:
    """Replace np.exp, once."""
    if not isinstance(np.exp, _Exp):
        np.exp = _Exp(np.exp)  # type: ignore[assignment]
