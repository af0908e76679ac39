"""Programs about views: what they are, their history, and what becomes of it when something changes."""

PROGRAMS = {
    "requires_grad_ on views": """
b = torch.zeros(4)
v = b[1:]
v.requires_grad_()
v.requires_grad, v.is_leaf, b.requires_grad
v.mul_(2)
b.mul_(2)
b, v
v.requires_grad, v.grad_fn
with torch.no_grad():
    v.mul_(2)
(v * 3).sum().backward()
v.grad
v.requires_grad_(False)
v.requires_grad
u = b.view(2, 2)
u.requires_grad = True
u.is_leaf
b.add_(torch.ones(4, requires_grad=True))
u.requires_grad, u.is_leaf
u.grad_fn
""",
    "requires_grad_": """
x = torch.ones(2, requires_grad=True)
y = x * 2
y.requires_grad_()
y.requires_grad_(True) is y
y.requires_grad_(False)
y.requires_grad = False
y.requires_grad = True
torch.ones(2, dtype=torch.int64).requires_grad_()
torch.ones(2, dtype=torch.bool).requires_grad_()
torch.ones(2, dtype=torch.int64).requires_grad_(False)
torch.ones(2, dtype=torch.complex64).requires_grad_()
torch.tensor([1, 2], requires_grad=True)
torch.ones(2, dtype=torch.int32, requires_grad=True)
torch.arange(3, requires_grad=True)
torch.empty(0, requires_grad=True)
x.requires_grad = 1
x.requires_grad_(1)
x.requires_grad = None
x.requires_grad = "a"
with torch.no_grad():
    z = torch.ones(2, requires_grad=True)
    w = torch.ones(2).requires_grad_()
    q = x * 2
z.requires_grad, w.requires_grad, q.requires_grad
q.requires_grad_()
del x.requires_grad
""",
    "real and imag views": """
x = torch.tensor([1+2j, 3+4j], requires_grad=True)
y = x * 1
r = y.real
r._is_view(), r._base is y, r.grad_fn.name()
r.mul_(2)
y
y.imag.add_(1)
y
y.abs().sum().backward()
x.grad
y = x * 1
y.real = torch.zeros(2)
y
y.imag = torch.tensor([9., 9.])
y
y.imag[0] = 5
type(y.grad_fn).__name__
y.real.sum().backward()
x.grad
x.real.mul_(2)
torch.ones(2).imag
torch.ones(2).real
z = torch.zeros(2, dtype=torch.complex64)
z.real = torch.ones(2, requires_grad=True)
z.requires_grad, type(z.grad_fn).__name__
z
""",
    "view_as_real": """
x = torch.tensor([1+2j, 3+4j], requires_grad=True)
y = x * 1
v = torch.view_as_real(y)
v._base is y, v.grad_fn.name(), v.shape
v[0, 0] = 7
y
v[..., 1].mul_(2)
y
v.sum().backward()
x.grad
a = torch.arange(4.).view(2, 2).requires_grad_()
b = a * 1
c = torch.view_as_complex(b)
c._base is b, c.grad_fn.name()
c.mul_(1j)
b
(b * b).sum().backward()
a.grad
torch.view_as_complex(torch.ones(3))
torch.view_as_complex(torch.ones(3, 2, dtype=torch.int64))
torch.view_as_real(torch.ones(3))
torch.view_as_complex(torch.ones(2, 4)[:, ::2])
""",
    "transpose properties": """
x = torch.arange(6.).view(2, 3).requires_grad_()
y = x * 1
t = y.T
t.grad_fn.name(), t._base is y
t[0].mul_(10)
y
y.mT[1].add_(1)
y
y.t().mul_(2)
y
y.sum().backward()
x.grad
torch.ones(2).T
torch.ones(()).T
torch.ones(2, 3, 4).mT.shape
torch.ones(2).mT
torch.ones(2, 3, 4).T.shape
torch.ones(2, 3, dtype=torch.complex64).H.shape
torch.ones(2, 3, 4).H
torch.ones(2, 3).mH.shape
""",
    "a view without a history of its own": """
x = torch.ones(3, requires_grad=True)
y = x * 2
with torch.no_grad():
    v = y[1:]
z = v * 2
z.requires_grad, z.grad_fn.next_functions
z.sum().backward()
x.grad, v.grad
v.backward(torch.ones(2))
autograd.grad(z.sum(), v)
z = v * 2
autograd.grad(z.sum(), v, allow_unused=True)
v.retain_grad()
v.numpy()
v.output_nr
v.requires_grad_(False)
v.requires_grad
v.requires_grad_()
v.grad_fn, v.is_leaf
(v * 3).sum().backward()
v.grad
v.mul_(2)
y.sum().backward()
""",
    "a base that requires gradients later": """
b = torch.zeros(4)
v = b[1:]
b.requires_grad_()
v.requires_grad, v.grad_fn, v.is_leaf
z = v * 2
z.requires_grad, z.grad_fn.next_functions
v.mul_(2)
with torch.no_grad():
    v.mul_(2)
v.grad_fn
v.requires_grad
z = (v * 2).sum()
z.backward()
b.grad
b.requires_grad_(False)
v.requires_grad, v.grad_fn
v.mul_(2)
b._version
v.grad_fn
""",
    "what no_grad makes of views": """
x = torch.ones(3, requires_grad=True)
with torch.no_grad():
    v = x.view(3, 1)
    print(v.requires_grad, (v + 1).requires_grad, v[0].requires_grad)
    print(v.clone().requires_grad, v.contiguous().requires_grad, v.detach().requires_grad)
    w = v.reshape(3)
    a, b, c = x.unbind()
    print(w.requires_grad, a.requires_grad, a._is_view())
    e = x.expand(2, 3)
    print(e.requires_grad, x.t().requires_grad, x[:].requires_grad)
    print(x[[0]].requires_grad, x.float() is x, x.double().requires_grad)
a.mul_(2)
a.grad_fn
""",
    "a base that is detached": """
x = torch.ones(3, requires_grad=True)
y = x * 2
v = y[1:]
y.detach_()
v.requires_grad, v.grad_fn.name(), v._base is y
v.sum().backward()
x.grad
with torch.no_grad():
    y.mul_(2)
v.requires_grad, v.grad_fn.name()
v.add_(1)
y.requires_grad_()
v.add_(1)
v.grad_fn.name()
with torch.no_grad():
    v.add_(1)
v.grad_fn.name()
""",
    "a view that may not be used": """
x = torch.ones(3, requires_grad=True)
y = x * 2
with torch.no_grad():
    v = y[1:]
y.mul_(2)
with torch.no_grad():
    print(v * 2, v.requires_grad, v.detach(), v)
    v.mul_(3)
    print(v.requires_grad, v[0].requires_grad)
    print(v.grad_fn)
v[0]
v.is_leaf
v.requires_grad_()
v.requires_grad_(False)
v.register_hook(print)
v.retain_grad()
v.backward(torch.ones(2))
v.sum()
v.data, v._version, v._base is y, v._is_view(), v.shape
v.output_nr
v.tolist(), v.detach().numpy()
str(v)
v.grad
autograd.grad(y.sum(), v)
autograd.grad(v.sum(), y)
y.detach_()
v.grad_fn
v * 2
""",
    "parts that may not be used": """
x = torch.ones(4, requires_grad=True) * 1
a, b = x.split(2)
x.mul_(2)
a.requires_grad
a.mul_(1)
a[0]
with torch.no_grad():
    a.mul_(2)
    print(x, a)
torch.cat([a, b])
a.detach()
""",
    "resize": """
x = torch.arange(6.)
x.resize_(2, 3)
x.resize_((3,))
x._version
x.resize_(2, 3)
x.resize_(2, 2).shape
x.resize_(2, 3)
x.resize_(-1)
x.resize_('a')
x.resize_(2, 5).shape, x.view(-1)[:6]
y = torch.ones(3, requires_grad=True)
y.resize_(3)
y.resize_(2)
(y * 1).resize_(3)
(y * 1).resize_(2)
v = torch.arange(6.)[2:]
v.resize_(2)
v._base
v.resize_(4)
v.resize_(9).shape
with torch.no_grad():
    y.resize_(2)
z = torch.zeros(2, requires_grad=True)
with torch.no_grad():
    z.resize_(3)
torch.zeros(2).resize_as_(torch.zeros(1, 2)).shape
torch.zeros(4).view(2, 2).t().resize_(2, 2).stride()
""",
    "set": """
x = torch.zeros(3)
y = torch.ones(2)
x.set_(y)
x, x.data_ptr() == y.data_ptr(), x._version, y._version
y.add_(1)
x, x._version
x.add_(1); y
x.set_()
x.shape, x._version
z = torch.zeros(2, requires_grad=True)
z.set_(y)
with torch.no_grad():
    z.set_(y)
z
v = torch.zeros(4)[1:]
v.set_(y)
v, v._is_view()
torch.zeros(2).set_(torch.zeros(2, dtype=torch.int64))
""",
    "as_strided_": """
x = torch.arange(6., requires_grad=True)
y = x * 1
y.as_strided_((3,), (2,), 1)
y.grad_fn.name(), y.shape, y._version
(y * torch.tensor([1., 2., 3.])).sum().backward()
x.grad
y = x * 1
v = y[1:]
y.as_strided_((2, 2), (1, 2))
y, v
v.sum().backward()
z = torch.arange(4.)
z.as_strided_((2, 2), (1, 2)), z._version
z.as_strided_((9,), (1,))
x.as_strided_((2,), (1,))
u = torch.arange(4.)[1:]
u.as_strided_((2,), (1,))
u._base
u.add_(1)
u._base
""",
    "nodes of views after a change": """
x = torch.ones(2, requires_grad=True, dtype=torch.complex64)
y = x * 1
r = y.real; i = y.imag; w = torch.view_as_real(y); f = w[0]; c = torch.view_as_complex(w); s = y[0:]; q = r[0:]
y.mul_(2)
r.grad_fn.name(), i.grad_fn.name()
i.grad_fn.name(), w.grad_fn.name(), f.grad_fn.name(), c.grad_fn.name(), s.grad_fn.name(), q.grad_fn.name()
""",
}
