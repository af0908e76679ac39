"""Layers and names of torch.nn that are met less often: what they compute, and their errors."""

from __future__ import annotations

import copy
import pickle

import pytest

import gradiente as torch
from gradiente import nn
from gradiente.autograd import gradcheck, gradgradcheck
from gradiente.nn.modules import module as module_names


def test_adaptive_softmax_is_a_distribution(seed):
    torch.manual_seed(seed)
    layer = nn.AdaptiveLogSoftmaxWithLoss(12, 20, [4, 9], div_value=2.0, dtype=torch.float64)
    x = torch.randn(7, 12, dtype=torch.float64)
    full = layer.log_prob(x)
    torch.testing.assert_close(full.exp().sum(1), torch.ones(7, dtype=torch.float64))
    target = torch.tensor([0, 3, 4, 8, 9, 19, 12])
    output, loss = layer(x, target)
    torch.testing.assert_close(output, full.gather(1, target.unsqueeze(1)).squeeze(1))
    assert loss.item() == pytest.approx(-output.mean().item())
    assert torch.equal(layer.predict(x), full.argmax(1))
    single = layer(x[0], target[0])
    assert single.output.item() == pytest.approx(output[0].item())


def test_gradients_of_the_adaptive_softmax(seed):
    torch.manual_seed(seed)
    layer = nn.AdaptiveLogSoftmaxWithLoss(6, 9, [3, 5], div_value=2.0, dtype=torch.float64)
    x = torch.randn(4, 6, dtype=torch.float64, requires_grad=True)
    target = torch.tensor([0, 4, 8, 3])
    assert gradcheck(lambda v: layer(v, target), (x,))


@pytest.mark.parametrize(
    ("shape", "target", "text"),
    [
        ((5, 8), [1], "Input and target should have the same size in the batch dimension"),
        ((1, 8, 1), [1], "1D target tensor expects 2D input tensors, but found inputs with size"),
        ((1, 8), [[1]], "0D or 1D target tensor expected, multi-target not supported"),
        ((1, 8), [10], r"Target values should be in \[0, 9\], but values in range \[10, 10\] were found"),
        ((2, 8), [-1, 3], r"Target values should be in \[0, 9\], but values in range \[-1, 3\] were found"),
        ((1, 8), [1.0], "Expected dtype int32/int64 for index"),
    ],
)
def test_wrong_targets_of_the_adaptive_softmax(shape, target, text):
    layer = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6], div_value=2.0)
    with pytest.raises(RuntimeError, match=text):
        layer(torch.ones(shape), torch.tensor(target))


@pytest.mark.parametrize("cutoffs", [[3, 3], [6, 3], [0, 3], [3, 10], [-1], [2.5]])
def test_wrong_cutoffs(cutoffs):
    with pytest.raises(ValueError, match="cutoffs should be a sequence of unique, positive integers sorted"):
        nn.AdaptiveLogSoftmaxWithLoss(8, 10, cutoffs)
    with pytest.raises(ValueError, match="cutoffs should be a sequence of length larger than 0"):
        nn.AdaptiveLogSoftmaxWithLoss(8, 10, [])


def test_cross_map_normalisation(seed):
    torch.manual_seed(seed)
    x = torch.randn(2, 5, 2, 1, dtype=torch.float64, requires_grad=True)
    layer = nn.CrossMapLRN2d(3, alpha=0.5, beta=0.75, k=2.0)
    assert gradcheck(layer, (x,))
    assert gradgradcheck(layer, (x,))
    inner = layer(x)[:, 1]  # the first channel is in this window in any case
    square = x * x
    scale = 2.0 + 0.5 / 3 * (square[:, 0] + square[:, 1] + square[:, 2])
    torch.testing.assert_close(inner, x[:, 1] * scale**-0.75)
    with pytest.raises(ValueError, match="Expected input to be 4D, got 3D instead"):
        layer(x[0])


def test_synchronised_normalisation():
    net = nn.Sequential(nn.BatchNorm2d(3), nn.Sequential(nn.BatchNorm1d(4, affine=False).eval()), nn.InstanceNorm1d(2))
    weight, mean = net[0].weight, net[0].running_mean
    made = nn.SyncBatchNorm.convert_sync_batchnorm(net)
    assert made is net
    assert [type(net[0]), type(net[1][0]), type(net[2])] == [nn.SyncBatchNorm, nn.SyncBatchNorm, nn.InstanceNorm1d]
    assert net[0].weight is weight
    assert net[0].running_mean is mean
    assert net[0].training
    assert not net[1][0].training
    x = torch.rand(2, 3, 4, 4)
    assert torch.equal(net[0](x), nn.BatchNorm2d(3)(x))
    with pytest.raises(ValueError, match="expected at least 2D input"):
        nn.SyncBatchNorm(3)(torch.ones(3))
    with pytest.raises(ValueError, match="number of input channels should be non-zero"):
        nn.SyncBatchNorm(3)(torch.ones(3, 0))


def test_older_names():
    with pytest.warns(FutureWarning, match="`NLLLoss2d` has been deprecated"):
        loss = nn.NLLLoss2d()
    assert loss(torch.zeros(1, 2, 2, 2), torch.zeros(1, 2, 2).long()) == 0
    with pytest.warns(FutureWarning, match="`nn.Container` is deprecated"):
        assert isinstance(nn.Container(a=nn.ReLU()).a, nn.ReLU)
    with pytest.warns(FutureWarning, match="`max_value` is deprecated and renamed to `max_val`"):
        assert nn.Hardtanh(max_value=3.0).max_val == 3.0
    assert (nn.ReLU6().min_val, nn.ReLU6().max_val) == (0.0, 6.0)
    with pytest.warns(UserWarning, match="reduction='elementwise_mean' is deprecated"):
        assert nn._reduction.get_enum("elementwise_mean") == 1


def test_models_for_several_devices():
    model = nn.DataParallel(nn.Linear(2, 3), device_ids=[0, 1])
    assert list(model.state_dict()) == ["module.weight", "module.bias"]
    assert model(input=torch.ones(1, 2)).shape == (1, 3)
    assert model.device_ids == []
    assert torch.equal(copy.deepcopy(model)(torch.ones(1, 2)), model(torch.ones(1, 2)))
    with pytest.raises(RuntimeError, match="device type could not be determined"):
        nn.parallel.data_parallel(nn.Linear(2, 3), torch.ones(1, 2))
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        nn.parallel.DistributedDataParallel(nn.Linear(2, 3))
    assert not isinstance(model, nn.parallel.DistributedDataParallel)


def test_arguments_of_factories():
    assert nn.factory_kwargs({"dtype": torch.float64}) == {"dtype": torch.float64}
    assert nn.factory_kwargs({"factory_kwargs": {"device": "cpu"}}) == {"device": "cpu"}
    with pytest.raises(TypeError, match="unexpected kwargs"):
        nn.factory_kwargs({"a": 1})
    with pytest.raises(TypeError, match="device specified twice"):
        nn.factory_kwargs({"device": "cpu", "factory_kwargs": {"device": "cpu"}})


GEOMETRIES = [{}, {"stride": 2}, {"padding": 1, "dilation": 2}, {"groups": 2, "stride": 2}]


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("options", GEOMETRIES, ids=str)
def test_gradients_of_convolutions(n, options, rng):
    x = torch.from_numpy(rng.standard_normal((2, 4, *(7, 6, 5)[:n]))).requires_grad_()
    w = torch.from_numpy(rng.standard_normal((6, 4 // options.get("groups", 1), *(3, 2, 2)[:n]))).requires_grad_()
    out = getattr(nn.functional, f"conv{n}d")(x, w, **options)
    g = torch.from_numpy(rng.standard_normal(tuple(out.shape)))
    of_input, of_weight = torch.autograd.grad(out, (x, w), g)
    torch.testing.assert_close(getattr(nn.grad, f"conv{n}d_input")(x.shape, w, g, **options), of_input)
    torch.testing.assert_close(getattr(nn.grad, f"conv{n}d_weight")(x, w.shape, g, **options), of_weight)


@pytest.mark.parametrize(
    ("size", "weight", "out", "groups", "text"),
    [
        ((1, 2, 5, 5), (3, 2, 3, 3), (1, 3, 4, 4), 1, r"Expected a tensor of dimension 4 and tensor.size\[2\] == 3"),
        ((1, 2, 5), (3, 2, 3, 3), (1, 3, 4, 4), 1, "Expected a tensor of dimension 4 but got: dimension 3"),
        ((1, 2, 5, 5), (3, 1, 3, 3), (1, 3, 3, 3), 2, "expected weight to be divisible by 2 at dimension 0"),
        ((1, 3, 5, 5), (3, 2, 3, 3), (1, 3, 3, 3), 1, "to have 2 channels, but got 3 channels instead"),
    ],
)
def test_sizes_that_do_not_fit(size, weight, out, groups, text):
    with pytest.raises(RuntimeError, match=text):
        nn.grad.conv2d_input(size, torch.ones(weight), torch.ones(out), groups=groups)


def test_registration_hooks():
    seen = []
    hooks = [
        module_names.register_module_parameter_registration_hook(lambda m, n, p: seen.append(n)),
        module_names.register_module_buffer_registration_hook(lambda m, n, b: seen.append(n)),
        module_names.register_module_module_registration_hook(lambda m, n, c: seen.append(n)),
    ]
    nn.Sequential(nn.BatchNorm1d(1))
    [hook.remove() for hook in hooks]
    nn.Linear(1, 1)
    assert seen == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked", "0"]
    with module_names.register_module_module_registration_hook(lambda *_: nn.Tanh()):
        assert isinstance(nn.Sequential(nn.ReLU())[0], nn.Tanh)


def test_older_backward_hooks_for_all_modules():
    seen = []
    with nn.modules.register_module_backward_hook(lambda module, gi, go: seen.append(type(module).__name__)):
        with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
            nn.modules.register_module_full_backward_hook(lambda *_: None)
        assert module_names._has_any_global_hook()
        with pytest.warns(FutureWarning, match="non-full backward hook when the forward contains multiple autograd"):
            out = nn.Tanh()(torch.ones(1, requires_grad=True))  # whose node leads to a leaf: torch counts that one
        out.sum().backward()
    assert seen == ["Tanh"]
    nn.modules.register_module_full_backward_hook(lambda *_: None).remove()


class Scaled(nn.Conv2d):
    def forward(self, input):
        return self._conv_forward(input, self.weight * 2, self.bias)


def test_convolutions_with_another_weight(rng):
    layer = Scaled(2, 3, 3, padding=1, padding_mode="reflect", bias=False)
    usual = nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect", bias=False)
    usual.load_state_dict(layer.state_dict())
    x = torch.from_numpy(rng.standard_normal((1, 2, 5, 5)).astype("float32"))
    torch.testing.assert_close(layer(x), usual(x) * 2)


class Recording(nn.TransformerDecoderLayer):
    def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
        self.seen = ["self"]
        return super()._sa_block(x, attn_mask, key_padding_mask, is_causal)

    def _mha_block(self, x, mem, attn_mask, key_padding_mask, is_causal=False):
        self.seen.append("memory")
        return super()._mha_block(x, mem, attn_mask, key_padding_mask, is_causal)


def test_blocks_of_transformers_can_be_replaced():
    layer = Recording(4, 2, 8)
    layer(torch.ones(3, 1, 4), torch.ones(2, 1, 4))
    assert layer.seen == ["self", "memory"]


def test_masks_are_merged():
    attention = nn.MultiheadAttention(4, 2)
    query = torch.zeros(2, 3, 4)
    assert attention.merge_masks(None, None, query) == (None, None)
    padding = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    assert attention.merge_masks(None, padding, query) == (padding, 1)
    merged, kind = attention.merge_masks(torch.ones(3, 3), padding, query)
    assert merged is not None
    assert (tuple(merged.shape), kind) == ((2, 2, 3, 3), 2)
    assert merged[1, 0].tolist() == [[1.0, 2.0, 2.0]] * 3


@pytest.mark.parametrize(
    "layer", [nn.RNN(2, 3, bias=False), nn.GRU(2, 3, 2), nn.LSTM(2, 3, bidirectional=True, proj_size=2)]
)
def test_parameters_of_recurrent_layers_by_name(layer):
    assert layer._flat_weights_names == list(layer.state_dict())
    assert all(a is b for a, b in zip(layer._flat_weights, layer.parameters(), strict=True))
    assert [w for weights in layer.all_weights for w in weights] == layer._flat_weights
    twin = pickle.loads(pickle.dumps(layer))
    assert twin._all_weights == layer._all_weights


CHECKS = {
    "input must have 3 dimensions, got 2": lambda r: r.check_input(torch.zeros(4, 2), None),
    "input.size\\(-1\\) must be equal to input_size. Expected 2, got 5": lambda r: r.check_input(
        torch.zeros(1, 4, 5), None
    ),
    "Expected hidden\\[1\\] size \\(1, 4, 3\\), got \\[1, 1, 3\\]": lambda r: r.check_forward_args(
        torch.zeros(5, 4, 2), (torch.zeros(1, 4, 3), torch.zeros(1, 1, 3)), None
    ),
    "For batched 3-D input, hx and cx should also be 3-D but got \\(2-D, 3-D\\) tensors": lambda r: r(
        torch.zeros(5, 4, 2), (torch.zeros(4, 3), torch.zeros(1, 4, 3))
    ),
}


@pytest.mark.parametrize("text", CHECKS)
def test_checks_of_recurrent_layers(text):
    with pytest.raises(RuntimeError, match=text):
        CHECKS[text](nn.LSTM(2, 3))
    with pytest.raises(ValueError, match=r"RNN input dtype \(torch.float64\) does not match weight dtype"):
        nn.LSTM(2, 3)(torch.zeros(5, 4, 2, dtype=torch.float64))


def test_devices_that_are_not_there():
    for name, text in (
        ("xpu", "Torch not compiled with XPU enabled"),
        ("mtia", "Torch not compiled with MTIA enabled"),
    ):
        with pytest.raises(AssertionError, match=text):
            getattr(nn.Linear(1, 1), name)()
    with pytest.raises(RuntimeError, match="not linked with support for ipu devices"):
        nn.Linear(1, 1).ipu()


def test_names_of_submodules():
    from gradiente.nn.modules import container, conv, rnn

    assert container.ParameterList is nn.ParameterList
    assert conv.LazyConv2d is nn.LazyConv2d
    assert rnn.LSTMCell is nn.LSTMCell
    assert nn.modules.utils._pair(3) == (3, 3)
    for part in (container, conv, rnn, nn.modules, nn.parallel):
        with pytest.raises(AttributeError, match="nothing_such"):
            part.nothing_such  # noqa: B018
    with pytest.raises(ValueError, match="Input dimension should be at least 3"):
        nn.modules.utils._list_with_default([None, None], [5])


def test_prefixes_of_states():
    state = nn.DataParallel(nn.Sequential(nn.Linear(1, 1))).state_dict()
    nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
    assert list(state) == ["0.weight", "0.bias"]
    assert list(state._metadata) == ["", "0"]
