"""The meta device against torch: what tensors without values print, compute and refuse."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import gradiente  # noqa: E402 (after the check for torch)
from outcomes import assert_same  # noqa: E402

CALLS = """
x
i
str(x), f"{s}", f"{x}"
m.empty(0, device="meta"), m.empty(3, device="meta", requires_grad=True), m.empty(2, device="meta", dtype=m.float64)
m.empty(3, device="meta", requires_grad=True) * 2
nn.Parameter(x)
x.is_meta, x.device, x.is_cpu, x.get_device(), x.data_ptr(), c.is_meta, m.ones(1).device
x.element_size(), x.nbytes, x.storage_offset(), x.stride(), x.is_contiguous(), x[1].storage_offset(), x.numel()
x.t().stride(), (x @ x.t()).t().stride(), x.expand(4, 2, 3).stride(), x.t().is_contiguous(), x[:, ::2].stride()
x.untyped_storage().nbytes(), x[1].untyped_storage().nbytes(), x.untyped_storage().data_ptr()
x.untyped_storage().device, x.untyped_storage()
x.storage()
x.untyped_storage().cpu()
m.UntypedStorage(3, device="meta")
x.item()
s.item()
x.tolist()
x.numpy()
bool(s)
float(s)
x.cpu()
x.to("cpu")
x.to("cpu", m.float64)
x.to("meta") is x, c.to("meta"), c.to("meta", m.float64), x.double(), c.to(x), c.type_as(x)
x.type_as(c)
c.copy_(x)
x.copy_(c), x.copy_(x)
x + c
c + x
x == c
x + m.tensor(2.0), m.tensor(2.0) + x, x + 1, x / 2, 2 - x, x > 0, -x, x.exp(), x ** 2
i + 1, i / 2, i + x, i > 0, (i > 0) & (x > 0), x.bfloat16() + x.half(), m.result_type(x, i)
m.cat([x, c])
m.cat([c, x])
m.stack([x, c])
m.cat([x, x]), m.stack([x, x], 1), x.chunk(2), x.split(1), x.unbind(), m.hstack([x, x])
m.where(x > 0, 1.0, x), m.where(c > 0, c, 0.0).is_meta
m.where(c > 0, x, x)
x[0], x[:, 1], x[None], x[..., 0], x[m.tensor([0, 1])], x[m.tensor([0, 1]), :2], x[c > 0], x[i[0] * 0]
m.repeat_interleave(x, i[0][:2], 0)
m.allclose(x, x)
x.zero_(), x.fill_(3), x.normal_(), x.uniform_(2, 1), x.add_(1), x.mul_(x), x.clamp_(0, 1), x.random_(), x.bernoulli_()
x.masked_fill(x > 0, 1.0), x.index_add(0, i[0][:2], x), x.scatter(0, i, x), x.gather(0, i), x.index_select(0, i[0])
x.sum(), x.mean(0), x.std(), x.var(0), x.max(), x.max(0), x.argmax(), x.prod(1), x.sum(dtype=m.float64), x.norm()
x.all(), x.any(0), x.isfinite(), x.cumsum(0), x.sort(), x.topk(2), x.median(), x.logsumexp(1), x.softmax(0), x.amax(1)
m.isin(x, x), m.bucketize(x, x[0]), m.histc(x), m.multinomial(x, 2), m.bernoulli(x), m.normal(x, 1.0), m.lerp(x, x, 0.5)
x.reshape(3, 2), x.view(-1), x.t(), x.permute(1, 0), x.unsqueeze(1), x.flatten(), x.tril(), x.flip(0), x.roll(1)
x.view(7)
x.t().view(-1)
x @ x.t(), m.einsum("ij,kj->ik", x, x), m.mv(x, x[0]), m.dot(x[0], x[0]), m.outer(x[0], x[1])
x.T.mm(x), m.addmm(s, x, x.t()), m.bmm(x[None], x.t()[None])
m.linalg.inv(x @ x.t()), m.linalg.svd(x), m.linalg.qr(x), m.linalg.det(x @ x.t()), m.linalg.norm(x), m.fft.fft(x)
m.complex(x, x), m.view_as_real(m.complex(x, x)), x.view(m.int32), m.meshgrid(x[0], x[1], indexing="ij")
m.tensor([1.0, 2.0], device="meta"), m.as_tensor([1], device="meta"), m.as_tensor(c, device="meta"), m.asarray(x)
m.as_tensor(x, device="cpu")
m.arange(5, device="meta"), m.arange(0, 5, 2.5, device="meta")
m.linspace(0, 1, 5, device="meta"), m.eye(3, device="meta"), m.logspace(0, 1, 3, device="meta")
m.full((2,), 3, device="meta"), m.rand(2, device="meta"), m.randn(2, device="meta"), m.randint(5, (2,), device="meta")
m.randperm(4, device="meta"), m.normal(0.0, 1.0, (2,), device="meta"), m.tril_indices(3, 3, device="meta")
m.zeros_like(c, device="meta"), m.ones_like(x), m.full_like(x, 2), m.zeros_like(x, device="cpu"), m.rand_like(x)
x.new_zeros(2), x.new_tensor([1.0]), x.new_ones(2, device="cpu"), c.new_empty(2, device="meta"), x.new_full((1,), 1)
m.empty_strided((2, 3), (1, 2), device="meta").stride(), m.empty_like(x.t()).stride(), m.hann_window(4, device="meta")
m.empty(2, device="meta:0").is_meta, m.device("meta", 0), m.device("meta"), m.empty(2, device="cuda")
m.manual_seed(0) and None, m.rand(3, device="meta"), x.normal_(), F.dropout(x), m.randperm(4, device="meta"), m.rand(1)
m.empty(10**6, 10**6, device="meta") @ m.empty(10**6, 10**6, device="meta"), m.empty(10**6, 10**6, device="meta").sum(0)
m.empty(2**40, 2**40, device="meta")
m.Generator("meta")
x.is_pinned(), x.is_shared(), x.type(), x.detach().requires_grad_(), len(x), list(x), x in [x], x.apply_(lambda v: v)
x.share_memory_()
x.pin_memory()
x.set_(c)
x.__dlpack__()
x.data = c
setattr(x, "grad", c)
setattr(c, "grad", x)
copy.deepcopy(x), copy.copy(x), pickle.loads(pickle.dumps(x))
copy.deepcopy(nn.Linear(3, 4, device="meta").weight), pickle.loads(pickle.dumps(nn.Parameter(x)))
nn.Linear(3, 4, device="meta"), nn.Linear(3, 4, device="meta").weight, nn.Linear(3, 4, device="meta")(x)
nn.Linear(3, 4, device="meta")(c)
nn.Linear(3, 4)(x)
nn.Linear(3, 4, device="meta").to("cpu")
nn.Linear(3, 4, device="meta").cpu()
nn.Linear(3, 4, device="meta").to_empty(device="cpu").weight.device, nn.Linear(3, 4).to("meta").weight
nn.Linear(3, 4).to_empty(device="meta").weight, nn.utils.skip_init(nn.Linear, 3, 4).weight.device
nn.Linear(3, 4, device="meta").load_state_dict(nn.Linear(3, 4).state_dict())
nn.Linear(3, 4, device="meta").load_state_dict(nn.Linear(3, 4).state_dict(), assign=True)
nn.Linear(3, 4).load_state_dict(nn.Linear(3, 4, device="meta").state_dict())
nn.LSTM(3, 4, device="meta")(m.empty(5, 2, 3, device="meta"))
nn.GRUCell(3, 4, device="meta")(x)
nn.MultiheadAttention(4, 2, device="meta")(*[m.empty(5, 2, 4, device="meta")] * 3)
nn.TransformerEncoderLayer(4, 2, 8, device="meta")(m.empty(5, 2, 4, device="meta"))
F.embedding(i, x), F.one_hot(i, 5), F.mse_loss(x, x), F.cross_entropy(x, i[:, 0]), F.layer_norm(x, (3,)), F.gelu(x)
F.one_hot(i)
F.mse_loss(x, c)
F.conv2d(m.empty(1, 3, 8, 8, device="meta"), m.empty(4, 3, 3, 3, device="meta"), padding=1, stride=2)
F.conv_transpose2d(m.empty(1, 3, 8, 8, device="meta"), m.empty(3, 4, 3, 3, device="meta"))
F.max_pool2d(m.empty(1, 3, 8, 8, device="meta"), 2), F.avg_pool2d(m.empty(1, 3, 8, 8, device="meta"), 2)
F.batch_norm(x, None, None, training=True), F.interpolate(m.empty(1, 3, 8, 8, device="meta"), scale_factor=2)
F.scaled_dot_product_attention(*[m.empty(1, 2, 3, 4, device="meta")] * 3), F.dropout(x), F.pad(x, (1, 1))
nn.init.kaiming_uniform_(x), nn.init.xavier_normal_(x), nn.init.orthogonal_(x)
nn.init.trunc_normal_(x), nn.init.zeros_(x), nn.init.eye_(x), nn.init.sparse_(x, 0.5)
m.testing.assert_close(x, x)
m.func.vmap(lambda v: v.sum())(x), m.func.grad(lambda v: (v * v).sum())(x), m.func.jvp(lambda v: v * 2, (x,), (x,))
"""


DYNAMIC = "x[x > 0]", "x.nonzero()", "m.unique(x)", "x.masked_select(x > 0)", "m.bincount(i[0])", "m.equal(x, x)"


def _called(text: str) -> Any:
    def call(m: Any) -> Any:
        names = {
            "m": m,
            "nn": m.nn,
            "F": m.nn.functional,
            "copy": copy,
            "pickle": pickle,
            "x": m.empty(2, 3, device="meta"),
            "i": m.empty(2, 3, device="meta", dtype=m.int64),
            "s": m.empty((), device="meta"),
            "c": m.ones(2, 3),
        }
        if " = " in text.split("(")[0]:
            exec(text, names)
            return None
        return eval(text, names)

    return call


@pytest.mark.parametrize("text", CALLS.strip().splitlines())
def test_calls_give_what_torch_gives(text: str) -> None:
    assert_same(_called(text), torch, gradiente, warned="load_state_dict" in text)


@pytest.mark.parametrize("text", DYNAMIC)
def test_what_only_values_tell_is_refused(text: str) -> None:
    texts = []
    for m in (torch, gradiente):
        with pytest.raises(NotImplementedError) as error:
            _called(text)(m)
        texts.append(str(error.value)[:60])
    assert texts[0] == texts[1]


PROGRAMS = {
    "backward": """
layers = m.nn.Conv2d(1, 2, 3, device="meta"), m.nn.ReLU(), m.nn.Flatten(), m.nn.LazyLinear(3, device="meta")
model = m.nn.Sequential(*layers)
x = m.empty(4, 1, 5, 5, device="meta", requires_grad=True)
loss = model(x).log_softmax(1).sum()
loss.backward()
out = loss, x.grad, [p.grad for p in model.parameters()]
""",
    "create_graph": """
q = m.empty(3, device="meta", requires_grad=True)
g, = m.autograd.grad((q**3).sum(), q, create_graph=True)
out = g, m.autograd.grad(g.sum(), q)
""",
    "to meta has no way back": """
c = m.ones(3, requires_grad=True)
d = c.to("meta")
out = d
try:
    d.sum().backward()
except NotImplementedError as error:
    out = str(d), str(error)[:40], c.grad
""",
    "views": """
v = m.empty(4, 4, device="meta")
u = v[1]
u.add_(1)
v[0] = 1
v[1:3] = m.empty(4, device="meta")
v[2] = m.ones(4)
v[m.tensor([0, 1])] = 1.0
v[v > 0] = 0.0
out = v, v._version, u._base is v
""",
    "the device as a context": """
with m.device("meta"):
    n = m.nn.Sequential(m.nn.Linear(2, 2), m.nn.BatchNorm1d(2))
    out = {k: (v.device, v.shape) for k, v in n.state_dict().items()}, m.as_tensor(m.ones(2)), m.tensor(3), m.ones(2)
out = (*out, m.ones(2), n)
""",
    "the default device": """
m.set_default_device("meta")
try:
    out = m.empty(2), m.nn.Linear(2, 2).weight, m.get_default_device(), m.arange(3), m.randn(2)
finally:
    m.set_default_device(None)
""",
    "moving a module gives it new parameters": """
l = m.nn.Linear(2, 2)
w = l.weight
l.to("meta")
out = w is l.weight, w.is_meta, l.weight.is_meta
w = l.weight
l.to_empty(device="cpu")
out = (*out, w is l.weight, l.weight.is_meta, l.weight.requires_grad)
l.double()
""",
    "assigned": """
l, k = m.nn.Linear(2, 2, device="meta"), m.nn.Linear(2, 2)
l.load_state_dict(k.state_dict(), assign=True)
out = l.weight.is_meta, m.equal(l.weight, k.weight), l(m.ones(1, 2)).shape
""",
    "files": """
f = io.BytesIO()
m.save({"a": m.empty(2, 3, device="meta"), "p": m.nn.Parameter(m.empty(2, device="meta"))}, f)
f.seek(0)
out = m.load(f)
f = io.BytesIO()
m.save(m.nn.Linear(2, 2).state_dict(), f)
f.seek(0)
out = out, m.load(f, map_location="meta")
""",
    "steps of optimisers": """
def state(name, count, **options):
    ps = [m.empty(3, 4, device="meta", requires_grad=True) for _ in range(count)]
    made = getattr(m.optim, name)(ps, **options)
    for _ in range(2):
        made.zero_grad()
        sum((p * p).sum() for p in ps).backward()
        made.step()
    return [{k: repr(v) for k, v in made.state[p].items() if k in ("step", "mu_product") or v.is_meta} for p in ps]
out = [state("SGD", n, lr=0.1, momentum=0.9, weight_decay=0.1) for n in (1, 9)]
out += [state("Adam", n, amsgrad=True) for n in (1, 9)]
for name in ("SGD", "AdamW", "Adagrad", "Adadelta", "RMSprop", "Adamax", "NAdam", "RAdam", "Rprop", "Muon"):
    out.append(state(name, 2))
""",
    "a step that needs a value": """
p = m.empty(3, 4, device="meta", requires_grad=True)
(p * p).sum().backward()
m.optim.Adafactor([p]).step()
""",
    "a fused step": """
p = m.empty(3, 4, device="meta", requires_grad=True)
(p * p).sum().backward()
m.optim.Adam([p], fused=True).step()
""",
    "hooks see zeros of the device for inputs without a gradient": """
class Two(m.nn.Module):
    def forward(self, x, y):
        return x * 2
seen, layer = [], Two()
layer.register_full_backward_hook(lambda module, given, taken: seen.append([g.device for g in given]))
x = m.empty(2, device="meta", requires_grad=True)
layer(x, m.empty(2, device="meta", requires_grad=True)).sum().backward()
out = seen
""",
    "writing through a mask": """
x, mask = m.empty(3, 4, device="meta"), m.empty(3, 4, dtype=m.bool, device="meta")
x[mask] = 1.0
out = x, x.index_put((mask,), m.empty(5, device="meta")), m.nn.functional.embedding_bag(
    m.empty(6, dtype=m.int64, device="meta"), x, m.empty(2, dtype=m.int64, device="meta"), include_last_offset=True)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_give_what_torch_gives(name: str) -> None:
    def run(m: Any) -> Any:
        names: dict[str, Any] = {"m": m, "io": io}
        exec(PROGRAMS[name], names)
        return names["out"]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_same(run, torch, gradiente, warned=False)


def test_files_go_from_one_library_to_the_other() -> None:
    for one, other in ((torch, gradiente), (gradiente, torch)):
        file = io.BytesIO()
        one.save(one.nn.Linear(2, 3, device="meta").state_dict(), file)
        file.seek(0)
        found = other.load(file)
        assert [repr(v) for v in found.values()] == [
            repr(v) for v in other.nn.Linear(2, 3, device="meta").state_dict().values()
        ]
