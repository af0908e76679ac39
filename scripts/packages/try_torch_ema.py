"""torch-ema: the example of its README."""

import torch
import torch.nn.functional as F
from torch_ema import ExponentialMovingAverage

torch.manual_seed(0)
x_train, y_train = torch.rand((100, 10)), torch.rand(100).round().long()
x_val, y_val = torch.rand((100, 10)), torch.rand(100).round().long()
model = torch.nn.Linear(10, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
ema = ExponentialMovingAverage(model.parameters(), decay=0.995)
model.train()
for _ in range(20):
    loss = F.cross_entropy(model(x_train), y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    ema.update()
model.eval()
print(F.cross_entropy(model(x_val), y_val).item())
with ema.average_parameters():
    print(F.cross_entropy(model(x_val), y_val).item())
    print(model.weight)
state = ema.state_dict()
print(sorted(state), state["num_updates"])
