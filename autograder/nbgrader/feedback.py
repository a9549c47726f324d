"""The page that a student gets back: nbgrader's own, with the exercises by name on top.

    FeedbackExporter    the exporter that nbgrader_config.py names for GenerateFeedback

nbconvert would compile its nine templates again for each page, which takes half of a page's time. Here they
are compiled once per process.
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
    """Compiled templates by name; Jinja checks whether a template's source has changed."""

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
        """nbgrader sets its template for every HTMLExporter; settings for this class come first."""
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
