"""torch.distributions.distribution: the base of all distributions.

Note [Held parameters]. Most distributions broadcast their parameters to one shape, the batch shape, and `expand` by
expanding them. So a class says in `_parameters` which of its attributes are such tensors (absent ones, like the logits
of a distribution that was given probabilities, are left out), in `_constants` what is simply handed on, in `_parts`
which are distributions to be expanded too; `_hold` sets the parameters, and the one `expand` here serves them all.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..autograd.grad_mode import no_grad
from ..ops.creation import tensor
from ..tensor.core import Tensor
from ..tensor.size import Size
from .constraints import is_dependent
from .utils import broadcast_all, holds_everywhere, lazy_property, logits_to_probs, probs_to_logits

if TYPE_CHECKING:
    from typing import Self

Shape = Sequence[int]


class Distribution:
    """The base of all distributions.

    A distribution has a batch shape (so many independent distributions side by side) and an event shape (the shape of
    one outcome of one of them). Samples have the shape ``sample_shape + batch_shape + event_shape``, and `log_prob`
    of them ``sample_shape + batch_shape``.

    Args:
        batch_shape: the batch shape.
        event_shape: the event shape.
        validate_args: whether parameters and the values given to `log_prob` are checked; None for the default, True.

    Attributes:
        arg_constraints: the constraint of each parameter, by its name.
        support: the constraint that the outcomes satisfy.
        has_rsample: whether `rsample` gives samples with gradients by the parameters.
        has_enumerate_support: whether `enumerate_support` lists all outcomes.

    Raises:
        ValueError: a parameter does not satisfy its constraint.
        NotImplementedError: by the methods that a distribution does not have.

    Example:
        >>> import gradiente as torch
        >>> d = torch.distributions.Normal(torch.zeros(3, 2), 1.0)
        >>> d.batch_shape, d.event_shape, d.sample((5,)).shape
        (torch.Size([3, 2]), torch.Size([]), torch.Size([5, 3, 2]))
    """

    _validate_args: bool = __debug__
    _parameters: ClassVar[tuple[str, ...]]
    _constants: ClassVar[tuple[str, ...]] = ()
    _parts: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:
        has_rsample: Any
        has_enumerate_support: Any
        arg_constraints: Any
        support: Any
    else:
        has_rsample = False
        has_enumerate_support = False

        @property
        def arg_constraints(self):
            """The constraint of each parameter, by its name."""
            raise NotImplementedError

        @property
        def support(self):
            """The constraint that the outcomes satisfy."""
            raise NotImplementedError

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Say whether distributions made from now on check what they are given. ValueError if `value` is no bool."""
        if value not in (True, False):
            raise ValueError(f"validate_args must be True or False, not {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Shape = (), event_shape: Shape = (), validate_args: bool | None = None) -> None:
        self._batch_shape: Size = Size(batch_shape)
        self._event_shape: Size = Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._validate_parameters()

    def _validate_parameters(self) -> None:
        try:
            constraints = self.arg_constraints
        except NotImplementedError:
            constraints = {}
            warnings.warn(
                f"{self.__class__} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or "
                "initialize the distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
        for name, constraint in constraints.items():
            computed = name not in self.__dict__ and isinstance(getattr(type(self), name), lazy_property)
            if computed or is_dependent(constraint):
                continue
            value = getattr(self, name)
            if not holds_everywhere(constraint.check(value)):
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    def _hold(self, validate_args: bool | None, **parameters: Any) -> None:
        """Begin as a distribution of single numbers with these parameters; see Note [Held parameters]."""
        self.__dict__.update(zip(parameters, broadcast_all(*parameters.values()), strict=True))
        shape = self.__dict__[next(iter(parameters))].shape
        Distribution.__init__(self, shape, validate_args=validate_args)

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        """This distribution with another batch shape, to which its own one can be expanded; parameters share memory.

        NotImplementedError for a subclass that has an `__init__` of its own and no `expand`.
        """
        owner = self._family()
        new = self._get_checked_instance(owner, _instance)
        shape = Size(batch_shape)
        for name in owner._parameters:
            if name in self.__dict__:
                value = self.__dict__[name]
                new.__dict__[name] = value.expand(shape + value.shape[len(self._batch_shape) :])
        self._hand_on(new, shape)
        Distribution.__init__(new, shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def _hand_on(self, new: Any, shape: Size) -> None:
        new.__dict__.update({name: self.__dict__[name] for name in self._constants})
        new.__dict__.update({name: self.__dict__[name].expand(shape) for name in self._parts})

    def _family(self) -> Any:
        """The class of the library that this distribution is of."""
        for cls in type(self).__mro__:
            if "_parameters" in cls.__dict__:
                return cls
        raise NotImplementedError(f"{type(self).__name__} does not define expand()")

    def _get_checked_instance(self, cls: Any, _instance: Any = None) -> Any:
        """A bare instance for `expand` to fill; a subclass of `cls` with its own `__init__` has to provide one."""
        if _instance is None and type(self).__init__ != cls.__init__:
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ method must also "
                "define a custom .expand() method."
            )
        return self.__new__(type(self)) if _instance is None else _instance

    @property
    def batch_shape(self) -> Size:
        """How many distributions there are side by side."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one outcome."""
        return self._event_shape

    @property
    def mean(self) -> Tensor:
        """The expectation E[X]."""
        raise NotImplementedError(f"{type(self).__name__} has no mean in closed form")

    @property
    def mode(self) -> Tensor:
        """The most probable outcome."""
        raise NotImplementedError(f"{self.__class__} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The expectation of (X - E[X])²."""
        raise NotImplementedError(f"{type(self).__name__} has no variance in closed form")

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """Random outcomes, without gradients.

        Args:
            sample_shape: how many for each distribution of the batch.

        Returns:
            A tensor of shape ``sample_shape + batch_shape + event_shape``.
        """
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """Random outcomes, which can be differentiated by the parameters; shapes as of `sample`."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample(): its has_rsample is False")

    def sample_n(self, n: int) -> Tensor:
        """`n` samples for each distribution of the batch: an old form of ``sample((n,))``."""
        warnings.warn(
            "`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", stacklevel=2, category=FutureWarning
        )
        return self.sample(Size((n,)))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability density, or of the probability, of `value`.

        ValueError if that is no tensor, or, where arguments are validated, lies outside of the support.
        """
        raise NotImplementedError(f"{type(self).__name__} has no log_prob()")

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of an outcome ≤ `value`."""
        raise NotImplementedError(f"{type(self).__name__} has no cdf() in closed form")

    def icdf(self, value: Tensor) -> Tensor:
        """The quantile: the inverse of `cdf`."""
        raise NotImplementedError(f"{type(self).__name__} has no icdf() in closed form")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All outcomes of a discrete distribution, along a new first dimension.

        Args:
            expand: whether the outcomes are repeated over the batch shape, or have sizes of 1 there.
        """
        raise NotImplementedError(f"{type(self).__name__} has no enumerate_support()")

    def entropy(self) -> Tensor:
        """The expectation of -log_prob, in nats, of shape `batch_shape`."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy() in closed form")

    def perplexity(self) -> Tensor:
        """e to the power of the entropy."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Shape = ()) -> Size:
        """The shape of samples."""
        return Size(sample_shape) + self._batch_shape + self._event_shape

    def _check(self, value: Any) -> None:
        if self._validate_args:
            self._validate_sample(value)

    def _validate_sample(self, value: Any) -> None:
        """Raise ValueError unless `value` can be an outcome, or several."""
        if not isinstance(value, Tensor):
            raise ValueError(
                f"The value argument to log_prob must be a Tensor (not {type(value).__name__}: torch.tensor makes one)"
            )
        start = len(value.shape) - len(self._event_shape)
        if value.shape[start:] != self._event_shape:
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}."
            )
        ours = self._batch_shape + self._event_shape
        for i, j in zip(reversed(value.shape), reversed(ours), strict=False):
            if 1 not in (i, j) and i != j:
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {ours}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{self.__class__} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not holds_everywhere(support.check(value)):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the "
                f"support ({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        held = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        shown = ", ".join(f"{name}: {x if x.numel() == 1 else x.size()}" for name, x in held.items())
        return f"{self.__class__.__name__}({shown})"


class ProbsOrLogits(Distribution):
    """What distributions share that are given either probabilities or logits; the other ones are computed when read."""

    _binary: ClassVar[bool] = True

    def _hold_either(self, validate_args: bool | None, probs: Any, logits: Any, **others: Any) -> None:
        """Hold `others`, then the one of `probs` and `logits` that was given."""
        name = self._the_given(probs, logits)
        self._hold(validate_args, **others, **{name: probs if logits is None else logits})

    def _the_given(self, probs: Any, logits: Any) -> str:
        if (probs is None) == (logits is None):
            raise ValueError(
                "Either `probs` or `logits` must be specified, but not both. "
                f"({type(self).__name__} was given {'neither' if probs is None else 'both'})"
            )
        return "probs" if logits is None else "logits"

    @lazy_property
    def logits(self) -> Tensor:
        """The logarithms of the odds p/(1 - p); for more than two outcomes, of the probabilities."""
        return probs_to_logits(self.probs, self._binary)

    @lazy_property
    def probs(self) -> Tensor:
        """The probabilities."""
        return logits_to_probs(self.logits, self._binary)

    @property
    def _param(self) -> Tensor:
        return self.__dict__["probs"] if "probs" in self.__dict__ else self.__dict__["logits"]

    @property
    def param_shape(self) -> Size:
        """The shape of the probabilities."""
        return self._param.shape

    def _new(self, *args: Any, **kwargs: Any) -> Tensor:
        return self._param.new(*args, **kwargs)


def whole_numbers(n: int, like: Tensor, batch_shape: Size, expand: bool) -> Tensor:
    """The outcomes 0 … n - 1 as `enumerate_support` gives them."""
    values = tensor(range(n), dtype=like.dtype).reshape((n,) + (1,) * len(batch_shape))
    return values.expand((n, *batch_shape)) if expand else values


__all__ = ["Distribution"]
