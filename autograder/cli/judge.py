"""`gradfn judge UNIT FILE`: judge one file, without a course."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from autograder.cli.commands import command
from autograder.cli.common import kit_to_grade, manual_text, points
from autograder.errors import BadSubmission, NotFound
from autograder.units.lookup import find_unit


@command("judge", "UNIT", "--kit", "--unconfined")
def _judge(arguments: argparse.Namespace) -> int:
    """Judge one file, without a course.

    Prints a card for each check, then the points. Exit status 0 whatever the score, or with --min 1 if
    it is lower; 2 if the file cannot be judged.

        FILE                 the student's .py or .ipynb file
        --json               print one JSON object
        --min POINTS=0.0     exit status 1 below so many points, for a script or CI
        --seed N=0           the seed of the inputs (default: 0, the seed of the public checks)
        --tier TIER=cpu|gpu  cpu (default), or gpu: the unit's checks in float32 and bfloat16 on a CUDA
            device

        gradfn judge activations bob/activations.ipynb
        gradfn judge activations activations.py --json --seed 7
        gradfn judge activations activations.py --min 30
    """
    unit = find_unit(kit_to_grade(arguments), arguments.unit)
    from autograder.grading.isolation import begin

    begin(unit)  # while this process imports the rest
    from autograder.grading.grade import judge_file
    from autograder.judging.card import PUBLIC_ONLY, points_text, without_repeats
    from autograder.units.recorded import PUBLIC_SEED

    try:
        report = judge_file(unit, Path(arguments.file), arguments.seed, arguments.tier)
    except (BadSubmission, NotFound) as error:
        if arguments.json:  # for the program that reads it
            print(json.dumps({"unit": unit.name, "file": str(arguments.file), "error": str(error)}))
        raise
    status = int(report.points < arguments.min)
    if arguments.json:
        print(json.dumps(report.to_dict(), ensure_ascii=False))
        return status
    on_gpu = report.gpu.checks if report.gpu and arguments.tier == "gpu" else ()
    print("\n\n".join(without_repeats(result.message for result in (*report.checks, *on_gpu))), end="\n\n")
    for note in report.notes:
        print(f"note: {note}")
    for question in report.manual:
        state = "answered" if question.answered else "not answered"
        print(f"{question.question}: {state}; a person grades it, for up to {points(question.max_points)}")
    if arguments.tier == "cpu":
        total = points_text(report.points, report.max_points)
        print(f"{report.file}: {total}{manual_text(unit)}")
    if report.gpu:
        print(f"{report.file}: {report.gpu.words}")
    if arguments.tier == "cpu" and report.seed == PUBLIC_SEED and report.points == report.max_points:
        print(PUBLIC_ONLY)
    return status
