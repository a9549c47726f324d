"""Errors of a GPU, by name and in words, recognised by CUDA's message.

    fault_of(raised)     the Fault, or None for an ordinary exception

After some of them the process cannot use the GPU any more: every later call fails with the same message. Some
are the machine's fault and say nothing about the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.worker.outcome import Raised


@dataclass(frozen=True)
class Fault:
    """An error's name, a pattern of CUDA's message, and what it means for the author of the answer.

    `ends`: the process cannot use the GPU any more. `machine`: the machine is at fault, whatever the answer.
    """

    name: str
    pattern: str
    words: str
    ends: bool = True
    machine: bool = False


FAULTS = (
    Fault(
        "out of memory",
        r"OutOfMemoryError|CUDA out of memory|CUBLAS_STATUS_ALLOC_FAILED",
        "The GPU's memory is full. Is a graph or a tensor kept from step to step, or far more computed at "
        "once than the exercise needs?",
    ),
    Fault(
        "an illegal memory access",
        r"an illegal memory access was encountered|misaligned address",
        "A kernel read or wrote outside its tensors: an index past the end, or as_strided with a wrong size.",
    ),
    Fault(
        "a device-side assertion",
        r"device-side assert triggered",
        "A kernel refused its input: most often a label or an index that is out of range. The same call on "
        "the CPU names it.",
    ),
    Fault(
        "a kernel time-out",
        r"the launch timed out and was terminated",
        "A kernel ran for so long that the driver ended it: far too much work in one call.",
    ),
    Fault(
        "a failed kernel",
        r"unspecified launch failure|an illegal instruction was encountered|CUBLAS_STATUS_EXECUTION_FAILED",
        "A kernel crashed. CUDA reports that late: the line that is shown may not be the one that caused it.",
    ),
    Fault(
        "two devices",
        r"Expected all tensors to be on the same device|is on cpu.*cuda|is on cuda.*cpu",
        "One operation got tensors on two devices. Does your code name a device, or make a new tensor "
        "without device=X.device?",
        ends=False,
    ),
    Fault(
        "the GPU cannot be used",
        r"no CUDA-capable device|Found no NVIDIA driver|not compiled with CUDA|no kernel image is available"
        r"|driver version is insufficient|devices? (is|are) busy or unavailable|CUDA driver initialization"
        r"|CUDA unknown error|CUBLAS_STATUS_NOT_INITIALIZED|system not yet initialized"
        r"|OS call failed|Unexpected error from cudaGetDeviceCount|No CUDA GPUs are available"
        r"|[Uu]ncorrectable ECC",
        "the GPU of this machine cannot be used",
        machine=True,
    ),
)


def fault_of(raised: Raised | None) -> Fault | None:
    """The GPU's error that an exception reports, if any."""
    if raised is None or raised.source not in ("answer", "check"):
        return None
    message = f"{raised.type_name}: {raised.message}"
    return next((fault for fault in FAULTS if re.search(fault.pattern, message)), None)
