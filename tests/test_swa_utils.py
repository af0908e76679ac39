"""Averages of weights: what they are, and that a failing pass over the data leaves the model as it was."""

from __future__ import annotations

import pytest

import gradiente as torch
from gradiente.optim import swa_utils


def test_the_mean_of_all_values() -> None:
    net = torch.nn.Linear(1, 1, bias=False)
    averaged = swa_utils.AveragedModel(net)
    for value in (1.0, 2.0, 6.0):
        torch.nn.init.constant_(net.weight, value)
        averaged.update_parameters(net)
    assert averaged(torch.ones(1)).item() == 3.0
    assert averaged.n_averaged.item() == 3
    assert net.weight.item() == 6.0


def test_a_failing_batch_leaves_mode_and_momentum() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2)).eval()
    with pytest.raises(TypeError):
        swa_utils.update_bn([{"x": 1}], net)
    assert not net.training
    assert net[1].momentum == 0.1


def test_wrong_options() -> None:
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    with pytest.raises(ValueError, match="anneal_epochs must be equal or greater than 0, got -1"):
        swa_utils.SWALR(optimizer, 0.1, anneal_epochs=-1)
    with pytest.raises(ValueError, match="must be one of 'cos' or 'linear', instead got x"):
        swa_utils.SWALR(optimizer, 0.1, anneal_strategy="x")  # type: ignore
    assert "swa_lr" not in optimizer.param_groups[0]
    with pytest.raises(ValueError, match=r"Invalid decay value 2 provided. Please provide a value in \[0,1\] range."):
        swa_utils.get_ema_avg_fn(2)
    with pytest.raises(AssertionError, match="Only one of avg_fn and multi_avg_fn"):
        swa_utils.AveragedModel(
            torch.nn.Linear(1, 1), None, swa_utils.get_swa_avg_fn(), swa_utils.get_swa_multi_avg_fn()
        )
