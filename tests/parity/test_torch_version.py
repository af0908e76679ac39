"""How versions compare."""

from __future__ import annotations

import operator
from itertools import product

import pytest
from torch.torch_version import TorchVersion as Theirs

from gradiente.torch_version import TorchVersion as Ours

OTHERS = [
    *("2.8", "2.13", "2.13.0", "2.13.0+cpu", "2.13.0+gradiente", "2.13.0.0", "2.13.1", "3", "10.0", "1.9.0", "v2.13"),
    *("2.13.0a0", "2.13.0rc1", "2.13.0.dev20260101", "2.13.0.post1", "2.13.0a0+git12", "2.13.0+cpu.1", "x", ""),
    *((2, 13), (2, 13, 0), (2, 14), (1, 13), (3,)),
]


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "eq"])  # torch compares != as text
def test_like_torchs(name):
    compare = getattr(operator, name)
    for text, other in product(("2.13.0+cpu", "2.13.0", "2.13.0a0+git1"), OTHERS):
        assert compare(Ours(text), other) == compare(Theirs(text), other), (text, other)


def test_no_version():
    for kind in (Ours, Theirs):
        with pytest.raises(TypeError, match="'>' not supported between instances of 'TorchVersion' and 'float'"):
            _ = kind("2.13.0") > 2.0
