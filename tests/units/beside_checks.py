"""Files that a unit's checks.py imports from beside it.

file_beside_checks("modules", "checks_costs")    that file as a module, as the checks import it
"""

from __future__ import annotations

import sys
import types

from autograder.units.kit import Kit
from tests.conftest import ROOT


def file_beside_checks(unit: str, name: str) -> types.ModuleType:
    """Load the checks; the module that they have imported."""
    assert Kit(ROOT).unit(unit).declaration
    return sys.modules[f"exercises.{unit}.checks.{name}"]
