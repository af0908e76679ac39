"""A walk through automatic differentiation: each step's code, then what it prints.

    python -m gradiente demo/tour.py

Nothing here knows gradiente: the program says ``import torch`` and runs on PyTorch as well.
"""

import contextlib
import inspect
import io
import sys
import textwrap

import torch

BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def show(number, step, *values):
    """Print a step's explanation and code, run it, and print what it printed; return what it returned."""
    title, _, text = inspect.getdoc(step).partition("\n\n")
    lines = inspect.getsource(step).split('"""')[2].strip("\n").splitlines()
    code = [line for line in textwrap.dedent("\n".join(lines)).splitlines() if not line.startswith("return ")]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = step(*values)
    print(f"{BOLD}{number}. {title.rstrip('.')}{PLAIN}\n")
    print(textwrap.fill(" ".join(text.split()), width=100), end="\n\n")
    print("\n".join(f"    {line}".rstrip() for line in code), end="\n\n")
    for line in printed.getvalue().splitlines():
        print(f"{DIM}  │{PLAIN} {line}".rstrip())
    print()
    return result


def network():
    """A network of one layer.

    Five inputs, three outputs. The weights and the bias are what training will change, so they ask for a gradient; the
    input and the expected output do not.
    """
    torch.manual_seed(0)
    x = torch.ones(5)
    y = torch.zeros(3)
    w = torch.randn(5, 3, requires_grad=True)
    b = torch.randn(3, requires_grad=True)
    z = torch.matmul(x, w) + b
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
    print(z)
    print(loss)
    return x, y, w, b, loss


def record(loss):
    """What was recorded.

    Every result remembers the operation that made it, and that operation its operands: a graph from the loss back to
    the parameters, written down while the program ran forwards. AccumulateGrad stands at its ends: there a gradient is
    put into a parameter's .grad.
    """

    def walk(node, depth):
        print("  " * depth + node.name())
        for operand, _ in node.next_functions:
            if operand is not None:
                walk(operand, depth + 1)

    walk(loss.grad_fn, 0)


def gradients(w, b, loss):
    """The gradients.

    One call walks that graph from the loss to the leaves by the chain rule, and leaves the derivative of the loss with
    respect to each parameter in its .grad.
    """
    loss.backward()
    print(w.grad)
    print(b.grad)


def once(loss):
    """A graph is walked once.

    The values that the backward pass needed are released on the way. Say retain_graph=True in the first call to walk
    the same graph again; without it, the second call is refused.
    """
    try:
        loss.backward()
    except RuntimeError as error:
        print(str(error).split(". ")[0])


def untracked(x, w, b):
    """Not recording.

    A trained model is only applied, and parameters may be frozen. Inside no_grad nothing is recorded, and detach gives
    the same numbers without their history.
    """
    z = torch.matmul(x, w) + b
    print("as ever:", z.requires_grad)
    with torch.no_grad():
        z = torch.matmul(x, w) + b
    print("in no_grad:", z.requires_grad)
    z = (torch.matmul(x, w) + b).detach()
    print("detached:", z.requires_grad)


def dynamic(x, w, b):
    """A new graph at each pass.

    The record is made anew every time, so ordinary control flow may change it: how many operations, and
    which.
    """
    for passes in range(3):
        z = torch.matmul(x, w) + b
        for _ in range(passes):
            z = torch.tanh(z) if z.sum() < -5 else z * 2
        print(passes, z.grad_fn.name())


def products():
    """Outputs that are not scalars.

    For y = f(x) with many outputs, backward(v) computes the product of v with the Jacobian matrix, without ever
    building the matrix. Gradients add up over calls until they are set to zero.
    """
    x = torch.eye(4, 5, requires_grad=True)
    y = (x + 1).pow(2).t()
    v = torch.ones_like(y)
    y.backward(v, retain_graph=True)
    print(x.grad)
    y.backward(v, retain_graph=True)
    print("after a second call:", x.grad[0])
    x.grad.zero_()
    y.backward(v)
    print("set to zero before a third:", x.grad[0])


def twice():
    """Derivatives of derivatives.

    With create_graph=True the backward pass is recorded as well, by the same rules, and can be differentiated again.
    """
    x = torch.tensor(2.0, requires_grad=True)
    y = x**4
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x, create_graph=True)
    (third,) = torch.autograd.grad(second, x)
    print(first.item(), second.item(), third.item())


def descent(x, y, w, b):
    """Learning.

    The gradient points uphill, so an optimiser steps against it; zero_grad keeps the passes apart.
    """
    optimizer = torch.optim.SGD([w, b], lr=1.0)
    for epoch in range(51):
        optimizer.zero_grad()
        z = torch.matmul(x, w) + b
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
        loss.backward()
        optimizer.step()
        if epoch % 10 == 0:
            print(f"epoch {epoch:2d}  loss {loss.item():.4f}")


def main():
    """Take the steps in order."""
    x, y, w, b, loss = show(1, network)
    show(2, record, loss)
    show(3, gradients, w, b, loss)
    show(4, once, loss)
    show(5, untracked, x, w, b)
    show(6, dynamic, x, w, b)
    show(7, products)
    show(8, twice)
    show(9, descent, x, y, w, b)


if __name__ == "__main__":
    main()
