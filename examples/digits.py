"""The images that several of these programs learn from: 1797 hand-written digits of 8x8 pixels.

They are the file demo/data/digits.csv.gz, whose origin the README beside it states. This module is imported by the
programs; it prints nothing.
"""

from pathlib import Path

import numpy as np
import torch
from torch.utils.data import Dataset

FILE = Path(__file__).resolve().parent.parent / "demo" / "data" / "digits.csv.gz"
HELD_OUT = 360


class Digits(Dataset):
    """Images of shape (1, 8, 8), from 0 to 1, each with its digit: those to learn from, or those held out.

    The two parts are mixed by a fixed seed. ``only`` chooses digits; ``transform`` is applied to an image each time
    that it is asked for.
    """

    def __init__(self, training, only=range(10), transform=None):
        table = np.loadtxt(FILE, delimiter=",", dtype=np.float32)
        table = table[np.random.default_rng(0).permutation(len(table))]
        table = table[HELD_OUT:] if training else table[:HELD_OUT]
        table = table[np.isin(table[:, -1], list(only))]
        self.images = torch.from_numpy(table[:, :-1] / np.float32(16)).reshape(-1, 1, 8, 8)
        self.digits = torch.from_numpy(table[:, -1].astype(np.int64))
        self.transform = transform

    def __len__(self):
        return len(self.digits)

    def __getitem__(self, i):
        image = self.images[i]
        return (image if self.transform is None else self.transform(image)), self.digits[i]
