"""Programs about `torch.utils.checkpoint`."""

_IMPORT = "from torch.utils.checkpoint import checkpoint, checkpoint_sequential\n"

_BODIES = {
    "both kinds": """
x = leaf(1.0, 2.0)
def f(x):
    print("f", torch.is_grad_enabled())
    return (x.sin() * x).exp()
for r in (True, False):
    x.grad = None
    checkpoint(f, x, use_reentrant=r).sum().backward()
    print(x.grad)
""",
    "without use_reentrant": """
x = leaf(1.0)
attempt(lambda: checkpoint(torch.sin, x).backward())
print(x.grad)
attempt(lambda: checkpoint_sequential([torch.sin, torch.exp], 2, x).backward())
print(x.grad)
""",
    "no input requires grad": """
x = torch.ones(2)
w = leaf(1.0, 2.0)
f = lambda x: x * w
y = checkpoint(f, x, use_reentrant=True)
print(y.requires_grad)
y = checkpoint(f, x, use_reentrant=False)
print(y.requires_grad)
y.sum().backward()
print(w.grad)
""",
    "under no_grad": """
x = leaf(1.0)
def f(x):
    print("f")
    return x.sin()
with torch.no_grad():
    print(checkpoint(f, x, use_reentrant=True))
    print(checkpoint(f, x, use_reentrant=False))
""",
    "keyword arguments": """
x = leaf(1.0)
def f(x, k=1, *, s=2.0):
    return (x * k * s).sin()
checkpoint(f, x, k=3, s=4.0, use_reentrant=False).backward()
print(x.grad)
attempt(lambda: checkpoint(f, x, k=3, use_reentrant=True))
attempt(lambda: checkpoint(f, x, k=3, zzz=4, use_reentrant=True))
w = leaf(5.0)
checkpoint(lambda x, w: (x * w).sin(), x, w=w, use_reentrant=False).backward()
print(w.grad)
""",
    "several outputs": """
x = leaf(1.0)
def f(x):
    return x.sin(), x.cos(), 3, None
for r in (True, False):
    a, b, c, d = checkpoint(f, x, use_reentrant=r)
    print(c, d)
    (a * 2 + b).backward()
    print(x.grad)
""",
    "only one of several outputs is used": """
x = leaf(1.0)
f = lambda x: (x.sin(), x.cos())
for r in (True, False):
    checkpoint(f, x, use_reentrant=r)[0].backward()
    print(x.grad)
""",
    "dictionaries as outputs": """
x = leaf(1.0)
f = lambda x: {"a": x.sin()}
checkpoint(f, x, use_reentrant=False)["a"].backward()
print(x.grad)
y = checkpoint(f, x, use_reentrant=True)["a"]
print(y.requires_grad)
""",
    "tensors in lists as inputs": """
x, y = leaf(1.0), leaf(2.0)
f = lambda l: l[0].sin() * l[1].cos()
checkpoint(f, [x, y], use_reentrant=False).backward()
print(x.grad, y.grad)
z = checkpoint(f, [x, y], use_reentrant=True)
print(z.requires_grad)
""",
    "inputs that are no tensors": """
x = leaf(1.0)
f = lambda x, n, s, t: (x * n + t).sin()
for r in (True, False):
    checkpoint(f, x, 3, "s", torch.tensor(1.0), use_reentrant=r).backward()
    print(x.grad)
""",
    "closures": """
x, w = leaf(1.0), leaf(3.0)
f = lambda x: (x * w).sin()
for r in (True, False):
    checkpoint(f, x, use_reentrant=r).backward()
    print(x.grad, w.grad)
""",
    "autograd.grad": """
x = leaf(1.0)
print(grad(checkpoint(torch.sin, x, use_reentrant=False), x))
attempt(lambda: grad(checkpoint(torch.sin, x, use_reentrant=True), x))
attempt(lambda: checkpoint(torch.sin, x, use_reentrant=True).backward(inputs=[x]))
checkpoint(torch.sin, x, use_reentrant=False).backward(inputs=[x])
print(x.grad)
""",
    "double backward": """
x = leaf(1.0)
f = lambda x: x ** 3
(g,) = grad(checkpoint(f, x, use_reentrant=False), x, create_graph=True)
print(g, grad(g, x))
""",
    "double backward of the reentrant kind": """
x = leaf(1.0)
f = lambda x: x ** 3
y = checkpoint(f, x, use_reentrant=True)
attempt(lambda: y.backward(create_graph=True))
attempt(lambda: grad(x.grad, x))
x.grad = None
""",
    "backward twice": """
x = leaf(1.0)
n = []
def f(x):
    n.append(1)
    return x.sin()
y = checkpoint(f, x, use_reentrant=False)
y.backward(retain_graph=True)
y.backward()
print(x.grad, len(n))
attempt(y.backward)
y = checkpoint(f, x, use_reentrant=True)
y.backward(retain_graph=True)
y.backward()
print(x.grad, len(n))
attempt(y.backward)
""",
    "nested": """
x = leaf(1.0)
n = []
def inner(x):
    n.append("inner")
    return x.sin().exp()
def outer(x):
    n.append("outer")
    return checkpoint(inner, x.cos(), use_reentrant=False).tanh()
checkpoint(outer, x, use_reentrant=False).backward()
print(x.grad, n)
""",
    "nested reentrant": """
x = leaf(1.0)
n = []
def inner(x):
    n.append("inner")
    return x.sin().exp()
def outer(x):
    n.append("outer")
    return checkpoint(inner, x.cos(), use_reentrant=True).tanh()
checkpoint(outer, x, use_reentrant=True).backward()
print(x.grad, n)
""",
    "nested three times": """
x = leaf(0.5)
n = []
def make(depth):
    def f(x):
        n.append(depth)
        if depth == 0:
            return x.sin()
        return checkpoint(make(depth - 1), x.sin(), use_reentrant=False).cos()
    return f
checkpoint(make(3), x, use_reentrant=False).backward()
print(x.grad, n)
""",
    "early stop": """
x = leaf(1.0)
n = []
def f(x):
    y = x.sin()
    y = y.sin()
    n.append(1)
    return y
checkpoint(f, x, use_reentrant=False).backward()
print(len(n))
checkpoint(f, x, use_reentrant=False, early_stop=False).backward()
print(len(n))
from torch.utils.checkpoint import set_checkpoint_early_stop
with set_checkpoint_early_stop(False):
    y = checkpoint(f, x, use_reentrant=False)
y.backward()
print(len(n))
with set_checkpoint_early_stop(True):
    y = checkpoint(f, x, use_reentrant=False, early_stop=False)
y.backward()
print(len(n))
""",
    "early stop and try-finally": """
x = leaf(1.0)
def f(x):
    try:
        y = x.sin()
        y = y.exp()
        print("end")
        return y
    finally:
        print("finally")
checkpoint(f, x, use_reentrant=False).backward()
print(x.grad)
""",
    "a function that catches Exception": """
x = leaf(1.0)
def f(x):
    try:
        return x.sin().exp()
    except Exception:
        print("caught")
        raise
checkpoint(f, x, use_reentrant=False).backward()
print(x.grad)
""",
    "random numbers are drawn again": """
x = leaf(1.0, 2.0, 3.0)
torch.manual_seed(1)
masks = []
def f(x):
    m = torch.rand(3)
    masks.append(m)
    return (x * m).sin()
for r in (True, False):
    masks.clear()
    y = checkpoint(f, x, use_reentrant=r)
    print(torch.rand(1))
    y.sum().backward()
    print(torch.equal(*masks), torch.rand(1))
    masks.clear()
    checkpoint(f, x, use_reentrant=r, preserve_rng_state=False).sum().backward()
    print(torch.equal(*masks), torch.rand(1))
""",
    "dropout": """
torch.manual_seed(0)
x = torch.ones(10, requires_grad=True)
f = lambda x: torch.nn.functional.dropout(x, 0.5) * x if hasattr(torch.nn.functional, "dropout") else (torch.rand(10) > 0.5).float() * x
y = checkpoint(f, x, use_reentrant=False)
y.sum().backward()
print(((x.grad > 0) == (y > 0)).all())
""",
    "determinism: other number": """
from itertools import count
def unsteady(first, then):
    c = count()
    return lambda x: (then if next(c) else first)(x)
x = leaf(1.0, 2.0)
attempt(checkpoint(unsteady(lambda x: x.sin(), lambda x: x.sin().exp()), x, use_reentrant=False, early_stop=False).sum().backward)
attempt(checkpoint(unsteady(lambda x: x.sin().exp(), lambda x: x.sin()), x, use_reentrant=False).sum().backward)
attempt(checkpoint(unsteady(lambda x: x.sin().exp(), lambda x: x.sin()), x, use_reentrant=False, determinism_check="none").sum().backward)
attempt(checkpoint(unsteady(lambda x: x + 1, lambda x: x.sin()), x, use_reentrant=False).sum().backward)
""",
    "determinism: other metadata": """
from itertools import count
def unsteady(first, then):
    c = count()
    return lambda x: (then if next(c) else first)(x)
x = leaf(1.0, 2.0)
attempt(checkpoint(unsteady(lambda x: x.sin().sum(), lambda x: torch.cat([x, x]).sin().sum()), x, use_reentrant=False).backward)
attempt(checkpoint(unsteady(lambda x: x.sin().sum(), lambda x: x.double().sin().sum()), x, use_reentrant=False).backward)
attempt(checkpoint(unsteady(lambda x: (x * 1).sin().sum(), lambda x: torch.cat([x, x]).sin().sum()), x, use_reentrant=False, determinism_check="none").backward)
""",
    "determinism_check: unknown": """
attempt(lambda: checkpoint(torch.sin, leaf(1.0), use_reentrant=False, determinism_check="some"))
attempt(lambda: checkpoint(torch.sin, leaf(1.0), use_reentrant=True, determinism_check="some").backward())
""",
    "unpacking twice": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        a, = ctx.saved_tensors
        b, = ctx.saved_tensors
        return g * a * b
x = leaf(1.0)
attempt(checkpoint(F.apply, x * 1, use_reentrant=False).backward)
""",
    "custom functions inside": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(x, y)
        return y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y
x = leaf(1.0)
for r in (True, False):
    checkpoint(F.apply, x, use_reentrant=r).backward()
    print(x.grad)
""",
    "exceptions in the function": """
x = leaf(1.0)
def f(x): raise ValueError("inside")
for r in (True, False):
    attempt(lambda: checkpoint(f, x, use_reentrant=r))
print((x * 2).requires_grad)
""",
    "exceptions in the second computation": """
x = leaf(1.0)
for r in (True, False):
    n = []
    def f(x):
        n.append(1)
        if len(n) > 1: raise ValueError("second")
        return x.sin().exp()
    attempt(checkpoint(f, x, use_reentrant=r).backward)
print(x.grad, torch.is_grad_enabled())
(x * 2).backward()
print(x.grad)
""",
    "context_fn": """
import contextlib
x = leaf(1.0)
@contextlib.contextmanager
def say(name):
    print("enter", name)
    yield
    print("leave", name)
f = lambda x: x.sin().exp()
checkpoint(f, x, use_reentrant=False, context_fn=lambda: (say("first"), say("again"))).backward()
attempt(lambda: checkpoint(f, x, use_reentrant=True, context_fn=lambda: (say("first"), say("again"))))
attempt(lambda: checkpoint(f, x, use_reentrant=True, debug=True))
attempt(lambda: checkpoint(f, x, use_reentrant=False, debug=True, context_fn=lambda: (say("first"), say("again"))))
""",
    "context_fn under no_grad": """
import contextlib
@contextlib.contextmanager
def say(name):
    print("enter", name)
    yield
x = leaf(1.0)
with torch.no_grad():
    checkpoint(torch.sin, x, use_reentrant=False, context_fn=lambda: (say("first"), say("again")))
""",
    "noop_context_fn": """
from torch.utils.checkpoint import noop_context_fn
a, b = noop_context_fn()
with a, b:
    print("ok")
""",
    "hooks and gradients of inputs": """
x = leaf(1.0)
y = x * 2
y.register_hook(lambda g: print("y", g))
x.register_hook(lambda g: print("x", g))
for r in (True, False):
    checkpoint(torch.sin, y, use_reentrant=r).backward(retain_graph=True)
""",
    "hooks registered inside": """
x = leaf(1.0)
def f(x):
    y = x.sin()
    if y.requires_grad:
        y.register_hook(lambda g: print("hook", g))
    return y.exp()
checkpoint(f, x, use_reentrant=False).backward()
checkpoint(f, x, use_reentrant=True).backward()
""",
    "in-place inside": """
x = leaf(1.0, 2.0)
def f(x):
    y = x * 2
    y.sin_()
    y[0] = y[1] * 3
    return y
for r in (True, False):
    checkpoint(f, x, use_reentrant=r).sum().backward()
    print(x.grad)
""",
    "an input changed afterwards": """
x = leaf(1.0)
y = x * 1
z = checkpoint(lambda t: t.sin().exp(), y, use_reentrant=False)
y.add_(1)
attempt(z.backward)
print(x.grad)
y = x * 1
z = checkpoint(lambda t: t.sin().exp(), y, use_reentrant=True)
y.add_(1)
attempt(z.backward)
""",
    "an output changed": """
x = leaf(1.0)
y = checkpoint(lambda t: t.sin(), x, use_reentrant=False)
y.mul_(2)
y.backward()
print(x.grad)
""",
    "identity": """
x = leaf(1.0)
y = checkpoint(lambda t: t, x, use_reentrant=False)
print(y is x)
y = checkpoint(lambda t: t, x, use_reentrant=True)
print(y is x, y.requires_grad)
y.backward()
print(x.grad)
""",
    "the output of the reentrant kind is detached inside": """
x = leaf(1.0)
y = checkpoint(lambda t: t.detach(), x, use_reentrant=True)
print(y.requires_grad)
attempt(y.backward)
y = checkpoint(lambda t: t.detach(), x, use_reentrant=False)
print(y.requires_grad)
""",
    "grad_fn names": """
x = leaf(1.0)
print(checkpoint(torch.sin, x, use_reentrant=True).grad_fn.name())
print(checkpoint(torch.sin, x, use_reentrant=False).grad_fn.name())
""",
    "sequential": """
x = leaf(1.0, 2.0)
n = []
def step(name, f):
    def g(x):
        n.append(name)
        return f(x)
    return g
steps = [step("a", torch.sin), step("b", torch.exp), step("c", torch.tanh), step("d", torch.cos)]
for r in (True, False):
    for segments in (1, 2, 3, 4):
        x.grad = None
        n.clear()
        checkpoint_sequential(steps, segments, x, use_reentrant=r).sum().backward()
        print(segments, "".join(n), x.grad)
""",
    "sequential: errors": """
x = leaf(1.0)
attempt(lambda: checkpoint_sequential([torch.sin], 2, x, use_reentrant=False))
attempt(lambda: checkpoint_sequential([torch.sin], 1, x, use_reentrant=False, k=1))
attempt(lambda: checkpoint_sequential([torch.sin], 0, x, use_reentrant=False))
print(checkpoint_sequential([torch.sin, torch.exp], segments=2, input=x, use_reentrant=False, preserve_rng_state=False))
""",
    "set_checkpoint_debug_enabled": """
from torch.utils.checkpoint import set_checkpoint_debug_enabled
import contextlib
x = leaf(1.0)
def f():
    return checkpoint(torch.sin, x, use_reentrant=False, context_fn=lambda: (contextlib.nullcontext(), contextlib.nullcontext()))
with set_checkpoint_debug_enabled(True):
    attempt(f)
with set_checkpoint_debug_enabled(False):
    attempt(lambda: checkpoint(torch.sin, x, use_reentrant=False, debug=True, context_fn=lambda: (contextlib.nullcontext(), contextlib.nullcontext())))
with set_checkpoint_debug_enabled(None):
    print(checkpoint(torch.sin, x, use_reentrant=False, debug=True))
""",
    "CheckpointError": """
from torch.utils.checkpoint import CheckpointError
print(issubclass(CheckpointError, RuntimeError))
""",
    "detach_variable and check_backward_validity": """
from torch.utils.checkpoint import detach_variable, check_backward_validity
x, y = leaf(1.0), torch.ones(1)
a, b, c = detach_variable((x, y, 3))
print(a is x, a.requires_grad, b.requires_grad, c, a.is_leaf)
attempt(detach_variable, [x])
attempt(detach_variable, x)
check_backward_validity([x])
check_backward_validity([y, 3])
""",
    "saved-tensor hooks around": """
x = leaf(1.0)
log = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: (log.append("pack"), t)[1], lambda t: (log.append("unpack"), t)[1]):
    y = checkpoint(lambda t: t.sin().exp(), x * 1, use_reentrant=False)
print(log)
y.backward()
print(x.grad)
""",
    "saved-tensor hooks inside": """
x = leaf(1.0)
log = []
def f(t):
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (log.append("pack"), t)[1], lambda t: (log.append("unpack"), t)[1]):
        return t.sin().exp()
y = checkpoint(f, x, use_reentrant=False)
y.backward()
print(x.grad, log)
""",
    "several checkpoints in a row": """
x = leaf(0.5)
n = []
def f(k):
    def g(x):
        n.append(k)
        return x.sin().exp()
    return g
y = x
for i in range(4):
    y = checkpoint(f(i), y, use_reentrant=False)
y.backward()
print(n, x.grad)
""",
    "one checkpoint used twice": """
x = leaf(0.5)
n = []
def f(x):
    n.append(1)
    return x.sin().exp()
y = checkpoint(f, x, use_reentrant=False)
(y * y + y.sin()).backward()
print(len(n), x.grad)
a = checkpoint(f, x, use_reentrant=False)
b = checkpoint(f, x, use_reentrant=False)
(a * b).backward()
print(len(n), x.grad)
""",
    "two outputs, two passes": """
x = leaf(0.5)
n = []
def f(x):
    n.append(1)
    return x.sin().exp(), x.cos().exp()
a, b = checkpoint(f, x, use_reentrant=False)
a.backward()
attempt(b.backward)
print(len(n), x.grad)
""",
    "part of the graph": """
x, w = leaf(1.0), leaf(2.0)
y = checkpoint(lambda x, w: (x * w).sin().exp(), x, w, use_reentrant=False)
print(grad(y, x, retain_graph=True), grad(y, w))
""",
    "checkpoint of a checkpointed graph with retain_graph": """
x = leaf(1.0)
y = checkpoint(lambda x: x.sin().exp(), x, use_reentrant=False)
print(grad(y, x, retain_graph=True), grad(y, x, retain_graph=True), grad(y, x))
attempt(grad, y, x)
""",
    "the function is freed": """
import weakref
class F:
    def __call__(self, x): return x.sin().exp()
x = leaf(1.0)
for r in (True, False):
    f = F()
    ref = weakref.ref(f)
    y = checkpoint(f, x, use_reentrant=r)
    del f
    print(ref() is not None)
    y.backward()
    del y
    print(ref() is None)
""",
    "grad mode inside": """
x = leaf(1.0)
def f(x):
    with torch.no_grad():
        y = x * 2
    print(y.requires_grad)
    return (x * y).sin()
for r in (True, False):
    checkpoint(f, x, use_reentrant=r).backward()
    print(x.grad)
""",
    "needs arguments": """
try:
    checkpoint()
except TypeError:
    print("TypeError")
x = leaf(1.0)
print(checkpoint(lambda: x.sin(), use_reentrant=False))
attempt(lambda: checkpoint(lambda: x.sin(), use_reentrant=True))
""",
    "selective: policies": """
from torch.utils.checkpoint import CheckpointPolicy, create_selective_checkpoint_contexts
print([p.name for p in CheckpointPolicy])
print(CheckpointPolicy.MUST_SAVE.value, CheckpointPolicy.PREFER_RECOMPUTE.value)
""",
}

PROGRAMS = {title: _IMPORT + body for title, body in _BODIES.items()}
