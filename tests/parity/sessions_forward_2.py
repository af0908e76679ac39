"""Programs of forward mode: levels, duals, views and changes in place, custom Functions, both modes at once."""

PROGRAMS = {
    "modules": """
torch.manual_seed(0) is None
w = torch.ones(2, 3)
x = torch.arange(3.)
params = {'w': w}
tangents = {'w': torch.full((2, 3), 2.)}
with fwAD.dual_level():
    dual = {k: fwAD.make_dual(v, tangents[k]) for k, v in params.items()}
    out = torch.nn.functional.linear(x, dual['w'])
    print(fwAD.unpack_dual(out).tangent)
    out = torch.tanh(dual['w'] @ x)
    print(fwAD.unpack_dual(out).tangent)
    loss = torch.nn.functional.mse_loss(out, torch.zeros(2))
    print(fwAD.unpack_dual(loss).tangent)
""",
    "duals while tangents do not propagate": """
t = torch.tensor([3., 4.])
x = torch.ones(2)
with torch.inference_mode(): i = torch.ones(2)
fwAD.enter_dual_level()
with torch.inference_mode():
    e = fwAD.make_dual(x, t)
    f = fwAD.make_dual(i, t)
    try: fwAD.make_dual(e, t)
    except RuntimeError as r: print(str(r)[:60])
    try: fwAD.make_dual(x, torch.ones(3))
    except RuntimeError as r: print(str(r)[:60])
e
f
with fwAD._set_fwd_grad_enabled(False):
    e = fwAD.make_dual(x, t)
    try: fwAD.make_dual(e, t)
    except RuntimeError as r: print(str(r)[:60])
    e.mul_(2)
    v = e[0:1]
e, v
fwAD.unpack_dual(e, level=1)
fwAD.exit_dual_level()
""",
}
