"""Tell from its letters which language a name comes from, and invent new names, with recurrent networks.

    python -m gradiente examples/names_rnn.py

What it teaches: sequences of different lengths. Letters become vectors by an embedding; a packed sequence lets a GRU
read names of any length in one batch; its last state is classified. For the second half an LSTM learns to say the next
letter from those before, and writes names by drawing letter after letter from what it says.

The names are made here, of syllables of three invented languages, so that the data need no file. It prints losses,
accuracy, and invented names. It takes about five seconds.
"""

import argparse
import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

# Beginnings, middles and ends of the names of each language; the languages are neighbours and share some.
LANGUAGES = {
    "Highland": (["Bra", "Dor", "Gru", "Kar", "Ma", "Ta"], ["ga", "mun", "ro", "la", "bo", "ni"], ["d", "k", "n", "a"]),
    "Island": (["A", "Le", "Ma", "Nao", "Pu", "Ta"], ["la", "no", "hi", "ke", "lu", "ro"], ["i", "o", "a", "ne"]),
    "Forest": (["Ae", "Cel", "Fi", "Gal", "Le", "Sil"], ["ra", "the", "ni", "lo", "la"], ["el", "n", "ris", "ne"]),
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
END = len(LETTERS) + 1
"""Letters are numbered from 1; 0 fills up short names, and END comes after the last letter and before the first."""


def make_names(each, seed):
    """Return ``each`` names of every language, with the language's number, in mixed order."""
    draw = random.Random(seed)
    names = []
    for number, (first, middle, last) in enumerate(LANGUAGES.values()):
        for _ in range(each):
            parts = [draw.choice(first), *draw.choices(middle, k=draw.randint(0, 2)), draw.choice(last)]
            names.append(("".join(parts), number))
    draw.shuffle(names)
    return names


def encode(name):
    """Return the numbers of a name's letters."""
    return torch.tensor([LETTERS.index(letter) + 1 for letter in name.lower()])


class Classifier(nn.Module):
    """An embedding, a GRU that reads in both directions, a linear layer on its last states."""

    def __init__(self, width=24):
        super().__init__()
        self.embedding = nn.Embedding(END + 1, 12, padding_idx=0)
        self.gru = nn.GRU(12, width, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * width, len(LANGUAGES))

    def forward(self, names):
        """Return a score for each name and language; ``names`` is a list of tensors of letters."""
        lengths = torch.tensor([len(name) for name in names])
        letters = self.embedding(pad_sequence(names, batch_first=True))
        packed = pack_padded_sequence(letters, lengths, batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed)
        return self.head(torch.cat([last[0], last[1]], dim=1))


class Writer(nn.Module):
    """An LSTM that gives each next letter a score, from the letters before it and the language."""

    def __init__(self, width=32):
        super().__init__()
        self.letters = nn.Embedding(END + 1, 16, padding_idx=0)
        self.languages = nn.Embedding(len(LANGUAGES), 8)
        self.lstm = nn.LSTM(16 + 8, width, batch_first=True)
        self.head = nn.Linear(width, END + 1)

    def forward(self, letters, lengths, languages, state=None):
        """Return scores of shape (batch, time, letters) and the LSTM's state."""
        language = self.languages(languages)[:, None, :].expand(-1, letters.shape[1], -1)
        x = torch.cat([self.letters(letters), language], dim=2)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, state = self.lstm(packed, state)
        return self.head(pad_packed_sequence(out, batch_first=True)[0]), state


def train_classifier(model, names, optimizer, batch):
    """Take one step on names drawn at random; return the loss."""
    chosen = [names[i] for i in torch.randint(len(names), (batch,)).tolist()]
    optimizer.zero_grad()
    loss = F.cross_entropy(model([encode(name) for name, _ in chosen]), torch.tensor([n for _, n in chosen]))
    loss.backward()
    optimizer.step()
    return loss.item()


def train_writer(model, names, optimizer, batch):
    """Take one step: each letter of each name is to be foretold from those before it; return the loss a letter."""
    chosen = [names[i] for i in torch.randint(len(names), (batch,)).tolist()]
    edge = torch.tensor([END])
    texts = [torch.cat([edge, encode(name), edge]) for name, _ in chosen]
    before = pad_sequence([text[:-1] for text in texts], batch_first=True)
    after = pad_sequence([text[1:] for text in texts], batch_first=True)
    lengths = torch.tensor([len(text) - 1 for text in texts])
    optimizer.zero_grad()
    scores, _ = model(before, lengths, torch.tensor([n for _, n in chosen]))
    loss = F.cross_entropy(scores.flatten(0, 1), after.flatten(), ignore_index=0)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


@torch.no_grad()
def invent(model, language, longest=12):
    """Write a name: draw a letter from the network's distribution, feed it back, until it says END."""
    letter, state, name = END, None, ""
    one = torch.tensor([1])
    while len(name) < longest:
        scores, state = model(torch.tensor([[letter]]), one, torch.tensor([language]), state)
        letter = torch.multinomial(F.softmax(scores[0, -1, 1:], dim=0), 1).item() + 1
        if letter == END:
            break
        name += LETTERS[letter - 1]
    return name.capitalize()


def main():
    """Train the classifier and judge it; train the writer and let it write."""
    parser = argparse.ArgumentParser(description="Classify and invent names with recurrent networks.")
    parser.add_argument("--steps", type=int, default=300)
    steps = parser.parse_args().steps

    torch.manual_seed(0)
    names, unseen = make_names(200, seed=1), make_names(60, seed=2)
    print("names:", ", ".join(name for name, _ in names[:8]))

    reader = Classifier()
    optimizer = torch.optim.Adam(reader.parameters(), lr=5e-3)
    losses = [train_classifier(reader, names, optimizer, batch=32) for _ in range(steps)]
    for i in range(0, steps, max(1, steps // 4)):
        print(f"reading, step {i:3}: loss {losses[i]:.4f}")
    with torch.no_grad():
        guesses = reader([encode(name) for name, _ in unseen]).argmax(dim=1)
    right = (guesses == torch.tensor([number for _, number in unseen])).float().mean().item()
    print(f"right about {right:.1%} of {len(unseen)} other names")

    writer = Writer()
    optimizer = torch.optim.Adam(writer.parameters(), lr=1e-2)
    losses = [train_writer(writer, names, optimizer, batch=32) for _ in range(steps)]
    for i in range(0, steps, max(1, steps // 4)):
        print(f"writing, step {i:3}: loss {losses[i]:.4f}")
    for number, language in enumerate(LANGUAGES):
        print(f"{language}:", ", ".join(invent(writer, number) for _ in range(4)))


if __name__ == "__main__":
    main()
