"""Module's protocol against torch: registering, walking, hooks, state, conversion, containers, errors."""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict
from typing import Any

import pytest
import torch

import gradiente


def net(t: Any) -> Any:
    t.manual_seed(0)
    return t.nn.Sequential(t.nn.Linear(2, 3), t.nn.Sequential(t.nn.ReLU(), t.nn.Linear(3, 1, bias=False)))


def plain(value: Any) -> Any:
    """A value as something that both libraries' can be compared in."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)) or hasattr(value, "__next__"):
        return [plain(v) for v in value]
    return repr(value) if hasattr(value, "forward") else value


def shared(t: Any) -> Any:
    m = net(t)
    m.add_module("again", m[0])
    return m


def buffered(t: Any) -> Any:
    m = t.nn.Module()
    m.register_buffer("kept", t.ones(2))
    m.register_buffer("passing", t.zeros(1), persistent=False)
    m.register_buffer("none", None)
    return m


def forward_hooks(t: Any) -> Any:
    m, log = net(t), []
    m.register_forward_pre_hook(lambda mod, args: log.append("pre") or (args[0] * 2,))
    m.register_forward_hook(lambda mod, args, out: log.append("post") or out + 1)
    handle = m.register_forward_hook(lambda mod, args, kwargs, out: log.append(sorted(kwargs)), with_kwargs=True)
    first = m.register_forward_hook(lambda mod, args, out: log.append("first"), prepend=True)
    m(t.ones(1, 2))
    handle.remove()
    first.remove()
    return [m(t.ones(1, 2)), log]


def always_called(t: Any) -> Any:
    m, log = t.nn.Linear(2, 2), []
    m.register_forward_hook(lambda mod, args, out: log.append(out), always_call=True)
    try:
        m(t.ones(3))
    except RuntimeError:
        log.append("raised")
    return log


def backward_hooks(t: Any) -> Any:
    m, log = net(t), []
    m[0].register_full_backward_hook(lambda mod, gi, go: log.append([plain(g) for g in (*gi, *go)]))
    m.register_full_backward_pre_hook(lambda mod, go: (go[0] * 3,))
    m[1].register_full_backward_hook(lambda mod, gi, go: (gi[0] * 2,))
    x = t.ones(1, 2, requires_grad=True)
    m(x).sum().backward()
    return [log, x.grad, m[0].weight.grad]


def everywhere(t: Any) -> Any:
    from_module = t.nn.modules.module if t is torch else t.nn.modules
    log: list[Any] = []
    handles = [
        from_module.register_module_forward_pre_hook(lambda m, a: log.append(type(m).__name__)),
        from_module.register_module_forward_hook(lambda m, a, o: log.append("after")),
        from_module.register_module_full_backward_hook(lambda m, gi, go: log.append("back")),
    ]
    net(t)(t.ones(1, 2, requires_grad=True)).sum().backward()
    for handle in handles:
        handle.remove()
    return log


def state_hooks(t: Any) -> Any:
    m, log = net(t), []
    m.register_state_dict_pre_hook(lambda mod, prefix, keep: log.append(("before", prefix, keep)))
    m[0].register_state_dict_post_hook(lambda mod, state, prefix, meta: log.append((list(state), prefix, dict(meta))))
    state = m.state_dict()
    m.register_load_state_dict_pre_hook(lambda mod, s, prefix, *rest: log.append(prefix))
    m.register_load_state_dict_post_hook(lambda mod, keys: keys.missing_keys.clear())
    del state["0.bias"]
    return [log, str(m.load_state_dict(state)), log]


def extra_state(t: Any) -> Any:
    class Counting(t.nn.Module):
        count = 3

        def get_extra_state(self) -> Any:
            return {"count": self.count}

        def set_extra_state(self, state: Any) -> None:
            self.count = state["count"] + 1

    m = t.nn.Sequential(Counting())
    state = m.state_dict()
    m.load_state_dict(state)
    return [dict(state), m[0].count]


def assigned(t: Any) -> Any:
    m = net(t)
    state = {k: v * 2 for k, v in m.state_dict().items()}
    m.load_state_dict(state, assign=True)
    return [
        m[0].weight.data_ptr() == state["0.weight"].data_ptr(),
        type(m[0].weight).__name__,
        m[0].weight.requires_grad,
    ]


def tied(t: Any) -> Any:
    m = net(t)
    m[1][1].weight = m[0].weight
    return [[n for n, _ in m.named_parameters()], [n for n, _ in m.named_parameters(remove_duplicate=False)]]


def deleted(t: Any) -> Any:
    m = net(t)
    del m[0].bias
    m[0].bias = None
    m[0].extra = t.nn.Parameter(t.ones(1))
    m[0].extra = None
    return [list(m.state_dict()), m[0].extra, "extra" in dir(m[0])]


def copied(t: Any) -> Any:
    m = net(t)
    other, third = copy.deepcopy(m), pickle.loads(pickle.dumps(m))
    m[0].weight.data.zero_()
    return [other, other[0].weight, third[0].weight, type(third[0].weight).__name__, other[0].weight.requires_grad]


INITS = (
    "uniform_",
    "normal_",
    "trunc_normal_",
    "ones_",
    "zeros_",
    "eye_",
    "xavier_uniform_",
    "xavier_normal_",
    "kaiming_uniform_",
    "kaiming_normal_",
)
VALUES = {
    "printed": net,
    "empty": lambda t: [t.nn.Module(), t.nn.Sequential(), t.nn.ModuleList(), t.nn.ModuleDict()],
    "a named sequence": lambda t: t.nn.Sequential(OrderedDict(a=t.nn.ReLU(), b=t.nn.Linear(1, 1))),
    "a list of alikes": lambda t: t.nn.ModuleList([t.nn.ReLU(), t.nn.ReLU(), net(t), net(t)]),
    "names": lambda t: [[n for n, _ in f()] for m in [shared(t)] for f in (m.named_modules, m.named_children)],
    "parameters": lambda t: [(n, tuple(p.shape)) for n, p in shared(t).named_parameters(prefix="net")],
    "own parameters": lambda t: list(net(t).parameters(recurse=False)),
    "duplicates": lambda t: [n for n, _ in shared(t).named_modules(remove_duplicate=False)],
    "buffers": lambda t: [dict(buffered(t).named_buffers()), dict(buffered(t).state_dict())],
    "forward hooks": forward_hooks,
    "hooks after errors": always_called,
    "backward hooks": backward_hooks,
    "hooks everywhere": everywhere,
    "state hooks": state_hooks,
    "extra state": extra_state,
    "assigned": assigned,
    "tied": tied,
    "deleted": deleted,
    "copied": copied,
    "metadata": lambda t: dict(net(t).state_dict()._metadata),
    "a prefix": lambda t: list(net(t).state_dict(prefix="net.")),
    "vars": lambda t: [v.requires_grad for v in net(t).state_dict(keep_vars=True).values()],
    "training": lambda t: [m.training for m in net(t).eval().modules()] + [net(t).train().training],
    "frozen": lambda t: [p.requires_grad for p in net(t).requires_grad_(False).parameters()],
    "doubled": lambda t: [str(p.dtype) for p in net(t).double().parameters()],
    "halved": lambda t: [str(p.dtype) for p in net(t).to(t.float16).parameters()],
    "a part": lambda t: [net(t).get_submodule("1.1"), net(t).get_parameter("1.1.weight"), net(t).get_submodule("")],
    "a part set": lambda t: [m := net(t), m.set_submodule("1.0", t.nn.Tanh())],
    "applied": lambda t: net(t).apply(lambda m: t.nn.init.ones_(m.weight) if hasattr(m, "weight") else None)[0].weight,
    "slices": lambda t: [net(t)[:1], net(t)[-1], len(net(t)), net(t) + net(t), net(t) * 2, 2 * net(t)],
    "changed": lambda t: [
        s := net(t),
        s.append(t.nn.Tanh()),
        s.insert(0, t.nn.ReLU()),
        s.pop(1),
        s.extend([t.nn.ReLU()]),
    ],
    "a dictionary": lambda t: [d := t.nn.ModuleDict({"a": t.nn.ReLU()}), d.update([("b", net(t))]), list(d), "a" in d],
    "popped": lambda t: [d := t.nn.ModuleDict({"a": t.nn.ReLU()}), d.pop("a"), len(d)],
    "zeroed": lambda t: [m := net(t), m(t.ones(1, 2)).sum().backward(), m.zero_grad(set_to_none=False), m[0].bias.grad],
    "a parameter": lambda t: [repr(t.nn.Parameter(t.ones(2))), t.nn.Parameter(t.ones(1), False).requires_grad],
    "kinds": lambda t: [isinstance(net(t)[0].weight, t.Tensor), isinstance(t.ones(1), t.nn.Parameter)],
    "gain": lambda t: [t.nn.init.calculate_gain(n) for n in ("linear", "tanh", "relu", "selu", "leaky_relu")],
    "first values": lambda t: [getattr(t.nn.init, name)(t.empty(4, 3)) for name in INITS],
    "truncated": lambda t: [
        t.nn.init.trunc_normal_(t.empty(30), mean, std, a, b)
        for mean, std, a, b in ((0, 1, -0.5, 0.5), (1, 0.5, 1.2, 1.4), (1, 0.5, 0.2, 3), (0, 1, -5, -1.5))
    ],
    "sparse": lambda t: t.nn.init.sparse_(t.empty(5, 3), 0.4),
    "dirac": lambda t: t.nn.init.dirac_(t.empty(4, 2, 3), 2),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    outcomes = []
    for library in (gradiente, torch):
        library.manual_seed(1)
        outcomes.append(plain(VALUES[name](library)))
    close(*outcomes)


def close(a: Any, b: Any) -> None:
    """Equal, floating-point numbers within rounding."""
    if isinstance(a, list) and isinstance(b, list):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            close(x, y)
    elif isinstance(a, float):
        assert a == pytest.approx(b, rel=2e-6)
    else:
        assert a == b


def before_init(t: Any, value: Any) -> Any:
    class Early(t.nn.Module):
        def __init__(self) -> None:
            self.part = value

    return Early()


ERRORS = {
    "a tensor for a parameter": lambda t: setattr(t.nn.Linear(1, 1), "weight", t.ones(1)),
    "a number for a parameter": lambda t: setattr(t.nn.Linear(1, 1), "bias", 3),
    "a number for a module": lambda t: setattr(net(t), "0", 3),
    "a number for a buffer": lambda t: setattr(buffered(t), "kept", 3),
    "no attribute": lambda t: net(t).weight,
    "a dot": lambda t: net(t).register_parameter("a.b", None),
    "no name": lambda t: net(t).register_parameter("", None),
    "a taken name": lambda t: net(t).register_parameter("forward", t.nn.Parameter(t.ones(1))),
    "no parameter": lambda t: net(t).register_parameter("q", t.ones(1)),
    "a number as name": lambda t: net(t).register_parameter(3, None),
    "no buffer": lambda t: net(t).register_buffer("q", 3),
    "a dotted buffer": lambda t: net(t).register_buffer("q.r", t.ones(1)),
    "a nameless buffer": lambda t: net(t).register_buffer("", t.ones(1)),
    "a numbered buffer": lambda t: net(t).register_buffer(2, t.ones(1)),
    "a buffer's taken name": lambda t: t.nn.Linear(1, 1).register_buffer("weight", t.ones(1)),
    "no module": lambda t: net(t).add_module("x", 3),
    "a dotted module": lambda t: net(t).add_module("x.y", t.nn.ReLU()),
    "a nameless module": lambda t: net(t).add_module("", t.nn.ReLU()),
    "a numbered module": lambda t: net(t).add_module(2, t.nn.ReLU()),
    "a module's taken name": lambda t: t.nn.Linear(1, 1).add_module("weight", t.nn.ReLU()),
    "parameters before init": lambda t: before_init(t, t.nn.Parameter(t.ones(1))),
    "modules before init": lambda t: before_init(t, t.nn.ReLU()),
    "no forward": lambda t: t.nn.Module()(1),
    "an argument": lambda t: t.nn.Module(3),
    "a keyword": lambda t: t.nn.Module(a=3),
    "no submodule": lambda t: net(t).get_submodule("a"),
    "not a module": lambda t: t.nn.Linear(1, 1).get_submodule("weight"),
    "no such parameter": lambda t: net(t).get_parameter("a"),
    "not a parameter": lambda t: t.nn.Linear(1, 1).get_parameter("in_features"),
    "not a buffer": lambda t: t.nn.Linear(1, 1).get_buffer("weight"),
    "a mode": lambda t: net(t).train(3),
    "a state that does not fit": lambda t: t.nn.Linear(2, 3).load_state_dict({"weight": t.ones(2, 2), "x": t.ones(1)}),
    "a list as state": lambda t: net(t).load_state_dict([1]),
    "a number in a state": lambda t: t.nn.Linear(1, 1).load_state_dict({"weight": 3, "bias": t.ones(1)}),
    "to an integer type": lambda t: net(t).to(t.int32),
    "an index": lambda t: net(t)[5],
    "a word as index": lambda t: net(t)["a"],
    "a factor": lambda t: net(t) * -1,
    "a number added": lambda t: net(t) + 3,
    "a number appended": lambda t: net(t).append(3),
    "inserted outside": lambda t: net(t).insert(9, t.nn.ReLU()),
    "a list of a number": lambda t: t.nn.ModuleList(3),
    "a list with a number": lambda t: t.nn.ModuleList([3]),
    "a dictionary of a number": lambda t: t.nn.ModuleDict(3),
    "a dictionary of triples": lambda t: t.nn.ModuleDict([("a", t.nn.ReLU(), 3)]),
    "a wrong prehook": lambda t: (
        (m := net(t)).register_forward_pre_hook(lambda *a: 3, with_kwargs=True) and m(t.ones(1, 2))
    ),
    "two kinds of hooks": lambda t: [
        (m := net(t)).register_full_backward_hook(lambda *a: None),
        m.register_backward_hook(lambda *a: None),
    ],
    "few gradients": lambda t: [
        (m := t.nn.Bilinear(1, 1, 1)).register_full_backward_hook(lambda mod, gi, go: (gi[0],)),
        m(*[t.ones(1, 1, requires_grad=True) for _ in range(2)]).sum().backward(),
    ],
    "groups": lambda t: t.nn.Conv2d(3, 4, 1, groups=2),
    "no groups": lambda t: t.nn.Conv2d(3, 4, 1, groups=0),
    "groups of outputs": lambda t: t.nn.Conv2d(4, 3, 1, groups=2),
    "a padding": lambda t: t.nn.Conv2d(1, 1, 1, padding="full"),
    "strides and same": lambda t: t.nn.Conv2d(1, 1, 1, 2, padding="same"),
    "a probability": lambda t: t.nn.Dropout(2),
    "ranks of a batch": lambda t: t.nn.BatchNorm2d(2)(t.ones(2, 2)),
    "ranks of instances": lambda t: t.nn.InstanceNorm2d(2)(t.ones(2, 2)),
    "channels in groups": lambda t: t.nn.GroupNorm(2, 3),
    "an output size": lambda t: t.nn.ConvTranspose1d(1, 1, 3, 2)(t.ones(1, 1, 4), output_size=[20]),
    "a padding index": lambda t: t.nn.Embedding(3, 2, padding_idx=5),
    "a gain": lambda t: t.nn.init.calculate_gain("sine"),
    "a fan": lambda t: t.nn.init.xavier_uniform_(t.ones(2)),
    "a mode of a fan": lambda t: t.nn.init.kaiming_uniform_(t.ones(2, 2), mode="fan"),
    "an identity vector": lambda t: t.nn.init.eye_(t.ones(2)),
    "a bilinear of nothing": lambda t: t.nn.Bilinear(0, 1, 1),
    "shapes of a split": lambda t: t.nn.Unflatten(1, (2.0, 3)),
    "margins": lambda t: t.nn.MultiMarginLoss(p=3),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    found = []
    for library in (gradiente, torch):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the two libraries' types are compared
            ERRORS[name](library)
        found.append((type(caught.value).__name__, str(caught.value).rstrip(".\n ")))
    ours, theirs = found
    assert ours[0] == theirs[0], found
    text = theirs[1].replace("torch.nn.modules", "gradiente.nn.modules")
    text = text.replace("{'same', 'valid'}", "{'valid', 'same'}")  # the order of a set
    assert ours[1].startswith(text), found
