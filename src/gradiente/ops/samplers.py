"""Random numbers written into tensors, in place: uniform_, normal_, random_, bernoulli_, exponential_, ….

Note [The order of filling]: torch fills a tensor in the order of its memory, so a transposed one gets its numbers along
the columns. Normals mind more than the order: they take another stream for tensors of 16 elements and more, but
only where the memory is in the order of the indices (Note [Two normal streams] in `gradiente.random.normals`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import random as streams
from ..arrays.batched import Batched, levels_of
from ..graph import current
from ..tensor.batching import batched_here, drawn_from
from ..tensor.core import Tensor, wrap
from ..tensor.inplace import write
from ..tensor.restrictions import check_writable
from ._define import primitive
from ._draws import drawn, in_memory_order, normals
from ._numbers import need_int, need_real
from .generators import Generator, need_generator


def _refill(target: Tensor, name: str, node: Any, draw: Callable[[Any], Any]) -> Tensor:
    """Replace the values of `target` by drawn ones. What made the old values gets the gradient zero."""
    check_writable(target)
    fresh = wrap(draw(target._array))
    if fresh._array.__class__ is Batched and not set(fresh._array.levels) <= set(levels_of((target._array,))):
        raise RuntimeError(
            "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear like same "
            "randomness. If this is necessary for your usage, please file an issue with functorch. (The tensor is the "
            f"same for all examples, so {name} cannot give each of them its own numbers; use the function that makes a "
            "new tensor.)"
        )
    if target._node is not None and current().grad:
        old = wrap(target._array)
        old._node = target._node
        fresh = node(old, fresh)
    write(target, fresh, name)
    return target


_uniform = primitive("overwrite", "UniformBackward0")
_normal = primitive("overwrite", "NormalBackward0")
_random = {n: primitive("overwrite", f"RandomBackward{n}") for n in (0, 1, 2)}
_bernoulli = {n: primitive("overwrite", f"BernoulliBackward{n}") for n in (1, 2)}
_exponential = primitive("overwrite", "ExponentialBackward0")
_geometric = primitive("overwrite", "GeometricBackward0")
_cauchy = primitive("overwrite", "CauchyBackward0")
_log_normal = primitive("overwrite", "LogNormalBackward0")


def uniform_(self: Tensor, *args: float, generator: Generator | None = None, **bounds: float) -> Tensor:
    """Replace the elements by uniform numbers: `uniform_(from=0, to=1)`, from ≤ x < to.

    Args:
        self: the tensor.
        args: the bounds `from` and `to`; these are their keywords too.
        generator: the source of the numbers; None for the default one.
        bounds: `from`, `to`.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        TypeError: bounds that are no numbers.
        RuntimeError: from > to, bounds that the dtype cannot hold, a leaf that requires a gradient (but for `no_grad`).
        NotImplementedError: an integer dtype.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(2).uniform_(-1, 1)
        tensor([-0.0075,  0.5364])
    """
    given = _named("uniform_", ("from", "to"), args, bounds)
    low = need_real(given.get("from", 0.0), "uniform_", "from", 1)
    high = need_real(given.get("to", 1.0), "uniform_", "to", 2)
    source = need_generator(generator, "uniform_")
    return _refill(
        self,
        "uniform_",
        _uniform,
        lambda array: drawn(array, lambda shape: streams.uniform(source, shape, array.dtype, low, high)),
    )


def _named(function: str, names: tuple[str, ...], args: tuple[Any, ...], keywords: dict[str, Any]) -> dict[str, Any]:
    """The arguments by name; `from` is no name that Python lets a parameter have."""
    if len(args) > len(names):
        raise TypeError(f"{function}() takes {len(names)} positional arguments but {len(args)} were given")
    given = dict(zip(names, args, strict=False))
    for name, value in keywords.items():
        if name not in names:
            raise TypeError(f"{function}() got an unexpected keyword argument '{name}'")
        if name in given:
            raise TypeError(f"{function}() got multiple values for argument '{name}'")
        given[name] = value
    return given


def random_(self: Tensor, *args: int | None, generator: Generator | None = None, **bounds: int | None) -> Tensor:
    """Replace the elements by whole numbers: `random_()`, `random_(to)`, `random_(from, to)`, from ≤ x < to.

    Args:
        self: the tensor.
        args: `to`; or `from` and `to`, of which `to` may be None: the largest number of the dtype. These are their
            keywords too. With no bounds: from 0 to the largest number (for floats, to which all whole numbers exist).
        generator: the source of the numbers; None for the default one.
        bounds: `from`, `to`.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        TypeError: bounds that are no integers.
        RuntimeError: from ≥ to, bounds that the dtype cannot hold, a leaf that requires a gradient (but for `no_grad`).

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(4).random_(10)
        tensor([4., 9., 3., 0.])
    """
    given = _named("random_", ("to",) if len(args) == 1 and "to" not in bounds else ("from", "to"), args, bounds)
    source = need_generator(generator, "random_")
    for name, value in given.items():
        if isinstance(value, (float, bool, str)) or (value is None and name == "from"):
            raise TypeError(
                f"random_() received an invalid combination of arguments - got {type(value).__name__} for '{name}', "
                "but expected one of:\n * (*, torch.Generator generator = None)\n * (int from, int to, *, "
                "torch.Generator generator = None)\n * (int to, *, torch.Generator generator = None)\n"
            )
    low, high = (None if given.get(n) is None else need_int(given[n], "random_", n, 1) for n in ("from", "to"))
    return _refill(
        self,
        "random_",
        _random[0 if "from" in given else 1 if given else 2],
        lambda array: drawn(array, lambda shape: streams.random_(source, shape, array.dtype, low, high)),
    )


def bernoulli_(self: Tensor, p: float | Tensor = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Replace the elements by 1 with probability p, else 0.

    Args:
        self: the tensor.
        p: a number in [0, 1], or a tensor of them that can be expanded to the shape of this one.
        generator: the source of the numbers; None for the default one.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        RuntimeError: probabilities outside [0, 1], a leaf that requires a gradient outside of `no_grad`.
        NotImplementedError: probabilities of an integer dtype, a complex tensor.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(6).bernoulli_(0.5)
        tensor([0., 0., 1., 0., 0., 0.])
    """
    source = need_generator(generator, "bernoulli_")
    if not isinstance(p, Tensor):
        chance = need_real(p, "bernoulli_", "p", 1)
        return _refill(
            self,
            "bernoulli_",
            _bernoulli[2],
            lambda array: drawn(array, lambda shape: streams.bernoulli(source, shape, array.dtype, chance)),
        )
    chances = expanded(p._array, self._array.shape)

    def draw(array: Any) -> Any:
        if batched_here(array, chances):
            each = lambda given: streams.bernoulli(source, given.shape, array.dtype, given)  # noqa: E731
            return drawn_from(each, chances, "bernoulli_")
        order = in_memory_order(array)
        ordered = np.ascontiguousarray(chances.transpose(order))
        return drawn(array, lambda shape: streams.bernoulli(source, shape, array.dtype, ordered.reshape(shape)))

    return _refill(self, "bernoulli_", _bernoulli[1], draw)


def expanded(array: Any, shape: tuple[int, ...]) -> Any:
    """The array, broadcast to `shape`; torch's error if that cannot be."""
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        pass
    if array.ndim > len(shape):
        raise RuntimeError(
            f"The number of sizes provided ({len(shape)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({array.ndim}).  Target sizes: {list(shape)}.  Tensor sizes: {list(array.shape)}"
        )
    offset = len(shape) - array.ndim
    place = next(i for i in reversed(range(array.ndim)) if array.shape[i] not in (1, shape[i + offset]))
    raise RuntimeError(
        f"The expanded size of the tensor ({shape[place + offset]}) must match the existing size "
        f"({array.shape[place]}) at non-singleton dimension {place + offset}.  "
        f"Target sizes: {list(shape)}.  Tensor sizes: {list(array.shape)}"
    )


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Replace the elements by normal numbers, mean + std · z with z standard normal.

    Args:
        self: the tensor.
        mean: the mean.
        std: the standard deviation, ≥ 0.
        generator: the source of the numbers; None for the default one.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        RuntimeError: a negative std.
        NotImplementedError: an integer dtype.
        RuntimeError: a leaf that requires a gradient is to be changed outside of `no_grad`.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(2).normal_(10, 0.1)
        tensor([10.1541,  9.9707])
    """
    mean = need_real(mean, "normal_", "mean", 1)
    std = need_real(std, "normal_", "std", 2)
    source = need_generator(generator, "normal_")
    return _refill(self, "normal_", _normal, lambda array: normals(source, array, mean, std))


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Replace the elements by exponential numbers, -log(1 - u) / lambd with u uniform.

    Args:
        self: the tensor.
        lambd: the rate, > 0.
        generator: the source of the numbers; None for the default one.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        RuntimeError: a rate that is not positive, a dtype that is not floating-point.
        RuntimeError: a leaf that requires a gradient is to be changed outside of `no_grad`.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(2, dtype=torch.float64).exponential_()
        tensor([3.5083, 1.2304], dtype=torch.float64)
    """
    lambd = need_real(lambd, "exponential_", "lambd", 1)
    source = need_generator(generator, "exponential_")
    return _refill(
        self,
        "exponential_",
        _exponential,
        lambda array: drawn(array, lambda shape: streams.exponential(source, shape, array.dtype, lambd)),
    )


def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Replace the elements by geometric numbers: how many trials it takes until one of probability p succeeds.

    Args:
        self: the tensor.
        p: the probability, 0 < p < 1.
        generator: the source of the numbers; None for the default one.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        RuntimeError: p outside (0, 1).
        RuntimeError: a leaf that requires a gradient is to be changed outside of `no_grad`.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(4).geometric_(0.5).min() >= 1
        tensor(True)
    """
    p = need_real(p, "geometric_", "p", 1)
    source = need_generator(generator, "geometric_")
    return _refill(
        self,
        "geometric_",
        _geometric,
        lambda array: drawn(array, lambda shape: streams.geometric(source, shape, array.dtype, p)),
    )


def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Replace the elements by Cauchy numbers, median + sigma · tan(π (u - 1/2)) with u uniform.

    Args:
        self: the tensor.
        median: the median.
        sigma: the half width at half maximum, > 0.
        generator: the source of the numbers; None for the default one.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        RuntimeError: a sigma that is not positive, a dtype that is not floating-point.
        RuntimeError: a leaf that requires a gradient is to be changed outside of `no_grad`.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(2).cauchy_().shape
        torch.Size([2])
    """
    median = need_real(median, "cauchy_", "median", 1)
    sigma = need_real(sigma, "cauchy_", "sigma", 2)
    source = need_generator(generator, "cauchy_")
    return _refill(
        self,
        "cauchy_",
        _cauchy,
        lambda array: drawn(array, lambda shape: streams.cauchy(source, shape, array.dtype, median, sigma)),
    )


def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Replace the elements by log-normal numbers, exp(mean + std · z) with z standard normal.

    Args:
        self: the tensor.
        mean: the mean of the logarithm.
        std: the standard deviation of the logarithm, > 0.
        generator: the source of the numbers; None for the default one.

    Returns:
        This tensor, of which every element was replaced.

    Raises:
        RuntimeError: a std that is not positive, a dtype that is not floating-point.
        RuntimeError: a leaf that requires a gradient is to be changed outside of `no_grad`.

    Example:
        >>> import gradiente as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.empty(2).log_normal_(0, 0.1).shape
        torch.Size([2])
    """
    mean = need_real(mean, "log_normal_", "mean", 1)
    std = need_real(std, "log_normal_", "std", 2)
    source = need_generator(generator, "log_normal_")
    return _refill(
        self,
        "log_normal_",
        _log_normal,
        lambda array: drawn(array, lambda shape: streams.log_normal(source, shape, array.dtype, mean, std)),
    )


METHODS: dict[str, Any] = {
    "uniform_": uniform_,
    "normal_": normal_,
    "random_": random_,
    "bernoulli_": bernoulli_,
    "exponential_": exponential_,
    "geometric_": geometric_,
    "cauchy_": cauchy_,
    "log_normal_": log_normal_,
}
__all__: list[str] = []
