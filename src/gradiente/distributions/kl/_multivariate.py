"""Divergences between normal distributions of vectors: ½·(tr(Σ_q⁻¹·Σ_p) + dᵀ·Σ_q⁻¹·d - n + ln |Σ_q| - ln |Σ_p|)."""

from __future__ import annotations

from typing import Any

from ...ops.linalg.systems import solve_triangular
from ..lowrank_multivariate_normal import LowRankMultivariateNormal, lowrank_mahalanobis
from ..multivariate_normal import MultivariateNormal, mahalanobis_square
from ._registry import register_kl


def _need_same_events(p: Any, q: Any, kinds: str) -> None:
    if p.event_shape != q.event_shape:
        raise ValueError(
            f"KL-divergence between two {kinds} with different event shapes cannot be computed "
            f"({p.event_shape} and {q.event_shape})"
        )


def _squares(matrix: Any) -> Any:
    """tr(M·Mᵀ)."""
    return matrix.pow(2).sum((-2, -1))


def _log_det(d: Any) -> Any:
    return d._log_det() if isinstance(d, LowRankMultivariateNormal) else 2 * d._half_log_det()


def _divergence(p: Any, q: Any, trace: Any, square: Any) -> Any:
    return 0.5 * (_log_det(q) - _log_det(p) + trace + square - p.event_shape[0])


def _factors(d: Any) -> Any:
    """W and D of Σ = W·Wᵀ + D."""
    return d._unbroadcasted_cov_factor, d._unbroadcasted_cov_diag


def _capacity(q: Any) -> Any:
    """A with Σ_q⁻¹ = D⁻¹ - Aᵀ·A."""
    factor, diagonal = _factors(q)
    return solve_triangular(q._capacitance_tril, factor.mT / diagonal.unsqueeze(-2), upper=False)


def _lowrank_square(q: Any, difference: Any) -> Any:
    factor, diagonal = _factors(q)
    return lowrank_mahalanobis(factor, diagonal, difference, q._capacitance_tril)


@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _lowrank(p: Any, q: Any) -> Any:
    _need_same_events(p, q, "Low Rank Multivariate Normals")
    (factor, diagonal), (_, other), a = _factors(p), _factors(q), _capacity(q)
    trace = (diagonal / other).sum(-1) + _squares(factor * other.rsqrt().unsqueeze(-1))
    trace = trace - _squares(a * diagonal.sqrt().unsqueeze(-2)) - _squares(a @ factor)
    return _divergence(p, q, trace, _lowrank_square(q, q.loc - p.loc))


@register_kl(MultivariateNormal, LowRankMultivariateNormal)
def _multivariate_lowrank(p: Any, q: Any) -> Any:
    _need_same_events(p, q, "(Low Rank) Multivariate Normals")
    tril, (_, other) = p._unbroadcasted_scale_tril, _factors(q)
    trace = _squares(tril * other.rsqrt().unsqueeze(-1)) - _squares(_capacity(q) @ tril)
    return _divergence(p, q, trace, _lowrank_square(q, q.loc - p.loc))


def _solved(tril: Any, matrix: Any) -> Any:
    """tr(Σ⁻¹·M·Mᵀ) with Σ = L·Lᵀ."""
    n, columns = matrix.shape[-2:]
    batch = (tril[..., :1, :1] * matrix[..., :1, :1]).shape[:-2]
    return _squares(solve_triangular(tril.expand((*batch, n, n)), matrix.expand((*batch, n, columns)), upper=False))


@register_kl(LowRankMultivariateNormal, MultivariateNormal)
def _lowrank_multivariate(p: Any, q: Any) -> Any:
    _need_same_events(p, q, "(Low Rank) Multivariate Normals")
    tril, (factor, diagonal) = q._unbroadcasted_scale_tril, _factors(p)
    trace = _solved(tril, factor) + _solved(tril, diagonal.sqrt().diag_embed())
    return _divergence(p, q, trace, mahalanobis_square(tril, q.loc - p.loc))


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate(p: Any, q: Any) -> Any:
    _need_same_events(p, q, "Multivariate Normals")
    tril = q._unbroadcasted_scale_tril
    trace = _solved(tril, p._unbroadcasted_scale_tril)
    return _divergence(p, q, trace, mahalanobis_square(tril, q.loc - p.loc))
