"""The channel: plain data arrives exactly as it was sent, and nothing else is sent at all."""

from __future__ import annotations

import json
import socket
import struct
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.errors import WorkerFault
from autograder.worker import channel
from autograder.worker.channel import Channel, pack, unpack
from autograder.worker.plain import Opaque, plain, same

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8"))
ARRAYS = arrays.arrays(
    st.sampled_from(sorted(channel.DTYPES)).map(np.dtype),
    arrays.array_shapes(min_dims=0, max_side=4, min_side=0),
)
DATA = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    """The judge's end as a Channel, the worker's as a bare socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


@given(DATA)
def test_plain_data_survives_packing_to_the_bit(data: Any) -> None:
    """unpack(pack(x)) is x: kinds, dtypes, shapes, NaN and signed zeros."""
    tree, raw = pack(data)
    back = unpack(json.loads(json.dumps(tree, allow_nan=False)), raw)
    assert same(data, back)


def test_a_frame_passes_a_socket(ends: tuple[Channel, socket.socket]) -> None:
    """One side receives what the other sends."""
    ours, theirs = ends
    message = {"x": np.arange(6.0).reshape(2, 3), "y": (1, [None, "é"])}
    Channel(theirs).send(message)
    assert same(ours.receive(1), message)


class Liar(np.ndarray[Any, Any]):
    """An array subclass that claims to equal everything."""

    def __eq__(self, other: object) -> Any:
        return True


class Sly(float):
    """A subclass of float."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        np.array([object()]),
        np.zeros(2, dtype=[("a", float)]),
        np.zeros(2).view(Liar),
        Sly(1),
        {1},
        b"x",
        len,
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_the_type_name_is_sent_of_other_objects(value: object) -> None:
    """Objects, object arrays, structured arrays and subclasses become Opaque."""
    assert isinstance(plain(value), Opaque)


def test_an_array_is_copied() -> None:
    """Changing the array afterwards does not change the answer."""
    array = np.zeros(3)
    kept = plain(array)
    array[0] = 1
    assert kept.tolist() == [0, 0, 0]


def test_what_plain_gives_can_be_packed_and_rebuilt() -> None:
    """Another machine's byte order is changed to this one's; a number of another size is named."""
    for value in (np.arange(3.0).astype(">f8"), np.arange(3).astype(">i4"), np.zeros(2, ">c16")[::-1]):
        sent = plain(value)
        assert same(unpack(*pack(sent)), sent)
        assert sent.tolist() == value.tolist()
    if np.longdouble(1).itemsize > 8:  # Windows and macOS have none
        assert plain(np.zeros(2, np.longdouble)) == Opaque(f"numpy.ndarray of {np.dtype(np.longdouble)}")
        assert plain(np.longdouble(1)) == Opaque("numpy.longdouble")


def test_endless_nesting_is_cut() -> None:
    """A list that contains itself does not make an endless message."""
    loop: list[Any] = []
    loop.append(loop)
    assert "nested too deeply" in repr(plain(loop))


def _deep(levels: int) -> Any:
    tree: Any = 0
    for _ in range(levels):
        tree = [tree]
    return tree


FORGED = {
    "an unknown tag": {"x": 1},
    "two tags at once": {"t": [], "f": "nan"},
    "a tag without content": {"a": None},
    "an object dtype": {"a": ["|O", [1], 0]},
    "a negative offset": {"a": ["<f8", [1], -8]},
    "more bytes than there are": {"a": ["<f8", [2], 8]},
    "a negative shape": {"a": ["<f8", [-1], 0]},
    "a boolean shape": {"a": ["<f8", [True], 0]},
    "an astronomic shape": {"a": ["<f8", [1 << 24, 1 << 24], 0]},
    "an infinity that is none": {"f": "1.0"},
    "a key that is no text": {"d": [[1, 2]]},
    "nesting without end": _deep(200),
    "too many parts": [0] * (channel.MAX_NODES + 1),
}


@pytest.mark.parametrize("tree", FORGED.values(), ids=FORGED)
def test_a_forged_tree_is_refused(tree: Any) -> None:
    """Anything that `pack` would not have written raises WorkerFault, and no other exception."""
    with pytest.raises(WorkerFault):
        unpack(tree, bytes(16))


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack("!II", 0xFFFFFFFF, 0),
        struct.pack("!II", 0, 0xFFFFFFFF),
        struct.pack("!II", 3, 0) + b"{{{",
        struct.pack("!II", 2, 0) + b"\xff\xfe",
        struct.pack("!II", 3, 0) + b"NaN",
        struct.pack("!II", 100_000, 0) + b"[" * 100_000,
        struct.pack("!II", 6, 0) + b'{"a":',
        b"\0\0",
    ],
    ids=["huge tree", "huge bytes", "not JSON", "not UTF-8", "NaN", "deep JSON", "cut short", "no header"],
)
def test_a_forged_frame_is_refused(ends: tuple[Channel, socket.socket], frame: bytes) -> None:
    """Bytes that are not a frame raise WorkerFault, and reading them ends."""
    ours, theirs = ends
    theirs.sendall(frame)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(WorkerFault):
        ours.receive(1)


@pytest.mark.parametrize("part", [b"[],", b"{},", b'"",'])
def test_millions_of_parts_are_not_built(ends: tuple[Channel, socket.socket], part: bytes) -> None:
    """Parsing thirty megabytes of empty lists would take a gigabyte of memory."""
    ours, theirs = ends
    frame = b"[" + part * channel.MAX_MARKS + b"0]"
    sender = threading.Thread(target=theirs.sendall, args=[struct.pack("!II", len(frame), 0) + frame])
    sender.start()
    tracemalloc.start()
    try:
        with pytest.raises(WorkerFault, match="too many parts"):
            ours.receive(10)
        assert tracemalloc.get_traced_memory()[1] < 8 * len(frame)
    finally:
        tracemalloc.stop()
        sender.join()


def test_waiting_has_an_end(ends: tuple[Channel, socket.socket]) -> None:
    """A worker that sends byte by byte cannot keep the judge waiting past its deadline."""
    ours, theirs = ends
    theirs.sendall(b"\0")
    with pytest.raises(TimeoutError):
        ours.receive(0.05)


def test_an_answer_that_is_too_large_is_refused(ends: tuple[Channel, socket.socket]) -> None:
    """The sender says so, before anything is sent."""
    with pytest.raises(WorkerFault, match="larger than"):
        ends[0].send(np.zeros(channel.MAX_BYTES // 8 + 1))
