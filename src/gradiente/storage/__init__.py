"""torch.storage: the memory of tensors as objects of their own.

`untyped` is memory as bytes, `typed` as elements of a dtype; `legacy` holds the old names `FloatStorage`, …;
`conversions` is what they share, `sources` where bytes come from. See also Note [Who owns memory] in
`gradiente.tensor.memory`.
"""

from __future__ import annotations

from . import deprecation as _deprecation
from . import legacy
from .legacy import *
from .legacy import _LegacyStorage as _LegacyStorage  # pyright: ignore[reportPrivateUsage]
from .typed import TypedStorage as TypedStorage
from .typed import _load_from_bytes as _load_from_bytes  # pyright: ignore[reportPrivateUsage]
from .untyped import UntypedStorage as UntypedStorage

_warn_typed_storage_removal = _deprecation.warn
_get_always_warn_typed_storage_removal = _deprecation.get_always
_set_always_warn_typed_storage_removal = _deprecation.set_always

__all__ = ["TypedStorage", "UntypedStorage"]
__all__ += legacy.__all__
