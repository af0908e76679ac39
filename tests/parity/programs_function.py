"""Programs about custom functions: contexts, marks, what may be returned, double backward, errors."""

_SQUARE = """
class Square(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * x * g
"""

PROGRAMS = {
    "old style": _SQUARE
    + """
x = leaf(3.0)
y = Square.apply(x)
print(y, y.grad_fn.name())
y.backward()
print(x.grad)
""",
    "setup_context style": """
class Mul(Function):
    @staticmethod
    def forward(a, b):
        return a * b
    @staticmethod
    def setup_context(ctx, inputs, output):
        print(type(inputs).__name__, len(inputs), type(output).__name__)
        ctx.save_for_backward(*inputs)
    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        print(ctx.needs_input_grad)
        return g * b, g * a
a, b = leaf(2.0), leaf(3.0)
Mul.apply(a, b).backward()
print(a.grad, b.grad)
Mul.apply(a, torch.tensor(5.0)).backward()
""",
    "setup_context with several outputs and defaults": """
class F(Function):
    @staticmethod
    def forward(x, k=2, *, scale=1.0):
        return x * k, x * k * k
    @staticmethod
    def setup_context(ctx, inputs, output):
        print(len(inputs), type(output).__name__, len(output))
        ctx.k = inputs[1]
    @staticmethod
    def backward(ctx, g, h):
        return g * ctx.k + h * ctx.k ** 2, None
x = leaf(1.0)
attempt(lambda: F.apply(x, 3)[1].backward())
print(x.grad)
attempt(lambda: F.apply(x)[0].backward())
print(x.grad)
""",
    "keyword arguments of apply": _SQUARE
    + """
try:
    Square.apply(x=leaf(1.0))
except TypeError:
    print("TypeError")
""",
    "double backward of a custom function": _SQUARE
    + """
x = leaf(3.0)
(g,) = grad(Square.apply(x), x, create_graph=True)
print(g, grad(g, x))
(g,) = grad(Square.apply(Square.apply(x)), x, create_graph=True)
(h,) = grad(g, x, create_graph=True)
print(g, h, grad(h, x))
""",
    "double backward through saved outputs": """
class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y
    @staticmethod
    def backward(ctx, g):
        y, = ctx.saved_tensors
        return g * y
x = leaf(0.5)
(g,) = grad(Exp.apply(x), x, create_graph=True)
print(g)
(h,) = grad(g, x, create_graph=True)
print(h, grad(h, x))
""",
    "double backward through saved intermediates is wrong silently": """
class Sinh(Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x.exp(), (-x).exp()
        ctx.save_for_backward(a, b)
        return (a - b) / 2
    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * (a + b) / 2
x = leaf(0.5)
(g,) = grad(Sinh.apply(x), x, create_graph=True)
print(g, g.requires_grad)
attempt(grad, g, x)
attempt(grad, g, x, allow_unused=True)
""",
    "double backward with intermediates returned": """
class Sinh(Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x.exp(), (-x).exp()
        ctx.save_for_backward(a, b)
        return (a - b) / 2, a, b
    @staticmethod
    def backward(ctx, g, ga, gb):
        a, b = ctx.saved_tensors
        return g * (a + b) / 2 + ga * a - gb * b
x = leaf(0.5)
y = Sinh.apply(x)[0]
(g,) = grad(y, x, create_graph=True)
print(g)
print(grad(g, x))
""",
    "once_differentiable": """
from torch.autograd.function import once_differentiable
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, = ctx.saved_tensors
        print(torch.is_grad_enabled(), g.requires_grad)
        return g * 2 * x
x = leaf(3.0)
F.apply(x).backward()
print(x.grad)
(g,) = grad(F.apply(x), x, create_graph=True)
print(g.requires_grad)
attempt(grad, g, x)
attempt(lambda: (g * g).backward())
v = leaf(1.0)
(g,) = grad(F.apply(x), x, v, create_graph=True)
print(g.requires_grad, g.grad_fn.name() if g.grad_fn else None)
attempt(grad, g, v)
""",
    "once_differentiable by itself in a larger graph": """
from torch.autograd.function import once_differentiable
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        return g * 2
x = leaf(3.0)
y = F.apply(x) * x
(g,) = grad(y, x, create_graph=True)
print(g.detach())
attempt(grad, g, x)
""",
    "needs_input_grad": """
class F(Function):
    @staticmethod
    def forward(ctx, a, n, b, c):
        print(ctx.needs_input_grad)
        return a + b + c
    @staticmethod
    def backward(ctx, g):
        print(ctx.needs_input_grad)
        return tuple(g if need else None for need in ctx.needs_input_grad)
a, c = leaf(1.0), leaf(2.0)
y = F.apply(a, 3, torch.tensor(1.0), c)
print(grad(y, a, retain_graph=True))
print(grad(y, [a, c], retain_graph=True))
y.backward(inputs=[c])
print(a.grad, c.grad)
""",
    "needs_input_grad under no_grad": """
class F(Function):
    @staticmethod
    def forward(ctx, a, b):
        print(ctx.needs_input_grad)
        return a + b
    @staticmethod
    def backward(ctx, g):
        return g, g
a = leaf(1.0)
with torch.no_grad():
    y = F.apply(a, torch.tensor(1.0))
print(y.requires_grad, y.grad_fn)
""",
    "forward runs without recording": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        print(torch.is_grad_enabled(), y.requires_grad, x.requires_grad, x.grad_fn is None)
        with torch.enable_grad():
            z = x * 3
            print(z.requires_grad)
        return z
    @staticmethod
    def backward(ctx, g):
        print(torch.is_grad_enabled())
        return g * 3
x = leaf(1.0)
F.apply(x).backward()
(F.apply(x) if True else x).backward(create_graph=True)
x.grad = None
""",
    "a graph inside forward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            d = x.detach().requires_grad_()
            ctx.inner = d ** 3
            ctx.d = d
        return ctx.inner.detach()
    @staticmethod
    def backward(ctx, g):
        return grad(ctx.inner, ctx.d, g)[0]
x = leaf(2.0)
F.apply(x).backward()
print(x.grad)
""",
    "a backward inside backward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()
    @staticmethod
    def backward(ctx, g):
        with torch.enable_grad():
            x = ctx.saved_tensors[0].detach().requires_grad_()
            x.sin().backward(g)
        return x.grad
x = leaf(0.5)
F.apply(x).backward()
print(x.grad)
""",
    "non-tensor inputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x, n, s, l, d):
        ctx.n = n
        print(n, s, l, d)
        return x * n
    @staticmethod
    def backward(ctx, g):
        return g * ctx.n, None, None, None, None
x = leaf(2.0)
F.apply(x, 3, "s", [1, torch.ones(1)], {"k": None}).backward()
print(x.grad)
""",
    "gradients for non-tensor inputs raise": """
class F(Function):
    @staticmethod
    def forward(ctx, x, n):
        return x * n
    @staticmethod
    def backward(ctx, g):
        return g, g
x = leaf(2.0)
attempt(F.apply(x, 3).backward)
""",
    "gradients for tensors that need none": """
class F(Function):
    @staticmethod
    def forward(ctx, x, y, i):
        return x * y
    @staticmethod
    def backward(ctx, g):
        return g, g * 100, g
x, y = leaf(2.0), torch.tensor(3.0)
F.apply(x, y, torch.tensor(1)).backward()
print(x.grad, y.grad)
""",
    "too many and too few gradients": """
class F(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y
    @staticmethod
    def backward(ctx, g):
        return F.answer(g)
x, y = leaf(2.0), leaf(3.0)
for f in (lambda g: g, lambda g: (g,), lambda g: (g, g, g), lambda g: (g, g, None), lambda g: (g, g, None, None), lambda g: (), lambda g: (g, g, None, g), lambda g: None):
    F.answer = f
    x.grad = y.grad = None
    attempt(F.apply(x, y).backward)
    print(x.grad, y.grad)
""",
    "wrong types of gradients": """
class F(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y
    @staticmethod
    def backward(ctx, g):
        return F.answer(g)
x, y = leaf(2.0), leaf(3.0)
for f in (lambda g: (1.0, g), lambda g: [g, g], lambda g: ("a", None), lambda g: (None, 3), lambda g: {}):
    F.answer = f
    attempt(F.apply(x, y).backward)
print(x.grad, y.grad)
""",
    "wrong shapes of gradients": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return F.answer
x = leaf(1.0, 2.0)
for a in (torch.ones(3), torch.ones(2, 1), torch.tensor(1.0), torch.ones(1), torch.ones(3, 2), torch.ones(2, 2, 2), torch.ones(0)):
    F.answer = a
    x.grad = None
    attempt(F.apply(x).sum().backward)
    print(x.grad)
""",
    "wrong dtypes of gradients": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return F.answer
x = leaf(1.0, 2.0)
for a in (torch.ones(2, dtype=torch.float64), torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.complex64), torch.ones(2, dtype=torch.float16)):
    F.answer = a
    x.grad = None
    attempt(F.apply(x).sum().backward)
    print(x.grad)
""",
    "None as gradient": """
class F(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y
    @staticmethod
    def backward(ctx, g):
        return None, g
x, y = leaf(2.0), leaf(3.0)
z = x * 2
F.apply(z, y).backward()
print(x.grad, y.grad)
attempt(grad, F.apply(z, y), x)
attempt(grad, F.apply(z, y), x, allow_unused=True)
attempt(grad, F.apply(z, y), [x, z], materialize_grads=True)
""",
    "several outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, x * 3
    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a * 2 + b * 3
x = leaf(1.0, 2.0)
y, z = F.apply(x)
print(y.grad_fn is z.grad_fn, y.output_nr, z.output_nr)
z.sum().backward()
print(x.grad)
(y.sum() if False else F.apply(x)[0].sum()).backward()
print(x.grad)
""",
    "set_materialize_grads": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3
    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return None if a is None else a * 2
x = leaf(1.0)
y, z = F.apply(x)
z.backward(retain_graph=True)
print(x.grad)
y.backward()
print(x.grad)
""",
    "set_materialize_grads in setup_context": """
class F(Function):
    @staticmethod
    def forward(x):
        return x * 2, x * 3
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.set_materialize_grads(False)
    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return b
x = leaf(1.0)
F.apply(x)[1].backward()
print(x.grad)
""",
    "non-tensor outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, "text", None, 3, [x]
    @staticmethod
    def backward(ctx, *gs):
        print(gs)
        return gs[0] * 2
x = leaf(1.0)
out = F.apply(x)
print(type(out).__name__, out[1:4], out[4][0] is x)
out[0].backward()
print(x.grad)
""",
    "outputs that are no tensors at all": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return F.answer
    @staticmethod
    def backward(ctx, g):
        return g
x = leaf(1.0)
for a in (1, "a", None, [torch.ones(1)], {"a": torch.ones(1)}, (), (1, None)):
    F.answer = a
    attempt(F.apply, x)
""",
    "a list of outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return [x * 2, x * 3]
    @staticmethod
    def backward(ctx, a):
        return a
x = leaf(1.0)
attempt(lambda: [t.requires_grad for t in F.apply(x)])
""",
    "no tensors in": """
class F(Function):
    @staticmethod
    def forward(ctx, n):
        print(ctx.needs_input_grad)
        return torch.ones(n)
    @staticmethod
    def backward(ctx, g):
        return None
y = F.apply(2)
print(y, y.requires_grad)
class G(Function):
    @staticmethod
    def forward(ctx):
        return torch.ones(1)
print(G.apply())
""",
    "mark_non_differentiable": """
class Sort(Function):
    @staticmethod
    def forward(ctx, x):
        v, i = x.sort()
        ctx.mark_non_differentiable(i)
        ctx.save_for_backward(i)
        return v, i
    @staticmethod
    def backward(ctx, g, gi):
        print(gi)
        i, = ctx.saved_tensors
        out = torch.zeros_like(g)
        out[i] = g
        return out
x = leaf(3.0, 1.0, 2.0)
v, i = Sort.apply(x)
print(v.requires_grad, i.requires_grad, i.grad_fn, i)
(v * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
print(x.grad)
""",
    "mark_non_differentiable of a float output": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x * 2, x * 3
        ctx.mark_non_differentiable(b)
        return a, b
    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a * 2
x = leaf(1.0, 2.0)
a, b = F.apply(x)
print(a.requires_grad, b.requires_grad, b.is_leaf)
(a * b).sum().backward()
print(x.grad)
""",
    "mark_non_differentiable of everything": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.mark_non_differentiable(y)
        return y
x = leaf(1.0)
print(F.apply(x))
""",
    "mark_non_differentiable of an input": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_non_differentiable(x)
        return x
    @staticmethod
    def backward(ctx, g):
        return g
x = leaf(1.0)
attempt(lambda: F.apply(x * 1).requires_grad)
""",
    "marks of wrong things": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        getattr(ctx, F.method)(*F.args)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g
x = leaf(1.0)
for F.method, F.args in (("mark_dirty", (1,)), ("mark_non_differentiable", ("a",)), ("save_for_backward", (3,)), ("save_for_forward", (3,)), ("mark_dirty", (torch.ones(1),)), ("mark_non_differentiable", (torch.ones(1),)), ("save_for_backward", ([torch.ones(1)],))):
    print(F.method)
    attempt(lambda: F.apply(x).requires_grad)
""",
    "integer outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, x.long(), x > 0
    @staticmethod
    def backward(ctx, a, b, c):
        print(a, b, c)
        return a
x = leaf(1.0, 2.0)
a, b, c = F.apply(x)
print(a.requires_grad, b.requires_grad, c.requires_grad)
a.sum().backward()
print(x.grad)
""",
    "mark_dirty": """
class Double(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = leaf(1.0, 2.0)
y = x * 3
v = y._version
z = Double.apply(y)
print(z is y, y.grad_fn.name(), y._version - v, y)
z.sum().backward()
print(x.grad)
""",
    "mark_dirty of a leaf": """
class Double(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = leaf(1.0, 2.0)
attempt(Double.apply, x)
with torch.no_grad():
    print(Double.apply(x))
y = torch.ones(2)
z = Double.apply(y)
print(z is y, z, z.requires_grad)
""",
    "mark_dirty not returned": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x * 1
    @staticmethod
    def backward(ctx, g):
        return g * 2
attempt(F.apply, leaf(1.0) * 1)
attempt(F.apply, torch.ones(1))
""",
    "mark_dirty makes saved values stale": """
class Double(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = leaf(1.0)
y = x * 1
z = y * y
Double.apply(y)
attempt(z.backward)
""",
    "mark_dirty of a view": """
class Double(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = leaf(1.0, 2.0)
y = x * 3
v = y[0]
w = Double.apply(v)
print(w is v, y, y.grad_fn.name(), v.grad_fn is not None)
y.sum().backward()
print(x.grad)
""",
    "mark_dirty of a view with two outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x, x * 1
    @staticmethod
    def backward(ctx, g, h):
        return g * 2 + h * 2
x = leaf(1.0, 2.0)
attempt(lambda: F.apply((x * 3)[0]))
y = x * 3
a, b = F.apply(y)
(a + b).sum().backward()
print(a is y, x.grad)
""",
    "changed but not marked": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = leaf(1.0)
y = x * 1
z = F.apply(y)
print(z is y, y, z, z._is_view())
z.backward()
print(x.grad)
""",
    "dirty and saved": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        x.exp_()
        ctx.mark_dirty(x)
        ctx.save_for_backward(x)
        return x
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * x
x = leaf(0.5)
y = x * 1
z = F.apply(y)
(g,) = grad(z, x, create_graph=True)
print(g)
print(grad(g, x))
y = x * 1
z = F.apply(y)
z.mul_(2)
attempt(z.backward)
""",
    "an input returned as it is": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 10
x = leaf(1.0, 2.0)
y = F.apply(x)
print(y is x, y.grad_fn.name(), y._is_view(), y.data_ptr() == x.data_ptr(), x.is_leaf)
y.sum().backward()
print(x.grad)
t = torch.ones(2)
print(F.apply(t) is t, F.apply(t).requires_grad)
with torch.no_grad():
    print(F.apply(x) is x, F.apply(x).requires_grad)
""",
    "an input returned as it is, then changed": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x
    @staticmethod
    def backward(ctx, g):
        return g * 10
x = leaf(1.0, 2.0)
y = F.apply(x * 1)
attempt(y.mul_, 2)
attempt(lambda: y.mul_(2).sum().backward())
print(x.grad)
""",
    "one input returned twice, one of several returned": """
class F(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a, b, a
    @staticmethod
    def backward(ctx, x, y, z):
        print(x, y, z)
        return x + z, y
a, b = leaf(1.0), torch.tensor(2.0)
p, q, r = F.apply(a, b)
print(p is r, q is b, q.requires_grad, p.requires_grad)
(p * 2 + r * 3).backward()
print(a.grad)
""",
    "an untracked input returned beside tracked ones": """
class F(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a * b, b
    @staticmethod
    def backward(ctx, x, y):
        print(x, y)
        return x, y
a, b = leaf(1.0), torch.tensor(2.0)
p, q = F.apply(a, b)
print(q is b, q.requires_grad, b.requires_grad)
q.backward()
print(a.grad)
""",
    "a view returned": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x.view(-1)
    @staticmethod
    def backward(ctx, g):
        return g.view(2, 1) * 10
x = torch.ones(2, 1, requires_grad=True)
y = F.apply(x)
print(y._is_view(), y._base is x, y.grad_fn.name())
y.sum().backward()
print(x.grad)
z = x * 1
y = F.apply(z)
attempt(y.mul_, 2)
w = x * 1
y = F.apply(w)
w.mul_(3)
attempt(lambda: y.sum().backward())
""",
    "several views returned": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x[0], x[1]
    @staticmethod
    def backward(ctx, a, b):
        return torch.stack([a, b])
x = leaf(1.0, 2.0)
a, b = F.apply(x * 1)
(a * 2 + b * 3).backward()
print(x.grad)
a, b = F.apply(x * 1)
attempt(a.mul_, 2)
""",
    "a detached input returned": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x.detach()
    @staticmethod
    def backward(ctx, g):
        return g * 10
x = leaf(1.0)
y = F.apply(x)
print(y.requires_grad, y._is_view())
y.backward()
print(x.grad)
y = F.apply(x * 1)
attempt(y.mul_, 2)
""",
    "in-place on an output": _SQUARE
    + """
x = leaf(3.0)
y = Square.apply(x)
y.mul_(2)
y.backward()
print(x.grad, y.grad_fn.name())
""",
    "in-place on one of several outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, x * 3
    @staticmethod
    def backward(ctx, a, b):
        return a * 2 + b * 3
x = leaf(1.0)
a, b = F.apply(x)
a.mul_(10)
(a + b).backward()
print(x.grad)
""",
    "in-place on a saved input": _SQUARE
    + """
x = leaf(3.0)
y = x * 1
z = Square.apply(y)
y.add_(1)
attempt(z.backward)
""",
    "saved tensors: identity and grad_fn": """
class F(Function):
    @staticmethod
    def forward(ctx, x, w):
        y = x * w
        ctx.save_for_backward(x, w, y, None)
        ctx.x = x
        return y
    @staticmethod
    def backward(ctx, g):
        x, w, y, n = ctx.saved_tensors
        print(x is ctx.x, w.is_leaf, y.grad_fn is not None, n, type(ctx.saved_tensors).__name__)
        print(x.requires_grad, w.requires_grad, y.requires_grad)
        return g * w, g * x
x, w = leaf(2.0) * 1, leaf(3.0)
F.apply(x, w).backward()
print(w.grad)
""",
    "save_for_backward twice": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.save_for_backward(x * 2)
        return x * 1
    @staticmethod
    def backward(ctx, g):
        print(len(ctx.saved_tensors), ctx.saved_tensors)
        return g
F.apply(leaf(1.0)).backward()
""",
    "save_for_backward of nothing": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1
    @staticmethod
    def backward(ctx, g):
        print(ctx.saved_tensors)
        return g
F.apply(leaf(1.0)).backward()
""",
    "saved_tensors inside forward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        attempt(lambda: ctx.saved_tensors)
        print(ctx.to_save)
        return x * 1
    @staticmethod
    def backward(ctx, g):
        return g
F.apply(leaf(1.0))
""",
    "save_for_backward inside backward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 1
    @staticmethod
    def backward(ctx, g):
        ctx.save_for_backward(g)
        print(ctx.saved_tensors)
        return g
F.apply(leaf(1.0)).backward()
""",
    "saved_tensors after freeing": _SQUARE
    + """
x = leaf(3.0)
y = Square.apply(x)
print(y.grad_fn.saved_tensors)
y.backward()
attempt(lambda: y.grad_fn.saved_tensors)
attempt(y.backward)
print(x.grad)
""",
    "reading saved_tensors twice": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 1
    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0] * ctx.saved_tensors[0]
x = leaf(3.0)
y = F.apply(x)
y.backward(retain_graph=True)
y.backward()
print(x.grad)
""",
    "nothing saved: backward twice works": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.k = 2
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * ctx.k
x = leaf(3.0)
y = F.apply(x)
y.backward()
y.backward()
print(x.grad)
""",
    "saved_variables is old": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 1
    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_variables[0]
x = leaf(3.0)
F.apply(x).backward()
print(x.grad)
""",
    "mark_shared_storage is old": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.view(-1)
        ctx.mark_shared_storage((x, y))
        return y
    @staticmethod
    def backward(ctx, g):
        return g
print(F.apply(leaf(1.0, 2.0)))
""",
    "attributes of ctx": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.anything = [1, 2]
        return x * 1
    @staticmethod
    def backward(ctx, g):
        print(ctx.anything, ctx.name(), type(ctx).__name__)
        ctx.more = 1
        return g
x = leaf(1.0)
y = F.apply(x)
print(y.grad_fn.anything, isinstance(y.grad_fn, torch.autograd.graph.Node), y.grad_fn is y.grad_fn)
y.backward()
print(y.grad_fn.more)
attempt(lambda: y.grad_fn.missing)
""",
    "attributes of ctx that autograd uses itself": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        for name in ("plan", "edges", "seq", "facts", "place", "hooks", "tensors", "shape", "mask"):
            setattr(ctx, name, 1)
        return x * 1
    @staticmethod
    def backward(ctx, g):
        print(ctx.plan, ctx.edges, ctx.seq, ctx.facts, ctx.place, ctx.hooks, ctx.tensors)
        return g
x = leaf(1.0)
F.apply(x).backward()
print(x.grad)
""",
    "instances and calls": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1
    @staticmethod
    def backward(ctx, g):
        return g
f = F()
attempt(f, leaf(1.0))
print(f.apply(leaf(1.0)))
print(F.apply.__name__)
""",
    "non-static forward": """
class F(Function):
    def forward(self, x):
        return x * 1
    def backward(self, g):
        return g
x = leaf(1.0)
attempt(lambda: F()(x))
attempt(F.apply, x)
""",
    "missing parts": """
class A(Function):
    pass
attempt(A.apply, leaf(1.0))
class B(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1
y = B.apply(leaf(1.0))
attempt(y.backward)
class C(Function):
    @staticmethod
    def forward(x):
        return x * 1
try:
    C.apply(leaf(1.0))
except TypeError:
    print("TypeError")
""",
    "vjp instead of backward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def vjp(ctx, g):
        return g * 2
x = leaf(1.0)
F.apply(x).backward()
print(x.grad)
class G(F):
    @staticmethod
    def backward(ctx, g):
        return g
attempt(G.apply(x).backward)
""",
    "exceptions in forward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        raise ValueError("forward")
x = leaf(1.0)
attempt(F.apply, x)
print(torch.is_grad_enabled(), (x * 2).requires_grad)
""",
    "exceptions in backward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        raise KeyError("backward")
x = leaf(1.0)
attempt(F.apply(x).backward)
print(torch.is_grad_enabled(), x.grad)
(x * 2).backward()
print(x.grad)
""",
    "exceptions in setup_context": """
class F(Function):
    @staticmethod
    def forward(x):
        return x * 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        raise IndexError("setup")
    @staticmethod
    def backward(ctx, g):
        return g
attempt(F.apply, leaf(1.0))
print(torch.is_grad_enabled())
""",
    "gradients that alias the gradient given": """
class Id(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x + y
    @staticmethod
    def backward(ctx, g):
        return g, g
x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
g = torch.ones(2)
Id.apply(x, y).backward(g)
x.grad.mul_(5)
print(x.grad, y.grad, g)
""",
    "gradients changed in place in backward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g.mul_(2)
x = leaf(1.0, 2.0)
g = torch.ones(2)
F.apply(x).backward(g)
print(x.grad, g)
""",
    "expanded gradients": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x.sum()
    @staticmethod
    def backward(ctx, g):
        return g.expand(3)
x = leaf(1.0, 2.0, 3.0)
F.apply(x).backward()
x.grad.add_(1)
print(x.grad)
""",
    "a result that does not depend on the gradient": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return torch.full_like(g, 7.0)
x = leaf(1.0)
(g,) = grad(F.apply(x), x, create_graph=True)
print(g, g.requires_grad)
""",
    "backward that uses another tracked tensor": """
w = leaf(5.0)
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * w
x = leaf(1.0)
(g,) = grad(F.apply(x), x, create_graph=True)
print(g, grad(g, w))
(g,) = grad(F.apply(x), x)
print(g.requires_grad)
""",
    "straight-through estimator": """
class Sign(Function):
    @staticmethod
    def forward(ctx, x):
        return x.sign()
    @staticmethod
    def backward(ctx, g):
        return g
x = leaf(-0.3, 0.0, 2.0)
Sign.apply(x).sum().backward()
print(x.grad)
""",
    "gradient reversal": """
class Reverse(Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.k = k
        return x.view_as(x)
    @staticmethod
    def backward(ctx, g):
        return g.neg() * ctx.k, None
x = leaf(1.0, 2.0)
y = Reverse.apply(x, 0.5)
y.sum().backward()
print(x.grad, y._is_view())
""",
    "a linear layer": """
class Linear(Function):
    @staticmethod
    def forward(input, weight, bias):
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output
    @staticmethod
    def setup_context(ctx, inputs, output):
        input, weight, bias = inputs
        ctx.save_for_backward(input, weight, bias)
    @staticmethod
    def backward(ctx, g):
        input, weight, bias = ctx.saved_tensors
        gi = gw = gb = None
        if ctx.needs_input_grad[0]: gi = g.mm(weight)
        if ctx.needs_input_grad[1]: gw = g.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]: gb = g.sum(0)
        return gi, gw, gb
x = torch.arange(6.0).view(2, 3)
w = torch.ones(4, 3, requires_grad=True)
b = torch.zeros(4, requires_grad=True)
Linear.apply(x, w, b).sum().backward()
print(w.grad, b.grad)
Linear.apply(x, w, None).sum().backward()
print(w.grad)
print(torch.autograd.gradcheck(Linear.apply, (x.double().requires_grad_(), torch.ones(4, 3, dtype=torch.float64, requires_grad=True), None)))
""",
    "a function within a function": _SQUARE
    + """
class Outer(Function):
    @staticmethod
    def forward(ctx, x):
        y = Square.apply(x)
        print(y.requires_grad)
        ctx.save_for_backward(x)
        return y
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return Square.apply(x) * 0 + 2 * x * g
x = leaf(3.0)
(g,) = grad(Outer.apply(x), x, create_graph=True)
print(g, grad(g, x))
""",
    "inheritance": _SQUARE
    + """
class Again(Square):
    @staticmethod
    def backward(ctx, g):
        return Square.backward(ctx, g) * 10
x = leaf(3.0)
y = Again.apply(x)
y.backward()
print(x.grad, y.grad_fn.name())
""",
    "names": _SQUARE
    + """
y = Square.apply(leaf(1.0))
print(y.grad_fn.name(), type(y.grad_fn).__name__, y.grad_fn.next_functions[0][1], len(y.grad_fn.next_functions))
print(repr(y))
print(Square.__name__, isinstance(Square, type), issubclass(type(y.grad_fn), torch.autograd.function.FunctionCtx))
""",
    "next_functions of a custom function": """
class F(Function):
    @staticmethod
    def forward(ctx, a, n, b, c):
        return a * c
    @staticmethod
    def backward(ctx, g):
        return g, None, None, g
y = F.apply(leaf(1.0), 3, torch.ones(()), leaf(2.0) * 1)
print([None if f is None else type(f).__name__ for f, _ in y.grad_fn.next_functions])
""",
    "hooks on the node of a custom function": _SQUARE
    + """
x = leaf(3.0)
y = Square.apply(x)
y.grad_fn.register_hook(lambda gi, go: print("post", gi, go))
y.grad_fn.register_prehook(lambda go: print("pre", go))
y.register_hook(lambda g: g * 10)
y.backward()
print(x.grad)
""",
    "register_hook inside forward": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.register_hook(lambda gi, go: print("ran", gi, go))
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
F.apply(leaf(1.0)).backward()
""",
    "no_grad and enable_grad around apply": _SQUARE
    + """
x = leaf(3.0)
with torch.no_grad():
    y = Square.apply(x)
print(y.requires_grad, y.grad_fn)
with torch.no_grad(), torch.enable_grad():
    print(Square.apply(x))
with torch.inference_mode():
    y = Square.apply(x)
print(y.requires_grad, y.is_inference())
""",
    "inference tensors saved": _SQUARE
    + """
with torch.inference_mode():
    i = torch.ones(2)
class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b
    @staticmethod
    def backward(ctx, g):
        return g, g
attempt(Mul.apply, leaf(1.0, 2.0), i)
print(Square.apply(i))
""",
    "custom functions and vmap": """
class F(Function):
    generate_vmap_rule = True
    @staticmethod
    def forward(x):
        return x * x
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
    @staticmethod
    def backward(ctx, g):
        return 2 * ctx.saved_tensors[0] * g
print(torch.func.vmap(F.apply)(torch.arange(3.0)))
print(torch.func.vmap(torch.func.grad(F.apply))(torch.arange(3.0)))
print(torch.func.grad(torch.func.grad(F.apply))(torch.tensor(3.0)))
class G(F):
    generate_vmap_rule = False
attempt(torch.func.vmap(G.apply), torch.arange(3.0))
print(torch.func.grad(G.apply)(torch.tensor(3.0)))
""",
    "custom functions with their own vmap": """
class F(Function):
    @staticmethod
    def forward(x, k):
        return x * k
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.k = inputs[1]
    @staticmethod
    def backward(ctx, g):
        return g * ctx.k, None
    @staticmethod
    def vmap(info, in_dims, x, k):
        print(info.batch_size, info.randomness, in_dims)
        return F.apply(x, k), in_dims[0]
print(torch.func.vmap(F.apply, in_dims=(0, None))(torch.arange(3.0), 2))
print(torch.func.vmap(F.apply, in_dims=(1, None))(torch.ones(2, 3), 2).shape)
""",
    "custom functions with jvp": """
import torch.autograd.forward_ad as fwAD
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_forward(x)
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    def backward(ctx, g):
        return 2 * ctx.saved_tensors[0] * g
    @staticmethod
    def jvp(ctx, t):
        return 2 * ctx.saved_tensors[0] * t
with fwAD.dual_level():
    x = fwAD.make_dual(torch.tensor(3.0), torch.tensor(1.0))
    print(fwAD.unpack_dual(F.apply(x)))
class G(F):
    jvp = Function.jvp
with fwAD.dual_level():
    x = fwAD.make_dual(torch.tensor(3.0), torch.tensor(1.0))
    attempt(G.apply, x)
""",
    "freed without the collector": """
import gc, weakref
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y)
        ctx.big = Big()
        return y
    @staticmethod
    def backward(ctx, g):
        return g
class Big: pass
gc.disable()
x = leaf(1.0)
y = F.apply(x)
r = weakref.ref(y.grad_fn.big)
print(r() is not None)
del y
print(r() is None)
y = F.apply(x)
r = weakref.ref(y.grad_fn.big)
y.backward()
del y
print(r() is None)
gc.enable()
""",
    "many uses of one function": _SQUARE
    + """
x = leaf(1.1)
y = x
for _ in range(5):
    y = Square.apply(y)
y.backward()
print(x.grad)
""",
    "a custom function whose backward calls apply of itself": """
class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * CubeGrad.apply(x)
class CubeGrad(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 3 * x ** 2
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * 6 * x
x = leaf(2.0)
(g,) = grad(Cube.apply(x), x, create_graph=True)
(h,) = grad(g, x, create_graph=True)
print(g, h, grad(h, x))
""",
    "backward gets gradients of broadcast outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return x.expand(2, 3)
    @staticmethod
    def backward(ctx, g):
        print(g.shape, g.is_contiguous())
        return g.sum((0, 1)).view(1, 1)
x = torch.ones(1, 1, requires_grad=True)
F.apply(x).sum().backward()
print(x.grad)
""",
    "ctx.needs_input_grad is kept after freeing": _SQUARE
    + """
y = Square.apply(leaf(1.0))
y.backward()
print(y.grad_fn.needs_input_grad, y.grad_fn.materialize_grads)
""",
    "InplaceFunction": """
from torch.autograd.function import InplaceFunction
class F(InplaceFunction):
    @staticmethod
    def forward(ctx, x, inplace=False):
        ctx.inplace = inplace
        if inplace:
            ctx.mark_dirty(x)
            return x.mul_(2)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2, None
x = leaf(1.0)
F.apply(x * 1, True).backward()
F.apply(x).backward()
print(x.grad)
f = F(inplace=True)
print(f.inplace)
""",
    "NestedIOFunction": """
import warnings
from torch.autograd.function import NestedIOFunction
class F(NestedIOFunction):
    pass
print(issubclass(F, Function))
""",
    "once_differentiable with several outputs": """
from torch.autograd.function import once_differentiable
class F(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a * 2, b * 3
    @staticmethod
    @once_differentiable
    def backward(ctx, g, h):
        return g * 2, h * 3
a, b = leaf(1.0), leaf(2.0)
p, q = F.apply(a, b)
gs = grad(p * q, [a, b], create_graph=True)
print([g.detach() for g in gs])
attempt(grad, gs[0] + gs[1], [a, b])
""",
    "a custom function on complex numbers": """
class F(Function):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z * z
    @staticmethod
    def backward(ctx, g):
        z, = ctx.saved_tensors
        return g * (2 * z).conj()
z = torch.tensor([1 + 2j], requires_grad=True)
F.apply(z).abs().sum().backward()
print(z.grad)
x = leaf(1.0)
class G(Function):
    @staticmethod
    def forward(ctx, x):
        return torch.complex(x, x)
    @staticmethod
    def backward(ctx, g):
        return g.real + g.imag
G.apply(x).abs().backward()
print(x.grad)
class H(G):
    @staticmethod
    def backward(ctx, g):
        return g
attempt(H.apply(x).abs().backward)
""",
    "recursion through saved outputs leaves no cycle": """
import gc, weakref
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y, z = x * 2, x * 3
        ctx.save_for_backward(y, z)
        return y, z
    @staticmethod
    def backward(ctx, g, h):
        y, z = ctx.saved_tensors
        print(y.output_nr, z.output_nr, y.grad_fn is z.grad_fn)
        return g * 2 + h * 3
x = leaf(1.0)
y, z = F.apply(x)
(y + z).backward()
""",
    "a function that returns a tensor it did not make": """
const = torch.ones(2)
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return const
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = leaf(1.0, 2.0)
y = F.apply(x)
print(y is const, const.requires_grad, const.grad_fn is not None)
y.sum().backward()
print(x.grad)
""",
    "a function that returns a leaf it did not get": """
w = leaf(5.0, 6.0)
class F(Function):
    @staticmethod
    def forward(ctx, x):
        return w
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = leaf(1.0, 2.0)
attempt(lambda: F.apply(x).grad_fn.name())
""",
    "one output twice": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        return y, y
    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a * 2 + b * 2
x = leaf(1.0)
a, b = F.apply(x)
print(a is b, a.output_nr, b.output_nr)
(a * 3 + b * 5).backward()
print(x.grad)
""",
    "ctx.set_materialize_grads and integer outputs": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        i = x.argmax()
        ctx.mark_non_differentiable(i)
        return x * 2, i
    @staticmethod
    def backward(ctx, g, gi):
        print(gi)
        return g * 2
x = leaf(1.0, 2.0)
y, i = F.apply(x)
print(i, i.requires_grad)
y.sum().backward()
""",
    "undefined gradients into a custom function": """
class Stop(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1
    @staticmethod
    def backward(ctx, g):
        return None
class Show(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1
    @staticmethod
    def backward(ctx, g):
        print("reached", g)
        return g
x = leaf(1.0)
Stop.apply(Show.apply(x)).backward()
print(x.grad)
""",
}
