"""Recurrent layers and cells, padded and packed sequences, against torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import gradiente

LAYERS = [
    ("RNN", (3, 5), {}),
    ("RNN", (3, 5, 2, "relu"), {"batch_first": True}),
    ("RNN", (3, 5), {"bias": False, "bidirectional": True}),
    ("LSTM", (3, 5), {}),
    ("LSTM", (3, 5, 2), {"bidirectional": True, "dropout": 0.4}),
    ("LSTM", (3, 5), {"proj_size": 2, "bidirectional": True}),
    ("GRU", (3, 5), {"batch_first": True}),
    ("GRU", (3, 5, 2), {"bidirectional": True}),
]
CELLS = [
    ("RNNCell", (3, 5), {}),
    ("RNNCell", (3, 5), {"nonlinearity": "relu", "bias": False}),
    ("LSTMCell", (3, 5), {}),
    ("GRUCell", (3, 5), {}),
]


def flat(value: Any) -> list[Any]:
    return [part for v in value for part in flat(v)] if isinstance(value, (tuple, list)) else [value]


def outcome(library: Any, case: Any, data: Any, kind: str) -> list[Any]:
    name, args, kwargs = case
    library.manual_seed(1)
    layer = getattr(library.nn, name)(*args, **kwargs)
    x = library.from_numpy(data.copy()).requires_grad_()
    rnn = library.nn.utils.rnn
    library.manual_seed(2)
    if kind == "packed":
        packed = rnn.pack_padded_sequence(x, [2, 4, 3], kwargs.get("batch_first", False), enforce_sorted=False)
        out, state = layer(packed)
        out = rnn.pad_packed_sequence(out, kwargs.get("batch_first", False))[0]
    else:
        out, state = layer(x) if "Cell" not in name else (layer(x), ())
    results = flat([out, state])
    sum((r * r).sum() for r in results).backward()
    gradients = [x.grad, *(p.grad for p in layer.parameters())]
    return [repr(layer), *layer.state_dict(), *(v.detach().numpy() for v in (*results, *gradients))]


def compare(case: Any, data: Any, kind: str) -> None:
    for a, b in zip(outcome(gradiente, case, data, kind), outcome(torch, case, data, kind), strict=True):
        if isinstance(b, str):
            assert a == b
        else:
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)  # float32 sums in another order


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")  # torch's own
@pytest.mark.parametrize("kind", ["batch", "packed", "alone"])
@pytest.mark.parametrize("case", LAYERS, ids=str)
def test_layers(case: Any, kind: str, rng: np.random.Generator) -> None:
    shape = (4, 3) if kind == "alone" else (3, 4, 3) if case[2].get("batch_first") else (4, 3, 3)
    compare(case, rng.standard_normal(shape).astype(np.float32), kind)


@pytest.mark.parametrize("shape", [(2, 3), (3,)])
@pytest.mark.parametrize("case", CELLS, ids=str)
def test_cells(case: Any, shape: Any, rng: np.random.Generator) -> None:
    compare(case, rng.standard_normal(shape).astype(np.float32), "cell")


def messages(library: Any) -> list[str]:
    nn, rnn = library.nn, library.nn.utils.rnn
    calls = [
        lambda: nn.RNN(2, 3)(library.zeros(1)),
        lambda: nn.LSTM(2, 3)(library.zeros(2, 1, 5)),
        lambda: nn.GRU(2, 0),
        lambda: nn.GRU(2, 3, proj_size=1),
        lambda: nn.RNN(2, 3, nonlinearity="sin"),
        lambda: nn.LSTM(2, 3, dropout=2),
        lambda: nn.LSTM(2, 3, proj_size=3),
        lambda: nn.GRUCell(2, 3)(library.zeros(1, 1, 2)),
        lambda: nn.RNN(2, 3)(library.zeros(4, 1, 2), library.zeros(1, 2, 3)),
        lambda: nn.RNN(2, 3)(library.zeros(4, 1, 2), library.zeros(1, 3)),
        lambda: rnn.pack_padded_sequence(library.zeros(3, 2, 1), [1, 3]),
        lambda: rnn.pack_padded_sequence(library.zeros(3, 2, 1), [1, 0]),
        lambda: rnn.pad_packed_sequence(rnn.pack_sequence([library.zeros(3)]), total_length=1),
    ]
    found = []
    for call in calls:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the two libraries' types are compared
            call()
        found.append((type(caught.value).__name__, str(caught.value)))
    return found


def test_errors() -> None:
    for ours, theirs in zip(messages(gradiente), messages(torch), strict=True):
        assert ours[0] == theirs[0]
        assert ours[1].startswith(theirs[1]), (ours[1], theirs[1])


def test_sequences(rng: np.random.Generator) -> None:
    parts = [rng.standard_normal((n, 2)) for n in (2, 4, 3)]
    outcomes = []
    for library in (gradiente, torch):
        rnn = library.nn.utils.rnn
        sequences = [library.from_numpy(p) for p in parts]
        packed = rnn.pack_sequence(sequences, enforce_sorted=False)
        left = rnn.pad_sequence(sequences, padding_side="left", padding_value=-1.0)
        back = rnn.unpack_sequence(packed)
        outcomes.append([t.tolist() for t in (*packed, left, *back)])
    assert outcomes[0] == outcomes[1]


def test_clipping(rng: np.random.Generator) -> None:
    data = rng.standard_normal((3, 4)).astype(np.float32)
    outcomes = []
    for library in (gradiente, torch):
        w, v = (library.from_numpy(data * k).requires_grad_() for k in (1, 3))
        (w * w * v).sum().backward()
        utils = library.nn.utils
        before = [utils.clip_grad_norm_([w, v], 2.0, order).item() for order in (2.0, 1, float("inf"))]
        utils.clip_grad_value_(v, 0.1)
        vector = utils.parameters_to_vector([w, v])
        utils.vector_to_parameters(vector * 2, [w, v])
        outcomes.append(
            np.array([*before, *w.grad.flatten().tolist(), *v.grad.flatten().tolist(), *w.flatten().tolist()])
        )
    np.testing.assert_allclose(*outcomes, rtol=1e-6)
