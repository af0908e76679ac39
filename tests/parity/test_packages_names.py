"""What published packages import from torch and ask of it, against torch: see docs/packages.md."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)
from outcomes import assert_same  # noqa: E402


def module(m: Any, name: str) -> Any:
    """A module of one of the two libraries, imported."""
    import importlib

    return importlib.import_module(f"{m.__name__}.{name}")


CALLS = [
    *(f"m.finfo(m.float8_{kind})" for kind in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")),
    "[(d, d.itemsize, d.is_signed, d.is_floating_point) for d in (m.float8_e8m0fnu, m.float8_e5m2, m.complex32)]",
    "[m.sparse_coo, m.sparse_csr, m.sparse_csc, m.sparse_bsr, m.sparse_bsc, m.jagged, m.ones(2).layout is m.jagged]",
    "module(m, 'nn.parallel.scatter_gather').scatter((3, {'a': [1]}), [0, 1])",
    "module(m, 'nn.parallel.scatter_gather').scatter_kwargs((3,), {'b': (4,)}, [0])",
    "module(m, 'nn.parallel.scatter_gather').gather([m.ones(2)], 'cpu')",
    "m._C._nn._parse_to('cpu', m.float32, True)",
    "m._C._nn._parse_to(m.ones(1).double())[1:]",
    "m._C._nn._parse_to(device='cpu', non_blocking=True)",
    "str(m.ops.aten.add.Tensor), m.ops.aten.mm.default.name(), m.ops.aten.mm.default.__name__, m.ops.aten.mm.__name__",
    "repr(m.ops.aten.add), str(m.ops.aten.add)",
    "m.ops.aten.linalg_inv(2 * m.eye(2)), m.ops.aten.add.Tensor(m.ones(1), 2 * m.ones(1))",
    "m._tensor_str._tensor_str(m.arange(6.).reshape(2, 3), 7)",
    "m._tensor_str._add_suffixes('tensor(abc', ['x=1', 'y=2'], 7, False)",
    "m._tensor_str._add_suffixes('tensor(abc', ['x=1', 'y=2'], 7, True)",
    "m._tensor_str._add_suffixes('tensor(' + 'a' * 60, ['xxxxxxxxxxxx=1', 'y=2'], 7, False)",
    "m._tensor_str._add_suffixes('tensor(abc', [], 7, False)",
    "module(m, 'utils._pytree')._dict_flatten({'b': 1, 'a': 2})",
    "module(m, 'utils._pytree')._odict_unflatten([1, 2], ['b', 'a'])",
    "[str(k) for k, _ in module(m, 'utils._pytree')._dict_flatten_with_keys({'b': 1})[0]]",
    "type(iter(m.utils.data.DataLoader([1, 2, 3]))).__name__, len(iter(m.utils.data.DataLoader([1, 2, 3], 2)))",
    "m.onnx.is_in_onnx_export(), m._C._get_tracing_state()",
]


@pytest.mark.parametrize("call", CALLS)
def test_names(call: str) -> None:
    assert_same(lambda m: eval(call, {"m": m, "module": module}), torch, gradiente)


@pytest.mark.parametrize("name", ["Stream", "Event", "CUDAGraph"])
def test_what_needs_cuda(name: str) -> None:
    texts = []
    for m in (torch, gradiente):
        with pytest.raises(RuntimeError) as error:
            getattr(m.cuda, name)()
        texts.append(str(error.value))
    assert texts[1].startswith(texts[0])


def test_records_of_files() -> None:
    file = io.BytesIO()
    torch.save({"w": torch.arange(3.0)}, file)
    records = []
    for m in (torch, gradiente):
        file.seek(0)
        reader = m._C.PyTorchFileReader(file)
        names = reader.get_all_records()
        records.append([sorted(names), reader.serialization_id(), *(reader.get_record(name) for name in sorted(names))])
    assert records[0] == records[1]


def test_operations_are_counted_once() -> None:
    counts = []
    for m in (torch, gradiente):
        with m.profiler.profile(with_flops=True) as seen:
            m.ones(2, 3) @ m.ones(3, 4)
            m.nn.functional.linear(m.ones(2, 3), m.ones(4, 3), m.ones(4))
        counts.append(sorted((e.key, e.flops) for e in seen.key_averages() if e.flops))
    assert counts[0] == counts[1]


def causal(b: Any, h: Any, q: Any, kv: Any) -> Any:
    return q >= kv


def near(b: Any, h: Any, q: Any, kv: Any) -> Any:
    return (q - kv).abs() <= 40


def changed(score: Any, b: Any, h: Any, q: Any, kv: Any) -> Any:
    return 1.5 * score + 0.1 * (h - b) * (q - kv)


@pytest.mark.parametrize("size", [128, (16, 32)])
def test_tables_of_blocks(size: Any) -> None:
    found = []
    for m in (torch, gradiente):
        flex = module(m, "nn.attention.flex_attention")
        for mask in (causal, flex.and_masks(causal, near), flex.or_masks(causal, near), flex.noop_mask):
            made = flex.create_block_mask(mask, 2, None, 300, 260, device="cpu", BLOCK_SIZE=size)
            parts = (
                made.kv_num_blocks,
                made.kv_indices,
                made.full_kv_num_blocks,
                made.full_kv_indices,
                made.to_dense(),
            )
            found.append([made.shape, made.numel(), round(made.sparsity(), 9), *(x.tolist() for x in parts)])
    half = len(found) // 2
    assert found[:half] == found[half:]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("mod", [None, changed])
def test_attention_with_changed_scores(masked: bool, mod: Any, seed: int) -> None:
    found = []
    for m in (torch, gradiente):
        flex = module(m, "nn.attention.flex_attention")
        m.manual_seed(seed)
        q, k, v = m.randn(2, 4, 5, 8), m.randn(2, 2, 6, 8), m.randn(2, 2, 6, 3)
        mask = flex.create_block_mask(lambda b, h, i, j: (i + j) % 3 < 1, 2, 4, 5, 6, device="cpu") if masked else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch advises to compile
            out, lse = flex.flex_attention(q, k, v, mod, mask, 0.3, True, True)
        found.append((out, lse))
    for a, b in zip(*found, strict=True):
        gradiente.testing.assert_close(gradiente.from_numpy(a.numpy()), b, rtol=1e-5, atol=1e-5)


def test_operators_with_arguments_by_name_alone() -> None:
    def run(m: Any) -> list[Any]:
        seen: list[Any] = []

        def save(ctx: Any, inputs: Any, keyword_only_inputs: Any, output: Any) -> None:
            seen.append((inputs[1:], dict(keyword_only_inputs)))
            ctx.by = inputs[1]

        def shifted(x: Any, by: float = 2.0, *, plus: float = 1.0) -> Any:
            return x * by + plus

        shifted.__annotations__.update({"x": m.Tensor, "by": float, "plus": float, "return": m.Tensor})
        op = m.library.custom_op("names_alone::shifted", shifted, mutates_args=())
        op.register_autograd(lambda ctx, g: (g * ctx.by, None), setup_context=save)
        x = m.ones(1, requires_grad=True)
        op(x, 3.0, plus=2.0).backward()
        return [op(m.ones(1)).item(), op(m.ones(1), plus=0.0).item(), x.grad.item(), *seen]

    assert run(gradiente) == run(torch)
