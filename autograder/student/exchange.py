"""nbgrader's exchange, the shared folder that students on a JupyterHub hand in to.

    course_here()                  the id of the course that nbgrader is configured for, or None
    submit(unit, file, student)    hand in with nbgrader's own ExchangeSubmit; where it put the submission

nbgrader expects the notebook it released, so a script is converted to that notebook. Each submission gets a
folder of its own, so none replaces an earlier one. nbgrader takes seconds to import: that happens only where
one of its configuration files exists.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.answers.convert import notebook_text
from autograder.errors import GradfnError
from autograder.units.kit import KitUnit


def course_here() -> str | None:
    """The course's id, where nbgrader is installed and configured and its exchange exists; else None."""
    if find_spec("nbgrader") is None or not _config_files():
        return None
    config = _config()
    course = str(config.CourseDirectory.get("course_id", "") or "")
    return course if course and _exchange_is_there(config) else None


def _config_files() -> list[Path]:
    from jupyter_core.paths import jupyter_config_path

    folders = [Path.cwd(), *map(Path, jupyter_config_path())]
    return [file for folder in folders for file in folder.glob("nbgrader_config.*") if file.is_file()]


def _config() -> Any:
    """nbgrader's configuration, read by nbgrader itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.apps.baseapp import NbGrader

        app = NbGrader()
        app.load_config_file(suppress_errors=False)
    return app.config


def _exchange_is_there(config: Any) -> bool:
    """Whether the shared folder exists; a course with its own exchange class (JupyterHub) needs none."""
    from nbgrader.exchange.default import Exchange

    if config.ExchangeFactory.get("submit"):
        return True
    return Path(Exchange(config=config).root).is_dir()


def submit(unit: KitUnit, file: Path, student: str | None) -> str:
    """Hand in; nbgrader's path or name of the submission. Raises GradfnError with nbgrader's reason."""
    config = _config()
    with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.auth import Authenticator
        from nbgrader.coursedir import CourseDirectory
        from nbgrader.exchange import ExchangeError, ExchangeFactory

        folder = Path(temporary) / unit.name
        if config.Exchange.get("path_includes_course", False):
            folder = Path(temporary) / config.CourseDirectory.course_id / unit.name
        folder.mkdir(parents=True)
        target = folder / f"{unit.name}.ipynb"
        if file.suffix == ".ipynb":
            shutil.copyfile(file, target)
        else:
            target.write_text(notebook_text(unit, file), encoding="utf-8", newline="\n")
        config.CourseDirectory.assignment_id = unit.name
        if student:
            config.CourseDirectory.student_id = student
        config.Exchange.assignment_dir = temporary
        log = logging.getLogger("traitlets")
        level = log.level
        log.setLevel(logging.CRITICAL + 1)  # our error repeats its reason
        try:
            coursedir, authenticator = CourseDirectory(config=config), Authenticator(config=config)
            factory = ExchangeFactory(config=config)
            task = factory.Submit(coursedir=coursedir, authenticator=authenticator, config=config)
            task.start()
        except ExchangeError as error:
            raise GradfnError(
                f"nbgrader's exchange does not take {unit.name}: {' '.join(str(error).split())}"
            ) from error
        finally:
            log.setLevel(level)
        return _find_arrival(task, target)


def _find_arrival(task: Any, handed_in: Path) -> str:
    """Where the default exchange put the submission; raises GradfnError unless it arrived byte for byte."""
    name = str(getattr(task, "assignment_filename", "") or "")
    inbound = getattr(task, "inbound_path", None)
    if not name or inbound is None:
        return name or "the course's exchange"
    arrived = Path(inbound) / name / handed_in.name
    try:
        if arrived.read_bytes() != handed_in.read_bytes():
            raise GradfnError(f"{arrived} differs from the file you handed in: hand in again")
    except OSError as error:
        words = f"the exchange has lost the submission: {error.strerror}: {arrived}"
        raise GradfnError(f"{words}. Hand in again") from error
    return str(arrived.parent)
