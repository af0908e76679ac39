"""Learn what digits look like, and draw new ones, with a variational autoencoder.

    python -m gradiente examples/digits_vae.py

What it teaches: distributions as parts of a model. The encoder says which codes z could stand for an image x, as a
normal distribution q(z|x); the decoder says which images a code could stand for. Trained is a bound of the likelihood,
log p(x) ≥ E[log p(x|z)] - KL(q(z|x) ‖ p(z)) (Kingma and Welling 2013). `rsample` lets the gradient through the
sampling, `kl_divergence` knows the second term in closed form.

It prints both terms as they fall, an image beside what becomes of it on its way through the code, and digits drawn from
random codes. It takes about three seconds.
"""

import argparse

import torch
from torch import nn
from torch.distributions import ContinuousBernoulli, Independent, Normal, kl_divergence
from torch.utils.data import DataLoader

from digits import Digits

SHADES = " .:-=+*#%@"


class Autoencoder(nn.Module):
    """Two networks of one hidden layer each, 64 pixels to ``codes`` numbers and back."""

    def __init__(self, codes=8, hidden=96):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(64, hidden), nn.SiLU(), nn.Linear(hidden, 2 * codes))
        self.decoder = nn.Sequential(nn.Linear(codes, hidden), nn.SiLU(), nn.Linear(hidden, 64))
        self.register_buffer("zero", torch.zeros(codes))

    def prior(self):
        """Return p(z), the standard normal distribution."""
        return Independent(Normal(self.zero, torch.ones_like(self.zero)), 1)

    def encode(self, images):
        """Return q(z|x)."""
        mean, spread = self.encoder(images).chunk(2, dim=1)
        return Independent(Normal(mean, nn.functional.softplus(spread) + 1e-3), 1)

    def decode(self, codes):
        """Return p(x|z): grey values from 0 to 1, each pixel on its own."""
        return Independent(ContinuousBernoulli(logits=self.decoder(codes)), 1)

    def forward(self, images):
        """Return the two terms of the bound for each image: E[log p(x|z)] from one sample, and the divergence."""
        q = self.encode(images)
        fit = self.decode(q.rsample()).log_prob(images.flatten(start_dim=1))
        return fit, kl_divergence(q, self.prior())


def draw(*images):
    """Print images beside each other in characters."""
    for rows in zip(*(image.reshape(8, 8) for image in images), strict=True):
        levels = [(row.clamp(0, 1) * 9).round().int().tolist() for row in rows]
        print("  ", "   ".join("".join(2 * SHADES[level] for level in row) for row in levels).rstrip())


def main():
    """Train; show reconstructions and new digits."""
    parser = argparse.ArgumentParser(description="Learn to draw digits with a variational autoencoder.")
    parser.add_argument("--epochs", type=int, default=30)
    epochs = parser.parse_args().epochs

    torch.manual_seed(0)
    training = DataLoader(Digits(training=True), batch_size=64, shuffle=True, drop_last=True)
    unseen = Digits(training=False).images
    model = Autoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    for epoch in range(1, epochs + 1):
        for images, _ in training:
            optimizer.zero_grad()
            fit, divergence = model(images)
            loss = (divergence - fit).mean()
            loss.backward()
            optimizer.step()
        if epoch == 1 or epoch % max(1, epochs // 6) == 0:
            with torch.no_grad():
                fit, divergence = (term.mean().item() for term in model(unseen))
            print(f"epoch {epoch:2}: held out: log p(x|z) {fit:8.4f}, divergence {divergence:7.4f}")

    with torch.no_grad():
        print("three images that it has not seen, and what the code keeps of them:")
        draw(*unseen[:3])
        draw(*model.decode(model.encode(unseen[:3]).mean).mean)
        print("three drawn from random codes:")
        draw(*model.decode(model.prior().sample((3,))).mean)


if __name__ == "__main__":
    main()
