"""What the rules of linear algebra are made of: conjugates, adjoints, diagonals of matrices, and the longer formulas.

Note [Factors of complex matrices]: a factorization is no analytic function of a complex matrix, so its cotangent is not
the transpose of its differential, but the adjoint. Reverse mode is conj(rule(conj(g))) for every rule (Note [Complex
rules]); so the rules here are the adjoints' formulas with the conjugate factors in place of the factors.
"""

from __future__ import annotations

from typing import Any


def is_complex(x: Any, xp: Any) -> bool:
    """Whether the elements are complex."""
    return xp.isdtype(x.dtype, "complex floating")


def conj(x: Any, xp: Any) -> Any:
    """The conjugate; of real arrays, themselves."""
    return xp.conj(x) if is_complex(x, xp) else x


def real(x: Any, xp: Any) -> Any:
    """The real part; of real arrays, themselves."""
    return xp.real(x) if is_complex(x, xp) else x


def adjoint(x: Any, xp: Any) -> Any:
    """The conjugate transpose xᴴ."""
    return conj(x.mT, xp)


def identity(x: Any, xp: Any) -> Any:
    """Where the diagonal of square matrices is: a Boolean array of the shape of `x`."""
    return xp.triu(xp.tril(xp.ones_like(x), k=0), k=0) == 1


def diagonal(x: Any, xp: Any) -> Any:
    """The diagonal of square matrices."""
    return xp.sum(xp.where(identity(x, xp), x, 0), axis=-1)


def skew(x: Any, xp: Any) -> Any:
    """x - xᴴ, twice the part that is its own adjoint but for the sign."""
    return x - adjoint(x, xp)


def hermitian(x: Any, xp: Any) -> Any:
    """(x + xᴴ) / 2, the part that is its own adjoint."""
    return (x + adjoint(x, xp)) / 2


def upper_twice(x: Any, xp: Any) -> Any:
    """The Hermitian matrix with the upper triangle of `x` and the real part of its diagonal."""
    above = xp.triu(x, k=1)
    return above + adjoint(above, xp) + xp.where(identity(x, xp), real(x, xp), 0)


def gaps(values: Any, xp: Any) -> Any:
    """The differences of eigenvalues, [i, j] = valueⱼ - valueᵢ, and 1 in the diagonal."""
    found = values[..., None, :] - values[..., :, None]
    return xp.where(identity(found, xp), 1, found)


def right_solve(x: Any, a: Any, upper: bool, unit: bool, extras: Any) -> Any:
    """x @ a⁻¹ for triangular a."""
    return extras.solve_triangular(a.mT, x.mT, upper=not upper, unitriangular=unit).mT


# -- Cholesky ---------------------------------------------------------------------------------------------------------


def _halves(x: Any, xp: Any) -> Any:
    """The Hermitian matrix with half of the strictly lower triangle, and half of the diagonal as it is."""
    below = xp.tril(x, k=-1)
    return (below + adjoint(below, xp) + xp.where(identity(x, xp), x, 0)) / 2


def cholesky_slope(g: Any, out: Any, xp: Any, extras: Any) -> Any:
    """L⁻ᴴ Φ(Lᴴ g) L⁻¹; Φ takes the lower triangle, with half of the diagonal, and makes it Hermitian."""
    half = extras.solve_triangular(out.mT, _halves(out.mT @ g, xp), upper=True)
    return adjoint(extras.solve_triangular(out.mT, adjoint(half, xp), upper=True), xp)


def cholesky_image(t: Any, out: Any, xp: Any, extras: Any) -> Any:
    """With P = L⁻¹ t L⁻ᴴ: L times the strictly lower triangle of its Hermitian part and half of its diagonal."""
    inner = right_solve(extras.solve_triangular(out, t), adjoint(out, xp), True, False, extras)
    below = xp.tril(hermitian(inner, xp), k=-1)
    return out @ (below + xp.where(identity(inner, xp), inner / 2, 0))


# -- LU ---------------------------------------------------------------------------------------------------------------


def lu_slope(g: Any, out: Any, xp: Any, extras: Any) -> Any:
    """L⁻ᵀ (strictly lower part of Lᵀ g_L, plus upper part of g_U Uᵀ) U⁻ᵀ."""
    of_lower = xp.tril(g, k=-1)
    inner = xp.tril(xp.tril(out, k=-1).mT @ of_lower + of_lower, k=-1)
    inner = inner + xp.triu(xp.triu(g, k=0) @ xp.triu(out, k=0).mT, k=0)
    return extras.solve_triangular(out.mT, right_solve(inner, out.mT, False, False, extras), True, True)


def lu_image(t: Any, out: Any, xp: Any, extras: Any) -> Any:
    """With M = L⁻¹ t U⁻¹: L times its strictly lower part, and its upper part times U."""
    inner = right_solve(extras.solve_triangular(out, t, False, True), out, True, False, extras)
    below = xp.tril(inner, k=-1)
    return xp.tril(out, k=-1) @ below + below + xp.triu(inner, k=0) @ xp.triu(out, k=0)


# -- QR ---------------------------------------------------------------------------------------------------------------


def qr_slope(g: tuple[Any, Any], out: tuple[Any, Any], xp: Any, extras: Any) -> Any:
    """(g_Q + Q T) R⁻ᴴ, with T the Hermitian matrix whose upper triangle is that of g_R Rᴴ - Qᴴ g_Q."""
    (g_q, g_r), (q, r) = g, out
    inner = 0
    if g_r is not None:
        inner = g_r @ r.mT
    if g_q is not None:
        inner = inner - q.mT @ g_q
    found = conj(q, xp) @ upper_twice(inner, xp)
    if g_q is not None:
        found = found + g_q
    return adjoint(extras.solve_triangular(conj(r, xp), adjoint(found, xp), upper=True), xp)


def qr_image(t: Any, out: tuple[Any, Any], xp: Any, extras: Any) -> tuple[Any, Any]:
    """With C = t R⁻¹ and T the upper triangular part of Qᴴ C: C - Q T, and T R."""
    q, r = out
    outer = right_solve(t, r, True, False, extras)
    inner = adjoint(q, xp) @ outer
    part = xp.triu(inner, k=1) + adjoint(xp.tril(inner, k=-1), xp)
    part = part + xp.where(identity(inner, xp), real(inner, xp), 0)
    return outer - q @ part, part @ r


# -- eigenvalues ------------------------------------------------------------------------------------------------------


def eigh_slope(g: tuple[Any, Any], out: tuple[Any, Any], xp: Any, extras: Any) -> Any:
    """V (diag(g_L) + skew(Vᴴ g_V) / 2E) Vᴴ, with E the differences of the eigenvalues."""
    (g_values, g_vectors), (values, vectors) = g, out
    if g_vectors is None:
        return (conj(vectors, xp) * g_values[..., None, :]) @ vectors.mT
    inner = vectors.mT @ g_vectors
    if is_complex(inner, xp):
        extras.need_phase(xp.imag(diagonal(inner, xp)), "eigh")
    inner = skew(inner, xp) / (2 * gaps(values, xp))
    if g_values is not None:
        inner = xp.where(identity(vectors, xp), g_values[..., None, :], inner)
    return conj(vectors, xp) @ (inner @ vectors.mT)


def eigh_image(t: Any, out: tuple[Any, Any], xp: Any) -> tuple[Any, Any]:
    """With P = Vᴴ t V: its diagonal, and V (P / E) without it."""
    values, vectors = out
    inner = adjoint(vectors, xp) @ hermitian(t, xp) @ vectors
    return real(diagonal(inner, xp), xp), vectors @ xp.where(identity(inner, xp), 0, inner / gaps(values, xp))


def eig_slope(g: tuple[Any, Any], out: tuple[Any, Any], xp: Any, extras: Any) -> Any:
    """V⁻ᴴ (diag(g_L) + (Vᴴ g_V - Vᴴ V Re diag(Vᴴ g_V)) / conj(E)) Vᴴ, for eigenvectors of length 1."""
    (g_values, g_vectors), (values, vectors) = g, out
    if g_vectors is None:
        return extras.solve(vectors.mT, g_values[..., :, None] * vectors.mT)
    inner = vectors.mT @ g_vectors
    along = diagonal(inner, xp)
    extras.need_phase(xp.imag(along), "eig")
    inner = inner - (vectors.mT @ conj(vectors, xp)) * xp.real(along)[..., None, :]
    inner = inner / gaps(values, xp)
    inner = xp.where(identity(inner, xp), 0 if g_values is None else g_values[..., None, :], inner)
    return extras.solve(vectors.mT, inner @ vectors.mT)


def eig_image(t: Any, out: tuple[Any, Any], xp: Any, extras: Any) -> tuple[Any, Any]:
    """With P = V⁻¹ t V: its diagonal, and V (P / E) without what would change the eigenvectors' length."""
    values, vectors = out
    if not is_complex(t, xp):
        t = t + xp.zeros_like(vectors)
    inner = extras.solve(vectors, t @ vectors)
    moved = vectors @ xp.where(identity(inner, xp), 0, inner / gaps(values, xp))
    longer = xp.real(xp.sum(conj(vectors, xp) * moved, axis=-2, keepdims=True))
    return diagonal(inner, xp), moved - vectors * longer


# -- singular values --------------------------------------------------------------------------------------------------


def svd_slope(g: tuple[Any, ...], out: tuple[Any, ...], xp: Any, extras: Any) -> Any:
    """U (skew(Uᴴ g_U)/E S + S skew(Vᴴ g_V)/E + diag(g_S)) Vᴴ, and what lies outside of the spaces of U and V.

    E are the differences of the squares of the singular values.
    """
    (g_u, g_s, g_vh), (u, s, vh) = g, (conj(out[0], xp), out[1], conj(out[2], xp))
    if g_u is None and g_vh is None:
        return (u * g_s[..., None, :]) @ vh
    squares = gaps(s * s, xp)
    inner: Any = 0
    along: Any = 0 if g_s is None else g_s[..., None, :]
    of_u: Any = 0
    of_v: Any = 0
    if g_u is not None:
        of_u = adjoint(u, xp) @ g_u
        inner = skew(of_u, xp) / squares * s[..., None, :]
    if g_vh is not None:
        of_v = vh @ adjoint(g_vh, xp)
        inner = inner + s[..., :, None] * (skew(of_v, xp) / squares)
    if is_complex(u, xp):
        extras.need_phase(xp.imag(diagonal(of_u + of_v, xp)), "svd")
        along = along + skew(of_u - of_v, xp) / (4 * s[..., None, :])
    found = u @ (xp.where(identity(squares, xp), along, inner) @ vh)
    if g_u is not None and u.shape[-2] > u.shape[-1]:
        found = found + ((g_u - u @ of_u) / s[..., None, :]) @ vh
    if g_vh is not None and vh.shape[-1] > vh.shape[-2]:
        found = found + (u / s[..., None, :]) @ (g_vh - adjoint(of_v, xp) @ vh)
    return found


def svd_image(t: Any, out: tuple[Any, ...], xp: Any) -> tuple[Any, ...]:
    """With P = Uᴴ t V: U ((P S + S Pᴴ) / E), the diagonal of P, V ((S P + Pᴴ S) / E), and what lies outside."""
    u, s, vh = out
    half, other = adjoint(u, xp) @ t, t @ adjoint(vh, xp)
    inner = half @ adjoint(vh, xp)
    rows, columns = s[..., :, None], s[..., None, :]
    squares, place = gaps(s * s, xp), identity(inner, xp)
    turned = adjoint(inner, xp)
    of_u, of_v = (inner * columns + rows * turned) / squares, (rows * inner + turned * columns) / squares
    along: Any = 0
    if is_complex(inner, xp):  # half of the phase turns each of the two
        along = (skew(inner, xp)) / (4 * rows)
    of_u, of_v = xp.where(place, along, of_u), xp.where(place, -along, of_v)
    d_u, d_vh = u @ of_u, adjoint(of_v, xp) @ vh
    if u.shape[-2] > u.shape[-1]:
        d_u = d_u + (other - u @ inner) / columns
    if vh.shape[-1] > vh.shape[-2]:
        d_vh = d_vh + (half - inner @ vh) / rows
    return d_u, real(diagonal(inner, xp), xp), d_vh


# -- inverses, determinants, exponentials ------------------------------------------------------------------------------


def pinv_slope(g: Any, x: Any, out: Any, xp: Any) -> Any:
    """-Pᴴ g Pᴴ + (1 - x P) gᴴ P Pᴴ + Pᴴ P gᴴ (1 - P x). Source: G. Golub, V. Pereyra (1973), for P = pinv(x)."""
    turned, a, p = adjoint(g, xp), conj(x, xp), conj(out, xp)
    rows, columns = turned @ p @ out.mT, out.mT @ p @ turned
    return (rows - a @ (p @ rows)) + (columns - columns @ p @ a) - out.mT @ g @ out.mT


def pinv_image(t: Any, x: Any, out: Any, xp: Any) -> Any:
    """-P t P + P Pᴴ tᴴ (1 - x P) + (1 - P x) tᴴ Pᴴ P."""
    turned, back = adjoint(t, xp), adjoint(out, xp)
    rows, columns = out @ back @ turned, turned @ back @ out
    return (rows - rows @ x @ out) + (columns - out @ (x @ columns)) - out @ t @ out


def second_cofactor(g: Any, x: Any, xp: Any, extras: Any) -> Any:
    """The derivative of the cofactors, its own transpose, from the singular values: their products without two.

    With x = U diag(s) Vᴴ and G = Uᴴ g V, the elements of the inner matrix are Σᵢ mᵢⱼ Gᵢᵢ in the diagonal and -mᵢⱼ Gⱼᵢ
    outside of it, mᵢⱼ the product of all s but sᵢ and sⱼ. Nothing is divided, so that singular matrices do no harm.
    """
    u, s, vh = extras.svd(x)
    inner = adjoint(u, xp) @ g @ adjoint(vh, xp)
    place = identity(inner, xp)
    left_out = place[..., :, None, :] | place[..., None, :, :]
    others = xp.prod(xp.where(left_out, 1, s[..., None, None, :]), axis=-1)
    pairs = xp.where(place, 0, others)
    summed = xp.sum(pairs * diagonal(inner, xp)[..., None, :], axis=-1)
    inner = xp.where(place, summed[..., None, :], -(pairs * inner.mT))
    factor = extras.det(u) * extras.det(vh)
    return conj(u, xp) @ (factor[..., None, None] * inner) @ conj(vh, xp)


def exp_part(x: Any, g: Any, xp: Any, extras: Any) -> Any:
    """The derivative of the exponential at x in the direction g: the corner of exp of the block matrix [x g; 0 x]."""
    n = x.shape[-1]
    above, below = xp.concat((x, g), axis=-1), xp.concat((xp.zeros_like(x), x), axis=-1)
    return extras.matrix_exp(xp.concat((above, below), axis=-2))[..., :n, n:]
