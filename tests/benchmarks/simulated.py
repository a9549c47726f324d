"""For `dask worker --preload`: a worker that answers with recorded results, in the place of its sandbox."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.nbgrader import workers
from autograder.nbgrader.bulk import Bench, Judged
from autograder.units.kit import KitUnit

RECORDED = "GRADFN_RECORDED"  # the file with some Judged
_recorded: list[Judged] = []


def dask_setup(_: object) -> None:
    """What Dask calls in the worker."""
    _recorded.extend(pickle.loads(Path(os.environ[RECORDED]).read_bytes()))
    workers.finish = _finish  # type: ignore[assignment]


def _finish(_: Bench, __: KitUnit, begun: Judged) -> Judged:
    kept: dict[str, Any] = {
        "task": begun.task,
        "digests": begun.digests,
        "time": begun.time,
        "doubt": begun.doubt,
    }
    return replace(_recorded[sum(begun.task[1].encode()) % len(_recorded)], **kept)
