"""no_grad, enable_grad, set_grad_enabled: nested, raising, in threads and generators."""

import threading

import pytest
import torch

import engine
from engine import Value

KITS = [engine, torch]
both_kits = pytest.mark.parametrize("kit", KITS, ids=["engine", "torch"])


@pytest.fixture(autouse=True)
def _restored():
    """Every test leaves the mode as it was."""
    yield
    assert engine.is_grad_enabled()
    assert engine.modes.state.special == 0


@both_kits
def test_nesting(kit):
    """The innermost switch counts, and each restores the mode before it."""
    seen = [kit.is_grad_enabled()]
    with kit.no_grad():
        seen.append(kit.is_grad_enabled())
        with kit.enable_grad():
            seen.append(kit.is_grad_enabled())
            with kit.set_grad_enabled(False):
                seen.append(kit.is_grad_enabled())
            seen.append(kit.is_grad_enabled())
        seen.append(kit.is_grad_enabled())
    assert [*seen, kit.is_grad_enabled()] == [True, False, True, False, True, False, True]


@both_kits
def test_exceptions(kit):
    """An exception restores the mode on its way."""
    with pytest.raises(KeyError), kit.no_grad():
        raise KeyError
    assert kit.is_grad_enabled()


@both_kits
def test_set_as_a_call(kit):
    """set_grad_enabled(False) works at once, without `with`."""
    kit.set_grad_enabled(False)
    off = kit.is_grad_enabled()
    kit.set_grad_enabled(True)
    assert off is False


@both_kits
@pytest.mark.parametrize("spelling", ["no_grad()", "no_grad", "set_grad_enabled(False)"])
def test_decorators(kit, spelling):
    """A decorator switches the mode during calls only, also in recursion."""
    decorator = eval(f"kit.{spelling}", {"kit": kit})

    @decorator
    def f(depth):
        """Its text."""
        return [kit.is_grad_enabled(), *(f(depth - 1) if depth else ())]

    assert kit.is_grad_enabled()
    assert f(2) == [False, False, False]
    assert (f.__name__, f.__doc__, kit.is_grad_enabled()) == ("f", "Its text.", True)


@both_kits
def test_generators(kit):
    """A decorated generator is switched at each step, and its caller is not; send, throw and return pass."""

    @kit.no_grad()
    def f():
        got = []
        for i in range(2):
            try:
                got.append((yield i, kit.is_grad_enabled()))
            except KeyError:
                got.append("thrown")
                yield "caught", kit.is_grad_enabled()
        return got

    g = f()
    seen = [next(g), kit.is_grad_enabled(), g.send("sent"), g.throw(KeyError()), kit.is_grad_enabled()]
    with pytest.raises(StopIteration) as end:
        next(g)
    assert seen == [(0, False), True, (1, False), ("caught", False), True]
    assert end.value.value == ["sent", "thrown"]
    h = f()
    next(h)
    h.close()
    assert kit.is_grad_enabled()


@both_kits
def test_threads(kit):
    """The mode belongs to the thread: a new one starts with gradients on, and switches its own."""
    seen = []

    def work():
        seen.append(kit.is_grad_enabled())
        kit.set_grad_enabled(False)
        seen.append(kit.is_grad_enabled())
        kit.set_grad_enabled(True)

    with kit.no_grad():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        seen.append(kit.is_grad_enabled())
    assert [*seen, kit.is_grad_enabled()] == [True, False, False, True]


def test_no_graph():
    """Under no_grad ops give constants; under enable_grad inside it, graphs again."""
    x = Value(2.0)
    with engine.no_grad():
        y = x * x
        with engine.enable_grad():
            z = x * x
    assert (y.requires_grad, y.parents, z.requires_grad) == (False, (), True)
