"""Programs that change tensors in place: values, versions, gradients, errors."""

PROGRAMS = {
    "hooks and in-place": """
x = torch.ones(3, requires_grad=True)
y = x * 2
h = y.register_hook(lambda g: print('y', g))
y.mul_(3)
_ = y.register_hook(lambda g: print('after', g))
y.sum().backward()
x.grad
y = x * 2
y.retain_grad()
y.mul_(3)
y.sum().backward()
y.grad
y = x * 2
y.retain_grad()
z = y * 1
y.mul_(3)
(z.sum() + y.sum()).backward()
y.grad
y = x * 2
v = y[1:]
_ = v.register_hook(lambda g: print('v', g))
y.mul_(2)
v.sum().backward()
y = x * 2
v = y[1:]
v.retain_grad()
v.mul_(2)
(v.sum() + y.sum()).backward()
v.grad
_ = x.register_hook(lambda g: print('x', g))
with torch.no_grad():
    x.mul_(2)
(x * x).sum().backward()
""",
    "in-place on what is not recorded": """
x = torch.ones(3, requires_grad=True)
with torch.no_grad():
    y = x * 2
    y.mul_(x)
y.requires_grad, y
y.mul_(x)
y.requires_grad, y.grad_fn.name()
with torch.no_grad():
    y.mul_(2)
y.requires_grad, y.grad_fn.name(), y
y.sum().backward()
z = torch.zeros(3)
z.add_(x).sum().backward()
x.grad
z.is_leaf, z.requires_grad
with torch.no_grad():
    z.copy_(x)
z.grad_fn.name(), z.requires_grad
""",
    "optimizer style": """
w = torch.ones(2, requires_grad=True)
for step in range(3):
    loss = (w ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
w, w.grad, w._version, w.grad._version
for step in range(2):
    loss = (w ** 2).sum()
    w.grad = None
    loss.backward()
    w.data -= 0.1 * w.grad
    w.data.add_(w.grad, alpha=-0.1)
w, w._version
w.grad.data.zero_()
w.grad
w.grad.detach_()
w.grad.requires_grad_(False)
w.grad = w.grad * 2
w = w - 0.1 * w.grad
w.is_leaf, w.requires_grad
w.grad
w = w.detach().requires_grad_()
w.is_leaf
with torch.no_grad():
    w = w * 2
w.requires_grad, w.is_leaf
""",
    "custom Function views": """
class View(Function):
    @staticmethod
    def forward(ctx, x): return x.view(-1)
    @staticmethod
    def backward(ctx, g): return g.view(2, 2) * 10
class Same(Function):
    @staticmethod
    def forward(ctx, x): return x
    @staticmethod
    def backward(ctx, g): return g * 10
class InPlace(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x
    @staticmethod
    def backward(ctx, g): return g * 2
class Forgot(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        return x
    @staticmethod
    def backward(ctx, g): return g * 2
x = torch.ones(2, 2, requires_grad=True)
y = x + 0
v = View.apply(y)
v._is_view(), v._base is y, v.grad_fn.name()
v.mul_(2)
v.sum().backward(retain_graph=True)
x.grad
y.mul_(2)
v.grad_fn
s = Same.apply(y)
s is y, s._is_view()
s.mul_(2)
s.sum().backward()
y = x * 1
z = InPlace.apply(y)
z is y, y.grad_fn.name(), y._version
y.sum().backward()
x.grad
InPlace.apply(x)
y = x * 1
v = y[0]
InPlace.apply(v)
y
v.grad_fn.name(), type(y.grad_fn).__name__
y.sum().backward()
x.grad
y = x * 1
Forgot.apply(y)
with torch.no_grad():
    InPlace.apply(x)
x
d = torch.ones(2, 2)
InPlace.apply(d) is d, d.requires_grad
a, b = (x * 1).unbind()
InPlace.apply(a)
""",
}
