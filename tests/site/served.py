"""The site, built once for the suite with Pyodide from a folder, served from a folder of a plain web server.

Served(folder)         a server of files on this machine only, and how many bytes each path was asked for
SiteNotebook(page)     a unit's notebook, open in JupyterLite
verdicts_there(page)   what tests/site/verdicts.py says in the browser
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser import Notebook, Page
from tests.conftest import ROOT

PYODIDE = ROOT / "build" / "pyodide"
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'


def pyodide() -> Path:
    """A folder with Pyodide; skips where there is none."""
    folder = Path(os.environ.get("GRADFN_PYODIDE", PYODIDE))
    if not (folder / "pyodide.js").exists():
        pytest.skip(f"no Pyodide in {folder}: `make build/pyodide` fetches it")
    return folder


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Counter[str]]]:
    """The folder's address, and the bytes that each path of it was asked for."""
    asked: Counter[str] = Counter()

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

        def copyfile(self, source: Any, outputfile: Any) -> None:
            data = source.read()
            asked[self.path.partition("?")[0]] += len(data)
            outputfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", asked
    finally:
        server.shutdown()
        server.server_close()


class SiteNotebook(Notebook):
    """A unit's notebook, already open; its kernel is Python in the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.one(".jp-Notebook .jp-CodeCell .cm-content")
        page.one(IDLE)

    def run_cell(self, text: str) -> None:
        """Run the cell that holds a text."""
        self._edit(text)
        self.run()

    def stored(self, words: str) -> None:
        """Store the notebook, and wait until one with these words is in the browser's storage."""
        self.page.together(Keys.CONTROL, "s")
        self.page.until(f"{words!r} stored", lambda: words in self.page.driver.execute_async_script(STORED))


STORED = """
const done = arguments[0], site = new URL("../", location).pathname;
indexedDB.open(`JupyterLite Storage - ${site}`).onsuccess = ({target: {result}}) => {
  const all = result.transaction("files").objectStore("files").getAll();
  all.onsuccess = () => (result.close(), done(JSON.stringify(all.result)));
};
"""
RUN = """
const [files, code, done] = arguments;
(async () => {
  const site = await (await fetch("units.json")).json();
  const address = new URL(site.pyodide, location).href;
  await new Promise((good, bad) => document.head.append(
    Object.assign(document.createElement("script"), {src: address, onload: good, onerror: bad})));
  const python = await loadPyodide({packages: ["numpy", new URL(site.wheel, location).href]});
  const home = python.runPython("import autograder; autograder.__path__[0].removesuffix('/autograder')");
  for (const [path, text] of Object.entries(files)) {
    python.FS.mkdirTree(`${home}/${path}`.replace(/[/][^/]*$/, ""));
    python.FS.writeFile(`${home}/${path}`, text);
  }
  return python.runPython(code);
})().then(done, (error) => done(String(error)));
"""
PRIVATE = ("autograder/grading/__init__.py", "autograder/grading/oracle.py", "tests/site/verdicts.py")


def verdicts_there(page: Page, unit: str, exercise: str = "") -> Any:
    """What verdicts() says in the browser, which gets what it lacks for that."""
    paths = [ROOT / path for path in PRIVATE]
    paths += sorted((ROOT / "solutions" / unit).glob("*.py"))
    files = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    # The oracle starts no process here.
    files["autograder/grading/imports.py"] = "command = forget_working_directory = None"
    files["tests/__init__.py"] = files["tests/site/__init__.py"] = ""
    code = (
        "import json; from autograder.units.kit import Kit; from tests.site.verdicts import *; "
        f"json.dumps(verdicts(Kit.here(), {unit!r}, {exercise!r}))"
    )
    said = page.driver.execute_async_script(RUN, files, code)
    try:
        return json.loads(said)
    except ValueError:
        raise AssertionError(said) from None
