"""What gradcheck and gradgradcheck are tried on: `cases(library)` gives name → (function, inputs, options)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = tuple[Callable[..., Any], Any, dict[str, Any]]


def custom(m: Any, forward: Any, backward: Any, jvp: Any = None, materialize: bool = True) -> Any:
    """A `Function` with the given rules, right or wrong."""

    def run(ctx: Any, x: Any) -> Any:
        ctx.set_materialize_grads(materialize)
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)
        return forward(x)

    rules = {"forward": run, "backward": lambda ctx, *g: backward(ctx.saved_tensors[0], *g)}
    if jvp is not None:
        rules["jvp"] = lambda ctx, t: jvp(ctx.saved_tensors[0], t)
    rules = {name: staticmethod(rule) for name, rule in rules.items()}
    return type("Custom", (m.autograd.Function,), rules).apply


class Builder:
    """Cases of one library."""

    def __init__(self, m: Any) -> None:
        self.m = m
        self.found: dict[str, Case] = {}

    def tensor(self, *values: Any, dtype: str = "float64", tracked: bool = True) -> Any:
        return self.m.tensor(values, dtype=getattr(self.m, dtype), requires_grad=tracked)

    @property
    def x(self) -> Any:
        return self.tensor(1.0, 2.0)

    @property
    def z(self) -> Any:
        return self.tensor(1 + 1j, 2 - 0.5j, dtype="complex128")

    def add(self, name: str, function: Any, inputs: Any, **options: Any) -> None:
        self.found[name] = (function, inputs, options)


def square(x: Any) -> Any:
    return x * x


def cases(m: Any) -> dict[str, Case]:
    b = Builder(m)
    forward_mode(b)
    undefined(b)
    shapes_and_types(b)
    batches(b)
    options(b)
    functions(b)
    return b.found


def forward_mode(b: Builder) -> None:
    m, add = b.m, b.add
    good = custom(m, square, lambda x, g: g * 2 * x, lambda x, t: 2 * x * t)
    bad = custom(m, square, lambda x, g: g * 2 * x, lambda x, t: x * t)
    none = custom(m, square, lambda x, g: g * 2 * x)
    for name, function in {"right": good, "wrong": bad, "missing": none}.items():
        for fast in (False, True):
            add(f"forward {name} fast={fast}", function, b.x, check_forward_ad=True, fast_mode=fast)
    only = {"check_forward_ad": True, "check_backward_ad": False, "check_undefined_grad": False}
    add("forward only", custom(m, square, lambda x, g: g * x, lambda x, t: 2 * x * t), b.x, **only)
    add("forward only wrong", bad, b.x, **only)
    wrong = custom(m, square, lambda z, g: g * 2 * z.conj(), lambda z, t: z * t)
    for fast in (False, True):
        add(f"forward complex fast={fast}", square, b.z, check_forward_ad=True, fast_mode=fast)
        add(f"forward complex wrong fast={fast}", wrong, b.z, check_forward_ad=True, fast_mode=fast)
        add(f"forward to real fast={fast}", lambda z: z.abs(), b.z, check_forward_ad=True, fast_mode=fast)
        add(f"forward to complex fast={fast}", lambda x: x * (1 + 2j), b.x, check_forward_ad=True, fast_mode=fast)
    add("forward two inputs", lambda x, y: (x * y, x), (b.x, b.x), check_forward_ad=True)
    add("forward complex and real", lambda x, z: x * z, (b.x, b.z), check_forward_ad=True)
    add("forward constant", lambda x: m.ones(2, dtype=m.float64), b.x, check_forward_ad=True)
    add("forward detached", lambda x: x.detach() * 2, b.x, check_forward_ad=True)


def undefined(b: Builder) -> None:
    m, add = b.m, b.add
    add("undefined fails", custom(m, square, lambda x, g: g * 2 * x, None, False), b.x)
    add("undefined ignored", custom(m, square, lambda x, g: (1 if g is None else g) * 2 * x, None, False), b.x)
    add("undefined minded", custom(m, square, lambda x, g: None if g is None else g * 2 * x, None, False), b.x)
    unminded = custom(m, square, lambda x, g: g * 2 * x, None, False)
    add("undefined not checked", unminded, b.x, check_undefined_grad=False)

    def two(backward: Any) -> Any:
        return custom(m, lambda x: (x * 2, x * 3), backward, None, False)

    add("undefined of two fails", two(lambda x, g, h: g * 2 + h * 3), b.x)
    add("undefined first alone", two(lambda x, g, h: None if g is None else g * 2 + (0 if h is None else h * 3)), b.x)


def shapes_and_types(b: Builder) -> None:
    m, add = b.m, b.add
    single = custom(m, lambda x: x * 2, lambda x, g: (g * 2).float())
    add("dtype of gradient", single, b.x, check_grad_dtypes=True)
    add("dtype not checked", single, b.x)
    add("dtype without an error", single, b.x, check_grad_dtypes=True, raise_exception=False)
    add("gradient too large", custom(m, lambda x: x * 2, lambda x, g: (g * 2)[None]), b.x)
    add("gradient too small", custom(m, lambda x: x * 2, lambda x, g: (g * 2)[:1]), b.x)
    add("too many gradients", custom(m, square, lambda x, g: (g, g)), b.x)
    add("float32", square, b.tensor(1.0, 2.0, dtype="float32"))
    add("float32 large step", square, b.tensor(1.0, 2.0, dtype="float32"), eps=1e-2, atol=1e-2)
    add("empty", square, m.zeros(0, dtype=m.float64, requires_grad=True))
    add("empty fast", lambda x: x.sum(), m.zeros(0, 3, dtype=m.float64, requires_grad=True), fast_mode=True)
    add("transposed", square, m.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=m.float64).t().requires_grad_())
    add("overlapping", square, m.ones(1, dtype=m.float64).expand(3).requires_grad_())
    add("shape changes", lambda x: x[x > 1.9999999], b.x)
    add("dtype changes", lambda x: x * 1 if float(x.detach()[0]) == 1.0 else (x * 1).float(), b.x)
    add("integer output", lambda x: x.long(), b.x)
    add("list of outputs", lambda x: [x * 2, x], b.x)
    add("list of inputs", lambda x, y: x * y, [b.x, b.x])
    add("number among inputs", lambda x, n: x * n, (b.x, 3))
    add("mask among inputs", lambda x, n: x * n, (b.x, m.tensor([True, False])))
    add("no output", lambda x: None, b.x)
    add("no output among others", lambda x: (x * 2, None), b.x)
    add("no inputs", square, ())


def batches(b: Builder) -> None:
    m, add = b.m, b.add
    plain = custom(m, square, lambda x, g: g * 2 * x, lambda x, t: 2 * x * t)
    add("batched", lambda x: x.sin() * x, b.x, check_batched_grad=True)
    add("batched Function", plain, b.x, check_batched_grad=True)
    looks = custom(m, lambda x: x * 2, lambda x, g: g * 2 if g.sum() != 1e9 else g)
    add("batched looks at values", looks, b.x, check_batched_grad=True)
    takes = custom(m, lambda x: x * 2, lambda x, g: g * float(g.sum() * 0 + 2))
    add("batched takes a number", takes, b.x, check_batched_grad=True)
    both = {"check_forward_ad": True, "check_batched_forward_grad": True}
    add("batched forward", lambda x: x.sin() * x, b.x, **both)
    add("batched forward Function", plain, b.x, **both)
    looks = custom(m, square, lambda x, g: g * 2 * x, lambda x, t: 2 * x * t if t.sum() != 1e9 else t)
    add("batched forward looks at values", looks, b.x, **both)


def options(b: Builder) -> None:
    m, add = b.m, b.add
    wrong = custom(m, square, lambda x, g: g * x)
    add("no mode", square, b.x, check_backward_ad=False)
    only = {"check_backward_ad": False, "check_forward_ad": True}
    add("batched without backward", square, b.x, check_batched_grad=True, **only)
    add("batched forward without forward", square, b.x, check_batched_forward_grad=True)
    add("undefined without backward", square, b.x, **only)
    add("masked", square, b.x, masked=True)
    add("not masked", square, b.x, masked=False)
    add("no exception", wrong, b.x, raise_exception=False)
    add("another exception", square, b.x.detach(), raise_exception=False)
    add("the function's own exception", lambda x: x @ m.ones(3, dtype=m.float64), b.x, raise_exception=False)
    add("the backward's own exception", custom(m, square, lambda x, g: x @ m.ones(3, dtype=m.float64)), b.x)


def functions(b: Builder) -> None:
    m, add = b.m, b.add
    wrong = custom(m, square, lambda x, g: g * x)
    add("nan", lambda x: x * float("nan"), b.x)
    add("one number", square, m.tensor(2.0, dtype=m.float64, requires_grad=True))
    add("matrix", lambda x: x @ x, m.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=m.float64, requires_grad=True))
    add("in place", lambda x: x.clone().mul_(2), b.x)
    add("in place on the input", lambda x: x.mul_(2), b.x)
    add("view", lambda x: x[0], b.x)
    x = b.x
    add("one tensor twice", lambda a, b: a * b, (x, x))
    add("second input wrong", lambda x, y: x * wrong(y), (b.x, b.x))
    add("second input wrong fast", lambda x, y: x * wrong(y), (b.x, b.x), fast_mode=True)
    half = custom(m, square, lambda z, g: m.complex((g * 2 * z.conj()).real, (g * z.conj()).imag))
    add("imaginary part wrong", half, b.z)
    add("complex wrong fast", custom(m, square, lambda z, g: g * z.conj()), b.z, fast_mode=True)
    noise = custom(m, square, lambda x, g: g * 2 * x + m.rand(2, dtype=m.float64) * 1e-8)
    add("different each time", noise, b.x)
    add("different each time fast", noise, b.x, fast_mode=True)
    add("different, but allowed", noise, b.x, nondet_tol=1e-6)


def second_order(m: Any) -> dict[str, Case]:
    """Cases of gradgradcheck."""
    b = Builder(m)
    add = b.add
    detached = custom(m, lambda x: x**3, lambda x, g: g * 3 * x.detach() * x.detach())
    once = m.autograd.function.once_differentiable(lambda x, g: g * 2 * x)
    cube = lambda x: x * x * x  # noqa: E731
    add("right", cube, b.x)
    for fast in (False, True):
        add(f"wrong fast={fast}", detached, b.x, fast_mode=fast)
    add("wrong, strided cotangents", detached, b.x, gen_non_contig_grad_outputs=True)
    add("wrong, no exception", detached, b.x, raise_exception=False)
    add("once", custom(m, square, once), b.x)
    add("forward over reverse", cube, b.x, check_fwd_over_rev=True)
    only = {"check_fwd_over_rev": True, "check_rev_over_rev": False}
    add("forward over reverse alone", cube, b.x, **only, check_undefined_grad=False)
    add("undefined without reverse", cube, b.x, **only)
    add("batched without reverse", cube, b.x, **only, check_undefined_grad=False, check_batched_grad=True)
    add("no mode", cube, b.x, check_rev_over_rev=False)
    add("strided cotangents", cube, b.x, gen_non_contig_grad_outputs=True)
    add("batched", cube, b.x, check_batched_grad=True)
    add("nothing tracked", cube, b.x.detach())
    add("cotangents", cube, b.x, grad_outputs=b.tensor(1.0, 3.0))
    add("untracked cotangents", cube, b.x, grad_outputs=b.tensor(1.0, 3.0, tracked=False))
    add("linear", lambda x: x * 2, b.x)
    add("complex", cube, b.z)
    add("two outputs", lambda x: (x * x, x.sum() ** 3), b.x)
    add("integer output", lambda x: (x * x, x.long()), b.x)
    add("dtypes", cube, b.x, check_grad_dtypes=True)
    return b.found
