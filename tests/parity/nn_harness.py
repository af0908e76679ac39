"""One call of a function of torch.nn.functional in both libraries: values, derivatives of two orders in two modes,
warnings, errors."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import gradiente
from outcomes import torchs_words

Call = Callable[..., Any]
"""Takes the library, its torch.nn.functional, and the tensors."""


def normal(*shape: int, seed: int = 0, dtype: str = "float64") -> Any:
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def whole(*shape: int, low: int = -3, high: int = 4, seed: int = 0, dtype: str = "float64") -> Any:
    """Random whole numbers, with many ties."""
    return np.random.default_rng([seed, *shape]).integers(low, high, shape).astype(dtype)


def caught(call: Callable[[], Any]) -> tuple[Any, list[str], tuple[str, str]]:
    """The result, the warnings' texts, and the error's type and text."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        try:
            result, error = call(), ("", "")
        except Exception as raised:
            result, error = None, (type(raised).__name__, torchs_words(str(raised)))
    heard = [str(w.message).split(" (Triggered")[0] for w in found if not issubclass(w.category, RuntimeWarning)]
    return result, heard, error


def outputs(found: Any) -> tuple[Any, ...]:
    return tuple(found) if isinstance(found, (tuple, list)) else (found,)


def weighed(module: Any, out: Any) -> Any:
    """A number that every element of the result has a part in, with different slopes."""
    weights = np.cos(np.arange(out.numel())).reshape(tuple(out.shape))
    dtype = "float64" if out.dtype in (module.float64, module.complex128) else "float32"
    value = (out * module.from_numpy(np.asarray(weights).astype(dtype)).to(out.dtype)).sum()
    return value.real if out.is_complex() else value


def run(module: Any, call: Call, arrays: list[Any], tracked: int, second: bool) -> tuple[list[Any], list[str]]:
    tensors = [module.from_numpy(array.copy()) for array in arrays]
    for x in tensors[:tracked]:
        x.requires_grad_()
    outs = outputs(call(module, module.nn.functional, *tensors))
    followed = [o for o in outs if o.requires_grad]
    names = [o.grad_fn.name() if o.grad_fn else "" for o in followed]
    found = list(outs)
    if tracked:
        total = sum(weighed(module, o) + 0.5 * weighed(module, o * o) for o in followed)
        first = module.autograd.grad(total, tensors[:tracked], create_graph=second, materialize_grads=True)
        found += first
        again = sum((g * g.conj()).real.sum() if g.is_complex() else (g * g).sum() for g in first) if second else None
        if again is not None and again.requires_grad:
            found += module.autograd.grad(again, tensors[:tracked], materialize_grads=True)
    return [x.detach().numpy() for x in found], names


def pushed(module: Any, call: Call, arrays: list[Any], tracked: int) -> list[Any]:
    """The tangents of the results."""
    rng = np.random.default_rng(7)
    tensors = [module.from_numpy(array.copy()) for array in arrays]
    tangents = [module.from_numpy(np.asarray(rng.standard_normal(a.shape).astype(a.dtype))) for a in arrays[:tracked]]
    with module.autograd.forward_ad.dual_level():
        make, unpack = module.autograd.forward_ad.make_dual, module.autograd.forward_ad.unpack_dual
        duals = [make(x, t) for x, t in zip(tensors, tangents, strict=False)]
        outs = outputs(call(module, module.nn.functional, *duals, *tensors[tracked:]))
        found = [unpack(o).tangent for o in outs]
    return [np.zeros(()) if t is None else t.numpy() for t in found]


def close(ours: list[Any], theirs: list[Any], tolerance: float | None, what: str) -> None:
    assert len(ours) == len(theirs), what
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert a.dtype == b.dtype, f"{what} {i}: {a.dtype} instead of {b.dtype}"
        assert a.shape == b.shape, f"{what} {i}: {a.shape} instead of {b.shape}"
        wide = a.dtype in (np.float64, np.complex128)
        limit = tolerance or (1e-9 if wide else 2e-3 if a.dtype.itemsize == 2 else 2e-5)
        finite = np.abs(b[np.isfinite(b)])
        scale = max(1.0, float(finite.max(initial=0.0)))  # sums round as their terms do
        np.testing.assert_allclose(a, b, rtol=limit, atol=limit * scale, err_msg=f"{what} {i}")


def compare(
    call: Call,
    arrays: list[Any],
    tracked: int = 1,
    second: bool = True,
    forward: bool = True,
    node: bool = True,
    tolerance: float | None = None,
) -> None:
    """Equal results, gradients, second-order gradients, tangents, names of the nodes, and warnings."""
    import torch

    ours, our_warnings, our_error = caught(lambda: run(gradiente, call, arrays, tracked, second))
    theirs, their_warnings, their_error = caught(lambda: run(torch, call, arrays, tracked, second))
    assert their_error == ("", ""), their_error
    assert our_error == ("", ""), our_error
    assert len(our_warnings) == len(their_warnings), (our_warnings, their_warnings)
    for a, b in zip(our_warnings, their_warnings, strict=True):
        assert a[:60] == b[:60]
    assert ours[1] == theirs[1] or not node
    close(ours[0], theirs[0], tolerance, "value or gradient")
    if forward and tracked:
        found, _, our_error = caught(lambda: pushed(gradiente, call, arrays, tracked))
        wanted, _, their_error = caught(lambda: pushed(torch, call, arrays, tracked))
        assert their_error == ("", ""), their_error
        assert our_error == ("", ""), our_error
        close(found, wanted, tolerance, "tangent")


def compare_failure(call: Call, arrays: list[Any]) -> None:
    """An error of the same type, whose text begins with torch's."""
    import torch

    def attempt(module: Any) -> tuple[str, str]:
        tensors = [module.from_numpy(array.copy()) for array in arrays]
        return caught(lambda: call(module, module.nn.functional, *tensors))[2]

    ours, theirs = attempt(gradiente), attempt(torch)
    assert theirs[0], "torch accepts this"
    assert ours[0] == theirs[0], (ours, theirs)
    # of a call with the wrong types torch lists the signatures: only the beginning counts
    words = theirs[1].split(" - got")[0].split(" received an invalid combination")[0].split("<class")[0]
    assert ours[1].startswith(words), (ours, theirs)
