"""The gradebook's database: check that it answers, and share one engine within a process.

    address(db)         a database's URL with the driver that the kit installs; raises if it does not answer
    must_open(course)   raise GradfnError if a course's gradebook cannot be opened
    share_engines()     open a gradebook that was opened before without the cost of opening it

nbgrader opens its gradebook nine times per submission. Each time it makes an engine, looks for every table
and compiles its statements: more than half of the time of grading, apart from running the answers, and with
PostgreSQL as many connections. Only processes that call share_engines() are changed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from functools import cache
from typing import Any

from autograder.errors import GradfnError, database_fault
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook

LOCKED_SECONDS = 60  # how long a process waits for another that writes the same SQLite file


def address(db: str) -> str:
    """A database's URL with the driver that the kit installs; raises GradfnError if it does not answer."""
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.pool import NullPool

    try:
        url = make_url(db)
    except ArgumentError as error:
        raise GradfnError(
            f"{db!r} is not the URL of a database: write it like postgresql://user@host/name"
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    whole = url.render_as_string(hide_password=False)
    _must_answer(whole, lambda: closing(create_engine(whole, poolclass=NullPool).connect()))
    return whole


def must_open(course: Course) -> None:
    """Raise GradfnError, with the reason in one line, if the gradebook cannot be opened."""
    _must_answer(course.db_url, lambda: gradebook(course))


def _must_answer(url: str, opened: Callable[[], AbstractContextManager[Any]]) -> None:
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    shown = make_url(url).render_as_string(hide_password=True)
    try:
        with opened():
            pass
    except ModuleNotFoundError as error:
        raise GradfnError(
            f"the gradebook {shown} needs {error.name}: pip install 'gradfn[postgres]'"
        ) from error
    except SQLAlchemyError as error:
        words = database_fault(error).removeprefix("the gradebook: ")
        raise GradfnError(f"the gradebook {shown} cannot be opened: {words}") from error


@cache
def share_engines() -> None:
    """Let `nbgrader.api.Gradebook` reuse its engines in this process."""
    from nbgrader.api import Gradebook
    from sqlalchemy import event
    from sqlalchemy.orm import scoped_session, sessionmaker

    engines: dict[str, Any] = {}
    courses: set[tuple[str, str]] = set()  # those that nbgrader has checked already
    first_opened = Gradebook.__init__

    def opened(self: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None) -> None:
        if db_url in engines:
            self.engine = engines[db_url]
            self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
            if (db_url, course_id) not in courses:
                self.check_course(course_id=course_id)
            self.course_id, self.authenticator = course_id, authenticator
        else:
            first_opened(self, db_url, course_id, authenticator)
            engines[db_url] = self.engine
            if self.engine.dialect.name == "sqlite":
                self.engine.dispose()  # so that every later connection waits for locks
                event.listen(self.engine, "connect", _wait_for_others)
        courses.add((db_url, course_id))

    Gradebook.__init__, Gradebook.close = opened, _closed


def _closed(gradebook: Any) -> None:
    """End the session, which returns its connection; the engine stays."""
    gradebook.db.remove()


def _wait_for_others(connection: Any, _: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {LOCKED_SECONDS * 1000}")
