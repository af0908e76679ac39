"""What the methods of a `Function` tell each other through their context."""

from __future__ import annotations

import warnings

from ..tensor.core import Tensor


class FunctionCtx:
    """What `forward`, `setup_context` and `backward` tell each other through `ctx`."""

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Save tensors for `backward`, where `ctx.saved_tensors` has them again.

        In-place changes between saving and using them are detected. To be called once at most, with inputs, outputs and
        intermediate results; None is allowed.

        >>> import gradiente as torch
        >>> class Cube(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x * x * x
        ...
        ...     @staticmethod
        ...     def backward(ctx, grad):
        ...         (x,) = ctx.saved_tensors
        ...         return grad * 3 * x * x
        >>> x = torch.tensor(2.0, requires_grad=True)
        >>> Cube.apply(x).backward()
        >>> x.grad
        tensor(12.)
        """
        self.to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Save tensors for `jvp`, where `ctx.saved_tensors` has them again."""
        for tensor in tensors:
            if not (tensor is None or isinstance(tensor, Tensor)):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes "
                    "on ctx."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Tensor) -> None:
        """Tell which inputs `forward` changed in place. They must be among its outputs."""
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Tell which outputs have no derivative. `backward` still takes one gradient per output."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """With False, `backward` sees None instead of zeros for outputs that no gradient reached."""
        self.materialize_grads = value

    def mark_shared_storage(self, *pairs: tuple[Tensor, Tensor]) -> None:
        """Nothing: outputs that share memory with inputs are found by themselves."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that "
            "calls to "
            "`set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )


__all__ = ["FunctionCtx"]
