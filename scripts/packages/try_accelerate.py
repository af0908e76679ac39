"""Accelerate: a training loop with gradient accumulation, clipping, gathering, and a saved state."""

import tempfile

import torch
from accelerate import Accelerator, init_empty_weights, load_checkpoint_and_dispatch
from accelerate.utils import set_seed
from torch.utils.data import DataLoader, TensorDataset

set_seed(3)
accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True).sin()), batch_size=8, shuffle=True)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 4, 0.5)
model, optimizer, loader, schedule = accelerator.prepare(model, optimizer, loader, schedule)
for epoch in range(4):
    total = 0.0
    for a, b in loader:
        with accelerator.accumulate(model):
            loss = torch.nn.functional.mse_loss(model(a), b)
            accelerator.backward(loss)
            if accelerator.sync_gradients:
                accelerator.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        total += accelerator.gather(loss.detach()).sum().item()
    print(epoch, f"{total:.4f}", accelerator.device, accelerator.num_processes)
with tempfile.TemporaryDirectory() as folder:
    accelerator.save_state(folder)
    kept = [p.detach().clone() for p in model.parameters()]
    for p in model.parameters():
        p.data.zero_()
    accelerator.load_state(folder)
    print(all(torch.equal(a, b) for a, b in zip(kept, model.parameters())))

with init_empty_weights():
    large = torch.nn.Sequential(torch.nn.Linear(2000, 3000), torch.nn.ReLU(), torch.nn.Linear(3000, 10))
print(sum(p.numel() for p in large.parameters()), {p.device for p in large.parameters()})
source = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
with init_empty_weights():
    empty = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
with tempfile.TemporaryDirectory() as folder:
    torch.save(source.state_dict(), f"{folder}/pytorch_model.bin")
    filled = load_checkpoint_and_dispatch(empty, f"{folder}/pytorch_model.bin", device_map={"": "cpu"})
    print(torch.equal(filled(x), source(x)), {p.device for p in filled.parameters()})
