"""Geoopt: manifolds, their exponential maps and distances, Riemannian optimisers."""

import geoopt
import torch

torch.manual_seed(0)
for manifold, shape in (
    (geoopt.Sphere(), (4, 5)),
    (geoopt.PoincareBall(), (4, 5)),
    (geoopt.Stiefel(), (6, 3)),
    (geoopt.Lorentz(), (4, 5)),
    (geoopt.SymmetricPositiveDefinite(), (3, 3)),
):
    x = manifold.projx(torch.randn(*shape))
    u = manifold.proju(x, 0.1 * torch.randn(*shape))
    y = manifold.retr(x, u)
    print(
        type(manifold).__name__,
        manifold.check_point_on_manifold(y, atol=1e-3),
        f"{manifold.inner(x, u).sum().item():.4f}",
    )
    point = geoopt.ManifoldParameter(x.clone(), manifold=manifold)
    for kind in (geoopt.optim.RiemannianSGD, geoopt.optim.RiemannianAdam):
        optimizer = kind([point], lr=0.05)
        for step in range(5):
            optimizer.zero_grad()
            loss = (point - y.roll(1, 0)).square().sum()
            loss.backward()
            optimizer.step()
        print(kind.__name__, f"{loss.item():.4f}")
ball = geoopt.PoincareBall()
a, b = ball.expmap0(0.3 * torch.randn(3, 4)), ball.expmap0(0.3 * torch.randn(3, 4))
print(ball.dist(a, b), ball.mobius_add(a, b).norm(dim=-1), ball.logmap(a, b).norm(dim=-1))
