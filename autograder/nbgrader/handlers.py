"""What formgrader's addresses may ask for, and how its answers are read: nbgrader believes both.

protect()    change nbgrader's handlers, where a Jupyter has loaded them; a course's settings call it

A link to formgrader could name a folder whose nbgrader_config.py then runs, a file that a student handed in,
or markup that comes into the page; and its API sends JSON, with students' names in it, as a page.
"""

from __future__ import annotations

import os
import sys
from typing import Any

PACKAGE = "nbgrader.server_extensions.formgrader"
OTHER_FOLDER = "This formgrader shows the course in {} only: for another course, start its own"


def protect() -> None:
    """Refuse such addresses; let the answers of the API, and files, be no pages that run anything."""
    if f"{PACKAGE}.handlers" in sys.modules:
        sys.modules[f"{PACKAGE}.base"].BaseHandler.prepare = _prepare


async def _prepare(handler: Any, **options: Any) -> None:
    from jupyter_server.base.handlers import JupyterHandler
    from tornado.web import HTTPError, StaticFileHandler

    from autograder.nbgrader.course import is_id

    await JupyterHandler.prepare(handler, **options)
    if not handler.current_user:  # it leads to the login
        return
    root, folder = os.path.realpath(handler.coursedir.root), handler.get_argument("path", "")
    if folder and os.path.realpath(folder) != root:
        raise HTTPError(400, OTHER_FOLDER.format(root))  # of others the page does not show the words
    parts = [part for text in (*handler.path_args, *handler.path_kwargs.values()) for part in text.split("/")]
    if not all(part and is_id(part) for part in parts):
        raise HTTPError(404, "No student, unit or file has such a name")
    api = sys.modules[f"{PACKAGE}.base"].BaseApiHandler
    if isinstance(handler, (api, StaticFileHandler)):
        handler.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
    if isinstance(handler, api):
        handler.set_header("Content-Type", "text/plain; charset=UTF-8")  # its scripts parse a text
