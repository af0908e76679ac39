"""Programs about saved tensors: hooks that pack and unpack them, for blocks and for single values."""

PROGRAMS = {
    "pack and unpack": """
x = leaf(2.0, 3.0)
def pack(t): print("pack", t.detach()); return t
def unpack(t): print("unpack", t.detach()); return t
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = x * x
    z = y.exp()
z.sum().backward()
print(x.grad)
""",
    "hooks change the values": """
x = leaf(2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 10, lambda t: t):
    y = x * x
y.backward()
print(x.grad)
""",
    "packing into other objects": """
x = leaf(2.0, 3.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), lambda l: torch.tensor(l)):
    y = x.exp() * x
y.sum().backward()
print(x.grad)
""",
    "packing to numpy": """
x = leaf(2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().numpy(), lambda a: torch.from_numpy(a)):
    y = x.sin()
y.backward()
print(x.grad)
""",
    "packing to a smaller type": """
x = leaf(1.0, 2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.to(torch.float16), lambda t: t.to(torch.float32)):
    y = x ** 3
y.sum().backward()
print(x.grad)
""",
    "what a pack hook sees": """
x = leaf(2.0)
w = x * 3
def pack(t):
    print(t.requires_grad, t.is_leaf, t is x, t is w, torch.is_grad_enabled())
    return t
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    y = w * x
    z = y.exp()
z.backward()
print(x.grad)
""",
    "what an unpack hook sees": """
x = leaf(2.0)
def unpack(t):
    print(torch.is_grad_enabled())
    return t
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
    y = x * x
grad(y, x, retain_graph=True)
grad(y, x, create_graph=True)
""",
    "nothing is packed that is not saved": """
x = leaf(2.0)
n = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: n.append(1), lambda t: t):
    y = x + 1
    y = y.neg() - x
    y = y.sum()
    torch.ones(2) * torch.ones(2)
    with torch.no_grad():
        x * x
print(len(n))
""",
    "how many packs": """
x, w = leaf(1.0, 2.0), torch.tensor([3.0, 4.0])
n = []
def count(f):
    n.clear()
    with torch.autograd.graph.saved_tensors_hooks(lambda t: n.append(tuple(t.shape)), lambda t: t):
        f()
    print(n)
count(lambda: x * w)
count(lambda: x * x)
count(lambda: x / w)
count(lambda: w / x)
count(lambda: x.exp())
count(lambda: x.sum())
count(lambda: x.relu())
count(lambda: x ** 2)
count(lambda: 2 ** x)
count(lambda: x.log())
count(lambda: x.sqrt())
count(lambda: x @ w)
count(lambda: torch.softmax(x, 0))
count(lambda: x.max())
count(lambda: x.clamp(0, 1))
count(lambda: x.view(2, 1) @ w.view(1, 2))
""",
    "innermost hooks are used": """
x = leaf(2.0)
def pair(name):
    return torch.autograd.graph.saved_tensors_hooks(lambda t: (print("pack", name), t)[1], lambda t: (print("unpack", name), t)[1])
with pair("outer"):
    y = x.exp()
    with pair("inner"):
        z = y.sin()
    w = z.cos()
w.backward()
print(x.grad)
""",
    "a pack hook that computes": """
x = leaf(2.0)
def pack(t):
    return t * 2
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t / 2):
    y = x * x
print(y.grad_fn._saved_self)
y.backward()
print(x.grad)
""",
    "a pack hook that raises": """
x = leaf(2.0)
def pack(t): raise ValueError("pack")
def f():
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        return x * x
attempt(f)
print((x * x).requires_grad)
""",
    "an unpack hook that raises": """
x = leaf(2.0)
def unpack(t): raise ValueError("unpack")
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
    y = x * x
attempt(y.backward)
print(x.grad)
""",
    "unpack hooks that return wrong things": """
x = leaf(2.0)
for wrong in (None, 3, "a", [torch.ones(1)], (torch.ones(1),)):
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: wrong):
        y = x * x
    attempt(y.backward)
""",
    "a pack hook that returns None": """
x = leaf(2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: None, lambda t: torch.tensor(5.0) if t is None else t):
    y = x * x
y.backward()
print(x.grad)
""",
    "hooks of wrong arity": """
x = leaf(2.0)
def f():
    with torch.autograd.graph.saved_tensors_hooks(lambda: 1, lambda t: t):
        x * x
try:
    f()
except TypeError:
    print("TypeError")
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda: 1):
    y = x * x
try:
    y.backward()
except TypeError:
    print("TypeError")
""",
    "a pack hook that changes its input in place": """
x = leaf(2.0)
y = x * 1
def f(change):
    with torch.autograd.graph.saved_tensors_hooks(change, lambda t: t):
        return y.exp()
attempt(lambda: f(lambda t: t.mul_(2)).backward())
attempt(lambda: f(lambda t: t.detach().mul_(2)).backward())
attempt(lambda: f(lambda t: t.clone().mul_(2)).backward())
""",
    "an in-place change after packing is not detected": """
x = leaf(2.0, 3.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
    y = x * 1
    z = y * y
y.mul_(10)
z.sum().backward()
print(x.grad)
""",
    "an in-place change of what the identity kept": """
x = leaf(2.0, 3.0)
y = x * 1
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
    z = y * y
y.mul_(10)
attempt(z.sum().backward)
print(x.grad)
""",
    "in-place operations inside": """
x = leaf(2.0, 3.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
    y = x * 2
    y.mul_(y)
    y.exp_()
y.sum().backward()
print(x.grad)
""",
    "retain_graph unpacks again": """
x = leaf(2.0)
n = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: (n.append(1), t)[1]):
    y = x * x
y.backward(retain_graph=True)
print(len(n))
y.backward()
print(len(n))
attempt(y.backward)
print(len(n), x.grad)
""",
    "double backward through packed values": """
x = leaf(2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
    y = x ** 3
(g,) = grad(y, x, create_graph=True)
print(g, grad(g, x))
with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
    y = x.exp()
(g,) = grad(y, x, create_graph=True)
print(g, grad(g, x))
""",
    "the hooks apply to the recorded backward pass": """
x = leaf(2.0)
y = x ** 3
n = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: (n.append(1), t)[1], lambda t: t):
    (g,) = grad(y, x, create_graph=True)
print(len(n) > 0)
print(grad(g, x))
""",
    "custom functions": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(x, y, None)
        return y
    @staticmethod
    def backward(ctx, g):
        x, y, n = ctx.saved_tensors
        print(n)
        return g * y
x = leaf(2.0)
def pack(t): print("pack", t.detach()); return t.detach().clone()
def unpack(t): print("unpack", t); return t
with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
    y = F.apply(x)
y.backward()
print(x.grad)
""",
    "save_on_cpu": """
x = leaf(2.0, 3.0)
with torch.autograd.graph.save_on_cpu():
    y = x * 1
    z = y.exp() * y
y.mul_(10)
z.sum().backward()
print(x.grad)
with torch.autograd.graph.save_on_cpu(pin_memory=False):
    (x * x).sum().backward()
print(x.grad)
""",
    "save_on_cpu as a decorator fails": """
attempt(lambda: torch.autograd.graph.save_on_cpu()(lambda: 1)())
""",
    "saved_tensors_hooks entered twice": """
x = leaf(2.0)
h = torch.autograd.graph.saved_tensors_hooks(lambda t: (print("p"), t)[1], lambda t: t)
with h:
    with h:
        x * x
    x.exp()
x.exp()
""",
    "hooks that are no callables": """
for a, b in ((1, 2), (None, None), (lambda t: t, None)):
    try:
        with torch.autograd.graph.saved_tensors_hooks(a, b):
            pass
    except TypeError:
        print("TypeError")
""",
    "exit after an exception": """
x = leaf(2.0)
n = []
try:
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (n.append(1), t)[1], lambda t: t):
        raise ValueError
except ValueError:
    pass
x * x
print(len(n))
""",
    "disable_saved_tensors_hooks": """
def f():
    with torch.autograd.graph.save_on_cpu():
        return "in"
with torch.autograd.graph.disable_saved_tensors_hooks("no hooks here"):
    attempt(f)
attempt(f)
""",
    "disable inside hooks": """
def f():
    with torch.autograd.graph.save_on_cpu():
        with torch.autograd.graph.disable_saved_tensors_hooks("not now"):
            return "in"
attempt(f)
print((leaf(1.0) * 2).requires_grad)
""",
    "disable nested": """
def f():
    with torch.autograd.graph.save_on_cpu():
        pass
with torch.autograd.graph.disable_saved_tensors_hooks("outer"):
    with torch.autograd.graph.disable_saved_tensors_hooks("inner"):
        attempt(f)
    attempt(f)
attempt(f)
@torch.autograd.graph.disable_saved_tensors_hooks("deco")
def g():
    f()
attempt(g)
""",
    "checkpoint under disable": """
from torch.utils.checkpoint import checkpoint
x = leaf(1.0)
def f():
    with torch.autograd.graph.disable_saved_tensors_hooks("no checkpoints"):
        return checkpoint(torch.sin, x, use_reentrant=False)
attempt(f)
""",
    "_saved attributes call the unpack hook": """
x = leaf(2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t + 1):
    y = x.exp()
print(y.grad_fn._saved_result)
print(y.grad_fn._saved_result)
""",
    "_raw_saved: register_hooks": """
x = leaf(2.0)
y = x.exp()
y.grad_fn._raw_saved_result.register_hooks(lambda t: t * 2, lambda t: t)
print(y.grad_fn._saved_result)
y.backward()
print(x.grad)
""",
    "_raw_saved: twice": """
x = leaf(2.0)
y = x.exp()
raw = y.grad_fn._raw_saved_result
raw.register_hooks(lambda t: t, lambda t: t)
attempt(raw.register_hooks, lambda t: t, lambda t: t)
with torch.autograd.graph.save_on_cpu():
    y = x.exp()
attempt(y.grad_fn._raw_saved_result.register_hooks, lambda t: t, lambda t: t)
""",
    "_raw_saved: errors": """
x = leaf(2.0)
y = x.exp()
raw = y.grad_fn._raw_saved_result
for args in ((1, 2), (lambda t: t,), (lambda: 1, lambda t: t)):
    try:
        raw.register_hooks(*args)
    except TypeError:
        print("TypeError")
y.backward()
attempt(raw.register_hooks, lambda t: t, lambda t: t)
attempt(lambda: y.grad_fn._raw_saved_result)
attempt(lambda: y.grad_fn._saved_result)
""",
    "_raw_saved: of several values": """
x, w = leaf(2.0), leaf(3.0)
y = x * w
y.grad_fn._raw_saved_self.register_hooks(lambda t: 7.0, lambda v: torch.tensor(v))
y.backward()
print(x.grad, w.grad)
print(type(raw).__name__) if False else None
""",
    "_raw_saved of custom functions": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y)
        return y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        print(x, y.detach())
        return g * x
x = leaf(2.0)
y = F.apply(x)
raws = y.grad_fn._raw_saved_tensors
print(type(raws).__name__, len(raws))
raws[0].register_hooks(lambda t: t * 100, lambda t: t)
print(y.grad_fn.saved_tensors)
y.backward()
print(x.grad)
attempt(lambda: y.grad_fn._raw_saved_tensors)
""",
    "a pack hook that changes its input, on a single value": """
x = leaf(2.0)
y = (x * 1)
z = y.exp()
attempt(z.grad_fn._raw_saved_result.register_hooks, lambda t: t.mul_(2), lambda t: t)
""",
    "saved hooks are of this thread only": """
import threading
x = leaf(2.0)
n = []
def f():
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (n.append(1), t)[1], lambda t: t):
        pass
    x * x
def g():
    x * x
with torch.autograd.graph.saved_tensors_hooks(lambda t: (n.append(1), t)[1], lambda t: t):
    t = threading.Thread(target=g); t.start(); t.join()
print(len(n))
""",
    "offloading to disk": """
import os, tempfile, uuid
x = leaf(2.0, 3.0)
with tempfile.TemporaryDirectory() as d:
    def pack(t):
        name = os.path.join(d, str(uuid.uuid4()))
        torch.save(t, name)
        return name
    def unpack(name):
        return torch.load(name)
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = x ** 2
    y.sum().backward()
print(x.grad)
""",
    "hooks in a decorated forward": """
x = leaf(2.0)
class Model:
    def __call__(self, x):
        with torch.autograd.graph.save_on_cpu():
            return (x * x).exp()
Model()(x).backward()
print(x.grad)
""",
    "leaves and inputs keep their identity": """
x = leaf(2.0)
seen = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: (seen.append(t is x), t)[1]):
    y = x * x
y.backward()
print(seen)
""",
    "unpacked outputs keep their grad_fn": """
x = leaf(2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
    y = x.exp()
s = y.grad_fn._saved_result
print(s.requires_grad, s.grad_fn is y.grad_fn)
""",
    "a hook object does not outlive the graph": """
import weakref
class Box: pass
b = Box()
r = weakref.ref(b)
x = leaf(2.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t, b=b: (b, t), lambda p: p[1]):
    y = x.exp()
del b
y.backward()
del y
print(r() is None)
""",
    "freed after backward": """
import weakref
class Box:
    def __init__(self, t): self.t = t
x = leaf(2.0)
refs = []
def pack(t):
    box = Box(t.detach().clone())
    refs.append(weakref.ref(box))
    return box
with torch.autograd.graph.saved_tensors_hooks(pack, lambda box: box.t):
    y = x * x
print([r() is not None for r in refs])
y.backward()
print([r() is not None for r in refs])
""",
    "a shape that the unpack hook changes": """
x = leaf(2.0, 3.0)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: torch.ones(3)):
    y = x * torch.ones(2)
try:
    y.sum().backward()
except RuntimeError:
    print("RuntimeError")
print(x.grad)
""",
}
