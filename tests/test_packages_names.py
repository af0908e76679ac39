"""What published packages import from torch and ask of it: see docs/packages.md."""

from __future__ import annotations

import io
import math
import pickle
import subprocess
import sys

import pytest

import gradiente as torch
import gradiente.utils._pytree as pytree
from gradiente._C import _nn
from gradiente.nn.attention.flex_attention import (
    AuxRequest,
    BlockMask,
    and_masks,
    create_block_mask,
    create_mask,
    flex_attention,
    or_masks,
)
from gradiente.nn.parallel.scatter_gather import gather, scatter, scatter_kwargs


def run(program: str) -> str:
    """What a program prints under the redirection."""
    done = subprocess.run(
        [sys.executable, "-m", "gradiente", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_names_under_the_redirection():
    """Pyro compares the module's name, and all of them import from paths below."""
    text = run(
        "import torch\n"
        "from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex\n"
        "from torch._dynamo.eval_frame import OptimizedModule\n"
        "from torch.distributed import rpc\n"
        "from torch.distributed.optim import ZeroRedundancyOptimizer\n"
        "from torch.distributed.tensor import DTensor\n"
        "from torch.utils.data.dataloader import _BaseDataLoaderIter, _MultiProcessingDataLoaderIter\n"
        "from torch.distributions.utils import _standard_normal\n"
        "print(torch.__name__, torch._C._get_tracing_state(), torch.jit._overload(len) is len)\n"
        "torch.manual_seed(0)\n"
        "print(_standard_normal((2,), torch.float32, None))\n"
    )
    assert text == "torch None True\ntensor([ 1.5410, -0.2934])\n"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: torch.cuda.Stream(), "torch.cuda.Stream requires CUDA support"),
        (lambda: torch.cuda.Event(), "dummy base class Event"),
        (lambda: torch.cuda.CUDAGraph(), "dummy base class CUDAGraph"),
        (lambda: torch.cuda.graph(None), r"torch\.cuda\.graph requires CUDA support"),
        (lambda: torch.fx.Tracer(), r"torch\.fx\.Tracer cannot be made: programs run as they are written"),
        (lambda: torch.fx.GraphModule(), r"torch\.fx\.GraphModule cannot be made"),
        (lambda: torch.fx.symbolic_trace(torch.nn.Linear(1, 1)), "traces nothing"),
        (lambda: torch._dynamo.OptimizedModule(), "OptimizedModule cannot be made: nothing is compiled"),
        (lambda: torch.distributed.optim.ZeroRedundancyOptimizer([]), "connects no processes"),
        (lambda: torch.ones(2).to(torch.float8_e5m2), r"tensors of torch\.float8_e5m2 are not supported"),
        (lambda: torch.zeros(2, layout=torch.sparse_csc), r"layout torch\.sparse_csc is not supported"),
        (lambda: torch.ops.aten._pin_memory.default(torch.ones(1)), "aten::_pin_memory is an operator of PyTorch's C"),
    ],
)
def test_what_is_named_and_not_made(make, why):
    with pytest.raises(RuntimeError, match=why):
        make()


def test_distributed_tensors_are_never_made():
    import gradiente.distributed.tensor as spread

    with pytest.raises(RuntimeError, match="DTensor cannot be made"):
        spread.DTensor()


def test_operators_by_name():
    aten = torch.ops.aten
    assert aten.mm.default is aten.mm.default
    assert (str(aten.add.Tensor), aten.add.Tensor.name(), aten.add.__name__) == (
        "aten.add.Tensor",
        "aten::add.Tensor",
        "add",
    )
    assert repr(aten.add) == "<OpOverloadPacket(op='aten.add')>"
    assert aten.add.Tensor(torch.ones(1), 2).item() == 3
    assert aten.linalg_inv(torch.eye(2)).tolist() == [[1, 0], [0, 1]]
    assert aten.relu_.default(torch.tensor([-1.0])).item() == 0
    with pytest.raises(AttributeError, match=r"torch\.ops has no library 'torchvision' .*no compiled extensions"):
        torch.ops.torchvision.nms  # noqa: B018
    with pytest.raises(AttributeError, match="has no overload name 'more'"):
        aten.add.Tensor.more  # noqa: B018


def test_operators_of_ones_own():
    @torch.library.custom_op("tests::scaled", mutates_args=())
    def scaled(x: torch.Tensor, factor: float = 2.0) -> torch.Tensor:
        return torch.from_numpy(factor * x.numpy())

    x = torch.ones(2, requires_grad=True)
    with pytest.raises(
        RuntimeError, match=r"Trying to backward through tests\.scaled\.default but no autograd formula"
    ):
        scaled(x).sum().backward()

    def setup(ctx, inputs, output):
        ctx.factor = inputs[1]

    torch.library.register_autograd("tests::scaled", lambda ctx, g: (ctx.factor * g, None), setup_context=setup)
    torch.ops.tests.scaled.default(x, factor=3.0).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    assert repr(scaled) == "<CustomOpDef(tests::scaled)>"
    assert scaled.register_fake(len) is len
    assert torch.library.register_fake("tests::scaled")(len) is len
    torch.library.register_kernel(scaled, "cpu", lambda x, factor=2.0: x * factor + 1)
    assert scaled(torch.ones(1)).item() == 3
    with pytest.raises(AttributeError, match=r"knows what torch\.library\.custom_op made"):
        torch.library.register_autograd("tests::nothing", len)
    with pytest.raises(ValueError, match="of the form 'library::name', got 'scaled'"):
        torch.library.custom_op("scaled", len, mutates_args=())


def test_records_of_files(tmp_path):
    path = tmp_path / "model.pt"
    torch.save({"w": torch.arange(3.0)}, path)
    reader = torch.PyTorchFileReader(str(path))
    assert {"data.pkl", "data/0", "version"} <= set(reader.get_all_records())
    assert (reader.get_record_size("data/0"), reader.has_record("data/1"), len(reader.serialization_id()) > 9) == (
        12,
        False,
        True,
    )
    assert pickle.loads(reader.get_record("byteorder")[:0] + b"N.") is None
    with pytest.raises(RuntimeError, match="failed locating file data/1: file not found"):
        reader.get_record("data/1")
    with pytest.raises(RuntimeError, match="open file failed because of errno 2"):
        torch.PyTorchFileReader(str(tmp_path / "none.pt"))
    with pytest.raises(RuntimeError, match="not a ZIP archive"):
        torch.PyTorchFileReader(io.BytesIO(b"nothing"))


def test_arguments_for_several_devices():
    assert scatter([1, {"a": 2}], [0, 1]) == [[1, {"a": 2}], [1, {"a": 2}]]
    assert scatter_kwargs((3,), {"b": 4}, [0]) == (((3,),), ({"b": 4},))
    assert scatter_kwargs((), {"b": 4}, [0, 1]) == (((), ()), ({"b": 4}, {"b": 4}))
    assert gather([None, None], 0) is None
    with pytest.raises(AssertionError, match=r"not compiled with CUDA enabled \(scatter\(\)"):
        scatter((torch.ones(2),), [0])
    with pytest.raises(AssertionError, match="Gather function not implemented for CPU tensors"):
        gather([{"a": torch.ones(1)}], 0)


def test_what_the_arguments_of_to_name():
    x = torch.ones(1, dtype=torch.float64)
    assert _nn._parse_to(x) == (torch.device("cpu"), torch.float64, False, None)
    assert _nn._parse_to("cpu", torch.float16, True) == (torch.device("cpu"), torch.float16, True, None)
    assert _nn._parse_to(memory_format=torch.channels_last) == (None, None, False, torch.channels_last)
    with pytest.raises(TypeError, match=r"invalid combination of arguments - got \(list\)"):
        _nn._parse_to([3])


def test_parameters_of_subclasses_take_their_own_arguments():
    class Named(torch.nn.Parameter):
        def __new__(cls, data, name, requires_grad=True):
            made = torch.Tensor._make_subclass(cls, data, requires_grad)
            made.name = name
            return made

    layer = torch.nn.Module()
    layer.w = Named(torch.ones(2), name="weight")
    assert ([n for n, _ in layer.named_parameters()], layer.w.name) == (["w"], "weight")
    with pytest.raises(TypeError):
        torch.nn.Parameter(torch.ones(2), name="weight")


def test_iterators_of_loaders():
    loader = torch.utils.data.DataLoader(range(5), batch_size=2)
    batches = iter(loader)
    assert (type(batches).__name__, len(batches), iter(batches) is batches) == ("_SingleProcessDataLoaderIter", 3, True)
    assert [b.tolist() for b in batches] == [[0, 1], [2, 3], [4]]
    with pytest.raises(StopIteration):
        next(batches)


def test_printing_in_pieces():
    text = torch._tensor_str
    x = torch.arange(6.0, requires_grad=True).reshape(2, 3)
    assert text._tensor_str(x, 7) == "[[0., 1., 2.],\n        [3., 4., 5.]]"
    assert text._add_suffixes("Index([1, 2]", ["dim_size=3"], 6, False) == "Index([1, 2], dim_size=3)"
    assert text._add_suffixes("Index([1, 2]", ["a=3", "b=4"], 6, True) == "Index([1, 2],\n      a=3, b=4)"
    assert text._str(torch.ones(2), tensor_contents="…") == "tensor(…)"
    assert text.PRINT_OPTS.edgeitems == 3
    with pytest.raises(AttributeError, match="there is no print option 'colour'"):
        text.PRINT_OPTS.colour  # noqa: B018


def test_containers_by_torchs_names():
    assert pytree._dict_flatten({"b": 1, "a": 2}) == ([1, 2], ["b", "a"])
    assert pytree._dict_unflatten([1, 2], ["b", "a"]) == {"b": 1, "a": 2}
    assert [str(key) for key, _ in pytree._list_flatten_with_keys([5, 6])[0]] == ["[0]", "[1]"]


def test_futures_can_be_subscripted():
    assert torch.futures.Future[torch.Tensor].__origin__ is torch.Future


def test_what_it_was_built_with():
    assert "USE_MKL=OFF" in torch.__config__.show()
    assert "torch.get_num_threads() :" in torch.__config__.parallel_info()


def test_masks_and_scores():
    causal = lambda b, h, q, kv: q >= kv  # noqa: E731
    near = lambda b, h, q, kv: (q - kv).abs() <= 1  # noqa: E731
    assert create_mask(and_masks(causal, near), None, None, 3, 3).int().tolist() == [
        [[[1, 0, 0], [1, 1, 0], [0, 1, 1]]]
    ]
    assert create_mask(or_masks(causal, near), 1, 1, 2, 3).int().tolist() == [[[[1, 1, 0], [1, 1, 1]]]]
    assert create_mask(lambda s, b, h, q, kv: torch.where(q < kv, -math.inf, s), 1, 2, 2, 2).shape == (1, 2, 2, 2)
    mask = create_block_mask(causal, 2, 3, 8, 8, BLOCK_SIZE=4)
    assert mask.to_dense()[0, 0].tolist() == [[1, 0], [1, 1]]
    assert (mask.shape, mask.numel(), mask.sparsity(), mask[0, -1].shape) == ((2, 3, 8, 8), 384, 25.0, (1, 1, 8, 8))
    assert (mask.full_kv_num_blocks[0, 0].tolist(), mask.kv_num_blocks[0, 0].tolist()) == ([0, 1], [1, 1])
    assert create_block_mask(causal, None, None, 8, 8, BLOCK_SIZE=4, separate_full_blocks=False).full_kv_indices is None
    again = BlockMask.from_kv_blocks(mask.kv_num_blocks, mask.kv_indices, BLOCK_SIZE=4)
    assert (again.seq_lengths, again.to("cpu") is again, repr(again)[:10]) == ((8, 8), True, "BlockMask(")


def test_attention_by_a_mask_equals_the_usual_one(seed):
    torch.manual_seed(seed)
    q, k, v = (torch.randn(2, h, 5, 4, dtype=torch.float64, requires_grad=True) for h in (4, 2, 2))
    mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, 5, 5)
    flex, lse = flex_attention(q, k, v, block_mask=mask, enable_gqa=True, return_lse=True)
    usual = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    torch.testing.assert_close(flex, usual)
    assert flex_attention(q, k, v, enable_gqa=True, return_aux=AuxRequest(lse=True))[1].lse.shape == lse.shape
    for a, b in zip(*(torch.autograd.grad(y.sin().sum(), (q, k, v)) for y in (flex, usual)), strict=True):
        torch.testing.assert_close(a, b)
    nothing = create_block_mask(lambda b, h, i, j: i < 0, None, None, 5, 5)
    assert not flex_attention(q, k, v, block_mask=nothing, enable_gqa=True).any()


@pytest.mark.parametrize(
    ("call", "error", "why"),
    [
        (lambda x, m: flex_attention(x[0], x, x), NotImplementedError, "must be 4D tensors"),
        (lambda x, m: flex_attention(x, x.double(), x), ValueError, "to have the same dtype"),
        (lambda x, m: flex_attention(x, x[:, :1], x[:, :1]), ValueError, "Try setting enable_gqa=True"),
        (lambda x, m: flex_attention(x[:, :1], x, x, enable_gqa=True), ValueError, "a multiple of kv heads"),
        (
            lambda x, m: flex_attention(x, x, x, block_mask=m),
            ValueError,
            r"block_mask.shape=\(1, 1, 9, 9\) but got q_len=3",
        ),
        (lambda x, m: flex_attention(x, x, x, return_aux=AuxRequest(False, True)), NotImplementedError, "max scores"),
        (lambda x, m: create_mask(3, 1, 1, 2, 2), TypeError, "3 is not a callable object"),
        (
            lambda x, m: create_mask(lambda a, b: a, 1, 1, 2, 2),
            AssertionError,
            "Expected 4 or 5 positional args, got 2",
        ),
        (lambda x, m: and_masks(3), RuntimeError, "All inputs should be callable mask_mods"),
    ],
)
def test_masks_and_scores_that_do_not_fit(call, error, why):
    mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, 9, 9)
    with pytest.raises(error, match=why):
        call(torch.ones(1, 2, 3, 4), mask)


def test_a_kernel_brings_its_own_signature():
    op = torch.library.custom_op("kernels::scaled", lambda x, by=2: x * by, mutates_args=())
    assert op(torch.ones(1)).item() == 2
    op.register_kernel("cpu", lambda x, by=3, *, plus=1: x * by + plus)
    assert op(torch.ones(1)).item() == 4
    assert op(torch.ones(1), by=5, plus=0).item() == 5


def test_arguments_by_name_alone_are_saved_and_have_no_derivative():
    seen = []

    def save(ctx, inputs, keyword_only_inputs, output):
        seen.append((inputs[1:], keyword_only_inputs))
        ctx.by = inputs[1]

    op = torch.library.custom_op("kernels::shifted", lambda x, by, *, plus=1.0: x * by + plus, mutates_args=())
    op.register_autograd(lambda ctx, g: (g * ctx.by, None), setup_context=save)
    x = torch.ones(1, requires_grad=True)
    op(x, 3.0, plus=2.0).backward()
    assert x.grad.item() == 3
    assert seen == [((3.0,), {"plus": 2.0})]
