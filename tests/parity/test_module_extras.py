"""The less known parts of torch.nn, expression by expression in both libraries."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

import numpy as np
import pytest
import torch

import gradiente

ADAPTIVE = "m.nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6])"
LSTM = "m.nn.LSTM(2, 3, 2, bidirectional=True, proj_size=2)"
ZEROS = "m.zeros(5, 4, 2)"
UTILS = "m.nn.modules.utils"
EXPRESSIONS = [
    *(f"{ADAPTIVE}", f"{ADAPTIVE}.cutoffs", f"list({ADAPTIVE}.state_dict())"),
    *(f"{ADAPTIVE}(m.ones(1, 8), m.tensor([{t}]))" for t in (10, -1)),
    *(f"{ADAPTIVE}(m.ones({s}), m.tensor({t}))" for s, t in (("5, 8", "[1]"), ("5, 8, 1", "[1] * 5"), ("8", "[1]"))),
    *(f"{ADAPTIVE}(m.ones(2, 8), m.tensor({t}))" for t in ("[[1], [2]]", "[1.0, 2.0]", "[1, 9]", "[2, 1]")),
    *(f"{ADAPTIVE}(m.ones(8), m.tensor(4))", f"{ADAPTIVE}.log_prob(m.ones(3, 8))", f"{ADAPTIVE}.predict(m.ones(3, 8))"),
    *(f"m.nn.AdaptiveLogSoftmaxWithLoss(8, 10, {c})"
      for c in ("[3, 3]", "[6, 3]", "[0, 3]", "[3, 10]", "[]", "(2, 9)")),
    "m.nn.AdaptiveLogSoftmaxWithLoss(1, 10, [3, 6], dtype=m.float64)",
    *("m.nn.CrossMapLRN2d(2)", "m.nn.CrossMapLRN2d(2)(m.ones(2, 3, 4))", "m.nn.CrossMapLRN2d(2)(m.ones(3))"),
    *("m.nn.NLLLoss2d()", "m.nn.NLLLoss2d(m.ones(3)).weight", "m.nn.Container(a=m.nn.ReLU())", "m.nn.Container(a=1)"),
    *("m.nn.SyncBatchNorm(3)(m.ones(3))", "m.nn.SyncBatchNorm(3, process_group='x').process_group"),
    "m.nn.SyncBatchNorm.convert_sync_batchnorm(m.nn.Sequential(m.nn.BatchNorm2d(3, affine=False), m.nn.ReLU()))",
    "m.nn.SyncBatchNorm.convert_sync_batchnorm(m.nn.LazyBatchNorm1d())",
    "isinstance(m.nn.SyncBatchNorm(2), m.nn.modules.batchnorm._BatchNorm)",
    *("m.nn.Hardtanh(min_value=-2.0)", "m.nn.Hardtanh(max_value=5.0, min_value=2.0)"),
    "isinstance(m.nn.ReLU6(), m.nn.Hardtanh)",
    *("m.nn.DataParallel(m.nn.Linear(2, 3))", "m.nn.DataParallel(m.nn.Linear(2, 3))(input=m.ones(1, 2)).shape"),
    "m.nn.parallel.data_parallel(m.nn.Linear(2, 3), m.ones(1, 2))",
    "m.nn.parallel.DistributedDataParallel(m.nn.Linear(2, 3))",
    "m.nn.parallel.DistributedDataParallelCPU(m.nn.Linear(2, 3))",
    *("m.nn.factory_kwargs(None)", "m.nn.factory_kwargs({'a': 1})"),
    "sorted(m.nn.factory_kwargs({'device': 1, 'dtype': 2}).items())",
    "m.nn.factory_kwargs({'device': 1, 'factory_kwargs': {'device': 3}})",
    *(f"m.nn._reduction.get_enum({n!r})" for n in ("none", "mean", "sum", "elementwise_mean", "bad")),
    "m.nn._reduction.legacy_get_string(False, None)",
    "m.nn._reduction.legacy_get_enum(True, False, emit_warning=False)",
    *(f"{UTILS}.{call}"
      for call in ("_single(1)", "_pair(2)", "_triple((1, 2, 3))", "_quadruple([1])", "_ntuple(6)(1)")),
    *(f"{UTILS}._reverse_repeat_tuple((1, 2), 2)", f"{UTILS}._list_with_default(3, [5])", f"{UTILS}._pair.__name__"),
    *(f"{UTILS}._list_with_default([None, 3, None], [4, 5, 6, 7])", f"{UTILS}._list_with_default([None, None], [5])"),
    *(f"m.nn.init._calculate_correct_fan(m.ones(2, 3, 4), {mode!r})" for mode in ("fan_out", "x")),
    "m.nn.init._no_grad_fill_(m.nn.Parameter(m.ones(2)), 3.0)",
    *(f"m.nn.{kind}(2, 3).xpu()" for kind in ("Linear",)),
    *("m.nn.Linear(2, 3).ipu()", "m.nn.Linear(2, 3)._call_impl(m.ones(1, 2)).shape"),
    *(f"{LSTM}.{name}" for name in ("_all_weights", "_flat_weights_names", "mode")),
    f"[w.shape for w in {LSTM}._flat_weights]",
    "m.nn.RNN(2, 3, bias=False)._all_weights",
    *(f"{LSTM}.check_input({x}, {b})"
      for x in ("m.zeros(5, 4, 2)", "m.zeros(4, 3)", "m.zeros(4, 2)") for b in ("None", "m.tensor([4])")),
    *(f"{LSTM}.check_input({ZEROS}.{kind}(), None)" for kind in ("double", "long")),
    *(f"{LSTM}.get_expected_{kind}_size({ZEROS}, None)" for kind in ("hidden", "cell")),
    f"{LSTM}.get_expected_hidden_size({ZEROS}[0], m.tensor([3, 2]))",
    *(f"{LSTM}.check_hidden_size(m.zeros(1, 2), (1, {n}))" for n in (2, 3)),
    f"{LSTM}.check_hidden_size(m.zeros(1, 2), (1, 3), 'wanted {{}}, found {{}}')",
    *(f"{LSTM}.check_forward_args({ZEROS}, (m.zeros(4, 4, {a}), m.zeros(4, 4, {b})), None)"
      for a in (2, 3) for b in (2, 3)),
    f"m.nn.GRU(2, 3).check_forward_args({ZEROS}, m.zeros(1, 4, 2), None)",
    *(f"m.nn.GRU(2, 3).permute_hidden(m.ones(1, 2, 3), {p})" for p in ("None", "m.tensor([1, 0])")),
    f"{LSTM}.permute_hidden((m.ones(1, 2, 3), m.zeros(1, 2, 3)), m.tensor([1, 0]))",
    *(f"{LSTM}({ZEROS}, {hx})" for hx in ("m.zeros(4, 4, 2)", "(m.zeros(4, 2), m.zeros(4, 4, 3))")),
    *(f"{LSTM}({ZEROS}[:, 0], (m.zeros(4, 4, 2), m.zeros(4, 4, 3)))", f"m.nn.GRU(2, 3)({ZEROS}.half())"),
    "m.nn.modules.rnn.apply_permutation(m.ones(1, 2, 3), m.tensor([1, 0]))",
    *(f"m.nn.MultiheadAttention(4, 2).merge_masks({a}, {k}, m.zeros(2, 3, 4))"
      for a in ("None", "m.zeros(3, 3)", "m.zeros(4, 3, 3)") for k in ("None", "m.ones(2, 3)")),
    *(f"m.nn.grad.conv2d_{call}" for call in (
        "input((1, 2, 5, 5), m.ones(3, 2, 3, 3), m.ones(1, 3, 4, 4))",
        "input((1, 2, 5, 5), m.ones(3, 1, 3, 3), m.ones(1, 3, 5, 5), padding=1, groups=2)",
        "input((1, 3, 5, 5), m.ones(3, 2, 3, 3), m.ones(1, 3, 3, 3))",
        "weight(m.ones(1, 2, 5, 5), (3, 2, 3, 3), m.ones(1, 3, 4, 4))",
        "weight(m.ones(1, 2, 6, 6), (3, 2, 3, 3), m.ones(1, 3, 2, 2), 2).shape",
    )),
    *(f"m.nn.common_types.{n}" for n in ("_size_2_t", "_size_any_t", "_size_2_opt_t", "_ratio_3_t", "_tensor_list_t")),
    *(f"m.nn.modules.conv.{n}" for n in ("_ConvNd(2, 4, (3,), (1,), (0,), (1,), False, (0,), 1, True, 'zeros')",)),
    "m.nn.modules.conv._ConvNd(2, 4, (3,), (1,), (0,), (1,), False, (0,), 1, True, 'zeros')(m.ones(1))",
    *("m.nn.modules.batchnorm._BatchNorm(3)", "m.nn.modules.batchnorm._BatchNorm(3)(m.ones(2, 3))"),
    "m.nn.Conv1d(2, 4, 3, padding=1)._conv_forward(m.ones(1, 2, 5), m.ones(4, 2, 3), None)",
    *(f"m.nn.ConvTranspose2d(2, 4, 3, 2)._output_padding(m.ones(1, 2, 4, 4), {size}, (2, 2), (0, 0), (3, 3), 2, (1, 1))"
      for size in ("[10, 9]", "[1, 2, 10, 9]", "None", "[1, 1]", "[1]")),
    *("m.nn.InstanceNorm2d(3)._get_no_batch_dim()", "m.nn.InstanceNorm2d(2)._handle_no_batch_input(m.ones(2, 2, 2))"),
    "m.nn.modules.module._IncompatibleKeys([], [])",
    "m.nn.modules.module._addindent('a\\nb', 3)",
]  # fmt: skip


def result(library: Any, expression: str) -> tuple[str, str]:
    library.manual_seed(0)
    try:
        return "", repr(eval(expression, {"m": library}))
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression: str) -> None:
    theirs, ours = result(torch, expression), result(gradiente, expression)
    assert ours[0] == theirs[0], (ours, theirs)
    if theirs[0]:
        assert ours[1].startswith(theirs[1].strip()), (ours, theirs)
    else:
        names = re.compile(r"CatBackward0|CopySlices")  # the log probabilities are put together, not written into one
        assert names.sub("", ours[1].replace("gradiente.tensor.core", "torch")) == names.sub("", theirs[1])


WARNED = {
    "m.nn.NLLLoss2d()": FutureWarning,
    "m.nn.Container()": FutureWarning,
    "m.nn.Hardtanh(min_value=-2.0)": FutureWarning,
    "m.nn._reduction.get_enum('elementwise_mean')": UserWarning,
    "m.nn.modules.rnn.apply_permutation(m.ones(1, 2, 3), m.tensor([1, 0]))": FutureWarning,
}


@pytest.mark.parametrize("expression", WARNED)
def test_warnings(expression: str) -> None:
    texts = []
    for library in (torch, gradiente):
        with pytest.warns(WARNED[expression]) as caught:
            eval(expression, {"m": library})
        texts.append([str(warning.message) for warning in caught])
    assert texts[1] == texts[0]


@pytest.mark.parametrize("size", range(1, 10))
def test_cross_map_normalisation(size: int, rng: Any) -> None:
    x = rng.standard_normal((2, 6, 3, 2))
    theirs, ours = (
        library.nn.CrossMapLRN2d(size, alpha=1.0, beta=0.6, k=2.0)(library.from_numpy(x))
        for library in (torch, gradiente)
    )
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    "options", [{}, {"stride": 2}, {"padding": 1, "dilation": 2}, {"groups": 2, "stride": (2, 1)}], ids=str
)
def test_gradients_of_convolutions(options: Any, rng: Any) -> None:
    x, w = rng.standard_normal((2, 4, 9, 8)), rng.standard_normal((6, 4 // options.get("groups", 1), 3, 2))
    found = []
    for library in (torch, gradiente):
        a, b = (library.from_numpy(v).requires_grad_() for v in (x, w))
        g = library.nn.functional.conv2d(a, b, **options).detach().sin()
        one = library.nn.grad.conv2d_input(x.shape, b, g, **options)
        other = library.nn.grad.conv2d_weight(a, w.shape, g, **options)
        (one.square().sum() + other.square().sum()).backward()
        found.append([one, other, a.grad, b.grad])
    for ours, theirs in zip(found[1], found[0], strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-9)


def registrations(library: Any) -> list[Any]:
    """What the registration hooks see, and what they may change."""
    module, seen = library.nn.modules.module, []

    def hook(owner: Any, name: str, value: Any) -> None:
        seen.append((type(owner).__name__, name, type(value).__name__))

    kinds = ("parameter", "buffer", "module")
    handles = [getattr(module, f"register_module_{kind}_registration_hook")(hook) for kind in kinds]
    library.nn.BatchNorm1d(2)
    net = library.nn.Sequential(library.nn.Linear(1, 1, bias=False))
    net.act, net.p, net.b = library.nn.ReLU(), library.nn.Parameter(library.ones(1)), library.nn.Buffer(library.ones(1))
    net.b, net.p, net.act = library.zeros(1), None, None
    net.add_module("z", None)
    net.register_parameter("q", None)
    net.register_buffer("r", None)
    [handle.remove() for handle in handles]
    with module.register_module_module_registration_hook(lambda *_: library.nn.Tanh()):
        seen.append(repr(library.nn.Sequential(library.nn.ReLU())))
    with module.register_module_buffer_registration_hook(lambda *_: library.ones(1)):
        seen.append(library.nn.BatchNorm1d(3).running_var.tolist())
    return seen


def test_registration_hooks() -> None:
    assert registrations(gradiente) == registrations(torch)


PARTS = {
    "activation": "MultiheadAttention ReLU6 NonDynamicallyQuantizableLinear",
    "adaptive": "AdaptiveLogSoftmaxWithLoss _ASMoutput",
    "batchnorm": "_NormBase _BatchNorm _LazyNormBase BatchNorm2d SyncBatchNorm LazyBatchNorm3d",
    "channelshuffle": "ChannelShuffle",
    "container": "Container ModuleDict ModuleList ParameterDict ParameterList Sequential",
    "conv": "_ConvNd _ConvTransposeNd _LazyConvXdMixin Conv2d LazyConv1d LazyConvTranspose3d",
    "distance": "CosineSimilarity PairwiseDistance",
    "dropout": "_DropoutNd Dropout AlphaDropout",
    "flatten": "Flatten Unflatten",
    "fold": "Fold Unfold",
    "instancenorm": "_InstanceNorm InstanceNorm1d LazyInstanceNorm2d",
    "lazy": "LazyModuleMixin",
    "linear": "Bilinear Identity LazyLinear Linear NonDynamicallyQuantizableLinear",
    "loss": "_Loss _WeightedLoss CTCLoss NLLLoss2d CosineEmbeddingLoss TripletMarginWithDistanceLoss "
    "LinearCrossEntropyLoss",
    "module": "Module _addindent register_module_forward_hook register_module_full_backward_pre_hook Parameter Buffer "
    "register_module_forward_pre_hook register_module_full_backward_hook register_module_backward_hook "
    "_global_forward_hooks _global_forward_pre_hooks _global_backward_hooks _has_any_global_hook",
    "normalization": "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    "padding": "_ConstantPadNd _ReflectionPadNd _ReplicationPadNd _CircularPadNd ZeroPad2d",
    "pixelshuffle": "PixelShuffle PixelUnshuffle",
    "pooling": "_MaxPoolNd _MaxUnpoolNd _AvgPoolNd _LPPoolNd _AdaptiveAvgPoolNd _AdaptiveMaxPoolNd FractionalMaxPool3d",
    "rnn": "RNNBase RNNCellBase GRU GRUCell LSTM LSTMCell RNN RNNCell apply_permutation",
    "sparse": "Embedding EmbeddingBag",
    "transformer": "Transformer TransformerEncoder TransformerDecoderLayer",
    "upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
    "utils": "_single _pair _triple _quadruple _ntuple consume_prefix_in_state_dict_if_present",
}


@pytest.mark.parametrize("part", PARTS)
def test_modules_have_what_packages_import(part: str) -> None:
    theirs, ours = (importlib.import_module(f"{name}.nn.modules.{part}") for name in ("torch", "gradiente"))
    for name in PARTS[part].split():
        assert hasattr(theirs, name), name
        assert hasattr(ours, name), name


def signature(thing: Any) -> list[tuple[str, Any, str]] | None:
    try:
        parameters = inspect.signature(thing).parameters.values()
    except ValueError:
        return None
    return [(p.name, p.kind, "f" if callable(p.default) else repr(p.default)) for p in parameters]


LAYERS = [name for name, kind in vars(torch.nn).items() if isinstance(kind, type) and issubclass(kind, torch.nn.Module)]


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_is_there_with_its_arguments(name: str) -> None:
    theirs, ours = getattr(torch.nn, name), getattr(gradiente.nn, name)
    assert issubclass(ours, gradiente.nn.Module)
    if name not in ("Container", "NLLLoss2d"):
        assert signature(ours) == signature(theirs)
    between_gpus = ("gather", "parallel_apply", "replicate", "scatter", "T_destination")
    public = [n for n in dir(theirs) if not n.startswith("_") and n not in between_gpus]
    assert [n for n in public if not hasattr(ours, n)] == []


def test_prefixes_of_states() -> None:
    found = []
    for library in (torch, gradiente):
        net = library.nn.DataParallel(library.nn.Sequential(library.nn.Linear(1, 1), library.nn.BatchNorm1d(1)))
        state = net.state_dict()
        library.nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
        found.append((list(state), dict(state._metadata)))
    assert found[1] == found[0]
