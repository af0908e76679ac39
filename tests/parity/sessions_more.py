"""Programs of views and changes in place as users write them: copies, gradients, states, errors."""

PROGRAMS = {
    "data and versions across views": """
x = torch.zeros(4)
v = x[1:]
d = v.data
d.add_(1)
x, v._version, d._version
v.data = torch.ones(3)
v, x, v._base is x, v._version
v.add_(1)
x, v
x.data = torch.full((4,), 5.)
x, v
x.add_(1)
x, v, x._version, v._version
w = torch.zeros(3, requires_grad=True)
y = w * 1
u = y[1:]
y.data = torch.arange(3.)
y, u
u.sum().backward()
w.grad
y.sum().backward()
w.grad
""",
    "grad attribute": """
x = torch.ones(2, requires_grad=True)
x.grad = torch.zeros(2)
x.grad = torch.zeros(3)
x.grad = torch.zeros(2, dtype=torch.float64)
x.grad = 3
x.grad = x
x.grad = [1]
x.grad = torch.zeros(2, requires_grad=True)
x.grad
x.grad = None
del x.grad
x.grad
y = x * 2
y.grad
y.grad = torch.ones(2)
y.grad
torch.ones(2).grad
z = torch.ones(2)
z.grad = torch.ones(2)
z.grad
z.requires_grad_()
z.grad
(z * 2).sum().backward()
z.grad
g = z.grad
g.mul_(2)
z.grad, g is z.grad
z.grad.zero_()
z.grad
z.grad.data.fill_(1)
(z * 2).sum().backward()
z.grad, z.grad is g, g._version
v = z[0]
v.grad
z.requires_grad_(False)
z.grad
""",
    "copy, deepcopy, pickle": """
import copy
x = torch.ones(2, requires_grad=True)
(x * 2).sum().backward()
c = copy.deepcopy(x)
c, c.grad, c is x, c.requires_grad
s = copy.copy(x)
s, s.requires_grad, s.grad, s.data_ptr() == x.data_ptr()
y = x * 2
copy.deepcopy(y)
copy.copy(y).grad_fn
v = x.detach()[1:]
w = copy.deepcopy(v)
w._is_view(), w
l = [x, x]
m = copy.deepcopy(l)
m[0] is m[1], m[0] is x
b = torch.zeros(3); p = [b, b[1:]]
q = copy.deepcopy(p)
q[0][1] = 5
q[1]
""",
    "no_grad views and set": """
x = torch.ones(4, requires_grad=True)
with torch.no_grad():
    a, b = x.split(2)
    a += 1
    x[0] = 7
    x.view(2, 2)[1] = 3
    c = x.unbind()[0]
    c.fill_(9)
x, x._version, a
a.requires_grad
a.grad_fn
(x * x).sum().backward()
x.grad
""",
    "views of gradients": """
x = torch.ones(3, requires_grad=True)
(x * x).sum().backward()
g = x.grad
v = g[1:]
v.mul_(10)
x.grad
x.grad[0] = 0
g
(x * x).sum().backward()
x.grad, v
x.grad = None
(x * x).sum().backward()
v, g
""",
    "expand and reduce": """
x = torch.ones(1, 3, requires_grad=True)
e = x.expand(2, 3)
e.requires_grad, e._base is x, e.is_contiguous(), e.stride()
(e * torch.arange(6.).view(2, 3)).sum().backward()
x.grad
y = x * 1
e = y.expand(2, 3)
e[0, 0] = 4
y, e
e.sum().backward()
x.grad
e = y.expand(2, 3)
e.mul_(2)
c = e.contiguous()
c.mul_(2)
y
c = e.clone()
c[0].mul_(5)
y, c
y.expand(-1, 3).shape, y.expand(4, -1, 3).shape
y.expand(2, 4)
y.expand(3)
y.expand(-1, 2, 3)
y.broadcast_to(2, 3)._base is y
torch.broadcast_tensors(y, torch.ones(2, 1))[0]._is_view()
y.expand_as(torch.ones(2, 3)).is_leaf
""",
    "in-place broadcasting": """
x = torch.ones(2, 3, requires_grad=True)
o = torch.arange(3., requires_grad=True)
c = torch.ones(2, 1, requires_grad=True)
y = x * 1
y.mul_(o)
y.add_(c)
y.sub_(torch.ones(()))
y.div_(torch.full((1, 1), 2.))
y
y.sum().backward()
x.grad, o.grad, c.grad
y = o * 1
y.add_(x)
y.mul_(c)
y.add_(torch.ones(1, 3))
y.add_(torch.ones(1, 1, 3))
y.pow_(c)
torch.ones(()).add_(torch.ones(1))
torch.ones(1).add_(torch.ones(()))
torch.ones(0).add_(torch.ones(1))
torch.ones(1).add_(torch.ones(0))
torch.ones(2, 0).add_(torch.ones(0))
torch.ones(2, 1).add_(torch.ones(2, 3))
torch.ones(3).addcmul_(torch.ones(2, 3), torch.ones(3))
torch.ones(3).lerp_(torch.ones(2, 3), 0.5)
torch.ones(3).clamp_(torch.ones(2, 3))
torch.ones(3).copy_(torch.ones(1, 1, 3))
torch.ones(2, 3).masked_fill_(torch.tensor([True, False, True]), 0)
torch.ones(3).masked_fill_(torch.ones(2, 3) > 0, 0)
""",
    "torch functions in place": """
x = torch.ones(2, requires_grad=True)
torch.relu_(x)
y = x * 1
torch.relu_(y) is y
torch.nn.functional.relu(y, inplace=True) is y
torch.nn.functional.relu_(y) is y
torch.nn.functional.leaky_relu_(y) is y
torch.nn.functional.elu_(y) is y
torch.nn.functional.dropout(y, 0.5, training=False, inplace=True) is y
torch.sigmoid_(y) is y, torch.tanh_(y) is y, torch.exp_(y) is y, torch.sqrt_(y) is y, torch.abs_(y) is y
torch.neg_(y) is y, torch.floor_(y) is y, torch.zero_(y) is y, torch.fill_(y, 2) is y, torch.clamp_(y, 0, 1) is y
torch.detach_(y) is y
y.requires_grad
torch.index_put_(y, (torch.tensor([0]),), torch.tensor(5.))
torch.square_(y), torch.sin_(y).shape
torch.nn.functional.relu(x, inplace=True)
torch.nn.functional.relu(x[0:1], inplace=True)
""",
    "errors leave tensors as they were": """
x = torch.arange(4.)
x.add_(torch.ones(3))
x[5] = 1
x[0:2] = torch.ones(3)
x.scatter_(0, torch.tensor([9]), 1.)
x.copy_(torch.ones(5))
x.view(3)
x.mul_('a')
x.add_(None)
x.masked_fill_(torch.ones(3) > 0, 1)
x.t_().shape, x.squeeze_(3)
x, x._version
""",
    "version of results that are saved": """
x = torch.ones(3, requires_grad=True)
for f in [torch.exp, torch.sigmoid, torch.tanh, torch.sqrt, torch.sin, torch.relu, torch.reciprocal, torch.abs,
          torch.square, torch.log, torch.neg,
           torch.erf, torch.expm1, torch.rsqrt, torch.cos, torch.tan,
          torch.nn.functional.softplus, torch.nn.functional.gelu,
          torch.nn.functional.silu, torch.nn.functional.elu]:
    for change in ('result', 'input'):
        y = x + 0.5
        z = f(y)
        (z if change == 'result' else y).mul_(torch.tensor(2.))
        try:
            z.sum().backward()
            print(f.__name__, change, 'fine')
        except RuntimeError as e:
            print(f.__name__, change, str(e)[:40], 'output 0 of' in str(e))
texts = '''softmax(0) | log_softmax(0) | cumsum(0) | cumprod(0) | prod() | max() | max(0)[0] | norm() | std()
var() | logsumexp(0) | sort()[0] | clamp(0, 1) | pow(2) | pow(3.0) | div(y) | mul(y) | maximum(y * 2)
lerp(y, 0.5) | sum() | mean() | view(3, 1) | expand(2, 3) | masked_fill(y > 1, 0) | where(y > 1, y)
matmul(y) | outer(y) | dot(y) | add(y, alpha=2) | sub(y) | atan2(y * 2) | hypot(y) | fmod(2)
remainder(y) | copysign(y) | addcmul(y, y) | addcdiv(y, y) | repeat(2) | flip(0) | diff() | trunc()'''
for f in texts.replace(chr(10), ' | ').split(' | '):
    y = x + 0.5
    z = eval('y.' + f)
    y.mul_(torch.tensor(2.))
    try:
        z.sum().backward()
        print(f, 'fine')
    except RuntimeError as e:
        print(f, str(e)[:40])
""",
    "nested functions and views": """
def scale(x): return x.mul_(3)
def first(x): return x[0]
x = torch.ones(2, 2, requires_grad=True)
y = x.clone()
scale(first(y))
y
y.sum().backward()
x.grad
class Layer:
    def __init__(self): self.buffer = torch.zeros(2, 2)
    def __call__(self, x):
        self.buffer[0] = x[0]
        return self.buffer.sum()
l = Layer()
l(x).backward()
l(x).backward()
l.buffer = l.buffer.detach()
l(x).backward()
state = torch.zeros(2)
for step in range(3):
    state = state.detach() * 0.5 + x[0]
    state.sum().backward()
x.grad
h = torch.zeros(2, requires_grad=True)
out = torch.empty(3, 2)
for i in range(3):
    out[i] = h * i
out
out.sum().backward()
h.grad
rows = []
for i in range(2):
    r = x[i].clone(); r[0] = 0.; rows.append(r)
torch.stack(rows).sum().backward()
x.grad
""",
    "running statistics": """
running = torch.zeros(2)
w = torch.ones(2, requires_grad=True)
for i in range(3):
    batch = torch.full((4, 2), float(i)) * w
    with torch.no_grad():
        running.mul_(0.9).add_(batch.mean(0), alpha=0.1)
    loss = (batch - running).pow(2).mean()
    loss.backward()
running, running.requires_grad, running._version
w.grad
running = torch.zeros(2)
batch = torch.ones(4, 2) * w
running.mul_(0.9).add_(batch.mean(0) * 0.1)
running.requires_grad, running.is_leaf
loss = (batch - running).sum()
loss.backward()
loss = (torch.ones(4, 2) * w - running).sum()
loss.backward()
""",
    "second passes through changes": """
x = torch.ones(3, requires_grad=True)
b = torch.zeros(2, 3)
b[0] = x
b.sum().backward()
b.sum().backward()
b = torch.zeros(2, 3)
b[0] = x
v = b[1]
v.sum().backward()
v.sum().backward()
y = x + 1
y[0:1].add_(1)
y.sum().backward()
y.sum().backward()
y = x + 1
y[0:1].zero_()
y.sum().backward(retain_graph=True)
y.sum().backward()
y.sum().backward()
y = x + 1
y[0] = 5
y.sum().backward()
y.sum().backward()
y = x + 1
y[:] = 5
y.sum().backward()
y.sum().backward()
y = x + 1
y.zero_()
y.sum().backward()
y.sum().backward()
y = torch.zeros(3); y.copy_(x)
y.sum().backward()
y.sum().backward()
y = x + 1; y.fill_(x[0])
y.sum().backward()
y.sum().backward()
y = x + 1; y.masked_fill_(y > 0, 1)
y.sum().backward()
y.sum().backward()
y = x + 1; y[[0]] = 1.
y.sum().backward()
y.sum().backward()
y = x + 1; y.index_fill_(0, torch.tensor([0]), 1)
y.sum().backward()
y.sum().backward()
y = x + 1; y.scatter_(0, torch.tensor([0]), 1)
y.sum().backward()
y.sum().backward()
y = x + 1; y.index_add_(0, torch.tensor([0]), x[:1])
y.sum().backward()
y.sum().backward()
""",
    "stale operands and results": """
x = torch.ones(2, 2, requires_grad=True)
y = x * 1; y.tanh_(); y.add_(1)
y.sum().backward()
y = x * 1; y.tanh_(); v = y.view_as(y); v.add_(1)
y.sum().backward()
y = x * 1; y.tanh_(); v = y[0]; v.add_(1)
y.sum().backward()
y = x * 1; y.tanh_(); v = y.view_as(y); v.zero_()
y.sum().backward()
y = x * 1; y.tanh_(); y.zero_()
y.sum().backward()
y = x * 1; y.exp_(); y.detach().add_(1)
y.sum().backward()
y = x * 1; v = y[0]; v.exp_(); v.add_(1)
y.sum().backward()
y = x * 1; v = y[0]; v.exp_(); y.add_(1)
y.sum().backward()
y = x * 1; v = y[0]; v.exp_(); y.detach().add_(1)
y.sum().backward()
y = x * 1; v = y[0]; v.mul_(x[1]); y.detach().add_(1)
y.sum().backward()
y = x * 1; v = y[0]; w = y[1]; v.mul_(w)
y.sum().backward()
y = x * 1; v = y[0]; w = y[1]; v.add_(w)
y.sum().backward()
y = x * 1; y.mul_(y)
y.sum().backward()
y = x * 1; y.div_(y)
y.sum().backward()
y = x * 1; y.pow_(y)
y.sum().backward()
""",
    "hooks of views that are changed": """
x = torch.ones(3, requires_grad=True)
seen = []
y = x * 1
v = y[1:]
_ = v.register_hook(lambda g: seen.append("old"))
_ = v.mul_(2)
_ = v.register_hook(lambda g: seen.append("new"))
y.sum().backward()
seen
y = x * 1
v = y[1:]
_ = v.register_hook(lambda g: seen.append("old"))
_ = v.mul_(2)
_ = v.register_hook(lambda g: seen.append("new"))
v.sum().backward()
seen
""",
    "indices of what has no dimensions": """
x = torch.tensor(1.)
x[0]
x[:]
x[...]
x[None]
x[0, 0]
x[:, 0]
x[..., 0]
x[..., :]
x[None, 0]
x[None, :]
x[[0]]
x[torch.tensor([0])]
x[torch.tensor(True)]
x[True], x[False]
x[0] = 1
x[:] = 1
x[..., 0] = 1
x[[0]] = 1
x[torch.tensor([True])]
torch.ones(2, 3).expand(3, 1)
torch.ones(2, 3).expand(5, 4)
torch.ones(2, 3).expand(4, 5, 6)
torch.ones(2).expand(2, -1), torch.ones(2).expand(-1, 2)
x[()]
x[()] = 4
x
x[0:0]
""",
    "the graph after changes through views": """
x = torch.ones(3, requires_grad=True)
w = torch.ones(2, requires_grad=True)
def walk(fn, depth=0):
    if fn is None or depth > 4: return
    below = [(type(f).__name__ if f is not None else None, i) for f, i in fn.next_functions]
    print('  ' * depth, type(fn).__name__, below)
    for f, _ in fn.next_functions: walk(f, depth + 1)
y = x * 1
y[1:].mul_(w)
walk(y.grad_fn)
y = x * 1
v = y[1:]
v.add_(2)
walk(y.grad_fn)
walk(v.grad_fn)
b = torch.zeros(3)
b[0] = x[0]
walk(b.grad_fn)
y = x * 1
y[0] = 5
walk(y.grad_fn)
y = x * 1
y[0] = w[0]
walk(y.grad_fn)
y = x * 1
y[[0]] = w[0]
walk(y.grad_fn)
y = x * 1
y.copy_(x)
walk(y.grad_fn)
y = x * 1
y.zero_()
walk(y.grad_fn)
""",
}
