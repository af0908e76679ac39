"""What matrices can do that are stored row by row; see Note [Row by row, and in coordinates] in `compressed`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ..arrays.compressed import CompressedArray
from ..graph import Sink, current
from ..tensor.compressed import CompressedTensor, all_of, compressed_of, compressed_tensor, coordinates_of
from ..tensor.core import AccumulateGrad, Tensor, wrap
from ..tensor.devices import sparse_csr
from ..tensor.dtypes import dtype as Dtype
from ..tensor.overriding import DisableTorchFunctionSubclass
from ..tensor.sparse import SparseTensor, values_of
from ._registry import AS_THEY_ARE, HANDLERS, KEPT, refused
from .compressed import in_coordinates, is_compressed, sparse_csr_tensor, to_sparse_csr
from .showing import part, suffixes_of, with_parts

BACKEND = "SparseCsrCPU"

ROWS: dict[str, Callable[..., Any]] = {}
"""What a function does, by its name, that is given a matrix row by row."""

_SAME_PLACES = """
neg negative positive abs absolute asin arcsin asinh arcsinh atan arctan atanh arctanh ceil deg2rad erf
erfinv expm1 floor frac isinf isnan isneginf isposinf log1p rad2deg relu round sgn sign signbit sin
sinh sqrt square tan tanh trunc angle to type_as bool double float half int long short bfloat16 byte
char cdouble cfloat pow __pow__ __neg__ __pos__ __abs__ div __truediv__ true_divide
"""
"""Functions whose result has the elements of the operand."""

_AS_COORDINATES = """
mm mv matmul __matmul__ __rmatmul__ addmm spmm dsmm linear any norm select __getitem__ __len__ __bool__
item __float__ __int__ is_contiguous numpy __array__ sum storage_offset data_ptr storage
untyped_storage __radd__ __rsub__ __setitem__ contiguous
"""
"""Functions that do what they do with the matrix in coordinates."""


def _does(*names: str) -> Callable[[Any], Any]:
    def register(function: Any) -> Any:
        for name in names:
            ROWS[name] = function
        return function

    return register


_does("to_sparse_csr")(to_sparse_csr)


@_does("to_sparse", "to_sparse_coo")
def to_coordinates(self: Tensor, sparse_dim: int | None = None, *, layout: Any = None, **rest: Any) -> Tensor:
    """The same matrix in coordinates."""
    return self if layout is sparse_csr or sparse_dim is sparse_csr else coordinates_of(self, "ToSparseBackward1")


@_does("to_dense")
def to_dense(self: Tensor, dtype: Dtype | None = None, *, masked_grad: bool | None = None) -> Tensor:
    """All elements."""
    out = all_of(self, "ToDenseBackward0", masked_grad is not False)
    return out if dtype is None else out.to(dtype)


@_does("crow_indices")
def crow_indices(self: Tensor) -> Tensor:
    """Where the elements of each row begin."""
    return wrap(self._array.starts)


@_does("col_indices")
def col_indices(self: Tensor) -> Tensor:
    """The columns of the elements."""
    return wrap(self._array.columns)


@_does("values")
def values(self: Tensor) -> Tensor:
    """The stored elements; gradients flow through them."""
    return values_of(coordinates_of(self))


@_does("_values")
def _values(self: Tensor) -> Tensor:
    return wrap(self._array.values)


@_does("_nnz")
def _nnz(self: Tensor) -> int:
    return len(self._array.columns)


@_does("sparse_dim")
def sparse_dim(self: Tensor) -> int:
    """2."""
    return 2


@_does("dense_dim")
def dense_dim(self: Tensor) -> int:
    """0."""
    return 0


@_does("clone")
def clone(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, through which gradients flow."""
    return _again(HANDLERS["clone"], self)


@_does("detach")
def detach(self: Tensor) -> Tensor:
    """The same matrix without a history."""
    return compressed_tensor(self._array)


@_does("__repr__", "__str__")
def described(self: Tensor, *, tensor_contents: object = None) -> str:
    """torch's printed form."""
    array: CompressedArray = self._array
    named = {"crow_indices": array.starts, "col_indices": array.columns, "values": array.values}
    text = "tensor(" + ",\n       ".join(part(name, x) for name, x in named.items())
    sizes = [f"size={array.shape}", f"nnz={len(array.columns)}"]
    return with_parts(text, len(text) - text.rfind("\n") + 1, suffixes_of(self, sizes))


@_does("__format__")
def formatted(self: Tensor, spec: str) -> str:
    """The printed form."""
    return object.__format__(self, spec)


@_does("__deepcopy__")
def deep_copied(self: Tensor, memo: dict[int, Any]) -> Tensor:
    """A copy of the matrix and of its gradient."""
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "(Deep-copy x.detach(), or x.clone() within torch.no_grad())"
        )
    out = compressed_tensor(self._array.copy())
    memo[id(self)] = out
    if self._node is not None:
        out._node = AccumulateGrad(out)
    if self.grad is not None:
        out.grad = copy.deepcopy(self.grad, memo)
    return out


def parts_of(self: Tensor) -> tuple[Any, ...]:
    """What pickles and files keep: where rows begin, columns, values, size."""
    return crow_indices(self), col_indices(self), wrap(self._array.values), self.shape


@_does("__reduce_ex__")
def reduced(self: Tensor, protocol: Any) -> Any:
    """How a pickle makes the matrix again."""
    return sparse_csr_tensor, parts_of(self)


@_does("mul", "multiply", "__mul__", "__rmul__")
def mul(input: Any, other: Any, *, out: Any = None) -> Tensor:
    """The product with a number, an ordinary tensor, or a matrix with the same places."""
    return _again(HANDLERS["mul"], *((input, other) if is_compressed(input) else (other, input)))


@_does("add", "__add__")
def add(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Tensor:
    """input + alpha · other."""
    if is_compressed(input) and is_compressed(other):
        return to_sparse_csr(HANDLERS["add"](coordinates_of(input), coordinates_of(other), alpha=alpha))
    return HANDLERS["add"](in_coordinates(input), in_coordinates(other), alpha=alpha)


@_does("sub", "subtract", "__sub__")
def sub(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Tensor:
    """input - alpha · other."""
    if is_compressed(input) and is_compressed(other):
        return to_sparse_csr(HANDLERS["sub"](coordinates_of(input), coordinates_of(other), alpha=alpha))
    return HANDLERS["sub"](in_coordinates(input), in_coordinates(other), alpha=alpha)


def _again(function: Callable[..., Any], input: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
    """The function of the matrix in coordinates, row by row again."""
    found = function(coordinates_of(input), *map(in_coordinates, arguments), **keywords)
    array: CompressedArray = input._array
    if found._array.indices.shape != array.coordinates.indices.shape:
        return to_sparse_csr(found)
    name = "CloneBackward0" if found.grad_fn is None else type(found.grad_fn).__name__
    return compressed_of(found, array, name)


def _in_coordinates(name: str) -> Callable[..., Any]:
    handler = HANDLERS[name]

    def call(*arguments: Any, **keywords: Any) -> Any:
        wanted = current().grad and name not in ("__len__", "item")
        given = [_dense_if_seen(x) if wanted and is_compressed(x) else in_coordinates(x) for x in arguments]
        if not any(isinstance(x, SparseTensor) for x in given):
            plain: Any = getattr(Tensor, name)
            return plain(*given, **keywords)
        found = handler(*given, **keywords)
        both = sum(map(is_compressed, arguments)) > 1
        return to_sparse_csr(found) if both and isinstance(found, SparseTensor) else found

    call.__name__ = call.__qualname__ = name
    return call


def _dense_if_seen(x: Tensor) -> Tensor:
    """A leaf that requires gradients with all its elements, for which it has gradients then, as in torch."""
    return all_of(x, "ToDenseBackward0", False) if isinstance(x._node, Sink) else coordinates_of(x)


def _row_by_row(name: str) -> Callable[..., Any]:
    handler = HANDLERS[name]

    def call(input: Tensor, *arguments: Any, **keywords: Any) -> Any:
        return _again(handler, input, *arguments, **keywords)

    call.__name__ = call.__qualname__ = name
    return call


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(*arguments: Any, **keywords: Any) -> Any:
        raise refused(name, BACKEND)

    return refuse


def _torch_function(cls: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
    """What `func` does with a matrix row by row among its arguments."""
    name = getattr(func, "__name__", "")
    handler = ROWS.get(name)
    if handler is not None:
        return handler(*args, **(kwargs or {}))
    if name in AS_THEY_ARE:
        with DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))
    raise refused(name, BACKEND)


PROPERTIES: dict[str, Any] = {
    "layout": property(lambda self: sparse_csr, doc="How the elements are stored: torch.sparse_csr."),
    "is_sparse_csr": property(lambda self: True, doc="True."),
    "data": property(detach, doc="The matrix without its history."),
    "nbytes": property(lambda self: self._array.nbytes, doc="How much memory values and indices take."),
}


def install() -> None:
    """Give matrices that are stored row by row their methods."""
    for names, make in ((_SAME_PLACES, _row_by_row), (_AS_COORDINATES, _in_coordinates)):
        for name in names.split():
            ROWS.setdefault(name, make(name))
    kind: Any = CompressedTensor
    names = {name: value for cls in reversed(Tensor.__mro__[:-1]) for name, value in vars(cls).items()}
    for name, value in names.items():
        if isinstance(value, property):
            setattr(kind, name, PROPERTIES.get(name) or property(value.fget, value.fset, value.fdel, value.__doc__))
        elif isinstance(value, FunctionType) and name not in AS_THEY_ARE | KEPT:
            setattr(kind, name, ROWS.get(name) or _refusing(name))
    kind.__torch_function__ = classmethod(_torch_function)


__all__ = ["install", "parts_of"]
