"""PyTorch Lightning: training, validation, early stopping, a checkpoint and its loading, predictions."""

import logging
import tempfile
import warnings

import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


class Net(pl.LightningModule):
    def __init__(self, width=16):
        super().__init__()
        self.save_hyperparameters()
        self.layers = nn.Sequential(nn.Linear(5, width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(width, 1))
        self.seen = []

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = nn.functional.mse_loss(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("val_loss", nn.functional.mse_loss(self(x), y), prog_bar=False)

    def on_validation_epoch_end(self):
        self.seen.append(self.trainer.callback_metrics["val_loss"].item())

    def predict_step(self, batch, batch_idx):
        return self(batch[0])

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=1e-2)
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)}


pl.seed_everything(7, verbose=False)
x = torch.randn(128, 5)
y = x.sum(1, keepdim=True).sin()
train = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
valid = DataLoader(TensorDataset(x[:32], y[:32]), batch_size=16)
with tempfile.TemporaryDirectory() as folder:
    keep = pl.callbacks.ModelCheckpoint(dirpath=folder, monitor="val_loss", save_top_k=1)
    stop = pl.callbacks.EarlyStopping("val_loss", patience=2)
    trainer = pl.Trainer(
        max_epochs=4,
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[keep, stop],
        gradient_clip_val=1.0,
        accumulate_grad_batches=2,
        num_sanity_val_steps=0,
    )
    net = Net()
    trainer.fit(net, train, valid)
    for i, value in enumerate(net.seen):
        print(f"epoch {i} {value:.4f}")
    print("steps", trainer.global_step, f"{keep.best_model_score.item():.4f}")
    again = Net.load_from_checkpoint(keep.best_model_path)
    print("loaded", again.hparams.width, all(torch.equal(a, b) for a, b in zip(again.parameters(), again.parameters())))
    result = trainer.validate(again, valid, verbose=False)
    print("validated", f"{result[0]['val_loss']:.4f}")
    print("predicted", f"{torch.cat(trainer.predict(again, valid)).sum().item():.4f}")
    with trainer.init_module(empty_init=True):
        blank = Net()
    blank.load_state_dict(again.state_dict())
    print("empty init", torch.equal(blank(x), again(x)))
    with torch.device("meta"):
        nowhere = Net()
    print("meta", {p.device.type for p in nowhere.parameters()}, nowhere(x.to("meta")).shape)
    nowhere.load_state_dict(again.state_dict(), assign=True)
    print("assigned", torch.equal(nowhere(x), again(x)))
