"""Modules that learn the sizes of their parameters from their first input."""

from __future__ import annotations

from typing import Any, ClassVar

from ...autograd.grad_mode import no_grad
from ..parameter import is_lazy


class LazyModuleMixin:
    """Gives a module parameters whose shapes follow from its first input.

    A class derives from it first, then from a module: `class LazyThing(LazyModuleMixin, Thing)`. Its constructor sets
    `UninitializedParameter`s and `UninitializedBuffer`s; `initialize_parameters`, which is called with the arguments of
    the first call, materialises and fills them. The module then becomes one of the class `cls_to_become`, if that is
    not None: `LazyLinear` becomes `Linear`.

    `state_dict` gives parameters that are not initialised as they are; `load_state_dict` gives them the shapes that it
    finds. An optimiser may be made before the first call, as parameters stay the same objects.

    Example:
        >>> import gradiente as torch
        >>> net = torch.nn.Sequential(torch.nn.LazyLinear(3), torch.nn.ReLU(), torch.nn.LazyLinear(1))
        >>> net(torch.ones(2, 5)).shape
        torch.Size([2, 1])
        >>> net[0]
        Linear(in_features=5, out_features=3, bias=True)
    """

    cls_to_become: ClassVar[type[Any] | None] = None

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialise and fill the parameters and buffers, for these arguments of `forward`: to be defined by classes.

        Raises NotImplementedError if it was not.
        """
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self: Any) -> bool:
        """Whether a parameter or a buffer of the module itself is uninitialised."""
        return any(is_lazy(tensor) for tensor in (*self._parameters.values(), *self._buffers.values()))

    def _infer_parameters(self, module: Any, args: Any, kwargs: Any = None) -> None:
        """The hook before the first `forward`."""
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(
                f"module {module._get_name()} has not been fully initialized: its initialize_parameters must "
                "materialize every uninitialized parameter and buffer"
            )
        module._initialize_hook.remove()
        module._load_hook.remove()
        del module._initialize_hook, module._load_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become

    def _saved(self, tensor: Any, keep_vars: bool) -> Any:
        """What the state has of one tensor: an uninitialised one as it is, as it cannot be detached."""
        return tensor if keep_vars or is_lazy(tensor) else tensor.detach()

    def _lazy_load_hook(
        self: Any,
        state_dict: Any,
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Before loading: take the shapes of what is uninitialised here and is not in the state."""
        for name, tensor in (*self._parameters.items(), *self._buffers.items()):
            given = state_dict.get(prefix + name)
            if is_lazy(tensor) and given is not None and not is_lazy(given):
                with no_grad():
                    tensor.materialize(given.shape)

    def _replicate_for_data_parallel(self) -> Any:
        raise RuntimeError(
            "Modules with uninitialized parameters can't be used with `DataParallel`. Run a dummy forward pass to "
            "correctly initialize the modules"
        )


__all__ = ["LazyModuleMixin"]
