"""The batched-array interpreter: arrays that hold one value for each example of a batch, as the array of one example.

Note [Batched arrays]
---------------------
`Batched(values, levels)` has, in front of the axes of one example, one axis of `values` for each level: each `vmap`
that is running has a level, a number that grows inwards. `shape`, `ndim` and `dtype` are those of one example, so that
code written for one example runs on it as it is. Operands with different levels get axes of size 1 for those that they
lack, and NumPy broadcasts; a level occurs once in an array, however deep vmaps are nested. A rule of the table never
sees the batch: the namespace here (`batched_namespace`) shifts the axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np

from .batched_errors import ITEM, META_ITEM, NO_DATA, STORAGE, dynamic, not_batchable
from .batched_flags import Flags
from .meta import in_order, meta_storage, own_dtype, span, unwritten

Array = Any
Levels = tuple[int, ...]


class Batched:
    """An array of one example, whose values are those of all examples; see Note [Batched arrays]."""

    __slots__ = ("levels", "values")

    def __init__(self, values: Array, levels: Levels) -> None:
        self.values = values
        self.levels = levels

    @property
    def dtype(self) -> Any:
        """The dtype of the elements."""
        return self.values.dtype if self.levels[0] else own_dtype(self.values.dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example."""
        return self.values.shape[len(self.levels) :]

    @property
    def ndim(self) -> int:
        """The number of axes of one example."""
        return self.values.ndim - len(self.levels)

    @property
    def size(self) -> int:
        """The number of elements of one example."""
        return prod(self.shape)

    @property
    def strides(self) -> tuple[int, ...]:
        """The strides of one example."""
        strides = self.values.strides
        if not self.levels[0] and not strides[0]:  # Note [A batch of no examples]
            return in_order(self.shape, self.values.itemsize)
        return strides[len(self.levels) :]

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return self.values.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of the elements of one example."""
        return self.size * self.values.itemsize

    @property
    def flags(self) -> Flags:
        """How one example lies in memory."""
        return Flags(self)

    @property
    def base(self) -> Any:
        """The array whose memory this one shows, or None."""
        return self.values.base

    @property
    def mT(self) -> Batched:
        """The transpose of the last two axes."""
        if self.ndim < 2:
            raise ValueError("matrix transpose needs two axes at least")
        return Batched(np.swapaxes(self.values, -1, -2), self.levels)

    @property
    def T(self) -> Batched:
        """The axes of one example in the opposite order."""
        return self.transpose()

    @property
    def real(self) -> Batched:
        """The real part."""
        return Batched(self.values.real, self.levels)

    @property
    def imag(self) -> Batched:
        """The imaginary part."""
        return Batched(self.values.imag, self.levels)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of a 0-d array")
        return self.shape[0]

    def __repr__(self) -> str:
        return f"Batched(levels={self.levels}, values={self.values!r})"

    # -- what NumPy arrays have as methods, as far as operators of tensors use it ------------------------------------

    def astype(self, dtype: Any, copy: bool = True) -> Batched:
        """The elements in another dtype."""
        return Batched(self.values.astype(dtype, copy=copy), self.levels)

    def copy(self, order: Any = "C") -> Batched:
        """A copy."""
        return Batched(self.values.copy(order), self.levels)

    def reshape(self, *shape: Any) -> Batched:
        """The elements in another shape."""
        return namespace().reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Batched:
        """The axes in another order, by default the opposite one."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return namespace().permute_dims(self, order or tuple(reversed(range(self.ndim))))

    def view(self, *dtype: Any) -> Batched:
        """The same elements as another array object, or their memory read as another dtype."""
        return Batched(self.values.view(*dtype), self.levels)

    def item(self) -> Any:
        """Refused: each example has a value of its own."""
        raise RuntimeError(ITEM if self.levels[0] else META_ITEM)

    __float__ = item

    def tolist(self) -> Any:
        """Refused: each example has values of its own."""
        if not self.levels[0]:
            raise NotImplementedError(NO_DATA)
        raise RuntimeError(
            f"{STORAGE} (in a vmapped function each example has values of its own: .tolist() is not possible there)"
        )

    def nonzero(self) -> Any:
        """Refused: the number of results differs from example to example."""
        raise dynamic("nonzero", not self.levels[0])

    def __bool__(self) -> bool:
        if not self.levels[0]:
            raise RuntimeError(META_ITEM)
        raise RuntimeError(
            "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't "
            "support that yet, please file an issue at https://github.com/pytorch/pytorch/issues . (Each example of "
            "the batch has a value of its own; torch.where chooses for each.)"
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if not self.levels[0]:
            raise NotImplementedError(NO_DATA)
        raise RuntimeError(
            f"{STORAGE} (vmap: an operator has no batching rule and asked for the values of a batched array of shape "
            f"{list(self.shape)}; the line above in the traceback names it)"
        )

    @property
    def __array_interface__(self) -> Any:
        raise RuntimeError(STORAGE) if self.levels[0] else NotImplementedError(NO_DATA)

    def storage(self) -> tuple[Array, int]:
        """As much memory as one example spans, and where in it the first element lies."""
        if not self.levels[0]:
            return meta_storage(self)
        return np.broadcast_to(np.zeros((), np.uint8), (span(self.shape, self.strides, self.itemsize),)), 0

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return namespace()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method == "accumulate":
            return accumulated(ufunc, *inputs, **keywords)
        if keywords.get("out") is not None and not self.levels[0]:
            return unwritten(*keywords["out"])
        if method != "__call__" or keywords.get("out") is not None or ufunc.signature is not None:
            if ufunc is np.matmul and method == "__call__":
                return namespace().matmul(*inputs)
            raise not_batchable(f"numpy.{ufunc.__name__}.{method}")
        return elementwise(ufunc, *inputs, **keywords)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        called: str = func.__name__
        name = _RENAMED.get(called, called)
        function = getattr(namespace(), name, None) or getattr(namespace().extras, name, None)
        if function is None:
            raise not_batchable(f"numpy.{func.__name__}")
        return function(*args, **kwargs)

    def __matmul__(self, other: Any) -> Any:
        return namespace().matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return namespace().matmul(other, self)

    def __hash__(self) -> int:
        return id(self)

    def __getitem__(self, index: Any) -> Any:
        from .batched_indexing import getitem

        return getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        from .batched_indexing import setitem

        setitem(self, index, value)


_RENAMED = {
    "transpose": "permute_dims",
    "concatenate": "concat",
    "cumsum": "cumulative_sum",
    "cumprod": "cumulative_prod",
    "amax": "max",
    "amin": "min",
    "array": "asarray",
}


@cache
def namespace() -> Any:
    """The namespace of batched arrays."""
    from .batched_namespace import namespace as found

    return found


# -- levels -----------------------------------------------------------------------------------------------------------


def levels_of(arrays: Iterable[Any]) -> Levels:
    """The levels that occur in the arrays, outermost first."""
    found: Levels = ()
    for array in arrays:
        if array.__class__ is Batched and array.levels != found:
            found = array.levels if not found else tuple(sorted({*found, *array.levels}))
    return found


def spread(x: Any, levels: Levels, ndim: int | None = None) -> Array:
    """The values of `x` with one axis for each of `levels`, of size 1 for those that it lacks, then `ndim` axes."""
    if x.__class__ is Batched:
        values, own = x.values, x.levels
    else:
        values, own = np.asarray(x), ()
    logical = values.ndim - len(own)
    extra = 0 if ndim is None else ndim - logical
    if own == levels and not extra:
        return values
    lead = iter(values.shape)
    shape = [next(lead) if level in own else 1 for level in levels]
    return values.reshape((*shape, *(1,) * extra, *values.shape[len(own) :]))


def full(arrays: tuple[Any, ...], levels: Levels | None = None) -> tuple[list[Array], Levels]:
    """The values of the arrays, all with all levels of any, at their full sizes."""
    levels = levels_of(arrays) if levels is None else levels
    lifted = [spread(a, levels) for a in arrays]
    k = len(levels)
    lead = np.broadcast_shapes(*[v.shape[:k] for v in lifted])
    return [v if v.shape[:k] == lead else np.broadcast_to(v, (*lead, *v.shape[k:])) for v in lifted], levels


def flat(arrays: tuple[Any, ...]) -> tuple[list[Array], Callable[[Array], Batched]]:
    """The values of the arrays with one batch axis in front, and the function that makes such values an array again."""
    values, levels = full(arrays)
    k = len(levels)
    lead = values[0].shape[:k]
    if k == 1:
        return values, lambda out: Batched(out, levels)
    count = prod(lead)
    return (
        [v.reshape((count, *v.shape[k:])) for v in values],
        lambda out: Batched(out.reshape((*lead, *out.shape[1:])), levels),
    )


def examples(x: Any) -> Array:
    """The elements of all examples, for checks of values; a plain array as it is."""
    return x.values if x.__class__ is Batched else x


def logical_ndim(x: Any) -> int:
    """The number of axes of one example of an array, or of a number."""
    return x.ndim if hasattr(x, "ndim") else 0


def elementwise(function: Callable[..., Any], *operands: Any, **keywords: Any) -> Any:
    """`function` of the operands, element by element, broadcast as those of one example."""
    first = operands[0]
    if first.__class__ is Batched:  # the usual cases: one operand, a number beside it, or two that lie alike
        other = operands[-1]
        kind = other.__class__
        if len(operands) == 1 or (len(operands) == 2 and (kind is float or kind is int)):
            return Batched(_run(function, (first.values, *operands[1:]), keywords), first.levels)
        if (
            len(operands) == 2
            and kind is Batched
            and first.levels == other.levels
            and first.values.ndim == other.values.ndim
        ):
            return Batched(_run(function, (first.values, other.values), keywords), first.levels)
    levels: Levels = ()
    ndim = 0
    for x in operands:
        if x.__class__ is Batched:
            if x.levels != levels:
                levels = x.levels if not levels else tuple(sorted({*levels, *x.levels}))
            ndim = max(ndim, x.values.ndim - len(x.levels))
        elif x.__class__ is np.ndarray:
            ndim = max(ndim, x.ndim)
    if not levels:
        return function(*operands, **keywords)
    values = [spread(x, levels, ndim) if x.__class__ is Batched else x for x in operands]
    return Batched(_run(function, values, keywords), levels)


def _run(function: Callable[..., Any], values: Sequence[Any], keywords: dict[str, Any]) -> Array:
    try:
        return np.asarray(function(*values, **keywords))
    except RuntimeWarning:  # the program turned NumPy's floating-point warnings into errors
        with np.errstate(all="ignore"):
            return np.asarray(function(*values, **keywords))


def accumulated(ufunc: Any, x: Batched, axis: int = 0) -> Batched:
    """What `ufunc` makes of the elements up to each one along an axis, such as their running maximum."""
    return Batched(ufunc.accumulate(x.values, axis=axis % x.ndim + len(x.levels)), x.levels)


def _operator(ufunc: Any, reflected: bool = False) -> Any:
    name: str = "pow" if ufunc is np.power else ufunc.__name__

    def method(self: Batched, other: Any) -> Any:
        if hasattr(other, "_array"):  # a tensor, in a rule that has a batched array among its static parameters
            xp = other.__array_namespace__()
            own = xp.asarray(self)
            return getattr(xp, name)(other, own) if reflected else getattr(xp, name)(own, other)
        return elementwise(ufunc, other, self) if reflected else elementwise(ufunc, self, other)

    return method


for _name, _ufunc in (
    ("add", np.add),
    ("sub", np.subtract),
    ("mul", np.multiply),
    ("truediv", np.true_divide),
    ("floordiv", np.floor_divide),
    ("mod", np.remainder),
    ("pow", np.power),
    ("and", np.bitwise_and),
    ("or", np.bitwise_or),
    ("xor", np.bitwise_xor),
    ("lshift", np.left_shift),
    ("rshift", np.right_shift),
):
    setattr(Batched, f"__{_name}__", _operator(_ufunc))
    setattr(Batched, f"__r{_name}__", _operator(_ufunc, reflected=True))
for _name, _ufunc in (
    ("eq", np.equal),
    ("ne", np.not_equal),
    ("lt", np.less),
    ("le", np.less_equal),
    ("gt", np.greater),
    ("ge", np.greater_equal),
):
    setattr(Batched, f"__{_name}__", _operator(_ufunc))
for _name, _ufunc in (("neg", np.negative), ("pos", np.positive), ("invert", np.invert), ("abs", np.absolute)):
    setattr(Batched, f"__{_name}__", lambda self, ufunc=_ufunc: elementwise(ufunc, self))


__all__ = [
    "Batched",
    "dynamic",
    "elementwise",
    "examples",
    "flat",
    "full",
    "levels_of",
    "not_batchable",
    "spread",
]
