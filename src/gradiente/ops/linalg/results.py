"""The named tuples that functions of linear algebra return."""

from __future__ import annotations

from typing import ClassVar

from .._results import Item, Results


class _lu_with_info(Results):
    """The result of `torch.lu` with `get_infos`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("LU", "pivots", "info")
    LU: Item = Item(0, "L, without the ones, and U in one matrix.")
    pivots: Item = Item(1, "The rows exchanged at each step, from 1.")
    info: Item = Item(2, "0, or the place of the zero in the diagonal of U.")


class slogdet(Results):
    """The result of `torch.slogdet`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("sign", "logabsdet")
    sign: Item = Item(0, "The sign of the determinant, of modulus 1.")
    logabsdet: Item = Item(1, "The logarithm of its modulus.")


class qr(Results):
    """The result of `torch.qr`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("Q", "R")
    Q: Item = Item(0, "Orthonormal columns.")
    R: Item = Item(1, "An upper triangular matrix.")


class svd(Results):
    """The result of `torch.svd`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("U", "S", "V")
    U: Item = Item(0, "The left singular vectors, in columns.")
    S: Item = Item(1, "The singular values, descending.")
    V: Item = Item(2, "The right singular vectors, in columns.")


class geqrf(Results):
    """The result of `torch.geqrf`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("a", "tau")
    a: Item = Item(0, "R, and below its diagonal the reflections' vectors.")
    tau: Item = Item(1, "The reflections' factors.")


class triangular_solve(Results):
    """The result of `torch.triangular_solve`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("solution", "cloned_coefficient")
    solution: Item = Item(0, "The solution.")
    cloned_coefficient: Item = Item(1, "A copy of the matrix.")


class lu_unpack(Results):
    """The result of `torch.lu_unpack`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("P", "L", "U")
    P: Item = Item(0, "The permutation.")
    L: Item = Item(1, "A lower triangular matrix with ones in its diagonal.")
    U: Item = Item(2, "An upper triangular matrix.")


class linalg_slogdet(Results):
    """The result of `torch.linalg.slogdet`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("sign", "logabsdet")
    sign: Item = Item(0, "The sign of the determinant, of modulus 1.")
    logabsdet: Item = Item(1, "The logarithm of its modulus.")


class linalg_qr(Results):
    """The result of `torch.linalg.qr`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("Q", "R")
    Q: Item = Item(0, "Orthonormal columns.")
    R: Item = Item(1, "An upper triangular matrix.")


class linalg_svd(Results):
    """The result of `torch.linalg.svd`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("U", "S", "Vh")
    U: Item = Item(0, "The left singular vectors, in columns.")
    S: Item = Item(1, "The singular values, descending.")
    Vh: Item = Item(2, "The right singular vectors, conjugate, in rows.")


class linalg_eigh(Results):
    """The result of `torch.linalg.eigh`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("eigenvalues", "eigenvectors")
    eigenvalues: Item = Item(0, "The eigenvalues, real and ascending.")
    eigenvectors: Item = Item(1, "Orthonormal eigenvectors, in columns.")


class linalg_eig(Results):
    """The result of `torch.linalg.eig`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("eigenvalues", "eigenvectors")
    eigenvalues: Item = Item(0, "The eigenvalues, complex.")
    eigenvectors: Item = Item(1, "Eigenvectors of length 1, in columns.")


class linalg_cholesky_ex(Results):
    """The result of `torch.linalg.cholesky_ex`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("L", "info")
    L: Item = Item(0, "The triangular factor.")
    info: Item = Item(1, "0, or the order of the leading minor that is not positive-definite.")


class linalg_inv_ex(Results):
    """The result of `torch.linalg.inv_ex`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("inverse", "info")
    inverse: Item = Item(0, "The inverse.")
    info: Item = Item(1, "0, or the place of the zero in the diagonal of U.")


class linalg_solve_ex(Results):
    """The result of `torch.linalg.solve_ex`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("result", "info")
    result: Item = Item(0, "The solution.")
    info: Item = Item(1, "0, or the place of the zero in the diagonal of U.")


class linalg_lstsq(Results):
    """The result of `torch.linalg.lstsq`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("solution", "residuals", "rank", "singular_values")
    solution: Item = Item(0, "The solutions, in columns.")
    residuals: Item = Item(1, "The squared lengths of the residuals.")
    rank: Item = Item(2, "The rank of each matrix.")
    singular_values: Item = Item(3, "Its singular values.")


class linalg_lu(Results):
    """The result of `torch.linalg.lu`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("P", "L", "U")
    P: Item = Item(0, "The permutation.")
    L: Item = Item(1, "A lower triangular matrix with ones in its diagonal.")
    U: Item = Item(2, "An upper triangular matrix.")


class linalg_lu_factor(Results):
    """The result of `torch.linalg.lu_factor`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("LU", "pivots")
    LU: Item = Item(0, "L, without the ones, and U in one matrix.")
    pivots: Item = Item(1, "The rows exchanged at each step, from 1.")


class linalg_lu_factor_ex(Results):
    """The result of `torch.linalg.lu_factor_ex`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("LU", "pivots", "info")
    LU: Item = Item(0, "L, without the ones, and U in one matrix.")
    pivots: Item = Item(1, "The rows exchanged at each step, from 1.")
    info: Item = Item(2, "0, or the place of the zero in the diagonal of U.")


class linalg_ldl_factor(Results):
    """The result of `torch.linalg.ldl_factor`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("LD", "pivots")
    LD: Item = Item(0, "L and D in one matrix.")
    pivots: Item = Item(1, "LAPACK's record of exchanges and blocks.")


class linalg_ldl_factor_ex(Results):
    """The result of `torch.linalg.ldl_factor_ex`."""

    __slots__ = ()
    fields: ClassVar[tuple[str, ...]] = ("LD", "pivots", "info")
    LD: Item = Item(0, "L and D in one matrix.")
    pivots: Item = Item(1, "LAPACK's record of exchanges and blocks.")
    info: Item = Item(2, "0, or the place of a zero in D.")


__all__ = [
    "_lu_with_info",
    "geqrf",
    "linalg_cholesky_ex",
    "linalg_eig",
    "linalg_eigh",
    "linalg_inv_ex",
    "linalg_ldl_factor",
    "linalg_ldl_factor_ex",
    "linalg_lstsq",
    "linalg_lu",
    "linalg_lu_factor",
    "linalg_lu_factor_ex",
    "linalg_qr",
    "linalg_slogdet",
    "linalg_solve_ex",
    "linalg_svd",
    "lu_unpack",
    "qr",
    "slogdet",
    "svd",
    "triangular_solve",
]
