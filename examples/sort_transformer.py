"""Teach a small transformer to sort: it reads digits, a bar, and goes on with the same digits in order.

    python -m gradiente examples/sort_transformer.py

What it teaches: a language model. Tokens and their places are embedded, layers of self-attention look at what stands
before under a causal mask, and the scores of the next token are trained by the cross entropy, with a learning rate that
warms up and then falls as a cosine. Nothing tells the network what sorting is. In the end it writes token by token, and
the attention of a layer of its own shows where it looks.

It prints losses, the share of sequences sorted without a mistake, and some of them. It takes about five seconds.
"""

import argparse
import math

import torch
import torch.nn.functional as F
from torch import nn

LENGTH = 5
BAR = 10
"""The token after the ten digits: what follows it is to be in order."""


def make_batch(n):
    """Return token sequences of shape (n, 2 LENGTH + 1): digits at random, a bar, the digits in order."""
    digits = torch.randint(10, (n, LENGTH))
    return torch.cat([digits, torch.full((n, 1), BAR), digits.sort(dim=1).values], dim=1)


class Model(nn.Module):
    """Embeddings, an encoder of ``layers`` layers that sees only what came before, scores by the embedding itself."""

    def __init__(self, width=32, heads=4, layers=2):
        super().__init__()
        self.tokens = nn.Embedding(BAR + 1, width)
        self.places = nn.Parameter(0.1 * torch.randn(2 * LENGTH, width))
        layer = nn.TransformerEncoderLayer(
            width, heads, dim_feedforward=2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, BAR + 1, bias=False)
        self.head.weight = self.tokens.weight  # one matrix reads and writes
        nn.init.normal_(self.tokens.weight, std=0.2)

    def forward(self, tokens):
        """Return scores of the next token at every place: (n, time) to (n, time, 11)."""
        time = tokens.shape[1]
        x = self.tokens(tokens) + self.places[:time]
        mask = nn.Transformer.generate_square_subsequent_mask(time)
        return self.head(self.encoder(x, mask=mask, is_causal=True))


def loss_of(model, batch):
    """Return the mean cross entropy of the tokens behind the bar; those before it are chance."""
    scores = model(batch[:, :-1])[:, LENGTH:]
    return F.cross_entropy(scores.flatten(0, 1), batch[:, LENGTH + 1 :].flatten())


@torch.no_grad()
def write(model, tokens):
    """Go on with the most probable token until the sequences are full."""
    while tokens.shape[1] < 2 * LENGTH + 1:
        best = model(tokens)[:, -1].argmax(dim=1, keepdim=True)
        tokens = torch.cat([tokens, best], dim=1)
    return tokens


@torch.no_grad()
def attention(model, tokens):
    """Return the first layer's attention, averaged over its heads: (time, time) for one sequence."""
    layer = model.encoder.layers[0]
    x = layer.norm1(model.tokens(tokens) + model.places[: tokens.shape[1]])
    mask = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
    return layer.self_attn(x, x, x, attn_mask=mask)[1][0]


def main():
    """Train, then let the model sort what it has not seen."""
    parser = argparse.ArgumentParser(description="Teach a small transformer to sort digits.")
    parser.add_argument("--steps", type=int, default=400)
    steps = parser.parse_args().steps

    torch.manual_seed(0)
    model = Model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min((i + 1) / warm, 0.5 + 0.5 * math.cos(math.pi * i / steps))
    )
    for step in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model, make_batch(48))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % max(1, steps // 8) == 0 or step == steps - 1:
            print(f"step {step:4}: loss {loss.item():.4f}, next learning rate {schedule.get_last_lr()[0]:.5f}")

    model.eval()
    truth = make_batch(200)
    written = write(model, truth[:, : LENGTH + 1])
    print(f"sorted without a mistake: {(written == truth).all(dim=1).float().mean().item():.1%} of 200")
    for row in written[:3].tolist():
        print("  ", *row[:LENGTH], "|", *row[LENGTH + 1 :])
    looks = attention(model, written[:1, :-1])
    print("the bar looks at the digits with weights", *(f"{w:.3f}" for w in looks[LENGTH, :LENGTH].tolist()))


if __name__ == "__main__":
    main()
