"""torchinfo: summaries of models."""

import torch
from torch import nn
from torchinfo import summary

conv = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5))
print(
    summary(
        conv, (2, 1, 8, 8), verbose=0, col_names=("input_size", "output_size", "num_params", "mult_adds", "trainable")
    )
)
print(summary(nn.LSTM(4, 6, 2, batch_first=True), (2, 5, 4), verbose=0))
print(
    summary(
        nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), input_data=torch.randn(2, 5, 16), verbose=0, depth=3
    )
)
