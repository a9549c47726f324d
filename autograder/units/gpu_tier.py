"""The GPU tier: a unit's check programs on a GPU, and the checks that make sense only there.

    adapt(check, setting)      a check for a setting: tensors made there, the tolerance of its dtype
    runs_in(check, setting)    whether it runs there at all
    settings(checks)           the settings of the tier: the device with each dtype that a check declares
    missing()                  why the tier cannot run on this machine, or ""
    device_files()             the files that a confined process needs to use the GPU
    driver_folder()            the folder of the driver's libraries, which it needs too

A check program makes its tensors where `autograder.declare.here` says, so that the same program runs in
float64 on the CPU, which gives the right answers, and in float32 and bfloat16 on the GPU. With no GPU the
tier is "not run" and changes no score. Its checks have no points of their own: an exercise whose checks in
the tier all pass earns EXTRA points beyond the unit's maximum.

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
GPU = "gpu"  # the tier's name where an exercise's would be: check("gpu"), test_gpu

#: Where the right answers of checks that run only in the GPU tier are recorded: they hold on any device.
REHEARSAL = Setting("cpu", "float32")

#: The distance from 1 to the next number of a dtype.
EPS = {"float32": 2.0**-23, "bfloat16": 2.0**-7}

#: Rounding errors of a sum of n products add up like a random walk: they grow as eps * sqrt(n) (Higham and
#: Mary, "A new approach to probabilistic rounding error analysis", 2019). SAFETY is the factor in front of
#: it, for inputs of size 1; the errors of right answers stay below a third of it (tests/gpu/RESULTS.md).
SAFETY = 4.0

NO_CUDA = "no CUDA device"


def tolerance(dtype: str, terms: int) -> float:
    """The absolute and relative tolerance of a sum of so many terms in a dtype."""
    return SAFETY * EPS[dtype] * math.sqrt(terms)


def adapt(check: Check, setting: Setting) -> Check:
    """The check as one of the GPU tier that runs in `setting`, compared as closely as its dtype allows."""
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
    """The program, making its tensors in `setting`."""

    @functools.wraps(program)
    def moved(answer: Any, rng: Any) -> Mapping[str, Any]:
        before = move_to(setting)
        try:
            return program(answer, rng)
        finally:
            move_to(before)

    return moved


def settings(checks: Iterable[Check]) -> tuple[Setting, ...]:
    """The settings of the tier in which any of these checks, as declared, runs."""
    dtypes = dict.fromkeys(dtype for check in checks for dtype in check.dtypes)
    return tuple(Setting(device(), dtype) for dtype in dtypes)


def device() -> str:
    """The device of the tier: the GPU, or that of a rehearsal (GRADFN_DEVICE)."""
    return os.environ.get("GRADFN_DEVICE") or "cuda"


def missing() -> str:
    """Why the tier cannot run on this machine; "" if it can."""
    return NO_CUDA if device() == "cuda" and not _has_cuda() else ""


@functools.cache
def _has_cuda() -> bool:
    if sys.platform == "linux" and not driver_folder():
        return False  # without importing torch, which takes seconds
    import torch

    return bool(torch.cuda.is_available())


def device_files() -> list[Path]:
    """The files through which a process uses an NVIDIA GPU, under WSL too."""
    return sorted([*Path("/dev").glob("nvidia*"), *Path("/dev").glob("dxg")])


@functools.cache
def driver_folder(library: str = "libcuda.so.1") -> Path | None:
    """The folder of the CUDA driver's libraries, where the loader finds them; None without a driver.

    Device files are no proof of a driver: some appear only when a first program uses the GPU.
    """
    try:
        ctypes.CDLL(library)
        maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(rf"(/\S*)/{re.escape(library.partition('.so')[0])}\.so", maps)
    return Path(found[1]) if found else None
