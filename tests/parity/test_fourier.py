"""Fourier transforms and windows against PyTorch, where its database has no samples: options, errors, warnings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradiente
from outcomes import assert_same

torch = pytest.importorskip("torch")


def X(m: Any) -> Any:
    return m.tensor([[1.0, 2.0, -1.0, 0.5, 3.0], [0.25, -2.0, 1.0, 1.0, 2.5]], dtype=m.float64)


def Z(m: Any) -> Any:
    return X(m) + 1j * X(m).flip(0)


ONE = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
MANY = (
    *("fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"),
    *("fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"),
)


def of(name: str) -> Callable[[Any], Any]:
    return X if name.startswith(("rfft", "ihfft")) else Z


def call(name: str, m: Any, *arguments: Any, x: Any = None, **keywords: Any) -> Any:
    return getattr(m.fft, name)(of(name)(m) if x is None else x, *arguments, **keywords)


ARGUMENTS: dict[str, Callable[[str, Any], Any]] = {
    "n": lambda f, m: call(f, m, n=7),
    "fewer": lambda f, m: call(f, m, 3),
    "none": lambda f, m: call(f, m, 0),
    "negative": lambda f, m: call(f, m, -2),
    "dim": lambda f, m: call(f, m, dim=0, norm="ortho"),
    "no such dim": lambda f, m: call(f, m, dim=5),
    "forward": lambda f, m: call(f, m, norm="forward"),
    "no such norm": lambda f, m: call(f, m, norm="x"),
    "type of norm": lambda f, m: call(f, m, norm=3),
    "type of n": lambda f, m: call(f, m, 2.5),
    "integers": lambda f, m: call(f, m, x=m.ones(4, dtype=m.int64)),
    "bools": lambda f, m: call(f, m, x=m.ones(4, dtype=m.bool)),
    "float32": lambda f, m: call(f, m, x=X(m).float()).dtype,
    "half": lambda f, m: call(f, m, x=m.ones(4, dtype=m.float16)),
    "a number": lambda f, m: call(f, m, x=m.tensor(1.0)),
    "empty": lambda f, m: call(f, m, x=m.ones(0)),
    "one": lambda f, m: call(f, m, x=m.ones(1)),
    "no tensor": lambda f, m: call(f, m, x=3),
    "complex": lambda f, m: call(f, m, x=Z(m)).dtype,
}


@pytest.mark.parametrize("case", ARGUMENTS)
@pytest.mark.parametrize("name", ONE)
def test_along_one_dimension(name: str, case: str) -> None:
    assert_same(lambda m: shown(ARGUMENTS[case](name, m)), torch, gradiente)


SEVERAL: dict[str, Callable[[str, Any], Any]] = {
    "s": lambda f, m: call(f, m, s=(3, 7)),
    "one size": lambda f, m: call(f, m, s=(3,)),
    "size as a number": lambda f, m: call(f, m, s=3),
    "too many sizes": lambda f, m: call(f, m, s=(1, 2, 3)),
    "size and dim": lambda f, m: call(f, m, s=(2,), dim=(0,)),
    "sizes and dim": lambda f, m: call(f, m, s=(2, 3), dim=(0,)),
    "a dim twice": lambda f, m: call(f, m, dim=(1, -1)),
    "no such dim": lambda f, m: call(f, m, dim=(0, 3)),
    "size kept": lambda f, m: call(f, m, s=(-1, 3)),
    "last size kept": lambda f, m: call(f, m, s=(2, -1)),
    "no points": lambda f, m: call(f, m, s=(0, 3)),
    "negative": lambda f, m: call(f, m, s=(-2, 3)),
    "no dims": lambda f, m: call(f, m, dim=()),
    "dim as a number": lambda f, m: call(f, m, dim=0),
    "ortho": lambda f, m: call(f, m, norm="ortho"),
    "vector": lambda f, m: call(f, m, x=of(f)(m)[0]),
    "number": lambda f, m: call(f, m, x=m.tensor(1.0)),
    "no such norm": lambda f, m: call(f, m, norm="x"),
    "integers": lambda f, m: call(f, m, x=m.ones(2, 4, dtype=m.int64)),
    "half": lambda f, m: call(f, m, x=m.ones(2, 4, dtype=m.float16)),
    "empty": lambda f, m: call(f, m, x=m.ones(0, 4)),
    "complex": lambda f, m: call(f, m, x=Z(m)).dtype,
}


@pytest.mark.parametrize("case", SEVERAL)
@pytest.mark.parametrize("name", MANY)
def test_along_several_dimensions(name: str, case: str) -> None:
    assert_same(lambda m: shown(SEVERAL[case](name, m)), torch, gradiente)


def shown(out: Any) -> Any:
    """The result, with rounding errors near 0 cut off: their signs are printed otherwise."""
    if not hasattr(out, "detach"):
        return out
    values = out.resolve_conj().numpy() if hasattr(out, "resolve_conj") else out.numpy()
    return out.dtype, (np.round(values, 5) + 0.0).tolist()


FREQUENCIES: dict[str, Callable[[Any], Any]] = {
    "fftfreq": lambda m: m.fft.fftfreq(5),
    "rfftfreq": lambda m: m.fft.rfftfreq(5, 0.5, dtype=m.float64),
    "even": lambda m: (m.fft.fftfreq(4), m.fft.rfftfreq(4)),
    "none": lambda m: (m.fft.fftfreq(0), m.fft.rfftfreq(0)),
    "no distance": lambda m: m.fft.fftfreq(4, 0.0),
    "integers": lambda m: m.fft.fftfreq(4, dtype=m.int64),
    "complex": lambda m: m.fft.fftfreq(4, dtype=m.complex64),
    "negative": lambda m: m.fft.fftfreq(-1),
    "type": lambda m: m.fft.fftfreq(3.5),
    "half": lambda m: m.fft.fftfreq(4, dtype=m.float16),
    "gradient": lambda m: m.fft.fftfreq(3, requires_grad=True),
    "out": lambda m: m.fft.fftfreq(3, out=m.empty(3)),
    "shift": lambda m: m.fft.fftshift(m.arange(5.0).requires_grad_()),
    "shift back": lambda m: m.fft.ifftshift(m.arange(5)),
    "shift dim": lambda m: m.fft.fftshift(X(m), 1),
    "shift dims": lambda m: m.fft.ifftshift(X(m), (0, 1)),
    "shift no dim": lambda m: m.fft.fftshift(X(m), 2),
    "shift a number": lambda m: m.fft.fftshift(m.tensor(1.0)),
}


@pytest.mark.parametrize("case", FREQUENCIES)
def test_frequencies(case: str) -> None:
    assert_same(FREQUENCIES[case], torch, gradiente)


# --- windows


def signal(m: Any, n: int = 40) -> Any:
    return m.from_numpy(np.cos(np.arange(n) ** 1.3))


def hann(m: Any) -> Any:
    return m.hann_window(8, dtype=m.float64)


def spectrum(m: Any, **keywords: Any) -> Any:
    return m.stft(signal(m), 8, **{"window": hann(m), "return_complex": True, **keywords})


STFT: dict[str, Callable[[Any], Any]] = {
    "plain": spectrum,
    "without return_complex": lambda m: m.stft(signal(m), 8, window=hann(m)),
    "real": lambda m: spectrum(m, return_complex=False),
    "without window": lambda m: spectrum(m, window=None),
    "batch": lambda m: m.stft(signal(m).reshape(2, 20), 8, window=hann(m), return_complex=True),
    "3 dims": lambda m: m.stft(signal(m).reshape(2, 2, 10), 8, window=hann(m), return_complex=True),
    "number": lambda m: m.stft(signal(m)[0], 8, window=hann(m), return_complex=True),
    "complex signal": lambda m: m.stft(signal(m) * 1j, 8, window=hann(m)),
    "complex and one-sided": lambda m: m.stft(signal(m) * 1j, 8, window=hann(m), onesided=True),
    "complex window": lambda m: spectrum(m, window=hann(m) * 1j),
    "too many points": lambda m: m.stft(signal(m), 100, window=m.ones(100), center=False, return_complex=True),
    "no points": lambda m: m.stft(signal(m), 0, window=hann(m), return_complex=True),
    "no hop": lambda m: spectrum(m, hop_length=0),
    "hop": lambda m: spectrum(m, hop_length=3),
    "long window": lambda m: spectrum(m, win_length=10),
    "no window": lambda m: spectrum(m, win_length=0),
    "short window": lambda m: spectrum(m, win_length=5, window=m.ones(5).double()),
    "shape of the window": lambda m: spectrum(m, window=m.ones(5).double()),
    "dims of the window": lambda m: spectrum(m, window=m.ones(2, 4)),
    "integers": lambda m: m.stft(m.arange(40), 8, window=hann(m), return_complex=True),
    "constant": lambda m: spectrum(m, pad_mode="constant"),
    "replicate": lambda m: spectrum(m, pad_mode="replicate"),
    "circular": lambda m: spectrum(m, pad_mode="circular"),
    "no such mode": lambda m: spectrum(m, pad_mode="x"),
    "normalized": lambda m: spectrum(m, normalized=True),
    "two-sided": lambda m: spectrum(m, onesided=False),
    "not centered": lambda m: spectrum(m, center=False),
    "types": lambda m: m.stft(signal(m).float(), 8, window=hann(m), return_complex=True).dtype,
    "short signal": lambda m: m.stft(signal(m, 3), 8, window=hann(m), return_complex=True),
    "aligned and centered": lambda m: spectrum(m, align_to_window=True),
    "aligned": lambda m: spectrum(m, align_to_window=True, center=False, win_length=4, window=hann(m)[:4]),
    "not aligned": lambda m: spectrum(m, center=False, win_length=4, window=hann(m)[:4]),
    "type of n_fft": lambda m: m.stft(signal(m), 8.5, return_complex=True),
    "method": lambda m: signal(m).stft(8, window=hann(m), return_complex=True),
}
ISTFT: dict[str, Callable[[Any], Any]] = {
    "plain": lambda m: m.istft(spectrum(m), 8, window=hann(m)),
    "method": lambda m: spectrum(m).istft(8, window=hann(m)),
    "without window": lambda m: m.istft(spectrum(m), 8),
    "length": lambda m: m.istft(spectrum(m), 8, window=hann(m), length=30),
    "longer": lambda m: m.istft(spectrum(m), 8, window=hann(m), length=60),
    "not centered": lambda m: m.istft(spectrum(m), 8, window=hann(m), center=False),
    "real": lambda m: m.istft(spectrum(m).real, 8, window=hann(m)),
    "other points": lambda m: m.istft(spectrum(m), 10, window=hann(m)),
    "said to be two-sided": lambda m: m.istft(spectrum(m), 8, window=hann(m), onesided=False),
    "two-sided": lambda m: m.istft(spectrum(m, onesided=False), 8, window=hann(m)),
    "complex": lambda m: m.istft(spectrum(m, onesided=False), 8, window=hann(m), onesided=False, return_complex=True),
    "complex and one-sided": lambda m: m.istft(spectrum(m), 8, window=hann(m), return_complex=True),
    "long hop": lambda m: m.istft(spectrum(m), 8, hop_length=9, window=hann(m)),
    "no hop": lambda m: m.istft(spectrum(m), 8, hop_length=0, window=hann(m)),
    "long window": lambda m: m.istft(spectrum(m), 8, win_length=10, window=hann(m)),
    "shape of the window": lambda m: m.istft(spectrum(m), 8, window=hann(m)[:5]),
    "zeros": lambda m: m.istft(spectrum(m), 8, window=hann(m) * 0),
    "vector": lambda m: m.istft(spectrum(m)[0], 8, window=hann(m)),
    "4 dims": lambda m: m.istft(spectrum(m)[None, None], 8, window=hann(m)),
    "batch": lambda m: m.istft(spectrum(m)[None], 8, window=hann(m)),
    "empty": lambda m: m.istft(spectrum(m)[:, :0], 8, window=hann(m)),
    "complex window": lambda m: m.istft(spectrum(m), 8, window=hann(m) * (1 + 0j)),
    "normalized": lambda m: m.istft(spectrum(m, normalized=True), 8, window=hann(m), normalized=True),
    "nothing left": lambda m: m.istft(spectrum(m), 8, window=hann(m), length=0),
}


@pytest.mark.parametrize("case", STFT)
def test_stft(case: str) -> None:
    warned = case not in ("without window", "real")  # torch gives these once in a process
    assert_same(lambda m: shown(STFT[case](m)), torch, gradiente, warned=warned)


@pytest.mark.parametrize("case", ISTFT)
def test_istft(case: str) -> None:
    warned = case not in ("without window", "longer")
    assert_same(lambda m: shown(ISTFT[case](m)), torch, gradiente, warned=warned)


OLDER = ("hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window")
OPTIONS: dict[str, Callable[[Any], Any]] = {
    "none": lambda f: f(0),
    "one": lambda f: f(1, False),
    "periodic": lambda f: f(5),
    "symmetric": lambda f: f(6, False),
    "negative": lambda f: f(-1),
    "type": lambda f: f(4.5),
    "gradient": lambda f: f(3, requires_grad=True).requires_grad,
}


@pytest.mark.parametrize("case", OPTIONS)
@pytest.mark.parametrize("name", OLDER)
def test_older_windows(name: str, case: str) -> None:
    assert_same(lambda m: shown(OPTIONS[case](getattr(m, name))), torch, gradiente)


@pytest.mark.parametrize("dtype", ["float64", "float16", "int64", "complex64"])
@pytest.mark.parametrize("name", OLDER)
def test_types_of_older_windows(name: str, dtype: str) -> None:
    digits = 3 if dtype == "float16" else 6

    def call(m: Any) -> Any:
        out = getattr(m, name)(5, dtype=getattr(m, dtype))
        return out.dtype, (np.round(out.double().numpy(), digits) + 0.0).tolist()

    if (name, dtype) == ("kaiser_window", "float16"):
        pytest.skip("torch computes it in 16 bits, we in 64")
    assert_same(call, torch, gradiente)


WINDOWS: dict[str, Callable[[Any], Any]] = {
    "hamming": lambda m: m.hamming_window(5, True, 0.5, 0.4),
    "kaiser": lambda m: m.kaiser_window(5, periodic=False, beta=3.0),
    "gaussian": lambda m: m.signal.windows.gaussian(4, std=-1.0),
    "exponential": lambda m: m.signal.windows.exponential(4, tau=-1.0),
    "center": lambda m: m.signal.windows.exponential(4, center=1.0),
    "center of another": lambda m: m.signal.windows.exponential(4, center=1.0, tau=2.0, sym=False),
    "beta": lambda m: m.signal.windows.kaiser(4, beta=-1.0),
    "coefficients": lambda m: m.signal.windows.general_cosine(4, a=3.0),
    "no coefficients": lambda m: m.signal.windows.general_cosine(4, a=[]),
    "alpha": lambda m: m.signal.windows.general_hamming(4, alpha=0.6),
    "dtype": lambda m: m.signal.windows.hann(4, dtype=m.float16),
    "negative": lambda m: m.signal.windows.bartlett(-1),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_windows(case: str) -> None:
    assert_same(lambda m: shown(WINDOWS[case](m)), torch, gradiente)
