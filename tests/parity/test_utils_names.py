"""What torch.utils has beside its packages is what torch has."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from tests.outcomes import assert_same

import gradiente

torch = pytest.importorskip("torch")

PROGRAMS = {
    "values and attributes": """
a, b = m.ones(2), m.zeros(3, dtype=m.int64)
a.foo = 1
swap(a, b)
out = a, b, b.foo, hasattr(a, "foo")
""",
    "classes": """
a, b = m.nn.Parameter(m.ones(2)), m.zeros(3)
swap(a, b)
out = a, b, type(a).__name__, type(b).__name__
""",
    "gradients": """
a, b = m.ones(2, requires_grad=True), m.zeros(2, requires_grad=True)
a.grad = m.ones(2)
swap(a, b)
(b * 3).sum().backward()
out = a.grad, b.grad, b
""",
    "poisoned": """
a, b = m.ones(2, requires_grad=True), m.zeros(2, requires_grad=True)
y = (a + 3).sum()
swap(a, b)
y.backward()
""",
    "a graph that is gone": """
a, b = m.ones(2, requires_grad=True), m.zeros(2, requires_grad=True)
(a + 3).sum().backward()
swap(a, b)
(a + 1).sum().backward()
(b * 2).sum().backward()
out = a.grad, b.grad
""",
    "not a leaf": """
a = m.ones(2, requires_grad=True)
y, z = a + 1, m.zeros(3)
swap(y, z)
z.sum().backward()
out = y, z, a.grad
""",
    "a view": """
a, b = m.ones(2, requires_grad=True) * 1, m.zeros(2)
v = a[:1]
swap(v, b)
b.mul_(5)
out = a, v, b.detach()
""",
    "weak references": """
a, b = m.ones(2), m.zeros(2)
w = weakref.ref(a, lambda r: 0)
swap(a, b)
""",
    "hooks": """
a, b, seen = m.ones(2, requires_grad=True), m.zeros(2, requires_grad=True), []
a.register_hook(lambda g: seen.append(g))
a.register_post_accumulate_grad_hook(lambda p: seen.append("post"))
swap(a, b)
(a * 2).sum().backward()
k = len(seen)
(b * 2).sum().backward()
out = k, seen
""",
    "versions": """
a, b = m.ones(2), m.zeros(2)
a.add_(1)
swap(a, b)
out = a._version, b._version
""",
    "a leaf that requires gradients no more": """
a, b = m.ones(2, requires_grad=True), m.zeros(2)
a.requires_grad_(False)
swap(a, b)
b.requires_grad_()
(b * 2).sum().backward()
out = b.grad, a.requires_grad
""",
    "filled memory": """
m.use_deterministic_algorithms(True)
try:
    out = [m.empty(2, dtype=k) for k in (m.float32, m.float16, m.bfloat16, m.complex64, m.int8, m.uint8, m.bool)]
    out += [m.zeros(2).resize_(4), m.empty_permuted((2, 2), (1, 0)), m.ones(1).new_empty(2), m.Tensor(2)]
    m.utils.deterministic.fill_uninitialized_memory = 3
except RuntimeError as error:
    out.append(str(error))
finally:
    m.use_deterministic_algorithms(False)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_give_what_torch_gives(name: str) -> None:
    def run(m: Any) -> Any:
        names: dict[str, Any] = {"m": m, "weakref": weakref, "swap": m.utils.swap_tensors}
        exec(PROGRAMS[name], names)
        return names["out"]

    assert_same(run, torch, gradiente)


def test_reports_have_the_same_lines() -> None:
    ours, theirs = gradiente.utils.collect_env, torch.utils.collect_env
    assert ours.SystemEnv._fields == theirs.SystemEnv._fields

    def lines(text: str) -> list[str]:
        return [line.split(":")[0] for line in text.split("\nVersions of relevant")[0].splitlines()]

    assert lines(ours.get_pretty_env_info()) == lines(theirs.get_pretty_env_info())
    found, wanted = ours.get_env_info(), theirs.get_env_info()
    for name in ("os", "gcc_version", "cmake_version", "libc_version", "python_version", "python_platform", "cpu_info"):
        assert getattr(found, name) == getattr(wanted, name)
