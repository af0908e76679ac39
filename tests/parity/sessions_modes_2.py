"""Programs about grad modes: context managers, decorators, inference tensors."""

PROGRAMS = {
    "Functions in modes": """
class F(Function):
    @staticmethod
    def forward(ctx, x):
        print('forward', torch.is_grad_enabled(), ctx.needs_input_grad)
        ctx.save_for_backward(x)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        print('backward', torch.is_grad_enabled(), torch.is_inference_mode_enabled())
        return g * 2
x = torch.ones(2, requires_grad=True)
y = F.apply(x)
y.sum().backward()
y = F.apply(x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
with torch.no_grad():
    y = F.apply(x)
y.requires_grad
with torch.inference_mode():
    y = F.apply(x)
y.requires_grad, y.is_inference()
with torch.inference_mode(): i = torch.ones(2)
y = F.apply(i)
y.requires_grad, y.is_inference()
x.register_hook(lambda g: print('hook', torch.is_grad_enabled())) is None
(x * 2).sum().backward()
g = torch.autograd.grad((x * x).sum(), x, create_graph=True)
with torch.no_grad():
    z = (x * 1)
z.register_hook(print)
z.retain_grad()
""",
    "repr": """
torch.set_grad_enabled(True)
repr(torch.set_grad_enabled(True))
str(torch.set_grad_enabled(False)); torch.set_grad_enabled(True)
torch.no_grad().__class__.__name__, torch.inference_mode().__class__.__name__
torch.set_grad_enabled(True).mode, torch.set_grad_enabled(True).prev
torch.no_grad().clone().__class__.__name__
torch.set_grad_enabled(False).clone().mode
torch.set_grad_enabled(True)
isinstance(torch.no_grad(), torch.autograd.grad_mode.no_grad)
with torch.inference_mode(): i = torch.ones(2); print(i)
i, repr(i)
x = torch.ones(2, requires_grad=True)
with torch.no_grad(): print(x, x[0], x * 2)
with torch.inference_mode(): print(x, x[0], x * 2)
""",
}
