"""Programs about views: what they are, their history, and what becomes of it when something changes."""

PROGRAMS = {
    "base and flags": """
x = torch.arange(6.).reshape(2, 3)
x._is_view(), x._base is None, x._version
b = torch.zeros(2, 3)
v = b[0]
u = v[1:]
v._is_view(), v._base is b, u._base is b, u._base is v
b.is_leaf, v.is_leaf, v.grad_fn is None, v.requires_grad
v.add_(1)
b._version, v._version, u._version
b
u.zero_(); b._version
b.T._base is b, b.mT._base is b, b.view(-1)._base is b, b.detach()._base is b
b.detach()._is_view(), b.data._is_view(), b.clone()._is_view(), b.contiguous() is b
b.expand(2, 2, 3)._base is b, b.unsqueeze(0)._base is b, b.squeeze()._base is b
b.reshape(3, 2)._base is b, b.t().reshape(6)._base is None, b.flatten()._base is b
b[:]._is_view(), b[...]._is_view(), b[None]._is_view(), b[[0]]._is_view(), b[torch.tensor([0])]._is_view()
b[b > 0]._is_view(), b.narrow(0, 0, 1)._base is b, b.select(0, 1)._base is b, b.unfold(1, 2, 1)._base is b
b.diagonal()._base is b, b.movedim(0, 1)._base is b, b.swapaxes(0, 1)._base is b, b.permute(1, 0)._base is b
b.as_strided((2,), (1,))._base is b, b.view_as(b)._base is b, b.expand_as(torch.zeros(2, 2, 3))._base is b
b.unflatten(1, (3, 1))._base is b, b.ravel()._base is b, b.real is b, b.to(torch.float32) is b
b.type(torch.float32) is b, b.float() is b, b.double()._is_view(), b.cpu() is b
""",
    "base of tracked": """
x = torch.ones(2, 3, requires_grad=True)
v = x[0]
v._base is x, v.is_leaf, v.requires_grad, v.grad_fn.name()
y = x * 2
w = y[0]
w._base is y, w.grad_fn.name()
w.detach()._base is y, w.detach()._is_view()
x.detach()._is_view(), x.detach()._base is x
x.data._is_view(), x.data._base is None
w.data._is_view()
""",
    "view nodes": """
x = torch.ones(2, 3, 4, requires_grad=True)
texts = '''[0] | [0:1] | [:] | [...] | [None] | [0, 1:] | [0, None] | [:, 1] | [[0]] | [0, [1]] | .mT | .transpose(0, 1)
  .permute(2, 0, 1) | .view(-1) | .reshape(-1) | .flatten() | .ravel() | .unsqueeze(0) | .squeeze() | .squeeze(0)
  .expand(2, 2, 3, 4) | .narrow(0, 0, 1) | .select(1, 0) | .diagonal(0, 0, 1) | .unfold(2, 2, 1) | .movedim(0, 1)
  .swapdims(0, 1) | .as_strided((2,), (1,)) | .view_as(x) | .unflatten(2, (2, 2)) | .split(1)[0] | .chunk(2)[0]
  .unbind()[0] | .tensor_split(2)[0] | .split([1, 1])[1] | .detach()'''
for text in texts.replace(chr(10), '|').split('|'):
    y = eval('x' + text.strip())
    print(y.grad_fn.name() if y.grad_fn is not None else None, y._is_view(), y.output_nr, tuple(y.shape))
""",
    "in-place on a view of a non-leaf": """
x = torch.ones(3, requires_grad=True)
y = x * 2
v = y[1:]
v.mul_(3)
y, v
type(y.grad_fn).__name__, v.grad_fn.name(), y._version, v._version
y.sum().backward()
x.grad
""",
    "in-place on the base, view regenerated": """
x = torch.ones(3, requires_grad=True)
y = x * 2
v = y[1:]
g1 = v.grad_fn
y.mul_(3)
v.grad_fn is g1, v.grad_fn.name(), v.grad_fn is v.grad_fn
[f.name() for f, _ in v.grad_fn.next_functions]
v.sum().backward()
x.grad
""",
    "view of view regenerated": """
x = torch.arange(6., requires_grad=True)
y = x * 1
v = y.view(2, 3)
u = v[1]
w = u[1:]
y.mul_(2)
w.grad_fn.name(), u.grad_fn.name(), v.grad_fn.name()
w.mul_(5)
y, v, u, w
(w.sum() + v.sum()).backward()
x.grad
""",
    "view then in-place with another tracked": """
a = torch.ones(2, requires_grad=True)
b = torch.zeros(4)
v = b[1:3]
v.requires_grad, v.grad_fn is None
v.add_(a)
b.requires_grad, type(b.grad_fn).__name__, v.grad_fn.name(), b.is_leaf, v.is_leaf
b
b.sum().backward()
a.grad
""",
    "base untracked becomes tracked, other views follow": """
a = torch.ones(4, requires_grad=True)
b = torch.zeros(4)
v, u = b[:2], b[2:]
b.add_(a)
v.requires_grad, v.grad_fn.name(), u.grad_fn.name()
v.is_leaf
(v * 2).sum().backward()
a.grad
""",
    "views of leaves": """
x = torch.ones(3, requires_grad=True)
v = x[1:]
v.mul_(2)
v.zero_()
v[0] = 1
x.view(3, 1).add_(1)
x[0].fill_(3)
x.detach()[0] = 7.
x
x._version
with torch.no_grad():
    x[1:].mul_(2)
x, x._version, v
v.grad_fn.name()
v.sum().backward()
x.grad
""",
    "in-place on leaves": """
x = torch.ones(3, requires_grad=True)
x.mul_(2)
x += 1
x[0] = 5
x[[0]] = 5
x.zero_()
x.fill_(1)
x.copy_(torch.zeros(3))
x.requires_grad_(False).mul_(2)
x.requires_grad_()
with torch.no_grad():
    x += 1
    x.mul_(2)
    x[0] = 0
x, x._version, x.is_leaf
x.data.mul_(2)
x, x._version
x.detach().mul_(2)
x, x._version
x.sub_(x)
x.unsqueeze_(0)
x.t_()
x.squeeze_()
x.resize_(4)
x.set_(torch.ones(2))
x.detach_()
x.masked_fill_(torch.tensor([True, False, True]), 1)
x.index_fill_(0, torch.tensor([0]), 1)
x.scatter_(0, torch.tensor([0]), 1)
x.index_put_((torch.tensor([0]),), torch.tensor(1.))
x.clamp_(0)
x.exp_()
x.requires_grad_(False)
""",
    "no_grad view then in-place": """
x = torch.ones(3, requires_grad=True)
y = x * 2
with torch.no_grad():
    v = y[1:]
v.requires_grad, v.grad_fn, v._base is y
v.mul_(2)
y._version
with torch.no_grad():
    v.mul_(2)
y, v, y._version
v.grad_fn
v.requires_grad
y.sum().backward()
x.grad
""",
    "no_grad view, base modified": """
x = torch.ones(3, requires_grad=True)
y = x * 2
with torch.no_grad():
    v = y[1:]
y.mul_(2)
v.grad_fn
v.requires_grad
v * 2
v.mul_(2)
repr(v)
v.detach()
v.clone()
v.is_leaf
""",
    "no_grad view of a leaf": """
x = torch.ones(3, requires_grad=True)
with torch.no_grad():
    v = x[1:]
v.requires_grad, v._base is x, v.is_leaf
v.mul_(2)
with torch.no_grad():
    v.mul_(2)
x
v.requires_grad_()
v.is_leaf, v.requires_grad
v.mul_(2)
""",
    "no_grad view of untracked base": """
x = torch.ones(3)
with torch.no_grad():
    v = x[1:]
v.mul_(2)
x
a = torch.ones(2, requires_grad=True)
v.mul_(a)
x.mul_(torch.ones(3, requires_grad=True))
v.requires_grad
v.grad_fn
""",
    "view of a no_grad view": """
x = torch.ones(4, requires_grad=True) * 1
with torch.no_grad():
    v = x[1:]
u = v[1:]
u.requires_grad, u.grad_fn
u.mul_(2)
x.mul_(2)
u.grad_fn
""",
    "grad view inside no_grad view": """
x = torch.ones(4, requires_grad=True) * 1
v = x[1:]
with torch.no_grad():
    u = v[1:]
    v.mul_(3)
x, v, u
u.requires_grad
v.requires_grad, v.grad_fn.name()
u.mul_(2)
v.mul_(2)
u.grad_fn
v.grad_fn.name()
""",
    "unbind in place": """
x = torch.ones(2, 3, requires_grad=True) * 1
a, b = x.unbind()
a.grad_fn.name(), a.output_nr, b.output_nr
a.mul_(2)
a += 1
a[0] = 1
a.zero_()
a.copy_(b)
with torch.no_grad():
    a.mul_(2)
x
a._version, b._version
(a * 2).sum().backward()
""",
    "split in place": """
x = torch.ones(4, requires_grad=True) * 1
for part in (x.split(2)[0], x.chunk(2)[1], x.tensor_split(2)[0], x.split([1, 3])[1]):
    try:
        part.mul_(2)
    except RuntimeError as e:
        print(str(e)[:120])
x._version
y = torch.ones(4)
s = y.split(2)
s[0].mul_(3)
y
s[0].mul_(torch.ones(2, requires_grad=True))
y.mul_(torch.ones(4, requires_grad=True))
s[1].requires_grad
s[1].grad_fn
""",
    "split, base modified": """
x = torch.ones(4, requires_grad=True) * 1
a, b = x.split(2)
x.mul_(2)
a.grad_fn
b.requires_grad
(a + b)
a.mul_(1)
print(a)
""",
    "split of a leaf": """
x = torch.ones(4, requires_grad=True)
a, b = x.split(2)
a.mul_(2)
a, b = x.unbind() if x.ndim > 1 else x.chunk(2)
a.add_(1)
with torch.no_grad():
    a.add_(1)
x
with torch.no_grad():
    c, d = x.split(2)
c.mul_(2)
with torch.no_grad():
    c.mul_(2)
x
""",
    "views of multi-output views": """
x = torch.ones(2, 3, requires_grad=True) * 1
a, b = x.unbind()
c = a[1:]
c.grad_fn.name()
c.mul_(2)
d = a.view(3, 1)
d.add_(1)
(c * 2).sum().backward()
""",
    "iteration": """
x = torch.ones(2, 3, requires_grad=True) * 1
for row in x:
    row.mul_(2)
rows = list(x)
rows[0].grad_fn.name(), rows[1].output_nr
for i in range(2):
    x[i].mul_(i + 2)
x
x.sum().backward()
""",
    "detach then modify": """
x = torch.ones(3, requires_grad=True)
y = x * 2
d = y.detach()
d.mul_(5)
y, y._version, d._version
y.grad_fn.name()
z = y * y
d.add_(1)
z.sum().backward()
y.sum().backward()
x.grad
d.requires_grad_()
d._is_view(), d.is_leaf
d.mul_(2)
""",
    "detach saved": """
x = torch.ones(3, requires_grad=True)
y = x.exp()
y.detach().zero_()
y.sum().backward()
y = x.exp()
y.data.zero_()
y.sum().backward()
x.grad
""",
    "detach_": """
x = torch.ones(3, requires_grad=True)
y = x * 2
y.detach_() is y
y.requires_grad, y.is_leaf, y.grad_fn
y = x * 2
v = y[0]
v.detach_()
y.detach_()
v.requires_grad, v.grad_fn.name()
v.mul_(2)
y, y.requires_grad
""",
    "data": """
x = torch.ones(3, requires_grad=True)
d = x.data
d.requires_grad, d._version, d.data_ptr() == x.data_ptr()
d.mul_(3)
x, x._version, d._version
y = x * x
x.data.mul_(2)
y.sum().backward()
x.grad
x.data = torch.zeros(3)
x, x.grad
x.data = torch.zeros(5)
x, x.grad.shape
x.data = torch.zeros(2, dtype=torch.float64)
x.dtype
x.data = [1]
x.data = 3
x.data = torch.zeros(2, dtype=torch.int64)
x.data = None
y = x * 2
y.data = torch.ones(2).double()
y
y.grad_fn.name()
v = torch.zeros(4)[1:]
v.data = torch.ones(2)
v
z = torch.zeros(2)
z.data = torch.zeros(3, dtype=torch.int64)
z
""",
    "data version": """
x = torch.ones(3)
x.add_(1)
d = x.data
d._version, x._version
d.add_(1)
d._version, x._version
x.data = torch.zeros(3)
x._version
y = torch.zeros(2); y.add_(1); y.add_(2)
x.data = y
x._version, y._version
y.add_(1)
x, x._version
x.add_(1)
y, y._version
""",
    "expanded": """
x = torch.zeros(3)
e = x.expand(2, 3)
e.add_(1)
e.mul_(2)
e[0].add_(1)
x
e[0, 0] = 5
x
e.fill_(2)
e.zero_()
e[:] = 1
e.copy_(torch.ones(2, 3))
e[:, 0] = 1
e[0] = torch.ones(3)
e += 1
x.expand(1, 3).add_(1)
x
torch.zeros(1).expand(3).add_(1)
torch.zeros(1).expand(1).add_(1)
torch.zeros(()).expand(3)[0].add_(1)
e.masked_fill_(torch.ones(2, 3, dtype=torch.bool), 1)
e.index_fill_(0, torch.tensor([0]), 1)
e.scatter_(0, torch.tensor([[0, 0, 0]]), 1)
e.index_put_((torch.tensor([0]),), torch.ones(3))
e.normal_()
e.clamp_(0)
e.exp_()
e.t_().shape
""",
    "out arguments overlapping": """
x = torch.zeros(4)
x[1:].add_(x[:-1])
x[1:].copy_(x[:-1])
y = torch.arange(4.)
y.add_(y)
y[:2].add_(y[2:])
y
y.copy_(y.flip(0))
y.t()
z = torch.arange(4.).view(2, 2)
z.add_(z.t())
z.copy_(z.t())
""",
    "as_strided": """
x = torch.arange(6., requires_grad=True)
y = x * 1
s = y.as_strided((2, 2), (2, 1), 1)
s
s.grad_fn.name(), s._base is y
s.mul_(2)
y
(y * y).sum().backward()
x.grad
y = x * 1
o = y.as_strided((3, 2), (1, 1))
o.sum().backward()
x.grad
y.as_strided((2,), (-1,))
y.as_strided((7,), (1,))
y.as_strided((2,), (1,), -1)
y.as_strided((2, 2), (1,))
x.as_strided((2,), (1,)).add_(1)
y = x * x
y.as_strided_((3,), (2,))
y.grad_fn.name(), y.shape
y.sum().backward()
x.grad
""",
}
