"""What the tests share: the kit itself, and a kit of one tiny unit to break; and the order in which they run.

Where there is no sandbox the suite grades without one, and its header says why.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

from autograder.grading.confinement import UNCONFINED, lacking
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.gradebook import gradebook
from autograder.units.kit import Kit, KitUnit
from tests.tiny import open_unit, write_kit

ROOT = Path(__file__).resolve().parents[1]

#: Files whose tests are long and share nothing: any worker may take the next of them.
SINGLE = ("units/test_units.py", "grading/test_same_verdicts.py")
#: Files that take long with few tests. A worker that began one of them last would be waited for.
LONG = (
    *SINGLE,
    "site/test_site.py",
    "grading/test_working_directory.py",
    "nbgrader/test_postgres.py",
    "grading/test_attacks.py",
    "nbgrader/test_against_nbgrader.py",
    "nbgrader/test_pages.py",
    "nbgrader/test_classes.py",
    "test_readme.py",
    "test_house.py",
    "demo/test_demo.py",
    "nbgrader/test_again.py",
    "nbgrader/test_browser.py",
)


class Sharing(LoadFileScheduling):
    """A file goes to one worker, which makes once what its tests share; a test of SINGLE goes alone."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return nodeid if file.endswith(SINGLE) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """With --dist loadfile: the files in the order of collection, which is that of the function below."""
    config.option.loadscopereorder = False
    return Sharing(config, log) if config.option.dist == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files come first, then those with the most tests."""
    files = [item.path.relative_to(ROOT / "tests").as_posix() for item in items]
    count, rank = Counter(files), {file: place for place, file in enumerate(LONG)}
    order = sorted(
        range(len(items)), key=lambda i: (rank.get(files[i], len(LONG)), -count[files[i]], files[i])
    )
    items[:] = [items[i] for i in order]


def pytest_configure(config: pytest.Config) -> None:
    """What tests start hears Ctrl-C, for which a shell makes it deaf, and has a student's pytest."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins of this suite, half a second each time


def pytest_report_header() -> str:
    """Whether submissions are confined in this run."""
    if reason := lacking():
        os.environ[UNCONFINED] = "1"
        return f"submissions run without a sandbox: {reason}"
    return "submissions run in the sandbox"


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Commands of a course change what others may read; the next test starts as every process does."""
    yield
    os.umask(0o022)


@pytest.fixture(scope="session")
def kit() -> Kit:
    """The kit under test."""
    return Kit(ROOT)


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kit")
    write_kit(root)
    return root


@pytest.fixture
def tiny(_built: Path, tmp_path: Path) -> KitUnit:
    """A fresh copy of the tiny unit, which a test may break."""
    shutil.copytree(_built, tmp_path, dirs_exist_ok=True)
    return open_unit(tmp_path)


@pytest.fixture(scope="session")
def _paper(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make_course(tmp_path_factory.mktemp("paper") / "course", Kit(_built))
    with gradebook(course):
        pass  # makes the database, which takes seconds
    return course.root


@pytest.fixture
def paper(_paper: Path, tmp_path: Path) -> Course:
    """A course of the tiny unit with an empty gradebook, for tests.paper_course to write a class into."""
    shutil.copytree(_paper, tmp_path / "paper")
    return open_course(tmp_path / "paper")


def root_of(unit: KitUnit) -> Path:
    """The folder of the kit that a unit belongs to."""
    return unit.folder.parents[1]
