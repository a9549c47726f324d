"""The site as a learner meets it: a real browser, a plain web server, Python in the browser, no network."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from selenium.webdriver.common.by import By

from autograder.authors.bundle import CODE, code
from autograder.authors.site.build import Site, build_site, write_workflow
from autograder.cli import main
from autograder.errors import GradfnError
from autograder.student.play import DARK_PICTURE
from autograder.units.kit import Kit
from tests.browser import Page, chromium
from tests.conftest import ROOT
from tests.site.served import SiteNotebook, pyodide, served, verdicts_there
from tests.site.verdicts import verdicts

#: A folder of the server: a site need not be at the root of one.
WHERE = "courses/fall"
#: One line each: the editor may indent by itself.
WRONG = "def step(z): return np.where(z > 0, 1, 0)", "def sign(z): return np.where(z >= 0, 1, -1)"

DROP = """
const dataTransfer = new DataTransfer();
Object.entries(arguments[0]).forEach(([name, text]) => dataTransfer.items.add(new File([text], name)));
document.body.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer}));
"""

SLOW = (
    "def product_rule(a, b, out): a.grad += out.grad * b.data; b.grad += out.grad * a.data; "
    "[__import__('time').sleep(0.1) for _ in 'abc']"
)


class Learner:
    """A browser on the site, with a folder for what it downloads."""

    def __init__(self, page: Page, url: str, downloads: Path, asked: Counter[str]) -> None:
        self.page, self.url, self.downloads, self.asked = page, url, downloads, asked

    def front(self) -> Page:
        """The front page."""
        self.page.open(self.url)
        self.page.one(".unit")
        return self.page

    def points(self) -> str:
        """What the front page says of the first unit."""
        return self.front().one("#perceptron .top p").text

    def unit(self, name: str) -> SiteNotebook:
        """A unit, opened from the front page, with its set-up run."""
        self.front().click(f"#{name} .main")
        notebook = SiteNotebook(self.page)
        if name == "perceptron":
            notebook.run_cell("import numpy")
        notebook.run_cell("check, hint = unit")
        return notebook

    def file(self, unit: str, item: str, name: str) -> Path:
        """A file, downloaded by its button on the front page."""
        self.front().click(f"#{unit} summary")
        self.page.click(f"#{unit} details button", item)
        file = self.downloads / name
        self.page.until(f"{name} downloaded", file.exists)
        return file


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Site]:
    """The server's folder, and the site in a folder of it, made once: with Pyodide in it, if it is here."""
    root = tmp_path_factory.mktemp("server")
    (root / WHERE).parent.mkdir()
    return root, build_site(Kit(ROOT), root / WHERE, str(pyodide()))


@pytest.fixture(scope="module")
def learner(built: tuple[Path, Site], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    downloads = tmp_path_factory.mktemp("downloads")
    with served(built[0]) as (url, asked), chromium() as driver:
        driver.set_script_timeout(110)
        driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)}
        )
        yield Learner(Page(driver, 200), f"{url}{WHERE}/", downloads, asked)


def test_nothing_private_is_in_the_site(built: tuple[Path, Site]) -> None:
    """All torch-free units are; no solution, mistake, course secret or judge's own side is, in no archive."""
    root, site = built
    kit = Kit(ROOT)
    assert site.units == tuple(u.name for u in kit.units() if "torch" not in u.declaration.packages)
    private = _secret_lines(site.units)
    assert len(private) > 300
    texts = {p.relative_to(root / WHERE).as_posix(): p for p in (root / WHERE).rglob("*") if p.is_file()}
    names, found = [*texts], []
    for name, path in texts.items():
        if name.startswith(("build/", "pyodide/")):
            continue
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                names += wheel.namelist()
                contents = {f"{name}/{n}": wheel.read(n) for n in wheel.namelist()}
        else:
            contents = {name: path.read_bytes()}
        for where, data in contents.items():
            lines = {line.strip() for line in data.decode("utf-8", "replace").splitlines()}
            found += [(where, line) for line in private & lines]
    assert found == []
    rooms = ("solutions", "autograder/grading", "autograder/nbgrader", "autograder/authors", "tests/")
    assert [name for name in names if any(room in name for room in rooms)] == []


def _secret_lines(units: tuple[str, ...]) -> set[str]:
    """Long lines that stand in solutions, and in nothing that students receive."""
    files = [path.read_bytes() for path in (ROOT / "exercises").rglob("*.*") if path.is_file()]
    public = {line for data in (*files, *(path.read_bytes() for path in code(CODE))) for line in _lines(data)}
    solutions = (path for unit in units for path in (ROOT / "solutions" / unit).glob("*.py"))
    private = {line for path in solutions for line in _lines(path.read_bytes())}
    return {line for line in private - public if len(line) > 30}


def _lines(data: bytes) -> set[str]:
    return {line.strip() for line in data.decode("utf-8", "replace").splitlines()}


def test_a_learner_writes_reads_the_card_goes_away_and_comes_back(
    learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong, card, hint, right, reload, download: a course gives the files the points of the page."""
    assert "0 / 25 points" in learner.points()
    notebook = learner.unit("perceptron")
    notebook.write("def step(", *WRONG)
    notebook.run()
    notebook.run_cell('check("step")')
    card = notebook.shown('check("step")', "public checks passed")
    assert "Looks like: 0 counted as negative in step. z = 0 belongs to the positive class" in card
    assert "step: 2 of 4 public checks passed, 2 / 4 points" in card
    notebook.add('check("step")', 'hint("step")')
    assert "hint 1 of 3" in notebook.shown('hint("step")', "hint")

    notebook.write("def step(", *(line.replace("z > 0", "z >= 0") for line in WRONG))
    notebook.run()
    notebook.run_cell('check("step")')
    notebook.shown('check("step")', "4 of 4 public checks passed")
    notebook.stored("4 of 4 public checks passed")
    assert "4 / 25 points · 1 of 6 exercises" in learner.points()

    learner.front().click("#perceptron .main")
    again = SiteNotebook(learner.page)
    assert "z >= 0" in again.cell("def step(").text
    again.shown('check("step")', "4 of 4 public checks passed")

    for item, name in (("Download notebook", "perceptron.ipynb"), ("Download .py", "perceptron.py")):
        file = learner.file("perceptron", item, name)
        assert main(["judge", "perceptron", str(file), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["points"] == 4.0


def test_an_endless_loop_ends_and_costs_nothing_else(learner: Learner) -> None:
    """In a check and in a cell it is stopped; a value's picture, play() and the kernel work as before."""
    notebook = learner.unit("graph")
    notebook.write("def topo_order(", "def topo_order(root): return any(False for _ in iter(int, 1))")
    notebook.run()
    notebook.run_cell('check("topo_order")')
    notebook.shown('check("topo_order")', "a loop that does not end")
    notebook.add('check("topo_order")', "import autograder.jupyter as j; j.SECONDS = 0.5")
    notebook.write("def product_rule(", SLOW)
    notebook.run()
    notebook.run_cell('check("product_rule")')  # a check has a limit of its own, which may be the longer one
    notebook.shown('check("product_rule")', "3 of 3 public checks passed")
    notebook.add("j.SECONDS = 0.5", "while True: 3")
    notebook.shown("while True: 3", "ran for 0.5 s and was stopped")
    notebook.add("while True: 3", "from engine import Value; a = Value(2.0, label='a'); a * a + 1")
    assert "AccumulateGrad" not in notebook.drawn("a * a + 1")
    notebook.add("a * a + 1", 'from autograder.jupyter import play; play("graph")')
    notebook.shown('play("graph")', "Waits until all checks of topo_order and backward pass")


def test_a_script_from_home_goes_on_here(learner: Learner, tmp_path: Path) -> None:
    """A .py is uploaded; its answers are in the notebook, and what was there before is kept."""
    script = tmp_path / "forward.py"
    shutil.copyfile(ROOT / "exercises" / "forward" / "forward.py", script)
    text = script.read_text(encoding="utf-8")
    before, _, after = text.partition("    # YOUR CODE HERE\n    raise NotImplementedError()\n")
    script.write_text(f"{before}    return x @ W + b  # from home\n{after}", encoding="utf-8")
    page = learner.front()
    for words in ("you go on with forward.py.", "What was here is kept as forward/forward until"):
        page.driver.find_element(By.ID, "upload").send_keys(str(script))
        page.one("#said", words)
    (tmp_path / "notes.py").write_text("", encoding="utf-8")
    page.driver.find_element(By.ID, "upload").send_keys(str(tmp_path / "notes.py"))
    assert "which unit is notes.py of?" in page.one("#said.bad", "unit").text
    page.click("#forward .main", "Continue")
    assert "from home" in SiteNotebook(page).cell("def linear(").text


def test_files_are_dropped_and_a_unit_begins_again(learner: Learner, built: tuple[Path, Site]) -> None:
    """Each of several files goes to its unit; Start again puts the stub back, and keeps what was there."""
    page = learner.front()
    texts = {
        f"{unit} (1).ipynb": (built[0] / WHERE / "files" / unit / f"{unit}.ipynb").read_text(encoding="utf-8")
        for unit in ("init", "xor")
    }
    texts = {name: text.replace("YOUR CODE HERE", "mine") for name, text in texts.items()}
    page.driver.execute_script(DROP, texts)
    said = page.one("#said", "XOR, trained: you go on with xor (1).ipynb.").text
    assert "Initialisation: you go on with init (1).ipynb." in said
    page.click("#xor summary")
    page.click("#xor details button", "Start again")
    page.driver.switch_to.alert.accept()
    page.one("#said", "What was here is kept as xor/xor until")
    assert [page.one(f"#{unit} .main").text for unit in ("init", "xor")] == ["Continue", "Start"]


def test_a_picture_in_a_picture_is_turned_dark_once(learner: Learner) -> None:
    """The graph of play("graph") stands in the svg of its film: turned twice, it would be light again."""
    driver = learner.front().driver
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    driver.get(f"data:text/html,<style>{DARK_PICTURE}</style><svg><svg></svg></svg>")
    filters = "return [...document.querySelectorAll('svg')].map((svg) => getComputedStyle(svg).filter)"
    assert driver.execute_script(filters) == ["invert(0.93) hue-rotate(180deg)", "none"]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_judge_says_the_same_in_the_browser(learner: Learner, kit: Kit) -> None:
    """Right answers pass and mistakes are named as at home, also for an overflow.

    tests/site/sweep.py does this with all exercises.
    """
    there = verdicts_there(learner.front(), "activations", "sigmoid")
    assert there == verdicts(kit, "activations", "sigmoid")
    assert there["sigmoid · overflow on the negative side"] == "overflow on the negative side"


def test_what_cannot_be_built_is_said_and_nothing_is_lost(tmp_path: Path, kit: Kit) -> None:
    """A folder of somebody's own, a folder without Pyodide, or with another one."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(GradfnError, match="not empty, and not an earlier site"):
        build_site(kit, own)
    with pytest.raises(GradfnError, match=r"holds no Pyodide: it lacks pyodide\.js"):
        build_site(kit, tmp_path / "site", str(own))
    for name in ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"):
        (own / name).touch()
    (own / "pyodide-lock.json").write_text('{"info": {"version": "0.29.1"}}', encoding="utf-8")
    with pytest.raises(GradfnError, match=r"holds Pyodide 0\.29\.1: this JupyterLite needs 0\.27\.7"):
        build_site(kit, tmp_path / "site", str(own))
    assert not (tmp_path / "site").exists()
    assert [path.name for path in own.glob("*.txt")] == ["thesis.txt"]


def test_the_workflow_builds_with_the_command(tmp_path: Path) -> None:
    """The file is where GitHub looks, and runs what is in pyproject.toml and here."""
    file = write_workflow(tmp_path)
    assert file == tmp_path / ".github" / "workflows" / "gradfn-site.yml"
    text = file.read_text(encoding="utf-8")
    assert 'pip install -c constraints.txt -e ".[site]"' in text
    assert "gradfn site public\n" in text
    workflow = yaml.safe_load(text)
    (job,) = workflow["jobs"].values()
    assert workflow[True]["push"]["branches"] == ["main", "master"]  # YAML 1.1 reads `on` as True
    uses = [step["uses"] for step in job["steps"] if "uses" in step]
    assert len(uses) == 4
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in uses)
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    (upload,) = (step for step in job["steps"] if "upload" in step.get("uses", ""))
    assert upload["with"]["path"] == "public"
