"""What published optimisers take from torch.optim beside its public names, against PyTorch."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import pytest

import gradiente
from outcomes import assert_same

torch: Any = pytest.importorskip("torch")

NAMES = ("SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "RMSprop", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop")

CALLS = [
    "o._get_value(m.ones(())), o._get_value(3)",
    "o._to_scalar(m.ones(1)), o._to_scalar(m.ones(2)), o._to_scalar(3)",
    "o._stack_if_compiling([m.ones(()), 2])",
    "o._get_scalar_dtype(), o._get_scalar_dtype(True), o._get_scalar_dtype(False)",
    "o._default_to_fused_or_foreach([p], False)",
    "o._default_to_fused_or_foreach([p], False, use_fused=True), o._default_to_fused_or_foreach([p], True, True)",
    "o._default_to_fused_or_foreach([p, z], False, use_fused=True)",
    "o._device_dtype_check_for_fused(p)",
    "o._device_dtype_check_for_fused(z)",
    "o._get_foreach_kernels_supported_devices(), o._get_fused_kernels_supported_devices()",
    "o._get_capturable_supported_devices(), o._get_capturable_supported_devices(False)",
    "o._disable_dynamo_if_unsupported(single_tensor_fn=None)(lambda: 5)()",
    "o._view_as_real(both, other), both, other",
    "m.optim.Adam([p])._cuda_graph_capture_health_check(), m.optim.Adam([p])._accelerator_graph_capture_health_check()",
    "[m.optim.Optimizer._group_tensors_by_device_and_dtype([[p, p * 2], [p, None]], flag) for flag in (False, True)]",
    "[v for k, v in sorted(o._group_tensors_by_device_and_dtype([[p, z, p]], True).items(), key=str)]",
    "u._has_foreach_support([p], p.device), u._device_has_foreach_support(p.device)",
    "u._get_fused_kernels_supported_devices()",
    "o.required, o._RequiredParameter()",
    "m.optim.Optimizer.OptimizerPreHook, m.optim.Adam.OptimizerPostHook",
    "m.optim.Optimizer.profile_hook_step(lambda self: 3)(m.optim.SGD([p]))",
    "import_module(m.__name__ + '.optim.lr_scheduler').Optimizer is m.optim.Optimizer",
    "import_module(m.__name__ + '.optim.lr_scheduler').EPOCH_DEPRECATION_WARNING",
    "m.optim.Adagrad([p]).share_memory(), m.optim.Adagrad([p], initial_accumulator_value=0.5).state[p]",
    "m.optim.Optimizer([p], {}).step()",
    "m.optim.SparseAdam([p], lr=0)",
    "m.optim.SGD([{'params': [('a', p)], 'lr': 2.0}, {'params': [('b', z)]}]).state_dict()",
    "m.optim.SGD([{'params': [('a', p)]}, {'params': [z]}])",
    "m.optim.SGD([{'params': [p]}, {'params': [('b', z)]}])",
    "m.optim.Adam([('a', p)])",
]


@pytest.mark.parametrize("call", CALLS)
def test_calls(call: str) -> None:
    def run(m: Any) -> Any:
        p, z = m.ones(2, requires_grad=True), m.ones(2, dtype=m.complex64)
        names = {"m": m, "o": import_module(f"{m.__name__}.optim.optimizer"), "import_module": import_module}
        names["u"] = import_module(f"{m.__name__}.utils._foreach_utils")
        return eval(call, {**names, "p": p, "z": z, "both": [z, m.ones(2)], "other": [z * 2, m.zeros(2)]})

    if "Hook, m." in call:
        assert repr(run(gradiente)) == repr(run(torch))
    else:
        assert_same(run, torch, gradiente)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, {"momentum": 0.9}, {"amsgrad": True}, {"centered": True}], ids=str)
def test_lists_of_a_group(name: str, options: dict[str, Any]) -> None:
    if options.keys() - inspect.signature(getattr(torch.optim, name)).parameters.keys():
        options = {}

    def run(m: Any) -> Any:
        ps = [m.ones(2, requires_grad=True), m.ones(1, requires_grad=True), m.ones(1, dtype=m.complex64)]
        ps[0].grad, ps[2].grad = m.ones(2), m.ones(1, dtype=m.complex64)
        optimizer = getattr(m.optim, name)(ps, **options)
        seen = []
        for _ in range(2):
            names = list(inspect.signature(getattr(torch.optim, name)([torch.ones(1)])._init_group).parameters)[1:]
            lists: list[list[Any]] = [[] for _ in names]
            seen.append([optimizer._init_group(optimizer.param_groups[0], *lists), lists])
            optimizer.step()
        return seen

    assert_same(run, torch, gradiente)


def test_an_optimiser_made_of_torchs_parts() -> None:
    def run(m: Any) -> Any:
        base = import_module(f"{m.__name__}.optim.optimizer")
        adam = import_module(f"{m.__name__}.optim.adam").adam

        class Cautious(m.optim.Adam):  # masks what the gradient does not agree with
            @base._use_grad_for_differentiable
            def step(self, closure: Any = None) -> Any:
                self._cuda_graph_capture_health_check()
                for group in self.param_groups:
                    lists: list[list[Any]] = [[] for _ in range(6)]
                    has_complex = self._init_group(group, *lists)
                    before = [p.clone() for p in lists[0]]
                    beta1, beta2 = group["betas"]
                    chosen = {k: group[k] for k in ("amsgrad", "lr", "weight_decay", "eps", "maximize", "foreach")}
                    adam(*lists, has_complex=has_complex, beta1=beta1, beta2=beta2, **chosen)
                    for p, g, old in zip(lists[0], lists[1], before, strict=True):
                        p.copy_(m.where((p - old) * g < 0, p, old))
                return m.is_grad_enabled()

        p = m.tensor([1.0, -2.0, 0.5], requires_grad=True)
        optimizer = Cautious([p], lr=0.25)
        for k in range(4):
            p.grad = m.tensor([1.0, -1.0, 0.5]) * (-1) ** (k // 2)
            grad_enabled = optimizer.step()
        return p, grad_enabled, optimizer.state_dict()["state"][0]["step"]

    assert_same(run, torch, gradiente)


SCHEDULERS = [
    "l._format_param('x', o, 3), l._format_param('x', o, [3, 4]), l._format_param('x', o, (3, 4))",
    "l._format_param('x', o, [3])",
    "l._param_groups_val_list(o, 'lr'), l._param_groups_val_list(o, 'momentum')",
    "[l._update_param_group_val(g, 'lr', 5.0) for g in o.param_groups], o",
    "l._warn_get_lr_called_within_step(s)",
    "[stack.enter_context(l._enable_get_lr_call(s)), l._warn_get_lr_called_within_step(s)][1]",
    "stack.enter_context(l._initial_mode(s)), s._is_initial",
    "s._is_initial, s._get_lr_called_within_step",
]


@pytest.mark.parametrize("call", SCHEDULERS)
def test_helpers_of_schedulers(call: str) -> None:
    def run(m: Any) -> Any:
        schedulers = import_module(f"{m.__name__}.optim.lr_scheduler")
        groups = [{"params": [m.ones(1)]}, {"params": [m.ones(1)], "lr": m.tensor(2.0)}]
        optimizer = m.optim.SGD(groups, lr=0.1)
        names = {"l": schedulers, "o": optimizer, "s": schedulers.StepLR(optimizer, 1)}
        with ExitStack() as stack:
            return eval(call, {**names, "stack": stack})

    assert_same(run, torch, gradiente)


def test_what_programs_do_by_hand() -> None:
    def run(m: Any) -> Any:
        schedulers = import_module(f"{m.__name__}.optim.lr_scheduler")
        seen: list[Any] = []

        class Around(m.optim.Optimizer):  # has the attributes of the base without its __init__
            def __init__(self, inner: Any) -> None:
                self.inner, self.param_groups, self.state = inner, inner.param_groups, inner.state
                self.defaults = inner.defaults
                self._optimizer_step_pre_hooks = {0: lambda o, args, kw: seen.append("before")}
                self._optimizer_step_post_hooks = OrderedDict()
                self._patch_step_function()

            def step(self, closure: Any = None) -> Any:
                return self.inner.step(closure)

        p = m.ones(1, requires_grad=True)
        p.grad = m.ones(1)
        inner = m.optim.SGD([p], lr=0.5)
        inner.register_step_post_hook(lambda o, args, kw: seen.append("inner"))
        outer = Around(inner)
        outer.step()
        seen += [len(inner._optimizer_step_post_hooks), len(outer._optimizer_step_pre_hooks)]

        class Halving(schedulers._LRScheduler):
            def get_lr(self) -> Any:
                return [group["lr"] / 2 for group in self.optimizer.param_groups]

            def step(self, epoch: Any = None) -> None:
                self._step_count = getattr(self, "_step_count", 0) + 1
                with schedulers._enable_get_lr_call(self):
                    seen.append(self._get_lr_called_within_step)
                    for group, lr in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
                        group["lr"] = lr
                seen.append(self._get_lr_called_within_step)

        Halving(inner).step()
        return seen, p, inner.param_groups[0]["lr"]

    assert_same(run, torch, gradiente)
