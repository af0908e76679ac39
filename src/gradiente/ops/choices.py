"""(being written)"""

from __future__ import annotations

from typing import Any

METHODS: dict[str, Any] = {}
__all__: list[str] = []
