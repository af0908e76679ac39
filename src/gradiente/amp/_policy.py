"""Which functions autocast runs in which type, and the casts: PyTorch's choices for the CPU, as observed in 2.13."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import current
from ..tensor.core import Tensor
from ..tensor.dtypes import dtype as Dtype
from ..tensor.dtypes import float32
from ..tensor.overriding import WithCasts

LOWER = frozenset(
    {
        *("matmul", "mm", "bmm", "addmm", "addbmm", "baddbmm", "inner", "einsum", "tensordot", "chain_matmul"),
        *(
            "multi_dot",
            "vecdot",
            "matrix_power",
            "linear",
            "lstm",
            "scaled_dot_product_attention",
            "prelu",
            "affine_grid",
        ),
        *(f"{name}{n}d" for name in ("conv", "conv_transpose") for n in (1, 2, 3)),
    }
)
"""Products: in the lower precision."""

FLOAT32 = frozenset(
    {
        *(
            "trace",
            "prod",
            "cdist",
            "quantile",
            "nanquantile",
            "polar",
            "view_as_complex",
            "stft",
            "grid_sample",
            "pad",
        ),
        *("avg_pool3d", "max_pool3d", "adaptive_avg_pool3d", "max_unpool2d", "max_unpool3d"),
        *("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "cross_entropy", "nll_loss", "binary_cross_entropy"),
        *("binary_cross_entropy_with_logits", "kl_div", "ctc_loss", "poisson_nll_loss", "hinge_embedding_loss"),
        *("cosine_embedding_loss", "margin_ranking_loss", "soft_margin_loss", "triplet_margin_loss"),
        *("multi_margin_loss", "multilabel_margin_loss"),
        *("inv", "inv_ex", "inverse", "cholesky", "cholesky_ex", "cholesky_inverse", "cholesky_solve", "pinverse"),
        *("qr", "geqrf", "orgqr", "ormqr", "lu_solve", "svd", "svdvals", "eig", "eigvals", "eigh", "eigvalsh", "solve"),
        *("solve_ex", "lstsq", "cond", "matrix_rank", "tensorinv", "tensorsolve", "householder_product"),
        *("triangular_solve",),
        *(f"{i}{kind}fft{n}" for i in ("", "i") for kind in ("", "r", "h") for n in ("", "2", "n")),
    }
)
"""Losses, and what loses too many digits: in float32."""

WIDEST = frozenset(["index_copy"])
"""In float32 if one of the tensors is, where PyTorch asks for one type."""

AS_THEY_ARE = frozenset(["bilinear"])
"""Without casts, although products are computed within."""

_ONLY: dict[str, Callable[[tuple[Any, ...], dict[str, Any]], bool]] = {
    "einsum": lambda args, kwargs: len(args) > 2 and _contracts(args[0]),
    "inner": lambda args, kwargs: max(x.ndim for x in (*args, *kwargs.values())) > 1,
    "tensordot": lambda args, kwargs: not _contracts_all(*args, **kwargs),
    "pad": lambda args, kwargs: (args[2] if len(args) > 2 else kwargs.get("mode")) in ("reflect", "replicate"),
}
"""Functions of which only some calls are cast."""


def _contracts(equation: Any) -> bool:
    """Whether an index of more than one operand is summed over, so that products of matrices are computed."""
    inputs, arrow, output = str(equation).replace(" ", "").partition("->")
    counts = {letter: sum(letter in term for term in inputs.split(",")) for letter in inputs if letter.isalpha()}
    return any(n > 1 and (letter not in output if arrow else inputs.count(letter) > 1) for letter, n in counts.items())


def _contracts_all(a: Any, b: Any, dims: Any = 2, out: Any = None) -> bool:
    return (dims if isinstance(dims, int) else len(dims[0])) == a.ndim == b.ndim


def policy(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> frozenset[str] | None:
    """Which of the four sets a call belongs to; None: what it calls is looked up in turn."""
    short = name.rpartition(".")[2]
    for functions in (LOWER, FLOAT32, WIDEST, AS_THEY_ARE):
        if short in functions:
            if kwargs.get("out") is not None:  # whose type is given
                return AS_THEY_ARE
            return functions if short not in _ONLY or _ONLY[short](args, kwargs) else None
    return None


class Casting:
    """Casts the arguments of functions; what a block of `autocast` does.

    Args:
        dtype: the lower precision.
        cache: the casts of parameters, which are made once in a block, or None.
    """

    def __init__(self, dtype: Dtype, cache: dict[int, tuple[Tensor, Tensor]] | None) -> None:
        self.dtype = dtype
        self.cache = cache

    def __call__(self, function: Callable[..., Any], name: str, args: Any, kwargs: Any) -> Any:
        """What the function `name` returns for the arguments in the type that it is to get; nothing is cast within."""
        functions = policy(name, args, kwargs)
        if functions is None:
            return function(*args, **kwargs)
        if functions is not AS_THEY_ARE:
            given = (*args, *kwargs.values())
            to = self.dtype if functions is LOWER else float32
            if functions is not WIDEST or any(isinstance(x, Tensor) and x.dtype == float32 for x in given):
                args = tuple([self.cast(x, to) for x in args])
                kwargs = {key: self.cast(x, to) for key, x in kwargs.items()}
        with WithCasts(None):
            return function(*args, **kwargs)

    def cast(self, value: Any, to: Dtype) -> Any:
        """A tensor in another floating-point type, or a list or tuple of them; float64 stays what it is."""
        if isinstance(value, (list, tuple)):
            return type(value)([self.cast(x, to) for x in value]) if type(value) in (list, tuple) else value  # pyright: ignore
        if not isinstance(value, Tensor):
            return value
        dtype = value.dtype
        if dtype == to or not dtype.is_floating_point or dtype.itemsize > 4:
            return value
        cache = self.cache
        if cache is None or not (value.requires_grad and value.is_leaf and dtype == float32 and current().grad):
            return value.to(to)
        found = cache.get(id(value))
        if found is None:  # the parameter is kept as well, so that no other one gets its place in memory
            found = cache[id(value)] = value, value.to(to)
        return found[1]


__all__ = ["AS_THEY_ARE", "FLOAT32", "LOWER", "WIDEST", "Casting", "policy"]
