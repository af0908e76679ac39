"""Programs about hooks: of tensors, of nodes, after accumulation, over several tensors; their handles and their order."""

PROGRAMS = {
    "a hook sees the gradient": """
x = leaf(1.0, 2.0)
x.register_hook(lambda g: print(g, g.requires_grad))
(x * 3).sum().backward()
""",
    "a hook replaces the gradient": """
x = leaf(1.0, 2.0)
x.register_hook(lambda g: g * 2)
x.register_hook(lambda g: g + 1)
(x * 3).sum().backward()
print(x.grad)
""",
    "a hook on an intermediate replaces what flows on": """
x = leaf(1.0, 2.0)
y = x * 3
y.register_hook(lambda g: g * 10)
y.sum().backward()
print(x.grad)
""",
    "hooks run once, on the sum": """
x = leaf(2.0)
y = x * 2
y.register_hook(print)
(y + y * 3 + y * y).backward()
""",
    "hooks with autograd.grad": """
x = leaf(2.0)
x.register_hook(lambda g: g * 2)
y = x * x
y.register_hook(lambda g: g * 3)
print(grad(y, x, retain_graph=True), grad(y, [x, y], retain_graph=True), grad(y, y))
""",
    "hooks and the gradient given": """
x = leaf(2.0)
y = x * x
y.register_hook(lambda g: print(g))
y.backward(torch.tensor(4.0))
""",
    "order of hooks of different tensors": """
x = leaf(2.0)
a = x * 2
b = a * 3
c = b + a
for name, t in dict(x=x, a=a, b=b, c=c).items():
    t.register_hook(lambda g, name=name: print(name, g.item()))
c.backward()
""",
    "removing a hook": """
x = leaf(1.0)
h = x.register_hook(lambda g: g * 100)
h.remove()
h.remove()
x.backward()
print(x.grad)
""",
    "a handle as a context manager": """
x = leaf(1.0)
with x.register_hook(lambda g: g * 100) as h:
    x.backward()
    print(x.grad, type(h).__name__)
x.backward()
print(x.grad)
""",
    "removing oneself during the pass": """
x = leaf(1.0)
def f(g):
    h.remove()
    return g * 10
h = x.register_hook(f)
x.backward(); print(x.grad)
x.backward(); print(x.grad)
""",
    "removing the next hook during the pass": """
x = leaf(1.0)
hs = []
def f(g):
    hs[1].remove()
hs.append(x.register_hook(f))
hs.append(x.register_hook(lambda g: print("second")))
x.backward()
x.backward()
""",
    "adding a hook during the pass": """
x = leaf(1.0)
def f(g):
    x.register_hook(lambda g: print("new"))
x.register_hook(f)
x.backward()
print("again")
x.backward()
""",
    "removing in another order": """
x = leaf(1.0)
a = x.register_hook(lambda g: print("a"))
b = x.register_hook(lambda g: print("b"))
c = x.register_hook(lambda g: print("c"))
b.remove()
x.backward()
a.remove(); c.remove()
x.backward()
print("none")
""",
    "hooks that return wrong things": """
x = leaf(1.0, 2.0)
for wrong in (1.0, "g", [1.0], (torch.ones(2),), True):
    h = x.register_hook(lambda g: wrong)
    attempt((x * 2).sum().backward)
    h.remove()
print(x.grad)
""",
    "hooks that return wrong shapes": """
x = leaf(1.0, 2.0)
for wrong in (torch.ones(3), torch.ones(1), torch.tensor(1.0), torch.ones(2, 1)):
    h = x.register_hook(lambda g: wrong)
    attempt((x * 2).sum().backward)
    h.remove()
print(x.grad)
""",
    "hooks that return wrong dtypes": """
x = leaf(1.0, 2.0)
for wrong in (torch.ones(2, dtype=torch.float64), torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.complex64)):
    h = x.register_hook(lambda g: wrong)
    attempt((x * 2).sum().backward)
    h.remove()
print(x.grad)
""",
    "wrong hooks of intermediates": """
x = leaf(1.0, 2.0)
def named(g): return torch.ones(5)
y = x * 2
y.register_hook(named)
attempt(y.sum().backward)
class Callable:
    def __call__(self, g): return torch.ones(5)
y = x * 2
y.register_hook(Callable())
attempt(y.sum().backward)
""",
    "registering what cannot be registered": """
attempt(torch.ones(1).register_hook, print)
x = leaf(1.0)
with torch.no_grad():
    y = x * 2
attempt(y.register_hook, print)
attempt(x.detach().register_hook, print)
attempt(torch.ones(1).register_post_accumulate_grad_hook, print)
attempt((x * 2).register_post_accumulate_grad_hook, print)
""",
    "registering what cannot be called": """
x = leaf(1.0)
x.register_hook(3)
try:
    x.backward()
except TypeError as e:
    print(e)
""",
    "exceptions from hooks": """
x = leaf(1.0)
class Mine(Exception): pass
def f(g): raise Mine("stop")
h = x.register_hook(f)
attempt((x * 2).backward)
h.remove()
(x * 2).backward()
print(x.grad)
""",
    "exceptions in the middle": """
x = leaf(2.0)
y = x * x
def f(g): raise ValueError("no")
h = y.register_hook(f)
z = y * 2
attempt(z.backward, retain_graph=True)
h.remove()
z.backward()
print(x.grad)
""",
    "hooks change the gradient in place": """
x = leaf(1.0, 2.0)
x.register_hook(lambda g: print(g.mul_(10)))
(x * 3).sum().backward()
print(x.grad)
""",
    "hooks before and after an in-place change": """
x = leaf(1.0, 2.0)
y = x * 2
y.register_hook(lambda g: print("before", g))
y.mul_(3)
y.register_hook(lambda g: print("after", g))
y.sum().backward()
print(x.grad)
""",
    "a hook registered before two in-place changes": """
x = leaf(1.0)
y = x * 2
y.register_hook(lambda g: print("first", g.item()))
y.mul_(3)
y.register_hook(lambda g: print("second", g.item()))
y.add_(y)
y.register_hook(lambda g: print("third", g.item()))
y.backward()
print(x.grad)
""",
    "a hook before an in-place change of a view": """
x = leaf(1.0, 2.0)
y = x * 2
v = y[0]
v.register_hook(lambda g: print("v", g))
y.register_hook(lambda g: print("y", g))
v.mul_(5)
v.register_hook(lambda g: print("v after", g))
y.register_hook(lambda g: print("y after", g))
y.sum().backward()
print(x.grad)
""",
    "retain_grad before an in-place change": """
x = leaf(1.0, 2.0)
y = x * 2
y.retain_grad()
y.mul_(3)
y.sum().backward()
print(y.grad, x.grad)
""",
    "retain_grad before and hook after": """
x = leaf(1.0)
y = x * 2
y.retain_grad()
y.register_hook(lambda g: g * 10)
y.mul_(3)
y.register_hook(lambda g: g * 7)
y.backward()
print(y.grad, x.grad)
""",
    "retained grad sees the hooks": """
x = leaf(1.0)
y = x * 2
y.retain_grad()
y.register_hook(lambda g: g * 10)
y.backward()
print(y.grad, x.grad)
""",
    "retain_grad always runs last": """
x = leaf(1.0)
y = x * 2
h = y.register_hook(lambda g: g * 2)
y.retain_grad()
y.register_hook(lambda g: g * 3)
h.remove()
y.backward()
print(y.grad)
""",
    "retain_grad of a view, base changed": """
x = leaf(1.0, 2.0)
y = x * 2
v = y[:1]
v.retain_grad()
y.mul_(3)
(y.sum() + v.sum()).backward()
print(v.grad, x.grad)
""",
    "retain_grad of a base, view changed": """
x = leaf(1.0, 2.0)
y = x * 2
y.retain_grad()
y[0].mul_(3)
y.sum().backward()
print(y.grad, x.grad)
""",
    "retained by inputs, with hooks": """
x = leaf(1.0)
y = x * 2
y.register_hook(lambda g: g * 10)
(y * 3).backward(inputs=[y])
print(y.grad)
""",
    "hooks on a leaf that becomes a non-leaf": """
x = leaf(1.0, 2.0)
x.register_hook(lambda g: print("leaf", g))
y = x.clone()
y.add_(1)
y.sum().backward()
""",
    "hooks survive no reassignment": """
x = leaf(1.0)
x.register_hook(lambda g: g * 2)
x = x * 1
x.backward()
""",
    "hooks on detached tensors": """
x = leaf(1.0)
x.register_hook(lambda g: g * 2)
d = x.detach().requires_grad_()
d.backward()
print(d.grad)
""",
    "hooks when requires_grad is switched off and on": """
x = leaf(1.0)
h = x.register_hook(lambda g: g * 2)
x.requires_grad_(False)
x.requires_grad_(True)
x.backward()
print(x.grad)
""",
    "_backward_hooks": """
x = leaf(1.0)
print(x._backward_hooks)
h = x.register_hook(print)
print(len(x._backward_hooks), h.id in x._backward_hooks)
h.remove()
print(len(x._backward_hooks))
""",
    "handles: ids, pickle, equality": """
import pickle
x = leaf(1.0)
a, b = x.register_hook(print), x.register_hook(print)
print(b.id - a.id)
c = pickle.loads(pickle.dumps(a))
print(c.id == a.id)
c.remove()
from torch.utils.hooks import RemovableHandle
print(isinstance(a, RemovableHandle))
""",
    "a handle does not keep the tensor": """
import weakref
x = leaf(1.0)
h = x.register_hook(lambda g: None)
r = weakref.ref(x)
del x
print(r() is None)
h.remove()
""",
    "a hook that keeps its tensor's clone": """
x = leaf(1.0)
kept = []
y = x * 2
y.register_hook(kept.append)
y.backward()
print(kept)
""",
    "hooks with create_graph are recorded": """
x = leaf(2.0)
x.register_hook(lambda g: g * x)
(g,) = grad(x * x, x, create_graph=True)
print(g)
print(grad(g, x))
""",
    "hooks of higher passes": """
x = leaf(2.0)
n = []
x.register_hook(lambda g: n.append(g.item()))
(g,) = grad(x ** 3, x, create_graph=True)
g.register_hook(lambda h: print("of the gradient", h))
g.backward()
print(n)
""",
    "hooks do not see gradients that do not arrive": """
x, y = leaf(1.0), leaf(2.0)
y.register_hook(lambda g: print("never"))
(x * 2).backward()
z = x * y.detach()
z.backward()
print(y.grad)
""",
    "hooks of an unneeded branch with inputs": """
x, y = leaf(1.0), leaf(2.0)
a, b = x * 2, y * 3
a.register_hook(lambda g: print("a"))
b.register_hook(lambda g: print("b"))
x.register_hook(lambda g: print("x"))
y.register_hook(lambda g: print("y"))
(a * b).backward(inputs=[x])
print(x.grad, y.grad)
print(grad(x * 2 * y, y))
""",
    "hook on the captured input": """
x = leaf(1.0)
y = x * 2
y.register_hook(lambda g: g * 100)
x.register_hook(lambda g: g * 7)
z = y * 3
print(grad(z, [y, x], retain_graph=True))
print(grad(z, y, retain_graph=True))
""",
    "post-accumulate hook": """
x = leaf(1.0, 2.0)
x.register_post_accumulate_grad_hook(lambda p: print(p is x, p.grad))
(x * 3).sum().backward()
(x * 3).sum().backward()
""",
    "post-accumulate hook frees the gradient": """
x = leaf(1.0)
def f(p):
    p.grad = None
h = x.register_post_accumulate_grad_hook(f)
(x * 3).backward()
print(x.grad)
h.remove()
(x * 3).backward()
print(x.grad)
""",
    "post-accumulate hook as an optimiser step": """
x = leaf(1.0, 2.0)
def step(p):
    with torch.no_grad():
        p.sub_(p.grad * 0.1)
    p.grad = None
x.register_post_accumulate_grad_hook(step)
for _ in range(3):
    (x * x).sum().backward()
print(x)
""",
    "post-accumulate hooks: several, order, removal": """
x = leaf(1.0)
a = x.register_post_accumulate_grad_hook(lambda p: print("a"))
b = x.register_post_accumulate_grad_hook(lambda p: print("b"))
x.register_hook(lambda g: print("tensor hook"))
x.backward()
a.remove()
x.backward()
""",
    "post-accumulate hooks return None": """
x = leaf(1.0)
x.register_post_accumulate_grad_hook(lambda p: p)
attempt(x.backward)
print(x.grad)
""",
    "post-accumulate hooks and grad()": """
x = leaf(1.0)
x.register_post_accumulate_grad_hook(lambda p: print("hook", p.grad))
print(grad(x * 2, x))
(x * 2).backward(inputs=[x])
""",
    "post-accumulate hooks with create_graph": """
x = leaf(2.0)
x.register_post_accumulate_grad_hook(lambda p: print(p.grad.requires_grad, torch.is_grad_enabled()))
(x * x).backward(create_graph=True)
x.grad = None
""",
    "post-accumulate hooks that fail": """
x, y = leaf(1.0), leaf(2.0)
def f(p): raise KeyError("k")
x.register_post_accumulate_grad_hook(f)
attempt((x * y).backward)
print(x.grad)
""",
    "node hook": """
x = leaf(1.0, 2.0)
y = x * 3
y.grad_fn.register_hook(lambda gi, go: print(gi, go))
y.sum().backward()
""",
    "node hook replaces": """
x, w = leaf(1.0), leaf(2.0)
y = x * w
y.grad_fn.register_hook(lambda gi, go: (gi[0] * 10, gi[1] * 100))
y.backward()
print(x.grad, w.grad)
""",
    "node hook: None for a gradient": """
x, w = leaf(1.0), leaf(2.0)
y = x * w
y.grad_fn.register_hook(lambda gi, go: (None, gi[1]))
attempt(y.backward)
print(x.grad, w.grad)
""",
    "node hooks that return wrong things": """
x, w = leaf(1.0), leaf(2.0)
for wrong in (1.0, [torch.ones(())], (torch.ones(()),), (1.0, 2.0), (torch.ones(2), None), ("a", None), torch.ones(())):
    y = x * w
    y.grad_fn.register_hook(lambda gi, go: wrong)
    attempt(y.backward)
print(x.grad, w.grad)
""",
    "node prehook": """
x = leaf(1.0, 2.0)
y = x * 3
y.grad_fn.register_prehook(lambda go: print(go))
y.grad_fn.register_prehook(lambda go: (go[0] * 2,))
y.grad_fn.register_prehook(lambda go: print(go))
y.sum().backward()
print(x.grad)
""",
    "node prehooks that return wrong things": """
x = leaf(1.0, 2.0)
for wrong in (1.0, [torch.ones(2)], (), (torch.ones(2), torch.ones(2)), (1.0,), (torch.ones(3),), torch.ones(2)):
    y = x * 3
    y.grad_fn.register_prehook(lambda go: wrong)
    attempt(y.sum().backward)
print(x.grad)
""",
    "node prehook returns None inside": """
x = leaf(1.0, 2.0)
y = x * 3
y.grad_fn.register_prehook(lambda go: (None,))
attempt(y.sum().backward)
print(x.grad)
""",
    "order of all hooks of one tensor": """
x = leaf(1.0)
y = x * 2
y.grad_fn.register_hook(lambda gi, go: print("post"))
y.grad_fn.register_prehook(lambda go: print("pre"))
y.register_hook(lambda g: print("tensor"))
y.retain_grad()
y.register_hook(lambda g: print("tensor 2"))
y.backward()
""",
    "order of all hooks of a leaf": """
x = leaf(1.0)
acc = x.view_as(x).grad_fn.next_functions[0][0]
acc.register_hook(lambda gi, go: print("post", gi, go, x.grad))
acc.register_prehook(lambda go: print("pre", go, x.grad))
x.register_hook(lambda g: print("tensor", g, x.grad))
x.register_post_accumulate_grad_hook(lambda p: print("post acc", p.grad))
x.backward()
""",
    "prehook of a leaf's accumulator replaces": """
x = leaf(1.0)
acc = x.view_as(x).grad_fn.next_functions[0][0]
acc.register_prehook(lambda go: (go[0] * 5,))
x.backward()
print(x.grad)
print(grad(x * 2, x))
""",
    "hooks of a leaf's accumulator without the graph": """
x = leaf(1.0)
x.view_as(x).grad_fn.next_functions[0][0].register_hook(lambda gi, go: print("kept"))
x.backward()
""",
    "node hooks of a node with several results": """
x = leaf(1.0, 2.0, 3.0)
a, b, c = x.unbind()
a.grad_fn.register_prehook(lambda go: print(go))
a.grad_fn.register_hook(lambda gi, go: print(gi, go))
(a * 2 + c * 3).backward()
""",
    "tensor hooks of one of several results": """
x = leaf(1.0, 2.0, 3.0)
a, b, c = x.unbind()
a.register_hook(lambda g: print("a", g))
b.register_hook(lambda g: print("b", g))
c.register_hook(lambda g: g * 10)
(a * 2 + c * 3).backward()
print(x.grad)
""",
    "node hooks: untracked operands": """
x = leaf(1.0, 2.0)
y = x * torch.ones(2)
y.grad_fn.register_hook(lambda gi, go: print(len(gi), gi))
y.sum().backward()
z = torch.addcmul(torch.ones(2), x, torch.ones(2))
z.grad_fn.register_hook(lambda gi, go: print(len(gi), gi))
z.sum().backward()
""",
    "node hooks with inputs": """
x, w = leaf(1.0), leaf(2.0)
y = x * w
y.grad_fn.register_hook(lambda gi, go: print(gi, go))
print(grad(y, x))
""",
    "removal of node hooks": """
x = leaf(1.0)
y = x * 2
a = y.grad_fn.register_hook(lambda gi, go: print("a"))
b = y.grad_fn.register_prehook(lambda go: print("b"))
y.backward(retain_graph=True)
a.remove(); b.remove()
y.backward()
with (x * 1).grad_fn.register_hook(lambda gi, go: print("c")):
    pass
""",
    "node hooks raise": """
x = leaf(1.0)
y = x * 2
y.grad_fn.register_hook(lambda gi, go: 1 / 0)
attempt(y.backward)
y = x * 2
y.grad_fn.register_prehook(lambda go: {}["k"])
attempt(y.backward)
print(x.grad)
""",
    "multi-grad hook": """
from torch.autograd.graph import register_multi_grad_hook
a, b, c = leaf(1.0), leaf(2.0), leaf(3.0)
h = register_multi_grad_hook((a, b, c), lambda gs: print(gs))
(a * b).backward()
(a * b * c).backward()
h.remove()
(a * b).backward()
""",
    "multi-grad hook any": """
from torch.autograd.graph import register_multi_grad_hook
a, b = leaf(1.0), leaf(2.0)
y, z = a * 2, b * 3
h = register_multi_grad_hook((y, z), lambda g: print(g), mode="any")
(y + z).backward()
(a * 2).backward()
(a * 0 + b).backward()
""",
    "multi-grad hook, unreached tensors": """
from torch.autograd.graph import register_multi_grad_hook
a, b = leaf(1.0), leaf(2.0)
register_multi_grad_hook((a, b), lambda gs: print(gs))
(a * 2).backward()
(b * 2).backward()
((a + b) * 2).backward(inputs=[a])
print(grad(a * b, b))
""",
    "multi-grad hook on intermediates and leaves": """
from torch.autograd.graph import register_multi_grad_hook
x = leaf(2.0)
y = x * 3
z = y * y
register_multi_grad_hook([x, y, z], lambda gs: print(gs, x.grad))
z.backward()
""",
    "multi-grad hook: errors": """
from torch.autograd.graph import register_multi_grad_hook
a = leaf(1.0)
attempt(register_multi_grad_hook, (a,), print, mode="some")
attempt(register_multi_grad_hook, (a, torch.ones(1)), print)
def f(gs): raise ValueError("multi")
h = register_multi_grad_hook((a,), f)
attempt((a * 2).backward)
h.remove()
(a * 2).backward()
""",
    "multi-grad hook after a failed pass": """
from torch.autograd.graph import register_multi_grad_hook
a, b = leaf(1.0), leaf(2.0)
y = a * 2
fail = [True]
def f(g):
    if fail[0]: raise ValueError("x")
h = register_multi_grad_hook((a, b), lambda gs: print(gs))
b.register_hook(f)
attempt(lambda: (y * b).backward(retain_graph=True))
fail[0] = False
(a * 2 * b).backward()
""",
    "multi-grad hook fires again with a retained graph": """
from torch.autograd.graph import register_multi_grad_hook
a, b = leaf(1.0), leaf(2.0)
register_multi_grad_hook((a, b), lambda gs: print(len(gs)))
c = a * b
c.backward(retain_graph=True)
c.backward(retain_graph=True)
print(grad(c, [a, b]))
""",
    "multi-grad hook does not replace": """
from torch.autograd.graph import register_multi_grad_hook
a, b = leaf(1.0), leaf(2.0)
register_multi_grad_hook((a, b), lambda gs: [g * 100 for g in gs])
(a * b).backward()
print(a.grad, b.grad)
""",
    "multi-grad handle as a context manager": """
from torch.autograd.graph import register_multi_grad_hook
a, b = leaf(1.0), leaf(2.0)
with register_multi_grad_hook((a, b), lambda gs: print("in")):
    (a * b).backward()
(a * b).backward()
""",
    "multi-grad hook of no tensors": """
from torch.autograd.graph import register_multi_grad_hook
register_multi_grad_hook((), print)
a = leaf(1.0)
a.backward()
""",
    "the same tensor twice in a multi-grad hook": """
from torch.autograd.graph import register_multi_grad_hook
a = leaf(1.0)
register_multi_grad_hook((a, a), lambda gs: print(gs))
(a * 2).backward()
""",
    "hooks in a reentrant pass": """
x = leaf(2.0)
def inner(g):
    print("outer", g.item())
    with torch.enable_grad():
        y = leaf(3.0)
        y.register_hook(lambda g: print("inner", g.item()))
        (y * y).backward()
    print("after")
x.register_hook(inner)
(x * 5).backward()
""",
    "a reentrant pass to the same leaf": """
x = leaf(2.0)
def hook(g):
    if g.item() != 7.0:
        with torch.enable_grad():
            (x * 7).backward()
y = x * 3
y.register_hook(hook)
y.backward()
print(x.grad)
""",
    "reentrant passes at depth": """
x = leaf(1.0)
def hook(n):
    def f(g):
        if n:
            with torch.enable_grad():
                y = x * 1
                y.register_hook(hook(n - 1))
                y.backward()
    return f
y = x * 1
y.register_hook(hook(30))
y.backward()
print(x.grad)
""",
    "a reentrant pass that fails": """
x = leaf(2.0)
def hook(g):
    with torch.enable_grad():
        y = x * x
        y.backward()
        y.backward()
y = x * 3
y.register_hook(hook)
attempt(y.backward)
(x * 1).backward()
print(x.grad)
""",
    "global order: hooks run before the node of their tensor": """
x = leaf(1.0)
y = x.exp()
z = y.sin()
z.grad_fn.register_hook(lambda *_: print("sin ran"))
y.grad_fn.register_hook(lambda *_: print("exp ran"))
y.register_hook(lambda g: print("y"))
z.register_hook(lambda g: print("z"))
z.backward()
""",
    "hook objects are released with the graph": """
import weakref
class Hook:
    def __call__(self, g): return None
h = Hook()
r = weakref.ref(h)
x = leaf(1.0)
y = x * 2
y.register_hook(h)
del h
print(r() is not None)
y.backward()
del y
print(r() is None)
""",
    "methods and partials as hooks": """
from functools import partial
x = leaf(1.0)
seen = []
x.register_hook(seen.append)
x.register_hook(partial(torch.mul, torch.tensor(3.0)))
x.backward()
print(seen, x.grad)
""",
    "a hook that returns its argument, or a view of it": """
x = leaf(1.0, 2.0)
x.register_hook(lambda g: g)
x.register_hook(lambda g: g.view(2))
x.register_hook(lambda g: g.detach())
(x * 2).sum().backward()
print(x.grad)
""",
    "a hook that returns an expanded gradient": """
x = leaf(1.0, 2.0)
x.register_hook(lambda g: torch.tensor(3.0).expand(2))
(x * 2).sum().backward()
print(x.grad)
x.grad.add_(1)
print(x.grad)
""",
    "gradients kept by a hook are not overwritten": """
x = leaf(1.0, 2.0)
kept = []
x.register_hook(kept.append)
(x * 2).sum().backward()
(x * 2).sum().backward()
print(kept, x.grad)
""",
    "clipping by hooks": """
x = leaf(1.0, -4.0)
x.register_hook(lambda g: g.clamp(-2, 2))
(x ** 2).sum().backward()
print(x.grad)
""",
    "queue_callback": """
x = leaf(1.0)
x.register_hook(lambda g: torch.autograd.Variable._execution_engine.queue_callback(lambda: print("done", x.grad)))
(x * 2).backward()
print("after")
attempt(torch.autograd.Variable._execution_engine.queue_callback, lambda: None)
""",
    "hooks of a complex leaf": """
z = torch.tensor([1 + 2j], requires_grad=True)
z.register_hook(lambda g: print(g))
z.register_hook(lambda g: g.conj())
(z * (2 - 1j)).sum().backward(torch.tensor(1 + 0j))
print(z.grad)
""",
    "node attributes and identity": """
x = leaf(1.0)
y = x * 2
y.grad_fn.note = 3
print(y.grad_fn.note, y.grad_fn is y.grad_fn)
y.grad_fn.metadata["k"] = 1
print(y.grad_fn.metadata)
""",
}
