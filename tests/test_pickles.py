"""Pickles by torch's names under the redirection, and what torch's own pickles name."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest

import gradiente as torch

PROGRAM = """
import pickle, sys
import torch
layer = torch.nn.LSTM(2, 3)
things = [
    layer, torch.nn.MultiheadAttention(4, 2), torch.optim.SGD(layer.parameters(), lr=0.1), torch.arange(4.0)[1:],
    torch.distributions.Normal(torch.zeros(1), torch.ones(1)), torch.float32, torch.Size([1]), torch.device("cpu"),
    torch.strided, torch.ones(2).max(0), torch.nn.functional.relu, torch.ones(1).to(torch.uint16),
    torch.optim.lr_scheduler.StepLR(torch.optim.SGD(layer.parameters(), lr=0.1), 2), torch.ones(2).untyped_storage(),
]
text = pickle.dumps(things)
print(b"gradiente" in text, [type(t).__name__ for t in pickle.loads(text)] == [type(t).__name__ for t in things])
print(type(layer), type(things[1]), torch.distributions.Normal, torch.optim.lr_scheduler.StepLR, torch.nn.Parameter)
print(torch.nn.Linear.__module__, torch.utils.data.TensorDataset.__module__, torch.Tensor.__module__)
import torch.return_types
print(torch.return_types.max.__name__, "torch.return_types" in sys.modules)
from gradiente.run import remove_alias
remove_alias()
import gradiente
print(gradiente.nn.Linear.__module__, gradiente.Size.__module__, b"torch" in pickle.dumps(gradiente.ones(1)))
"""

PRINTED = """\
False True
<class 'torch.nn.modules.rnn.LSTM'> <class 'torch.nn.modules.activation.MultiheadAttention'> \
<class 'torch.distributions.normal.Normal'> <class 'torch.optim.lr_scheduler.StepLR'> \
<class 'torch.nn.parameter.Parameter'>
torch.nn.modules.linear torch.utils.data.dataset torch
max True
gradiente.nn.modules.linear gradiente.tensor.size False
"""


def test_classes_are_torchs_under_the_redirection() -> None:
    command = [sys.executable, "-m", "gradiente", "-c", PROGRAM]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.stderr, run.stdout) == ("", PRINTED)


def test_names_of_torchs_own_functions() -> None:
    from gradiente import _C

    assert _C._nn.gelu is torch.nn.functional.gelu
    assert _C._nn.log_sigmoid is torch.nn.functional.logsigmoid
    assert _C._linalg.linalg_inv is torch.linalg.inv
    assert _C._fft.fft_fft is torch.fft.fft
    assert _C._special.special_erf is torch.special.erf
    assert _C._VariableFunctionsClass.sigmoid is torch.sigmoid
    for missing in (lambda: _C.nothing, lambda: _C._nn.nothing, lambda: _C._VariableFunctionsClass.nothing):
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            missing()


def test_recurrent_layers_are_copied_without_torchs_lists() -> None:
    layer = torch.nn.GRU(2, 3)
    for made in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert vars(made).keys() == vars(layer).keys()
        assert torch.equal(made.weight_hh_l0, layer.weight_hh_l0)


def test_a_hook_that_knows_its_module_can_be_copied() -> None:
    seen = []
    layer = torch.nn.Linear(1, 1)
    layer.register_load_state_dict_pre_hook(_noting)
    layer.notes = seen
    twin = pickle.loads(pickle.dumps(layer))
    twin.load_state_dict(layer.state_dict())
    assert (len(twin.notes), len(seen)) == (1, 0)
    hook = next(iter(twin._load_state_dict_pre_hooks.values()))
    del twin
    with pytest.raises(RuntimeError, match="hook of a dead Module"):
        hook({})


def _noting(module, *rest: object) -> None:
    module.notes.append(len(rest))


def test_relu6_is_a_hardtanh() -> None:
    layer = torch.nn.ReLU6(inplace=True)
    assert isinstance(layer, torch.nn.Hardtanh)
    assert (layer.min_val, layer.max_val, repr(layer)) == (0, 6, "ReLU6(inplace=True)")
    assert layer(torch.tensor([-1.0, 3.0, 9.0])).tolist() == [0, 3, 6]
