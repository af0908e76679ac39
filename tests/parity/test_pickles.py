"""Whole models and other objects, saved or pickled by one library and loaded by the other."""

from __future__ import annotations

import copy
import io
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

import gradiente

MODELS = {
    "LSTM": ("nn.LSTM(2, 3, 2, bidirectional=True)", (3, 1, 2)),
    "LSTM with projections": ("nn.LSTM(2, 3, proj_size=1)", (3, 1, 2)),
    "GRU": ("nn.GRU(2, 3, bias=False)", (3, 1, 2)),
    "RNN": ("nn.RNN(2, 3, nonlinearity='relu')", (3, 1, 2)),
    "GRUCell": ("nn.GRUCell(2, 3)", (1, 2)),
    "TransformerEncoderLayer": ("nn.TransformerEncoderLayer(4, 2, 8, activation='gelu')", (3, 1, 4)),
    "TransformerEncoder": ("nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 2)", (3, 1, 4)),
    "weight_norm": ("nn.utils.weight_norm(nn.Linear(2, 2))", (1, 2)),
    "spectral_norm": ("nn.utils.spectral_norm(nn.Linear(2, 2))", (1, 2)),
    "BatchNorm": ("nn.BatchNorm1d(2)", (3, 2)),
    "ReLU6": ("nn.ReLU6(inplace=True)", (2,)),
    "Conv2d": ("nn.Conv2d(1, 2, 3, padding='same', padding_mode='reflect')", (1, 1, 4, 4)),
    "ConvTranspose2d": ("nn.ConvTranspose2d(1, 2, 3)", (1, 1, 4, 4)),
    "GroupNorm": ("nn.GroupNorm(1, 2)", (1, 2)),
    "Upsample": ("nn.Upsample(scale_factor=2)", (1, 1, 2)),
    "Lazy": ("nn.LazyLinear(3)", (1, 2)),
    "containers": ("nn.Sequential(nn.ModuleList([nn.Linear(1, 1)])[0], nn.Dropout(0.5, inplace=True))", (1, 1)),
    "AveragedModel": ("m.optim.swa_utils.AveragedModel(nn.Linear(1, 1))", (1, 1)),
}

OBJECTS = {
    "AdamW": "m.optim.AdamW(nn.Linear(1, 1).parameters())",
    "scheduler": "m.optim.lr_scheduler.StepLR(m.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1), 2)",
    "ParameterList": "nn.ParameterList([m.ones(1)])",
    "ParameterDict": "nn.ParameterDict({'a': m.ones(1)})",
    "loss": "nn.CrossEntropyLoss(weight=m.ones(2))",
    "distribution": "m.distributions.Normal(m.zeros(1), m.ones(1))",
    "data": "m.utils.data.TensorDataset(m.ones(2))",
    "loader": "m.utils.data.DataLoader(m.utils.data.TensorDataset(m.ones(2)))",
    "packed": "nn.utils.rnn.pack_sequence([m.ones(2)])",
    "named": "m.ones(3).max(0)",
    "function": "nn.functional.relu",
    "class": "nn.MultiheadAttention",
}

WAYS = pytest.mark.parametrize(
    ("writer", "reader"),
    [(torch, gradiente), (gradiente, torch), (gradiente, gradiente)],
    ids=["from torch", "to torch", "own"],
)


def moved(obj: Any, writer: Any, reader: Any) -> Any:
    file = io.BytesIO()
    writer.save(obj, file)
    file.seek(0)
    return reader.load(file, weights_only=False)


def made(library: Any, text: str) -> Any:
    library.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(text, {"m": library, "nn": library.nn})


@WAYS
@pytest.mark.parametrize("name", MODELS)
def test_whole_models(writer: Any, reader: Any, name: str) -> None:
    text, shape = MODELS[name]
    model = made(writer, text)
    found = moved(model, writer, reader)
    assert repr(found) == repr(model)
    assert type(found).__name__ == type(model).__name__
    twin = copy.deepcopy(found).train()
    if name == "Lazy":  # the parameters are drawn when the first input comes
        assert found(reader.ones(shape)).shape == (1, 3)
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
        ours, theirs = [net.eval()(library.ones(shape)) for net, library in ((model, writer), (found, reader))]
    first = [o[0] if isinstance(o, tuple) else o for o in (ours, theirs)]
    torch.testing.assert_close(*[torch.tensor(o.tolist()) for o in first])
    if list(found.parameters()):
        first[1].sum().backward()
    assert list(twin.to(reader.float64).state_dict()) == list(model.state_dict())


@WAYS
@pytest.mark.parametrize("name", OBJECTS)
def test_other_objects(writer: Any, reader: Any, name: str) -> None:
    obj = made(writer, OBJECTS[name])
    found = moved(obj, writer, reader)
    if " at 0x" not in repr(obj) and name != "class":
        assert repr(found) == repr(obj)
    assert (found if isinstance(found, type) else type(found)).__name__ == (
        obj if isinstance(obj, type) else type(obj)
    ).__name__
    if name == "AdamW":
        found.step()


def test_functions_of_torchs_own() -> None:
    functions = ["nn.functional.gelu", "nn.functional.logsigmoid", "sigmoid", "linalg.inv", "fft.fft", "special.erf"]
    for path in functions:
        theirs, ours = torch, gradiente
        for part in path.split("."):
            theirs, ours = getattr(theirs, part), getattr(ours, part)
        assert moved(theirs, torch, gradiente) is ours


# Lazy layers draw when they are first used; torch.nn.utils.weight_norm is a function here, not a module, too.
OWN = ("Lazy", "AveragedModel", "weight_norm", "spectral_norm")
PLAIN = {
    **{name: f"nn.Sequential({text})" for name, (text, _) in MODELS.items() if name not in OWN},
    **{name: text for name, text in OBJECTS.items() if name != "loader"},
    "view": "m.arange(6.0).view(2, 3)[:, 1:]",
    "parameter": "nn.Parameter(m.ones(2))",
    "bfloat16": "m.ones(2, dtype=m.bfloat16)",
    "leaf": "m.ones(2, requires_grad=True)",
    "storage": "m.FloatStorage([1, 2])",
    "small things": "(m.float32, m.Size([2, 3]), m.device('cpu'), m.contiguous_format, m.strided)",
    "states": "(nn.Linear(2, 2).state_dict(), m.optim.Adam(nn.Linear(2, 2).parameters()).state_dict())",
}

WRITE = """
import pickle, sys, warnings
import torch
warnings.simplefilter("ignore")
torch.manual_seed(0)
texts = eval(open(sys.argv[1]).read())
pickles = {name: pickle.dumps(eval(text, {"m": torch, "nn": torch.nn})) for name, text in texts.items()}
open(sys.argv[2], "wb").write(pickle.dumps(pickles))
"""

READ = """
import pickle, sys, warnings
warnings.simplefilter("ignore")
class Without:
    def find_spec(self, name, *rest):
        if name.split(".")[0] == sys.argv[3]:
            raise ModuleNotFoundError(f"{name} is not needed", name=name)
sys.meta_path.insert(0, Without())
for name, text in pickle.loads(open(sys.argv[2], "rb").read()).items():
    found = repr(pickle.loads(text))
    print(name, "..." if " at 0x" in found else found)
"""


def run(tmp_path: Path, program: str, mode: list[str], *arguments: str) -> str:
    path = tmp_path / "program.py"
    path.write_text(program)
    command = [sys.executable, *mode, str(path), str(tmp_path / "texts"), str(tmp_path / "pickles"), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_plain_pickles_under_the_redirection(tmp_path: Path) -> None:
    (tmp_path / "texts").write_text(repr(PLAIN))
    redirected = ["-m", "gradiente"]
    run(tmp_path, WRITE, [])
    theirs = run(tmp_path, READ, [], "gradiente"), run(tmp_path, READ, redirected, "nothing")
    run(tmp_path, WRITE, redirected)
    ours = run(tmp_path, READ, [], "gradiente"), run(tmp_path, READ, redirected, "nothing")
    assert theirs[1] == theirs[0]
    assert ours == theirs
