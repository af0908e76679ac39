"""Lazy modules and uninitialised parameters against torch's."""

from __future__ import annotations

import copy
import io
import pickle
import re
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

SPATIAL = {1: (7,), 2: (7, 6), 3: (5, 6, 4)}
CONVS = [f"LazyConv{n}d" for n in (1, 2, 3)] + [f"LazyConvTranspose{n}d" for n in (1, 2, 3)]
NORMS = [f"LazyBatchNorm{n}d" for n in (1, 2, 3)] + [f"LazyInstanceNorm{n}d" for n in (1, 2, 3)]
CASES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("LazyLinear", (3,), {}),
    ("LazyLinear", (3, False), {}),
    *[(name, (6, 3), {}) for name in CONVS],
    *[(name, (6, 3), {"stride": 2, "padding": 1, "groups": 2, "bias": False}) for name in CONVS],
    ("LazyConv2d", (4, 3), {"padding": "same", "padding_mode": "circular"}),
    *[(name, (), {}) for name in NORMS],
    *[(name, (1e-3, 0.2, True, True), {"bias": False}) for name in NORMS],
    *[(name, (), {"track_running_stats": False}) for name in NORMS],
]


def ids(case: Any) -> str:
    return f"{case[0]}{case[1]}{case[2] or ''}"


def input_of(name: str, rng: Any) -> Any:
    spatial = SPATIAL[int(name[-2])] if name[-1] == "d" else ()
    return rng.standard_normal((2, 4, *spatial)).astype(np.float32)


def story(library: Any, case: Any, x: Any) -> list[Any]:
    """What can be seen of a lazy module before and after its first call."""
    name, args, kwargs = case
    library.manual_seed(5)
    module = getattr(library.nn, name)(*args, **kwargs)
    seen: list[Any] = [library.rand(1).item(), repr(module), repr(module.state_dict())]
    seen += [module.has_uninitialized_params(), sorted(vars(module)), len(list(module.parameters()))]
    seen += [type(module).__mro__[-1].__name__, module.cls_to_become.__name__]
    library.manual_seed(6)
    out = module(library.from_numpy(x))
    (out * out).sum().backward()
    seen += [repr(module), type(module).__name__, sorted(vars(module)), hasattr(module, "cls_to_become")]
    seen += [out.detach().numpy()]
    seen += [v.detach().numpy() for v in module.state_dict().values()]
    seen += [p.grad.numpy() for p in module.parameters()]
    return seen


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_lazy_module_becomes_the_usual_one(case: Any, rng: Any) -> None:
    x = input_of(case[0], rng)
    theirs, ours = story(torch, case, x), story(gradiente, case, x)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        if isinstance(b, np.ndarray):
            np.testing.assert_allclose(a, b, rtol=3e-4, atol=3e-5)  # float32 sums in another order
        else:
            assert a == b


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_states_are_exchanged(case: Any, rng: Any) -> None:
    """A state of the full module gives a lazy one its shapes; a lazy state cannot be loaded by a full module."""
    x = input_of(case[0], rng)
    name, args, kwargs = case
    found = []
    for library in (torch, gradiente):
        library.manual_seed(1)
        full = getattr(library.nn, name)(*args, **kwargs)
        full(library.from_numpy(x))
        lazy = getattr(library.nn, name)(*args, **kwargs)
        seen = [repr(lazy.load_state_dict(full.state_dict())), repr(lazy), lazy.has_uninitialized_params()]
        if library is gradiente or "Instance" not in name:  # torch's has 0 channels then, and refuses its input
            seen.append(list(lazy(library.from_numpy(x)).shape))
        fresh = getattr(library.nn, name)(*args, **kwargs)
        seen.append(repr(fresh.load_state_dict(getattr(library.nn, name)(*args, **kwargs).state_dict())))
        for target, given, strict in ((full, fresh.state_dict(), True), (fresh, {}, True), (fresh, {}, False)):
            try:
                seen.append(repr(target.load_state_dict(given, strict)))
            except RuntimeError as error:
                seen.append(str(error))
        found.append(seen)
        if library is gradiente:  # torch's show 0 channels
            assert repr(lazy) == repr(full)
            assert type(lazy) is type(full)
    assert [each for each in found[1] if each in found[0]] == found[0]


FAILURES: dict[str, Any] = {
    **{
        f"rank of {name}": lambda t, name=name: getattr(t.nn, name)(2, 3)(t.ones(2))
        for name in CONVS
        if "1" not in name
    },
    **{f"rank of {name}": lambda t, name=name: getattr(t.nn, name)()(t.ones((1,) * 7)) for name in NORMS},
    "groups": lambda t: t.nn.LazyConv2d(6, 3, groups=2)(t.ones(1, 3, 5, 5)),
    "no groups": lambda t: t.nn.LazyConv2d(6, 3, groups=0),
    "strided same": lambda t: t.nn.LazyConv2d(6, 3, padding="same", stride=2),
    "transposed padding": lambda t: t.nn.LazyConvTranspose2d(6, 3, padding_mode="reflect"),
    "shape": lambda t: t.nn.LazyLinear(3).weight.shape,
    "share": lambda t: t.nn.LazyLinear(3).share_memory(),
    "weight norm": lambda t: t.nn.utils.weight_norm(t.nn.LazyLinear(3)),
    "spectral norm": lambda t: t.nn.utils.spectral_norm(t.nn.LazyLinear(3)),
    "new weight norm": lambda t: t.nn.utils.parametrizations.weight_norm(t.nn.LazyLinear(3)),
    "replicas": lambda t: t.nn.LazyLinear(3)._replicate_for_data_parallel(),
}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", FAILURES)
def test_failures(name: str) -> None:
    with pytest.raises((RuntimeError, ValueError)) as theirs:
        FAILURES[name](torch)
    with pytest.raises(type(theirs.value), match=re.escape(str(theirs.value))):
        FAILURES[name](gradiente)


USES: dict[str, Any] = {
    "add": lambda t, p: p + 1,
    "right add": lambda t, p: 1 + p,
    "function": lambda t, p: t.exp(p),
    "product": lambda t, p: t.ones(2, 2) @ p,
    "index": lambda t, p: p[0],
    "clone": lambda t, p: p.clone(),
    "detach": lambda t, p: p.detach(),
    "numel": lambda t, p: p.numel(),
    "length": lambda t, p: len(p),
    "item": lambda t, p: p.item(),
    "list": lambda t, p: p.tolist(),
    "like": lambda t, p: t.zeros_like(p),
    "freeze": lambda t, p: p.requires_grad_(False),
    "type": lambda t, p: t.nn.LazyLinear(1).type(t.float64),
    "initialise": lambda t, p: t.nn.init.ones_(p),
    "vector": lambda t, p: t.nn.utils.parameters_to_vector([p]),
    "linear": lambda t, p: t.nn.functional.linear(t.ones(1, 2), p),
}


@pytest.mark.parametrize("kind", ["UninitializedParameter", "UninitializedBuffer"])
@pytest.mark.parametrize("name", USES)
def test_uses_that_need_values(name: str, kind: str) -> None:
    texts = []
    for library in (torch, gradiente):
        with pytest.raises(ValueError, match="Attempted to use") as error:
            USES[name](library, getattr(library.nn, kind)())
        before, _, after = str(error.value).partition(">. This error")
        texts.append((before.partition("<")[0], after.replace("UninitializedBuffer", "UninitializedParameter")))
    assert texts[1] == texts[0]


QUESTIONS: dict[str, Any] = {
    "text": lambda t, p: (repr(p), str(p)),
    "type": lambda t, p: (p.dtype, p.layout, str(p.device), p.ndim, p.is_floating_point(), p.is_complex()),
    "graph": lambda t, p: (p.requires_grad, p.is_leaf, p.grad, p.grad_fn, p._version),
    "size": lambda t, p: tuple(p.size()),
    "kinds": lambda t, p: (isinstance(p, t.nn.Parameter), isinstance(p, t.nn.Buffer), isinstance(p, t.Tensor)),
    "lazy": lambda t, p: (t.nn.parameter.is_lazy(p), t.nn.parameter.is_lazy(t.ones(1))),
    "same": lambda t, p: p.to(p.dtype) is p and p.float() is p and p.cpu() is p,
    "double": lambda t, p: (type(p.double()).__name__, p.double().dtype),
    "pickled": lambda t, p: repr(pickle.loads(pickle.dumps(p))),
    "names": lambda t, p: (type(p).__module__, type(p).__qualname__),
}


@pytest.mark.parametrize("kind", ["UninitializedParameter", "UninitializedBuffer"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_that_have_an_answer(name: str, kind: str) -> None:
    theirs, ours = (QUESTIONS[name](library, getattr(library.nn, kind)()) for library in (torch, gradiente))
    assert str(ours).replace("gradiente.", "torch.") == str(theirs)


def test_conversions_and_copies_of_a_module() -> None:
    found = []
    for library in (torch, gradiente):
        module = library.nn.LazyLinear(3)
        seen = [str(m.weight.dtype) for m in (module.double(), module.half(), module.to(library.float64))]
        twin = copy.deepcopy(module)
        again = pickle.loads(pickle.dumps(module))
        x = library.ones(2, 4, dtype=library.float64)
        seen += [repr(twin(x).dtype), repr(twin), repr(module), repr(again), str(again.has_uninitialized_params())]
        seen += [str(len(list(library.optim.SGD(module.parameters(), lr=0.1).param_groups[0]["params"])))]
        found.append(seen)
    assert found[1] == found[0]


def test_files_of_the_two_are_read_by_the_other() -> None:
    kinds = {torch: torch.nn.UninitializedParameter, gradiente: gradiente.nn.UninitializedParameter}
    for writer, reader in ((torch, gradiente), (gradiente, torch)):
        file = io.BytesIO()
        writer.save(writer.nn.LazyLinear(3).state_dict(), file)
        file.seek(0)
        with pytest.raises(pickle.UnpicklingError, match="UninitializedParameter was not an allowed global"):
            reader.load(file)
        file.seek(0)
        state = reader.load(file, weights_only=False)
        assert [type(value) for value in state.values()] == [kinds[reader]] * 2
        assert state["weight"].requires_grad


def test_an_optimiser_made_before_the_first_call(rng: Any) -> None:
    x = rng.standard_normal((4, 3)).astype(np.float32)
    found = []
    for library in (torch, gradiente):
        library.manual_seed(2)
        net = library.nn.Sequential(library.nn.LazyLinear(5), library.nn.Tanh(), library.nn.LazyLinear(1))
        optimiser = library.optim.Adam(net.parameters(), lr=0.05)
        for _ in range(3):
            optimiser.zero_grad()
            loss = net(library.from_numpy(x)).square().mean()
            loss.backward()
            optimiser.step()
        found.append(loss.item())
    assert found[1] == pytest.approx(found[0], rel=1e-5)
