"""Derivatives of functions: tangents, Jacobians, Hessians, the gradient of each example, networks side by side.

    python -m gradiente examples/function_transforms.py

What it teaches: `torch.func`. A transform takes a function and returns another: `grad` its gradient, `jvp` its
derivative along a direction, `jacfwd` and `jacrev` its Jacobian by columns and by rows, `vmap` the same function for a
whole batch. They nest: a Hessian is `jacfwd` of `grad`, the gradients of all examples are `vmap` of `grad`.

Each part prints what it found, and a check against another way to the same numbers. It takes about a second.
"""

import argparse

import torch
from torch import nn
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, jvp, stack_module_state, vjp, vmap


def throw(start):
    """Return where a ball lands that is thrown with speed and angle ``start``, and how long it flies; the air resists.

    The path is followed in small steps, and the last is cut where it meets the ground.
    """
    speed, angle = start[0], start[1]
    place = torch.stack([torch.zeros_like(speed), torch.ones_like(speed)])
    velocity = torch.stack([speed * torch.cos(angle), speed * torch.sin(angle)])
    step, time = 0.05, 0.0
    pull = torch.tensor([0.0, -9.81])
    while True:
        velocity = velocity + step * (pull - 0.02 * velocity * torch.linalg.vector_norm(velocity))
        after = place + step * velocity
        if after[1] < 0:
            part = place[1] / (place[1] - after[1])
            return torch.stack([place[0] + part * step * velocity[0], time + part * step])
        place, time = after, time + step


def along_a_direction():
    """Forward mode: the value and its change along a direction in one go, without a graph."""
    start, direction = torch.tensor([20.0, 0.7]), torch.tensor([0.0, 1.0])
    (distance, time), (more, longer) = jvp(throw, (start,), (direction,))
    print(f"thrown at 0.7: lands at {distance:.4f} after {time:.4f} s")
    print(f"  a steeper throw changes that by {more:.4f} and {longer:.4f} per radian")
    _, pull_back = vjp(throw, start)
    (speed, angle) = pull_back(torch.tensor([1.0, 0.0]))[0]
    print(f"  backwards: the distance changes by {speed:.4f} per m/s, {angle:.4f} per radian")
    by_columns, by_rows = jacfwd(throw)(start), jacrev(throw)(start)
    print(f"  Jacobians by columns and by rows differ by less than 1e-4: {(by_columns - by_rows).abs().max() < 1e-4}")


def newtons_method(steps):
    """A step of Newton's method needs the Hessian; a few of them go where gradient descent needs thousands."""

    def valley(x):
        return ((1 - x[:-1]) ** 2 + 100 * (x[1:] - x[:-1] ** 2) ** 2).sum()

    x = torch.tensor([-0.5, 0.4, -0.2], dtype=torch.float64)
    gradient, curvature = grad(valley), hessian(valley)
    for i in range(steps):
        change = torch.linalg.solve(curvature(x) + 1e-6 * torch.eye(3, dtype=x.dtype), gradient(x))
        size = 1.0
        while valley(x - size * change) > valley(x) and size > 1e-3:  # not further than it leads down
            size /= 2
        x = x - size * change
        if i % max(1, steps // 4) == 0 or i == steps - 1:
            print(f"Newton's method, step {i:2}: value {valley(x):.6f}, slope {gradient(x).norm():.6f}")


def each_example():
    """The gradient of each example at once, as differential privacy needs them, to bound what one can change."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 16), nn.GELU(), nn.Linear(16, 3))
    parameters = {name: p.detach() for name, p in model.named_parameters()}
    x, y = torch.randn(32, 4), torch.randint(3, (32,))

    def loss(parameters, example, label):
        return nn.functional.cross_entropy(functional_call(model, parameters, (example,)), label)

    gradients = vmap(grad(loss), in_dims=(None, 0, 0))(parameters, x, y)
    norms = torch.stack([g.flatten(start_dim=1).norm(dim=1) for g in gradients.values()]).norm(dim=0)
    print(f"32 gradients: norms from {norms.min():.4f} to {norms.max():.4f}")
    share = (1.0 / norms).clamp(max=1)
    bounded = {name: torch.einsum("n,n...->...", share, g) / 32 for name, g in gradients.items()}
    total = torch.stack([g.norm() for g in bounded.values()]).norm()
    print(f"  {int((share < 1).sum())} of them cut to length 1; their mean then has length {total:.4f}")
    nn.functional.cross_entropy(model(x), y).backward()
    means = {name: g.mean(dim=0) for name, g in gradients.items()}
    worst = max((means[name] - p.grad).abs().max() for name, p in model.named_parameters())
    print(f"  their mean is what backward() gives, to 1e-6: {worst < 1e-6}")


def side_by_side():
    """Several networks of one form as one: their parameters stacked, the network mapped over the stack."""
    torch.manual_seed(1)
    models = [nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)) for _ in range(5)]
    parameters, buffers = stack_module_state(models)
    x = torch.randn(6, 2)

    def run(parameters, buffers, x):
        return functional_call(models[0], (parameters, buffers), (x,))

    out = vmap(run, in_dims=(0, 0, None))(parameters, buffers, x)
    one_by_one = torch.stack([model(x) for model in models])
    print(f"5 networks, 6 inputs: results of shape {tuple(out.shape)}, mean {out.mean():.5f}, spread {out.std():.5f}")
    print(f"  the same as one after the other, to 1e-6: {(out - one_by_one).abs().max() < 1e-6}")
    noisy = vmap(lambda x: x + torch.randn(2), randomness="different")(torch.zeros(3, 2))
    print(f"  chance is different for each of a batch: {noisy[:, 0].unique().numel()} different numbers")


def main():
    """Run the parts in turn."""
    parser = argparse.ArgumentParser(description="Derivatives of functions by torch.func.")
    parser.add_argument("--steps", type=int, default=24, help="steps of Newton's method")
    steps = parser.parse_args().steps
    along_a_direction()
    newtons_method(steps)
    each_example()
    side_by_side()


if __name__ == "__main__":
    main()
