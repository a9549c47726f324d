"""What goes wrong on a GPU, by name and in words: an exception that CUDA raised, read as data.

    fault_of(raised) -> Fault     the first that fits, or None for an exception like any other

Some of them end a process's use of the GPU: whatever it does there afterwards fails with the same words. Some
are the machine's fault and say nothing about the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.worker.outcome import Raised


@dataclass(frozen=True)
class Fault:
    """A failure's name, how CUDA spells it, and what it means for whoever wrote the answer.

    `ends`: the process cannot use the GPU any more. `machine`: no answer could have helped.
    """

    name: str
    spelled: str
    words: str
    ends: bool = True
    machine: bool = False


FAULTS = (
    Fault(
        "out of memory",
        r"OutOfMemoryError|CUDA out of memory|CUBLAS_STATUS_ALLOC_FAILED",
        "The GPU's memory is full. Is a graph or a tensor kept from step to step, or far more computed at "
        "once than is asked for?",
    ),
    Fault(
        "an illegal memory access",
        r"an illegal memory access was encountered|misaligned address",
        "A kernel reached outside of its tensors: an index beyond the end, or as_strided with a wrong size.",
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
        "A kernel crashed. CUDA tells of it late: the line that is shown need not be the one that did it.",
    ),
    Fault(
        "two devices",
        r"Expected all tensors to be on the same device|is on cpu.*cuda|is on cuda.*cpu",
        "Two devices met in one operation. Is one of them named in your code, or a new tensor made without "
        "device=X.device?",
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
    """The failure of the GPU that an exception tells of."""
    if raised is None or raised.source not in ("answer", "check"):
        return None
    said = f"{raised.type_name}: {raised.message}"
    return next((fault for fault in FAULTS if re.search(fault.spelled, said)), None)
