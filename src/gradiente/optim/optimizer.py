"""The base of all optimisers: groups of parameters with their options, state, saving and loading.

Note [Steps are not recorded]: a step writes into the parameters' arrays and notes the change in their versions, so
that a graph that saved a parameter before the step refuses to run backward after it. No graph of the step itself is
made, unless the option `differentiable` asks for it: Note [Recorded steps].
"""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np

from ..graph import change, current, set_mode, user_place, version_of
from ..tensor.core import Tensor
from ..tensor.dtypes import TENSOR_TYPES
from ._copied import Copied
from ._groups import _RequiredParameter as _RequiredParameter
from ._groups import parameters, state_value, with_defaults
from ._groups import required as required
from ._hooks import Hooked, answered, hooked
from ._hooks import register_optimizer_step_post_hook as register_optimizer_step_post_hook
from ._hooks import register_optimizer_step_pre_hook as register_optimizer_step_pre_hook
from ._options import check_fused_parameters, scalar
from ._recorded import step_recorded
from ._together import FEWEST, Together

Params = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
ParamsT = Params
"""What can be optimised: tensors, groups of tensors with options of their own, or pairs of a name and a tensor."""


class Optimizer(Hooked, Copied):
    """What all optimisers share; a subclass defines `_update` for one group of parameters.

    Args:
        params: the parameters: tensors, (name, tensor) pairs, or groups: dictionaries with the key "params" and options
            that differ from the defaults.
        defaults: the options of groups that do not set them.

    Raises:
        TypeError: `params` is a single tensor or holds something else than tensors.
        ValueError: there are no parameters, one stands in two groups, or one is not a leaf.

    Example:
        >>> import gradiente as torch
        >>> w = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.8000, 1.6000], requires_grad=True)
    """

    defaults: dict[str, Any]
    param_groups: list[dict[str, Any]]
    state: defaultdict[Tensor, dict[str, Any]]

    _elementwise = False
    """Whether `_move` treats each element for itself: Note [Small parameters together]."""

    _sparse: ClassVar[Callable[..., list[Tensor]] | None] = None
    """What takes the steps by sparse gradients, once there can be any: `_sparse.step`."""

    _foreach_recorded = False
    """Whether torch records steps with `foreach`."""

    _numbers: ClassVar[tuple[str, ...]] = ()
    """The numbers in the state of a parameter, which are tensors without dimensions."""

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state = defaultdict(dict)
        self.param_groups = []
        self._init_private()
        if isinstance(params, Tensor):
            kind = TENSOR_TYPES[params.dtype.name]
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"torch.{kind} (a single tensor goes into a list: [tensor])"
            )
        given: list[Any] = list(params)
        if not given:
            raise ValueError(
                "optimizer got an empty parameter list (was the iterator used up before, or has the model no "
                "parameters?)"
            )
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def _init_private(self) -> None:
        self._init_hooks()
        self._work: dict[Any, Any] = {}
        self._together: defaultdict[int, Together] = defaultdict(Together)

    def _patch_step_function(self) -> None:  # torch's name; optimisers around others call it in place of __init__
        self._init_private()

    # -- parameters ---------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of parameters, with options of its own where it gives them.

        Args:
            param_group: dictionary with "params", a tensor or several, and options.

        Raises:
            TypeError: it is no dictionary, or its parameters are no tensors in a fixed order.
            ValueError: a parameter is not a leaf or stands in another group, or an option without default is missing.

        Example:
            >>> import gradiente as torch
            >>> a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
            >>> optimizer = torch.optim.SGD([a], lr=0.1)
            >>> optimizer.add_param_group({"params": b, "lr": 0.01})
            >>> [group["lr"] for group in optimizer.param_groups]
            [0.1, 0.01]
        """
        if not isinstance(param_group, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        group = dict(param_group)
        params, names = parameters(group["params"])
        for i, p in enumerate(params):
            if not p.is_leaf and not self.defaults.get("differentiable"):
                raise ValueError(
                    f"can't optimize a non-leaf Tensor (parameter {i} was made by "
                    f"{p.grad_fn.name() if p.grad_fn else '?'}; "
                    "optimise what it was made from, or a .detach().requires_grad_() of it)"
                )
        group["params"] = params
        if names is not None:
            group["param_names"] = names
        with_defaults(group, self.defaults)
        if len({id(p) for p in params}) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an "
                "error; see "
                "github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        known = {id(p) for other in self.param_groups for p in other["params"]}
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        if self.param_groups and (names is not None) != ("param_names" in self.param_groups[0]):
            raise ValueError(
                "all optimizer param groups should be with/without names. cannot add param group "
                f"{'with' if names is not None else 'without'} names to the optimizer"
            )
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters.

        Args:
            set_to_none: make them None; else fill them with zeros.

        Example:
            >>> import gradiente as torch
            >>> w = torch.ones(2, requires_grad=True)
            >>> w.sum().backward()
            >>> torch.optim.SGD([w], lr=0.1).zero_grad()
            >>> print(w.grad)
            None
        """
        for group in self.param_groups:
            for p in group["params"]:
                meta = p._meta
                if meta is None or meta.grad is None:
                    continue
                if set_to_none:
                    meta.grad = None
                else:
                    meta.grad._node = None
                    if meta.grad.is_sparse:
                        meta.grad.zero_()
                        continue
                    meta.grad._array[...] = 0
                    _bump(meta.grad, user_place(1))

    # -- steps --------------------------------------------------------------------------------------------------------

    @hooked
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient by it.

        Args:
            closure: a function that computes the loss and its gradients again and returns the loss.

        Returns:
            What `closure` returned, or None.
        """
        loss = None
        if closure is not None:
            previous = change(grad=True)
            try:
                loss = closure()
            finally:
                set_mode(previous)
        place, before_change = user_place(1), current().before_change
        recorded = self.defaults.get("differentiable")
        with np.errstate(all="ignore"):
            for i, group in enumerate(self.param_groups):
                members: list[Tensor] = [p for p in group["params"] if p._meta is not None and p._meta.grad is not None]
                if not members:
                    if type(self)._options is Optimizer._options:
                        self._options(group)
                    continue
                if recorded:
                    step_recorded(self, group, members)
                    continue
                options = self._options(group)
                alone = members if self._sparse is None else self._sparse(self, members, options)
                if before_change is not None:
                    for p in members:
                        before_change(p)
                elif self._elementwise and len(members) >= FEWEST:
                    alone = self._together[i].step(self, alone, options)
                for p in alone:
                    self._update(p, p._meta.grad._array, options)  # pyright: ignore[reportOptionalMemberAccess]
                for p in members:
                    _bump(p, place)
        return loss

    def _options(self, group: dict[str, Any]) -> Any:
        """The options of a group, as `_update` wants them."""
        raise NotImplementedError(f"{type(self).__name__} does not define a step")

    def _begin(self, p: Tensor, options: Any) -> dict[str, Any]:
        """The state of a parameter before its first step."""
        return {}

    def _update(self, p: Tensor, g: Any, options: Any) -> None:
        """Change the parameter `p` in place by its gradient, the array `g`."""
        raise NotImplementedError(f"{type(self).__name__} does not define a step")

    def _move(self, x: Any, g: Any, state: dict[str, Any], t: float, options: Any) -> None:
        """Change the array `x` of a parameter in place by its gradient `g`, at step `t`.

        All of it goes through NumPy's functions and the names of `state`: Note [Recorded steps].
        """
        raise NotImplementedError(f"{type(self).__name__} does not define a step")

    def _check_fused(self, group: dict[str, Any]) -> None:
        """Raise torch's error for parameters that no fused step is made for; asked once."""
        params = group["params"]
        if self._work.get(id(group)) != len(params):
            check_fused_parameters(params)
            self._work[id(group)] = len(params)

    def _scratch(self, array: Any) -> Any:
        """An array like `array` to compute in; parameters of one shape share it."""
        key = (array.__class__, array.shape, array.dtype.char)
        found = self._work.get(key)
        if found is None:
            found = np.empty(array.shape, array.dtype) if array.__class__ is np.ndarray else array.copy()
            self._work[key] = found
        return found

    # -- saving and loading -------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The options and the state, with the parameters' numbers in their place.

        Returns:
            {"state": state by number, "param_groups": options and numbers}.

        Example:
            >>> import gradiente as torch
            >>> torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1).state_dict()["param_groups"][0]["params"]
            [0]
        """
        for hook in list(self._optimizer_state_dict_pre_hooks.values()):
            hook(self)
        number: dict[int, int] = {}
        groups: list[dict[str, Any]] = []
        for group in self.param_groups:
            for p in group["params"]:
                number.setdefault(id(p), len(number))
            packed = {name: value for name, value in group.items() if name != "params"}
            packed["params"] = [number[id(p)] for p in group["params"]]
            groups.append(packed)
        state: dict[Any, Any] = {number.get(id(p), p): values for p, values in self.state.items()}
        return answered(self._optimizer_state_dict_post_hooks, self, {"state": state, "param_groups": groups})

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over options and state that `state_dict` gave; the parameters are matched by their order.

        Args:
            state_dict: what `state_dict` of an optimiser with the same groups returned.

        Raises:
            KeyError: a part is missing.
            ValueError: the numbers of groups or of their parameters differ.

        Example:
            >>> import gradiente as torch
            >>> w = torch.ones(1, requires_grad=True)
            >>> saved = torch.optim.SGD([w], lr=0.5).state_dict()
            >>> optimizer = torch.optim.SGD([w], lr=0.1)
            >>> optimizer.load_state_dict(saved)
            >>> optimizer.param_groups[0]["lr"]
            0.5
        """
        state_dict = answered(self._optimizer_load_state_dict_pre_hooks, self, state_dict.copy())
        saved_groups, saved_state = state_dict["param_groups"], state_dict["state"]
        groups = self.param_groups
        if len(saved_groups) != len(groups):
            raise ValueError(
                "loaded state dict has a different number of parameter groups "
                f"({len(saved_groups)}; this optimizer has {len(groups)})"
            )
        for saved, group in zip(saved_groups, groups, strict=True):
            if len(saved["params"]) != len(group["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group "
                    f"({len(saved['params'])} parameters; this optimizer's has {len(group['params'])})"
                )
        by_number: dict[Any, Tensor] = {}
        new_groups: list[dict[str, Any]] = []
        for saved, group in zip(saved_groups, groups, strict=True):
            by_number.update(zip(saved["params"], group["params"], strict=True))
            options = {name: copy.deepcopy(value) for name, value in saved.items() if name != "params"}
            if "param_names" in group and "param_names" not in saved:
                options["param_names"] = group["param_names"]
            new_groups.append({**options, "params": group["params"]})
        state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        for key, values in saved_state.items():
            p = by_number.get(key)
            if p is None:
                state[key] = values
            else:
                state[p] = {name: state_value(name, value, p) for name, value in values.items()}
        self.__setstate__({"state": state, "param_groups": new_groups})
        for hook in list(self._optimizer_load_state_dict_post_hooks.values()):
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_work" not in self.__dict__:
            self._init_private()
        for group in self.param_groups:  # saved by a version that did not have an option yet
            for name, default in self.defaults.items():
                group.setdefault(name, default)
            for p in group["params"]:  # by one whose numbers were not tensors yet
                entry = self.state.get(p, {})
                for name in self._numbers:
                    if isinstance(entry.get(name), (int, float)):
                        entry[name] = scalar(entry[name], group.get("fused"))

    def __repr__(self) -> str:
        groups = [
            "\n".join(
                [f"Parameter Group {i}", *(f"    {k}: {_shown(group[k])}" for k in sorted(group) if k != "params")]
            )
            for i, group in enumerate(self.param_groups)
        ]
        return f"{type(self).__name__} (\n" + "\n\n".join(groups) + "\n)"


def _shown(value: Any) -> str:
    return str(value._array.item() if isinstance(value, Tensor) and not value._array.ndim else value)


def _bump(x: Tensor, place: Any) -> None:
    """Note that the values of `x` were changed, at `place`."""
    version_of(x).bump(place)


def __getattr__(name: str) -> object:
    from . import _for_programs

    if name in vars(_for_programs) and not name.startswith("__"):
        return vars(_for_programs)[name]
    from .._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))


__all__ = ["Optimizer", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]
