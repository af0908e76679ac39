"""Fourier transforms without PyTorch: laws that they obey, gradients, errors."""

from __future__ import annotations

import numpy as np
import pytest

import gradiente as torch
from gradiente.autograd import gradcheck, gradgradcheck


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal(shape))


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_inverses(n: int, rng: np.random.Generator) -> None:
    x = tensor(rng, 3, n)
    z = torch.complex(x, tensor(rng, 3, n))
    for norm in ("backward", "ortho", "forward"):
        np.testing.assert_allclose(
            torch.fft.ifft(torch.fft.fft(z, norm=norm), norm=norm).numpy(), z.numpy(), atol=1e-12
        )
        np.testing.assert_allclose(
            torch.fft.irfft(torch.fft.rfft(x, norm=norm), n, norm=norm).numpy(), x.numpy(), atol=1e-12
        )
        np.testing.assert_allclose(
            torch.fft.hfft(torch.fft.ihfft(x, norm=norm), n, norm=norm).numpy(), x.numpy(), atol=1e-12
        )


def test_energy_is_kept(rng: np.random.Generator) -> None:
    """Parseval's theorem."""
    x = tensor(rng, 4, 6)
    assert torch.allclose(torch.fft.fftn(x, norm="ortho").abs().square().sum(), x.square().sum())


def test_a_product_is_a_convolution(rng: np.random.Generator) -> None:
    a, b = tensor(rng, 9), tensor(rng, 4)
    found = torch.fft.irfft(torch.fft.rfft(a, 12) * torch.fft.rfft(b, 12), 12)
    np.testing.assert_allclose(found.numpy(), np.convolve(a.numpy(), b.numpy()), atol=1e-12)


@pytest.mark.parametrize(
    "name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2"]
)
def test_gradients(name: str, rng: np.random.Generator) -> None:
    function = getattr(torch.fft, name)
    x = tensor(rng, 3, 4)
    if not name.startswith(("rfft", "ihfft")):
        x = torch.complex(x, tensor(rng, 3, 4))
    x = x.requires_grad_()
    assert gradcheck(lambda x: function(x, norm="ortho"), (x,), check_forward_ad=True)
    assert gradcheck(lambda x: function(x, (5 if name[-1] != "2" else (2, 6))), (x,))
    assert gradgradcheck(function, (x,))


def test_types() -> None:
    assert torch.fft.fft(torch.ones(3)).dtype is torch.complex64
    assert torch.fft.irfft(torch.ones(3)).dtype is torch.float32
    assert torch.fft.rfft(torch.ones(3, dtype=torch.int64)).dtype is torch.complex64
    with pytest.raises(RuntimeError, match=r"Unsupported dtype Half.*\.float\(\)"):
        torch.fft.fft(torch.ones(3, dtype=torch.float16))
    with pytest.raises(RuntimeError, match=r"expects a real input tensor, but got ComplexFloat.*real part"):
        torch.fft.rfft(torch.ones(3, dtype=torch.complex64))
    with pytest.raises(RuntimeError, match=r'"x" \(the modes are'):
        torch.fft.fft(torch.ones(3), norm="x")
    with pytest.raises(AttributeError, match="Closest names: 'fft'"):
        torch.fft.ftt  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_short_windows_and_back(rng: np.random.Generator) -> None:
    x = tensor(rng, 2, 50).requires_grad_()
    window = torch.hann_window(16, dtype=torch.float64)

    def there_and_back(x: torch.Tensor) -> torch.Tensor:
        spectrum = torch.stft(x, 16, hop_length=4, window=window, return_complex=True)
        return torch.istft(spectrum, 16, hop_length=4, window=window, length=50)

    np.testing.assert_allclose(there_and_back(x).detach().numpy(), x.detach().numpy(), atol=1e-12)
    (found,) = torch.autograd.grad(there_and_back(x).square().sum(), x)
    np.testing.assert_allclose(found.numpy(), 2 * x.detach().numpy(), atol=1e-11)


def test_gradients_of_short_windows(rng: np.random.Generator) -> None:
    x, window = tensor(rng, 12).requires_grad_(), (tensor(rng, 4).abs() + 1).detach().requires_grad_()
    for mode in ("reflect", "replicate", "circular", "constant"):
        assert gradcheck(
            lambda x, w, mode=mode: torch.stft(x, 4, window=w, pad_mode=mode, return_complex=True), (x, window)
        )
    z = torch.stft(x, 4, window=window, return_complex=True).detach().requires_grad_()
    assert gradcheck(lambda z, w: torch.istft(z, 4, window=w), (z, window))


def test_windows_without_inverse_are_refused() -> None:
    z = torch.ones(3, 4, dtype=torch.complex64)
    with pytest.raises(RuntimeError, match=r"(?s)window overlap add min: 1.*smaller hop_length"):
        torch.istft(z, 4, hop_length=4, window=torch.tensor([1.0, 0.0, 0.0, 1.0]))
    with pytest.warns(UserWarning, match="A window was not provided"):
        torch.stft(torch.ones(9), 4, return_complex=True)
    with pytest.warns(UserWarning, match="return_complex=False is deprecated"):
        torch.stft(torch.ones(9), 4, window=torch.ones(4), return_complex=False)
