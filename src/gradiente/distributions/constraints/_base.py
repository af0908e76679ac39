"""What a constraint is; those that depend on other values; those of whole events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...tensor.core import Tensor


class Constraint:
    """A set in which values can lie: the base of all constraints.

    Attributes:
        is_discrete: whether the set consists of isolated points.
        event_dim: how many dimensions one element of the set has.

    Example:
        >>> import gradiente as torch
        >>> torch.distributions.constraints.positive.check(torch.tensor([-1.0, 1.0]))
        tensor([False,  True])
    """

    if TYPE_CHECKING:
        is_discrete: Any
        event_dim: Any
    else:
        is_discrete = False
        event_dim = 0
    _shown: tuple[str, ...] = ()

    def check(self, value: Tensor) -> Tensor:
        """A bool tensor of shape ``sample_shape + batch_shape``: whether each event lies in the set."""
        raise NotImplementedError(f"{type(self).__name__} does not define check()")

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)}" for name in self._shown)
        return f"{type(self).__name__.removeprefix('_')}({shown})"


def _need_constraint(value: Any, name: str = "base_constraint") -> Any:
    if not isinstance(value, Constraint):
        raise AssertionError(f"{name} must be a Constraint, got {type(value).__name__}")
    return value


class _Dependent(Constraint):
    """A set that depends on other values; instances of distributions know it."""

    def __init__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> None:
        self._is_discrete, self._event_dim = is_discrete, event_dim
        super().__init__()

    @property
    def is_discrete(self) -> bool:
        return _known(self._is_discrete, "is_discrete")

    @property
    def event_dim(self) -> int:
        return _known(self._event_dim, "event_dim")

    def __call__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> _Dependent:
        """The same constraint, with what is known of it."""
        discrete = self._is_discrete if is_discrete is NotImplemented else is_discrete
        return _Dependent(is_discrete=discrete, event_dim=self._event_dim if event_dim is NotImplemented else event_dim)

    def check(self, value: Any) -> Tensor:
        raise ValueError("Cannot determine validity of dependent constraint")


def _known(value: Any, name: str) -> Any:
    if value is NotImplemented:
        raise NotImplementedError(f".{name} cannot be determined statically")
    return value


def is_dependent(constraint: Any) -> bool:
    """Whether the constraint depends on other values, so that it cannot be checked by itself.

    Example:
        >>> from gradiente.distributions import constraints
        >>> constraints.is_dependent(constraints.real), constraints.is_dependent(constraints.dependent)
        (False, True)
    """
    return isinstance(constraint, _Dependent)


class _DependentProperty(property, _Dependent):
    """A property of instances that is a dependent constraint when it is read from the class.

    Example:
        >>> from gradiente.distributions import Uniform
        >>> Uniform.support
        DependentProperty()
    """

    def __init__(
        self,
        fn: Callable[..., Any] | None = None,
        *,
        is_discrete: bool | None = NotImplemented,
        event_dim: int | None = NotImplemented,
    ) -> None:
        super().__init__(fn)
        self._is_discrete, self._event_dim = is_discrete, event_dim

    def __call__(self, fn: Callable[..., Any]) -> _DependentProperty:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _DependentProperty(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


def _all_behind(result: Tensor, kept: int) -> Tensor:
    """Whether all is true along the dimensions behind the first `kept` ones."""
    return (result if kept == result.dim() - 1 else result.reshape((*result.shape[:kept], -1))).all(-1)


class _IndependentConstraint(Constraint):
    """A set of arrays each element of which lies in another set: the last dimensions of a batch are made an event."""

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint: Any = _need_constraint(base_constraint)
        if reinterpreted_batch_ndims < 0:
            raise AssertionError(f"reinterpreted_batch_ndims must be >= 0, got {reinterpreted_batch_ndims}")
        self.reinterpreted_batch_ndims: int = reinterpreted_batch_ndims
        super().__init__()

    @property
    def is_discrete(self) -> bool:
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value: Tensor) -> Tensor:
        result = self.base_constraint.check(value)
        kept = result.dim() - self.reinterpreted_batch_ndims
        if kept < 0:
            expected = self.base_constraint.event_dim + self.reinterpreted_batch_ndims
            raise ValueError(f"Expected value.dim() >= {expected} but got {value.dim()}")
        return _all_behind(result, kept)

    def __repr__(self) -> str:
        return f"{type(self).__name__[1:]}({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamilyConstraint(Constraint):
    """The set in which the outcomes of a mixture lie: those of each of its components.

    Args:
        base_constraint: the support of the components, which have one more batch dimension.

    Raises AssertionError if that is no constraint.

    Example:
        >>> from gradiente.distributions import constraints
        >>> constraints.MixtureSameFamilyConstraint(constraints.real)
        MixtureSameFamilyConstraint(Real())
    """

    def __init__(self, base_constraint: Constraint) -> None:
        self.base_constraint: Any = _need_constraint(base_constraint)
        super().__init__()

    @property
    def is_discrete(self) -> bool:
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> int:
        return self.base_constraint.event_dim

    def check(self, value: Tensor) -> Tensor:
        result = self.base_constraint.check(value.unsqueeze(-1 - self.event_dim))
        kept = value.dim() - self.event_dim
        if kept < 0:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.dim()}")
        return _all_behind(result, kept)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_constraint!r})"


__all__ = [
    "Constraint",
    "MixtureSameFamilyConstraint",
    "_Dependent",
    "_DependentProperty",
    "_IndependentConstraint",
    "is_dependent",
]
