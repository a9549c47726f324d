"""A real browser and real servers, for tests that see what a student or an instructor sees.

serving(folder)        JupyterLab on a folder, on this machine only, with a token
Page(driver)           headless Chromium: open, wait for, click, type; waits end with a reason
chromium()             the driver, or pytest.skip with the reason where there is no Chromium
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import ROOT

SECONDS = 60  # the longest wait; a busy machine is no failure
#: Nothing that opens beside the notebook, and nothing that asks the network.
QUIET = {"fetchNews": "false", "checkForUpdates": False}
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--window-size=1400,1500",
)


@dataclass(frozen=True)
class Server:
    """A JupyterLab that answers."""

    url: str
    token: str

    def at(self, path: str) -> str:
        """The address of a page, by way of the login that keeps the token for what the page asks later."""
        return f"{self.url}login?next=/{path}&token={self.token}"


class Starting:
    """A JupyterLab that is on its way; `ready` waits for it, `end` ends it and its kernels."""

    def __init__(self, folder: Path, home: Path, more: Mapping[str, str]) -> None:
        self._token, self._home = secrets.token_hex(16), home
        settings = home / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(QUIET), encoding="utf-8")
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = os.environ | {name: str(home / place) for name, place in folders.items()}
        environment |= {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", **more}
        options = [
            *("--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"),
            *(f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={self._token}"),
            "--LabApp.extension_manager=readonly",
        ]
        self._log = (home / "log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=folder,
            env=environment,
            stdout=self._log,
            stderr=self._log,
        )

    def ready(self) -> Server:
        """The server, once it answers."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            for file in (self._home / "runtime").glob("jpserver-*.json"):
                try:
                    return Server(json.loads(file.read_text(encoding="utf-8"))["url"], self._token)
                except ValueError:
                    pass  # not written to its end yet
            time.sleep(0.05)
        raise AssertionError(f"JupyterLab did not start:\n{(self._home / 'log').read_text(encoding='utf-8')}")

    def end(self) -> None:
        """Stop it; asked to stop, it ends its kernels first."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Starting]:
    """JupyterLab on a folder, with settings of its own; it is ended whatever happens."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        server = Starting(folder, Path(home), environment)
        try:
            yield server
        finally:
            server.end()


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """Headless Chromium with a fresh profile; skips where there is none."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not (binary and driver):
        pytest.skip("no chromium and chromedriver on PATH: .ci/run installs them")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        opened = webdriver.Chrome(options=options, service=Service(driver))  # the path given: none is fetched
        try:
            yield opened
        finally:
            opened.quit()


class Page:
    """What a person does in a browser; each wait says what it waited for."""

    def __init__(self, driver: WebDriver, seconds: float = SECONDS) -> None:
        self.driver, self.seconds = driver, seconds

    def open(self, url: str) -> None:
        self.driver.get(url)

    def until(self, what: str, condition: Callable[[], Any]) -> Any:
        """What the condition gives, once that is something; `what` is said where it never is."""
        wait = WebDriverWait(self.driver, self.seconds, 0.05, [StaleElementReferenceException])
        try:
            return wait.until(lambda _: condition())
        except TimeoutException:
            raise AssertionError(f"waited {self.seconds} s in vain for: {what}") from None

    def all(self, selector: str, text: str = "") -> list[WebElement]:
        """The elements that are there now and hold the text."""
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return [element for element in found if text in element.text]

    def one(self, selector: str, text: str = "") -> WebElement:
        """The first such element, once it is there."""
        found: list[WebElement] = self.until(f"{selector} {text!r}", lambda: self.all(selector, text))
        return found[0]

    def click(self, selector: str, text: str = "") -> None:
        """Click it once nothing lies over it."""

        def clicked() -> bool:
            try:
                self.one(selector, text).click()
            except WebDriverException:
                return False
            return True

        self.until(f"a click on {selector} {text!r}", clicked)

    def fill(self, selector: str, text: str) -> None:
        """Write a text into a field, and leave it."""
        field = self.one(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
        field.clear()
        field.send_keys(text, Keys.TAB)

    def press(self, *keys: str) -> None:
        """Type keys where the cursor is; Keys.CONTROL and Keys.SHIFT hold for the rest of their text."""
        actions = ActionChains(self.driver)
        for key in keys:
            actions.send_keys(key)
        actions.perform()

    def together(self, held: str, key: str) -> None:
        """One key with another held down."""
        ActionChains(self.driver).key_down(held).send_keys(key).key_up(held).perform()


class Notebook:
    """A notebook open in JupyterLab."""

    def __init__(self, page: Page, server: Server, name: str) -> None:
        self.page = page
        page.open(server.at(f"lab/tree/{name}%3Freset"))  # alone: no tab of an earlier test beside it
        page.one(".jp-Notebook .jp-CodeCell .cm-content")
        page.one('.jp-Notebook-ExecutionIndicator[data-status="idle"]')

    def cell(self, text: str) -> WebElement:
        """The cell with a text in its source; what stands below it does not count."""
        editor = self.page.one(".jp-Notebook .jp-Cell .cm-content", text)
        return editor.find_element(By.XPATH, "ancestor::*[contains(@class, 'jp-Cell ')]")

    def menu(self, name: str, item: str) -> None:
        """Choose an item of the menu bar."""
        self.page.click(".lm-MenuBar-item", name)
        self.page.click(".lm-Menu-item", item)

    def write(self, text: str, *lines: str) -> None:
        """Replace the source of the cell that holds a text; the editor indents by itself."""
        self._edit(text)
        self.page.together(Keys.CONTROL, "a")
        self.page.press(Keys.ENTER.join(lines))

    def add(self, below: str, source: str) -> None:
        """A new cell below another, run."""
        self._edit(below)
        self.page.press(Keys.ESCAPE, "b", Keys.ENTER, source)
        self.run()

    def run(self) -> None:
        """Run the cell in which the cursor is, and go to the next."""
        self.page.together(Keys.SHIFT, Keys.ENTER)

    def shown(self, text: str, words: str, selector: str = "") -> str:
        """What stands below the cell with a text, once it holds these words."""
        place = f".jp-OutputArea-output {selector}".strip()

        def output() -> str:
            said = [e.text for e in self.cell(text).find_elements(By.CSS_SELECTOR, place)]
            return "\n".join(said) if words in "\n".join(said) else ""

        return str(self.page.until(f"{words!r} below the cell {text!r}", output))

    def drawn(self, text: str) -> str:
        """The SVG picture below the cell with a text, once it can be seen."""

        def picture() -> str:
            found = self.cell(text).find_elements(By.CSS_SELECTOR, ".jp-OutputArea-output img")
            seen = [image for image in found if image.get_property("naturalWidth")]
            return str(seen[0].get_attribute("src")) if seen else ""

        kind, _, source = self.page.until(f"a picture below {text!r}", picture).partition(",")
        assert kind.startswith("data:image/svg+xml"), kind
        return b64decode(source).decode() if kind.endswith("base64") else unquote(source)

    def validate(self) -> None:
        """Press nbgrader's Validate, which saves the notebook first."""
        self.page.click(".jp-Toolbar button, .jp-Toolbar jp-button", "Validate")

    def _edit(self, text: str) -> None:
        """Put the cursor into the editor of a cell."""
        editor = self.cell(text).find_element(By.CSS_SELECTOR, ".cm-content")
        self.page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", editor)
        self.page.until("the cursor in its editor", lambda: self._focused(editor))

    def _focused(self, editor: WebElement) -> bool:
        try:
            editor.click()
        except WebDriverException:
            return False
        return bool(self.page.driver.execute_script("return document.activeElement === arguments[0]", editor))
