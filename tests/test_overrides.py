"""`__torch_function__`: types that take over what functions do with them; tests/parity compares with PyTorch."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
import threading
from typing import ClassVar

import pytest

import gradiente as torch
from gradiente.tensor.overriding import installers

F = torch.nn.functional


class Seen(torch.Tensor):
    """Notes the functions that are called with it."""

    calls: ClassVar[list] = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.calls.append(func)
        return super().__torch_function__(func, types, args, kwargs)


class Duck:
    """Answers what it is asked with the name of the function."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return f"{func.__name__} of {len(args)}"


@pytest.fixture(autouse=True)
def _asking():
    torch.overrides.enable()
    Seen.calls.clear()


def test_plain_tensors_are_not_asked_about_until_somebody_wants_it():
    code = (
        "import gradiente as torch; from gradiente.tensor.overriding import installers; assert installers;"
        "class_ = type('Own', (torch.nn.Parameter,), {}); assert installers; add = torch.add;"
        "class_ = type('Sub', (torch.Tensor,), {}); assert not installers; assert torch.add is add;"
        "print(type(add(torch.ones(2).as_subclass(class_), 1)).__name__)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "Sub\n"


def test_handlers_get_the_functions_that_programs_hold():
    x = torch.ones(2, 2).as_subclass(Seen)
    Seen.calls.clear()
    results = [x + 1, 1 + x, torch.ones(2) * x, x.sum(), torch.stack([torch.ones(2, 2), x]), F.relu(input=x), x.T]
    assert [type(r) for r in results] == [Seen] * 7
    kind = torch.Tensor
    assert Seen.calls == [kind.add, kind.add, kind.mul, kind.sum, torch.stack, F.relu, kind.T.__get__]
    assert torch.Tensor.T.__get__ != torch.Tensor.H.__get__
    x.requires_grad = True
    assert Seen.calls[-1] == kind.requires_grad.__set__
    assert x.requires_grad


def test_results_have_the_class_of_the_operands():
    x = torch.tensor([[3.0, 1.0], [2.0, 4.0]]).as_subclass(Seen)
    assert type(x.max(0)).__name__ == "max"
    assert [type(part) for part in (*x.max(0), *x.split(1), *torch.linalg.svd(x))] == [Seen] * 7
    assert isinstance(x.tolist(), list)
    assert type(x.shape) is torch.Size
    y = x.clone()
    assert y.add_(1) is y
    with torch._C.DisableTorchFunctionSubclass():
        assert type(x + 1) is torch.Tensor
    with torch._C.DisableTorchFunction():
        assert type(x + 1) is torch.Tensor


def test_gradients_flow_through_subclasses():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    x = w.as_subclass(Seen)
    assert repr(x * 2) == "Seen([2., 4.], grad_fn=<AliasBackward0>)"
    Seen.calls.clear()
    (torch.exp(x) * x).sum().backward()
    assert [f.__name__ for f in Seen.calls] == ["exp", "mul", "sum", "backward"]
    torch.testing.assert_close(w.grad, torch.exp(w.detach()) * (1 + w.detach()))
    leaf = torch.tensor([1.0, 2.0]).as_subclass(Seen).requires_grad_()
    (g,) = torch.autograd.grad((leaf * leaf).sum(), leaf, create_graph=True)
    assert g.tolist() == [2.0, 4.0]
    assert type(leaf.grad) is type(None)


def test_parameters_of_a_class_of_their_own():
    p = torch.nn.Parameter(torch.ones(1).as_subclass(Seen))
    assert isinstance(p, torch.nn.Parameter)
    assert type(p) is Seen
    assert repr(p) == "Parameter(Seen([1.], requires_grad=True))"
    assert type(torch.nn.Parameter(torch.ones(1)) * 2) is torch.Tensor
    module = torch.nn.Module()
    module.weight = p
    assert [name for name, _ in module.named_parameters()] == ["weight"]
    assert type(pickle.loads(pickle.dumps(torch.ones(2).as_subclass(Seen)))) is Seen


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (lambda d: torch.mean(d), "mean of 1"),
        (lambda d: torch.add(torch.ones(1), d), "add of 2"),
        (lambda d: torch.ones(1) + d, "add of 2"),
        (lambda d: torch.ones(1).matmul(d), "matmul of 2"),
        (lambda d: torch.cat([torch.ones(1), d]), "cat of 1"),
        (lambda d: F.linear(torch.ones(1), weight=d), "linear of 1"),
        (lambda d: torch.linalg.inv(d), "inv of 1"),
        (lambda d: torch.ones(2)[d], "__getitem__ of 2"),
    ],
)
def test_any_class_can_take_over(call, answer):
    assert call(Duck()) == answer


def test_subclasses_are_asked_first_and_each_type_once():
    order = []

    class Base:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            order.append((cls.__name__, [t.__name__ for t in types]))
            return NotImplemented

    class Derived(Base):
        pass

    with pytest.raises(
        TypeError, match=r"^Multiple dispatch failed for 'torch.cat'; all __torch_function__ handlers"
    ) as e:
        torch.cat([Base(), Derived(), Base()])
    assert "\n\n  - tensor subclass <class" in str(e.value)
    assert order == [("Derived", ["Derived", "Base"]), ("Base", ["Derived", "Base"])]
    with pytest.raises(TypeError, match=r"^no implementation found for 'torch\.nn\.functional\.relu' on types that"):
        F.relu(Base())
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for \+: 'Tensor' and 'Base'"):
        torch.ones(1) + Base()


def test_a_handler_that_is_a_plain_method_is_warned_about():
    class Plain:
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return 7

    with pytest.warns(UserWarning, match="^Defining your `__torch_function__` as a plain method is deprecated"):
        assert torch.sum(Plain()) == 7


class Names(torch.overrides.TorchFunctionMode):
    """Notes names."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


def test_modes_see_every_call_and_are_put_aside_while_they_answer():
    with Names() as outer, Names() as inner:
        x = torch.ones(2) * 2
        assert x.shape == (2,)
        with torch._C.DisableTorchFunction():
            x + 1
    assert inner.names == outer.names == ["ones", "mul", "__get__"]
    torch.ones(2)
    assert len(inner.names) == 3
    seen = []
    with Names():
        thread = threading.Thread(target=lambda: seen.append(torch.overrides.has_torch_function((torch.ones(1),))))
        thread.start()
        thread.join()
    assert seen == [False]


def test_a_mode_without_a_handler():
    with pytest.raises(NotImplementedError), torch.overrides.TorchFunctionMode():
        torch.ones(1)
    assert torch.ones(1).tolist() == [1.0]
    with torch.overrides.BaseTorchFunctionMode():
        assert torch.ones(1).tolist() == [1.0]

    class Silent(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return NotImplemented

    x = torch.ones(1)
    with pytest.raises(TypeError, match=r"Multiple dispatch failed for 'torch\.ones'.*\n\n  - mode object"), Silent():
        torch.ones(1)
    with pytest.raises(TypeError, match=r"^no implementation found for .* the currently active mode"), Silent():
        F.relu(x)


def test_functions_of_ones_own():
    def double(x):
        if torch.overrides.has_torch_function((x,)):
            return torch.overrides.handle_torch_function(double, (x,), x)
        return x * 2

    @torch.overrides.wrap_torch_function(lambda x: (x,))
    def triple(x):
        return x * 3

    assert double(torch.ones(1)).tolist() == [2.0]
    assert double(Duck()) == "double of 1"
    assert triple(torch.ones(1)).tolist() == [3.0]
    assert triple(Duck()) == "triple of 1"
    assert torch.overrides.has_torch_function_unary(Duck())
    assert torch.overrides.has_torch_function_variadic(1, Duck())
    assert torch.overrides.is_tensor_like(Duck())


def test_what_is_known_about_functions():
    overridable = torch.overrides.get_overridable_functions()
    assert torch.add in overridable[torch]
    assert torch.Tensor.add in overridable[torch.Tensor]
    assert F.linear in overridable[F]
    assert not torch.overrides.get_ignored_functions() & {f for fs in overridable.values() for f in fs}
    assert torch.overrides.resolve_name(F.linear) == "torch.nn.functional.linear"
    assert torch.overrides.resolve_name(torch.Tensor.T.__get__) == "torch.Tensor.T.__get__"
    assert torch.overrides.resolve_name(print) is None
    stand_ins = torch.overrides.get_testing_overrides()
    assert list(inspect.signature(stand_ins[F.linear]).parameters) == ["input", "weight", "bias", "out"]
    assert torch.overrides.is_tensor_method_or_property(torch.Tensor.T.__get__)
    assert not torch.overrides.is_tensor_method_or_property(F.linear)
    assert list(inspect.signature(torch.split).parameters) == ["tensor", "split_size_or_sections", "dim"]


def test_bad_classes():
    with pytest.raises(TypeError, match=r"^as_subclass\(\): argument 'cls' \(position 1\) must be type, not int"):
        torch.ones(1).as_subclass(3)
    with pytest.raises(TypeError, match=r"^cls must be a type that inherits from Tensor, but int does not"):
        torch.ones(1).as_subclass(int)


def test_the_redirection_notices_classes(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import torch\n"
        "class Duck:\n"
        "    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
        "        return func is torch.mean\n"
        "print(torch.mean(Duck()), __build_class__.__name__)\n"
    )
    done = subprocess.run([sys.executable, "-m", "gradiente", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True __build_class__\n"


def test_it_can_be_undone():
    from gradiente._asking import uninstall

    uninstall()
    assert installers
    assert type(torch.ones(1).as_subclass(Seen) * 2) is torch.Tensor
    assert type(torch.Tensor.__dict__["shape"]) is property
    torch.overrides.enable()
    assert type(torch.ones(1).as_subclass(Seen) * 2) is Seen
