"""The report's page: fill in the template and write the file.

    write_report(course, unit, file)    gather, draw and write
    render(report, today)               the page as a text
    template(folder)                    the template of a page

The template is page.html. All text in it is escaped; pictures stand in <img>, where no script can run.
"""

from __future__ import annotations

import base64
import statistics
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from autograder.nbgrader.course import Course
from autograder.nbgrader.inbox import not_taken
from autograder.nbgrader.marks import Person
from autograder.nbgrader.report import plots
from autograder.nbgrader.report.gather import ENDS, REASONS, ClassReport, StudentLine, gather
from autograder.nbgrader.report.item_analysis import FEW, Item
from autograder.student.pages import write
from autograder.units.kit import KitUnit

NAMES = 4  # students named in a cell; the rest is counted
SHARED_SHOWN = 15  # shared answers shown; the rest is counted
MANY = 20  # if more students are to be looked at, they are grouped by their reasons


def write_report(course: Course, unit: KitUnit, file: Path | None = None) -> tuple[Path, str]:
    """Write the class report of a unit, by default to reports/UNIT.html; its file, and the class in a phrase.

    Raises NotFound if nothing is graded yet, GradfnError if the file cannot be written.
    """
    report = gather(course, unit)
    page = render(report, date.today(), not_taken(course))
    return write(page, file or course.root / "reports" / f"{unit.name}.html"), _words(report)


def _words(report: ClassReport) -> str:
    """The class in a phrase."""
    count = len(report.scores)
    said = f"{count} of {len(report.lines)} graded"
    if count:
        said += f", {statistics.fmean(report.scores):.3g} of {report.max_score:g} points on average"
    for others, one, many in (
        (report.to_look_at, "needs attention", "need attention"),
        (report.waiting, "waits for a person", "wait for a person"),
        (report.missing, "without a submission", "without a submission"),
    ):
        said += f", {len(others)} {one if len(others) == 1 else many}" if others else ""
    return said


def render(report: ClassReport, today: date, not_taken: Sequence[str] = ()) -> str:
    """The page, self-contained."""
    return template(Path(__file__).parent).render(
        report=report,
        today=f"{today.day} {today:%B %Y}",
        facts=_facts(report),
        groups=_groups(report.to_look_at),
        not_taken=not_taken,
        many=MANY,
        shared_shown=SHARED_SHOWN,
        rows=_rows(report.items),
        error=f"{1.96 / report.attempts**0.5:.2f}" if report.attempts else "",
        few=FEW,
        ends=ENDS,
        pictures=_pictures(report),
    )


def template(folder: Path) -> Template:
    """The page.html of a folder; what is put into it is escaped."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": "{:.4g}".format, "percent": "{:.0%}".format, "names": _names}
    return environment.get_template("page.html")


def _facts(report: ClassReport) -> list[tuple[str, str]]:
    """The class in numbers, each with its words."""
    scores, most = report.scores, report.max_score
    everyone = len(report.lines) + len(report.missing)
    handed_in = f"of {everyone} handed in" if report.missing else "handed in"
    facts = [(str(len(report.lines)), handed_in), (str(len(scores)), "have a score")]
    if scores:
        facts += [
            (f"{statistics.fmean(scores):.3g}", f"mean, of {most:g}"),
            (f"{statistics.median(scores):.3g}", "median"),
            (str(sum(score >= most for score in scores)), "with all points"),
        ]
    waiting = [(str(len(report.waiting)), "wait for a person")] * bool(report.waiting)
    return [*facts, (str(len(report.to_look_at)), "need attention"), *waiting]


def _groups(lines: Sequence[StudentLine]) -> dict[str, list[StudentLine]]:
    """The lines to look at: a few in one group, many by their most urgent reason."""
    if len(lines) <= MANY:
        return {"": list(lines)}
    groups: dict[str, list[StudentLine]] = {}
    for line in lines:
        groups.setdefault(REASONS[next(iter(line.reasons))], []).append(line)
    return groups


def _rows(items: tuple[Item, ...]) -> list[tuple[int, Item]]:
    """The items with the numbers of the checks; an exercise as a whole has 0."""
    rows, number = [], 0
    for item in items:
        number += bool(item.check)
        rows.append((number if item.check else 0, item))
    return rows


def _names(people: tuple[Person, ...]) -> str:
    """Students' ids; of many, the first and how many more."""
    shown = ", ".join(person.id for person in people[:NAMES])
    return f"{shown} and {len(people) - NAMES} more" if len(people) > NAMES else shown


def _pictures(report: ClassReport) -> Mapping[str, str]:
    """The pictures for which there is data, as data URLs."""
    drawn: dict[str, Any] = {}
    if report.scores:
        drawn["distribution"] = partial(plots.distribution, report.scores, report.max_score)
    if any(line.ends for line in report.lines):
        drawn["endings"] = partial(plots.endings, report)
    if any(item.check and item.discrimination is not None for item in report.items):
        drawn["checks"] = partial(plots.item_map, report.items)
    if any(len(mistake.who) > 1 for mistake in report.mistakes):  # bars of length 1 say nothing
        drawn["mistakes"] = partial(plots.mistakes, report.mistakes)
    return {name: data_url(draw()) for name, draw in drawn.items()}


def data_url(svg: str) -> str:
    """A picture as the address of an <img>."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
