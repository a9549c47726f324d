"""Attacks on the person who reads a submission: links, markup, formulas and files in what the browser opens.

MathJax comes from this machine (jupyter-server-mathjax), where nbconvert's template would load it from a CDN.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import quote

import nbconvert
import nbformat
import pytest
from nbformat.v4 import new_code_cell
from selenium.webdriver.common.by import By

from autograder.nbgrader.classes import grade_class
from autograder.nbgrader.course import FORMGRADER, Course, make_course, open_course
from autograder.nbgrader.formgrader import write_settings
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.steps import nbgrader_api, release, write_feedback
from autograder.nbgrader.templates import FOLDERS
from autograder.units.kit import Kit
from tests.browser import Page, Server, chromium, serving
from tests.conftest import ROOT
from tests.damaged_class import cell

UNIT, QUESTION = "perceptron", "no_line_for_xor"
LINK = r"$\href{http:figure.html}{\text{%s}}$"
VISIBLE = LINK % "visible"
INVISIBLE = (
    r"$\smash{\rlap{\href{http:figure.html}{\begin{matrix}" + r"\qquad" * 40 + r"\\" + r"\end{matrix}}}}$"
)
MARKUP = '<a href="figure.html">a link</a><img src=x onerror="window.owned = 1">'
#: What MathJax, Markdown or a browser makes a link, a frame, a style or a form of, where it is let.
VARIANTS = (
    r"\(\href{http:figure.html}{a}\) $$\href{http:figure.html}{b}$$ \[\href{http:figure.html}{c}\]",
    r"\begin{equation}\href{http:figure.html}{d}\end{equation} \ref{e} \eqref{e} $\label{e}$",
    r"$\require{html}\class{btn}{f}\cssId{owned}{g}\style{position:fixed;top:0;left:0}{h}\toolTip{i}{j}$",
    r"$\def\x{\href{http:figure.html}{k}}\x \newcommand{\y}[1]{\x}\y{l} \unicode{x202e}\bbox[red]{m}$",
    r"&#36;\href{http:figure.html}{n}&#36; &lt;a href=figure.html&gt;o&lt;/a&gt; \$\href{figure.html}{p}\$",
    '<math href="figure.html"><maction actiontype="statusline#http://example.org/">q</maction></math>',
    "[r](figure.html) [s][t] <http://example.org/> http://example.org/ www.example.org eve@example.org",
    "![u](http://example.org/u.png) [v](data:text/html;base64,PHNjcmlwdD4=) [w](JaVaScRiPt:window.owned=7)",
    "<style>@import url(http://example.org/x.css); * { background: url(//example.org/y) }</style>",
    '<svg><animate onbegin="window.owned = 8" attributeName=x /><use href="data:image/svg+xml,x#y"/></svg>',
    '<iframe srcdoc="<script>parent.owned = 9</script>"></iframe><object data="figure.html"></object>',
    '<form action="//example.org"><button formaction="figure.html">z</button></form><base href=//x>',
    '<meta http-equiv="refresh" content="0;url=figure.html"><link rel=stylesheet href="//example.org/x.css">',
    "</pre></div></div>{{ 7 * 7 }} {% raw %} ]]> --> <!-- <![CDATA[ <xmp> <plaintext> <textarea> <title>",
)
OUTPUTS = f"""
from IPython.display import HTML, SVG, Latex, Markdown, display
display(HTML('''{MARKUP}<script>window.owned = 2</script>'''))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="window.owned = 3"><a href="f.html"/></svg>'))
display(Latex(r'''{VISIBLE}'''), Markdown('[a link](figure.html)'))
print(r'''{VISIBLE}''')
raise ValueError(r'''{" ".join(VARIANTS)}''')
"""
#: Of a page, wherever it may stand: what leads to a student's file or to another machine.
EVERYWHERE = """[...document.querySelectorAll('*')].filter(e => /figure.html|example.org|owned/.test(
    [...e.attributes].map(a => a.value).join())).map(e => e.outerHTML.slice(0, 300))"""
WRITES = ("contents/mine.txt", "kernels", "terminals")
#: Addresses that a link can have, in a mail too. {0} is a submission, {1} its folder, {2} markup.
STRANGE = (
    "formgrader?path={1}",
    "formgrader/submissions/{0}/..%2f..%2f..%2fsubmitted/eve/perceptron/figure.html",
    *(f"formgrader/submissions/{{0}}/{path}" for path in ("{1}/figure.html", "../../../.gradfn/secret")),
    *(f"formgrader/{page}/{{2}}" for page in ("manage_submissions", "gradebook", "manage_students")),
    *(f"formgrader/{page}/x/{{2}}" for page in ("gradebook", "manage_students", "api/submission")),
)
#: How course and Jupyter are made. The first has nbgrader's own page: MathJax runs, and names are markup.
OLD, NEW, OLD_IN_OURS = "made by 0.1.0", "made now", "made by 0.1.0, gradfn formgrader"


@dataclass(frozen=True)
class Place:
    """A course that eve has handed in to, the grader's JupyterLab, and how both were made."""

    course: Course
    lab: Server
    kind: str


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    pytest.importorskip(
        "jupyter_server_mathjax", reason="no MathJax here: pip install jupyter-server-mathjax"
    )
    with chromium() as driver:
        yield Page(driver)


@pytest.fixture(scope="module", params=[OLD, NEW, OLD_IN_OURS])
def place(
    request: pytest.FixtureRequest, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The course, whose configuration is that of this version or of 0.1.0."""
    root = tmp_path_factory.mktemp("pages")
    course = make_course(root / "course", Kit(ROOT))
    config = course.root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    if request.param != NEW:
        assert FORMGRADER in text
        text = text.replace(FORMGRADER, "")
    if request.param != OLD_IN_OURS:
        text += f"c.HTMLExporter.extra_template_basedirs = {[str(_local_mathjax(root)), FOLDERS[1]]!r}\n"
    config.write_text(text, encoding="utf-8")
    course = open_course(course.root)
    unit = course.unit(UNIT)
    release(course, unit)
    _hand_in(course)
    grade_class(course, unit)
    with gradebook(course) as opened:
        first, last = ("Eve", "Ling") if request.param == OLD else (MARKUP, LINK % "name")
        opened.update_or_create_student("eve", first_name=first, last_name=last)
    settings = {"JUPYTER_CONFIG_PATH": str(write_settings(course))} if request.param == OLD_IN_OURS else {}
    with serving(course.root, **settings) as lab:
        yield Place(course, lab.ready(), request.param)


def _local_mathjax(root: Path) -> Path:
    """A folder with nbconvert's own template of MathJax, which loads it from the Jupyter of the test."""
    (base,) = (
        Path(nbconvert.__file__).parents[4].glob("share/jupyter/nbconvert/templates/base/mathjax.html.j2")
    )
    here = "/static/jupyter_server_mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe"
    macro, changed = re.subn(r'url="https://[^"]*"', f'url="{here}"', base.read_text(encoding="utf-8"))
    assert changed == 1
    (root / "templates" / "formgrade").mkdir(parents=True)
    (root / "templates" / "formgrade" / "mathjax.html.j2").write_text(macro, encoding="utf-8")
    return root / "templates"


def _hand_in(course: Course) -> None:
    """Eve's submission: every attack at once."""
    unit = course.unit(UNIT)
    notebook = nbformat.read(course.released_file(unit), as_version=4)
    cell(notebook, QUESTION).source = "\n".join(
        [unit.questions[QUESTION].text, "", f"{VISIBLE} {INVISIBLE} {MARKUP}", *VARIANTS]
    )
    notebook.cells.append(new_code_cell(OUTPUTS))
    data = json.loads(nbformat.writes(notebook))
    answer = next(
        c for c in data["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "signed_distance"
    )
    answer["cell_type"] = LINK % "note"
    folder = course.submitted_folder(unit, "eve")
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").write_text(json.dumps(data), encoding="utf-8")
    (folder / "figure.html").write_text("<script>window.owned = 4</script>", encoding="utf-8")
    (folder / "nbgrader_config.py").write_text("open(f'{__file__}.has-run', 'w')", encoding="utf-8")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "views.svg").write_text("<svg onload='window.owned = 5'/>", encoding="utf-8")


def _submission(place: Place) -> str:
    """The address of formgrader's page of eve's submission."""
    with gradebook(place.course) as opened:
        return f"formgrader/submissions/{opened.find_submission_notebook(UNIT, UNIT, 'eve').id}/"


def _students_text(page: Page) -> list[str]:
    """The texts of all elements with a student's text; nothing in them is a link or drawn."""
    places = page.all(".tex2jax_ignore") + page.all(".output_subarea") + page.all(".live-notebook a")
    drawn = ":is(a, .MathJax, .MathJax_Preview, img[src^=x], svg, script:not([nonce]))"
    assert [
        found.get_attribute("outerHTML") for e in places for found in e.find_elements(By.CSS_SELECTOR, drawn)
    ] == []
    assert page.driver.execute_script("return window.owned === undefined")
    assert page.driver.execute_script(f"return {EVERYWHERE}") == []
    return [element.text for element in places]


def test_formgrader_shows_what_was_written_as_text(page: Page, place: Place) -> None:
    """Answer, note, outputs and name: no link, no formula, no markup, also where MathJax runs."""
    page.open(place.lab.at(_submission(place)))
    page.one(".tex2jax_ignore", VISIBLE)
    if place.kind == OLD:  # it does typeset the kit's own formulas
        page.until("MathJax is done", lambda: page.all(".MathJax"))
        page.until(
            "MathJax is idle",
            lambda: page.driver.execute_script(
                "return MathJax.Hub.queue.pending === 0 && MathJax.Hub.queue.running === 0"
            ),
        )
    else:
        assert not page.all("script[src*=MathJax]")
    said = "\n".join(_students_text(page))
    for words in (VISIBLE, INVISIBLE, MARKUP, *VARIANTS, f"was turned into {(LINK % 'note')[:20]}"):
        assert words in said


@pytest.mark.parametrize("place", [OLD], indirect=True)  # the others load no MathJax
def test_a_formula_in_a_lesson_can_be_a_link(page: Page, place: Place) -> None:
    """The attack works where the text is not protected: else the test above could not fail."""
    page.open(place.lab.at(_submission(place)))
    page.until("MathJax is done", lambda: page.all(".MathJax"))
    page.driver.execute_script(
        "const p = document.createElement('p'); p.id = 'planted'; p.textContent = arguments[0];"
        "document.querySelector('#notebook').append(p); MathJax.Hub.Queue(['Typeset', MathJax.Hub, p])",
        VISIBLE,
    )
    page.one("#planted a[href]")
    assert page.driver.execute_script(f"return {EVERYWHERE}")


def test_the_page_still_grades(page: Page, place: Place) -> None:
    """Its own scripts run without an error: points are saved, the name can be shown."""
    page.driver.get_log("browser")
    page.open(place.lab.at(_submission(place)))
    page.fill(f"#{QUESTION}.score", "1.5")

    def saved() -> bool:
        with gradebook(place.course) as opened:
            return bool(opened.find_grade(QUESTION, UNIT, UNIT, "eve").manual_score == 1.5)

    page.until("the points saved", saved)
    page.click(".glyphicon-eye-open")
    page.one(".name-shown", "Ling, Eve" if place.kind == OLD else f"{LINK % 'name'}, {MARKUP}")
    assert [entry for entry in page.driver.get_log("browser") if entry["source"] == "javascript"] == []


def test_no_file_of_a_submission_is_served(page: Page, place: Place) -> None:
    """Neither by formgrader nor with the feedback; the unit's own pictures are."""
    unit = place.course.unit(UNIT)
    write_feedback(place.course, unit)
    own = {"pictures/boundary.svg", "pictures/views.svg"}
    for file in (place.course.autograded_file(unit, "eve"), place.course.feedback_file(unit, "eve")):
        found = {str(path.relative_to(file.parent)) for path in file.parent.rglob("*") if path.is_file()}
        assert found - {"timestamp.txt", "submission_secret.txt"} == {file.name, *own}
        assert "onload" not in (file.parent / "pictures" / "views.svg").read_text(encoding="utf-8")
    page.open(place.lab.at(_submission(place) + "figure.html"))
    assert page.driver.execute_script("return window.owned === undefined")


def test_the_feedback_page_runs_nothing(page: Page, place: Place) -> None:
    """It has no script, and a policy that would stop one."""
    unit = place.course.unit(UNIT)
    write_feedback(place.course, unit)
    page.open(place.course.feedback_file(unit, "eve").as_uri())
    said = "\n".join(_students_text(page))
    assert [words for words in (VISIBLE, MARKUP, *VARIANTS) if words not in said] == []
    assert not page.all("script")
    page.driver.execute_script(
        "const s = document.createElement('script'); s.textContent = 'owned = 6'; document.body.append(s)"
    )
    assert page.driver.execute_script("return window.owned === undefined")
    assert page.driver.execute_script("return document.querySelector('img[src*=views]').naturalWidth > 0")


@pytest.mark.parametrize("name", [LINK % "id", "<img src=x>", 'a"b', ".dot"])
def test_an_id_with_markup_comes_into_no_page(place: Place, name: str) -> None:
    """Not even by nbgrader's own API: it is refused before the gradebook has it."""
    folder = place.course.submitted_folder(place.course.unit(UNIT), name)
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").write_text("{}", encoding="utf-8")
    with nbgrader_api(place.course) as api:
        done = api.autograde(UNIT, name, force=True)
    assert not done["success"]
    with gradebook(place.course) as opened:
        assert name not in {student.id for student in opened.students}


@pytest.mark.parametrize("place", [NEW, OLD_IN_OURS], indirect=True)
def test_an_address_leads_to_the_courses_own_pages_only(place: Place) -> None:
    """Not to a folder whose settings would run, nor to a student's file, nor to a page with other markup."""
    folder = place.course.submitted_folder(place.course.unit(UNIT), "eve")
    about = _submission(place).split("/")[2], str(folder), quote("<script>window.owned = 10</script>", "")
    for address in STRANGE:
        assert _ask(place, address.format(*about))[0] in (400, 404), address
    assert [path.name for path in folder.parent.rglob("*.has-run")] == []
    words = f"This formgrader shows the course in {place.course.root} only"
    assert words in _ask(place, f"formgrader?path={folder}")[2]
    assert "Manage Assignments" in _ask(place, f"formgrader?path={place.course.root}")[2]


@pytest.mark.parametrize("place", [NEW, OLD_IN_OURS], indirect=True)
def test_what_the_api_sends_is_no_page(place: Place) -> None:
    """A student's name is in it as it is: a browser would run what it holds."""
    for address in ("students", "student/eve", f"submissions/{UNIT}", f"submitted_notebooks/{UNIT}/{UNIT}"):
        _, headers, text = _ask(place, f"formgrader/api/{address}")
        assert "onerror" in text
        assert headers["Content-Type"].startswith("text/plain")
        assert headers["Content-Security-Policy"].startswith("sandbox;")


def test_its_own_jupyter_can_grade_and_nothing_else(page: Page, place: Place) -> None:
    """`gradfn formgrader` writes no file, starts no kernel and no terminal, and opens nothing as a page.

    A plain Jupyter does.
    """
    allowed = place.kind != OLD_IN_OURS
    told = [_ask(place, f"api/{path}", "PUT" if "/" in path else "POST")[0] for path in WRITES]
    assert told == ([201, 201, 200] if allowed else [403, 403, 404])
    eves = f"submitted/eve/{UNIT}"
    told = [
        _ask(place, f"assignments/validate?path={eves}/{UNIT}.ipynb", "POST")[0],
        _ask(place, f"nbconvert/html/autograded/eve/{UNIT}/{UNIT}.ipynb")[0],
    ]
    assert told == ([200, 200] if allowed else [404, 403])
    policy = _ask(place, f"files/{eves}/figure.html")[1]["Content-Security-Policy"]
    assert policy.partition("sandbox")[2].startswith(" allow-scripts") == allowed


@pytest.mark.parametrize("place", [OLD_IN_OURS], indirect=True)
def test_its_own_buttons_work(page: Page, place: Place) -> None:
    """The policy lets formgrader's own three attributes run."""
    page.open(place.lab.at(f"formgrader/gradebook/{UNIT}/{UNIT}"))
    page.one("td a", "Submission #1")
    page.click("#toggle_names", "Show All Names")
    page.one("td", f"{LINK % 'name'}, {MARKUP}")


def _ask(place: Place, address: str, method: str = "GET") -> tuple[int, Message, str]:
    """What the server answers: status, headers, text."""
    data = {"type": "file", "format": "text", "content": ""} if "contents" in address else {}
    request = urllib.request.Request(
        place.lab.url + address,
        method=method,
        data=json.dumps(data).encode() if method != "GET" else None,
        headers={"Authorization": f"token {place.lab.token}"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(errors="replace")
