"""Fourier transforms of short windows of a signal: stft and istft."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...arrays.batched import examples
from ...tensor.core import Tensor, wrap
from ...tensor.dtypes import SCALAR_NAMES, TENSOR_TYPES
from .._arguments import need_tensor
from .._define import primitive
from .._factory import constant
from .._numbers import is_integer
from ..complexes import view_as_real
from .points import c2c, c2r, r2c, to_complex

_windows, _fold, _multiply, _divide = (
    primitive("windows"),
    primitive("fold_windows"),
    primitive("multiply"),
    primitive("divide"),
)
_view, _slice, _embed = primitive("view"), primitive("getitem"), primitive("embed")
_square = primitive("square")

_NO_WINDOW = (
    "A window was not provided. A rectangular window will be applied,which is known to cause spectral leakage. Other "
    "windows such as torch.hann_window or torch.hamming_window are recommended to reduce spectral leakage.To suppress "
    "this warning and use a rectangular window, explicitly set `window=torch.ones(n_fft, device=<device>)`."
)
_NO_WINDOW_BACK = (
    "A window was not provided. A rectangular window will be applied.Please provide the same window used by stft to "
    "make "
    "the inversion lossless.To suppress this warning and use a rectangular window, explicitly set "
    "`window=torch.ones(n_fft, device=<device>)`."
)
_REAL_RESULT = (
    "stft with return_complex=False is deprecated. In a future pytorch release, stft will return complex tensors for "
    "all "
    "inputs, and return_complex=False will raise an error.\nNote: you can still call torch.view_as_real on the complex "
    "output to recover the old return format."
)
_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap", "constant": "constant"}


def _type(x: Tensor) -> str:
    return f"torch.{TENSOR_TYPES.get(x._array.dtype.name, 'Tensor')}"


def _shown(value: Any) -> str:
    return "None" if value is None else str(int(value))


def _wrong_types(function: str, given: tuple[Any, ...], rest: str) -> TypeError:
    """The error for numbers that are no integers."""
    kinds = ", ".join([type(value).__name__ for value in given])
    return TypeError(
        f"{function}() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
        f" * (Tensor input, int n_fft, int hop_length = None, int win_length = None, {rest})"
    )


def _padded(x: Tensor, amount: int, mode: str) -> Tensor:
    """The signals with `amount` more samples at both ends."""
    n = x._array.shape[-1]
    if mode not in _MODES:
        raise NotImplementedError(f"Unrecognised padding mode {mode} (the modes are {', '.join(_MODES)})")
    if mode == "constant":
        shape = (*x._array.shape[:-1], n + 2 * amount)
        return _embed(x, index=(Ellipsis, slice(amount, amount + n)), shape=shape)
    if mode == "reflect" and amount >= n:
        three = [1] * (3 - x._array.ndim) + list(x._array.shape)
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({amount}, {amount}) at dimension 2 of input {three} (n_fft // 2 samples are added at both ends; give "
            f"a smaller "
            "n_fft, center=False or another pad_mode)"
        )
    places = np.pad(np.arange(n), (amount, amount), mode=_MODES[mode])  # pyright: ignore
    return _slice(x, index=(Ellipsis, places))


def _spread(window: Tensor, n_fft: int) -> Tensor:
    """The window in the middle of n_fft points."""
    length = window._array.shape[0]
    left = (n_fft - length) // 2
    return window if length == n_fft else _embed(window, index=(slice(left, left + length),), shape=(n_fft,))


def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Tensor:
    """The Fourier transforms of windows of a signal: out[k, m] = Σⱼ window[j] · input[m · hop + j] · e^(-2πi jk/n_fft).

    Args:
        input: signals (n,) or (batch, n), floating-point or complex.
        n_fft: the number of points of each transform.
        hop_length: the distance of two windows; n_fft // 4 if not given.
        win_length: the length of the window, which stands in the middle of the points; n_fft if not given.
        window: tensor (win_length,); ones, with a warning, if not given.
        center: begin n_fft // 2 before the signal: it is continued at both ends, by `pad_mode`.
        pad_mode: "reflect", "replicate", "circular" or "constant" (zeros).
        normalized: divide by √n_fft.
        onesided: the first n_fft // 2 + 1 values only; the default for real signals with real windows.
        return_complex: a complex result; has to be given for real signals. False gives real and imaginary parts along a
            last dimension, and a warning.
        align_to_window: without `center`, let the first window, not the first n_fft points, begin with the signal.

    Returns:
        Tensor ([batch,] frequencies, windows[, 2]).

    Raises:
        RuntimeError: sizes, dtypes or options that do not fit.

    Source: J. Allen, L. Rabiner, A unified approach to short-time Fourier analysis and synthesis (1977).

    Example:
        >>> import gradiente as torch
        >>> x = torch.ones(8)
        >>> torch.stft(x, 4, window=torch.ones(4), return_complex=True).shape
        torch.Size([3, 9])
    """
    x = need_tensor(input, "stft")
    for number in (n_fft, hop_length, win_length):
        if number is not None and not is_integer(number):
            kinds = (
                input,
                n_fft,
                hop_length,
                win_length,
                window,
                normalized,
                onesided,
                return_complex,
                align_to_window,
            )
            raise _wrong_types("stft", kinds, "Tensor window = None, bool normalized = False, …")
    if center and align_to_window is not None:
        raise RuntimeError("stft align_to_window should only be set when center = false")
    if window is None:
        warnings.warn(_NO_WINDOW, UserWarning, stacklevel=2)
    hop, length = n_fft // 4 if hop_length is None else hop_length, n_fft if win_length is None else win_length
    if center:
        if not x._array.ndim:
            x = _view(x, shape=(1,))
        x = _padded(x, n_fft // 2, pad_mode)

    def wrong(text: str) -> RuntimeError:
        of_window = "None" if window is None else f"{_type(window)}{{{list(window._array.shape)}}}"
        return RuntimeError(
            f"stft({_type(x)}{list(x._array.shape)}, n_fft={n_fft}, hop_length={hop}, win_length={length}, "
            f"window={of_window}, normalized={int(normalized)}, onesided={_shown(onesided)}, "
            f"return_complex={_shown(return_complex)}, align_to_window={_shown(align_to_window)}) : {text}"
        )

    _check_stft(x, n_fft, hop, length, window, wrong)
    is_complex = x._array.dtype.kind == "c" or (window is not None and window._array.dtype.kind == "c")
    if return_complex is None:
        if not is_complex:
            raise RuntimeError(
                "stft requires the return_complex parameter be given for real inputs, and will further require that "
                "return_complex=True in a future PyTorch release."
            )
        return_complex = True
    half = not is_complex if onesided is None else onesided
    if half and is_complex:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    if not return_complex:
        warnings.warn(_REAL_RESULT, UserWarning, stacklevel=2)
    single = x._array.ndim == 1
    if single:
        x = _view(x, shape=(1, x._array.shape[0]))
    if align_to_window and length < n_fft:
        x = _padded(x, (n_fft - length) // 2, "constant")
    frames = _windows(x, axis=1, size=n_fft, step=hop)
    shape = wrap(np.ones(length, x._array.real.dtype)) if window is None else window
    if window is not None or length < n_fft:
        frames = _multiply(frames, _spread(shape, n_fft))
    norm = "ortho" if normalized else "backward"
    if half:
        out = r2c(frames, axes=(2,), norm=norm, onesided=True)
    else:
        out = c2c(to_complex(frames), axes=(2,), norm=norm, inverse=False)
    out = out.mT
    out = _slice(out, index=(0,)) if single else out
    return out if return_complex else view_as_real(out)


def _check_stft(x: Tensor, n_fft: int, hop: int, length: int, window: Tensor | None, wrong: Any) -> None:
    """What a transform of windows asks of its arguments."""
    array = x._array
    if array.dtype.kind in "biu":
        raise wrong("expected a tensor of floating point or complex values")
    if array.ndim not in (1, 2):
        raise wrong("expected a 1D or 2D tensor")
    if array.dtype.itemsize == 2:
        raise RuntimeError(
            f"MKL FFT doesn't support tensors of type: {SCALAR_NAMES[x.dtype.name]} (call .float() first)"
        )
    if not 0 < n_fft <= array.shape[-1]:
        raise wrong(f"expected 0 < n_fft < {array.shape[-1]}, but got n_fft={n_fft}")
    if hop <= 0:
        raise wrong(f"expected hop_length > 0, but got hop_length={hop}")
    if not 0 < length <= n_fft:
        raise wrong(f"expected 0 < win_length <= n_fft, but got win_length={length}")
    if window is not None and window._array.shape != (length,):
        raise wrong(
            f"expected a 1D window tensor of size equal to win_length={length}, but got window with size "
            f"{list(window._array.shape)}"
        )


def istft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Tensor:
    """The inverse of `stft`: the windows' inverse transforms, added up and divided by the sum of the windows' squares.

    Args:
        input: complex tensor ([batch,] frequencies, windows).
        n_fft: see `stft`; the other arguments up to `onesided` too, which are to be the same.
        hop_length: see there.
        win_length: see there.
        window: see there.
        center: see there.
        normalized: see there.
        onesided: see there.
        length: the number of samples of the result; by default as many as the windows tell.
        return_complex: a complex signal.

    Returns:
        Tensor ([batch,] samples).

    Raises:
        RuntimeError: sizes, dtypes or options that do not fit, or the sum of the windows' squares has a zero.

    Source: D. Griffin, J. Lim, Signal estimation from modified short-time Fourier transform (1984).

    Example:
        >>> import gradiente as torch
        >>> x, window = torch.arange(8.0), torch.hann_window(4)
        >>> torch.istft(torch.stft(x, 4, window=window, return_complex=True), 4, window=window).round(decimals=4).abs()
        tensor([0., 1., 2., 3., 4., 5., 6., 7.])
    """
    x = need_tensor(input, "istft")
    for number in (n_fft, hop_length, win_length, length):
        if number is not None and not is_integer(number):
            kinds = (input, n_fft, hop_length, win_length, window, center, normalized, onesided, length, return_complex)
            raise _wrong_types("istft", kinds, "Tensor window = None, bool center = True, …")
    if window is None:
        warnings.warn(_NO_WINDOW_BACK, UserWarning, stacklevel=2)
    hop, size = n_fft // 4 if hop_length is None else hop_length, n_fft if win_length is None else win_length
    array = x._array

    def start() -> str:
        of_window = "None" if window is None else f"{_type(window)}{{{list(window._array.shape)}}}"
        return (
            f"istft(CPU{SCALAR_NAMES[x.dtype.name]}Type{list(array.shape)}, n_fft={n_fft}, hop_length={hop}, "
            f"win_length={size}, window={of_window}, center={int(center)}, normalized={int(normalized)}, "
            f"onesided={_shown(onesided)}, length={length}, return_complex={int(return_complex)})"
        )

    half = _check_istft(x, n_fft, hop, size, window, onesided, return_complex, start)
    single = array.ndim == 2
    if single:
        x = _view(x, shape=(1, *array.shape))
    norm = "ortho" if normalized else "backward"
    x = x.mT
    if return_complex:
        frames = c2c(x, axes=(2,), norm=norm, inverse=True)
    else:
        part = x if half else _slice(x, index=(Ellipsis, slice(0, n_fft // 2 + 1)))
        frames = c2r(part, axes=(2,), norm=norm, size=n_fft)
    ones = constant(x, np.ones(size, array.real.dtype)) if window is None else window
    shape = _spread(ones, n_fft)
    count = frames._array.shape[1]
    whole = n_fft + hop * (count - 1)
    added = _fold(_multiply(frames, shape), axis=1, size=n_fft, step=hop, shape=(frames._array.shape[0], whole))
    weights = _multiply(constant(x, np.ones((1, count, n_fft), frames._array.real.dtype)), _square(shape))
    envelope = _fold(weights, axis=1, size=n_fft, step=hop, shape=(1, whole))
    first = n_fft // 2 if center else 0
    last = min(first + length, whole) if length is not None else whole - n_fft // 2 if center else whole
    added, envelope = (_slice(part, index=(slice(None), slice(first, last))) for part in (added, envelope))
    if not envelope._array.size:
        raise RuntimeError(
            "min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with "
            "the 'dim' "
            "argument. (istft: no samples would remain.)"
        )
    if not np.abs(examples(envelope._array)).min() > 1e-11:
        raise RuntimeError(
            f"{start()} window overlap add min: 1\n[ CPUBoolType{{}} ] (the sum of the windows' squares is 0 "
            f"somewhere; "
            "use another window, a smaller hop_length or center=True)"
        )
    out = _divide(added, envelope)
    if length is not None and out._array.shape[1] < length:
        warnings.warn(
            "The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. "
            "Please check your center and hop_length settings.",
            UserWarning,
            stacklevel=2,
        )
        out = _embed(out, index=(slice(None), slice(0, out._array.shape[1])), shape=(out._array.shape[0], length))
    return _slice(out, index=(0,)) if single else out


def _check_istft(
    x: Tensor, n_fft: int, hop: int, size: int, window: Tensor | None, onesided: Any, return_complex: bool, start: Any
) -> bool:
    """What `istft` asks of its arguments; whether the values are one-sided."""
    array = x._array
    if array.dtype.kind != "c":
        raise RuntimeError(
            "istft requires a complex-valued input tensor matching the output from stft with return_complex=True."
        )
    if array.ndim < 2:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-array.ndim - 1}, {array.ndim}], but got -3)"
        )
    if not array.size:
        raise RuntimeError(f"{start()} : input tensor cannot be empty.")
    if array.ndim > 3:
        raise RuntimeError(f"{start()} : expected a tensor with 3 or 4 dimensions, but got {array.ndim + 1}")
    of_complex = window is not None and window._array.dtype.kind == "c"
    frequencies = array.shape[-2]
    half = n_fft != frequencies if onesided is None else onesided
    if half and n_fft // 2 + 1 != frequencies:
        raise RuntimeError(
            f"{start()} : expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 "
            f"+ 1 when "
            f"onesided=True, but got {frequencies}"
        )
    if not half and n_fft != frequencies:
        raise RuntimeError(
            f"{start()} : expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when "
            f"onesided=False, but got {frequencies}"
        )
    if not 0 < hop <= size:
        raise RuntimeError(f"{start()} : expected 0 < hop_length <= win_length")
    if not 0 < size <= n_fft:
        raise RuntimeError(f"{start()} : expected 0 < win_length <= n_fft")
    if window is not None and window._array.shape != (size,):
        raise RuntimeError(f"{start()} : Invalid window shape. window has to be 1D and length of `win_length`")
    if return_complex and half:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    if not return_complex and of_complex:
        raise RuntimeError("Complex windows are incompatible with return_complex=False")
    return half


METHODS: dict[str, Any] = {"istft": istft, "stft": stft}
"""What these functions are called as methods of Tensor."""

__all__ = ["istft", "stft"]
