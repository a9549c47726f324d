"""The kit's own units keep every rule of `gradfn dev verify`."""

from __future__ import annotations

import pytest

from autograder.authors.verify import verify
from autograder.units.kit import Kit
from autograder.units.recorded import PUBLIC_SEED
from tests.conftest import ROOT


@pytest.mark.parametrize("name", Kit(ROOT).names())
def test_a_unit_keeps_every_rule(kit: Kit, name: str) -> None:
    """Nothing is broken, on the public seed and on another."""
    assert [str(broken) for broken in verify(kit.unit(name), (PUBLIC_SEED, 1))] == []
