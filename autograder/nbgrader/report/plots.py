"""The report's pictures, as SVG: small files, sharp in print, readable without colour.

    distribution(scores, max_score)    a histogram of the scores
    closest(shares)                    how much each submission shares with its nearest one
    endings(report)                    how each exercise ended
    item_map(items)                    difficulty against discrimination
    mistakes(named)                    the most common known mistakes

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; hatches and numbers say
the same. Text stays text, so a picture takes a few kilobytes, and no text is read as a formula.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.nbgrader.report.gather import ENDS, ClassReport, NamedMistake
from autograder.nbgrader.report.item_analysis import Item

WIDTH = 4.9  # inches: readable in a column and on a phone
BARS = 20  # the most bins
SHOWN = 15  # the most mistakes
GREY, BLUE, RED = "#555555", "#0072B2", "#D55E00"
END_STYLES = {  # colour and hatch
    "right": ("#009E73", ""),
    "known": ("#E69F00", "//"),
    "wrong": ("#D55E00", "xx"),
    "error": ("#CC79A7", "--"),
    "timeout": ("#0072B2", "\\\\"),
    "not done": ("#CFCFCF", ""),
    "not run": ("#FFFFFF", "||"),
}
STYLE: dict[Any, Any] = {  # matplotlib declares the type of each key
    "svg.fonttype": "none",
    "svg.hashsalt": "gradfn",
    "text.parse_math": False,
    "font.size": 9.5,
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}
#: Without date and creator: the same class gives the same file.
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))

Arguments = ParamSpec("Arguments")


def _drawn(draw: Callable[Arguments, Figure]) -> Callable[Arguments, str]:
    """The SVG of a figure, drawn in our style."""

    @wraps(draw)
    def drawn(*arguments: Arguments.args, **named: Arguments.kwargs) -> str:
        with matplotlib.rc_context(STYLE):
            file = io.StringIO()
            draw(*arguments, **named).savefig(file, format="svg", metadata=NO_METADATA)
        return file.getvalue()

    return drawn


def _axes(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


@_drawn
def distribution(scores: Sequence[float], max_score: float) -> Figure:
    """A histogram of the scores, with their median."""
    figure, axes = _axes(2.8)
    width = max(1, math.ceil(max_score / BARS))
    start = -0.5 if width == 1 else 0.0  # if every number of points has a bar, the bar is centred on it
    edges = np.arange(start, max(max_score, max(scores)) + width, width)
    axes.hist(scores, edges.tolist(), color=BLUE, edgecolor="white", linewidth=0.8)
    median = float(np.median(scores))
    axes.axvline(median, color=RED, linestyle="--", linewidth=1.5)
    near = median > max_score / 2
    axes.annotate(
        f"median {median:g} ",
        (median, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if near else 4, 2),
        textcoords="offset points",
        ha="right" if near else "left",
        color=RED,
    )
    axes.set_xlabel(f"points, of {max_score:g}")
    axes.set_ylabel("submissions")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


@_drawn
def closest(shares: Sequence[float]) -> Figure:
    """A histogram of how much each submission shares with its nearest other one."""
    figure, axes = _axes(2.4)
    axes.hist(shares, np.linspace(0, 1, BARS + 1).tolist(), color=BLUE, edgecolor="white", linewidth=0.8)
    axes.set_xlabel("share of what is peculiar")
    axes.set_ylabel("submissions")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


@_drawn
def endings(report: ClassReport) -> Figure:
    """A bar for each exercise, divided by how it ended."""
    counts = {exercise: report.end_counts(exercise) for exercise in report.exercises}
    figure, axes = _axes(1.3 + 0.36 * len(counts))
    left = np.zeros(len(counts))
    total = sum(next(iter(counts.values())).values())
    for end, words in ENDS.items():
        sizes = np.array([found[end] for found in counts.values()], float)
        if not sizes.any():
            continue
        colour, hatch = END_STYLES[end]
        bars = axes.barh(
            list(counts), sizes, 0.72, left, color=colour, hatch=hatch, edgecolor=GREY, label=words
        )
        texts = [f"{size:g}" if size >= total / 14 else "" for size in sizes]
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}
        for text in axes.bar_label(bars, texts, label_type="center", fontsize=8.5):
            if text.get_text():
                text.set_bbox(box)
        left += sizes
    axes.invert_yaxis()
    axes.set_xlim(0, total)
    axes.set_xlabel("submissions")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8.5)
    return figure


@_drawn
def item_map(items: Sequence[Item]) -> Figure:
    """Each check by difficulty and discrimination; flagged checks have their number."""
    figure, axes = _axes(3.4)
    axes.axhspan(-1, 0.2, color="#F0F0F0")
    axes.axhline(0, color=GREY, linewidth=0.8)
    checks = [(number, item) for number, item in enumerate((i for i in items if i.check), 1)]
    for flagged, colour, marker in ((False, BLUE, "o"), (True, RED, "D")):
        shown = [(n, i) for n, i in checks if i.discrimination is not None and bool(i.flag) is flagged]
        x, y = [i.share * 100 for _, i in shown], [i.discrimination or 0.0 for _, i in shown]
        axes.scatter(x, y, s=30, c=colour, marker=marker, alpha=0.75, linewidths=0, zorder=3)
        if flagged:
            for number, item in shown:
                where = (item.share * 100, item.discrimination or 0.0)
                axes.annotate(f"{number}", where, (5, 3), textcoords="offset points", fontsize=8.5, color=RED)
    low = min((i.discrimination for _, i in checks if i.discrimination is not None), default=0.0)
    axes.set_xlim(-3, 103)
    axes.set_ylim(min(-0.1, low - 0.1), 1.05)
    axes.text(0, 0.185, "below 0.2: poor", fontsize=8.5, color=GREY, va="top")
    axes.set_xlabel("submissions that pass, in %")
    axes.set_ylabel("discrimination")
    return figure


@_drawn
def mistakes(named: Sequence[NamedMistake]) -> Figure:
    """The most common known mistakes, by the number of submissions."""
    shown = named[:SHOWN]
    labels = [textwrap.fill(f"{each.exercise}: {each.title}", 32) for each in shown]
    heights = [0.16 + 0.17 * (1 + label.count("\n")) for label in labels]
    figure, axes = _axes(0.7 + sum(heights))
    middles = np.cumsum(heights) - np.array(heights) / 2
    counts = [len(each.who) for each in shown]
    bars = axes.barh(middles, counts, 0.24, color="#E69F00", hatch="//", edgecolor=GREY)
    axes.bar_label(bars, padding=3)
    axes.set_yticks(middles, labels, fontsize=8.5)
    axes.set_ylim(sum(heights), 0)
    axes.set_xlim(0, max(counts) * 1.1)
    axes.set_xlabel("submissions")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure
