"""Programs about grad modes: context managers, decorators, inference tensors."""

PROGRAMS = {
    "context managers": """
x = torch.ones(2, requires_grad=True)
torch.is_grad_enabled(), torch.is_inference_mode_enabled()
with torch.no_grad() as c:
    print(c, torch.is_grad_enabled(), (x * 2).requires_grad)
    with torch.enable_grad() as d:
        print(d, torch.is_grad_enabled(), (x * 2).requires_grad)
        with torch.no_grad():
            print(torch.is_grad_enabled())
        print(torch.is_grad_enabled())
    print(torch.is_grad_enabled())
torch.is_grad_enabled()
with torch.set_grad_enabled(False) as c:
    print(c, torch.is_grad_enabled())
torch.is_grad_enabled()
with torch.set_grad_enabled(True):
    print(torch.is_grad_enabled())
torch.set_grad_enabled(False)
torch.is_grad_enabled()
torch.set_grad_enabled(True)
torch.is_grad_enabled()
g = torch.set_grad_enabled(False)
with g:
    print(torch.is_grad_enabled())
torch.is_grad_enabled()
g = torch.no_grad()
torch.is_grad_enabled()
with g:
    print(torch.is_grad_enabled())
torch.is_grad_enabled()
with g: print(torch.is_grad_enabled())
torch.set_grad_enabled(0)
torch.set_grad_enabled(1)
torch.set_grad_enabled(None)
torch.set_grad_enabled('a')
torch.set_grad_enabled()
torch.set_grad_enabled(torch.tensor(True))
torch.set_grad_enabled(mode=True)
torch.is_grad_enabled()
with torch.autograd.no_grad(): print(torch.is_grad_enabled())
with torch.autograd.enable_grad(): print(torch.is_grad_enabled())
with torch.autograd.set_grad_enabled(False): print(torch.is_grad_enabled())
with torch.autograd.inference_mode(): print(torch.is_grad_enabled())
with torch.autograd.grad_mode.no_grad(): print(torch.is_grad_enabled())
with torch.autograd.grad_mode.set_grad_enabled(False): print(torch.is_grad_enabled())
torch.no_grad is torch.autograd.no_grad, torch.autograd.grad_mode.no_grad is torch.no_grad
""",
    "exceptions": """
def f(cm):
    try:
        with cm:
            raise KeyError('k')
    except KeyError as e:
        print('caught', e, torch.is_grad_enabled(), torch.is_inference_mode_enabled())
f(torch.no_grad())
f(torch.enable_grad())
f(torch.set_grad_enabled(False))
f(torch.inference_mode())
f(torch.inference_mode(False))
@torch.no_grad()
def g(): raise ValueError('v')
g()
torch.is_grad_enabled()
@torch.inference_mode()
def h(): raise ValueError('v')
h()
torch.is_grad_enabled(), torch.is_inference_mode_enabled()
with torch.no_grad():
    try:
        g()
    except ValueError: pass
    print(torch.is_grad_enabled())
""",
    "decorators": """
x = torch.ones(2, requires_grad=True)
@torch.no_grad()
def f(a, b=2, *c, d=3, **e):
    'doc of f'
    return torch.is_grad_enabled(), a, b, c, d, e
f(1), f(1, 2, 3, d=4, z=5)
f.__name__, f.__doc__, f.__wrapped__(1)[0]
@torch.no_grad
def g(): return torch.is_grad_enabled()
g(), g.__name__
@torch.enable_grad
def g(): return torch.is_grad_enabled()
with torch.no_grad(): print(g())
@torch.enable_grad()
def g(): return torch.is_grad_enabled()
with torch.no_grad(): print(g(), torch.is_grad_enabled())
@torch.inference_mode
def g(): return torch.is_inference_mode_enabled(), torch.is_grad_enabled()
g()
@torch.inference_mode()
def g(): return torch.is_inference_mode_enabled(), torch.is_grad_enabled()
g()
@torch.inference_mode(False)
def g(): return torch.is_inference_mode_enabled(), torch.is_grad_enabled()
with torch.inference_mode(): print(g())
@torch.inference_mode(mode=True)
def g(): return torch.is_inference_mode_enabled()
g()
@torch.set_grad_enabled(False)
def g(): return torch.is_grad_enabled()
torch.is_grad_enabled(), g(), torch.is_grad_enabled()
@torch.set_grad_enabled
def g(): return 1
torch.is_grad_enabled()
h = torch.no_grad()(lambda: torch.is_grad_enabled())
h(), h.__name__
torch.no_grad()(len)([1, 2])
class A:
    @torch.no_grad()
    def m(self, v): return torch.is_grad_enabled(), v
    @staticmethod
    @torch.no_grad()
    def s(v): return torch.is_grad_enabled(), v
    @classmethod
    @torch.no_grad()
    def c(cls, v): return torch.is_grad_enabled(), v, cls.__name__
    @property
    @torch.no_grad()
    def p(self): return torch.is_grad_enabled()
    @torch.no_grad()
    def __call__(self): return torch.is_grad_enabled()
A().m(1), A.s(2), A.c(3), A().p, A()()
def r(n): return (torch.is_grad_enabled(), r(n - 1)) if n else torch.is_grad_enabled()
r = torch.no_grad()(r)
r(2), torch.is_grad_enabled()
@torch.no_grad()
def outer():
    return torch.is_grad_enabled(), inner(), torch.is_grad_enabled()
@torch.enable_grad()
def inner(): return torch.is_grad_enabled()
outer()
try: torch.no_grad()(3)()
except TypeError as e: print(e)
""",
    "classes": """
@torch.no_grad()
class A:
    def __init__(self): self.g = torch.is_grad_enabled()
    def m(self): return torch.is_grad_enabled()
type(A).__name__
a = A()
a.g
@torch.inference_mode()
class B:
    def __init__(self): self.g = torch.is_inference_mode_enabled()
B().g
@torch.no_grad
class C:
    def __init__(self): self.g = torch.is_grad_enabled()
C().g
@torch.set_grad_enabled(False)
class D:
    def __init__(self): self.g = torch.is_grad_enabled()
D().g, torch.is_grad_enabled()
""",
    "generators": """
@torch.no_grad()
def gen():
    print('in', torch.is_grad_enabled())
    for i in range(2):
        r = yield torch.is_grad_enabled(), i
        print('sent', r, torch.is_grad_enabled())
    return 'done'
for v in gen(): print(v, torch.is_grad_enabled())
g = gen()
next(g), torch.is_grad_enabled()
g.send('a'), torch.is_grad_enabled()
g.send('b')
g = gen()
next(g)
g.throw(ValueError('x'))
torch.is_grad_enabled()
g = gen()
next(g)
g.close()
torch.is_grad_enabled()
@torch.no_grad()
def catching():
    try:
        yield 1
    except ValueError as e:
        print('caught', e, torch.is_grad_enabled())
        yield 2
    finally:
        print('finally', torch.is_grad_enabled())
g = catching()
next(g), g.throw(ValueError('x'))
g.close()
torch.is_grad_enabled()
def delegating():
    r = yield from gen()
    print('result', r, torch.is_grad_enabled())
list(delegating())
@torch.enable_grad()
def gen2():
    yield torch.is_grad_enabled()
    with torch.no_grad():
        yield torch.is_grad_enabled()
    yield torch.is_grad_enabled()
for v in gen2(): print(v, torch.is_grad_enabled())
with torch.no_grad():
    for v in gen2(): print(v, torch.is_grad_enabled())
torch.is_grad_enabled()
@torch.inference_mode()
def gen3():
    yield torch.is_inference_mode_enabled()
    yield torch.ones(1).is_inference()
for v in gen3(): print(v, torch.is_inference_mode_enabled())
import inspect
inspect.isgeneratorfunction(gen), gen.__name__
def plain():
    with torch.no_grad():
        yield torch.is_grad_enabled()
g = plain()
next(g), torch.is_grad_enabled()
list(g)
torch.is_grad_enabled()
with torch.no_grad():
    g = gen()
next(g)
torch.is_grad_enabled()
""",
    "coroutines": """
import asyncio, inspect
@torch.no_grad()
async def f(x):
    a = torch.is_grad_enabled()
    await asyncio.sleep(0)
    return a, torch.is_grad_enabled(), x
inspect.iscoroutinefunction(f)
asyncio.run(f(3))
torch.is_grad_enabled()
@torch.inference_mode()
async def g():
    return torch.is_inference_mode_enabled()
asyncio.run(g())
@torch.no_grad()
async def ag():
    yield torch.is_grad_enabled()
    yield torch.is_grad_enabled()
async def main():
    out = []
    async for v in ag():
        out.append((v, torch.is_grad_enabled()))
    return out
asyncio.run(main())
torch.is_grad_enabled()
@torch.no_grad()
async def bad(): raise ValueError('x')
asyncio.run(bad())
torch.is_grad_enabled()
async def both():
    return await asyncio.gather(f(1), f(2))
asyncio.run(both())
torch.is_grad_enabled()
""",
    "threads": """
import threading
def run(f):
    out = []
    t = threading.Thread(target=lambda: out.append(f())); t.start(); t.join()
    return out[0]
with torch.no_grad():
    print(run(torch.is_grad_enabled), torch.is_grad_enabled())
with torch.inference_mode():
    print(run(torch.is_inference_mode_enabled), run(torch.is_grad_enabled))
def set_off():
    torch.set_grad_enabled(False)
    return torch.is_grad_enabled()
run(set_off), torch.is_grad_enabled()
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    y = run(lambda: x * 2)
y.requires_grad
""",
    "multithreading": """
torch.autograd.set_multithreading_enabled(False)
torch.autograd.set_multithreading_enabled(True)
with torch.autograd.set_multithreading_enabled(False) as c:
    print(c)
torch.autograd.grad_mode.set_multithreading_enabled is torch.autograd.set_multithreading_enabled
torch.autograd.set_multithreading_enabled(1)
x = torch.ones(2, requires_grad=True)
with torch.autograd.set_multithreading_enabled(False):
    (x * x).sum().backward()
x.grad
@torch.autograd.set_multithreading_enabled(False)
def f(): return 1
f()
""",
    "factory functions and no_grad": """
with torch.no_grad():
    a = torch.ones(2, requires_grad=True)
    b = torch.tensor([1.], requires_grad=True)
    c = torch.zeros_like(a, requires_grad=True)
    d = a.clone()
    e = a.detach().requires_grad_()
    f = torch.ones(2).requires_grad_()
    h = a.new_zeros(2, requires_grad=True)
[t.requires_grad for t in (a, b, c, d, e, f, h)]
(a * 2).sum().backward()
a.grad
with torch.no_grad():
    (a * 2).sum().backward()
y = (a * a).sum()
with torch.no_grad():
    y.backward()
a.grad
y = (a * a * a).sum()
with torch.no_grad():
    g, = torch.autograd.grad(y, a, create_graph=True)
g.requires_grad
with torch.enable_grad():
    y = (a * a * a).sum()
    g, = torch.autograd.grad(y, a, create_graph=True)
g.requires_grad
with torch.no_grad():
    a.grad = None
    z = a.expand(2, 2)
    print(z.requires_grad, a.t().requires_grad, a.view(1, 2)._base is a)
""",
    "inference tensors": """
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    i = torch.ones(2)
    j = x * 2
    v = x[1:]
    k = x.view(2)
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
    print(i.is_inference(), j.is_inference(), v.is_inference(), k.is_inference(), x.is_inference())
    print(i.requires_grad, j.requires_grad, v.requires_grad, j.is_leaf)
    print(i[0].is_inference(), i.detach().is_inference(), x.detach().is_inference())
    i.add_(1)
    i[0] = 3
    x.is_inference()
    print(i.clone().is_inference(), torch.zeros_like(x).is_inference())
    print(x.clone().is_inference(), x.contiguous().is_inference())
    w = torch.ones(2, requires_grad=True)
    print(w.requires_grad, w.is_inference())
    print((w * 2).requires_grad)
i.is_inference(), torch.is_inference(i), torch.is_inference(x)
i._version
i * 2
(i * 2).is_inference(), i.clone().is_inference(), i[0].is_inference()
i.view(2).is_inference(), i.detach().is_inference()
i.add_(1)
with torch.inference_mode(): i.fill_(2)
i.requires_grad_()
i.requires_grad = True
i.requires_grad_(False)
i * x
x * i
x + i
(x + i).grad_fn.name()
x.mul_(i)
y = x * 1
y.mul_(i)
y.add_(i)
y
y.copy_(i)
torch.cat([x, i])
torch.where(i > 0, x, x * 2)
torch.matmul(x, i)
torch.sum(i) * x.sum()
x.clamp(i, i)
x.exp() + i.exp()
c = i.clone()
c.requires_grad_()
(c * x).sum().backward()
x.grad
n = torch.ones(2)
n.copy_(i)
n.add_(i)
n[0] = i[0]
x.grad = i
x.grad
x.data = i
w.is_inference(), w.requires_grad
w * 2
(w * 3).sum().backward()
i.numpy()
i.data.is_inference()
i.is_leaf, i.grad_fn, i.grad
i.retain_grad()
i.register_hook(print)
i.backward()
import copy
copy.deepcopy(i).is_inference(), copy.copy(i).is_inference()
torch.nn.functional.relu(i).is_inference()
i.tolist()
a, b = i.unbind(); a.is_inference()
i.float() is i, i.double().is_inference()
""",
    "views and in-place in inference mode": """
x = torch.ones(3)
v0 = x[1:]
with torch.inference_mode():
    x.add_(1)
    v = x[1:]
    v.add_(1)
    v0.add_(1)
    print(x.is_inference(), v.is_inference(), v0.is_inference(), x._version, v._version)
x, x._version
v.add_(1)
x, v._base is x
w = torch.ones(3, requires_grad=True)
y = w * 1
with torch.inference_mode():
    y.add_(1)
    w.add_(1)
    u = y[1:]
    u.add_(1)
y, y._version, w._version
y.grad_fn.name()
u.add_(1)
u.requires_grad
y.sum().backward()
z = (w * w).sum()
with torch.inference_mode():
    w.add_(1)
z.backward()
with torch.inference_mode():
    s = torch.zeros(2)
    t = s[0]
    t._is_view(), t._base is s
    print(t._is_view(), t._base)
t.add_(1)
t._is_view()
""",
    "inference mode and modes": """
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    with torch.enable_grad():
        print(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), (x * 2).requires_grad)
    with torch.inference_mode(False):
        print(torch.is_grad_enabled(), torch.is_inference_mode_enabled(), (x * 2).requires_grad)
        with torch.no_grad():
            print(torch.is_grad_enabled())
    print(torch.is_grad_enabled(), torch.is_inference_mode_enabled())
    with torch.no_grad():
        print(torch.is_grad_enabled(), torch.is_inference_mode_enabled())
with torch.no_grad():
    with torch.inference_mode(False):
        print(torch.is_grad_enabled())
    with torch.inference_mode():
        print(torch.is_grad_enabled())
    print(torch.is_grad_enabled())
with torch.inference_mode():
    y = x * 2
    y.backward()
with torch.inference_mode():
    torch.autograd.grad(y, x)
z = (x * x).sum()
with torch.inference_mode():
    z.backward()
x.grad
z = (x * x).sum()
with torch.inference_mode():
    g, = torch.autograd.grad(z, x)
g.is_inference()
with torch.inference_mode() as m: print(m)
m = torch.inference_mode()
with m:
    print(torch.is_inference_mode_enabled())
torch.is_inference_mode_enabled()
m.mode
with torch.inference_mode(mode=False): print(torch.is_inference_mode_enabled())
torch.inference_mode(False).clone().mode
""",
}
