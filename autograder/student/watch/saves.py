"""Saves of answer files, as events: by the file system's notices, or by looking again and again.

follow(kit, poll, told, stop)   tells each Saved, from a thread of its own, until `stop` is set
Saved(unit)                     the unit's file was written, replaced or removed
has_no_notices(folder)          whether it lies where notices of other machines' writes do not arrive
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from watchfiles import Change, watch

from autograder.units.kit import Kit

#: One save is several events: as soon as there is no more for this long (ms), it is told ...
QUIET = 15
#: ... and after this long in any case.
PATIENCE = 200
#: How often files are looked at where nobody gives notice (ms).
POLL = 200
#: How often files are compared with how they were, whatever notices came (ms).
AGAIN = 1000

#: File systems whose files may be written by another machine or system, of which no notice comes.
REMOTE = {
    *(
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afpfs",
        "webdav",
        "9p",
        "drvfs",
        "afs",
        "ceph",
        "lustre",
        "gpfs",
    ),
    *("glusterfs", "fuse.glusterfs", "fuse.sshfs", "sshfs", "macfuse", "vboxsf", "prl_fs", "vmhgfs"),
    *("fuse.vmhgfs-fuse", "fuse.grpcfuse", "fuse.rclone", "virtiofs"),
}


@dataclass(frozen=True)
class Saved:
    """The unit's file was written, replaced or removed."""

    unit: str


def follow(kit: Kit, poll: bool, told: Callable[[Saved], None], stop: threading.Event) -> None:
    """Tell of each save, from now on.

    A save before the first look, or of which no notice came, is found by comparing the files once a second.
    """
    seen = {name: _stamp(kit.root / "exercises" / name / f"{name}.py") for name in kit.names()}

    def changed() -> set[str]:
        now = {name: _stamp(kit.root / "exercises" / name / f"{name}.py") for name in seen}
        differing = {name for name in seen if seen[name] != now[name]}
        seen.update(now)
        return differing

    def follow_all() -> None:
        polled = poll or has_no_notices(kit.root)
        try:
            look(polled)
        except (
            OSError,
            RuntimeError,
        ):  # the system has no more notices to give: Linux counts them
            if not polled:
                look(True)

    def look(polled: bool) -> None:
        changes = watch(
            *(kit.root / "exercises" / name for name in kit.names()),
            watch_filter=lambda change, path: _is_answers(change, Path(path)),
            debounce=PATIENCE,
            step=QUIET,
            stop_event=stop,
            # None: watchfiles looks itself whether this is WSL, or the environment asks for polling.
            force_polling=polled or None,
            poll_delay_ms=POLL,
            recursive=False,
            rust_timeout=AGAIN,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        for found in changes:
            for unit in sorted({Path(path).stem for _, path in found} | changed()):
                told(Saved(unit))

    threading.Thread(target=follow_all, daemon=True).start()


def _stamp(path: Path) -> tuple[int, int]:
    """What changes when a file is written; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


def _is_answers(change: Change, path: Path) -> bool:
    return path.suffix == ".py" and path.stem == path.parent.name


def has_no_notices(folder: Path) -> bool:
    """Whether the folder is on another machine, or shared with another system."""
    if sys.platform == "win32":
        import ctypes

        remote = 4  # DRIVE_REMOTE
        drive = folder.resolve().anchor
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == remote
    return kind_of_mount(PurePosixPath(folder.resolve()), _mounts()) in REMOTE


def _mounts() -> str:
    """Each mounted file system on a line, in Linux's form or in that of `mount`."""
    table = Path("/proc/self/mounts")
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if table.exists():
            return table.read_text(encoding="utf-8", errors="replace")
        return subprocess.run(["mount"], capture_output=True, text=True, timeout=5, check=False).stdout
    return ""


def kind_of_mount(folder: PurePosixPath, mounts: str) -> str:
    """The type of the file system that holds `folder`, or nothing where the table does not say."""
    found: dict[PurePosixPath, str] = {}
    for line in mounts.splitlines():
        device, _, rest = line.partition(" ")
        if rest.startswith("on ") and " (" in rest:  # macOS: "server:/home on /Volumes/home (nfs, nodev)"
            point, _, options = rest.removeprefix("on ").rpartition(" (")
            kind = options.split(",")[0].rstrip(")")
        else:  # Linux: "server:/home /home nfs4 rw,relatime 0 0", a space in a name as \040
            point, _, options = rest.partition(" ")
            kind = options.partition(" ")[0]
        if device:
            found[PurePosixPath(point.replace("\\040", " "))] = kind
    holders = [point for point in found if folder.is_relative_to(point)]
    return found[max(holders, key=lambda point: len(point.parts))] if holders else ""
