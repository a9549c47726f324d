"""Saves of answer files, as events.

follow(kit, poll, notify, stop)   calls notify(Save) for each, from a thread, until `stop` is set
Save(unit)                        the unit's file was written, replaced or removed

The file system sends change notifications, and the files are compared once a second as well: network drives
and folders shared with another system send none. With `poll` the files are compared five times a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, watch

from autograder.units.kit import Kit

#: One save is several notifications: it is reported once there is no more of them for this long (ms), ...
QUIET = 15
#: ... and after this long in any case.
PATIENCE = 200
#: Between two comparisons of the files when polling (ms).
POLL = 200
#: Between two comparisons of the files beside notifications (ms).
AGAIN = 1000


@dataclass(frozen=True)
class Save:
    """The unit's file was written, replaced or removed."""

    unit: str


def follow(kit: Kit, poll: bool, notify: Callable[[Save], None], stop: threading.Event) -> None:
    """Report each save from now on; one before the first notification is found by comparing the files."""
    files = {name: kit.root / "exercises" / name / f"{name}.py" for name in kit.names()}
    stamps = {name: _stamp(file) for name, file in files.items()}

    def changed() -> set[str]:
        now = {name: _stamp(file) for name, file in files.items()}
        differing = {name for name in files if stamps[name] != now[name]}
        stamps.update(now)
        return differing

    def follow_all() -> None:
        try:
            report(poll)
        except (OSError, RuntimeError):  # no notifications left: Linux limits them for each user
            if not poll:
                report(True)

    def report(polling: bool) -> None:
        changes = watch(
            *(file.parent for file in files.values()),
            watch_filter=lambda change, path: _is_answers(change, Path(path)),
            debounce=PATIENCE,
            step=QUIET,
            stop_event=stop,
            # None: watchfiles polls on WSL, or if the environment asks for it.
            force_polling=polling or None,
            poll_delay_ms=POLL,
            recursive=False,
            rust_timeout=AGAIN,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        for found in changes:
            for unit in sorted({Path(path).stem for _, path in found} | changed()):
                notify(Save(unit))

    threading.Thread(target=follow_all, daemon=True).start()


def _stamp(path: Path) -> tuple[int, int]:
    """Time and size of a file: a write changes them; zeros for a file that is gone."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


def _is_answers(change: Change, path: Path) -> bool:
    return path.suffix == ".py" and path.stem == path.parent.name
