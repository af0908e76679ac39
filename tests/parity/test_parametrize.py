"""Parametrizations, and the older hooks for normalised weights, against PyTorch: values, names, text, errors."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import gradiente
import gradiente.nn.utils.parametrize

torch = pytest.importorskip("torch")

Call = Callable[[Any], Any]


def by(m: Any, forward: Any, inverse: Any = None) -> Any:
    """A parametrization made of functions."""
    members: dict[str, Any] = {"forward": lambda self, *x: forward(*x)}
    if inverse is not None:
        members["right_inverse"] = lambda self, x: inverse(x)
    return type("By", (m.nn.Module,), members)()


def exp(m: Any) -> Any:
    return by(m, lambda x: x.exp(), lambda x: x.log())


def pair(m: Any) -> Any:
    return by(m, lambda a, b: a + b, lambda x: (x / 2, x / 2))


def symmetric(m: Any) -> Any:
    return by(m, lambda x: x.triu() + x.triu(1).mT)


def square(m: Any) -> Any:
    """A linear layer with positive weights."""
    layer = m.nn.Linear(3, 3)
    with m.no_grad():
        layer.weight.abs_().add_(0.1)
        layer.bias.abs_()
    return layer


def register(m: Any, *made: Any, layer: Any = None, name: str = "weight", unsafe: bool = False) -> Any:
    layer = square(m) if layer is None else layer
    for parametrization in made:
        m.nn.utils.parametrize.register_parametrization(layer, name, parametrization, unsafe=unsafe)
    return layer


def removed(m: Any, layer: Any, name: str = "weight", *args: Any) -> Any:
    return m.nn.utils.parametrize.remove_parametrizations(layer, name, *args)


def assign(layer: Any, value: Any, name: str = "weight") -> Any:
    setattr(layer, name, value)
    return getattr(layer, name), layer.state_dict()


def second(m: Any, inverse: Any) -> Any:
    """A parametrization whose right inverse changes after it was registered."""
    layer = register(m, pair(m))
    type(layer.parametrizations.weight[0]).right_inverse = lambda self, x: inverse(x)
    return assign(layer, m.ones(3, 3))


def identity_of_parts(m: Any) -> Any:
    layer, other = square(m), square(m)
    kept = layer.weight
    register(m, exp(m), layer=layer)
    found = [layer.parametrizations.weight.original is kept, removed(m, layer).weight is kept]
    register(m, exp(m), layer=other)
    copied = copy.deepcopy(other)
    copied.parametrizations.weight.original.data.zero_()
    return found, copied.weight, other.weight, type(copied) is type(other), isinstance(other, m.nn.Linear)


def cached(m: Any) -> Any:
    layer = register(m, exp(m))
    with m.nn.utils.parametrize.cached():
        first = layer.weight
        with m.nn.utils.parametrize.cached():
            again = layer.weight is first
        return again, layer.weight is first
    return None


def buffers(m: Any) -> Any:
    layer = square(m)
    layer.register_buffer("kept", m.ones(4))
    register(m, pair(m), layer=layer, name="kept")
    names = [name for name, _ in layer.named_buffers()], list(layer.state_dict())
    removed(m, layer, "kept")
    return names, layer.kept, list(layer.state_dict())


def transferred(m: Any) -> Any:
    source, target, part = register(m, exp(m)), square(m), square(m)
    register(m, pair(m), layer=source, name="bias")
    p = m.nn.utils.parametrize
    p.transfer_parametrizations_and_params(source, target)
    p.transfer_parametrizations_and_params(source, part, "bias")
    same = [
        target.parametrizations.weight.original is source.parametrizations.weight.original,
        target.parametrizations.weight[0] is source.parametrizations.weight[0],
        target.parametrizations.bias.original1 is source.parametrizations.bias.original1,
    ]
    plain = p.transfer_parametrizations_and_params(square(m), square(m))
    return same, target, part, plain


def queries(m: Any) -> Any:
    p, layer = m.nn.utils.parametrize, register(m, exp(m))
    return (
        [p.is_parametrized(layer, *name) for name in ([], ["weight"], ["bias"])],
        p.is_parametrized(square(m)),
        p.type_before_parametrizations(layer) is m.nn.Linear,
        p.type_before_parametrizations(square(m)) is m.nn.Linear,
        [name for name, _ in layer.named_modules()],
        "weight" in dir(layer),
    )


def gradients(m: Any) -> Any:
    layer = register(m, exp(m))
    layer(m.ones(2, 3)).sum().backward()
    return layer.parametrizations.weight.original.grad, layer.bias.grad


def called(m: Any, name: str) -> Any:
    layer = register(m, exp(m))
    return m.func.functional_call(layer, {name: m.zeros(3, 3)}, m.ones(3)), layer(m.ones(3))


def frozen(m: Any) -> Any:
    layer = square(m).requires_grad_(False)
    register(m, pair(m), layer=layer)
    before = layer.parametrizations.weight.original0.requires_grad
    removed(m, layer)
    return before, layer.weight.requires_grad, list(layer._parameters), list(layer._buffers)


def listed(m: Any, *args: Any, **kwargs: Any) -> Any:
    return m.nn.utils.parametrize.ParametrizationList(*args, **kwargs)


PARAMETRIZE: list[Call] = [
    lambda m: register(m, symmetric(m)),
    lambda m: register(m, symmetric(m)).weight,
    lambda m: register(m, symmetric(m)).state_dict(),
    lambda m: register(m, exp(m), exp(m)),
    lambda m: register(m, exp(m), exp(m)).weight,
    lambda m: register(m, exp(m), symmetric(m)).state_dict(),
    lambda m: register(m, pair(m)).state_dict(),
    lambda m: register(m, pair(m), exp(m)).state_dict(),
    lambda m: register(m, exp(m), layer=register(m, pair(m)), name="bias"),
    identity_of_parts,
    cached,
    buffers,
    transferred,
    queries,
    gradients,
    frozen,
    lambda m: called(m, "weight"),
    lambda m: called(m, "parametrizations.weight.original"),
    lambda m: pickle.dumps(register(m, symmetric(m))),
    lambda m: copy.copy(register(m, symmetric(m))),
    lambda m: register(m, exp(m), name="foo"),
    lambda m: register(m, exp(m), layer=m.nn.Linear(3, 3, bias=False), name="bias"),
    lambda m: register(m, lambda x: x),
    lambda m: register(m, by(m, lambda x: x[:1])),
    lambda m: register(m, by(m, lambda x: x[:1]), unsafe=True).weight,
    lambda m: removed(m, register(m, by(m, lambda x: x[:1]), unsafe=True)).weight,
    lambda m: register(m, by(m, lambda x: x.double())),
    lambda m: register(m, by(m, lambda x: x.double()), unsafe=True).weight,
    lambda m: register(m, by(m, lambda x: 3)),
    lambda m: register(m, by(m, lambda x: x, lambda x: 3)),
    lambda m: register(m, by(m, lambda x: x, lambda x: (x, 3))),
    lambda m: register(m, by(m, lambda x: x, lambda x: x.double())),
    lambda m: register(m, by(m, lambda x: x, lambda x: x[:1])),
    lambda m: register(m, by(m, lambda x: x.reshape(3, 3), lambda x: x.reshape(-1))).state_dict(),
    lambda m: register(m, exp(m), by(m, lambda x: x[:1])),
    lambda m: register(m, exp(m), by(m, lambda x: x.double())),
    lambda m: register(m, exp(m), by(m, lambda x: 3)),
    lambda m: register(m, exp(m), by(m, lambda x: x, lambda x: 3)),
    lambda m: register(m, exp(m), by(m, lambda x: x, lambda x: x[:1])),
    lambda m: register(m, exp(m), by(m, lambda x: x, lambda x: x.double())),
    lambda m: removed(m, square(m)),
    lambda m: removed(m, register(m, exp(m)), "bias"),
    lambda m: removed(m, register(m, exp(m))),
    lambda m: removed(m, register(m, exp(m))).state_dict(),
    lambda m: removed(m, register(m, exp(m)), "weight", False).state_dict(),
    lambda m: removed(m, register(m, pair(m))).state_dict(),
    lambda m: removed(m, register(m, pair(m)), "weight", False),
    lambda m: assign(register(m, symmetric(m)), m.ones(3, 3)),
    lambda m: assign(register(m, exp(m), exp(m)), 3 * m.ones(3, 3)),
    lambda m: assign(register(m, pair(m)), m.ones(3, 3)),
    lambda m: assign(register(m, pair(m)), m.ones(3, 3).double()),
    lambda m: assign(register(m, exp(m)), m.ones(2, 2)),
    lambda m: assign(register(m, exp(m)), m.ones(3, 3).double()),
    lambda m: assign(register(m, by(m, lambda x: x, lambda x: x)), 3),
    lambda m: assign(register(m, exp(m)), m.nn.Parameter(m.ones(3, 3))),
    lambda m: second(m, lambda x: x),
    lambda m: second(m, lambda x: 3),
    lambda m: second(m, lambda x: (x,)),
    lambda m: second(m, lambda x: (x, 3)),
    lambda m: second(m, lambda x: (x, x.double())),
    lambda m: second(m, lambda x: (x, 2 * x)),
    lambda m: listed(m, [], m.ones(2)),
    lambda m: listed(m, [exp(m)], m.ones(2))(),
    lambda m: listed(m, [exp(m), symmetric(m)], m.ones(2), unsafe=True),
    lambda m: m.nn.Linear(3, 3).load_state_dict(register(m, exp(m)).state_dict()),
    lambda m: register(m, exp(m)).load_state_dict(register(m, symmetric(m)).state_dict()),
]


def ready(m: Any, kind: str, layer: Any, *args: Any, **kwargs: Any) -> Any:
    return getattr(m.nn.utils.parametrizations, kind)(layer, *args, **kwargs)


def several_calls(m: Any, make: Callable[[Any], Any]) -> Any:
    """Training, evaluation, gradients, and a copy of the state into a module of the older form and back."""
    layer = make(m)
    first = layer(m.ones(1, 3)), layer(m.ones(1, 3))
    first[1].sum().backward()
    grads = [None if p.grad is None else p.grad for p in layer.parameters()]
    state = layer.state_dict()
    layer.eval()
    other = make(m)
    return first, grads, state, layer(m.ones(1, 3)), layer.weight, other.load_state_dict(state), other.state_dict()


def old_state(m: Any) -> Any:
    """A state of the older form, from before its version 1, without v and metadata."""
    state = m.nn.utils.spectral_norm(m.nn.Linear(2, 3)).state_dict()
    del state["weight_v"]
    state._metadata = {}
    state["weight"] = 2 * m.ones(3, 2)
    layer = m.nn.utils.spectral_norm(m.nn.Linear(2, 3))
    return layer.load_state_dict(state), layer.state_dict()


def migrated(m: Any) -> Any:
    old = m.nn.utils.weight_norm(m.nn.Linear(2, 3))
    new = ready(m, "weight_norm", m.nn.Linear(2, 3))
    return new.load_state_dict(old.state_dict()), new.weight == old.weight


def undone(m: Any, kind: str) -> Any:
    utils = m.nn.utils
    layer = getattr(utils, kind)(m.nn.Linear(2, 3))
    getattr(utils, f"remove_{kind}")(layer)
    return layer, layer.state_dict(), len(layer._forward_pre_hooks), len(layer._state_dict_hooks)


def twice(m: Any, kind: str, undo: bool = False) -> Any:
    utils = m.nn.utils
    layer = getattr(utils, kind)(m.nn.Linear(2, 3))
    return (
        (undone(m, kind), getattr(utils, f"remove_{kind}")(m.nn.Linear(2, 3))) if undo else getattr(utils, kind)(layer)
    )


NORMS: list[Call] = [
    lambda m: ready(m, "weight_norm", m.nn.Linear(3, 2)),
    lambda m: ready(m, "weight_norm", m.nn.Linear(3, 2), dim=None).state_dict(),
    lambda m: ready(m, "weight_norm", m.nn.Conv2d(2, 3, 2), dim=1).state_dict(),
    lambda m: ready(m, "weight_norm", m.nn.Conv2d(2, 3, 2), dim=-2).weight.shape,
    lambda m: ready(m, "weight_norm", m.nn.Linear(3, 2), "bias").state_dict(),
    lambda m: ready(m, "weight_norm", m.nn.Linear(3, 2), "foo"),
    lambda m: ready(m, "weight_norm", m.nn.Linear(3, 2), dim=5),
    lambda m: assign(ready(m, "weight_norm", m.nn.Linear(3, 2)), m.ones(2, 3)),
    lambda m: several_calls(m, lambda m: ready(m, "weight_norm", m.nn.Linear(3, 2))),
    lambda m: several_calls(m, lambda m: m.nn.utils.weight_norm(m.nn.Linear(3, 2))),
    lambda m: several_calls(m, lambda m: ready(m, "spectral_norm", m.nn.Linear(3, 2))),
    lambda m: several_calls(m, lambda m: ready(m, "spectral_norm", m.nn.Linear(3, 2), n_power_iterations=4, eps=0.1)),
    lambda m: several_calls(m, lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2))),
    lambda m: several_calls(m, lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2), n_power_iterations=3, eps=0.1)),
    migrated,
    old_state,
    lambda m: m.nn.utils.weight_norm(m.nn.Linear(3, 2), dim=None).state_dict(),
    lambda m: m.nn.utils.weight_norm(m.nn.Conv2d(2, 3, 2), dim=-2).state_dict(),
    lambda m: m.nn.utils.weight_norm(m.nn.Linear(3, 2), dim=3),
    lambda m: m.nn.utils.weight_norm(m.nn.Linear(3, 2), "foo"),
    lambda m: undone(m, "weight_norm"),
    lambda m: undone(m, "spectral_norm"),
    lambda m: twice(m, "weight_norm"),
    lambda m: twice(m, "spectral_norm"),
    lambda m: twice(m, "weight_norm", undo=True),
    lambda m: twice(m, "spectral_norm", undo=True),
    lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2)).state_dict()._metadata,
    lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2), "foo"),
    lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2, bias=False), "bias"),
    lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2), n_power_iterations=0),
    lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2), dim=1).state_dict(),
    lambda m: m.nn.utils.spectral_norm(m.nn.ConvTranspose2d(2, 3, 2)).state_dict(),
    lambda m: m.nn.utils.spectral_norm(m.nn.Linear(3, 2)).load_state_dict({}),
    lambda m: ready(m, "spectral_norm", m.nn.Linear(3, 2)),
    lambda m: ready(m, "spectral_norm", m.nn.ConvTranspose2d(2, 3, 2)).state_dict(),
    lambda m: ready(m, "spectral_norm", m.nn.Linear(3, 2), "bias").state_dict(),
    lambda m: ready(m, "spectral_norm", m.nn.Linear(3, 2), dim=4),
    lambda m: ready(m, "spectral_norm", m.nn.Linear(3, 2), "foo"),
    lambda m: ready(m, "spectral_norm", m.nn.Linear(3, 2), n_power_iterations=0),
    lambda m: assign(ready(m, "spectral_norm", m.nn.Linear(3, 3)), m.eye(3)),
    lambda m: removed(m, ready(m, "spectral_norm", m.nn.Linear(3, 3))).state_dict(),
]


def rounded(m: Any, x: Any) -> Any:
    """Without the last digits, and without the signs of zeros."""
    parts = m.view_as_real(x) if x.is_complex() else x
    return parts.mul(1e5).round().div(1e5).add(0.0)


def orthogonal(
    m: Any, shape: tuple[int, ...], orthogonal_map: str | None, trivial: bool, dtype: str = "float64"
) -> Any:
    layer = m.nn.Module()
    layer.weight = m.nn.Parameter(m.randn(shape, dtype=getattr(m, dtype)))
    ready(m, "orthogonal", layer, orthogonal_map=orthogonal_map, use_trivialization=trivial)
    weight, chain = layer.weight, layer.parametrizations.weight
    (weight * m.arange(1.0, 1.0 + weight.numel()).view(shape)).sum().abs().backward()
    found = [weight.detach(), chain.original.detach(), chain.original.grad, *chain.buffers(), m.rand(1)]
    error, names = "", list(layer.state_dict())
    try:
        layer.weight = (
            weight.detach() if len(shape) > 2 or dtype != "float64" else m.nn.init.orthogonal_(m.empty_like(weight))
        )
    except NotImplementedError as raised:
        error = str(raised)
    found += [layer.weight.detach(), chain.original.detach(), *chain.buffers()]
    return weight.grad_fn.name(), error, names, [rounded(m, x) for x in found]


ORTHOGONAL: list[Call] = [
    *(
        lambda m, shape=shape, name=name, trivial=trivial: orthogonal(m, shape, name, trivial)
        for shape in ((3, 3), (4, 3), (3, 4), (2, 3, 3), (2, 4, 3))
        for name in ("matrix_exp", "cayley", "householder")
        for trivial in (True, False)
    ),
    lambda m: orthogonal(m, (3, 3), None, True, "complex128"),
    lambda m: orthogonal(m, (3, 4), "cayley", True, "complex128"),
    lambda m: orthogonal(m, (4, 3), None, True),
    lambda m: orthogonal(m, (4, 3), "householder", False, "complex64"),
    lambda m: orthogonal(m, (4, 3), "foo", False),
    lambda m: orthogonal(m, (4,), None, False),
    lambda m: ready(m, "orthogonal", m.nn.Linear(3, 3)),
    lambda m: ready(m, "orthogonal", m.nn.Linear(3, 3), "foo"),
    lambda m: assign(ready(m, "orthogonal", m.nn.Linear(3, 3)), m.ones(2, 2)),
]

KEYWORDS = {"WeightNormInterfaceBackward0": "MulBackward0"}  # what torch does in one kernel is a product here


def outcome(call: Call, m: Any) -> tuple[str, str, list[str]]:
    m.manual_seed(0)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", FutureWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            text = ("", str(call(m)))
        except Exception as error:
            text = (type(error).__name__, str(error))
    for word, ours in KEYWORDS.items():
        text = (text[0], text[1].replace(word, ours))
    return (*text, [str(w.message) for w in found])


@pytest.mark.parametrize(
    "call", [*PARAMETRIZE, *NORMS, *ORTHOGONAL], ids=lambda call: f"{call.__name__}{call.__code__.co_firstlineno}"
)
def test_like_torch(call: Call) -> None:
    ours, theirs = outcome(call, gradiente), outcome(call, torch)
    assert ours[0] == theirs[0], ours[1]
    assert ours[1].startswith(theirs[1]) if theirs[0] else ours[1] == theirs[1]
    assert ours[2] == theirs[2]
