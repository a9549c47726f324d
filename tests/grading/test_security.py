"""SECURITY.md: its table holds the whole corpus, as it is now."""

from __future__ import annotations

from tests.security_table import FILE, rewritten


def test_the_table_of_attacks_is_the_corpus() -> None:
    """After a change: python -m tests.security_table."""
    text = FILE.read_text(encoding="utf-8")
    assert text == rewritten(text), "SECURITY.md is stale: python -m tests.security_table"
