"""Ignite: a trainer with evaluator, metrics, schedulers, early stopping and checkpoints."""

import os
import tempfile

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint, DiskSaver, EarlyStopping, EMAHandler, LinearCyclicalScheduler, TerminateOnNan
from ignite.metrics import Accuracy, ConfusionMatrix, Loss, Precision, Recall, RunningAverage
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(256, 8), torch.randint(3, (256,))
x[torch.arange(256), y] += 2
train = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
valid = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=32)
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
trainer = create_supervised_trainer(model, optimizer, nn.CrossEntropyLoss())
precision, recall = Precision(average=False), Recall(average=False)
metrics = {
    "accuracy": Accuracy(),
    "loss": Loss(nn.CrossEntropyLoss()),
    "f1": (precision * recall * 2 / (precision + recall)).mean(),
    "confusion": ConfusionMatrix(3),
}
evaluator = create_supervised_evaluator(model, metrics)
RunningAverage(output_transform=lambda out: out).attach(trainer, "running")
trainer.add_event_handler(Events.ITERATION_COMPLETED, TerminateOnNan())
trainer.add_event_handler(Events.ITERATION_STARTED, LinearCyclicalScheduler(optimizer, "lr", 0.1, 0.01, 12))
EMAHandler(model, momentum=0.1).attach(trainer)


@trainer.on(Events.EPOCH_COMPLETED)
def told(engine):
    evaluator.run(valid)
    found = evaluator.state.metrics
    print(
        engine.state.epoch,
        f"{engine.state.metrics['running']:.4f} {found['accuracy']:.4f} {found['loss']:.4f} {found['f1']:.4f}",
    )
    print(found["confusion"].tolist(), f"{optimizer.param_groups[0]['lr']:.4f}")


with tempfile.TemporaryDirectory() as folder:
    keep = Checkpoint({"model": model, "optimizer": optimizer}, DiskSaver(folder, require_empty=False), n_saved=1)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, keep)
    stop = EarlyStopping(3, lambda engine: -engine.state.metrics["loss"], trainer)
    evaluator.add_event_handler(Events.COMPLETED, stop)
    trainer.run(train, max_epochs=4)
    print(os.path.basename(keep.last_checkpoint))
    Checkpoint.load_objects({"model": model}, torch.load(keep.last_checkpoint))
print(f"{sum(p.sum().item() for p in model.parameters()):.4f}")
