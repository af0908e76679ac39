"""PyTorch's CPU random numbers, on NumPy arrays: same seed, same numbers, same state afterwards.

What lives here: ``words`` (the twister, read ahead), ``generator`` (Generator, the default one, states, locks),
``uniforms`` (uniform, bernoulli, dropout), ``normals``, ``integers`` (randint, random_, randperm), ``continuous``
(exponential, Cauchy, log-normal, geometric), ``discrete`` (multinomial, Poisson), ``binomial``, ``gamma``, and the
private ``_fused`` (arithmetic that rounds as torch does) and ``_errors``. Nothing here knows of tensors: functions
take a Generator (or None for `default_generator`), a shape or an array of parameters, and return an array.

Note [Which numbers are torch's]. Compared with PyTorch 2.13 on Linux x86-64 with AVX2 or AVX-512:

* bit for bit: `uniform`, `normal`, `normal_tensor`, `bernoulli`, `dropout_mask`, `randint`, `random_`, `randperm`,
  `exponential`, `cauchy`, `log_normal`, `geometric`, `poisson`, `standard_gamma`, `binomial`, `multinomial`,
  in float16, bfloat16, float32 and float64 and in the complex and integer dtypes that they take,
  together with the state of the generator after each draw;
* within two ulp: `dirichlet`;
* within one ulp: about one in 2**29 roundings of a fused float32 multiply-add (Note [Fused multiply-adds]); the
  functions that call log, sin, cos, tan or exp in float64 if Python's C library is another than torch's (Note
  [libm]: same glibc, same bits);
* torch itself differs from itself: on CPUs without FMA in the last bit of scaled numbers and of float32 normals
  from 16 elements on; on Intel CPUs its MKL build draws `bernoulli` with one p (dropout too) and `exponential`
  (`multinomial` too) from a stream of MKL's. The numbers here are those of the build's own kernels, which run on
  other CPUs (not checked: no such CPU was at hand);
* not torch's: the order in which `multinomial` without replacement takes categories of weight 0, and ties; now
  and then a category of `multinomial` with replacement from float16 weights, whose running sum torch rounds otherwise;
  `randperm` from 214748364 elements on, which raises.

An error is raised before anything is drawn, so that the generator stays as it was.
"""

from __future__ import annotations

from .binomial import binomial
from .continuous import cauchy, exponential, geometric, log_normal
from .discrete import multinomial, poisson
from .gamma import dirichlet, standard_gamma
from .generator import Generator, default_generator, initial_seed, manual_seed, seed
from .integers import randint, random_, randperm
from .normals import normal, normal_tensor
from .uniforms import bernoulli, dropout_mask, uniform

__all__ = [
    "Generator",
    "bernoulli",
    "binomial",
    "cauchy",
    "default_generator",
    "dirichlet",
    "dropout_mask",
    "exponential",
    "geometric",
    "initial_seed",
    "log_normal",
    "manual_seed",
    "multinomial",
    "normal",
    "normal_tensor",
    "poisson",
    "randint",
    "random_",
    "randperm",
    "seed",
    "standard_gamma",
    "uniform",
]
