"""The GPU tier: a unit's check programs on a GPU, and the checks that only a GPU can answer.

    on(check, setting)         a check as it runs in a setting, with the tolerance that follows from its dtype
    runs_in(check, setting)    whether it runs there at all
    settings(unit's checks)    the settings of the tier: the device in each of the dtypes that are asked for
    missing()                  why the tier cannot run here, or nothing
    device_files()             what a confined process must see to use the GPU
    driver_folder()            where the driver's libraries are, which it must find too

A program makes its tensors where `autograder.declare.here` says, so that the same program runs in float64 on
the CPU, where its right answers come from, and in float32 and bfloat16 on the GPU. Without one the tier is
"not run": it counts neither for nor against. Its checks are worth no points of their own: an exercise whose
checks in the tier all pass earns EXTRA points beyond the unit's most.

GRADFN_DEVICE=cpu rehearses the tier on the CPU: the same programs, dtypes and tolerances, no extra points.
"""

from __future__ import annotations

import ctypes
import functools
import math
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.declare import CPU, Check, Program, Setting, move_to

EXTRA = 1.0
GPU = "gpu"  # stands for the tier where an exercise would be named: check("gpu"), test_gpu

#: Where checks of the GPU tier alone are recorded: they answer in claims that hold on any device.
REHEARSAL = Setting("cpu", "float32")

#: The distance from 1 to the next number of a dtype.
EPS = {"float32": 2.0**-23, "bfloat16": 2.0**-7}

#: Rounding errors of a sum of n products add up like a random walk: they grow as eps * sqrt(n) (Higham and
#: Mary, "A new approach to probabilistic rounding error analysis", 2019). SAFETY is what stands in front,
#: for inputs of size 1; the right answers stay below a third of it (tests/gpu/RESULTS.md).
SAFETY = 4.0

NO_CUDA = "no CUDA device"


def tolerance(dtype: str, terms: int) -> float:
    """How far a sum of so many terms may be off in a dtype, absolutely and relatively."""
    return SAFETY * EPS[dtype] * math.sqrt(terms)


def on(check: Check, setting: Setting) -> Check:
    """The check as it runs in `setting`: of the GPU tier, and compared as closely as the dtype allows."""
    if setting == CPU:
        return check
    allowed = tolerance(setting.dtype, check.terms)
    return replace(
        check,
        program=_moved(check.program, setting),
        points=0.0,
        rtol=max(check.rtol, allowed),
        atol=max(check.atol, allowed),
        tier="gpu",
        setting=setting,
    )


def runs_in(check: Check, setting: Setting) -> bool:
    """Whether the check, as its author declared it, runs in `setting`."""
    return check.tier == "cpu" if setting == CPU else setting.dtype in check.dtypes


def _moved(program: Program, setting: Setting) -> Program:
    """The program, which makes its tensors in `setting`."""

    @functools.wraps(program)
    def moved(answer: Any, rng: Any) -> Mapping[str, Any]:
        before = move_to(setting)
        try:
            return program(answer, rng)
        finally:
            move_to(before)

    return moved


def settings(checks: Iterable[Check]) -> tuple[Setting, ...]:
    """The settings in which any of these checks, as declared, runs in the tier."""
    dtypes = dict.fromkeys(dtype for check in checks for dtype in check.dtypes)
    return tuple(Setting(device(), dtype) for dtype in dtypes)


def device() -> str:
    """The device of the tier: the GPU, unless a rehearsal is wanted."""
    return os.environ.get("GRADFN_DEVICE") or "cuda"


def missing() -> str:
    """Why the tier cannot run on this machine; empty where it can."""
    return NO_CUDA if device() == "cuda" and not _has_cuda() else ""


@functools.cache
def _has_cuda() -> bool:
    if sys.platform == "linux" and not driver_folder():
        return False  # known without torch, which takes seconds to import
    import torch

    return bool(torch.cuda.is_available())


def device_files() -> list[Path]:
    """The files by which a process reaches an NVIDIA GPU, also under WSL; a confined one must see them."""
    return sorted([*Path("/dev").glob("nvidia*"), *Path("/dev").glob("dxg")])


@functools.cache
def driver_folder(library: str = "libcuda.so.1") -> Path | None:
    """The folder of the CUDA driver's libraries, wherever the loader finds them; None without a driver.

    The device files tell less: some appear only when a first program asks for the GPU.
    """
    try:
        ctypes.CDLL(library)
        maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(rf"(/\S*)/{re.escape(library.partition('.so')[0])}\.so", maps)
    return Path(found[1]) if found else None
