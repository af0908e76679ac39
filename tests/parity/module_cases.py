"""Modules to compare with torch's: how each is made, and the sizes of its inputs."""

from __future__ import annotations

from typing import Any

Case = tuple[str, tuple[Any, ...], dict[str, Any], tuple[tuple[int, ...], ...]]


def _case(name: str, *args: Any, inputs: Any = ((2, 3),), **kwargs: Any) -> Case:
    return name, args, kwargs, inputs


_SIGNAL, _IMAGE, _VOLUME = ((2, 4, 9),), ((2, 4, 6, 7),), ((2, 4, 5, 6, 4),)
_OF = {1: _SIGNAL, 2: _IMAGE, 3: _VOLUME}

ACTIVATIONS = [
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Mish",
    "Hardswish",
    "Hardsigmoid",
    "Sigmoid",
    "Tanh",
    "LogSigmoid",
    "Softsign",
    "Tanhshrink",
    "GELU",
    "ELU",
    "CELU",
    "LeakyReLU",
    "Softplus",
    "Hardshrink",
    "Softshrink",
    "Hardtanh",
    "PReLU",
]

CASES: list[Case] = [
    _case("Identity", 3, a=2),
    _case("Linear", 3, 5),
    _case("Linear", 3, 5, bias=False),
    _case("Bilinear", 3, 4, 5, inputs=((2, 3), (2, 4))),
    *[_case(name) for name in ACTIVATIONS],
    _case("ReLU", inplace=True),
    _case("GELU", approximate="tanh"),
    _case("ELU", 0.5),
    _case("LeakyReLU", 0.2, True),
    _case("Softplus", 2, 5),
    _case("Threshold", 0.1, 20),
    _case("Hardtanh", -2, 3.0),
    _case("PReLU", 3),
    _case("RReLU"),
    _case("GLU", 1, inputs=((2, 4),)),
    _case("Softmax", dim=1),
    _case("LogSoftmax", dim=0),
    _case("Softmin", 1),
    _case("Softmax2d", inputs=_IMAGE),
    _case("Dropout", 0.3, inputs=((20, 20),)),
    _case("Dropout1d", 0.3, inputs=_SIGNAL),
    _case("Dropout2d", inputs=_IMAGE),
    _case("Dropout3d", inputs=_VOLUME),
    _case("AlphaDropout", inputs=((20, 20),)),
    _case("FeatureAlphaDropout", inputs=_IMAGE),
    *[_case(f"Conv{n}d", 4, 6, 3, inputs=_OF[n]) for n in (1, 2, 3)],
    *[_case(f"ConvTranspose{n}d", 4, 6, 3, inputs=_OF[n]) for n in (1, 2, 3)],
    _case("Conv2d", 4, 6, (3, 2), stride=2, padding=(1, 0), dilation=2, groups=2, bias=False, inputs=_IMAGE),
    _case("Conv2d", 4, 4, 3, padding="same", padding_mode="reflect", inputs=_IMAGE),
    _case("Conv1d", 4, 4, 3, padding=2, padding_mode="circular", inputs=_SIGNAL),
    _case("Conv1d", 4, 4, 3, padding="valid", padding_mode="replicate", inputs=_SIGNAL),
    _case("ConvTranspose2d", 4, 6, 3, 2, 1, 1, 2, False, 2, inputs=_IMAGE),
    *[_case(f"BatchNorm{n}d", 4, inputs=_OF[n]) for n in (1, 2, 3)],
    _case("BatchNorm1d", 3, 1e-3, None, True, True, inputs=((5, 3),)),
    _case("BatchNorm2d", 4, affine=False, track_running_stats=False, inputs=_IMAGE),
    *[_case(f"InstanceNorm{n}d", 4, inputs=_OF[n]) for n in (1, 2, 3)],
    _case("InstanceNorm2d", 4, affine=True, track_running_stats=True, inputs=_IMAGE),
    _case("InstanceNorm1d", 4, inputs=((4, 9),)),
    _case("LayerNorm", 3),
    _case("LayerNorm", (6, 7), bias=False, inputs=_IMAGE),
    _case("LayerNorm", 3, elementwise_affine=False),
    _case("RMSNorm", 3),
    _case("RMSNorm", [6, 7], 1e-3, inputs=_IMAGE),
    _case("GroupNorm", 2, 4, inputs=_IMAGE),
    _case("GroupNorm", 2, 4, affine=False, inputs=_SIGNAL),
    _case("LocalResponseNorm", 2, inputs=_IMAGE),
    _case("SyncBatchNorm", 4, inputs=_IMAGE),
    _case("SyncBatchNorm", 3, 1e-3, None, bias=False, inputs=((5, 3),)),
    *[_case(f"MaxPool{n}d", 2, inputs=_OF[n]) for n in (1, 2, 3)],
    _case("MaxPool2d", 3, 2, 1, 1, True, True, inputs=_IMAGE),
    *[_case(f"AvgPool{n}d", 2, inputs=_OF[n]) for n in (1, 2, 3)],
    _case("AvgPool2d", (3, 2), 1, 1, True, False, 5, inputs=_IMAGE),
    *[_case(f"AdaptiveAvgPool{n}d", 2, inputs=_OF[n]) for n in (1, 2, 3)],
    *[_case(f"AdaptiveMaxPool{n}d", 2, inputs=_OF[n]) for n in (1, 2, 3)],
    *[_case(f"LPPool{n}d", 2, 2, inputs=_OF[n]) for n in (1, 2, 3)],
    _case("FractionalMaxPool2d", 2, output_ratio=0.5, inputs=_IMAGE),
    _case("FractionalMaxPool3d", 2, output_size=2, inputs=_VOLUME),
    *[
        _case(f"{kind}{n}d", 1, inputs=_OF[n])
        for kind in ("ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad")
        for n in (1, 2, 3)
    ],
    *[_case(f"ConstantPad{n}d", 1, 2.5, inputs=_OF[n]) for n in (1, 2, 3)],
    _case("ReflectionPad2d", (1, 2, 0, 1), inputs=_IMAGE),
    _case("Flatten", inputs=_IMAGE),
    _case("Flatten", 0, 1, inputs=_IMAGE),
    _case("Unflatten", 1, (2, 2), inputs=_IMAGE),
    _case("Fold", (4, 5), 2, inputs=((1, 8, 12),)),
    _case("Unfold", 2, stride=2, inputs=_IMAGE),
    _case("PixelShuffle", 2, inputs=_IMAGE),
    _case("PixelUnshuffle", 2, inputs=((1, 2, 4, 6),)),
    _case("ChannelShuffle", 2, inputs=_IMAGE),
    _case("Upsample", scale_factor=2, inputs=_IMAGE),
    _case("Upsample", size=(3, 4), mode="bilinear", align_corners=True, inputs=_IMAGE),
    _case("UpsamplingNearest2d", 3, inputs=_IMAGE),
    _case("UpsamplingBilinear2d", scale_factor=2, inputs=_IMAGE),
    _case("CosineSimilarity", inputs=((2, 3), (2, 3))),
    _case("PairwiseDistance", 1, keepdim=True, inputs=((2, 3), (2, 3))),
    *[
        _case(name, reduction=reduction, inputs=((4, 3), (4, 3)))
        for name in ("L1Loss", "MSELoss", "HuberLoss", "SmoothL1Loss", "BCEWithLogitsLoss", "PoissonNLLLoss")
        for reduction in ("mean", "sum", "none")
    ],
    _case("KLDivLoss", reduction="batchmean", log_target=True, inputs=((4, 3), (4, 3))),
    _case("GaussianNLLLoss", full=True, inputs=((4, 3), (4, 3), (4, 3))),
    _case("TripletMarginLoss", 2.0, swap=True, inputs=((4, 3), (4, 3), (4, 3))),
    _case("TripletMarginWithDistanceLoss", inputs=((4, 3), (4, 3), (4, 3))),
    _case("CrossEntropyLoss", label_smoothing=0.1, inputs=((4, 3), "classes")),
    _case("AdaptiveLogSoftmaxWithLoss", 8, 10, [2, 5], 2.0, True, inputs=((4, 8), "classes")),
    _case("AdaptiveLogSoftmaxWithLoss", 6, 3, [1], inputs=((4, 6), "classes")),
    _case("NLLLoss", ignore_index=1, inputs=((4, 3), "classes")),
    _case("MultiMarginLoss", 2, 0.5, inputs=((4, 3), "classes")),
    _case("MultiLabelMarginLoss", inputs=((4, 3), "labels")),
    _case("MultiLabelSoftMarginLoss", inputs=((4, 3), "bits")),
    _case("BCELoss", inputs=("probabilities", "bits")),
    _case("SoftMarginLoss", inputs=((4, 3), "signs")),
    _case("HingeEmbeddingLoss", inputs=((4, 3), "signs")),
    _case("MarginRankingLoss", 0.3, inputs=((4, 3), (4, 3), "signs")),
    _case("CosineEmbeddingLoss", 0.1, inputs=((4, 3), (4, 3), "sign")),
    _case("CTCLoss", inputs=("times", "sequence", "lengths", "counts")),
    _case("Embedding", 3, 5, inputs=("classes",)),
    _case("Embedding", 3, 5, padding_idx=1, max_norm=1.0, inputs=("classes",)),
    _case("EmbeddingBag", 3, 5, mode="sum", inputs=("labels3",)),
]
