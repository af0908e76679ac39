"""torchsde: the example of its README by several methods, and gradients by the adjoint equation."""

import torch
import torchsde

batch_size, state_size, brownian_size, t_size = 8, 3, 2, 10


class SDE(torch.nn.Module):
    """A linear equation."""

    noise_type = "general"

    def __init__(self, sde_type):
        super().__init__()
        self.sde_type = sde_type
        self.mu = torch.nn.Linear(state_size, state_size)
        self.sigma = torch.nn.Linear(state_size, state_size * brownian_size)

    def f(self, t, y):
        """Drift."""
        return self.mu(y)

    def g(self, t, y):
        """Diffusion."""
        return self.sigma(y).view(batch_size, state_size, brownian_size)


y0, ts = torch.full((batch_size, state_size), 0.1), torch.linspace(0, 1, t_size)
for sde_type, method in (("ito", "euler"), ("stratonovich", "midpoint"), ("stratonovich", "heun"),
                         ("stratonovich", "reversible_heun")):  # fmt: skip
    torch.manual_seed(0)
    sde = SDE(sde_type)
    motion = torchsde.BrownianInterval(0.0, 1.0, size=(batch_size, brownian_size), entropy=7)
    ys = torchsde.sdeint(sde, y0, ts, bm=motion, method=method, dt=0.05)
    print(method, ys.shape, ys.mean(), ys[-1, 0])
    if sde_type == "stratonovich":
        adjoint = "adjoint_reversible_heun" if method == "reversible_heun" else None
        torchsde.sdeint_adjoint(sde, y0, ts, bm=motion, method=method, dt=0.05, adjoint_method=adjoint).sum().backward()
        print(sde.mu.weight.grad, sde.sigma.bias.grad)
