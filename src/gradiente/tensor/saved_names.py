"""torch's names for what nodes keep: `_saved_self`, `_saved_dim`, … for our operands and static parameters.

Where a node's class has a line in `LINES`, the line says all: `theirs=ours`, or one word where both say the same; ours
may be a computed value of `saved_values`, with an @, or one of several saved results, `out#1`. A line for a class and a
primitive, with a space between, is for nodes of one name that different primitives have. All other nodes are described
by what their rules name.
"""

from __future__ import annotations

from ..graph import Node

_NAMES: dict[str, str] = {
    "x": "self", "a": "self", "b": "other", "c": "weight", "out": "result", "axis": "dim", "keepdims": "keepdim",
    "indices": "index", "x_shape": "self_sym_sizes", "k": "diagonal", "shift": "shifts", "slope": "negative_slope",
}  # fmt: skip
"""torch's names for what rules name, where no line says otherwise."""

_SIZES = "self_sym_sizes=x_shape"
_ALONG = "dim=@dims keepdim=keepdims"
_EXTREME = f"self=x result=out {_ALONG}"
_PICKED = f"indices dim=axis keepdim=keepdims {_SIZES}"
_PICKED_KEPT = f"indices dim=axis {_SIZES}"
_SPREAD = f"self=x correction=@correction {_ALONG}"
_LOSS = "self=a target=b reduction=@reduction"
_PRODUCT = "self_sym_sizes=@a_shape mat2_sym_sizes=@b_shape self_sym_strides=@a_strides mat2_sym_strides=@b_strides"

LINES: dict[str, str] = {
    "AddBackward0": "alpha=@alpha",
    "SubBackward0": "alpha=@alpha",
    "RsubBackward1": "alpha=@alpha",
    "PowBackward0 square": "self=x exponent=@two",
    "PowBackward1": "self=a exponent=b result=out",
    "PowBackward2": "self=base exponent=x result=out",
    "RemainderBackward0": "",
    "FmodBackward0": "",
    "DivBackward2": "rounding_mode=@rounding",
    "RoundBackward1": "",
    "AddcmulBackward0": "tensor1=b tensor2=c value",
    "AddcdivBackward0": "tensor1=b tensor2=c value",
    "NanToNumBackward0": "self=x",
    "ClampMinBackward0": "self=x min",
    "ClampMaxBackward0": "self=x max",
    "ClampMinBackward1": "self=a min=b",
    "ClampMaxBackward1": "self=a max=b",
    "ClampBackward0 clamp_tensors": "self=a min=b max=c",
    "ClampBackward0 clamp_min": "self=a min=b max=@none",
    "ClampBackward0 clamp_max": "self=a max=b min=@none",
    "XlogyBackward1": "self=@a_number other=b",
    "XlogyBackward2": "self=a other=@b_number",
    "LerpBackward0": "weight",
    "LerpBackward1": "self=a end=b weight=c",
    "ToCopyBackward0": "",
    "ComplexBackward0": "",
    "PolarBackward0": "result=@result",
    "MaskedFillBackward0": "mask",
    "SumBackward0": _SIZES,
    "SumBackward1": f"{_SIZES} {_ALONG}",
    "MeanBackward0": f"{_SIZES} self_sym_numel=@numel",
    "MeanBackward1": f"{_SIZES} self_sym_numel=@numel {_ALONG}",
    "ProdBackward0": "self=x result=@result",
    "ProdBackward1": "self=x result=@result dim=axis keepdim=keepdims",
    "NansumBackward0": f"self=x {_ALONG}",
    "AmaxBackward0": _EXTREME,
    "AminBackward0": _EXTREME,
    "MaxBackward1": "self=x result=out",
    "MinBackward1": "self=x result=out",
    "MedianBackward0": "self=x result=out",
    "VarBackward0": _SPREAD,
    "StdBackward0": f"{_SPREAD} result=out",
    "LogsumexpBackward0": _EXTREME,
    "LinalgVectorNormBackward0": f"{_EXTREME} ord",
    "MaxBackward0": _PICKED,
    "MinBackward0": _PICKED,
    "MedianBackward1": _PICKED,
    "ModeBackward0": _PICKED,
    "KthvalueBackward0": _PICKED,
    "TopkBackward0": _PICKED_KEPT,
    "SortBackward0": _PICKED_KEPT,
    "SortBackward1": _PICKED_KEPT,
    "CummaxBackward0": "indices dim=axis",
    "CumminBackward0": "indices dim=axis",
    "ViewBackward0": _SIZES,
    "UnsafeViewBackward0 view": _SIZES,
    "SqueezeBackward0": _SIZES,
    "SqueezeBackward1": f"dim=@squeezed {_SIZES}",
    "SqueezeBackward2": f"dim=@all_squeezed {_SIZES}",
    "SqueezeBackward4 vecmat": "dim=@zero self_sym_sizes=@row",
    "UnsqueezeBackward0": "dim=@unsqueezed",
    "TransposeBackward0 matrix_transpose": "dim0=@last_but_one dim1=@last",
    "TransposeBackward0": "dim0=@first_moved dim1=@last_moved",
    "TBackward0": "",
    "PermuteBackward0": "dims=axes",
    "ExpandBackward0": _SIZES,
    "FlipBackward0": "dims=axis",
    "RollBackward0": "shifts=shift dims=axis",
    "Rot90Backward0": "k dims=axes",
    "DiagonalBackward0 diagonal": f"offset=@offset dim1=@axis1 dim2=@axis2 {_SIZES}",
    "RepeatBackward0": f"repeats=times {_SIZES}",
    "UnbindBackward0": "dim=axis",
    "SplitBackward0": f"dim=axis split_size=@split_size {_SIZES}",
    "SplitWithSizesBackward0": f"dim=axis split_sizes=sizes {_SIZES}",
    "SelectBackward0 getitem": f"dim=@cut_dim index=@cut {_SIZES}",
    "SelectBackward0 real": "dim=@ndim index=@zero self_sym_sizes=@pairs",
    "SelectBackward0 imag": "dim=@ndim index=@one self_sym_sizes=@pairs",
    "SliceBackward0": f"dim=@cut_dim start=@start end=@end step=@step {_SIZES}",
    "IndexBackward0": f"indices=@indices {_SIZES}",
    "IndexSelectBackward0": f"dim=@cut_dim index=@cut {_SIZES}",
    "TakeBackward0": "index=@cut",
    "MaskedSelectBackward0": "mask=@cut",
    "GatherBackward0 gather_along_axis": "dim=axis index=indices sparse_grad=@false",
    "AsStridedBackward0 strided": "size=@size stride=@stride storage_offset=@storage_offset",
    "UnfoldBackward0": f"dimension=axis size step {_SIZES}",
    "MmBackward0": f"self=a mat2=b {_PRODUCT}",
    "BmmBackward0": "self=a mat2=b",
    "MvBackward0": "self=a vec=b",
    "DotBackward0": "self=a tensor=b",
    "UnsafeViewBackward0 matmul": "self_sym_sizes=@folded",
    "AddmmBackward0 scaled_add": "alpha beta",
    "AddmmBackward0 linear": (
        "alpha=@one beta=@one mat1=a mat2=@b_transposed mat1_sym_sizes=@a_shape mat2_sym_sizes=@b_shape_transposed "
        "mat1_sym_strides=@a_strides mat2_sym_strides=@b_strides_transposed"
    ),
    "AddmvBackward0": "alpha beta",
    "ThresholdBackward0": "self=x threshold",
    "HardtanhBackward0": "self=x min_val=low max_val=high",
    "EluBackward0 elu": "self=x alpha scale=@one input_scale=@one",
    "EluBackward0 selu": "self=x alpha=@selu_alpha scale=@selu_scale input_scale=@one",
    "GeluBackward0 gelu": "self=x approximate=@exactly",
    "GeluBackward0 gelu_tanh": "self=x approximate=@by_tanh",
    "LogSigmoidBackward0": "self=x buffer=@buffer",
    "MseLossBackward0": _LOSS,
    "L1LossBackward0": _LOSS,
    "SoftMarginLossBackward0": _LOSS,
    "HuberLossBackward0": f"{_LOSS} delta",
    "SmoothL1LossBackward0": f"{_LOSS} beta",
    "BinaryCrossEntropyBackward0": f"{_LOSS} weight=c",
    "BinaryCrossEntropyWithLogitsBackward0": f"{_LOSS} weight=c pos_weight=d",
    "NllLossBackward0": "target=b weight=c reduction=@reduction total_weight=@total",
    "NllLoss2DBackward0": "target=b weight=c reduction=@reduction total_weight=@total",
    "CopySlices": "",
    "ConvolutionBackward0 convolution": (
        "input=a weight=b groups stride=@strides padding=@padding dilation=@dilation output_padding=@no_padding "
        "transposed=@false bias_sym_sizes_opt=@bias_shape"
    ),
    "ConvolutionBackward0 transposed_convolution": (
        "input=a weight=b groups stride=@strides padding=@padding dilation=@dilation output_padding=@output_padding "
        "transposed=@true bias_sym_sizes_opt=@bias_shape"
    ),
    "AvgPool2DBackward0": "kernel_size=@kernel_size padding=@padding",
    "AdaptiveAvgPool2DBackward0": "",
    "MaxPool2DWithIndicesBackward0": "result1=indices",
    "EmbeddingBackward0": (
        "indices=b padding_idx=padding scale_grad_by_freq=by_frequency sparse=@false weight_sym_argsize_0=@rows"
    ),
    "NativeBatchNormBackward0": "input=a weight=b eps",
    "NativeLayerNormBackward0": "input=a weight=b bias=c normalized_shape=features",
    "NativeGroupNormBackward0": "input=a weight=b eps N=@rows C=@channels HxW=@places group=@group",
    "ConstantPadNdBackward0": "pad=@pad",
    "ErfinvBackward0": "",
    "I0Backward0 bessel_i": "self=x",
    "I0Backward0": "self=x",
    "SincBackward0": "self=x",
    "SpecialI0EBackward0": "self=x result=out",
    "SpecialErfcxBackward0": "self=x result=@result",
    "SpecialLogNdtrBackward0": "self=x result=@result",
    "SpecialNdtriBackward0": "result=out",
    "LinalgDetBackward0": "A=x result=@result",
    "LinalgSlogdetBackward0": "A=x sign=out#0",
    "LinalgInvExBackward0": "inverse=out",
    "LinalgSolveExBackward0": "A=a result=out left=@true",
    "LinalgSolveTriangularBackward0": "self=a result=out upper unitriangular left=@true",
    "LinalgCholeskyExBackward0": "L=out upper",
    "LinalgQrBackward0": "Q=out#0 R=out#1",
    "LinalgEighBackward0": "eigenvalues=out#0 eigenvectors=out#1",
    "LinalgEigBackward0": "eigenvalues=out#0 eigenvectors=out#1",
    "LinalgSvdBackward0": "U=out#0 S=out#1 Vh=out#2",
    "LinalgPinvBackward0": "self=x result=out",
    "IndexPutBackward0 put_index": "indices=@indices accumulate",
    "DiagEmbedBackward0": "offset=@view_offset dim1=@view_axis1 dim2=@view_axis2",
}  # fmt: skip
"""What torch's nodes show, by class, or by class and primitive."""

_HIDDEN = frozenset({"xp", "extras", "g", "view", "i", "operands", "shapes", "shape", "dtype", "wide"})


def known(node: Node) -> dict[str, str]:
    """torch's names for what this node keeps, each with ours: of saved values, shapes and static parameters."""
    name, primitive = type(node).__name__, type(node).primitive
    line = LINES.get(f"{name} {primitive.name}", LINES.get(name))
    if line is not None:
        pairs = [word.partition("=") for word in line.split()]
        return {theirs: ours or theirs for theirs, _, ours in pairs}
    plan = node.plan
    result: dict[str, str] = {}
    wanted = [n for rule in primitive.rules if rule is not None for n in rule.names]
    kept = node.facts[0] if isinstance(node.facts, tuple) else {}
    for ours in [*wanted, *plan.names, *kept]:
        if ours not in _HIDDEN and ours[0] != "_" and (not ours.endswith("_shape") or ours == "x_shape"):
            result[_NAMES.get(ours, ours)] = ours
    if primitive.variadic:
        for i, ours in enumerate(plan.names):
            result[f"tensors_{i}"] = ours
    return result


__all__ = ["LINES", "known"]
