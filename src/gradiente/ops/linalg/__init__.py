"""Linear algebra: torch.linalg and its older forms, by family.

`inverses`: inverses and determinants; `systems`, `least_squares`: systems of equations; `factors`, `householder`, `lu`,
`ldl`, `spectra`: factorizations; `norms`; `powers`: powers, exponentials, products. `checks`: what they ask of
matrices. `results`: the named tuples. `older`: what torch has outside of torch.linalg, by the names there; `removed`:
what it has no more.
"""
