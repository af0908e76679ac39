"""PyTorch's own operator database, from the installed wheel: which operators there are, and samples for them.

Nothing of the database is copied. What it says of an operator is said of torch's function; `translated` makes the same
call for gradiente, and `rebound` lets the database's small helper functions, which say `torch`, run on gradiente.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import random
import types
import warnings
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import torch

import gradiente

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.opinfo.core import SampleInput

MOST, LARGEST = 8, 600
"""How many samples of an operator are taken, and the most elements that a tensor in one has."""

OUT_OF_SCOPE = {
    "to_sparse": "sparse",
    "sparse.sampled_addmm": "sparse",
    "sparse.mm": "sparse",
    "chalf": "complex32",
    "jiterator_unary": "CUDA",
    "jiterator_binary": "CUDA",
    "jiterator_4inputs_with_extra_args": "CUDA",
    "jiterator_binary_return_by_ref": "CUDA",
    "jiterator_2inputs_2outputs": "CUDA",
    "bmm:triton_optimized": "CUDA",
    "hash_tensor": "no mathematics: a checksum of the bytes",
    "slice": "no public name",
    "native_dropout_backward": "no public name",
    "max_pool2d_with_indices_backward": "no public name",
}
"""Beside the private names."""


def key(op: Any) -> str:
    """The name of an operator, with that of its variant: `div:floor_rounding`."""
    return f"{op.name}:{op.variant_test_name}" if op.variant_test_name else op.name


def in_scope(op: Any) -> bool:
    """Whether an operator is public, dense, and for the CPU."""
    parts = op.name.split(".")
    private = any(p.startswith("_") and not p.endswith("__") for p in parts) or parts[0] == "torch"
    return not private and op.name not in OUT_OF_SCOPE and key(op) not in OUT_OF_SCOPE


@cache
def operators() -> dict[str, Any]:
    """The operators in scope, by name."""
    return {key(op): op for op in op_db if in_scope(op)}


# -- what is called ---------------------------------------------------------------------------------------------------


def at_path(root: Any, path: str) -> Any:
    """The attribute at a dotted path, or None."""
    for part in path.split("."):
        root = getattr(root, part, None)
        if root is None:
            return None
    return root


def counterpart(op: Any, function: Any = None) -> Callable[..., Any] | None:
    """What gradiente has for the operator's function, or for another function of torch; None if it is not there."""
    function = op.op if function is None else function
    name = op.name
    if name in ("T", "H", "mT", "mH"):
        return lambda x: getattr(x, name)
    if at_path(torch, name) is function:
        return at_path(gradiente, name)
    if isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing"):
        return rebound(function)
    own = getattr(function, "__name__", None)
    if own is not None and getattr(torch.Tensor, own, None) is function:
        return getattr(gradiente.Tensor, own, None)
    return at_path(gradiente, name)


_REBOUND: dict[Any, Any] = {}


class _Renamed(types.ModuleType):
    """gradiente, where the database's helpers say `torch`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(gradiente, name)


def rebound(function: Any) -> Any:
    """A helper function of the database that calls gradiente where it says `torch`."""
    if not isinstance(function, types.FunctionType):
        return function
    if function not in _REBOUND:
        names = dict(function.__globals__)
        copy = types.FunctionType(
            function.__code__, names, function.__name__, function.__defaults__, _cells(function.__closure__)
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        _REBOUND[function] = copy
        names["torch"] = _Renamed("torch")
        names["freeze_rng_state"] = contextlib.nullcontext  # each call starts the generators itself
        for name in function.__code__.co_names:
            value = names.get(name)
            if callable(value) and name != "freeze_rng_state":
                names[name] = _in_cell(value)
    return _REBOUND[function]


def _cells(closure: Any) -> Any:
    return closure and tuple([types.CellType(_in_cell(cell.cell_contents)) for cell in closure])


def _in_cell(value: Any) -> Any:
    if isinstance(value, types.FunctionType) and value.__module__.startswith("torch.testing"):
        return rebound(value)
    found = next((at_path(gradiente, path) for path in _paths(value) if at_path(torch, path) is value), None)
    return value if found is None else found


PLACES = ("", "nn.functional.", "linalg.", "special.", "fft.", "Tensor.")


def _paths(value: Any) -> list[str]:
    name = getattr(value, "__name__", "") or ""
    return [f"{prefix}{name}" for prefix in ("", "nn.functional.", "linalg.", "special.", "fft.", "Tensor.")] * bool(
        name
    )


# -- samples ----------------------------------------------------------------------------------------------------------


def seeded(name: str) -> None:
    """Start all generators from the name."""
    seed = zlib.crc32(name.encode())
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed % 2**31)
    gradiente.manual_seed(seed % 2**31)


def samples(op: Any, dtype: Any, requires_grad: bool) -> list[Any]:
    """A few small samples, always the same ones: the first, and others of those that come soon."""
    seeded(key(op))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = list(itertools.islice(op.sample_inputs("cpu", dtype, requires_grad=requires_grad), 60))
    small = [s for s in found if all(_usable(t) for t in tensors_in((s.input, s.args, s.kwargs)))]
    if len(small) > MOST:
        chosen = {0, *random.Random(key(op)).sample(range(1, len(small)), MOST - 1)}
        small = [s for i, s in enumerate(small) if i in chosen]
    return small


def _usable(tensor: Any) -> bool:
    return tensor.layout is torch.strided and tensor.numel() <= LARGEST and tensor.device.type == "cpu"


def tensors_in(value: Any) -> Iterator[Any]:
    """The tensors in nested lists, tuples and dictionaries, torch's or gradiente's."""
    if isinstance(value, (torch.Tensor, gradiente.Tensor)):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from tensors_in(part)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


# -- translation ------------------------------------------------------------------------------------------------------


def array_of(tensor: Any) -> Any:
    """The values of a tensor of either library, as a new NumPy array."""
    if isinstance(tensor, torch.Tensor):
        tensor = tensor.detach().resolve_conj().resolve_neg()
        if tensor.dtype is torch.bfloat16:
            import ml_dtypes

            return tensor.float().numpy().astype(ml_dtypes.bfloat16)
        return np.array(tensor.numpy(force=True), copy=True)
    return np.array(tensor._array, copy=True)


def translated(value: Any, memo: dict[int, Any]) -> Any:
    """The same value for gradiente; a tensor that occurs twice is one tensor again."""
    if isinstance(value, torch.Tensor):
        if id(value) not in memo:
            made = gradiente.from_numpy(array_of(value))
            memo[id(value)] = made.requires_grad_() if value.requires_grad else made
        return memo[id(value)]
    if isinstance(value, torch.Size):
        return gradiente.Size(value)
    if isinstance(value, torch.dtype):
        return getattr(gradiente, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return gradiente.device(str(value))
    if isinstance(value, (torch.layout, torch.memory_format)):
        return getattr(gradiente, str(value).removeprefix("torch."))
    if isinstance(value, torch.Generator):
        made = gradiente.Generator()
        made.manual_seed(value.initial_seed())
        return made
    if isinstance(value, list):
        return [translated(v, memo) for v in value]
    if isinstance(value, tuple):
        parts = [translated(v, memo) for v in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, dict):
        return {k: translated(v, memo) for k, v in value.items()}
    if isinstance(value, types.FunctionType):
        return rebound(value)
    if isinstance(value, torch.nn.LinearCrossEntropyOptions):
        return gradiente.nn.LinearCrossEntropyOptions(**translated(dataclasses.asdict(value), memo))
    if isinstance(value, torch.nn.PairwiseDistance):
        p, eps, keepdim = value.norm, value.eps, value.keepdim
        return lambda a, b: gradiente.nn.functional.pairwise_distance(a, b, p, eps, keepdim)
    if callable(value) and getattr(value, "__name__", None):
        return _in_cell(value)
    return value


def fresh(value: Any, memo: dict[int, Any]) -> Any:
    """The same value for torch, with new leaves, so that what a call does to it does not show in the next one."""
    if isinstance(value, torch.Tensor):
        if id(value) not in memo:
            memo[id(value)] = value.detach().clone().requires_grad_(value.requires_grad)
        return memo[id(value)]
    if isinstance(value, torch.Size):
        return value
    if isinstance(value, list):
        return [fresh(v, memo) for v in value]
    if isinstance(value, tuple):
        parts = [fresh(v, memo) for v in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, dict):
        return {k: fresh(v, memo) for k, v in value.items()}
    return value


def _plainly(function: Any, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


class Call:
    """One sample as a call of one library's function: its arguments, and its leaves that ask for gradients."""

    def __init__(self, op: Any, sample: SampleInput, library: Any, function: Any = None) -> None:
        self.op, self.library = op, library
        everything = (sample.input, sample.args, sample.kwargs)
        own = library is torch
        self.input, self.args, self.kwargs = (fresh if own else translated)(everything, {})
        self.function = function or (op.op if own else counterpart(op))
        self.wrapper = op.gradcheck_wrapper if own else rebound(op.gradcheck_wrapper)
        if op.name.startswith("masked."):  # theirs hides what is masked out, by torch's private functions
            self.wrapper = _plainly
        self.process = sample.output_process_fn_grad
        self.process = self.process if own else rebound(self.process)
        unique: dict[int, Any] = {}
        for t in tensors_in((self.input, self.args, self.kwargs)):
            if t.requires_grad:
                unique[id(t)] = t
        self.leaves = list(unique.values())

    def replace(self, leaves: list[Any]) -> tuple[Any, Any, Any]:
        """The arguments with other tensors for the leaves."""
        table = {id(old): new for old, new in zip(self.leaves, leaves, strict=True)}

        def swap(value: Any) -> Any:
            if id(value) in table:
                return table[id(value)]
            if isinstance(value, list):
                return [swap(v) for v in value]
            if isinstance(value, tuple) and type(value) is tuple:
                return tuple([swap(v) for v in value])
            return {k: swap(v) for k, v in value.items()} if isinstance(value, dict) else value

        return swap(self.input), swap(self.args), swap(self.kwargs)

    def run(self, leaves: list[Any] | None = None, wrapped: bool = True) -> Any:
        """The result, with the generators started anew."""
        seeded("run")
        input, args, kwargs = (self.input, self.args, self.kwargs) if leaves is None else self.replace(leaves)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if wrapped:
                return self.wrapper(self.function, input, *args, **kwargs)
            return self.function(input, *args, **kwargs)
