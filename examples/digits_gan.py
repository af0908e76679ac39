"""Two networks play against each other, and one of them learns to draw digits: a generative adversarial network.

    python -m gradiente examples/digits_gan.py

What it teaches: two optimisers in one loop. The generator makes images from noise by transposed convolutions, the
critic tells them from real ones, and each is trained on the other's mistakes (Goodfellow et al. 2014; the layers after
Radford, Metz and Chintala 2015). While one learns, `detach` keeps the other's parameters out of it.

It prints both losses, how real the critic finds both kinds of images, and drawings. It takes about twelve seconds.

The numbers are in double precision: in a game without a fixed goal small roundings grow, and in single precision they
would show after a few epochs, on another machine or in another library.
"""

import argparse

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

from digits import Digits
from digits_vae import draw

NOISE = 16


def build_generator(channels=16):
    """Return a network from noise (n, NOISE, 1, 1) to images (n, 1, 8, 8) from -1 to 1."""
    return nn.Sequential(
        nn.ConvTranspose2d(NOISE, 2 * channels, 2, bias=False),
        nn.BatchNorm2d(2 * channels),
        nn.ReLU(),
        nn.ConvTranspose2d(2 * channels, channels, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.ConvTranspose2d(channels, 1, 4, stride=2, padding=1),
        nn.Tanh(),
    )


def build_critic(channels=16):
    """Return a network from images to one score each, high for those that seem real."""
    return nn.Sequential(
        nn.Conv2d(1, channels, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(2 * channels),
        nn.LeakyReLU(0.2),
        nn.Conv2d(2 * channels, 1, 2),
        nn.Flatten(0),
    )


def initialise(module):
    """Draw weights from narrow normal distributions, as is usual for this kind of network."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.05)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def judge(scores, real):
    """Return the loss of scores that should all say ``real``: 1 or 0."""
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, real))


def main():
    """Let the two play; show what the generator has learnt."""
    parser = argparse.ArgumentParser(description="Learn to draw digits with a generative adversarial network.")
    parser.add_argument("--epochs", type=int, default=18)
    epochs = parser.parse_args().epochs

    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    loader = DataLoader(Digits(training=True), batch_size=64, shuffle=True, drop_last=True)
    generator, critic = build_generator().apply(initialise), build_critic().apply(initialise)
    makes = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    finds = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.999))
    always = torch.randn(4, NOISE, 1, 1)
    for epoch in range(1, epochs + 1):
        for images, _ in loader:
            made = generator(torch.randn(len(images), NOISE, 1, 1))
            finds.zero_grad()
            real, false = critic(2 * images.double() - 1), critic(made.detach())
            loss_critic = judge(real, 0.9) + judge(false, 0.0)
            loss_critic.backward()
            finds.step()

            makes.zero_grad()
            loss_generator = judge(critic(made), 1.0)
            loss_generator.backward()
            makes.step()
        if epoch == 1 or epoch % max(1, epochs // 6) == 0:
            believed = [torch.sigmoid(scores).mean().item() for scores in (real, false)]
            print(
                f"epoch {epoch:2}: losses {loss_critic.item():.4f} and {loss_generator.item():.4f}; "
                f"real images seem real to {believed[0]:.3f}, made ones to {believed[1]:.3f}"
            )

    generator.eval()
    with torch.no_grad():
        draw(*(generator(always) + 1) / 2)


if __name__ == "__main__":
    main()
