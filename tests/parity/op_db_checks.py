"""What is compared of one operator: values, types, derivatives, variants, errors. `examine` does all of it."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.autograd.forward_ad as their_forward

import gradiente
import gradiente.autograd.forward_ad as our_forward

from .op_db_access import (
    Call,
    array_of,
    at_path,
    counterpart,
    fresh,
    key,
    rebound,
    samples,
    seeded,
    tensors_in,
    translated,
)
from .op_db_exceptions import (
    MISTAKEN,
    NO_BFLOAT16,
    NUMBERS_FOR_NAN,
    PHASES,
    ROUGH,
    ROUGH_TANGENTS,
    TOLERANCE,
    WITHOUT_COMPLEX_TANGENTS,
)

Result = str | None
"""None: as in torch. A text: what differs. The aspects that torch does not have are left out."""


class Differs(AssertionError):
    """gradiente and torch do not agree."""


class Refused(Exception):
    """torch itself cannot do it: there is nothing to compare."""


def same(ours: Any, theirs: Any, what: str, rough: float = 1.0) -> None:
    """Equal structure, types and shapes; equal values, up to rounding."""
    if isinstance(theirs, torch.Tensor):
        if not isinstance(ours, gradiente.Tensor):
            raise Differs(f"{what}: {type(ours).__name__} instead of a tensor")
        if isinstance(ours._array, np.generic):
            raise Differs(f"{what}: a number of NumPy's instead of an array of no dimensions")
        name = str(theirs.dtype)
        if str(ours.dtype) != name:
            raise Differs(f"{what}: {ours.dtype} instead of {name}")
        if tuple(ours.shape) != tuple(theirs.shape):
            raise Differs(f"{what}: shape {tuple(ours.shape)} instead of {tuple(theirs.shape)}")
        close(array_of(ours), array_of(theirs), TOLERANCE.get(name.removeprefix("torch."), 0.0) * rough, what)
    elif isinstance(theirs, (list, tuple)):
        if not isinstance(ours, (list, tuple)) or len(ours) != len(theirs):
            raise Differs(f"{what}: {type(ours).__name__} of another length than {type(theirs).__name__}")
        if type(ours).__name__ != type(theirs).__name__:
            raise Differs(f"{what}: {type(ours).__name__} instead of {type(theirs).__name__}")
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            same(a, b, f"{what}[{i}]", rough)
    elif isinstance(theirs, dict):
        for k in theirs:
            same(ours[k], theirs[k], f"{what}[{k!r}]", rough)
    elif isinstance(theirs, (float, complex)):
        close(np.asarray(ours), np.asarray(theirs), 1e-9 * rough, what)
    elif not isinstance(theirs, (torch.dtype, torch.device)) and ours != theirs:
        raise Differs(f"{what}: {ours!r} instead of {theirs!r}")


def close(ours: Any, theirs: Any, tolerance: float, what: str) -> None:
    """Equal values up to rounding relative to the larger of 1 and the array's largest finite element."""
    least = tolerance
    if theirs.dtype.name == "bfloat16":
        ours, theirs = ours.astype("float32"), theirs.astype("float32")
        finite = np.abs(theirs[np.isfinite(theirs)])
        least *= max(1.0, finite.max(initial=0.0))  # torch rounds in between, where it has no kernel of its own
    if theirs.dtype.kind not in "fc":
        if not np.array_equal(ours, theirs):
            raise Differs(f"{what}: {_short(ours)} instead of {_short(theirs)}")
        return
    with np.errstate(all="ignore"):
        if not np.allclose(ours, theirs, rtol=tolerance, atol=least, equal_nan=True):
            raise Differs(f"{what}: {_short(ours)} instead of {_short(theirs)}")


def _short(array: Any) -> str:
    return np.array2string(array.ravel()[:6], precision=6).replace("\n", "")


def quiet(call: Callable[[], Any]) -> Any:
    """The call's result, without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def by_torch(call: Callable[[], Any]) -> Any:
    """What torch gives; Refused if it gives an error."""
    try:
        return quiet(call)
    except Exception as error:
        raise Refused(str(error)) from None


# -- derivatives ------------------------------------------------------------------------------------------------------


def differentiable(out: Any) -> list[Any]:
    return [t for t in tensors_in(out) if t.requires_grad]


def cotangents(outs: list[Any], library: Any, seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    made: list[Any] = []
    for out in outs:
        shape, name = tuple(out.shape), str(out.dtype).removeprefix("torch.")
        value = rng.uniform(0.5, 1.5, shape)
        if "complex" in name:
            value = value + 1j * rng.uniform(-1, 1, shape)
        made.append(library.tensor(value.tolist(), dtype=getattr(library, name)).reshape(shape))
    return made


def pulled(outs: list[Any], leaves: list[Any], library: Any, seed: int, further: bool) -> list[Any]:
    """The gradients of the leaves for random cotangents; no graph means no gradient."""
    seeds = cotangents(outs, library, seed)
    pairs = [(out, g) for out, g in zip(outs, seeds, strict=True) if out.requires_grad]
    if not pairs or not leaves:
        return [None] * len(leaves)
    outs, seeds = [out for out, _ in pairs], [g for _, g in pairs]
    return list(quiet(lambda: library.autograd.grad(outs, leaves, seeds, create_graph=further, allow_unused=True)))


def compare_gradients(ours: list[Any], theirs: list[Any], what: str, rough: float, name: str = "") -> None:
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if name in NUMBERS_FOR_NAN and a is not None and b is not None:
            b = torch.where(b.isnan(), torch.from_numpy(array_of(a)), b)
        if (a is None) != (b is None):
            one = b if a is None else a
            if np.any(np.abs(array_of(one)) > 1e-12):
                raise Differs(f"{what} {i}: {a} instead of {b}")
        elif b is not None:
            same(a, b, f"{what} {i}", rough)


def reverse(mine: Call, yours: Call, second: bool) -> None:
    """Gradients, or gradients of gradients."""
    out = by_torch(lambda: yours.process(yours.run()))
    theirs = differentiable(out)
    first = by_torch(lambda: pulled(theirs, yours.leaves, torch, 1, second))
    our_out = mine.process(mine.run())
    ours = differentiable(our_out)
    if [t.requires_grad for t in tensors_in(our_out)] != [t.requires_grad for t in tensors_in(out)]:
        raise Differs(f"requires_grad: {[t.requires_grad for t in tensors_in(our_out)]} is not as in torch")
    our_first = pulled(ours, mine.leaves, gradiente, 1, second)
    if not second:
        compare_gradients(our_first, first, "gradient", 10 * coarse(mine))
        return
    pairs = [(a, b) for a, b in zip(our_first, first, strict=True) if a is not None and b is not None]
    theirs = by_torch(lambda: pulled([b for _, b in pairs], yours.leaves, torch, 2, False))
    ours = pulled([a for a, _ in pairs], mine.leaves, gradiente, 2, False)
    compare_gradients(ours, theirs, "second gradient", 1e2, mine.op.name)


def tangents(call: Call, library: Any, forward: Any) -> list[Any]:
    """The tangents of the outputs for random tangents of the leaves."""
    plain = [leaf.detach() for leaf in call.leaves]
    given = cotangents(plain, library, 3)
    with forward.dual_level():
        duals = [forward.make_dual(x, t) for x, t in zip(plain, given, strict=True)]
        out = call.process(call.run(duals))
        pairs = [forward.unpack_dual(t) for t in tensors_in(out) if t.is_floating_point() or t.is_complex()]
        return [p.tangent for p in pairs]


def _repeats(places: Any) -> bool:
    """Whether an image has two elements with one place in the result: which of them wins is not defined."""
    return any(len(set(image.tolist())) < image.numel() for image in places.flatten(0, -3).flatten(1))


def forward_mode(mine: Call, yours: Call) -> None:
    if mine.op.name == "nn.functional.max_unpool2d" and _repeats(yours.args[0]):
        raise Refused("places that repeat")
    theirs = by_torch(lambda: tangents(yours, torch, their_forward))
    rough = 10 * ROUGH_TANGENTS.get(mine.op.name, coarse(mine))
    compare_gradients(quiet(lambda: tangents(mine, gradiente, our_forward)), theirs, "tangent", rough, mine.op.name)


def coarse(call: Call) -> float:
    """What widens the tolerance where float32 leaves stand beside float64 ones."""
    names = {str(leaf.dtype) for leaf in call.leaves}
    return 1e4 if names == {"torch.float32", "torch.float64"} else 1.0


# -- variants ---------------------------------------------------------------------------------------------------------


def forward(mine: Call, yours: Call) -> None:
    theirs = by_torch(lambda: yours.run(wrapped=False))
    if any(t.dtype is torch.complex32 for t in tensors_in(theirs)):
        raise Refused("gradiente has no complex32")
    name = mine.op.name
    if name.startswith(("empty", "new_empty")):  # what is in new memory is nobody's choice
        ours = mine.run(wrapped=False)
        assert (str(ours.dtype), tuple(ours.shape)) == (str(theirs.dtype), tuple(theirs.shape))
        return
    if name in ("topk", "kthvalue"):  # among equal elements torch's choice follows from how it partitions
        values, places = mine.run(wrapped=False)
        same(values, theirs[0], "values")
        dim = mine.kwargs.get("dim", mine.args[1] if len(mine.args) > 1 else -1)
        if values.dim() == mine.input.dim():
            same(mine.input.gather(dim, places), theirs[0], "the elements at the indices")
        return
    ours, phases = mine.run(wrapped=False), PHASES.get(mine.op.name, ())
    if phases:
        same(type(ours).__name__, type(theirs).__name__, "result")
        same([list(x.shape) for x in ours], [list(x.shape) for x in theirs], "shapes")
        k = min([x.shape[-1] for x in theirs])
        ours, theirs = ([x.abs()[..., :k, :k] if i in phases else x for i, x in enumerate(r)] for r in (ours, theirs))
    same(ours, theirs, "result", ROUGH.get(mine.op.name, 1.0))


def vmapped(mine: Call, yours: Call) -> None:
    """A batch of two equal examples gives the result twice. torch says whether the operator can be batched at all."""

    def batch(call: Call, library: Any) -> Any:
        stacked = [library.stack((leaf.detach(), leaf.detach())) for leaf in call.leaves]
        run = lambda *leaves: list(tensors_in(call.run(list(leaves))))  # noqa: E731
        return library.vmap(run, randomness="same")(*stacked)

    if not mine.leaves:
        raise Refused("no operand to batch")
    by_torch(lambda: batch(yours, torch))
    plain = list(tensors_in(mine.run()))
    for i, (once, twice) in enumerate(zip(plain, quiet(lambda: batch(mine, gradiente)), strict=True)):
        for example in (0, 1):
            part = array_of(twice[example])
            if part.shape != tuple(once.shape):
                raise Differs(f"vmap: shape {part.shape} instead of {tuple(once.shape)}")
            close(part, array_of(once), 1e-9, f"vmap, result {i}, example {example}")


def method(op: Any, sample: Any) -> None:
    ours = counterpart_method(op.method_variant)
    if ours is None:
        raise Differs("the method is missing")
    forward(Call(op, sample, gradiente, ours), Call(op, sample, torch, op.method_variant))


def counterpart_method(theirs: Any) -> Any:
    """gradiente's method for one of torch's, or for a helper of the database around one."""
    if getattr(theirs, "__module__", None) and str(theirs.__module__).startswith("torch.testing"):
        return rebound(theirs)
    if isinstance(theirs, functools.partial):  # a function with `inplace=True`
        ours = at_path(gradiente.nn.functional, theirs.func.__name__)
        return ours and functools.partial(ours, *theirs.args, **theirs.keywords)
    return getattr(gradiente.Tensor, theirs.__name__, None)


def in_place(op: Any, sample: Any) -> None:
    ours = counterpart_method(op.inplace_variant)
    if ours is None:
        raise Differs("the in-place method is missing")
    differentiate = op.supports_autograd and op.supports_inplace_autograd

    def change(call: Call, function: Any, library: Any) -> Any:
        call.function = function
        input = call.input.clone() if differentiate else call.input.detach().clone()
        args, kwargs = (call.args, call.kwargs)
        seeded("run")
        out = function(input, *args, **kwargs)
        assert out is input
        outs = differentiable(out)
        return out, pulled(outs, call.leaves, library, 1, False) if differentiate else []

    if not isinstance(sample.input, torch.Tensor):
        raise Refused("no tensor to change")
    out, grads = by_torch(lambda: change(Call(op, sample, torch), op.inplace_variant, torch))
    our_out, our_grads = quiet(lambda: change(Call(op, sample, gradiente), ours, gradiente))
    same(our_out, out, "changed")
    compare_gradients(our_grads, grads, "gradient of the changed", 10)


def into(op: Any, sample: Any) -> None:
    """`out=`: written into, and returned."""

    def write(call: Call, library: Any) -> Any:
        with library.no_grad():
            leaves = [leaf.detach() for leaf in call.leaves]
            plain = call.run(leaves, wrapped=False)
            targets = [library.empty_like(t) for t in tensors_in(plain)]
            args = call.replace(leaves)
            seeded("run")
            single = isinstance(plain, (torch.Tensor, gradiente.Tensor))
            got = call.function(args[0], *args[1], **args[2], out=targets[0] if single else tuple(targets))
        assert all(a is b for a, b in zip(tensors_in(got), targets, strict=True)), "out= is not what is returned"
        return targets

    if op.name.startswith("empty"):  # nothing is written
        raise Refused("what is in new memory is nobody's choice")
    theirs = by_torch(lambda: write(Call(op, sample, torch), torch))
    ours, phases = quiet(lambda: write(Call(op, sample, gradiente), gradiente)), PHASES.get(op.name, ())
    ours, theirs = ([x.abs() if i in phases else x for i, x in enumerate(r)] for r in (ours, theirs))
    same(ours, theirs, "out=", ROUGH.get(op.name, 1.0))


def errors(op: Any) -> Result:
    """torch's exceptions and the beginning of their texts, for the database's wrong calls."""
    seeded(op.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = list(itertools.islice(op.error_inputs("cpu"), 40)) if op.error_inputs_func else []
    for wrong in found:
        sample = wrong.sample_input
        if not all(_plain(t) for t in tensors_in((sample.input, sample.args, sample.kwargs))):
            continue
        if any(isinstance(v, torch.layout) and v is not torch.strided for v in sample.kwargs.values()):
            continue  # another layout is out of scope: it has no name here
        if _overlaps(sample.kwargs.get("out"), tensors_in((sample.input, sample.args))):
            continue  # a part of another tensor: copies would not overlap. test_out.py makes such calls
        theirs = _error(lambda sample=sample: Call(op, sample, torch).run(wrapped=False))
        if theirs is None:
            continue
        ours = _error(lambda sample=sample: Call(op, sample, gradiente).run(wrapped=False))
        start = str(theirs).split("\n")[0].split("  (Could this error message")[0].rstrip()[:60]
        if "invalid combination" in start:
            start = start[: start.index("invalid combination")]
        if ours is None or not isinstance(ours, type(theirs)) or not str(ours).startswith(start):
            return f"error: {ours!r} instead of {type(theirs).__name__}({start!r})"
    return None


def _plain(tensor: Any) -> bool:
    return tensor.layout is torch.strided and tensor.device.type == "cpu" and tensor.dim() <= 64  # NumPy's most


def _overlaps(out: Any, operands: Any) -> bool:
    if not isinstance(out, torch.Tensor):
        return False
    storage = out.untyped_storage().data_ptr()
    others = [t for t in operands if t is not out and t.untyped_storage().data_ptr() == storage]
    return 0 in out.stride() or bool(others)


def _error(call: Callable[[], Any]) -> Exception | None:
    try:
        quiet(call)
    except Exception as error:
        return error
    return None


# -- all of it --------------------------------------------------------------------------------------------------------


def each(op: Any, dtype: Any, requires_grad: bool, check: Callable[[Call, Call], None]) -> Result:
    """A check of calls on all samples of a type: what differs first. Refused if torch can do none of them."""
    return each_sample(
        samples(op, dtype, requires_grad),
        lambda sample: check(Call(op, sample, gradiente), Call(op, sample, torch)),
    )


def each_sample(given: list[Any], check: Callable[[Any], None]) -> Result:
    refusals = 0
    for i, sample in enumerate(given):
        try:
            check(sample)
        except Refused:
            refusals += 1
        except Exception as error:
            return f"sample {i}: {type(error).__name__}: {error}"[:600]
    if refusals == len(given):
        raise Refused("torch refuses all samples")
    return None


OTHER_TYPES = (torch.int64, torch.bool, torch.uint8, torch.float32, torch.complex64)
SHORT_TYPE = torch.float16
"""For operators on each element and reductions, where torch rounds once."""


def aspects(op: Any) -> dict[str, Callable[[], Result]]:
    """What torch has of an operator, each as a function that compares it."""
    types = op.supported_dtypes("cpu")
    real, complex_type = torch.float64 in types, torch.complex128 in types
    main = torch.float64 if real else next((t for t in (torch.complex128, torch.int64, torch.bool) if t in types), None)
    grads = op.supports_autograd and main in op.supported_backward_dtypes("cpu")
    complex_grads = op.supports_autograd and complex_type and torch.complex128 in op.supported_backward_dtypes("cpu")
    found: dict[str, Callable[[], Result]] = {}
    if main is None:
        return found
    found["forward"] = lambda: each(op, main, grads, forward)
    if grads:
        found["reverse"] = lambda: each(op, main, True, lambda a, b: reverse(a, b, False))
        if op.supports_gradgrad:
            found["second"] = lambda: each(op, main, True, lambda a, b: reverse(a, b, True))
        if op.supports_forward_ad:
            found["tangent"] = lambda: each(op, main, True, forward_mode)
        found["vmap"] = lambda: each_sample(samples(op, main, True)[:3], lambda s: vmapped(*_both(op, s)))
    if complex_type and real:
        found["complex"] = lambda: _complex(op, complex_grads)
    simple = type(op).__name__ in ("UnaryUfuncInfo", "BinaryUfuncInfo", "ReductionOpInfo")
    others = [t for t in (*OTHER_TYPES, torch.bfloat16, *((SHORT_TYPE,) if simple else ())) if t in types and t != main]
    if op.name in NO_BFLOAT16:
        others.remove(torch.bfloat16)
    if others:
        found["types"] = lambda: _first(each(op, t, False, forward) for t in others)
    if op.method_variant is not None and op.name not in ("T", "H", "mT", "mH"):
        found["method"] = lambda: each_sample(samples(op, main, False)[:3], lambda s: method(op, s))
    if op.inplace_variant is not None:
        found["inplace"] = lambda: each_sample(samples(op, main, grads)[:3], lambda s: in_place(op, s))
    if op.supports_out:
        found["out"] = lambda: each_sample(samples(op, main, False)[:2], lambda s: into(op, s))
    if op.error_inputs_func is not None and not op.name.startswith("__"):  # of methods, Python's own
        found["errors"] = lambda: errors(op)
    if op.aliases:
        found["aliases"] = lambda: _aliases(op)
    return {aspect: check for aspect, check in found.items() if aspect not in MISTAKEN.get(key(op), ())}


def _both(op: Any, sample: Any) -> tuple[Call, Call]:
    return Call(op, sample, gradiente), Call(op, sample, torch)


def _first(results: Any) -> Result:
    return next((r for r in results if r is not None), None)


def _complex(op: Any, grads: bool) -> Result:
    checks: list[Callable[[Call, Call], None]] = [forward]
    wrong = MISTAKEN.get(key(op), ())
    if grads:
        if "reverse" not in wrong:
            checks.append(lambda a, b: reverse(a, b, False))
        if op.supports_gradgrad and "second" not in wrong:
            checks.append(lambda a, b: reverse(a, b, True))
        if op.supports_forward_ad and op.name not in WITHOUT_COMPLEX_TANGENTS and "tangent" not in wrong:
            checks.append(forward_mode)
    given = samples(op, torch.complex128, grads)[:5]
    return _first(each_sample(given, lambda s, check=check: check(*_both(op, s))) for check in checks)


def _aliases(op: Any) -> Result:
    names = [a.name.removeprefix("torch.") for a in op.aliases]
    missing = [name for name in names if at_path(gradiente, name) is None and at_path(torch, name) is not None]
    missing += [
        f"Tensor.{a.method_variant.__name__}"
        for a in op.aliases
        if a.method_variant is not None and getattr(gradiente.Tensor, a.method_variant.__name__, None) is None
    ]
    return f"missing: {', '.join(missing)}" if missing else None


def examine(op: Any) -> dict[str, Result]:
    """The result of each aspect that torch has. An operator that is not there has the one aspect `absent`."""
    if counterpart(op) is None:
        return {"absent": "gradiente has no such name"}
    results: dict[str, Result] = {}
    for name, check in aspects(op).items():
        try:
            results[name] = check()
        except Refused:
            continue
        except Exception as error:
            results[name] = f"{type(error).__name__}: {error}"[:600]
    missing = results.get("forward") or ""
    return {"absent": missing} if "AttributeError" in missing and "has no attribute" in missing else results


__all__ = ["Refused", "examine", "fresh", "translated"]
