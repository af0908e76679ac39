"""Programs about the entry points: `backward`, `grad`, `.grad`, `requires_grad_`."""

PROGRAMS = {
    "two roots accumulate": """
x = leaf(1.0, 2.0)
torch.autograd.backward([x.sum(), (x * x).sum()])
print(x.grad)
""",
    "the same root twice": """
x = leaf(1.0, 2.0)
y = (x * x).sum()
torch.autograd.backward([y, y])
print(x.grad)
attempt(grad, y, x)
""",
    "the same root twice in grad": """
x = leaf(3.0)
y = x * x
print(grad([y, y], x, grad_outputs=[torch.tensor(1.0), torch.tensor(10.0)]))
""",
    "the same input twice": """
x = leaf(3.0)
print(grad(x * x, [x, x]))
""",
    "the input is the output": """
x = leaf(3.0)
print(grad(x, x))
y = x * 2
print(grad(y, y), grad(y, [y, x]))
""",
    "the input is the output, with a gradient given": """
x = leaf(3.0)
y = x * 2
g = torch.tensor(5.0)
print(grad(y, y, g))
""",
    "a root that is a leaf": """
x = leaf(3.0)
x.backward()
x.backward(torch.tensor(2.0))
print(x.grad)
""",
    "the gradient given is not the one in .grad": """
x = leaf(1.0, 2.0)
g = torch.ones(2)
x.backward(g)
print(x.grad is g, x.grad.data_ptr() == g.data_ptr())
x.backward(g)
print(x.grad, g)
""",
    "grad accumulates in place": """
x = leaf(1.0, 2.0)
x.sum().backward()
g = x.grad
x.sum().backward()
print(g, x.grad is g)
""",
    "grad accumulates out of place with create_graph": """
x = leaf(1.0, 2.0)
(x * x).sum().backward(create_graph=True)
g = x.grad
print(g.requires_grad, g.grad_fn is not None)
(x * x).sum().backward(create_graph=True)
print(g.detach(), x.grad is g, x.grad.detach(), x.grad.requires_grad)
x.grad = None
""",
    "create_graph after an ordinary pass": """
x = leaf(1.0, 2.0)
(x * x).sum().backward()
g = x.grad
(x ** 3).sum().backward(create_graph=True)
print(g, x.grad is g, x.grad)
x.grad = None
""",
    "an ordinary pass after create_graph": """
x = leaf(1.0, 2.0)
(x ** 3).sum().backward(create_graph=True)
g = x.grad
attempt(lambda: (x * x).sum().backward())
print(g, x.grad is g, x.grad.requires_grad)
x.grad = None
""",
    "grad that requires grad is accumulated into": """
x = leaf(1.0, 2.0)
x.grad = torch.zeros(2, requires_grad=True)
g = x.grad
attempt(lambda: (x * x).sum().backward())
print(x.grad, x.grad is g)
""",
    "grad of a leaf that was set to a view": """
x = leaf(1.0, 2.0)
base = torch.zeros(4)
x.grad = base[1:3]
(x * x).sum().backward()
print(base, x.grad)
""",
    "both passes into a shared buffer": """
flat = torch.zeros(4)
a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
a.grad, b.grad = flat[:2], flat[2:]
(a * b).sum().backward()
print(flat)
""",
    "a stale gradient is no part of the graph": """
x = leaf(2.0)
(x * x).backward()
y = x.grad * x
y.backward()
print(x.grad)
""",
    "assigning grad: wrong size": """
x = leaf(1.0, 2.0)
def f(v): x.grad = v
attempt(f, torch.ones(3))
attempt(f, torch.ones(1, 2))
attempt(f, torch.tensor(1.0))
""",
    "assigning grad: wrong dtype": """
x = leaf(1.0, 2.0)
def f(v): x.grad = v
attempt(f, torch.ones(2, dtype=torch.float64))
attempt(f, torch.ones(2, dtype=torch.int64))
""",
    "assigning grad: wrong types": """
x = leaf(1.0, 2.0)
def f(v): x.grad = v
attempt(f, 1.0)
attempt(f, [1.0, 2.0])
attempt(f, "a")
attempt(f, x)
f(None)
print(x.grad)
""",
    "assigning grad to a tensor that requires none": """
x = torch.ones(2)
x.grad = torch.ones(2)
print(x.grad)
y = torch.ones(2, dtype=torch.int64)
def f(v): y.grad = v
attempt(f, torch.ones(2, dtype=torch.int64))
print(y.grad)
""",
    "deleting grad": """
x = leaf(1.0, 2.0)
x.sum().backward()
del x.grad
print(x.grad)
del x.grad
print(x.grad)
""",
    "assigning grad to a non-leaf": """
x = leaf(1.0)
y = x * 2
y.grad = torch.tensor(1.0)
print(y.grad)
""",
    "reading grad of a non-leaf warns": """
x = leaf(1.0)
y = x * 2
print(y.grad)
y.retain_grad()
print(y.grad)
""",
    "hasattr and getattr of grad": """
x = leaf(1.0)
print(hasattr(x, "grad"), getattr(x, "grad", 0), torch.ones(1).grad)
""",
    "retain_grad": """
x = leaf(1.0, 2.0)
y = x * 2
y.retain_grad()
y.retain_grad()
print(y.retains_grad, x.retains_grad)
(y * y).sum().backward(retain_graph=True)
print(y.grad)
(y * y).sum().backward()
print(y.grad)
""",
    "retain_grad of leaves and others": """
x = leaf(1.0)
x.retain_grad()
print(x.retains_grad)
attempt(torch.ones(1).retain_grad)
def f():
    with torch.no_grad():
        (x * 2).retain_grad()
attempt(f)
""",
    "retained grad accumulates in a new tensor": """
x = leaf(1.0, 2.0)
y = x * 2
y.retain_grad()
y.sum().backward(retain_graph=True)
g = y.grad
y.sum().backward(retain_graph=True)
print(y.grad is g, g, y.grad)
""",
    "retain_grad with create_graph": """
x = leaf(2.0)
y = x * x
y.retain_grad()
(y ** 3).backward(create_graph=True)
print(y.grad.requires_grad)
print(grad(y.grad, x))
x.grad = None
""",
    "retain_grad and autograd.grad": """
x = leaf(2.0)
y = x * x
y.retain_grad()
print(grad(y * 3, x))
print(y.grad)
""",
    "retain_grad of a tensor that the pass does not reach": """
x = leaf(2.0)
y, z = x * x, x * 3
z.retain_grad()
y.backward()
print(z.grad)
""",
    "retain_grad of all results of unbind": """
x = leaf(1.0, 2.0, 3.0)
a, b, c = x.unbind()
a.retain_grad(); c.retain_grad()
(a * 2 + c * 3).backward()
print(a.grad, b.grad_fn is a.grad_fn, c.grad, x.grad)
""",
    "requires_grad_ of integers": """
attempt(torch.ones(2, dtype=torch.int64).requires_grad_)
attempt(torch.tensor([True]).requires_grad_)
def f(v):
    t = torch.ones(2, dtype=torch.int32)
    t.requires_grad = v
    return t
attempt(f, True)
attempt(f, False)
attempt(lambda: torch.tensor([1, 2], requires_grad=True))
attempt(lambda: torch.ones(2, dtype=torch.int64, requires_grad=True))
print(torch.ones(2, dtype=torch.complex64).requires_grad_())
print(torch.ones(2, dtype=torch.float16).requires_grad_())
print(torch.ones(2, dtype=torch.bfloat16).requires_grad_())
""",
    "requires_grad_ of non-leaves": """
x = leaf(1.0)
y = x * 2
attempt(y.requires_grad_, False)
attempt(y.requires_grad_, True)
attempt(y.requires_grad_)
def f(v): y.requires_grad = v
attempt(f, False)
attempt(f, True)
""",
    "requires_grad with wrong types": """
x = torch.ones(2)
def f(v): x.requires_grad = v
attempt(f, 1)
attempt(f, "yes")
attempt(f, None)
attempt(x.requires_grad_, 1)
attempt(x.requires_grad_, requires_grad=False)
""",
    "requires_grad off and on keeps grad": """
x = leaf(1.0)
x.backward()
x.requires_grad_(False)
print(x.grad, x.requires_grad)
x.requires_grad_()
x.backward()
print(x.grad)
""",
    "requires_grad off does not change what was recorded": """
x = leaf(2.0)
y = x * x
x.requires_grad_(False)
y.backward()
print(x.grad)
""",
    "requires_grad of views": """
x = torch.ones(4)
v = x[:2]
v.requires_grad_()
(v * 3).sum().backward()
print(v.grad, x.grad, x.requires_grad, v.is_leaf)
""",
    "is_leaf": """
x = leaf(1.0)
print(x.is_leaf, (x * 2).is_leaf, torch.ones(1).is_leaf, (torch.ones(1) * 2).is_leaf, x.detach().is_leaf)
with torch.no_grad():
    print((x * 2).is_leaf)
""",
    "backward without gradient": """
x = leaf(1.0, 2.0)
attempt((x * 2).backward)
attempt(grad, x * 2, x)
attempt(torch.autograd.backward, [x * 2])
attempt(torch.autograd.backward, [x.sum(), x * 2])
attempt(torch.autograd.backward, [x.sum(), x * 2], [None, None])
""",
    "backward of one element in any shape": """
x = torch.ones(1, 1, requires_grad=True)
(x * 2).backward()
print(x.grad)
y = torch.ones(0, requires_grad=True)
attempt(y.backward)
attempt(lambda: (y * 2).backward(torch.ones(0)))
print(y.grad)
""",
    "backward of what requires no gradient": """
x = torch.ones(1)
attempt(x.backward)
attempt(torch.autograd.backward, [leaf(1.0), x])
attempt(torch.autograd.backward, (x,), (torch.ones(1),))
attempt(grad, x, leaf(1.0))
attempt(grad, [leaf(1.0), x], leaf(1.0))
attempt(grad, torch.ones(2), leaf(1.0))
attempt(grad, torch.ones(2), leaf(1.0), torch.ones(2))
""",
    "grad with respect to what requires none": """
x = leaf(1.0)
attempt(grad, x * 2, torch.ones(1))
attempt(grad, x * 2, [x, torch.ones(1)])
attempt(grad, x * 2, torch.ones(1), allow_unused=True)
attempt((x * 2).backward, inputs=[torch.ones(1)])
attempt((x * 2).backward, inputs=torch.ones(1))
""",
    "wrong shape of gradient": """
x = leaf(1.0, 2.0)
attempt((x * 2).backward, torch.ones(3))
attempt((x * 2).backward, torch.ones(1))
attempt((x * 2).backward, torch.tensor(1.0))
attempt((x * 2).backward, torch.ones(1, 2))
attempt(grad, x * 2, x, torch.ones(2, 1))
attempt(grad, x * 2, x, grad_outputs=[torch.ones(5)])
attempt(x.sum().backward, torch.ones(1))
""",
    "wrong dtype of gradient": """
x = leaf(1.0, 2.0)
attempt(grad, x * 2, x, torch.ones(2, dtype=torch.float64))
attempt(grad, x * 2, x, torch.ones(2, dtype=torch.int64))
attempt(grad, x * 2, x, torch.ones(2, dtype=torch.bool))
attempt(grad, x * 2, x, torch.ones(2, dtype=torch.complex64))
attempt((x * 2).backward, torch.ones(2, dtype=torch.complex64))
attempt((x * 2).backward, torch.ones(2, dtype=torch.float16))
print(x.grad)
""",
    "wrong types of gradient": """
x = leaf(1.0, 2.0)
attempt((x * 2).backward, 1.0)
attempt((x * 2).backward, [1.0, 1.0])
attempt((x * 2).backward, "no")
attempt(torch.autograd.backward, [x * 2], [1.0])
attempt(torch.autograd.backward, [x.sum()], ["a"])
attempt(grad, x.sum(), x, [3])
attempt(grad, x.sum(), x, 3)
""",
    "wrong types of roots and inputs": """
x = leaf(1.0)
attempt(torch.autograd.backward, 1.0)
attempt(torch.autograd.backward, [1.0])
attempt(torch.autograd.backward, "ab")
attempt(torch.autograd.backward, None)
attempt(grad, 1.0, x)
attempt(grad, [1.0], x)
attempt(grad, x * 2, 1.0)
attempt(grad, x * 2, [1.0])
attempt(grad, x * 2, "x")
attempt(grad, x * 2, None)
attempt(grad, None, x)
attempt(grad, [None], x)
attempt((x * 2).backward, inputs=[1.0])
attempt((x * 2).backward, inputs=3)
""",
    "wrong numbers of gradients": """
x = leaf(1.0)
attempt(torch.autograd.backward, [x * 2, x * 3], [torch.tensor(1.0)])
attempt(torch.autograd.backward, [x * 2], [torch.tensor(1.0), torch.tensor(1.0)])
attempt(grad, [x * 2, x * 3], x, [None])
attempt(grad, [x * 2], x, [None, None])
attempt(grad, [x * 2, x * 3], x, torch.tensor(1.0))
attempt(torch.autograd.backward, [x * 2], [])
""",
    "empty sequences": """
x = leaf(1.0)
attempt(torch.autograd.backward, [])
attempt(torch.autograd.backward, (), ())
attempt(grad, [], x)
attempt(grad, [], [x], allow_unused=True)
attempt(grad, x * 2, [])
attempt((x * 2).backward, inputs=[])
attempt((x * 2).backward, inputs=())
""",
    "generators as arguments": """
x, y = leaf(1.0), leaf(2.0)
attempt(torch.autograd.backward, (t for t in (x * 2, y * 3)))
print(x.grad, y.grad)
attempt(grad, x * y, (t for t in (x, y)))
attempt(grad, (x * y for _ in range(2)), x)
attempt((x * y).backward, inputs=(t for t in (x,)))
print(x.grad, y.grad)
""",
    "dictionaries and sets as arguments": """
x, y = leaf(1.0), leaf(2.0)
params = {"x": x, "y": y}
attempt(grad, x * y, params.values())
attempt(grad, x * y, params)
attempt((x * y).backward, inputs=params.values())
""",
    "None among the gradients": """
x, y = leaf(1.0), leaf(2.0)
torch.autograd.backward([x * 2, y * 3], [None, torch.tensor(5.0)])
print(x.grad, y.grad)
print(grad([x * 2, x * 3], x, [None, torch.tensor(10.0)]))
attempt(torch.autograd.backward, x * 2, (None,))
""",
    "unused inputs": """
x, y = leaf(1.0), leaf(2.0, 3.0)
attempt(grad, x * 2, y)
attempt(grad, x * 2, [x, y])
attempt(grad, x * 2, [x, y], allow_unused=True)
attempt(grad, x * 2, [x, y], allow_unused=False)
attempt(grad, x * 2, [x, y], materialize_grads=True)
attempt(grad, x * 2, [x, y], materialize_grads=True, allow_unused=True)
attempt(grad, x * 2, [x, y], materialize_grads=True, allow_unused=False)
""",
    "unused inputs in backward": """
x, y = leaf(1.0), leaf(2.0)
(x * 2).backward(inputs=[x, y])
print(x.grad, y.grad)
(x * 2).backward(inputs=y)
print(x.grad, y.grad)
""",
    "materialized zeros": """
x, y = leaf(1.0), torch.ones(2, 3, dtype=torch.float64, requires_grad=True)
g, h = grad(x * 2, [x, y], materialize_grads=True)
print(h, h.dtype, h.requires_grad)
g, h = grad(x * x, [x, y], materialize_grads=True, create_graph=True)
print(h, h.requires_grad, h.is_leaf)
""",
    "materialized zeros of an unreached branch": """
x = leaf(1.0)
y = x * 2
z = x * 3
print(grad(y, z, materialize_grads=True))
attempt(grad, y, z)
""",
    "inputs of backward: leaves": """
x, y = leaf(2.0), leaf(3.0)
(x * y).backward(inputs=x)
print(x.grad, y.grad)
(x * y).backward(inputs=(x, y))
print(x.grad, y.grad)
(x * y).backward(inputs=[x, x])
print(x.grad, y.grad)
""",
    "inputs of backward: non-leaves": """
x = leaf(2.0)
y = x * x
z = y * 3
z.backward(inputs=[y], retain_graph=True)
print(y.grad, x.grad, y.retains_grad)
w = y * 5
w.backward(inputs=[x, y])
print(y.grad, x.grad)
""",
    "inputs of backward keep the rest of the graph": """
x = leaf(2.0)
y = x * x
z = y * y
z.backward(inputs=[y])
attempt(y.backward)
print(x.grad, y.grad)
""",
    "freed: backward twice": """
x = leaf(2.0)
y = x * x
y.backward()
attempt(y.backward)
print(x.grad)
z = x + 1
z.backward(); z.backward()
print(x.grad)
""",
    "freed: a part of the graph shared by two roots": """
x = leaf(2.0)
y = x * x
a, b = y * 2, y.exp()
a.backward()
attempt(b.backward)
print(x.grad)
""",
    "retain_graph": """
x = leaf(2.0)
y = x * x
y.backward(retain_graph=True)
y.backward(retain_graph=False)
attempt(y.backward)
print(x.grad)
""",
    "retain_graph False with create_graph True": """
x = leaf(2.0)
y = x ** 3
(g,) = grad(y, x, create_graph=True, retain_graph=False)
attempt(grad, g, x)
attempt(grad, y, x)
""",
    "retain_graph True with create_graph False": """
x = leaf(2.0)
y = x ** 3
(g,) = grad(y, x, retain_graph=True)
print(g.requires_grad)
print(grad(y, x))
""",
    "create_graph warns": """
x = leaf(2.0)
(x ** 3).backward(create_graph=True)
print(x.grad)
x.grad = None
torch.autograd.backward(x ** 3, create_graph=True)
x.grad = None
print(grad(x ** 3, x, create_graph=True))
(x ** 3).backward(None, None, True)
x.grad = None
(x ** 3).backward(create_graph=True, inputs=[x])
x.grad = None
""",
    "grad under no_grad": """
x = leaf(2.0)
y = x ** 3
with torch.no_grad():
    (g,) = grad(y, x, create_graph=True)
    print(g, g.requires_grad)
    y2 = x * 2
    attempt(y2.backward)
with torch.no_grad():
    (x * 3).detach()
    y.backward()
print(x.grad)
""",
    "grad mode inside hooks follows create_graph": """
x = leaf(2.0)
x.register_hook(lambda g: print(torch.is_grad_enabled()))
(x * x).backward()
(x * x).backward(create_graph=True)
x.grad = None
with torch.no_grad():
    x.backward(torch.tensor(1.0), create_graph=True)
x.grad = None
""",
    "grad_variables is old": """
x = leaf(2.0)
torch.autograd.backward([x * 2], grad_variables=[torch.tensor(2.0)])
print(x.grad)
attempt(torch.autograd.backward, [x * 2], [torch.tensor(2.0)], grad_variables=[torch.tensor(2.0)])
""",
    "only_inputs is old": """
x = leaf(2.0)
attempt(grad, x * 2, x, only_inputs=False)
attempt(grad, x * 2, x, only_inputs=True)
""",
    "positional arguments": """
x, y = leaf(2.0), leaf(3.0)
print(grad(x * y, (x,), None, True, False, True, True))
z = x * y
z.backward(torch.tensor(2.0), True, False, [x])
print(x.grad, y.grad)
torch.autograd.backward(z, torch.tensor(1.0), False, False, None, [y])
print(x.grad, y.grad)
""",
    "unexpected arguments raise TypeError": """
x = leaf(2.0)
def kind(f, *a, **k):
    try:
        f(*a, **k)
    except TypeError:
        print("TypeError")
kind((x * 2).backward, nothing=1)
kind(grad, x * 2)
kind(grad, x * 2, x, nothing=1)
kind(torch.autograd.backward)
""",
    "GradientEdge as an input": """
from torch.autograd.graph import get_gradient_edge
x = leaf(2.0)
y = x * x
e = get_gradient_edge(y)
z = y * 3
print(grad(z, e, retain_graph=True), grad(z, [e, x], retain_graph=True), grad(z, (get_gradient_edge(x),)))
""",
    "GradientEdge as a root": """
from torch.autograd.graph import get_gradient_edge
x = leaf(1.0, 2.0)
y = x * x
e = get_gradient_edge(y)
attempt(torch.autograd.backward, e)
torch.autograd.backward(e, torch.ones(2), retain_graph=True)
print(x.grad)
print(grad(e, x, torch.ones(2), retain_graph=True), grad([e], x, [torch.ones(2)], retain_graph=True))
attempt(grad, e, x, torch.ones(3), retain_graph=True)
attempt(grad, e, x)
s = get_gradient_edge(x.sum())
attempt(grad, s, x)
""",
    "GradientEdge of a leaf as root and input of backward": """
from torch.autograd.graph import get_gradient_edge
x = leaf(3.0)
e = get_gradient_edge(x)
torch.autograd.backward(e, torch.tensor(2.0))
print(x.grad)
(x * x).backward(inputs=[e])
print(x.grad)
attempt((x * x).backward, inputs=e)
print(x.grad)
""",
    "GradientEdge of a non-leaf as input of backward": """
from torch.autograd.graph import get_gradient_edge
x = leaf(3.0)
y = x * x
e = get_gradient_edge(y)
attempt((y * 2).backward, inputs=[e])
print(x.grad)
""",
    "GradientEdge: parts and errors": """
from torch.autograd.graph import get_gradient_edge, GradientEdge
x = leaf(3.0, 4.0)
e = get_gradient_edge(x.unbind()[1])
print(type(e.node).__name__, e.output_nr, e[0] is e.node, isinstance(e, tuple), len(e))
attempt(get_gradient_edge, torch.ones(1))
y = x * 2
e = GradientEdge(y.grad_fn, 0)
print(grad(e, x, torch.ones(2)))
node, number = get_gradient_edge(x)[:2]
print(type(node).__name__, number, node.variable is x)
""",
    "GradientEdge of one of several results": """
from torch.autograd.graph import get_gradient_edge
x = leaf(1.0, 2.0, 3.0)
a, b, c = x.unbind()
e = get_gradient_edge(b)
print(grad(a * b * c, [e, get_gradient_edge(c)], retain_graph=True))
print(grad(e, x, torch.tensor(7.0), retain_graph=True))
print(grad([e, a], x, [torch.tensor(7.0), None]))
""",
    "GradientEdge when the tensor is gone": """
from torch.autograd.graph import get_gradient_edge
x = leaf(2.0)
e = get_gradient_edge(x * x)
del x
torch.autograd.backward(e, torch.tensor(1.0))
print(e.node.next_functions[0][0].variable.grad)
""",
    "GradientEdge unused": """
from torch.autograd.graph import get_gradient_edge
x, y = leaf(2.0), leaf(3.0)
e = get_gradient_edge(y * 2)
attempt(grad, x * 2, e)
attempt(grad, x * 2, e, allow_unused=True)
attempt(grad, x * 2, [e], materialize_grads=True)
""",
    "is_grads_batched": """
x = leaf(1.0, 2.0, 3.0)
y = x ** 2
print(grad(y, x, torch.eye(3), is_grads_batched=True))
(j,) = grad(x ** 3, x, torch.eye(3)[:2], is_grads_batched=True, create_graph=True)
print(j.detach(), j.requires_grad, grad(j.sum(), x))
""",
    "is_grads_batched: several outputs and inputs": """
x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
y, z = x * w, (x * w).sum()
g = grad([y, z], [x, w], [torch.eye(2), torch.zeros(2)], is_grads_batched=True)
print(g)
""",
    "is_grads_batched: errors": """
x = leaf(1.0, 2.0)
attempt(grad, x * 2, x, torch.ones(3), is_grads_batched=True)
attempt(grad, x * 2, x, torch.ones(2), is_grads_batched=True)
attempt(grad, x * 2, x, torch.tensor(1.0), is_grads_batched=True)
attempt(grad, [x * 2, x * 3], x, [torch.ones(3, 2), torch.ones(4, 2)], is_grads_batched=True)
attempt(grad, x * 2, [x, leaf(1.0)], torch.eye(2), is_grads_batched=True)
attempt(grad, x * 2, [x, leaf(1.0)], torch.eye(2), is_grads_batched=True, allow_unused=True)
""",
    "is_grads_batched without gradients": """
x = leaf(1.0, 2.0)
attempt(grad, x.sum(), x, None, is_grads_batched=True)
attempt(grad, x * 2, x, None, is_grads_batched=True)
attempt(grad, x.sum(), x, torch.ones(3), is_grads_batched=True)
""",
    "is_grads_batched and materialize_grads": """
x, u = leaf(1.0, 2.0), leaf(1.0)
attempt(grad, x * 2, [x, u], torch.eye(2), is_grads_batched=True, materialize_grads=True)
""",
    "complex roots": """
z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
attempt(lambda: (z * z).sum().backward())
attempt(lambda: (z * z).backward(torch.ones(2)))
attempt(lambda: (z * z).backward(torch.ones(2, dtype=torch.complex64)))
print(z.grad)
z.grad = None
(z * z.conj()).real.sum().backward()
print(z.grad)
z.grad = None
z.abs().sum().backward()
print(z.grad)
""",
    "complex leaf, real use": """
z = torch.tensor([1 + 2j], requires_grad=True)
x = leaf(2.0)
(z.imag * x).sum().backward()
print(z.grad, x.grad)
attempt(grad, (z * x).sum(), [z, x], torch.tensor(1j))
attempt(grad, (z * x).sum(), [z, x])
""",
    "integer results carry no gradient": """
x = leaf(1.5, 2.5)
i = x.long()
print(i.requires_grad, x.argmax().requires_grad, (x > 2).requires_grad)
attempt(i.sum().backward)
v, j = x.max(0)
print(v.requires_grad, j.requires_grad, j.grad_fn)
""",
    "a result in another float type": """
x = leaf(1.0, 2.0)
y = x.double() * 2
y.sum().backward()
print(x.grad, x.grad.dtype)
h = torch.ones(2, dtype=torch.float16, requires_grad=True)
(h.float() * 3).sum().backward()
print(h.grad)
""",
    "gradient reductions of broadcasting": """
x = torch.ones(3, 1, requires_grad=True)
w = torch.ones(4, requires_grad=True)
(x * w).sum().backward()
print(x.grad, w.grad)
s = leaf(2.0)
(s * torch.ones(2, 2)).sum().backward()
print(s.grad)
""",
    "zero_grad": """
p = leaf(1.0, 1.0)
opt = torch.optim.SGD([p], lr=0.1)
(p * 2).sum().backward()
g = p.grad
opt.zero_grad(set_to_none=False)
print(p.grad, p.grad is g)
(p * 2).sum().backward()
print(p.grad is g)
opt.zero_grad()
print(p.grad)
""",
    "zeroing by hand": """
x = leaf(1.0, 2.0)
x.sum().backward()
x.grad.zero_()
print(x.grad)
(x * 2).sum().backward()
x.grad.data.zero_()
print(x.grad)
x.grad.detach_()
print(x.grad)
""",
    "grad is detached": """
x = leaf(1.0, 2.0)
(x * x).sum().backward()
print(x.grad.requires_grad, x.grad.is_leaf, x.grad.grad_fn)
""",
    "two leaves receive one gradient": """
a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
(a + b).sum().backward()
print(a.grad.data_ptr() == b.grad.data_ptr())
a.grad.mul_(10)
print(a.grad, b.grad)
""",
    "gradient of expand is no view that aliases": """
x = torch.ones(1, 3, requires_grad=True)
y = x.expand(2, 3)
g = torch.ones(2, 3)
y.backward(g)
x.grad.add_(1)
print(x.grad, g)
""",
    "gradients returned for one operand twice": """
x = leaf(3.0)
y = x + x
print(grad(y, x))
""",
    "a gradient of ones that is expanded": """
x = leaf(1.0, 2.0)
(x.sum()).backward()
x.grad.add_(1)
print(x.grad, x.grad.stride(), x.grad.is_contiguous())
""",
    "layout of grad follows the parameter": """
x = torch.ones(2, 3).t().requires_grad_()
(x * torch.arange(6.0).view(3, 2)).sum().backward()
print(x.grad.stride(), x.stride(), x.grad)
""",
    "backward through a detached part": """
x = leaf(2.0)
y = x * x.detach()
y.backward()
print(x.grad)
""",
    "backward with a gradient that requires grad": """
x = leaf(2.0)
v = leaf(3.0)
(g,) = grad(x * x, x, v, create_graph=True)
print(g, grad(g, [x, v]))
(g,) = grad(x * x, x, v)
print(g.requires_grad)
""",
    "double backward by hand": """
x = leaf(2.0)
(a,) = grad(x ** 4, x, create_graph=True)
(b,) = grad(a, x, create_graph=True)
(c,) = grad(b, x, create_graph=True)
(d,) = grad(c, x)
print(a.item(), b.item(), c.item(), d.item())
attempt(grad, d, x)
""",
    "double backward by backward": """
x = leaf(2.0)
(x ** 3).backward(create_graph=True)
first = x.grad
x.grad = None
first.backward()
print(first.detach(), x.grad)
""",
    "grad of a sum of grads": """
x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
gs = grad((x * x * w).sum(), [x, w], create_graph=True)
total = sum((g * g).sum() for g in gs)
total.backward()
print(x.grad, w.grad)
""",
    "a tensor deep in the graph is an input": """
x = leaf(1.0)
y = x
ys = []
for i in range(5):
    y = y * 2
    ys.append(y)
print(grad(y, ys))
""",
    "long chains": """
x = leaf(1.0)
y = x
for _ in range(20000):
    y = y + 1e-4
y.backward()
print(x.grad)
del y
""",
    "wide sums": """
x = leaf(1.0)
torch.stack([x * i for i in range(100)]).sum().backward()
print(x.grad)
""",
    "backward in a backward": """
x = leaf(2.0)
def hook(g):
    y = leaf(3.0)
    with torch.enable_grad():
        (y * y).backward()
    return g * y.grad
h = x * 1
h.register_hook(hook)
h.backward()
print(x.grad)
""",
    "grad in a hook, over the same graph": """
x = leaf(2.0)
y = x * x
z = y * 3
def hook(g):
    h.remove()
    print(grad(z, x, retain_graph=True))
h = y.register_hook(hook)
z.backward(retain_graph=True)
print(x.grad)
""",
    "printing": """
x = leaf(1.0)
y = x * 2
print(y, y.grad_fn.name(), x)
print(type(x.grad), type(y.grad_fn).__name__)
print(torch.autograd.grad(y, x)[0])
""",
    "numpy and item": """
x = leaf(1.0, 2.0)
attempt(x.numpy)
attempt((x * 2).numpy)
print(x.detach().numpy(), x.sum().item(), x.tolist())
attempt(lambda: float(x.sum()))
attempt(lambda: x.item())
""",
    "deepcopy": """
import copy
x = leaf(1.0, 2.0)
x.sum().backward()
c = copy.deepcopy(x)
print(c, c.grad, c.grad is x.grad)
attempt(copy.deepcopy, x * 2)
s = copy.copy(x)
print(s, s.requires_grad)
""",
    "autograd.Variable": """
from torch.autograd import Variable
v = Variable(torch.ones(2), requires_grad=True)
(v * 3).sum().backward()
print(v.grad, isinstance(v, Variable), isinstance(torch.ones(1), Variable), type(v).__name__)
attempt(Variable, 3)
print(Variable(torch.ones(2)).requires_grad)
""",
}
