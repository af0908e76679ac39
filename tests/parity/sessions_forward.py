"""Programs of forward mode: levels, duals, views and changes in place, custom Functions, both modes at once."""

PROGRAMS = {
    "levels": """
fwAD.enter_dual_level()
fwAD.enter_dual_level()
fwAD.exit_dual_level(level=5)
fwAD.exit_dual_level(level=0)
fwAD.exit_dual_level()
fwAD.exit_dual_level(level=0)
fwAD.exit_dual_level(0)
with fwAD.dual_level() as l: print(l)
with fwAD.dual_level():
    try:
        with fwAD.dual_level(): pass
    except RuntimeError as e: print(str(e)[:40])
with fwAD.dual_level() as l: print(l)
try:
    with fwAD.dual_level():
        raise KeyError
except KeyError: pass
with fwAD.dual_level() as l: print(l)
d = fwAD.dual_level()
with d: pass
with d as l: print(l)
@fwAD.dual_level()
def f(x): return fwAD.unpack_dual(fwAD.make_dual(x, torch.ones(2)) * 3)
f(torch.ones(2))
fwAD.make_dual(torch.ones(2), torch.ones(2))
fwAD.unpack_dual(torch.ones(2))
with fwAD.dual_level():
    e = fwAD.make_dual(torch.ones(2), torch.ones(2))
e
fwAD.unpack_dual(e)
with fwAD.dual_level():
    print(fwAD.unpack_dual(e))
    print(e)
""",
    "make_dual and unpack_dual": """
x = torch.tensor([1., 2.])
t = torch.tensor([3., 4.])
l = fwAD.enter_dual_level()
d = fwAD.make_dual(x, t)
d
d.requires_grad, d._is_view(), d._base is x, d.is_leaf, d is x, d.data_ptr() == x.data_ptr()
p, s = fwAD.unpack_dual(d)
p, s, s is t, p is x, p._is_view(), p._base is x
u = fwAD.unpack_dual(d)
type(u).__name__, u.primal, u.tangent, u[0], u._fields
fwAD.unpack_dual(x).tangent is None, fwAD.unpack_dual(x).primal is x
fwAD.make_dual(d, t)
fwAD.make_dual(x, d)
fwAD.make_dual(x, torch.ones(3))
fwAD.make_dual(x, torch.ones(2, 1))
fwAD.make_dual(x, torch.tensor(1.))
fwAD.make_dual(x, torch.ones(2, dtype=torch.float64))
fwAD.make_dual(x.double(), torch.ones(2)).dtype
fwAD.make_dual(torch.tensor([1, 2]), torch.ones(2))
fwAD.make_dual(x, torch.tensor([1, 2]))
fwAD.make_dual(torch.tensor([True]), torch.ones(1))
fwAD.make_dual(1., t)
fwAD.make_dual(x, 1.)
fwAD.make_dual(x, None)
fwAD.unpack_dual(1.)
fwAD.make_dual(x, t, level=0)
fwAD.make_dual(x, t, level=1)
fwAD.make_dual(x, t, level=-1)
fwAD.unpack_dual(d, level=0)
fwAD.unpack_dual(d, level=1)
c = fwAD.make_dual(torch.ones(2, dtype=torch.complex64), torch.ones(2, dtype=torch.complex64) * 1j)
c
fwAD.make_dual(torch.ones(2, dtype=torch.complex64), torch.ones(2))
fwAD.make_dual(torch.ones(2), torch.ones(2, dtype=torch.complex64))
m = torch.arange(4.).view(2, 2)
n = fwAD.make_dual(m, m.t())
fwAD.unpack_dual(n).tangent.stride()
n2 = fwAD.make_dual(m, torch.ones(1).expand(2, 2))
fwAD.unpack_dual(n2).tangent.stride()
fwAD.make_dual(torch.empty(0), torch.empty(0))
fwAD.make_dual(torch.tensor(2.), torch.tensor(3.))
fwAD.exit_dual_level()
""",
    "arithmetic": """
x, t = torch.tensor([1., 2.]), torch.tensor([3., 4.])
l = fwAD.enter_dual_level()
d = fwAD.make_dual(x, t)
texts = '''d + 1 | d * d | 2 / d | d ** 2 | d.exp() | d.sum() | d @ d | d.max() | d.sort()[0] | d > 1 | d.argmax()
d.long() | d.bool() | d.double() | d.floor() | d.sign() | torch.zeros_like(d) | torch.ones_like(d)
d.detach() | d.data | d.clone() | d[0] | d[[0, 0]] | d.view(2, 1) | torch.stack([d, d]) | torch.cat([d, x])
torch.where(d > 1, d, x) | d.unbind()[0] | torch.einsum('i,j->ij', d, d) | d.expand(2, 2) | d.softmax(0)
d.cumsum(0) | d.prod() | d.mean() | d.var() | d.max(0)[0] | d.max(0)[1] | d.topk(1)[0] | d.clamp(1.5)
d.masked_fill(d > 1, 0) | torch.outer(d, d) | d.roll(1) | d.flip(0) | d.abs() | d.round() | d % 1.5
d.new_zeros(2) | d == d | d.isnan() | d.numel() | d.tolist() | d[0].item() | float(d[0]) | d.numpy()'''
for text in texts.replace(chr(10), ' | ').split(' | '):
    try:
        y = eval(text)
        print(y, fwAD.unpack_dual(y).tangent if isinstance(y, torch.Tensor) else None)
    except Exception as e:
        print(type(e).__name__, str(e)[:100])
fwAD.exit_dual_level()
""",
    "views and in-place": """
x, t = torch.tensor([1., 2., 3.]), torch.tensor([4., 5., 6.])
l = fwAD.enter_dual_level()
d = fwAD.make_dual(x, t)
v = d[1:]
v.mul_(2)
d, v, x, t
fwAD.unpack_dual(v).tangent._is_view(), fwAD.unpack_dual(v).tangent._base is t
d.mul_(3)
v, t
d[0] = 7
d, t
d.copy_(torch.ones(3))
d, t
d.add_(fwAD.make_dual(torch.ones(3), torch.ones(3)))
d
y = torch.zeros(3)
y.add_(d)
y
fwAD.unpack_dual(y).tangent
z = torch.zeros(3)
w = z[1:]
w.copy_(d[1:])
z, w
z2 = torch.zeros(3)
w2 = z2[1:]
z2.add_(d)
w2
b = torch.zeros(2, 2)
b[0] = d[:2]
b
b[:, 1].mul_(2)
b
k = fwAD.make_dual(torch.ones(3), torch.ones(3))
with torch.no_grad():
    k.mul_(3)
    print(k, k * 2)
k.detach_()
k
fwAD.unpack_dual(k)
k2 = fwAD.make_dual(torch.ones(3), torch.ones(3)) * 1
k2.zero_()
k2
k2.fill_(d[0])
k2
k2.unsqueeze_(0), k2.t_()
k3 = fwAD.make_dual(torch.ones(3), torch.ones(3)) * 1
k3[k3 > 0] = 5
k3
k3[[0]] = d[:1]
k3
k3.data
k3.data.mul_(2)
k3
i = torch.zeros(2, dtype=torch.int64)
i.copy_(d[:2])
i, fwAD.unpack_dual(i).tangent
e = fwAD.make_dual(torch.ones(3), torch.zeros(1).expand(3))
e.mul_(2)
e
fwAD.exit_dual_level()
d, v
""",
    "with requires_grad": """
x = torch.tensor([1., 2.], requires_grad=True)
t = torch.tensor([3., 4.], requires_grad=True)
l = fwAD.enter_dual_level()
d = fwAD.make_dual(x, t)
d.requires_grad, d.is_leaf, d.grad_fn.name()
y = (d ** 3).sum()
y
p, s = fwAD.unpack_dual(y)
s.requires_grad
torch.autograd.grad(s, (x, t), retain_graph=True)
g, = torch.autograd.grad(y, x, retain_graph=True, create_graph=True)
g.detach(), fwAD.unpack_dual(g).tangent.detach()
y.backward()
x.grad, fwAD.unpack_dual(x.grad).tangent if x.grad is not None else None
x.grad = None
z = (d * d).sum()
g, = torch.autograd.grad(z, x)
g
with torch.no_grad():
    print(d * 2, (d * 2).requires_grad)
d.detach(), fwAD.unpack_dual(d.detach()).tangent
x.mul_(2)
d.mul_(2)
fwAD.exit_dual_level()
d
""",
    "forward over reverse": """
x = torch.tensor([1., 2.], requires_grad=True)
v = torch.tensor([1., 0.])
def f(x): return (x ** 3).sum() + x[0] * x[1] ** 2
with fwAD.dual_level():
    d = fwAD.make_dual(x, v)
    g, = torch.autograd.grad(f(d), d, create_graph=True)
    print(g)
    print(fwAD.unpack_dual(g).tangent)
with fwAD.dual_level():
    d = fwAD.make_dual(x, v)
    out = f(d)
    s = fwAD.unpack_dual(out).tangent
    print(s)
    print(torch.autograd.grad(s, x))
with fwAD.dual_level():
    d = fwAD.make_dual(x.detach(), v).requires_grad_()
    print(d.is_leaf, d.requires_grad)
    g, = torch.autograd.grad(f(d), d)
    print(g)
with fwAD.dual_level():
    d = fwAD.make_dual(x, v)
    f(d).backward()
x.grad
""",
    "inference and grad modes": """
x, t = torch.ones(2), torch.tensor([3., 4.])
with fwAD.dual_level():
    d = fwAD.make_dual(x, t)
    with torch.no_grad():
        print(fwAD.unpack_dual(d * 2).tangent)
    with torch.enable_grad():
        print(fwAD.unpack_dual(d * 2).tangent)
    with torch.inference_mode():
        print(d)
        print(fwAD.unpack_dual(d * 2).tangent)
        print(fwAD.unpack_dual(d).tangent)
        e = fwAD.make_dual(x, t)
        print(e)
        with torch.inference_mode(False):
            print(fwAD.unpack_dual(d * 2).tangent)
    print(fwAD.unpack_dual(d).tangent)
    with fwAD._set_fwd_grad_enabled(False):
        print(fwAD._is_fwd_grad_enabled(), d, fwAD.unpack_dual(d), d * 2)
        with fwAD._set_fwd_grad_enabled(True):
            print(fwAD._is_fwd_grad_enabled(), fwAD.unpack_dual(d * 2).tangent)
        print(fwAD._is_fwd_grad_enabled())
        e = fwAD.make_dual(x, t)
        print(e)
    print(fwAD._is_fwd_grad_enabled(), e, fwAD.unpack_dual(e).tangent)
fwAD._set_fwd_grad_enabled(False)
fwAD._is_fwd_grad_enabled()
fwAD._set_fwd_grad_enabled(True)
fwAD._is_fwd_grad_enabled()
with torch.inference_mode():
    print(fwAD._is_fwd_grad_enabled())
    with fwAD.dual_level():
        print(fwAD.unpack_dual(fwAD.make_dual(x, t)))
with torch.inference_mode(): i = torch.ones(2)
with fwAD.dual_level():
    d = fwAD.make_dual(i, t)
    print(d.is_inference(), d)
    print(fwAD.unpack_dual(d * x).tangent)
    d = fwAD.make_dual(x, i)
    print(fwAD.unpack_dual(d * d).tangent)
    d.mul_(2)
    print(d)
""",
    "custom Function jvp": """
class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_forward(a, b)
        return a * b
    @staticmethod
    def backward(ctx, g): return g, g
    @staticmethod
    def jvp(ctx, ta, tb):
        a, b = ctx.saved_tensors
        print('jvp', ta, tb)
        return (0 if ta is None else ta * b) + (0 if tb is None else tb * a)
class NoJvp(Function):
    @staticmethod
    def forward(ctx, a): return a * 2
    @staticmethod
    def backward(ctx, g): return g * 2
class Wrong(Function):
    @staticmethod
    def forward(ctx, a): return a * 2
    @staticmethod
    def jvp(ctx, t): return torch.ones(5)
class Two(Function):
    @staticmethod
    def forward(ctx, a): return a * 2, a * 3
    @staticmethod
    def jvp(ctx, t): return t * 2
class TwoOk(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.k = 5
        return a * 2, a * 3
    @staticmethod
    def jvp(ctx, t): return t * 2, None
class NonDiff(Function):
    @staticmethod
    def forward(ctx, a):
        m = a > 0
        ctx.mark_non_differentiable(m)
        return a * 2, m
    @staticmethod
    def jvp(ctx, t): return t * 2, None
class NoneJvp(Function):
    @staticmethod
    def forward(ctx, a): return a * 2
    @staticmethod
    def jvp(ctx, t): return None
class NotTensor(Function):
    @staticmethod
    def forward(ctx, a): return a * 2
    @staticmethod
    def jvp(ctx, t): return 3
class WithNumber(Function):
    @staticmethod
    def forward(ctx, a, n):
        ctx.n = n
        return a * n
    @staticmethod
    def jvp(ctx, t, tn):
        print(tn)
        return t * ctx.n
class View(Function):
    @staticmethod
    def forward(ctx, a): return a.view(2, 1)
    @staticmethod
    def jvp(ctx, t): return t.view(2, 1)
class BadView(Function):
    @staticmethod
    def forward(ctx, a): return a.view(2, 1)
    @staticmethod
    def jvp(ctx, t): return t.view(2, 1).clone()
class InPlace(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.mark_dirty(a)
        return a.mul_(2)
    @staticmethod
    def jvp(ctx, t): return t.mul_(2)
class BadInPlace(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.mark_dirty(a)
        return a.mul_(2)
    @staticmethod
    def jvp(ctx, t): return t * 2
class NoMaterialize(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.set_materialize_grads(False)
        return a + b
    @staticmethod
    def jvp(ctx, ta, tb):
        print(ta, tb)
        return ta
class Raises(Function):
    @staticmethod
    def forward(ctx, a): return a * 2
    @staticmethod
    def jvp(ctx, t): raise ValueError('in jvp')
class Setup(Function):
    @staticmethod
    def forward(a): return a ** 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_forward(*inputs)
        ctx.save_for_backward(*inputs)
    @staticmethod
    def backward(ctx, g): return g * 2 * ctx.saved_tensors[0]
    @staticmethod
    def jvp(ctx, t): return t * 2 * ctx.saved_tensors[0]
class Same(Function):
    @staticmethod
    def forward(ctx, a): return a
    @staticmethod
    def jvp(ctx, t): return t
x, t = torch.tensor([1., 2.]), torch.tensor([3., 4.])
l = fwAD.enter_dual_level()
d = fwAD.make_dual(x, t)
Mul.apply(d, x)
Mul.apply(d, d)
Mul.apply(x, x)
NoJvp.apply(d)
Wrong.apply(d)
Two.apply(d)
NonDiff.apply(d)
NotTensor.apply(d)
WithNumber.apply(d, 3)
View.apply(d)
BadView.apply(d)
InPlace.apply(d * 1)
BadInPlace.apply(d * 1)
NoMaterialize.apply(d, x)
Raises.apply(d)
Setup.apply(d)
Same.apply(d)
with torch.no_grad():
    print(Mul.apply(d, x))
fwAD.exit_dual_level()
""",
    "double and mixed types": """
x, t = torch.ones(2), torch.tensor([3., 4.])
l = fwAD.enter_dual_level()
d = fwAD.make_dual(x, t)
a = d * torch.ones(2, dtype=torch.float64)
a, fwAD.unpack_dual(a).tangent.dtype
b = d.double()
fwAD.unpack_dual(b).tangent
c = d * 1j
c
fwAD.unpack_dual(c).tangent
c.real, c.imag, c.abs()
torch.view_as_real(c)
e = d + torch.tensor([1, 2])
e
d.half()
(d * 2).sum().item()
torch.complex(d, x)
fwAD.exit_dual_level()
""",
    "tangents and memory": """
x, t = torch.ones(2), torch.tensor([3., 4.])
with fwAD.dual_level():
    d = fwAD.make_dual(x, t)
    t.mul_(2)
    print(d)
    y = d * 1
    t.mul_(2)
    print(y)
    x.mul_(5)
    print(d)
    w = d.view(2)
    print(fwAD.unpack_dual(w).tangent.data_ptr() == t.data_ptr())
    c = d.clone()
    print(fwAD.unpack_dual(c).tangent.data_ptr() == t.data_ptr())
    print(fwAD.unpack_dual(d).tangent is fwAD.unpack_dual(d).tangent)
    d2 = fwAD.make_dual(x, t)
    d.mul_(2)
    print(d2, t)
    r = torch.nn.functional.relu(d)
    print(r)
    import copy
    print(copy.copy(d))
    print(copy.deepcopy(d))
    print(d.requires_grad_())
    d3 = fwAD.make_dual(x, t)
    del d3
    h = d._version
    print(torch.equal(d, d), d.is_contiguous(), d.shape)
""",
    "a generator of duals": """
def steps(x, t):
    with fwAD.dual_level():
        d = fwAD.make_dual(x, t)
        for _ in range(2):
            d = d * d
            yield fwAD.unpack_dual(d)
for p, s in steps(torch.tensor(2.), torch.tensor(1.)): print(p, s)
def derivative(f):
    def g(x):
        with fwAD.dual_level():
            return fwAD.unpack_dual(f(fwAD.make_dual(x, torch.ones_like(x)))).tangent
    return g
derivative(torch.sin)(torch.tensor(0.))
derivative(lambda x: x ** 3)(torch.tensor(2.))
derivative(derivative(torch.sin))(torch.tensor(0.))
x = torch.tensor(2., requires_grad=True)
y = derivative(lambda x: x ** 3)(x)
y
torch.autograd.grad(y, x)
""",
}
