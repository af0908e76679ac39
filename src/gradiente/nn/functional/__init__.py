"""torch.nn.functional: the layers, activations and losses of neural networks, as functions.

`linear`: the affine map. `activations`: nonlinear functions of each element. `probabilities`: softmax and dropout.
`regression`, `binary`, `classification`: the losses; `reductions`: what they share.
"""

from __future__ import annotations

from ...ops.activations import threshold_ as threshold_
from ...ops.functions import sigmoid as sigmoid
from ...ops.trigonometry import tanh as tanh
from .activations import celu as celu
from .activations import elu as elu
from .activations import gelu as gelu
from .activations import hardshrink as hardshrink
from .activations import hardsigmoid as hardsigmoid
from .activations import hardswish as hardswish
from .activations import hardtanh as hardtanh
from .activations import leaky_relu as leaky_relu
from .activations import logsigmoid as logsigmoid
from .activations import mish as mish
from .activations import relu as relu
from .activations import relu6 as relu6
from .activations import selu as selu
from .activations import silu as silu
from .activations import softplus as softplus
from .activations import softshrink as softshrink
from .activations import softsign as softsign
from .activations import tanhshrink as tanhshrink
from .activations import threshold as threshold
from .adaptive_pooling import adaptive_avg_pool1d as adaptive_avg_pool1d
from .adaptive_pooling import adaptive_avg_pool2d as adaptive_avg_pool2d
from .adaptive_pooling import adaptive_avg_pool3d as adaptive_avg_pool3d
from .adaptive_pooling import adaptive_max_pool1d as adaptive_max_pool1d
from .adaptive_pooling import adaptive_max_pool2d as adaptive_max_pool2d
from .adaptive_pooling import adaptive_max_pool3d as adaptive_max_pool3d
from .attention import scaled_dot_product_attention as scaled_dot_product_attention
from .binary import binary_cross_entropy as binary_cross_entropy
from .binary import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .binary import soft_margin_loss as soft_margin_loss
from .classification import cross_entropy as cross_entropy
from .classification import nll_loss as nll_loss
from .convolutions import conv1d as conv1d
from .convolutions import conv2d as conv2d
from .convolutions import conv3d as conv3d
from .convolutions import conv_tbc as conv_tbc
from .convolutions import conv_transpose1d as conv_transpose1d
from .convolutions import conv_transpose2d as conv_transpose2d
from .convolutions import conv_transpose3d as conv_transpose3d
from .ctc import ctc_loss as ctc_loss
from .distances import bilinear as bilinear
from .distances import cosine_similarity as cosine_similarity
from .distances import normalize as normalize
from .distances import pairwise_distance as pairwise_distance
from .distances import pdist as pdist
from .divergences import gaussian_nll_loss as gaussian_nll_loss
from .divergences import kl_div as kl_div
from .divergences import poisson_nll_loss as poisson_nll_loss
from .dropouts import alpha_dropout as alpha_dropout
from .dropouts import dropout1d as dropout1d
from .dropouts import dropout2d as dropout2d
from .dropouts import dropout3d as dropout3d
from .dropouts import feature_alpha_dropout as feature_alpha_dropout
from .embeddings import embedding as embedding
from .embeddings import embedding_bag as embedding_bag
from .embeddings import one_hot as one_hot
from .gates import celu_ as celu_
from .gates import elu_ as elu_
from .gates import glu as glu
from .gates import gumbel_softmax as gumbel_softmax
from .gates import hardtanh_ as hardtanh_
from .gates import leaky_relu_ as leaky_relu_
from .gates import prelu as prelu
from .gates import relu_ as relu_
from .gates import rrelu as rrelu
from .gates import rrelu_ as rrelu_
from .gates import selu_ as selu_
from .grids import affine_grid as affine_grid
from .grids import grid_sample as grid_sample
from .heads import multi_head_attention_forward as multi_head_attention_forward
from .labels import multi_margin_loss as multi_margin_loss
from .labels import multilabel_margin_loss as multilabel_margin_loss
from .labels import multilabel_soft_margin_loss as multilabel_soft_margin_loss
from .linear import linear as linear
from .linear_classification import linear_cross_entropy as linear_cross_entropy
from .located import adaptive_max_pool1d_with_indices as adaptive_max_pool1d_with_indices
from .located import adaptive_max_pool2d_with_indices as adaptive_max_pool2d_with_indices
from .located import adaptive_max_pool3d_with_indices as adaptive_max_pool3d_with_indices
from .located import fractional_max_pool2d_with_indices as fractional_max_pool2d_with_indices
from .located import fractional_max_pool3d_with_indices as fractional_max_pool3d_with_indices
from .located import max_pool1d_with_indices as max_pool1d_with_indices
from .located import max_pool2d_with_indices as max_pool2d_with_indices
from .located import max_pool3d_with_indices as max_pool3d_with_indices
from .margins import cosine_embedding_loss as cosine_embedding_loss
from .margins import hinge_embedding_loss as hinge_embedding_loss
from .margins import margin_ranking_loss as margin_ranking_loss
from .margins import triplet_margin_loss as triplet_margin_loss
from .margins import triplet_margin_with_distance_loss as triplet_margin_with_distance_loss
from .normalization import batch_norm as batch_norm
from .normalization import group_norm as group_norm
from .normalization import instance_norm as instance_norm
from .normalization import layer_norm as layer_norm
from .normalization import local_response_norm as local_response_norm
from .normalization import rms_norm as rms_norm
from .other_pooling import fractional_max_pool2d as fractional_max_pool2d
from .other_pooling import fractional_max_pool3d as fractional_max_pool3d
from .other_pooling import lp_pool1d as lp_pool1d
from .other_pooling import lp_pool2d as lp_pool2d
from .other_pooling import lp_pool3d as lp_pool3d
from .padding import pad as pad
from .pooling import avg_pool1d as avg_pool1d
from .pooling import avg_pool2d as avg_pool2d
from .pooling import avg_pool3d as avg_pool3d
from .pooling import max_pool1d as max_pool1d
from .pooling import max_pool2d as max_pool2d
from .pooling import max_pool3d as max_pool3d
from .probabilities import dropout as dropout
from .probabilities import log_softmax as log_softmax
from .probabilities import softmax as softmax
from .probabilities import softmin as softmin
from .rearranging import channel_shuffle as channel_shuffle
from .rearranging import fold as fold
from .rearranging import native_channel_shuffle as native_channel_shuffle
from .rearranging import pixel_shuffle as pixel_shuffle
from .rearranging import pixel_unshuffle as pixel_unshuffle
from .rearranging import unfold as unfold
from .regression import huber_loss as huber_loss
from .regression import l1_loss as l1_loss
from .regression import mse_loss as mse_loss
from .regression import smooth_l1_loss as smooth_l1_loss
from .resampling import interpolate as interpolate
from .resampling import upsample as upsample
from .resampling import upsample_bilinear as upsample_bilinear
from .resampling import upsample_nearest as upsample_nearest
from .unpooling import max_unpool1d as max_unpool1d
from .unpooling import max_unpool2d as max_unpool2d
from .unpooling import max_unpool3d as max_unpool3d


def __getattr__(name: str) -> object:
    from ..._missing import missing_attribute, public_names

    raise missing_attribute(__name__, name, public_names(__name__))
