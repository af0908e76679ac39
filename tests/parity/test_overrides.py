"""`__torch_function__` beside PyTorch: who is asked, with what, and the class of the results."""

from __future__ import annotations

import operator
import types
import warnings

import pytest

import gradiente

torch = pytest.importorskip("torch")


def logging_class(module):
    """A class derived from Tensor, and the list of the calls that it sees."""
    calls = []

    class Logged(module.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            calls.append((func.__name__, [type(a).__name__ for a in args if isinstance(a, module.Tensor)]))
            return super().__torch_function__(func, types, args, kwargs)

    return Logged, calls


def kinds(value):
    """The types of a result and of its parts."""
    if isinstance(value, (tuple, list)):
        return [type(value).__name__, *[kinds(part) for part in value]]
    return type(value).__name__


CASES = {
    **{
        f"x {name} {side}": lambda m, x, p, name=name, order=order: getattr(operator, name)(*order(x, p))
        for name in ("add", "sub", "mul", "truediv", "mod", "pow", "matmul", "floordiv", "lt", "ge", "ne", "eq")
        for side, order in {
            "p": lambda x, p: (x, p),
            "reflected": lambda x, p: (p, x),
            "2": lambda x, p: (x, 2.0),
            "of 2": lambda x, p: (2.0, x),
        }.items()
        if not (name == "matmul" and "2" in side)
    },
    **{name: lambda m, x, p, name=name: getattr(operator, name)(x) for name in ("neg", "abs", "pos")},
    "iadd": lambda m, x, p: operator.iadd(x.clone(), p),
    "getitem": lambda m, x, p: (x[0], x[:, 1], x[x > 1], p[x.long() * 0]),
    "setitem": lambda m, x, p: p.clone().__setitem__(0, x[0]),
    "python": lambda m, x, p: (len(x), bool(x.sum()), int(x.sum()), list(x), 1.0 in x, hash(x) is None),
    "properties": lambda m, x, p: (
        x.shape,
        x.dtype,
        x.mT,
        x.grad,
        x.is_leaf,
        x.ndim,
        x.real,
        x.device,
        x.data,
        x._base,
    ),
    "methods": lambda m, x, p: (
        x.sum(),
        x.max(0),
        x.sort(),
        x.view(-1),
        x.reshape(4),
        x.permute(1, 0),
        x.expand(3, 2, 2),
    ),
    "conversion": lambda m, x, p: (x.to(m.float64), x.float(), x.tolist(), x.numpy(), x.sum().item(), x.type()),
    "new": lambda m, x, p: (x.new_ones(2), x.new_tensor([1.0]), m.zeros_like(x), m.rand_like(x), m.tensor([1.0])),
    "functions": lambda m, x, p: (m.add(p, x, alpha=2), m.where(p > 0, x, p), m.einsum("ij,jk", p, x), m.isnan(x)),
    "lists": lambda m, x, p: (
        m.cat([p, x]),
        m.stack((x, p)),
        m.block_diag(p, x),
        m.meshgrid(x[0], x[1], indexing="ij"),
    ),
    "several": lambda m, x, p: (m.split(x, 1), m.unbind(x), x.chunk(2), m.sort(x), m.topk(x, 1)),
    "linalg": lambda m, x, p: (m.linalg.svd(x), m.linalg.inv(x), m.linalg.norm(x)),
    "nn": lambda m, x, p: (m.nn.functional.linear(p, x), m.nn.functional.relu(x), m.nn.functional.softmax(x, -1)),
    "losses": lambda m, x, p: (m.nn.functional.mse_loss(x, p), m.nn.functional.cross_entropy(x, m.tensor([0, 1]))),
    "module": lambda m, x, p: m.nn.Linear(2, 2)(x),
    "out": lambda m, x, p: m.add(p, p, out=x.clone()),
    "keyword": lambda m, x, p: m.mean(input=x, dim=0),
    "autograd": lambda m, x, p: (x.detach().requires_grad_() * 2).sum().backward(),
    "explicit": lambda m, x, p: m.Tensor.add(p, x),
    "numbers": lambda m, x, p: (m.numel(x), m.equal(x, p), m.allclose(x, p), m.is_floating_point(x), m.is_tensor(x)),
}

PREFIXED = {"svd": "linalg_svd", "inv": "linalg_inv", "norm": "linalg_norm"}
"""What torch calls functions of its modules."""


@pytest.mark.parametrize("name", CASES)
def test_calls_and_classes(name):
    def outcome(module):
        cls, calls = logging_class(module)
        x, p = module.tensor([[4.0, 1.0], [2.0, 3.0]]).as_subclass(cls), module.ones(2, 2)
        del calls[:]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = CASES[name](module, x, p)
        if name == "linalg":
            calls[:] = [(PREFIXED.get(function, function), given) for function, given in calls]
        return kinds(result), [call for call in calls if call[0] != "dim"]  # torch's `iter` asks for it

    ours, theirs = outcome(gradiente), outcome(torch)
    assert ours[0] == theirs[0]
    assert ours[1] == theirs[1]


def duck(module, answer):
    """A class that is no tensor and answers `answer`."""

    class Duck:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return (func.__name__, len(types), len(args), sorted(kwargs or {})) if answer else NotImplemented

    return Duck()


DUCKS = {
    "sum": lambda m, d: m.sum(d),
    "keyword": lambda m, d: m.add(m.ones(1), other=d),
    "operator": lambda m, d: m.ones(1) + d,
    "list": lambda m, d: m.cat([m.ones(1), d]),
    "index": lambda m, d: m.ones(2)[d],
    "method": lambda m, d: m.ones(2).matmul(d),
    "functional": lambda m, d: m.nn.functional.embedding(m.tensor([0]), d),
}


@pytest.mark.parametrize("answer", [True, False])
@pytest.mark.parametrize("name", DUCKS)
def test_other_classes(name, answer):
    gradiente.overrides.enable()

    def outcome(module):
        try:
            result = DUCKS[name](module, duck(module, answer))
        except TypeError as error:
            return str(error).partition("\n")[0].partition(": [")[0].replace("torch.Tensor.", "torch.")
        return result if name != "functional" else result[0]  # torch passes the defaults on

    assert outcome(gradiente) == outcome(torch)


def test_modes():
    def outcome(module):
        log = []
        import importlib

        base = importlib.import_module(f"{module.__name__}.overrides").TorchFunctionMode

        class Mode(base):
            def __init__(self, mark):
                super().__init__()
                self.mark = mark

            def __torch_function__(self, func, types, args=(), kwargs=None):
                log.append((self.mark, func.__name__, len(types)))
                return func(*args, **(kwargs or {}))

        with Mode("outer"), Mode("inner"):
            x = module.ones(2)
            (x * 2).sum()
            with module._C.DisableTorchFunctionSubclass():
                module.zeros(1)
        return log

    assert outcome(gradiente) == outcome(torch)


def test_names_of_the_module():
    ours, theirs = gradiente.overrides, torch.overrides
    public = set(theirs.__all__) - {"enable_reentrant_dispatch", "redispatch_function"}
    assert public <= set(ours.__all__)
    found = {
        f.__name__ for fs in ours.get_overridable_functions().values() for f in fs if isinstance(f, types.FunctionType)
    }
    wanted = {f.__name__ for f in theirs.get_overridable_functions()[torch.nn.functional]}
    missing = {name for name in wanted if hasattr(gradiente.nn.functional, name)} - found - {"native_channel_shuffle"}
    assert not missing
    for function in (theirs.is_tensor_like, ours.is_tensor_like):
        assert function(torch.ones(1)) or function(gradiente.ones(1))
    assert ours.resolve_name(gradiente.Tensor.add) in ("torch.add", theirs.resolve_name(torch.Tensor.add))
