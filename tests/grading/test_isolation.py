"""The ways to confine a submission: which is chosen, and what WebAssembly gives in place of bubblewrap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from autograder.cli import main
from autograder.errors import Unconfined
from autograder.grading import isolation, wasm
from autograder.grading.confinement import UNCONFINED, lacking
from autograder.grading.grade import grade_submission
from autograder.grading.isolation import BUBBLEWRAP, ISOLATION, WASM, chosen
from autograder.grading.sandbox import Sandbox, read_submission
from autograder.judging.judge import judge
from autograder.judging.results import Result
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from autograder.units.recorded import PUBLIC_SEED
from tests.attack_arena import Attack, broken, corpus, handed_in, leaks
from tests.conftest import ROOT
from tests.grading.test_same_verdicts import answers

NOT_MADE = "it is not compiled here, which takes minutes: GRADFN_ISOLATION=wasm gradfn doctor does it"
MISSING = wasm.lacking() or ("" if wasm.folder().exists() else NOT_MADE)
in_wasm = pytest.mark.skipif(bool(MISSING), reason=f"no Python for WebAssembly: {MISSING}")
FITTING = [name for name in Kit(ROOT).names() if not wasm.unfit(Kit(ROOT).unit(name))]

#: Each Python words its errors in its own way, and WebAssembly does not tell NumPy of an undefined operation.
PYTHONS_OWN = re.compile(r"(\w+Error|\n +Warning \(costs).*", re.DOTALL)

#: Wrong answers whose points depend on how numbers are rounded, and so on the machine.
BY_ROUNDING = {"exact comparison"}


@pytest.fixture(autouse=True)
def _confined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UNCONFINED, "")
    monkeypatch.setenv(ISOLATION, "")


@pytest.fixture
def _in_wasm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ISOLATION, "wasm")


def test_bubblewrap_comes_first_then_webassembly(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither works, or the one that does has no torch, the refusal gives the reason of each."""
    works, fails = {"lacking": lambda: ""}, {"lacking": lambda: "user namespaces are switched off"}
    perceptron, modules = kit.unit("perceptron"), kit.unit("modules")
    for first, second, way in (
        (works, works, "bubblewrap"),
        (fails, works, "wasm"),
        (works, fails, "bubblewrap"),
    ):
        ways = replace(BUBBLEWRAP, **first), replace(WASM, **second)
        monkeypatch.setattr(isolation, "BY_ITSELF", ways)
        assert chosen(perceptron).name == way
    monkeypatch.setattr(isolation, "BY_ITSELF", (replace(BUBBLEWRAP, **fails), replace(WASM, **works)))
    words = (
        r"bubblewrap: user namespaces .*\. WebAssembly: it has no torch, which modules needs\. .*--unconfined"
    )
    with pytest.raises(Unconfined, match=words):
        chosen(modules)
    monkeypatch.setattr(isolation, "BY_ITSELF", (replace(BUBBLEWRAP, **fails), replace(WASM, **fails)))
    with pytest.raises(Unconfined, match=r"bubblewrap: user .* WebAssembly: user"):
        chosen(perceptron)


def test_a_way_can_be_named(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is no other; a name that there is not is an error that lists them."""
    monkeypatch.setenv(ISOLATION, "wasm")
    assert isolation.ways() == (WASM,)
    monkeypatch.setenv(ISOLATION, "chroot")
    with pytest.raises(Unconfined, match=r"chroot: .*there are bubblewrap, wasm, account"):
        chosen(kit.unit("perceptron"))


@in_wasm
@pytest.mark.usefixtures("_in_wasm")
@pytest.mark.parametrize("name", FITTING)
def test_every_solution_gets_full_points_in_webassembly(kit: Kit, name: str) -> None:
    """Every unit without torch."""
    unit = kit.unit(name)
    report = grade_submission(unit, read_submission(unit.solution_file, unit), unit.recorded)
    assert [result for result in report.checks if result.status != "passed"] == []
    assert report.points == unit.points


def results(unit: KitUnit, exercises: Iterable[str], text: str) -> list[Result]:
    """The results of some exercises, with their cards."""
    with Sandbox(unit) as sandbox:
        sandbox.load([(cell.name, cell.source) for cell in script.split(text)], notebook=False)

        def outcomes(name: str) -> dict[str, object]:
            return {check.name: sandbox.check(check, PUBLIC_SEED) for check in unit.checks_of(name)}

        return [
            result
            for name in exercises
            for result in judge(unit, name, outcomes(name), unit.recorded, outcomes)
        ]


def sampled() -> Iterator[tuple[str, Iterable[str], str, str]]:
    """Of perceptron every fourth answer, and of each other unit a few: each takes a second in WebAssembly."""
    for name in FITTING:
        every = list(answers(Kit(ROOT).unit(name)))
        yield from ((name, *answer) for answer in every[:: 4 if name == "perceptron" else 60])


@in_wasm
@pytest.mark.skipif(bool(lacking()), reason=f"nothing to compare with: {lacking()}")
def test_points_and_cards_are_those_of_bubblewrap(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """For solutions, wrong answers and alternatives, up to what Python and NumPy say in their own words."""
    differing = []
    for name, exercises, title, text in sampled():
        cards = []
        for way in ("bubblewrap", "wasm"):
            monkeypatch.setenv(ISOLATION, way)
            found = results(kit.unit(name), exercises, text)
            cards.append([(r.check, r.points, r.mistake, PYTHONS_OWN.sub("", r.message)) for r in found])
        if cards[0] != cards[1] and title not in BY_ROUNDING:
            differing.append((name, title, *cards))
    assert differing == []


#: Cells of one submission, and what they print: the values, or the kind of error, that a call gives.
REACHED = {
    "print([name for name in ('fork', 'execv', 'kill', 'system', 'getuid') if hasattr(os, name)])": "[]",
    f"print(*map(os.path.exists, ({str(ROOT)!r}, '/etc/passwd', '/')))": "False False False",
    "print(sorted(os.listdir('/kit')), os.listdir('/tmp'))": "['autograder', 'checks.py', 'engine'] []",
    "for name in ('/kit/x', '/usr/local/lib/x', '/tmp/../x'): tried(open, name, 'w')": "OSError " * 3,
    "for name in ('/kit', '/tmp', '/packages'): tried(open, f'{name}/../etc/passwd')": "OSError " * 3,
    "tried(os.symlink, '/etc', '/tmp/absolute')": "OSError",
    "os.symlink('../..', '/tmp/up')\ntried(os.listdir, '/tmp/up')": "OSError",
    "import socket\ntried(socket.socket)": "OSError",
    "import threading\ntried(threading.Thread(target=print).start)": "RuntimeError",
    "tried(lambda: [bytearray(64 << 20) for _ in range(40)])": "MemoryError",
    "from pathlib import Path\nPath('x').write_text('y')\nprint(Path('/tmp/x').read_text())": "y",
}
TRIED = """
import os
def tried(call, *words):
    try:
        print(call(*words))
    except (OSError, RuntimeError, MemoryError) as error:
        print('OSError' if isinstance(error, OSError) else type(error).__name__, end=' ')
"""


@in_wasm
@pytest.mark.usefixtures("_in_wasm")
def test_a_worker_in_webassembly_has_only_what_it_is_handed(tiny: KitUnit) -> None:
    """Calls for anything else are missing, or fail."""
    with Sandbox(tiny) as sandbox:
        _, *ran = sandbox.load([("a cell", code) for code in (TRIED, *REACHED)], notebook=False)
    assert [cell.raised for cell in ran] == [None] * len(REACHED)
    said = ["".join(str(output["text"]) for output in cell.outputs).strip() for cell in ran]
    assert dict(zip(REACHED, said, strict=True)) == {code: text.strip() for code, text in REACHED.items()}


@in_wasm
@pytest.mark.usefixtures("_in_wasm")
def test_a_worker_in_webassembly_that_fills_the_disk_is_ended(tiny: KitUnit) -> None:
    """Its /tmp holds 16 MB; the account says why it ended."""
    code = "for name in range(8): open(f'/tmp/{name}', 'wb').write(bytes(8 << 20))\nwhile True: pass"
    with Sandbox(tiny) as sandbox, pytest.raises(Exception, match="more than 16 MB"):
        sandbox.load([("a cell", code)], notebook=False)
    assert sandbox.account.ended == ("it wrote more than 16 MB, or 1,024 files",)


def one_of_each_kind() -> list[Attack]:
    """The first attack of each kind on a unit without torch that needs no alarm."""
    first: dict[str, Attack] = {}
    for attack in corpus():
        if attack.unit in FITTING and attack.path.name not in ("bomb_disk.py", "patch_alarm.py"):
            first.setdefault(attack.path.stem.partition("_")[0], attack)
    return [*first.values()]


@in_wasm
@pytest.mark.usefixtures("_in_wasm")
@pytest.mark.parametrize("attack", one_of_each_kind(), ids=lambda attack: attack.path.name)
def test_an_attack_gets_nowhere_in_webassembly(kit: Kit, attack: Attack) -> None:
    """The whole corpus: GRADFN_ISOLATION=wasm pytest tests/grading/test_attacks.py."""
    unit = kit.unit(attack.unit)
    report = grade_submission(unit, handed_in(attack, unit), unit.recorded)
    assert [*broken(attack.must, report), *leaks(report)] == []


@in_wasm
@pytest.mark.usefixtures("_in_wasm")
def test_the_doctor_tries_webassembly(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line says ok, and the way is named."""
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert f"ok  the sandbox: WebAssembly, which {ISOLATION} names\n" in said
    assert "NOT" not in said
    assert "ok  one submission finds nothing of another\n" in said
