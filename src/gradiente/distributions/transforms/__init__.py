"""torch.distributions.transforms: invertible maps of tensors, whose Jacobians' determinants are known."""

from __future__ import annotations

from ._base import Transform as Transform
from ._base import _InverseTransform as _InverseTransform
from ._composed import ComposeTransform as ComposeTransform
from ._composed import IndependentTransform as IndependentTransform
from ._composed import ReshapeTransform as ReshapeTransform
from ._composed import identity_transform as identity_transform
from ._elementwise import AbsTransform as AbsTransform
from ._elementwise import AffineTransform as AffineTransform
from ._elementwise import CumulativeDistributionTransform as CumulativeDistributionTransform
from ._elementwise import ExpTransform as ExpTransform
from ._elementwise import PowerTransform as PowerTransform
from ._elementwise import SigmoidTransform as SigmoidTransform
from ._elementwise import SoftplusTransform as SoftplusTransform
from ._elementwise import TanhTransform as TanhTransform
from ._several import CatTransform as CatTransform
from ._several import StackTransform as StackTransform
from ._vectors import CorrCholeskyTransform as CorrCholeskyTransform
from ._vectors import LowerCholeskyTransform as LowerCholeskyTransform
from ._vectors import PositiveDefiniteTransform as PositiveDefiniteTransform
from ._vectors import SoftmaxTransform as SoftmaxTransform
from ._vectors import StickBreakingTransform as StickBreakingTransform

__all__ = [
    "AbsTransform",
    "AffineTransform",
    "CatTransform",
    "ComposeTransform",
    "CorrCholeskyTransform",
    "CumulativeDistributionTransform",
    "ExpTransform",
    "IndependentTransform",
    "LowerCholeskyTransform",
    "PositiveDefiniteTransform",
    "PowerTransform",
    "ReshapeTransform",
    "SigmoidTransform",
    "SoftmaxTransform",
    "SoftplusTransform",
    "StackTransform",
    "StickBreakingTransform",
    "TanhTransform",
    "Transform",
    "identity_transform",
]
