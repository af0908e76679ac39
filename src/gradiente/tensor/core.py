"""The Tensor: an array, the node that made it, and what autograd keeps beside them.

Note [The fields of a tensor]
-----------------------------
`_array`: the values. `_node`: where its gradient goes: the node that made it, the `AccumulateGrad` of a leaf that
requires a gradient, or None; so `_node is not None` is `requires_grad`. `_history`: its in-place changes, shared with
its views, None while there is none. `_view`: how it is seen in its base, None for a base. `_meta`: the rarely used
rest (gradient, tangent, name), None while empty. The operators of `gradiente.ops` are attached as methods when that
package is imported.
"""

from __future__ import annotations

import threading
import warnings
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays.numpy_indexing import copied_with_memory
from ..graph import (
    HookDict,
    Node,
    NodeHooks,
    Output,
    Plan,
    RemovableHandle,
    Sink,
    Version,
    current,
    guard,
    moment,
    register,
    split_edge,
    version_of,
)
from ..graph.modes import keep_layout
from . import dtypes
from .dtypes import from_numpy_dtype
from .gradients import add_recorded, keep_gradient, wrapped
from .meta import Meta
from .metadata import InputMetadata, tell
from .origins import leave
from .shown import ShownAsTorchs
from .size import Size
from .texts import NON_LEAF_GRAD

if TYPE_CHECKING:
    from ._methods import TensorMethods  # what gradiente.ops attaches, for type checkers
else:
    TensorMethods = object


class Tensor(TensorMethods, metaclass=ShownAsTorchs):
    """A multi-dimensional array whose operations are recorded, so that gradients can flow back through them.

    >>> import gradiente as torch
    >>> x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    __slots__ = ("__dict__", "__weakref__", "_array", "_history", "_meta", "_node", "_view")

    _array: Any
    _node: Node | Output | None
    _history: Version | None
    _view: Any
    _meta: Meta | None

    # -- what it is ---------------------------------------------------------------------------------------------------

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return from_numpy_dtype(self._array.dtype)

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions."""
        return tuple.__new__(Size, self._array.shape)  # NumPy's shapes need no check

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    def __repr__(self, *, tensor_contents: object = None) -> str:
        from .introspect import described

        return described(self)

    @property
    def _version(self) -> int:
        """How often the tensor, or a view that shares its memory, was changed in place."""
        if self._meta is not None and self._meta.inference:
            raise RuntimeError("Inference tensors do not track version counter.")
        return 0 if self._history is None else self._history.count

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are to be computed for this tensor."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        from .leaves import set_requires_grad

        set_requires_grad(self, value)

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad must be a bool (it cannot be deleted)")

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Switch recording on this leaf on or off, in place, and return the tensor.

        Raises RuntimeError for a non-leaf that is to stop requiring gradients, and for a type that cannot have them.

        >>> import gradiente as torch
        >>> torch.ones(2).requires_grad_()
        tensor([1., 1.], requires_grad=True)
        """
        from .leaves import refuse_inside, switch

        if requires_grad is not True and requires_grad is not False:
            raise TypeError(
                "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not "
                f"{type(requires_grad).__name__}"
            )
        refuse_inside()
        switch(self, requires_grad)
        return self

    def is_inference(self) -> bool:
        """Whether this tensor was made in inference mode."""
        return self._meta is not None and self._meta.inference

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this tensor."""
        node = self._node
        return node is None or isinstance(node, Sink)

    @property
    def grad_fn(self) -> Node | None:
        """The node that made this tensor; None for a leaf."""
        if self._view is not None:
            from .views import renewed

            renewed(self)
            if type(self).grad_fn is not Tensor.grad_fn:  # it has become a view that may not be used
                return self.grad_fn
        node = self._node
        if node is None or isinstance(node, Sink):
            return None
        made, number = split_edge(node)
        shown = made.show()
        tell(shown, number, (self._array.shape, self._array.dtype))
        return shown

    @property
    def output_nr(self) -> int:
        """Which result of its node this tensor is."""
        return 0 if self._node is None else split_edge(self._node)[1]

    # -- its gradient -------------------------------------------------------------------------------------------------

    def _metadata(self) -> Meta:
        if self._meta is None:
            made = Meta()
            with guard:
                if self._meta is None:
                    self._meta = made
        return self._meta

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` accumulated in this leaf, or None."""
        meta = self._meta
        if not self.is_leaf and (meta is None or (meta.grad is None and not meta.retained)):
            warnings.warn(NON_LEAF_GRAD, UserWarning, stacklevel=2)
        return None if meta is None else meta.grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is None:
            if self._meta is not None:
                self._meta.grad = None
            return
        from .leaves import check_grad

        check_grad(self, value)
        self._metadata().grad = value

    @grad.deleter
    def grad(self) -> None:
        if self._meta is not None:
            self._meta.grad = None

    @property
    def grad_dtype(self) -> dtypes.dtype | None:
        """The type of this leaf's gradient: that of the leaf, unless another one, or None for any, was assigned."""
        from .leaves import get_grad_dtype

        return get_grad_dtype(self)

    @grad_dtype.setter
    def grad_dtype(self, value: dtypes.dtype | None) -> None:
        from .leaves import set_grad_dtype

        set_grad_dtype(self, value)

    def retain_grad(self) -> None:
        """Keep the gradient of this non-leaf in `.grad`.

        >>> import gradiente as torch
        >>> x = torch.ones(2, requires_grad=True)
        >>> y = x * 3
        >>> y.retain_grad()
        >>> y.sum().backward()
        >>> y.grad
        tensor([1., 1.])
        """
        if self._node is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        meta = self._metadata()
        if self.is_leaf or meta.retained:
            return
        meta.retained = True
        keep_gradient(self)

    @property
    def retains_grad(self) -> bool:
        """Whether this non-leaf keeps its gradient."""
        return not self.is_leaf and self._meta is not None and self._meta.retained

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call `hook(grad)` whenever this tensor's gradient is computed; a tensor that it returns replaces it.

        Raises RuntimeError if the tensor does not require a gradient.

        >>> import gradiente as torch
        >>> x = torch.ones(2, requires_grad=True)
        >>> handle = x.register_hook(lambda grad: grad * 2)
        >>> x.sum().backward()
        >>> x.grad
        tensor([2., 2.])
        """
        if self._node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        node, number = split_edge(self._node)
        if self._view is not None:
            self._history.loose = True  # pyright: ignore[reportOptionalMemberAccess] - see `views.loose_views`
        return register(node._all_hooks().tensor.setdefault(number, HookDict()), hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call `hook(tensor)` after a gradient was accumulated in this leaf.

        Raises RuntimeError for tensors that are not leaves or do not require a gradient.
        """
        if self._node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not self.is_leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        return register(self._node._all_hooks().accumulated, hook)  # pyright: ignore

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment.  If you were attempting to deepcopy a module, this may be because of a "
                "torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
            )
        import copy

        out = new(type(self))
        out._array = copied_with_memory(self._array, memo)
        out._node = out._history = out._view = out._meta = None
        memo[id(self)] = out
        if self._node is not None:
            out._node = AccumulateGrad(out)
            leave("deepcopy", self, out)
        if self._meta is not None and self._meta.grad is not None:
            out._metadata().grad = copy.deepcopy(self._meta.grad, memo)
        out.__dict__.update(copy.deepcopy(self.__dict__, memo))  # pyright: ignore[reportAttributeAccessIssue]
        return out

    def __hash__(self) -> int:
        return id(self)


new: Callable[[type[Tensor]], Tensor] = object.__new__
"""Makes an object without running its constructor."""


def wrap(array: Any) -> Tensor:
    """A tensor of the values in `array`, sharing its memory, without a history."""
    out = new(Tensor)
    out._array = array
    out._node = out._history = out._view = out._meta = None
    return out


def box(value: Any) -> Any:
    """An array, where NumPy returned a scalar for a 0-d result."""
    return np.asarray(value) if isinstance(value, _NUMBERS) else value


_NUMBERS = (np.generic, bool, int, float, complex)


class AccumulateGrad(Sink):
    """The end of the graph at a leaf: adds what arrives to the leaf's `.grad`.

    It holds the leaf's gradient, not the leaf, so that leaf and node can refer to each other without a cycle.
    """

    __slots__ = ("_array", "_leaf", "_lock", "meta")
    __module__ = "builtins"  # as for all nodes, so that the class prints as torch's does: <class 'AccumulateGrad'>

    def __init__(self, leaf: Tensor) -> None:
        self.seq: int = moment()
        self.edges: tuple[Any, ...] = ()
        self.plan: Plan = None  # pyright: ignore[reportAttributeAccessIssue]
        self.tensors: tuple[Any, ...] | None = ()
        self.facts: Any = None
        self.place: Any = None
        self.hooks: NodeHooks | None = None
        self.meta: Meta = leaf._metadata()
        self._leaf = weakref.ref(leaf)
        self._array = leaf._array
        # Threads may run backward into one leaf at a time; reading, adding and writing back must not interleave.
        self._lock = threading.RLock()

    def show(self) -> AccumulateGrad:
        """Itself: it has its name from the start."""
        return self

    def name(self) -> str:
        """The name of the operation, as torch spells it."""
        return "torch::autograd::AccumulateGrad"

    @property
    def _input_metadata(self) -> tuple[InputMetadata, ...]:
        return (InputMetadata(self._array.shape, self._array.dtype),)

    def __call__(self, grad: Tensor) -> tuple[()]:
        """Accumulate `grad` in the leaf."""
        self.receive(grad if current().grad else grad._array, current().grad, False)
        return ()

    @property
    def variable(self) -> Tensor:
        """The leaf."""
        with self._lock:  # so that no two threads make one each
            leaf = self._leaf()
            if leaf is None:  # only the graph still knows it: make it again, around the same values and gradient
                leaf = wrap(self._array)
                leaf._node, leaf._meta = self, self.meta
                self._leaf = weakref.ref(leaf)
        return leaf

    def receive(self, cotangent: Any, taped: bool, owned: bool) -> None:
        """Add a cotangent to the gradient: in place where the gradient has no graph of its own, as torch does."""
        if taped and current().grad:
            add_recorded(self.meta, cotangent, "CopyBackwards", self._lock)
            return
        with self._lock:
            meta, grad = self.meta, self.meta.grad
            if taped:
                from .tangents_changed import accumulate

                accumulate(meta, cotangent)
            elif grad is None:
                meta.grad = _own(cotangent, owned, self._array)
            elif grad._array.flags.writeable:
                grad._array += cotangent
                version_of(grad).bump()
            else:
                meta.grad = wrapped(grad._array + cotangent)


def _own(cotangent: Any, owned: bool, leaf: Any) -> Tensor:
    """A tensor of the cotangent, itself if nobody else can see its memory and it lies as the leaf does, else a copy."""
    if cotangent.__class__ is not np.ndarray:
        return wrapped(cotangent)
    # `owned` counts this function's caller; an array with a base shares its memory
    if owned and cotangent.base is None and (cotangent.ndim < 2 or cotangent.strides == leaf.strides):
        return wrap(cotangent)
    if cotangent.ndim < 2 or leaf.shape != cotangent.shape or leaf.strides is None:
        return wrap(cotangent.copy())
    if owned and cotangent.base is None and not keep_layout.get():
        return wrap(cotangent)
    copy = np.empty_like(leaf, cotangent.dtype)
    copy[...] = cotangent
    return wrap(copy)
