"""Recurrent layers as functions: their steps, layers over whole sequences, and torch.lstm, torch.gru, ….

All products with the inputs are computed at once, before the loop over time, which is left with one product a step.
In the plain modes and for inference the loop itself is one primitive (`_whole`); the steps as functions serve packed
sequences, projections, cells, and what wants to see each operation: vmap, forward mode, profilers, autocast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from ...graph import NO_GRAD, PLAIN, current
from ...ops._define import primitive
from ...ops.arithmetic import add
from ...ops.creation import zeros
from ...ops.functions import sigmoid
from ...ops.joining import cat, stack
from ...ops.permuting import flip
from ...ops.trigonometry import tanh
from ...tensor import overriding
from ...tensor.core import Tensor
from ...tensor.written import F4, F8
from .activations import relu
from .linear import linear
from .probabilities import dropout as drop

Weights = tuple[Any, ...]
"""Of one layer and direction: for the inputs, for the state, the biases of both or None, and what the step takes."""


def simple(x: Tensor, h: Tensor, b: Any, state: tuple[Any, ...], activation: Any) -> tuple[Tensor, ...]:
    """One step of a simple network; `x` is the product with the input, `h` and `b` are the weights of the state."""
    return (activation(x + linear(state[0], h, b)),)


def long_short(x: Tensor, h: Tensor, b: Any, state: tuple[Any, ...], projection: Any) -> tuple[Tensor, ...]:
    """One step of a long short-term memory."""
    i, f, g, o = (x + linear(state[0], h, b)).chunk(4, -1)
    c = sigmoid(f) * state[1] + sigmoid(i) * tanh(g)
    out = sigmoid(o) * tanh(c)
    return (out if projection is None else linear(out, projection), c)


def gated(x: Tensor, h: Tensor, b: Any, state: tuple[Any, ...], _: Any) -> tuple[Tensor, ...]:
    """One step of a gated recurrent unit."""
    xr, xz, xn = x.chunk(3, -1)
    hr, hz, hn = linear(state[0], h, b).chunk(3, -1)
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    n = tanh(xn + r * hn)
    return ((state[0] - n) * z + n,)


def _run(
    step: Any, steps: list[Tensor], state: tuple[Tensor, ...], weight: Any, bias: Any, extra: Any
) -> tuple[list[Tensor], tuple[Any, ...]]:
    """One layer in one direction; `steps` may become shorter, or longer, where sequences end or begin."""
    outputs: list[Tensor] = []
    ended: list[tuple[Tensor, ...]] = []
    begin = state
    now = tuple([s[: steps[0].shape[0]] for s in state]) if steps[0].dim() > 1 else state
    for x in steps:
        if x.dim() > 1 and x.shape[0] < now[0].shape[0]:
            ended.append(tuple([s[x.shape[0] :] for s in now]))
            now = tuple([s[: x.shape[0]] for s in now])
        elif x.dim() > 1 and x.shape[0] > now[0].shape[0]:
            rows = slice(now[0].shape[0], x.shape[0])
            now = tuple([cat([s, b[rows]]) for s, b in zip(now, begin, strict=True)])
        now = step(x, weight, bias, now, extra)
        outputs.append(now[0])
    for more in reversed(ended):
        now = tuple([cat([s, m]) for s, m in zip(now, more, strict=True)])
    return outputs, now


_WHOLE: dict[Any, tuple[Any, int, Any]] = {
    simple: (primitive("simple_layer"), 1, tanh),
    long_short: (primitive("long_short_layer"), 4, None),
    gated: (primitive("gated_layer"), 3, None),
}
"""By step: the primitive that takes all steps, how many rows of weights each element of the state has, `extra`."""
_reshape, _concat, _part = primitive("reshape"), primitive("concat"), primitive("getitem")
_copy, _copy_of_long = primitive("clone", "StackBackward0"), primitive("clone", "MkldnnRnnLayerBackward0")


def _whole(
    step: Any, flat: Tensor, begin: tuple[Tensor, ...], weights: Weights, backwards: bool
) -> tuple[Tensor, tuple[Tensor, ...]] | None:
    """One layer in one direction by one primitive: the outputs, and the states at the end; None where that is not for.

    The primitive has one operand, all in one vector: its derivatives come out of one pass back through time.
    """
    w_ih, w_hh, b_ih, b_hh, extra = weights
    mode, array = current(), flat._array
    call, rows, wanted = _WHOLE[step]
    watched = not mode.inference or mode.interceptors or mode.transforms or mode.levels
    if watched and mode is not PLAIN and mode is not NO_GRAD:
        return None
    if extra is not wanted or overriding.state().casting is not None:
        return None
    steps, batch, _ = sizes = (*array.shape[:2], w_hh._array.shape[-1])
    shapes = [(batch, sizes[2])] * len(begin) + [(rows * sizes[2], array.shape[-1]), (rows * sizes[2], sizes[2])]
    shapes += [] if b_ih is None else [shapes[-1][:1]] * 2
    dtype = array.dtype
    if array.ndim != 3 or 0 in sizes or dtype not in (F4, F8) or array.__class__ is not ndarray:
        return None
    operands: tuple[Any, ...] = (*begin, w_ih, w_hh, b_ih, b_hh)
    for operand, shape in zip(operands, shapes, strict=False):
        x = operand._array
        if x.__class__ is not ndarray or x.dtype != dtype or x.shape != shape:
            return None
    more: tuple[Tensor, ...] = ()
    if step is gated:
        more = (zeros(rows * sizes[2], dtype=flat.dtype) if b_hh is None else b_hh,)
    elif b_ih is not None:
        b_ih = add(b_ih, b_hh)
    projected = linear(flat, w_ih, b_ih)
    if backwards:
        projected = flip(projected, 0)
    parts = [_reshape(part, shape=(-1,)) for part in (projected, *begin, w_hh, *more)]
    states = call(_concat(*parts, axis=0), w_hh, *begin, sizes=sizes)
    lead: list[tuple[int, ...]] = [(k,) for k in range(len(begin))] if len(begin) > 1 else [()]
    copy = _copy_of_long if step is long_short and dtype == F4 else _copy
    out = copy(_part(states, index=(*lead[0], slice(1, None))))
    return flip(out, 0) if backwards else out, tuple([_part(states, index=(*k, steps)) for k in lead])


def layers(
    step: Any,
    flat: Tensor,
    sizes: list[int] | None,
    state: tuple[Tensor, ...],
    weights: Sequence[Weights],
    directions: int,
    dropout: float,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """All layers on inputs (T, B, …), or on packed ones whose steps have the given sizes; and the states at the end."""
    finals: list[list[Tensor]] = [[] for _ in state]
    count = len(weights) // directions
    for layer in range(count):
        parts: list[Tensor] = []
        for direction in range(directions):
            place = layer * directions + direction
            w_ih, w_hh, b_ih, b_hh, extra = weights[place]
            begin = tuple([s[place] for s in state])
            whole = _whole(step, flat, begin, weights[place], direction > 0) if sizes is None else None
            if whole is not None:
                parts.append(whole[0])
                for final, value in zip(finals, whole[1], strict=True):
                    final.append(value)
                continue
            projected = linear(flat, w_ih, b_ih)
            steps = list(projected.unbind(0) if sizes is None else projected.split(sizes))
            outputs, last = _run(step, steps[::-1] if direction else steps, begin, w_hh, b_hh, extra)
            outputs = outputs[::-1] if direction else outputs
            parts.append(stack(outputs) if sizes is None else cat(outputs))
            for final, value in zip(finals, last, strict=True):
                final.append(value)
        flat = parts[0] if len(parts) == 1 else cat(parts, -1)
        if dropout and layer < count - 1:
            flat = drop(flat, dropout, True)
    return flat, tuple([stack(final) for final in finals])


# -- torch.lstm and its relatives

_PADDED = (*("input", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional", "batch_first"),)
_PACKED = (*("data", "batch_sizes", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional"),)


def _bound(function: str, args: tuple[Any, ...], keywords: dict[str, Any], states: int) -> dict[str, Any]:
    """The arguments by name; packed sequences come with their batch sizes in the second place."""
    packed = "batch_sizes" in keywords or (
        len(args) > 2 and isinstance(args[1], Tensor) and not _weights(args[2], states)
    )
    names = _PACKED if packed else _PADDED
    given = {**dict(zip(names, args, strict=False)), **keywords}
    if len(args) + len(keywords) != len(names) or set(given) != set(names):
        kinds = [type(a).__name__ for a in args] + [f"{k}={type(v).__name__}" for k, v in keywords.items()]
        hx = "tuple of Tensors hx" if states > 1 else "Tensor hx"
        rest = "tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional"
        raise TypeError(
            f"{function}() received an invalid combination of arguments - got ({', '.join(kinds)}), but expected one "
            f"of:\n * (Tensor data, Tensor batch_sizes, {hx}, {rest})\n * (Tensor input, {hx}, {rest}, bool "
            "batch_first)\n"
        )
    return given


def _weights(value: Any, states: int) -> bool:
    """Whether the third argument is the list of weights, and not the state of packed sequences."""
    return isinstance(value, (list, tuple)) and (states == 1 or len(value) != states)


def _grouped(params: Sequence[Tensor], biases: bool, projected: bool, extra: Any) -> list[Weights]:
    """The flat list of weights, by layer and direction."""
    size = 2 + 2 * biases + projected
    if len(params) % size:
        raise RuntimeError(
            f"MatrixRef: ArrayRef size {len(params)} not divisible by stride {size} (each layer and direction has "
            f"{size} weights here)"
        )
    found: list[Weights] = []
    for i in range(0, len(params), size):
        group = tuple(params[i : i + size])
        bias = group[2:4] if biases else (None, None)
        found.append((*group[:2], *bias, group[-1] if projected else extra))
    return found


def _recur(function: str, step: Any, states: int, extra: Any, args: Any, keywords: Any) -> tuple[Tensor, ...]:
    given = _bound(function, args, keywords, states)
    state: tuple[Any, ...] = tuple(given["hx"]) if states > 1 else (given["hx"],)
    if len(state) != states:
        raise RuntimeError(f"{function} expects two hidden states (got {len(state)}: pass hx=(h, c))")
    packed = "batch_sizes" in given
    x: Tensor = given["data" if packed else "input"]
    first = bool(given.get("batch_first"))
    projected = states > 1 and state[0].shape[-1] != state[1].shape[-1]
    weights = _grouped(given["params"], bool(given["has_biases"]), projected, extra)
    directions = 2 if given["bidirectional"] else 1
    count = given["num_layers"] * directions
    if state[0].shape[0] < count or len(weights) != count:
        raise RuntimeError(
            f"Expected more hidden states in stacked_rnn (num_layers={given['num_layers']} with {directions} "
            f"direction(s) need {count} of them, and as many groups of weights; there are {state[0].shape[0]} and "
            f"{len(weights)})"
        )
    sizes = given["batch_sizes"].tolist() if packed else None
    dropout = given["dropout"] if given["train"] else 0.0
    flat, final = layers(step, x.transpose(0, 1) if first else x, sizes, state, weights, directions, dropout)
    return (flat.transpose(0, 1) if first else flat, *final)


def lstm(*args: Any, **keywords: Any) -> tuple[Tensor, Tensor, Tensor]:
    """A long short-term memory over whole sequences: what `torch.nn.LSTM` computes, of weights that are given.

    Args:
        args: `input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first`, all of them; or,
            for packed sequences, `data, batch_sizes, hx, params, has_biases, num_layers, dropout, train,
            bidirectional`. `input` is (T, B, I), `hx` the states (h, c), each (layers · directions, B, H); `params`
            are, for each layer and direction, w_ih (4H, I), w_hh (4H, H), with biases b_ih and b_hh (4H,), and where h
            is narrower than c a projection.
        keywords: the same by name.

    Returns:
        The outputs of the last layer (T, B, H · directions), and the states h and c at the end.

    Raises:
        TypeError: other arguments. RuntimeError: numbers of states or weights that do not fit.

    Source: S. Hochreiter and J. Schmidhuber, Long short-term memory (1997).

    Example:
        >>> import gradiente as torch
        >>> layer = torch.nn.LSTM(3, 5)
        >>> state = torch.zeros(1, 2, 5), torch.zeros(1, 2, 5)
        >>> out, h, c = torch.lstm(torch.ones(7, 2, 3), state, layer.all_weights[0], True, 1, 0.0, False, False, False)
        >>> out.shape, h.shape
        (torch.Size([7, 2, 5]), torch.Size([1, 2, 5]))
    """
    out, h, c = _recur("lstm", long_short, 2, None, args, keywords)
    return out, h, c


def gru(*args: Any, **keywords: Any) -> tuple[Tensor, Tensor]:
    """Gated recurrent units over whole sequences, as in `torch.nn.GRU`. Arguments as for `lstm`, with one state.

    Weights have 3H rows. Returns the outputs and the state at the end.

    >>> import gradiente as torch
    >>> weights = torch.nn.GRU(3, 5).all_weights[0]
    >>> torch.gru(torch.ones(7, 2, 3), torch.zeros(1, 2, 5), weights, True, 1, 0.0, False, False, False)[0].shape
    torch.Size([7, 2, 5])
    """
    out, h = _recur("gru", gated, 1, None, args, keywords)
    return out, h


def rnn_tanh(*args: Any, **keywords: Any) -> tuple[Tensor, Tensor]:
    """A simple recurrent network, with tanh, over whole sequences. Arguments as for `lstm`, with one state.

    Weights have H rows. Returns the outputs and the state at the end.

    >>> import gradiente as torch
    >>> weights = torch.nn.RNN(3, 5).all_weights[0]
    >>> torch.rnn_tanh(torch.ones(7, 2, 3), torch.zeros(1, 2, 5), weights, True, 1, 0.0, False, False, False)[1].shape
    torch.Size([1, 2, 5])
    """
    out, h = _recur("rnn_tanh", simple, 1, tanh, args, keywords)
    return out, h


def rnn_relu(*args: Any, **keywords: Any) -> tuple[Tensor, Tensor]:
    """A simple recurrent network, with relu, over whole sequences: see `rnn_tanh`."""
    out, h = _recur("rnn_relu", simple, 1, relu, args, keywords)
    return out, h


def _cell(
    step: Any, extra: Any, input: Tensor, state: tuple[Any, ...], w_ih: Tensor, w_hh: Tensor, b_ih: Any, b_hh: Any
) -> tuple[Tensor, ...]:
    if input.size(1) != w_ih.size(1):
        raise RuntimeError(
            f"input has inconsistent input_size: got {input.size(1)} expected {w_ih.size(1)} (w_ih has {w_ih.size(1)} "
            "columns)"
        )
    for i, hidden in enumerate(state):
        if input.size(0) != hidden.size(0):
            raise RuntimeError(f"Input batch size {input.size(0)} doesn't match hidden{i} batch size {hidden.size(0)}")
        if hidden.size(1) != w_hh.size(1):
            raise RuntimeError(
                f"hidden{i} has inconsistent hidden_size: got {hidden.size(1)}, expected {w_hh.size(1)} (w_hh has "
                f"{w_hh.size(1)} columns)"
            )
    return step(linear(input, w_ih, b_ih), w_hh, b_hh, state, extra)


def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step of a long short-term memory: the next h and c.

    Args:
        input: (B, I).
        hx: the states h and c, each (B, H).
        w_ih: (4H, I), the weights of the input, for the gates i, f, g, o.
        w_hh: (4H, H), those of the state.
        b_ih: (4H,) or None.
        b_hh: (4H,) or None.

    Returns:
        h and c, each (B, H).

    Raises:
        TypeError: hx is no sequence. RuntimeError: not two states, or sizes that do not fit.

    Source: S. Hochreiter and J. Schmidhuber, Long short-term memory (1997).

    Example:
        >>> import gradiente as torch
        >>> state = torch.zeros(1, 1), torch.ones(1, 1)
        >>> torch.lstm_cell(torch.zeros(1, 1), state, torch.ones(4, 1), torch.ones(4, 1))[1]
        tensor([[0.5000]])
    """
    if not isinstance(hx, (list, tuple)):
        raise TypeError(
            f"lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not {type(hx).__name__} (pass (h, c))"
        )
    if len(hx) != 2:
        raise RuntimeError(f"lstm_cell expects two hidden states (got {len(hx)}: pass hx=(h, c))")
    h, c = _cell(long_short, None, input, tuple(hx), w_ih, w_hh, b_ih, b_hh)
    return h, c


def gru_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of a gated recurrent unit: the next state. Weights have 3H rows, for the gates r, z, n.

    >>> import gradiente as torch
    >>> torch.gru_cell(torch.zeros(1, 1), torch.ones(1, 1), torch.ones(3, 1), torch.zeros(3, 1))
    tensor([[0.5000]])
    """
    return _cell(gated, None, input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


def rnn_tanh_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of a simple recurrent network: tanh(w_ih·input + b_ih + w_hh·hx + b_hh).

    >>> import gradiente as torch
    >>> torch.rnn_tanh_cell(torch.zeros(1, 1), torch.ones(1, 1), torch.ones(1, 1), torch.ones(1, 1))
    tensor([[0.7616]])
    """
    return _cell(simple, tanh, input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


def rnn_relu_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of a simple recurrent network: relu(w_ih·input + b_ih + w_hh·hx + b_hh)."""
    return _cell(simple, relu, input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


__all__ = ["gru", "gru_cell", "lstm", "lstm_cell", "rnn_relu", "rnn_relu_cell", "rnn_tanh", "rnn_tanh_cell"]
