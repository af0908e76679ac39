"""Tensors of modules that are computed from others: what holds for any parametrization; errors change nothing."""

from __future__ import annotations

import copy
import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import gradiente as torch
from gradiente.nn.utils import parametrizations, parametrize, prune


class Positive(torch.nn.Module):
    def forward(self, x: Any) -> Any:
        return x.exp()

    def right_inverse(self, w: Any) -> Any:
        return w.log()


class OneRow(torch.nn.Module):
    def forward(self, x: Any) -> Any:
        return x[:1]


def positive_layer() -> Any:
    layer = torch.nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.abs_()
    return parametrize.register_parametrization(layer, "weight", Positive())


def test_training_moves_the_original() -> None:
    layer = positive_layer()
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    before = layer.weight.detach()
    layer(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    assert bool((layer.weight < before).all())
    assert bool((layer.weight > 0).all())


def test_an_assigned_value_is_there_and_removal_keeps_it() -> None:
    layer = positive_layer()
    layer.weight = torch.full((2, 3), 5.0)
    assert torch.allclose(layer.weight, torch.full((2, 3), 5.0))
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is torch.nn.Linear
    assert torch.allclose(layer.weight, torch.full((2, 3), 5.0))
    assert sorted(layer.state_dict()) == ["bias", "weight"]


def test_a_copy_is_independent() -> None:
    layer = positive_layer()
    made = copy.deepcopy(layer)
    parametrize.register_parametrization(made, "bias", Positive(), unsafe=True)
    parametrize.remove_parametrizations(made, "weight")
    assert parametrize.is_parametrized(layer, "weight")
    assert not parametrize.is_parametrized(layer, "bias")
    assert layer.weight.grad_fn is not None
    assert made.weight.is_leaf


def test_classes_are_shared_and_freed() -> None:
    class Own(torch.nn.Linear):
        pass

    first, second = (parametrize.register_parametrization(Own(2, 2), "bias", Positive(), unsafe=True) for _ in range(2))
    assert type(first) is type(second)
    assert type(first).__name__ == "ParametrizedOwn"
    seen = weakref.ref(type(first))
    del first, second, Own
    gc.collect()
    assert seen() is None


def test_a_failing_registration_changes_nothing() -> None:
    layer = torch.nn.Linear(3, 2)
    weight, values = layer.weight, layer.weight.detach().clone()
    with pytest.raises(ValueError, match="may not change the shape of the tensor, unless `unsafe` flag is enabled"):
        parametrize.register_parametrization(layer, "weight", OneRow())
    assert layer.weight is weight
    assert torch.equal(weight, values)
    assert type(layer) is torch.nn.Linear
    assert not hasattr(layer, "parametrizations")
    with pytest.raises(
        ValueError, match="does not have a parameter, a buffer, or a parametrized element with name 'x'"
    ):
        parametrize.register_parametrization(layer, "x", OneRow())
    layer = torch.nn.Linear(3, 2, bias=False)
    with pytest.raises(AttributeError, match="'bias' of Linear is None: there is nothing to parametrize"):
        parametrize.register_parametrization(layer, "bias", OneRow())
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(layer, "weight")


def test_one_without_inverse_cannot_be_assigned_to() -> None:
    layer: Any = parametrize.register_parametrization(torch.nn.Linear(3, 2), "weight", OneRow(), unsafe=True)
    with pytest.raises(RuntimeError, match=r"OneRow does not implement right_inverse.*define the method"):
        layer.weight = torch.ones(2, 3)


def test_the_cache_is_the_threads_own() -> None:
    layer = positive_layer()
    found: list[Any] = []
    with parametrize.cached():
        here = layer.weight
        thread = threading.Thread(target=lambda: found.extend([layer.weight, layer.weight]))
        thread.start()
        thread.join()
        assert layer.weight is here
    assert found[0] is not found[1]
    assert layer.weight is not here


@pytest.mark.parametrize("name", ["weight", "parametrizations.weight.original"])
def test_functional_call_leaves_the_module(name: str) -> None:
    layer, x = positive_layer(), torch.ones(1, 3)
    before = layer(x)
    other = torch.func.functional_call(layer, {name: torch.zeros(2, 3)}, x)
    assert torch.allclose(other, layer.bias + (0.0 if name == "weight" else 3.0))
    assert torch.equal(layer(x), before)


def test_functional_call_with_an_unknown_name_leaves_the_module() -> None:
    layer = torch.nn.Linear(3, 2)
    torch.func.functional_call(layer, {"other": torch.zeros(1), "weight": torch.zeros(2, 3)}, torch.ones(3))
    assert not hasattr(layer, "other")
    assert list(layer.state_dict()) == ["weight", "bias"]


def test_weight_norm_is_length_times_direction(rng: np.random.Generator) -> None:
    layer = parametrizations.weight_norm(torch.nn.Conv1d(3, 4, 5))
    g, v = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
    lengths = torch.from_numpy(rng.uniform(1, 2, (4, 1, 1)).astype(np.float32))
    with torch.no_grad():
        g.copy_(lengths)
        v.mul_(7)
    assert torch.allclose(layer.weight.flatten(1).norm(dim=1), lengths.flatten())


@pytest.mark.parametrize("older", [False, True])
def test_the_largest_singular_value_becomes_1(older: bool, rng: np.random.Generator) -> None:
    layer = torch.nn.Linear(6, 4)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(rng.normal(size=(4, 6)).astype(np.float32)))
    make = torch.nn.utils.spectral_norm if older else parametrizations.spectral_norm
    make(layer, n_power_iterations=100)
    layer(torch.ones(1, 6))
    assert torch.linalg.matrix_norm(layer.weight, 2).item() == pytest.approx(1, abs=1e-3)
    layer.eval()
    layer(torch.ones(1, 6))
    kept = layer.weight.detach()
    layer(torch.ones(1, 6))
    assert torch.equal(layer.weight, kept)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128], ids=str)
@pytest.mark.parametrize("name", ["matrix_exp", "cayley", "householder"])
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (2, 4, 4)], ids=str)
def test_orthogonal_after_any_step(shape: tuple[int, ...], name: str, dtype: Any) -> None:
    layer = torch.nn.Module()
    layer.weight = torch.nn.Parameter(torch.randn(shape, dtype=dtype))
    if name == "householder" and dtype.is_complex:
        with pytest.raises(ValueError, match="The householder parametrization does not support complex tensors"):
            parametrizations.orthogonal(layer, orthogonal_map=name)
        return
    parametrizations.orthogonal(layer, orthogonal_map=name)
    with torch.no_grad():
        layer.parametrizations.weight.original += torch.randn(shape, dtype=dtype).tril(-1)
    w = layer.weight if shape[-2] >= shape[-1] else layer.weight.mH
    assert torch.allclose(w.mH @ w, torch.eye(w.shape[-1], dtype=dtype).expand_as(w.mH @ w), atol=1e-12)


def test_orthogonal_refuses_another_shape() -> None:
    layer: Any = parametrizations.orthogonal(torch.nn.Linear(3, 3))
    with pytest.raises(ValueError, match="Expected a matrix or batch of matrices of shape"):
        layer.weight = torch.ones(2, 2)
    with pytest.raises(ValueError, match=r'has to be one of "matrix_exp", "cayley", "householder". Got: foo'):
        parametrizations.orthogonal(torch.nn.Linear(3, 3), orthogonal_map="foo")


def test_older_hooks_change_nothing_when_they_fail() -> None:
    layer = torch.nn.Linear(3, 2)
    with pytest.raises(KeyError, match="foo"):
        torch.nn.utils.spectral_norm(layer, "foo")
    with pytest.raises(AttributeError, match="foo"), pytest.warns(FutureWarning, match=r"parametrizations.weight_norm"):
        torch.nn.utils.weight_norm(layer, "foo")
    assert not layer._forward_pre_hooks
    assert not layer._state_dict_hooks
    torch.nn.utils.remove_spectral_norm(torch.nn.utils.spectral_norm(layer))
    assert not layer._load_state_dict_pre_hooks


def test_pruning_that_fails_changes_nothing() -> None:
    layer = torch.nn.Linear(4, 3)
    weight = layer.weight
    with pytest.raises(ValueError, match="amount=100 should be smaller than the number of parameters to prune=12"):
        prune.random_unstructured(layer, "weight", 100)
    assert layer.weight is weight
    assert not layer._forward_pre_hooks
    prune.random_unstructured(layer, "weight", 2)
    with pytest.raises(ValueError, match="prune=10"):
        prune.random_unstructured(layer, "weight", 100)
    prune.random_unstructured(layer, "weight", 1)
    assert (layer.weight_mask == 0).sum().item() == 3
    assert len(layer._forward_pre_hooks) == 1


def test_pruned_elements_stay_zero_while_training() -> None:
    layer = prune.ln_structured(torch.nn.Linear(4, 3), "weight", 2, 2, dim=1)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        layer(torch.ones(2, 4)).square().sum().backward()
        optimizer.step()
    layer(torch.ones(2, 4))
    assert (layer.weight == 0).sum().item() == 6
    prune.remove(layer, "weight")
    assert (layer.weight == 0).sum().item() == 6
    assert layer.weight.is_leaf


def test_pruning_methods_for_other_parameters_do_not_mix() -> None:
    first, second = (prune.Identity.apply(torch.nn.Linear(2, 2), name) for name in ("weight", "bias"))
    with pytest.raises(ValueError, match=r"acting on the parameter named 'weight' to PruningContainer .* Found 'bias'"):
        prune.PruningContainer(first, second)
    with pytest.raises(TypeError, match="is not a BasePruningMethod subclass"):
        prune.PruningContainer(first).add_pruning_method(3)


def test_skip_init_draws_nothing() -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    made = torch.nn.utils.skip_init(torch.nn.Linear, 1000, 10)
    assert made.weight.requires_grad
    assert torch.equal(torch.rand(3), expected)
    assert torch.nn.Linear(2, 2).weight.abs().max() > 0
    with pytest.raises(RuntimeError, match="must support a 'device' arg"):
        torch.nn.utils.skip_init(torch.nn.ReLU)


def test_fused_layers_do_the_same(rng: np.random.Generator) -> None:
    norm = torch.nn.BatchNorm1d(4)
    norm(torch.from_numpy(rng.normal(3, 2, (50, 4)).astype(np.float32)))
    layer, norm, x = torch.nn.Linear(3, 4).eval(), norm.eval(), torch.randn(5, 3)
    assert torch.allclose(torch.nn.utils.fuse_linear_bn_eval(layer, norm)(x), norm(layer(x)), atol=1e-5)
    with pytest.raises(AssertionError, match=r"Fusion only for eval!"):
        torch.nn.utils.fuse_linear_bn_eval(layer.train(), norm)
    with pytest.raises(AssertionError, match=r"must not be None .*track_running_stats=False"):
        torch.nn.utils.fuse_linear_bn_eval(layer.eval(), torch.nn.BatchNorm1d(4, track_running_stats=False).eval())
