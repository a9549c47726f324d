"""The public checks where a service runs them on every push: cards, result.json, and a summary on GitHub.

    main(unit)         judge the unit's answers in the kit around the working directory; the exit status
    judged(kit, unit)  the results; answers that hang or end their process cost only the check they are in

The repository and the machine are the student's, so nothing here is secret and nothing is proved.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from autograder.answers.convert import notebook_file, to_script
from autograder.errors import GradfnError, KitFault
from autograder.judging.card import PUBLIC_ONLY, points_text, without_repeats
from autograder.judging.results import Result
from autograder.student.submit import choose_file
from autograder.student.watch.judgement import Judgement
from autograder.student.watch.processes import Exit, Message, Opened, Process
from autograder.units.kit import Kit, KitUnit

RESULT = Path("result.json")


def main(name: str) -> int:
    """Judge, print the cards, write result.json and the summary; 2 if it could not be judged."""
    kit = Kit.here()
    unit = kit.unit(name)
    try:
        if choose_file(unit) == notebook_file(unit):
            to_script(unit)
        results = judged(kit, unit)
    except GradfnError as error:
        RESULT.write_text(json.dumps({"unit": name, "error": str(error)}) + "\n", encoding="utf-8")
        print(f"gradfn: {error}")
        return 2
    points = sum(result.points for result in results)
    words = points_text(points, unit.points)
    tests = [
        {
            "name": f"{result.exercise}.{result.check}",
            "status": "pass" if result.status == "passed" else "fail",
            "score": result.points,
            "max_score": result.max_points,
            "output": result.message,
        }
        for result in results
    ]
    whole = {"unit": name, "score": points, "max_score": unit.points, "public": True, "tests": tests}
    RESULT.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    cards = "\n\n".join(without_repeats(result.message for result in results))
    print(f"{cards}\n\n{words}. {PUBLIC_ONLY}")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(_summary(unit, results, words))
    return 0


def judged(kit: Kit, unit: KitUnit) -> list[Result]:
    """The results of all public checks; raises KitFault if the judging process does not start."""
    events: SimpleQueue[Message | Exit | Opened] = SimpleQueue()
    judgement = Judgement(unit.name, unit.exercises, lambda name: Process(kit.root, name, events.put))
    found: dict[tuple[str, str], Result] = {}
    while not judgement.over:
        with suppress(Empty):
            event = events.get(timeout=0.2)
            for each in () if isinstance(event, Opened) else judgement.receive(event):
                found[each.result.exercise, each.result.check] = each.result
        judgement.enforce_limit()
    if judgement.fault:
        raise KitFault(judgement.fault)
    return list(found.values())


def _summary(unit: KitUnit, results: Sequence[Result], words: str) -> str:
    """The table of exercises, and below it the cards of what does not pass, as GitHub's Markdown."""
    rows = [(name, [result for result in results if result.exercise == name]) for name in unit.exercises]
    table = [
        f"| {name} | {sum(r.status == 'passed' for r in own)} of {len(own)} | "
        f"{points_text(sum(r.points for r in own), sum(r.max_points for r in own))} |"
        for name, own in rows
    ]
    cards = [r.message for r in results if r.status != "passed"]
    below = ["", "````text", "\n\n".join(without_repeats(cards)), "````"] if cards else []
    head = [f"## {unit.name}: {words}", "", PUBLIC_ONLY, ""]
    table[:0] = ["| exercise | passed | points |", "|---|---|---|"]
    return "\n".join([*head, *table, *below, ""])
