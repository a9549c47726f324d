"""The page that a student gets back: nbgrader's own, with the exercises by their names on top.

    FeedbackExporter    what nbgrader_config.py names as GenerateFeedback's exporter

Pages are made one by one, and nbconvert would compile its nine templates anew for each: half of what a page
costs. Here they are compiled once in a process.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

TEMPLATES = Path(__file__).parent / "templates"


class _InMemory(BytecodeCache):
    """What was compiled, by the template's name; Jinja itself sees whether the source is still the same."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_compiled = _InMemory()


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]  # nbconvert comes without types
    """nbconvert's exporter to HTML, with the kit's template on top of nbgrader's."""

    @property
    def default_config(self) -> Config:
        """nbgrader names its template to every HTMLExporter; what is said to this one alone comes first."""
        formgrader = Path(str(files("nbgrader"))) / "server_extensions" / "formgrader"
        theirs = formgrader / "templates"
        styles = formgrader.joinpath("static", "node_modules", "bootstrap", "dist", "css")
        config = Config()
        config.FeedbackExporter.template_name = "gradfn"
        config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES), str(theirs)]
        config.FeedbackExporter.extra_template_paths = [str(theirs), str(styles)]
        config.merge(super().default_config)
        return config

    def _create_environment(self) -> Any:
        environment = super()._create_environment()
        environment.bytecode_cache = _compiled
        return environment
