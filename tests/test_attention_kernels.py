"""torch.nn.attention: which ways to compute are allowed, and causal masks by name."""

from __future__ import annotations

import copy
import pickle
import warnings

import pytest

import gradiente as torch
from gradiente.nn.attention import SDPBackend, sdpa_kernel
from gradiente.nn.attention.bias import CausalBias, CausalVariant, causal_lower_right, causal_upper_left

attend = torch.nn.functional.scaled_dot_product_attention


@pytest.fixture
def qkv(seed):
    torch.overrides.enable()  # as the class of the masks did, before another test's end undid it
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(1, 1, n, 4, generator=generator) for n in (2, 3, 3)]


@pytest.mark.parametrize("allowed", [SDPBackend.MATH, SDPBackend.FLASH_ATTENTION, list(SDPBackend)])
def test_every_way_computes_the_same(allowed, qkv):
    expected = attend(*qkv)
    with sdpa_kernel(allowed):
        assert attend(*qkv).tolist() == expected.tolist()
    assert torch.backends.cuda.math_sdp_enabled()
    assert torch.backends.cuda.flash_sdp_enabled()


def test_operands_that_no_allowed_way_serves(qkv):
    q, k, v = qkv
    no_way = pytest.raises(RuntimeError, match=r"^No viable backend for scaled_dot_product_attention was found\.")
    with no_way, sdpa_kernel([SDPBackend.CUDNN_ATTENTION]):
        attend(q, k, v)
    mask = torch.zeros(2, 3, requires_grad=True)
    refused = {
        "Query dim: 3, Key dim: 3": lambda: attend(q[0], k[0], v[0]),
        "same last dimension": lambda: attend(q, k, v[..., :2]),
        "same batch_size": lambda: attend(q.expand(2, 1, 2, 4), k, v),
        "same num_heads": lambda: attend(q.expand(1, 2, 2, 4), k, v),
        "non-zero dropout": lambda: attend(q, k, v, dropout_p=0.5),
        "the mask requires a gradient": lambda: attend(q, k, v, mask),
        "mask shapes of 2 or 4": lambda: attend(q, k, v, torch.zeros(1, 2, 3)),
    }
    for text, call in refused.items():
        told = pytest.warns(UserWarning, match="Flash attention kernel not used")
        refusal = pytest.raises(RuntimeError, match=rf"^No available kernel\.  Aborting execution\. .*{text}")
        with sdpa_kernel(SDPBackend.FLASH_ATTENTION), told, refusal:
            call()
    with pytest.raises(AssertionError, match="Backend must be an instance of SDPBackend or a list"), sdpa_kernel(3):
        pass


def test_flags():
    cuda = torch.backends.cuda
    for name in ("flash", "math", "mem_efficient", "cudnn"):
        enable, enabled = getattr(cuda, f"enable_{name}_sdp"), getattr(cuda, f"{name}_sdp_enabled")
        assert enabled()
        enable(False)
        assert not enabled()
        enable(True)
    assert [int(backend) for backend in SDPBackend] == [-1, 0, 1, 2, 3, 4]


@pytest.mark.parametrize("make", [causal_lower_right, causal_upper_left])
def test_causal_masks(make, qkv):
    mask = make(2, 3)
    plain = torch.ones(2, 3, dtype=torch.bool).tril(1 if make is causal_lower_right else 0)
    assert torch.equal(mask, plain)
    assert repr(mask) == repr(plain)
    assert attend(*qkv, attn_mask=mask).tolist() == attend(*qkv, attn_mask=plain).tolist()
    assert type(mask | mask) is torch.Tensor
    assert copy.deepcopy(mask) is mask
    again = pickle.loads(pickle.dumps(mask))
    assert (again.variant, again.seq_len_q, again.seq_len_kv) == (mask.variant, 2, 3)
    with pytest.raises(ValueError, match=r"^CausalBias should not be used with causal=True"):
        attend(*qkv, attn_mask=mask, is_causal=True)


def test_bad_masks():
    with pytest.raises(AssertionError, match=r"^variant must be a CausalVariant, got int"):
        CausalBias(3, 2, 2)
    for make in (causal_lower_right, causal_upper_left):
        with pytest.raises(AssertionError, match="only supports 2D tensors"):
            make(2)
    with pytest.raises(RuntimeError, match=r"^Trying to create tensor with negative dimension -1"):
        causal_lower_right(-1, 2)
    with pytest.warns(UserWarning, match="Lower right causal bias will produce NaNs"):
        CausalBias(CausalVariant.LOWER_RIGHT, 3, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CausalBias(CausalVariant.UPPER_LEFT, 3, 2)


def test_the_older_context_manager():
    cuda, x = torch.backends.cuda, torch.ones(1, 1, 2, 2)
    with pytest.warns(FutureWarning, match=r"`torch.backends.cuda.sdp_kernel\(\)` is deprecated"):
        only_math = cuda.sdp_kernel(enable_flash=False, enable_mem_efficient=False)
    with only_math:
        assert (cuda.flash_sdp_enabled(), cuda.math_sdp_enabled()) == (False, True)
        assert torch.nn.functional.scaled_dot_product_attention(x, x, x).tolist() == x.tolist()
    assert cuda.flash_sdp_enabled()
    assert not cuda.is_flash_attention_available()
    assert (torch.backends.opt_einsum.is_available(), torch.backends.opt_einsum.enabled) == (False, False)
