"""Custom functions inside of the transforms of torch.func: their `vmap` static method, or a rule made for them."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..arrays.batched import Batched
from ..graph import change, current, set_mode
from ..tensor.batching import Frame, enter, leave
from ..tensor.core import Tensor
from .transforming import transforming

_MORE = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"


class VmapInfo(NamedTuple):
    """What the `vmap` static method of a `Function` is told of the vmap."""

    batch_size: int
    randomness: str


def check(cls: Any, own_context: bool, overridden: bool) -> None:
    """Raise torch's errors for a `Function` that cannot be transformed."""
    if not transforming.get() and all(frame.derivatives for frame in current().transforms):
        return
    if not own_context:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must "
            f"override the setup_context staticmethod. {_MORE} (The function is {cls.__name__}.)"
        )
    if not current().transforms:
        return
    if cls.generate_vmap_rule and overridden:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and an overridden vmap "
            "staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid "
            f"ambiguity. {_MORE}"
        )
    if not cls.generate_vmap_rule and not overridden:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it does not have vmap support. Please override and implement "
            f"the vmap staticmethod or set generate_vmap_rule=True. {_MORE}"
        )


def forward(cls: Any, args: tuple[Any, ...]) -> Any:
    """The function's value inside a vmap: by its `vmap` static method, one level after the other, innermost first."""
    frames: tuple[Frame, ...] = current().transforms
    if cls.generate_vmap_rule or not frames or frames[-1].derivatives:
        return cls.forward(*args)
    frame = frames[-1]

    def has(x: Any) -> bool:
        return isinstance(x, Tensor) and x._array.__class__ is Batched and frame.level in x._array.levels

    previous = change(transforms=frames[:-1])
    try:
        if not any(has(x) for x in args):
            return forward(cls, args)
        dims = tuple([0 if has(x) else None for x in args])
        outside = [leave(x, 0, frame.level, frame.size) if d == 0 else x for x, d in zip(args, dims, strict=True)]
        answer = cls.vmap(VmapInfo(frame.size, frame.randomness), dims, *outside)
        output, outputs, places = _taken_apart(answer, cls.__name__)
        made = tuple(
            [
                enter(x, d % x.ndim, frame.level, frame.size) if isinstance(x, Tensor) and d is not None else x
                for x, d in zip(outputs, places, strict=True)
            ]
        )
        return made if isinstance(output, tuple) else made[0]
    finally:
        set_mode(previous)


def _taken_apart(answer: Any, name: str) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """The output, the outputs and their dimensions, of what the `vmap` static method of `name` returned."""
    if not isinstance(answer, tuple) or len(answer) != 2:  # pyright: ignore[reportUnknownArgumentType]
        got = f"{len(answer)} returns" if isinstance(answer, tuple) else f"a {type(answer)}"  # pyright: ignore
        raise RuntimeError(
            "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure "
            f"compatible with the output. Got {got} instead (in {name})"
        )
    output, out_dims = answer  # pyright: ignore[reportUnknownVariableType]
    outputs: tuple[Any, ...] = output if isinstance(output, tuple) else (output,)
    places: tuple[Any, ...] = out_dims if isinstance(out_dims, tuple) else (out_dims,) * len(outputs)
    if len(places) != len(outputs) or (isinstance(out_dims, tuple) and not isinstance(output, tuple)):
        raise RuntimeError(
            "The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected "
            f"out_dims={out_dims} to be compatible with the structure of `output`. out_dims has structure "
            f"{_structure(out_dims)} but output has structure {_structure(output)}. {_MORE} (The function is {name}.)"
        )
    return output, outputs, places  # pyright: ignore[reportUnknownVariableType]


def _structure(value: Any) -> str:
    if not isinstance(value, tuple):
        return "*"
    inner = ",\n  ".join("*" for _ in value)  # pyright: ignore[reportUnknownVariableType]
    return f"TreeSpec(tuple, None, [{inner}])"


__all__ = ["VmapInfo", "check", "forward"]
