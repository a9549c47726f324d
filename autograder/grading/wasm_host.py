"""The process around one worker in WebAssembly: `python wasm_host.py SETTINGS`.

    {"code": the compiled interpreter, "mounts": [[folder, name inside, writable], ...], "argv": [...],
     "environment": {...}, "limits": {...}, "memory": bytes, "channel": a socket's descriptor, "tmp": ...}

The worker has what is handed to it here and nothing else: folders to read, a /tmp, and one function, by which
it sends bytes to the judge and receives them. wasmtime holds it to that; the filters, capabilities and
namespaces of the kernel are not needed. This file imports nothing of the kit: no code of the kit runs beside
the worker. It also compiles the interpreter: {"wasm": file, "code": where to}.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import wasmtime

STACK = 2 << 20  # bytes for the interpreter's stack; wasmtime takes no more
MOST = 1 << 20  # bytes that cross in one call
TMP_BYTES, TMP_FILES, TMP_SECONDS = 16 << 20, 1024, 0.2
WORDS = 0xFFFFFFFF  # addresses in WebAssembly have 32 bits, and come with a sign


def engine() -> wasmtime.Engine:
    """The engine that compiles and runs; a file that was compiled with other settings is refused."""
    config = wasmtime.Config()
    config.max_wasm_stack = STACK
    return wasmtime.Engine(config)


def compile_to(wasm: str, code: str) -> None:
    """Compile once, for about two minutes of processor time: loading takes a twentieth of a second."""
    Path(code).write_bytes(wasmtime.Module(engine(), Path(wasm).read_bytes()).serialize())


def run(settings: dict[str, Any]) -> int:
    """Run the worker until it ends; the exit status of this process."""
    for name, limit in settings["limits"].items():
        _, most = resource.getrlimit(getattr(resource, name))
        if most == resource.RLIM_INFINITY or limit < most:
            resource.setrlimit(getattr(resource, name), (limit, limit))
    threading.Thread(target=watch, args=(settings["tmp"],), daemon=True).start()
    made = engine()
    module = wasmtime.Module.deserialize_file(made, settings["code"])
    store, linker, number = wasmtime.Store(made), wasmtime.Linker(made), wasmtime.ValType.i32()
    store.set_limits(memory_size=settings["memory"])
    wasi = wasmtime.WasiConfig()  # without streams: what the worker prints by itself goes nowhere
    wasi.argv, wasi.env = settings["argv"], list(settings["environment"].items())
    for folder, inside, writable in settings["mounts"]:
        wasi.preopen_dir(folder, inside, writable)
    store.set_wasi(wasi)
    linker.define_wasi()
    kind = wasmtime.FuncType([number] * 4, [number])
    linker.define_func("host", "call", kind, door(settings["channel"]), access_caller=True)
    exports: Any = linker.instantiate(store, module).exports(store)
    try:
        return int(exports["run"](store))
    except wasmtime.ExitTrap as end:
        return end.code
    except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
        sys.stderr.write(str(error).strip().splitlines()[-1])
        return 1


def door(descriptor: int) -> Callable[..., int]:
    """The worker's one function: `w` and bytes sends them to the judge, `r` and a number receives."""
    judge = socket.socket(fileno=descriptor)

    def call(caller: wasmtime.Caller, start: int, length: int, answer_start: int, answer_length: int) -> int:
        memory: Any = caller["memory"]
        allocate: Any = caller["host_alloc"]
        start, length = start & WORDS, length & WORDS
        if length > MOST + 1:
            return -2
        request = bytes(memory.read(caller, start, start + length))
        if request[:1] == b"w":
            judge.sendall(request[1:])
            answer = b"w"
        elif not (answer := judge.recv(min(int(request[1:]), MOST))):
            os._exit(0)  # the judge has closed the channel
        place = allocate(caller, len(answer)) & WORDS
        memory.write(caller, answer, place)
        memory.write(caller, place.to_bytes(4, "little"), answer_start & WORDS)
        memory.write(caller, len(answer).to_bytes(4, "little"), answer_length & WORDS)
        return 0

    return call


def watch(folder: str) -> None:
    """End this process when the worker has written more into its /tmp than it may."""
    while True:
        time.sleep(TMP_SECONDS)
        sizes = [
            os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(folder) for name in names
        ]
        if sum(sizes) > TMP_BYTES or len(sizes) > TMP_FILES:
            sys.stderr.write("it wrote more than 16 MB, or 1,024 files")
            sys.stderr.flush()
            os._exit(1)


def main() -> None:
    """Compile, or run on a thread with room for the interpreter's stack."""
    settings = json.loads(sys.argv[1])
    if "wasm" in settings:
        compile_to(settings["wasm"], settings["code"])
        return
    threading.stack_size(STACK + (4 << 20))
    status: list[int] = []
    worker = threading.Thread(target=lambda: status.append(run(settings)))
    worker.start()
    worker.join()
    sys.stderr.flush()
    os._exit(status[0] if status else 1)


if __name__ == "__main__":
    main()
