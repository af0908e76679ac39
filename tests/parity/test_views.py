"""Views and changes in place against PyTorch: values, histories, versions, gradients, errors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import gradiente

oracle: Any = pytest.importorskip("torch")

# Each program changes something; the tensors in `look` are compared, and the gradient by `w` of their squares.
PROGRAMS = {
    "view": "v = b[0]; v.mul_(2); look = b, v",
    "base": "v = b[0]; b.mul_(2); look = b, v",
    "base, then its view": "v = b[1:]; b.mul_(2); v.mul_(3); look = b, v",
    "two views": "v = b[:2]; u = b[1:]; v.mul_(2); u.mul_(w[0]); look = b, v, u",
    "view of a view": "v = c.view(6); u = v[1:4]; u.mul_(w[0]); look = c, v, u",
    "transposed view": "v = c.t(); v[0].mul_(w[:2]); look = c, v",
    "flat view of a transposed base": "k = c.t().clone(); v = k.t().view(-1); v[1:3].mul_(5); look = k, v",
    "strided view": "v = c.as_strided((2, 2), (1, 2), 1); v.mul_(w[:2]); look = c, v",
    "strided, transposed base": "k = c.t().clone(); v = k.as_strided((2,), (1,), 3); v.mul_(w[:2]); look = k, v",
    "diagonal view": "v = c.diagonal(); v.mul_(w[:2]); look = c, v",
    "window": "v = b.unfold(0, 1, 2); v.mul_(w[:1]); look = b, v",
    "untracked base": "n = torch.zeros(3, dtype=f8); v = n[0]; u = n[1:]; n.add_(b); look = n, v, u",
    "untracked base through a view": "n = torch.zeros(3, dtype=f8); v = n[0]; u = n[1:]; v.add_(b[0]); look = n, v, u",
    "expanded, one element": "e = b.expand(2, 3); e[0, 0] = 2.0; look = b, e",
    "expanded, one row": "e = b.expand(2, 3); e[0].mul_(w); look = b, e",
    "leaf without recording": "v = w[0]\nwith torch.no_grad(): v.mul_(2)\nlook = (w, v * 1)",
    "leaf without recording at all": "\nwith torch.no_grad(): w[0].mul_(2)\nlook = (w,)",
    "untracked parts": "n = torch.zeros(3, dtype=f8); v = n.split(2)[1]; v.add_(2); look = n, v",
    "set an element": "b[0] = 5; look = (b,)",
    "set an element of a view": "v = c[1]; v[0] = w[0]; look = c, v",
    "set a slice": "b[1:] = w[1:] * 3; look = (b,)",
    "set all": "b[...] = w * w; look = (b,)",
    "set all with a colon": "b[:] = w * w; look = (b,)",
    "set by broadcasting": "c[:] = w; look = (c,)",
    "set a column": "c[:, 1] = w[:2]; look = (c,)",
    "set through None": "c[:, None, 0] = w[0]; look = (c,)",
    "set by indices": "b[[0, 1]] = w[1:]; look = (b,)",
    "set by repeated indices": "b[[0, 0]] = w[:2] * 1; look = (b.sum(),)",
    "set by a mask": "b[b.detach() > 1.5] = 0.25; look = (b,)",
    "set by a mask from values": "b[torch.tensor([True, False, True])] = w[:2]; look = (b,)",
    "set by a mask of two dimensions": "c[c.detach() > 2] = w[0]; look = (c,)",
    "set by slices and indices": "c[0, [0, 2]] = w[:2]; look = (c,)",
    "set by indices after a slice": "c[:, [0, 2]] = w[:2]; look = (c,)",
    "set with leading ones": "b[:] = w.view(1, 1, 3); look = (b,)",
    "set by indices with leading ones": "b[[0, 1]] = w[:2].view(1, 2); look = (b,)",
    "set untracked": "n = torch.zeros(3, dtype=f8); n[0] = w[0]; look = (n,)",
    "set untracked by indices": "n = torch.zeros(3, dtype=f8); n[[0]] = w[0]; look = (n,)",
    "set with True": "b[True] = 3.0; look = (b,)",
    "set with False": "b[False] = 3.0; look = (b,)",
    "set a number of another type": "n = torch.zeros(3).long(); n[0] = 2.7; n[1] = torch.tensor(3.7); look = (n,)",
    "set without dimensions": "n = torch.tensor(1.0); n[...] = 3; look = (n,)",
    "set nothing": "b[b.detach() > 50] = 1.0; look = (b,)",
    "copy": "b.copy_(w * w); look = (b,)",
    "copy by broadcasting": "c.copy_(w); look = (c,)",
    "copy of another type": "n = torch.zeros(3); n.copy_(w * 2); look = (n,)",
    "copy into a view": "v = c[0]; v.copy_(w * w); look = c, v",
    "masked fill": "b.masked_fill_(torch.tensor([True, False, False]), 2.0); look = (b,)",
    "masked fill with a tensor": "b.masked_fill_(torch.tensor([True, False, True]), w[1]); look = (b,)",
    "scatter": "b.scatter_(0, torch.tensor([2, 0]), w[:2]); look = (b,)",
    "scatter a number": "b.scatter_(0, torch.tensor([2, 0]), 3.0); look = (b,)",
    "scatter add": "b.scatter_add_(0, torch.tensor([2, 2]), w[:2]); look = (b,)",
    "index add": "c.index_add_(1, torch.tensor([2, 2]), torch.ones(2, 2, dtype=torch.float64) * w[0]); look = (c,)",
    "index copy": "b.index_copy_(0, torch.tensor([2, 0]), w[:2]); look = (b,)",
    "index fill": "b.index_fill_(0, torch.tensor([-1, 0]), 4.0); look = (b,)",
    "index put": "b.index_put_((torch.tensor([1]),), w[:1]); look = (b,)",
    "index put, adding": "b.index_put_((torch.tensor([1, 1]),), w[:2], True); look = (b,)",
    "put": "c.put_(torch.tensor([5, 0]), w[:2]); look = (c,)",
    "unsqueeze": "b.unsqueeze_(0); look = (b,)",
    "squeeze": "k = b.view(1, 3).clone(); k.squeeze_(); look = (k,)",
    "squeeze a dimension": "k = b.view(1, 3).clone(); k.squeeze_(0); look = (k,)",
    "transpose": "c.transpose_(0, 1); look = (c,)",
    "t": "c.t_(); look = (c,)",
    "t of a base with a view": "v = c[0]; c.t_(); c.mul_(2); look = c, v",
    "t of a view": "v = c[:, :2]; v.t_(); v.mul_(w[:2]); look = c, v",
    "detach shares the version": "d = b.detach(); d.mul_(2); look = b, d",
    "data has its own version": "d = b.data; d.mul_(2); look = b, d",
    "data saved": "k = b * b; d = b.data; d.mul_(2); look = (k,)",
    "set data": "w.data = torch.ones(2); look = (w,)",
    "detach in place": "b.detach_(); look = (b,)",
    "detach a base": "v = b[0]; b.detach_(); look = b, v",
    "iterate": "look = tuple(r * 2 for r in c)",
    "unbind, partly used": "look = (c.unbind(1)[2], c.split(2, 1)[1])",
    "all parts": "p, q = c.split([1, 2], 1); look = (torch.cat([q, p], 1) * p,)",
    "version after many": "b.mul_(1); b[0] = 1.0; b[0:1].add_(1); look = (b,)",
}

ERRORS = {
    "leaf": "w.mul_(2)",
    "leaf, an element": "w[0] = 2",
    "leaf, all": "w[:] = 2",
    "leaf, by indices": "w[[0]] = 2",
    "leaf, a view": "w[0].mul_(2)",
    "leaf, copy": "w.copy_(torch.ones(3))",
    "leaf, unsqueeze": "w.unsqueeze_(0)",
    "view of no_grad": "\nwith torch.no_grad(): v = b[0]\nv.mul_(2)",
    "view of no_grad of a leaf": "\nwith torch.no_grad(): v = w[0]\nv.mul_(2)",
    "view of no_grad, tracked value": "n = b.detach().clone()\nwith torch.no_grad(): v = n[0]\nv.mul_(b[0])",
    "view of no_grad, base changed": "\nwith torch.no_grad(): v = b[0]\nb.mul_(2); v.grad_fn",
    "unbind": "b.unbind()[1].mul_(2)",
    "split": "b.split(2)[1].mul_(2)",
    "split, base changed": "v = b.split(2)[1]; b.mul_(2); v.grad_fn",
    "split, view of it": "b.split(2)[1][0].mul_(2)",
    "split, tracked value": "n = b.detach().clone(); n.split(2)[1].mul_(b[2])",
    "split in no_grad": "\nwith torch.no_grad(): v = b.split(2)[1]\nv.mul_(2)",
    "iteration": "\nfor r in b: r.mul_(2)",
    "expanded": "b.expand(2, 3).mul_(2)",
    "expanded, copy": "b.expand(2, 3)[:] = w",
    "saved, through detach": "k = b * b; b.detach().mul_(2); k.sum().backward()",
    "saved, through a view": "k = b * b; b[0] = 2; k.sum().backward()",
    "saved index": "i = torch.tensor([0, 1]); k = b.gather(0, i); i.add_(1); k.sum().backward()",
    "data of a list": "w.data = [1]",
    "data of integers": "w.data = torch.tensor([1])",
    "detach a view": "b[0].detach_()",
    "copy of another shape": "b.copy_(torch.ones(2))",
    "complex number": "b.detach()[0] = 1j",
    "shape": "b[:] = torch.ones(2)",
    "shape of an element": "b[0] = torch.ones(2)",
    "shape by indices": "b[[0, 1]] = torch.ones(3, dtype=torch.float64)",
    "shape by a mask": "b[b > 0] = torch.ones(2, dtype=torch.float64)",
    "text": "b[0] = 'a'",
    "list": "b[0] = [1, 2]",
    "none": "b[0] = None",
    "array": "b[:] = np.ones(3)",
    "bounds": "b[5] = 1",
    "bounds by indices": "b[[5]] = 1.0",
    "type by indices": "b[[0, 1]] = torch.ones(2)",
    "nan into integers": "n = torch.zeros(3, dtype=torch.int64); n[0] = float('nan')",
    "overflow": "n = torch.zeros(3, dtype=torch.int8); n[0] = 300",
    "element of no dimensions": "n = torch.tensor(1.0); n[0] = 3",
    "masked fill, larger mask": "b.masked_fill_(torch.ones(2, 3) > 0, 2)",
}


def scope(torch: Any) -> dict[str, Any]:
    w = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    c = torch.stack([w, w * w])
    return {"torch": torch, "np": np, "f8": torch.float64, "w": w, "b": w * 1, "c": c.clone()}


def count(torch: Any, t: Any) -> int:
    return t._version


def facts(torch: Any, source: str) -> list[Any]:
    names = scope(torch)
    exec(source, names)
    found: list[Any] = []
    for t in names["look"]:
        name = None if t.grad_fn is None else type(t.grad_fn).__name__
        found.append(
            (t.detach().numpy().copy(), t.shape, t.requires_grad, t.is_leaf, t._is_view(), name, count(torch, t))
        )
    loss = sum((t.double() ** 2).sum() for t in names["look"] if t.requires_grad and not t.is_leaf)
    if not isinstance(loss, int):
        (first,) = torch.autograd.grad(loss, names["w"], create_graph=True)
        found.append((first.detach().numpy(),))
        if first.requires_grad:
            (second,) = torch.autograd.grad((first**2).sum(), names["w"], allow_unused=True)
            found.append((second if second is None else second.numpy(),))
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_changes_in_place(name: str) -> None:
    theirs, ours = facts(oracle, PROGRAMS[name]), facts(gradiente, PROGRAMS[name])
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        if other[0] is not None:
            np.testing.assert_allclose(mine[0], other[0], rtol=1e-12, atol=1e-12)
        assert mine[1:] == other[1:]


@pytest.mark.parametrize("name", ERRORS)
def test_errors_leave_everything_as_it_was(name: str) -> None:
    raised: list[BaseException] = []
    for torch in (oracle, gradiente):
        names = scope(torch)
        before = names["b"].detach().numpy().copy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is compared below
                exec(ERRORS[name], names)
        raised.append(caught.value)
        if "saved" not in name and "changed" not in name:
            np.testing.assert_array_equal(names["b"].detach().numpy(), before)
    theirs, ours = raised
    assert type(ours) is type(theirs), f"{type(theirs).__name__}: {theirs}"
    text = str(theirs).splitlines()[0].split(" is at version")[0].split(", which is output")[0].rstrip(".")
    assert str(ours).startswith(text), f"{theirs!s}"
