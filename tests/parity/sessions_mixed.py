"""Programs about grad modes in larger surroundings: functions, classes, graphs, hooks."""

PROGRAMS = {
    "requires_grad in modes": """
x = torch.ones(2)
with torch.no_grad():
    x.requires_grad_()
    y = x * 2
    print(x.requires_grad, y.requires_grad, y.is_leaf)
    y.requires_grad_()
    print(y.requires_grad, y.is_leaf, y.grad_fn)
(y * x).sum().backward()
x.grad, y.grad
with torch.no_grad():
    z = torch.nn.functional.relu(x)
    w = torch.empty_like(x, requires_grad=True)
    print(z.requires_grad, w.requires_grad)
    print(torch.tensor(x).requires_grad, x.detach().requires_grad, x.new_tensor([1.], requires_grad=True).requires_grad)
f = torch.no_grad()
f.__enter__()
torch.is_grad_enabled()
f.__exit__(None, None, None)
torch.is_grad_enabled()
""",
    "inference and functions": """
@torch.inference_mode()
def f(x):
    y = x * 2
    y += 1
    y[0] = 5
    return y
x = torch.ones(3, requires_grad=True)
y = f(x)
y, y.requires_grad, y.is_inference(), y.grad_fn, y.is_leaf
y.sum()
(y + x).sum().backward()
x.grad
torch.stack([y, y]).is_inference()
y2 = y.clone()
y2.is_inference()
y2 += 1
y2.requires_grad_()
(y2 * x).sum().backward()
x.grad
z = x * 1
z[0] = y[0]
z.sum().backward()
x.grad
z = torch.zeros(3)
z[:] = y
z.copy_(y), z.is_inference()
z.add_(y)
torch.add(x, y)
torch.mul(x.detach(), y).is_inference()
torch.where(x > 0, x, y)
torch.where(x > 0, y, 0.).is_inference()
x @ y
x.dot(y)
torch.nn.functional.mse_loss(x, y)
torch.nn.functional.linear(y.view(1, 3), x.view(1, 3))
torch.cat([x, y]).requires_grad
torch.max(x, y)
x.gather(0, torch.tensor([0])) * 1
with torch.inference_mode():
    i = torch.tensor([0, 1])
x.gather(0, i)
x[i]
x.index_select(0, i)
x.masked_fill(y > 100, 0)
with torch.inference_mode():
    m = x > 0
x.masked_fill(m, 0)
x[m]
torch.where(m, x, 0.)
y.backward()
torch.autograd.grad(x.sum(), y)
y.retain_grad()
y.register_hook(print)
torch.autograd.backward(x.sum(), y.sum())
""",
    "inference mode and graphs": """
x = torch.ones(2, requires_grad=True)
y = x * x
with torch.inference_mode():
    z = y * 2
    v = y[0]
    d = y.detach()
    print(z.is_inference(), v.is_inference(), d.is_inference(), v.requires_grad, d.requires_grad)
    y.mul_(2)
    print(y.requires_grad, y._version)
y.sum().backward()
y = x * x
with torch.inference_mode():
    x.mul_(3)
y.sum().backward()
y = x * 1
with torch.inference_mode():
    y.unsqueeze_(0)
y.shape, y.requires_grad, y._version
with torch.inference_mode():
    w = torch.ones(2)
    w.requires_grad_()
    print(w.requires_grad, w.is_leaf)
w * 2
with torch.inference_mode():
    (w * 2).sum().backward()
""",
    "no_grad and hooks": """
x = torch.ones(2, requires_grad=True)
_ = x.register_hook(lambda g: print('hook', torch.is_grad_enabled(), g.requires_grad))
with torch.no_grad():
    y = (x * x).sum()
y.requires_grad
y = (x * x).sum()
with torch.no_grad():
    y.backward(retain_graph=True)
y.backward(retain_graph=True)
g, = torch.autograd.grad(y, x, create_graph=True)
g.requires_grad
with torch.no_grad():
    g, = torch.autograd.grad(y, x, create_graph=True)
g.requires_grad
def post(p): print('post', torch.is_grad_enabled()); p.grad = None
_ = x.register_post_accumulate_grad_hook(post)
y.backward()
x.grad
""",
    "classes with modes": """
class Model:
    def __init__(self): self.w = torch.ones(2, requires_grad=True)
    def forward(self, x): return x * self.w
    @torch.no_grad()
    def predict(self, x): return self.forward(x)
    @torch.inference_mode()
    def serve(self, x): return self.forward(x)
    @torch.enable_grad()
    def train(self, x): return self.forward(x)
    def __enter__(self): self.m = torch.no_grad(); self.m.__enter__(); return self
    def __exit__(self, *a): return self.m.__exit__(*a)
m = Model()
x = torch.ones(2)
m.forward(x).requires_grad, m.predict(x).requires_grad, m.serve(x).is_inference()
with m: print(m.forward(x).requires_grad, m.train(x).requires_grad)
with torch.inference_mode(): print(m.train(x).requires_grad, m.train(x).is_inference())
class Child(Model):
    def predict(self, x): return super().predict(x), torch.is_grad_enabled()
Child().predict(x)
import functools, contextlib
p = functools.partial(Model.predict, m)
p(x).requires_grad
with contextlib.ExitStack() as stack:
    stack.enter_context(torch.no_grad())
    print(torch.is_grad_enabled())
torch.is_grad_enabled()
with torch.no_grad(), torch.enable_grad(): print(torch.is_grad_enabled())
with contextlib.nullcontext() if True else torch.no_grad(): print(torch.is_grad_enabled())
def flag(train):
    with torch.set_grad_enabled(train): return m.forward(x).requires_grad
flag(True), flag(False)
f = torch.no_grad()(m.forward)
f(x).requires_grad
g = torch.no_grad()(lambda: (yield 1))
list(g())
staticmethod(torch.no_grad()(lambda: torch.is_grad_enabled())).__func__()
""",
}
