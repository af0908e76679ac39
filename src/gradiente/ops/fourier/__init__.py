"""Fourier transforms: torch.fft, and torch's transforms of short windows.

`transforms`: along one dimension; `many`: along several; `frequencies`; `points`: what they have in common.
`short_time`: stft and istft.
"""
