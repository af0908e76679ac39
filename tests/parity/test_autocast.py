"""torch.autocast and GradScaler on the CPU: the types, values, states and errors of PyTorch's."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import gradiente
from outcomes import assert_same

from .autocast_cases import CASES

torch: Any = pytest.importorskip("torch")

TYPES = ("float32", "bfloat16", "float16", "float64")

UNLIKE = {
    "torch.linalg.pinv(p)": "PyTorch factors in float32 and multiplies in the lower precision; ours stays in float32",
    "torch.complex(a, b)": "complex32 does not exist here",
    "torch.linalg.matrix_exp(a)": "PyTorch's result is infinite for these types",
}


def operands(m: Any, dtype: str) -> dict[str, Any]:
    rng = np.random.default_rng(5)

    def normal(*shape: int) -> Any:
        return m.from_numpy(rng.standard_normal(shape).astype("float32")).to(getattr(m, dtype))

    q = rng.standard_normal((4, 4)).astype("float32")
    return {
        "torch": m,
        "F": m.nn.functional,
        **{name: normal(4, 4) for name in "ab"},
        "v": normal(4),
        "t": normal(2, 4, 4),
        "x": normal(2, 4, 6, 6),
        "y": normal(2, 4, 4, 4, 4),
        **{f"w{n}": normal(4, 4, *(2 if n == 3 else 3,) * n) for n in (1, 2, 3)},
        "i": m.tensor([0, 1, 2, 3]),
        "j": m.zeros(2, 6, 6, dtype=m.long),
        "s": normal(4, 4).sign(),
        "c": normal(4, 4).to(m.bfloat16 if dtype == "float32" else m.float32),
        "g": normal(2, 3, 3, 2),
        "p": m.from_numpy(q @ q.T + 4 * np.eye(4, dtype="float32")).to(getattr(m, dtype)),
        "z": normal(2, 2, 3),
    }


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("target", ["bfloat16", "float16"])
def test_types_of_results(target: str, dtype: str) -> None:
    differ: list[str] = []
    for case in CASES:
        if case in UNLIKE:
            continue
        found: list[Any] = []
        for m in (torch, gradiente):
            m.manual_seed(3)
            with warnings.catch_warnings(), m.autocast("cpu", dtype=getattr(m, target)):
                warnings.simplefilter("ignore")
                try:
                    result = eval(case, operands(m, dtype))
                except (RuntimeError, NotImplementedError) as error:
                    found.append(error)
                else:
                    found.append((str(result.dtype), result.detach().to(m.complex128).abs().numpy()))
        theirs, ours = found
        if isinstance(theirs, Exception):  # a type that PyTorch cannot compute in, or does not expect
            continue
        if isinstance(ours, Exception) or theirs[0] != ours[0].replace("gradiente", "torch"):
            differ.append(f"{case}: {theirs[0]}, ours {ours}")
        elif "dropout" not in case:
            rough = "bfloat16" in (dtype, target)  # three digits, and sums of a few products
            scale = max(1.0, float(np.nan_to_num(np.abs(theirs[1])).max(initial=0.0)))
            near = {"rtol": 0.05, "atol": 0.03 * scale} if rough else {"rtol": 0.005, "atol": 0.004 * scale}
            if not np.allclose(ours[1], theirs[1], **near, equal_nan=True):
                differ.append(f"{case}: {theirs[1]}, ours {ours[1]}")
    assert not differ, "\n".join(differ)


MODULES = [
    "nn.LSTM(4, 3)", "nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 3))", "nn.Sequential(nn.Linear(4, 4), nn.GRU(4, 3))",
    "nn.GRU(4, 3, 2, bidirectional=True)", "nn.RNN(4, 3)", "nn.LSTMCell(4, 3)", "nn.Bilinear(4, 4, 2)",
    "nn.MultiheadAttention(4, 2)", "nn.TransformerEncoderLayer(4, 2, 8)", "nn.TransformerDecoderLayer(4, 2, 8)",
    "nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 2))", "nn.Conv1d(4, 2, 3)",
    "nn.Sequential(nn.Conv1d(4, 3, 2), nn.BatchNorm1d(3), nn.ReLU(), nn.MaxPool1d(2))",
]  # fmt: skip


@pytest.mark.parametrize("target", ["bfloat16", "float16"])
@pytest.mark.parametrize("source", MODULES)
def test_modules(source: str, target: str) -> None:
    if "LSTM(" in source and target == "float16":
        pytest.skip("PyTorch's own LSTM cannot")

    def run(m: Any) -> list[Any]:
        m.manual_seed(1)
        module = eval(source, {"nn": m.nn})
        if hasattr(module, "dropout"):
            module.eval()
        x = m.from_numpy(np.random.default_rng(2).standard_normal((5, 4, 4)).astype("float32"))
        if "Cell" in source:
            x = x[0]
        inputs = {"Multihead": (x, x, x), "Decoder": (x, x), "Bilinear": (x, x)}
        given = next((value for name, value in inputs.items() if name in source), (x,))
        with m.autocast("cpu", dtype=getattr(m, target)):
            out = module(*given)
        out = out[0] if isinstance(out, tuple) else out
        out.float().sum().backward()
        grads = [p.grad for p in module.parameters() if p.grad is not None]
        return [str(out.dtype).split(".")[1], out.detach().float().numpy(), *[g.dtype.itemsize for g in grads]]

    theirs, ours = run(torch), run(gradiente)
    assert ours[0] == theirs[0]
    np.testing.assert_allclose(ours[1], theirs[1], atol=0.05)
    assert ours[2:] == theirs[2:]


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("target", ["bfloat16", "float16"])
def test_a_training(target: str, scaled: bool) -> None:
    def losses(m: Any) -> list[float]:
        m.manual_seed(4)
        net = m.nn.Sequential(m.nn.Linear(8, 32), m.nn.Tanh(), m.nn.Linear(32, 4))
        optimizer = m.optim.Adam(net.parameters(), lr=1e-2)
        scaler = m.amp.GradScaler("cpu", enabled=scaled, init_scale=1024.0, growth_interval=5)
        x, y = m.randn(64, 8), m.randint(0, 4, (64,))
        found = []
        for _ in range(20):
            optimizer.zero_grad()
            with m.autocast("cpu", dtype=getattr(m, target)):
                loss = m.nn.functional.cross_entropy(net(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            m.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            found.append(loss.item())
        return [*found, scaler.get_scale()]

    np.testing.assert_allclose(losses(gradiente), losses(torch), rtol=0.02 if target == "bfloat16" else 0.004)


SETTINGS = [
    *("m.get_autocast_dtype('cpu')", "m.get_autocast_dtype('cuda')", "m.is_autocast_enabled()"),
    *("m.is_autocast_enabled(3)", "m.is_autocast_enabled('cpu')", "m.is_autocast_cache_enabled()"),
    "m.autocast('cpu')._enabled",
    *("m.autocast('cpu', enabled=False)._enabled", "m.autocast('cpu').fast_dtype", "m.autocast('cpu')(3)"),
    *("m.autocast('cpu')(len)([1, 2])", "m.autocast_increment_nesting(), m.autocast_decrement_nesting()"),
    *("m.amp.is_autocast_available('cpu')", "m.amp.is_autocast_available('nope')", "m.amp.custom_fwd(device_type=3)"),
    *("m.amp.GradScaler('cpu').get_scale()", "m.amp.GradScaler('cpu').state_dict()"),
    "m.amp.GradScaler('cpu').update()",
    *("m.amp.GradScaler('cpu').scale(m.tensor(2.0))", "m.amp.GradScaler('cpu').scale([m.ones(1), (m.ones(2),)])"),
    *("m.amp.GradScaler('cpu').scale(3)", "m.amp.GradScaler('cpu').load_state_dict({})"),
    "m.amp.custom_bwd(device_type=3)",
    *("m.amp.GradScaler('cpu', growth_factor=1.0)", "m.amp.GradScaler('cpu', backoff_factor=1.0)"),
    *("m.amp.GradScaler('cpu', enabled=False).update()", "m.amp.GradScaler('cpu', init_scale=2.0).is_enabled()"),
    "list(m.amp.GradScaler('cpu').scale(x for x in [m.ones(1)]))",
]  # fmt: skip


@pytest.mark.parametrize("call", SETTINGS)
def test_settings(call: str) -> None:
    assert_same(lambda m: eval(call, {"m": m}), torch, gradiente)


@pytest.mark.parametrize(
    "call", ["get_autocast_cpu_dtype()", "is_autocast_cpu_enabled()", "cpu.amp.autocast()", "cpu.amp.GradScaler()"]
)
def test_old_names_warn(call: str) -> None:
    texts = []
    for m in (torch, gradiente):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            eval(f"m.{call}", {"m": m})
        texts.append([(w.category, str(w.message).split(" (Triggered")[0]) for w in caught])
    assert texts[0] == texts[1]
    assert texts[0]


def test_a_scaler_step_by_step() -> None:
    def attempt(function: Any) -> str:
        try:
            return repr(function())
        except (AssertionError, RuntimeError, ValueError) as error:
            return f"{type(error).__name__}: {error}"

    def run(m: Any) -> list[str]:
        w = m.tensor([1.0, 2.0], requires_grad=True)
        o, s = m.optim.SGD([w], lr=0.1), m.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
        seen = [attempt(lambda: s.step(o)), attempt(lambda: s.unscale_(o))]
        for power in (1.0, 1.0, 1.0, float("inf"), 1.0):
            o.zero_grad()
            s.scale((w * w * power).sum()).backward()
            seen += [attempt(lambda: s.unscale_(o)), repr(w.grad), attempt(lambda: s.unscale_(o))]
            seen += [attempt(lambda: s.step(o)), repr(w), attempt(lambda: s.step(o)), attempt(lambda: s.unscale_(o))]
            seen += [attempt(s.update), repr(s.state_dict()), attempt(s.update)]
        seen += [attempt(lambda: s.step(o, closure=len))]
        for scale in (8.0, m.tensor(3.0), m.ones(2)):
            seen += [attempt(lambda scale=scale: s.update(scale)), repr(s.get_scale())]
        seen += [attempt(lambda: pickle.loads(pickle.dumps(s)).state_dict())]
        state = {"scale": 2.0, "growth_factor": 3.0, "backoff_factor": 0.25, "growth_interval": 7, "_growth_tracker": 1}
        s.load_state_dict(state)
        s.set_growth_factor(5.0)
        seen += [repr(s.state_dict()), repr((s.get_growth_factor(), s.get_backoff_factor(), s.get_growth_interval()))]
        half = m.ones(2, dtype=m.float16, requires_grad=True)
        o, s = m.optim.SGD([half], lr=0.1), m.amp.GradScaler("cpu")
        s.scale((half * half).sum()).backward()
        return [*seen, attempt(lambda: s.unscale_(o))]

    for ours, theirs in zip(run(gradiente), run(torch), strict=True):
        assert ours.startswith(theirs)
