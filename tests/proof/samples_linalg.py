"""The samples of linear algebra and of Fourier transforms, as those in samples.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from .samples import Draw, R, sample


class Matrix(Draw):
    """Matrices with an added diagonal (step, 2·step, …), which makes them regular and their spectra wide.

    `hermitian`: a function of such matrices reads one triangle and is differentiated as of Hermitian ones, so it is
    compared with differences along Hermitian directions only.
    """

    def __init__(self, *shape: int, step: float = 1.5, hermitian: bool = False) -> None:
        super().__init__(*shape)
        self.step, self.hermitian = step, hermitian

    def __repr__(self) -> str:
        return f"Matrix{self.shape}[{self.step}, {self.hermitian}]"

    def finished(self, array: Any) -> Any:
        m, n = self.shape[-2:]
        return self.projected(array + np.eye(m, n) * self.step * np.arange(1, n + 1))

    def projected(self, array: Any) -> Any:
        """The Hermitian part, if it is of a Hermitian matrix."""
        return (array + np.swapaxes(array, -1, -2).conj()) / 2 if self.hermitian else array


sample("inv", Matrix(2, 3, 3), complex=True)
sample("solve", Matrix(3, 3), R(2, 3, 2), complex=True)
sample("solve_triangular", Matrix(3, 3), R(2, 3, 2), upper=False, unitriangular=False, complex=True)
sample("solve_triangular", Matrix(2, 3, 3), R(3, 1), upper=True, unitriangular=True)
sample("pinv", Matrix(3, 2), complex=True)
sample("pinv", Matrix(2, 2, 3))
sample("pinv", Matrix(2, 2, hermitian=True), hermitian=True)
sample("det", Matrix(2, 3, 3), complex=True)
sample("cofactor", Matrix(2, 3, 3, step=0.5), complex=True)
sample("slogdet", Matrix(2, 3, 3), complex=True)
sample("cholesky", Matrix(2, 3, 3, step=3.0, hermitian=True), complex=True)
sample("lu_packed", Matrix(2, 3, 3, step=3.0), None, complex=True)
sample("qr", Matrix(2, 4, 3), complex=True)
sample("qr", Matrix(3, 3))
sample("eigh", Matrix(2, 3, 3, hermitian=True))
sample("eig", Matrix(3, 3, step=3.0))
sample("svd", Matrix(2, 3, 3))
sample("svd", Matrix(4, 2))
sample("svd", Matrix(2, 4))
sample("matrix_exp", Matrix(2, 3, 3, step=0.2), complex=True)

# --- Fourier transforms
sample("fft_c2c", R(2, 3, 4), axes=(0, 2), norm="backward", inverse=False, only_complex=True)
sample("fft_c2c", R(5), axes=(0,), norm="ortho", inverse=True, only_complex=True)
sample("fft_r2c", R(2, 5), axes=(1,), norm="forward", onesided=True)
sample("fft_r2c", R(3, 2, 4), axes=(0, 2), norm="backward", onesided=True)
sample("fft_r2c", R(2, 4), axes=(1,), norm="ortho", onesided=False)
sample("fft_c2r", R(2, 3), axes=(1,), norm="backward", size=4, only_complex=True)
sample("fft_c2r", R(3, 2, 3), axes=(0, 2), norm="forward", size=5, only_complex=True)
