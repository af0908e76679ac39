"""Random small programs of views, changes in place, modes, hooks and backward passes, as text for `sessions`.

A program may be wrong in every way that programs are: what matters is that two libraries do the same with it. Only what
PyTorch leaves undefined is avoided: reading in an operation what shares memory with what it writes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

VIEWS = (
    "{x}[0]", "{x}[1:]", "{x}[-1:]", "{x}[..., 0]", "{x}[..., ::2]", "{x}[:]", "{x}[None]", "{x}.t()", "{x}.T",
    "{x}.view(-1)", "{x}.reshape(-1)", "{x}.unsqueeze(0)", "{x}.squeeze()", "{x}.transpose(0, -1)", "{x}.diagonal()",
    "{x}.narrow(0, 0, 1)", "{x}.select(-1, 0)", "{x}.expand(2, *{x}.shape)[0]", "{x}.view_as({x})",
    "{x}.unfold(0, 1, 1)", "{x}.flatten()", "{x}.unbind()[0]", "{x}.split(1)[-1]", "{x}.chunk(2)[0]",
    "{x}.as_strided((2,), (1,)) if {x}.numel() else {x}[:]", "next(iter({x}))", "{x}.movedim(0, -1)",
)  # fmt: skip
"""Expressions whose result shares memory with x."""

COPIES = (
    "{x}.clone()", "{x} + {c}", "{x} * {c}", "{x} * {y}", "{x} - {y}", "{x}.sin()", "{x}.exp()", "{x} * {x}",
    "{x}.sum()", "{x}[[0, 0]]", "{x}[{x}.detach() > 0]", "torch.stack([{x}, {x}])", "{x}.contiguous()", "{x}.sum(0)",
    "{x}.tanh()", "torch.where({x}.detach() > 0, {x}, {c})", "{x}.abs()", "{x} @ {c}", "{x}.mean()",
    "{x}.detach().clone()", "{x}.float()",
)  # fmt: skip
"""Expressions whose result does not."""

CHANGES = (
    "{x}.add_({c})", "{x}.mul_({c})", "{x}.mul_({y})", "{x}.add_({y})", "{x}.sin_()", "{x}.exp_()", "{x}.zero_()",
    "{x}.fill_(2)", "{x}.copy_({y})", "{x}[0] = 3", "{x}[0] = {y}", "{x}[...] = {y}", "{x}[[0]] = 1.5",
    "{x}[1:] = {c}", "{x}[{x}.detach() > 0] = 0.5", "{x}.masked_fill_({x}.detach() > 1, 1)", "{x}.abs_()",
    "{x} += {c}", "{x} *= {y}", "{x}.tanh_()", "{x}.sub_({x})", "{x}.mul_({x})", "{x}.unsqueeze_(0)", "{x}.t_()",
    "{x}.squeeze_()", "{x}.detach_()", "{x}.index_fill_(-1, torch.tensor([0]), 2)", "{x}.clamp_(-1)", "{x}.neg_()",
    "{x}.copy_({c})", "{x}[..., 0].mul_({c})", "{x}.data.mul_({c})", "{x}.detach().add_({c})", "{x}.requires_grad_()",
    "{x}.requires_grad_(False)", "{x}.retain_grad()", "{x}.data = {c}.clone().expand_as({x}).clone()",
    "{x}.swapaxes_(0, -1)", "{x}.index_add_(0, torch.tensor([0]), {c}[:1])", "{x}.grad = None",
    "{x}.masked_fill_({x}.detach() > 0, {y}.sum())", "{x}.view(-1)[0] = {y}.sum()",
)  # fmt: skip
"""Changes in place, also of flags."""

PASSES = (
    "{x}.sum().backward()", "{x}.sum().backward(retain_graph=True)", "({x} * {x}).sum().backward(retain_graph=True)",
    "torch.autograd.grad({x}.sum(), {y}, allow_unused=True, retain_graph=True)",
    "({x} * {y}).sum().backward(retain_graph=True)", "torch.autograd.grad({x}.sum(), {y}, retain_graph=True)",

)  # fmt: skip
"""Backward passes."""

LOOKS = (
    "{x}", "{x}.requires_grad, {x}.is_leaf", "type({x}.grad_fn).__name__", "{x}._version", "{x}._is_view()",
    "{x}._base is {y}", "{x}.grad", "{x}.output_nr", "{x}.shape, {x}.is_contiguous()",
)  # fmt: skip
"""What can be seen of x."""

MODES = ("torch.no_grad()", "torch.no_grad()", "torch.enable_grad()", "torch.set_grad_enabled(False)")

HOOKS = (
    "_ = {x}.register_hook(lambda g: print('{x}', g))",
    "_ = {x}.register_hook(lambda g: g * 2)",
)


DUALS = (
    "fwAD.unpack_dual({x}).tangent", "fwAD.unpack_dual({x}).primal", "{x}", "fwAD.unpack_dual({x} * {y}).tangent",
)  # fmt: skip
"""Looks at tangents."""


def program(seed: int, length: int = 14, duals: bool = False) -> str:
    """A program of about `length` statements; with `duals`, inside a level of forward mode."""
    r = np.random.default_rng(seed)
    names = ["a", "b"]
    family = {"a": 0, "b": 1}
    lines = [
        f"a = torch.tensor([[1., -2., 0.5], [2., 1., -1.]], dtype=torch.float64, requires_grad={bool(r.integers(2))})",
        f"b = torch.tensor([[0.5, 1., 2.], [-1., 1.5, 1.]], dtype=torch.float64, requires_grad={bool(r.integers(2))})",
        "c = torch.tensor([2., -1., 0.5], dtype=torch.float64)",
    ]
    if duals:
        names.append("d")
        family["d"] = 0
        lines += [
            "_ = fwAD.enter_dual_level()",
            "t = torch.ones(2, 3, dtype=torch.float64)",
            "d = fwAD.make_dual(a, t)",
        ]

    def pick() -> str:
        return names[max(int(r.integers(len(names))), int(r.integers(len(names))))]  # rather a late one

    def fill(text: str, apart: bool = False) -> str:
        x = pick()
        others = [n for n in names if not apart or family[n] != family[x]] or ["c"]
        return text.format(x=x, y=others[int(r.integers(len(others)))], c="c"), x

    def one() -> list[str]:
        kind = r.random()
        if duals and kind < 0.06:
            return [fill(DUALS[r.integers(len(DUALS))])[0]] if not blocks else ["pass"]
        if kind < 0.25:
            text, x = fill(VIEWS[r.integers(len(VIEWS))])
            return [assign(text, family[x])]
        if kind < 0.43:
            text, x = fill(COPIES[r.integers(len(COPIES))])
            return [assign(text, None)]
        if kind < 0.46:
            text, x = fill(("{x}.detach()", "{x}.data")[r.integers(2)])
            return [assign(text, family[x])]
        if kind < 0.74:
            text, x = fill(CHANGES[r.integers(len(CHANGES))], apart=True)
            if duals and text == f"{x}.mul_({x})":  # PyTorch's tangent of it is wrong
                text = f"{x}.add_({x})"
            # PyTorch takes a view of a base that became tracked for a leaf until somebody looks
            return [f"_ = {x}.grad_fn", text]
        if kind < 0.84:
            return [fill(PASSES[r.integers(len(PASSES))])[0]]
        if kind < 0.88:
            text, x = fill(HOOKS[r.integers(len(HOOKS))])
            return [f"_ = {x}.grad_fn", text]
        if kind < 0.93 and not blocks:
            blocks.append(1)
            mode = ("torch.no_grad()", "torch.no_grad()", "torch.enable_grad()", "torch.set_grad_enabled(False)")[
                r.integers(4)
            ]
            inner = [line for _ in range(int(r.integers(1, 4))) for line in one()]
            blocks.pop()
            return [f"with {mode}:", *[f"    {line}" for line in inner]]
        return [fill(LOOKS[r.integers(len(LOOKS))])[0]] if not blocks else ["pass"]

    def assign(text: str, kin: Any) -> str:
        name = f"v{len(names)}"
        names.append(name)
        family[name] = len(names) + 100 if kin is None else kin
        return f"{name} = {text}"

    blocks: list[int] = []
    while len(lines) < length:
        lines += one()
    for name in names:
        lines += [name, f"{name}.requires_grad, {name}._version, {name}._is_view()", f"type({name}.grad_fn).__name__"]
        if duals:
            lines.append(f"fwAD.unpack_dual({name}).tangent")
    lines += ["a.grad, b.grad"]
    if duals:
        lines.append("fwAD.exit_dual_level()")
    return "\n".join(lines)
