"""torchdiffeq: a spiral by every solver, and its dynamics learnt through the adjoint equation."""

import torch
from torchdiffeq import odeint, odeint_adjoint, odeint_event

torch.manual_seed(0)
A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
y0, t = torch.tensor([[2.0, 0.0]]), torch.linspace(0.0, 5.0, 20)
for method in ("dopri8", "dopri5", "bosh3", "fehlberg2", "adaptive_heun", "euler", "midpoint", "heun3", "rk4",
               "explicit_adams", "implicit_adams", "scipy_solver"):  # fmt: skip
    options = {"solver": "LSODA"} if method == "scipy_solver" else None
    y = odeint(lambda t, y: y**3 @ A, y0, t, method=method, options=options)
    print(method, y[-1], y.sum())
t_event, y_event = odeint_event(lambda t, y: -torch.ones_like(y), torch.tensor([1.0]), torch.tensor(0.0),
                                event_fn=lambda t, y: y - 0.25, atol=1e-8)  # fmt: skip
print("event", t_event, y_event[-1])


class Dynamics(torch.nn.Module):
    """A small network."""

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 2))

    def forward(self, t, y):
        """The derivative."""
        return self.net(y**3)


target = odeint(lambda t, y: y**3 @ A, y0, t)
for solve in (odeint, odeint_adjoint):
    torch.manual_seed(0)
    func = Dynamics()
    optimizer = torch.optim.RMSprop(func.parameters(), lr=1e-3)
    for step in range(10):
        optimizer.zero_grad()
        loss = (solve(func, y0, t) - target).abs().mean()
        loss.backward()
        optimizer.step()
        print(solve.__name__, step, f"{loss.item():.4f}")
