"""The channel between judge and worker: one socket, frames of plain data, never pickle.

A frame is two lengths, a JSON tree and the raw bytes of its arrays:

    4 bytes  length of the tree     (big-endian)
    4 bytes  length of the bytes
    tree     UTF-8 JSON; an array is {"a": [dtype, shape, offset]}
    bytes    the arrays, one after the other

    pack, unpack             plain data to a tree and bytes, and back
    Channel.send, .receive   frames over a socket; every wait has a deadline

`unpack` trusts nothing: sizes, depth, number of nodes, dtypes and offsets are checked before anything is
built from them.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from typing import Any

import numpy as np

from autograder.errors import WorkerFault
from autograder.worker.door import Door
from autograder.worker.plain import MAX_DEPTH, SIZES, Opaque

MAX_BYTES, MAX_REQUEST = 32 << 20, 128 << 20  # of an answer; of a request, which may hold a notebook
MAX_NODES = 200_000
MAX_MARKS = 5 * MAX_NODES  # brackets and commas, also in texts: parsing ten million lists takes a gigabyte
MAX_NAME = 200
#: By name and size: how wide C's long is differs between systems.
DTYPES = frozenset(np.dtype(f"{kind}{size}").str for kind, sizes in SIZES.items() for size in sizes)
_LENGTHS = struct.Struct("!II")


def pack(value: Any) -> tuple[Any, bytes]:
    """Plain data as a JSON tree and the bytes of its arrays."""
    buffers: list[bytes] = []
    size = 0

    def node(item: Any) -> Any:
        nonlocal size
        if isinstance(item, float) and not math.isfinite(item):
            return {"f": repr(item)}
        if isinstance(item, list):
            return [node(child) for child in item]
        if isinstance(item, tuple):
            return {"t": [node(child) for child in item]}
        if isinstance(item, dict):
            return {"d": [[key, node(child)] for key, child in item.items()]}
        if isinstance(item, np.ndarray):
            offset, raw = size, np.ascontiguousarray(item).tobytes()
            buffers.append(raw)
            size += len(raw)
            return {"a": [item.dtype.str, list(item.shape), offset]}
        if isinstance(item, Opaque):
            return {"o": item.type_name}
        return item

    return node(value), b"".join(buffers)


def unpack(tree: Any, raw: bytes) -> Any:
    """The plain data that `pack` was given; raises WorkerFault for anything `pack` would not have written."""
    left = MAX_NODES

    def value(node: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or depth > MAX_DEPTH + 4:
            raise WorkerFault("the answer is nested too deeply or has too many parts")
        if node is None or isinstance(node, bool | int | float | str):
            return node
        if isinstance(node, list):
            return [value(child, depth + 1) for child in node]
        if isinstance(node, dict) and len(node) == 1:
            ((tag, content),) = node.items()
            if tag == "t" and isinstance(content, list):
                return tuple(value(child, depth + 1) for child in content)
            if tag == "d" and isinstance(content, list) and all(map(_is_pair, content)):
                return {key: value(child, depth + 1) for key, child in content}
            if tag == "f" and content in ("nan", "inf", "-inf"):
                return float(content)
            if tag == "o" and isinstance(content, str):
                return Opaque(_name(content))
            if tag == "a":
                return _array(content, raw)
        raise WorkerFault("the answer is not plain data")

    return value(tree, 0)


def _name(text: str) -> str:
    """A name that is safe to show: short and printable."""
    return "".join(c for c in text[:MAX_NAME] if c.isprintable())


def _is_pair(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)


def _array(content: Any, raw: bytes) -> np.ndarray[Any, Any]:
    """An array rebuilt from its dtype, shape and bytes; a copy, so that its memory is its own."""
    match content:
        case [str(code), list(shape), int(offset)] if (
            code in DTYPES
            and len(shape) <= 32
            and all(type(n) is int and 0 <= n <= MAX_REQUEST for n in shape)
        ):
            dtype, count = np.dtype(code), math.prod(shape)
            if offset >= 0 and offset + count * dtype.itemsize <= len(raw):
                return np.frombuffer(raw, dtype, count, offset).reshape(shape).copy()
    raise WorkerFault("the answer holds an array that cannot be rebuilt")


class TooLarge(WorkerFault):
    """A message is too large for a frame; nothing of it was sent."""


class Channel:
    """Frames of plain data over a connected socket."""

    def __init__(self, sock: socket.socket | Door) -> None:
        self._socket = sock

    def send(self, message: Any, seconds: float = 30.0, most: int = MAX_BYTES) -> None:
        """Send one frame; raises TooLarge, with nothing sent, or WorkerFault if it is not taken in time."""
        tree, raw = pack(message)
        text = json.dumps(tree, allow_nan=False).encode()
        if len(text) > most or len(raw) > most:
            raise TooLarge(f"the answer is larger than {most >> 20} MB")
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(_LENGTHS.pack(len(text), len(raw)) + text + raw)
        except OSError as error:
            raise WorkerFault("the other side is gone") from error

    def receive(self, seconds: float | None, most: int = MAX_BYTES) -> Any:
        """The next frame's data; raises TimeoutError past the deadline, WorkerFault for other failures."""
        deadline = None if seconds is None else time.monotonic() + seconds
        tree_size, raw_size = _LENGTHS.unpack(self._exactly(_LENGTHS.size, deadline))
        if tree_size > most or raw_size > most:
            raise WorkerFault(f"the answer is larger than {most >> 20} MB")
        text, raw = self._exactly(tree_size, deadline), self._exactly(raw_size, deadline)
        if sum(map(text.count, (b"[", b"{", b","))) > MAX_MARKS:
            raise WorkerFault("the answer has too many parts")
        try:
            return unpack(json.loads(text, parse_constant=_no_constant), raw)
        except WorkerFault:
            raise
        except Exception as error:  # whatever the other side has made up must not end the judge
            raise WorkerFault("the answer is not a frame of this channel") from error

    def detach(self) -> int:
        """The socket's descriptor, for another channel."""
        return self._socket.detach()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _exactly(self, size: int, deadline: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._socket.settimeout(left)
            else:
                self._socket.settimeout(None)
            try:
                part = self._socket.recv(min(size - len(parts), 1 << 20))
            except TimeoutError:
                raise
            except OSError as error:
                raise WorkerFault("the other side is gone") from error
            if not part:
                raise WorkerFault("the other side is gone")
            parts += part
        return bytes(parts)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
