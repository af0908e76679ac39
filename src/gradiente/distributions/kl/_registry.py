"""Which function computes the divergence of which two classes of distributions."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ...tensor.core import Tensor
from ..distribution import Distribution

Divergence = Callable[[Any, Any], Any]

_KL_REGISTRY: dict[tuple[type, type], Divergence] = {}
_KL_MEMOIZE: dict[tuple[type, type], Any] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Any], Any]:
    """Decorate a function (p, q) to KL(p ‖ q), to be used by `kl_divergence` for these classes and their subclasses.

    Where several pairs fit, the most special one is taken.

    Args:
        type_p: a subclass of Distribution.
        type_q: another.

    Raises:
        TypeError: something is no class.

    Example:
        >>> from gradiente.distributions import Normal, kl_divergence, register_kl
        >>> class Special(Normal):
        ...     pass
        >>> @register_kl(Special, Special)
        ... def kl_special(p, q):
        ...     return "special"
        >>> kl_divergence(Special(0.0, 1.0), Special(0.0, 1.0))
        'special'
    """
    for cls in (type_p, type_q):
        if not isinstance(cls, type):
            raise TypeError(f"issubclass() arg 1 must be a class (register_kl was given {cls!r})")

    def decorator(function: Any) -> Any:
        _KL_REGISTRY[type_p, type_q] = function
        _KL_MEMOIZE.clear()
        return function

    return decorator


def _more_special(a: tuple[type, type], b: tuple[type, type]) -> bool:
    """Whether the pair `a` of classes comes before `b`, by the first class in which they differ."""
    for x, y in zip(a, b, strict=True):
        if not issubclass(x, y):
            return False
        if x is not y:
            break
    return True


def _most_special(pairs: list[tuple[type, type]]) -> tuple[type, type]:
    best = pairs[0]
    for pair in pairs[1:]:
        if _more_special(pair, best):
            best = pair
    return best


def _dispatch_kl(type_p: type, type_q: type) -> Any:
    """The function for two classes: the most special one by the first class, which should be that by the second."""
    fitting = [(p, q) for p, q in _KL_REGISTRY if issubclass(type_p, p) and issubclass(type_q, q)]
    if not fitting:
        return NotImplemented
    left_p, left_q = _most_special(fitting)
    right_q, right_p = _most_special([(q, p) for p, q in fitting])
    if _KL_REGISTRY[left_p, left_q] is not _KL_REGISTRY[right_p, right_q]:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). "
            f"Please register_kl({left_p.__name__}, {right_q.__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return _KL_REGISTRY[left_p, left_q]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """The Kullback-Leibler divergence KL(p ‖ q) = E_p[ln p(X) - ln q(X)], in closed form.

    Args:
        p: a distribution.
        q: another.

    Returns:
        A tensor of the broadcast batch shape.

    Raises:
        NotImplementedError: there is no formula for the two classes.

    Example:
        >>> import gradiente as torch
        >>> from gradiente.distributions import Normal, kl_divergence
        >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
        tensor(0.5000)
    """
    key = type(p), type(q)
    if key not in _KL_MEMOIZE:
        _KL_MEMOIZE[key] = _dispatch_kl(*key)
    function = _KL_MEMOIZE[key]
    if function is NotImplemented:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {p.__class__.__name__} and q type {q.__class__.__name__} "
            "(say how by @register_kl, or estimate it: (p.log_prob(x) - q.log_prob(x)).mean() for x = p.sample((n,)))"
        )
    return function(p, q)


__all__ = ["kl_divergence", "register_kl"]
