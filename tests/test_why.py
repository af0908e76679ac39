"""why_no_grad: where the path between two tensors ended, and what the error about a missing graph tells of it."""

from __future__ import annotations

import copy
import gc
import re
import threading
import weakref

import pytest

import gradiente as torch
from gradiente.autograd.why import why_no_grad
from gradiente.tensor import origins


@pytest.fixture(autouse=True)
def forget():
    """No notes of other tests."""
    origins.recent.clear()


def leaf(n=3):
    return torch.ones(n, requires_grad=True)


def set_data(y, x):
    y.data = x
    return y


class Floor(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        out = x.floor()
        ctx.mark_non_differentiable(out)
        return out

    @staticmethod
    def backward(ctx, g):
        return None


def in_no_grad(x):
    with torch.no_grad():
        y = x * 2
    return y * 3


def in_inference(x):
    with torch.inference_mode():
        y = x * 2
    return y.sum()


def added_in_place(x):
    y = torch.zeros(3)
    y.add_(x.detach())
    return y * 2


WATCHED = {
    "detach": (lambda x: (x * 2).detach() * 2, "detach"),
    "detach_": (lambda x: (x * 2).detach_() * 2, "detach_"),
    "data": (lambda x: x.data * 2, "data"),
    "tensor": (lambda x: torch.tensor(x) * 2, "tensor"),
    "new_tensor": (lambda x: x.new_tensor(x) * 2, "tensor"),
    "cast": (lambda x: x.long().float() * 2, "cast"),
    "no_grad": (in_no_grad, "no_grad"),
    "inference_mode": (in_inference, "inference_mode"),
    "argmax": (lambda x: x.argmax().float(), "constant"),
    "comparison": (lambda x: (x > 0).float() * 2, "constant"),
    "function": (lambda x: Floor.apply(x) * 2, "constant"),
    "in place": (added_in_place, "detach"),
    "two steps": (lambda x: (x.detach() * 2).long().float(), "detach"),
    "nonzero": (lambda x: x.nonzero().float(), "constant"),
    "topk": (lambda x: x.topk(2)[1].float(), "constant"),
    "isnan": (lambda x: torch.isnan(x).float() * 2, "constant"),
    "where": (lambda x: torch.where(x > 0.5, 1.0, 0.0), "constant"),
    "copy_": (lambda x: torch.no_grad()(lambda: torch.zeros(3).copy_(x))() * 2, "no_grad"),
    "clone": (lambda x: torch.no_grad()(x.clone)() * 2, "no_grad"),
    "deepcopy": (lambda x: copy.deepcopy(x) * 2, "deepcopy"),
    "data =": (lambda x: set_data(torch.zeros(3), x) * 2, "data"),
    "first of a chain": (lambda x: (x * 2).detach().detach() + 1, "detach"),
}


@pytest.mark.filterwarnings("ignore:To copy construct")
@pytest.mark.parametrize("case", WATCHED)
def test_a_function_that_is_watched_gets_an_exact_answer(case):
    compute, reason = WATCHED[case]
    x = leaf()
    answer = why_no_grad(lambda: compute(x), x)
    assert (answer.connected, answer.reason, answer.certain) == (False, reason, True)
    assert re.search(r"test_why\.py:\d+, in |copy\.py:\d+, in deepcopy", answer.where)
    assert answer.endings[0].reason == reason
    assert not torch.is_anomaly_enabled()


@pytest.mark.parametrize("case", sorted(set(WATCHED) - {"nonzero", "topk", "isnan", "copy_"}))
@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled", "ignore:To copy construct")
def test_what_was_computed_under_anomaly_detection_was_watched(case):
    compute, reason = WATCHED[case]
    x = leaf()
    with torch.autograd.detect_anomaly():
        y = compute(x)
    assert (why_no_grad(y, x).reason, why_no_grad(y, x).certain) == (reason, True)


def test_watched_operations_tell_their_name_and_line():
    x = leaf()
    answer = why_no_grad(lambda: x.argmax().float(), x)
    assert answer.operation == "argmax"
    assert answer.where.endswith("answer = why_no_grad(lambda: x.argmax().float(), x)")
    assert str(answer).startswith("argmax has no derivative")
    assert "\nRemedy: use an operation with a derivative" in str(answer)


def test_of_two_ends_both_are_named():
    x = leaf()
    answer = why_no_grad(lambda: x.detach() + torch.argmax(x), x)
    assert [ending.reason for ending in answer.endings] == ["detach", "constant"]
    assert "\n  also: argmax has no derivative" in str(answer)


def test_only_ends_of_paths_from_x_count():
    x, w = leaf(), leaf()
    assert [e.reason for e in why_no_grad(lambda: w.detach() + x.long(), x).endings] == ["cast"]
    assert why_no_grad(lambda: w.detach() * 2, x).reason == "unused"


# -- without watching


def test_the_result_of_an_ending_operation_knows_it():
    x = leaf()
    h = x * 2
    for y, reason in ((h.detach(), "detach"), (h.data, "data"), (h.int(), "cast"), (h.detach()[0], "detach")):
        answer = why_no_grad(y, x)
        assert (answer.reason, answer.certain) == (reason, True)
    assert why_no_grad(h.detach()).reason == "detach"


def test_a_saved_value_tells_where_it_came_from():
    x, w = leaf(), leaf()
    h = x * 2
    y = (h.detach() * w).sum()
    answer = why_no_grad(y, x)
    assert (answer.reason, answer.certain) == ("detach", True)
    assert answer.where.endswith("y = (h.detach() * w).sum()")
    del h, y
    y = ((x * 2).detach() * w).sum()  # what x * 2 depended on is not known any more
    assert (why_no_grad(y, x).reason, why_no_grad(y, x).certain) == ("detach", False)


def test_else_the_latest_lines_are_named_as_likely():
    x, w = leaf(), leaf()
    h = x * 2
    y = w + h.sum().item()
    h.sum().tolist()  # after y was computed
    answer = why_no_grad(y, x)
    assert (answer.reason, answer.certain, len(answer.endings)) == ("item", False, 1)
    assert str(answer).startswith("Probably: item() took the values out of the graph")
    assert "compute y under torch.autograd.detect_anomaly()" in str(answer)


def test_a_round_trip_through_numpy_is_named():
    x = leaf()
    h = x * 2
    y = torch.from_numpy(h.detach().numpy() * 2)
    assert [e.reason for e in why_no_grad(y, x).endings] == ["numpy", "detach"]
    z = torch.from_numpy(h.numpy(force=True) * 2)
    assert why_no_grad(z, x).endings[0].reason == "numpy"


def test_indices_in_a_watched_function():
    x = leaf()
    answer = why_no_grad(lambda: torch.arange(3.0)[x.argmax()], x)
    assert [e.reason for e in answer.endings] == ["index", "constant"]
    assert not answer.certain


def test_numbers_in_a_watched_function():
    x = leaf()
    answer = why_no_grad(lambda: torch.tensor(x.sum().item() * 2), x)
    assert (answer.reason, answer.certain) == ("item", False)
    y = x.sum() * 2
    with pytest.warns(UserWarning, match="Converting a tensor with requires_grad=True to a scalar"):
        answer = why_no_grad(lambda: torch.tensor([y, 1.0]), x)
    assert answer.reason == "tensor"


def test_what_x_says():
    x = leaf()
    assert why_no_grad(x * 2, torch.ones(3)).reason == "requires_grad"
    late = torch.ones(3)
    y = x * late
    late.requires_grad_()
    assert why_no_grad(y, late).reason == "late"
    frozen = leaf()
    frozen.requires_grad_(False)
    answer = why_no_grad(x * frozen, frozen)
    assert answer.reason == "requires_grad"
    assert answer.where.endswith("frozen.requires_grad_(False)")
    frozen.requires_grad_()
    assert why_no_grad(x * frozen, frozen).connected
    h = x * 2
    detached = h.detach()
    answer = why_no_grad(detached * x, detached)
    assert [e.reason for e in answer.endings] == ["requires_grad", "detach"]


def test_x_changed_since():
    x = leaf()
    h = x * 2
    y = h + 1
    h.add_(1)
    answer = why_no_grad(y, h)
    assert answer.reason == "changed"
    assert answer.where.endswith("h.add_(1)")
    assert why_no_grad(h * 2, h).connected


def test_a_path_is_a_path():
    x = leaf()
    answer = why_no_grad((x * 2).sum(), x)
    assert (answer.connected, answer.reason, answer.operation) == (True, "connected", "SumBackward0")
    assert str(answer) == "y depends on x, by way of SumBackward0: there is a path."
    assert why_no_grad(x, x).connected
    assert why_no_grad(x * 2).connected
    first, second = (*x.view(3, 1).unbind(1), x.unbind(0)[0])
    assert why_no_grad(first * 2, first).connected
    assert why_no_grad(second * 2, first).reason == "unused"
    one, two = torch.ones(2, requires_grad=True).unbind()
    assert not why_no_grad(one * 2, two).connected


def test_what_y_says():
    x = leaf()
    assert why_no_grad(torch.argmax(x)).reason == "integers"
    with torch.inference_mode():
        y = x * 2
    assert why_no_grad(y).reason == "inference_mode"
    with torch.no_grad():
        assert why_no_grad(x * 2).reason == "no_grad"
    assert why_no_grad(torch.ones(2)).reason == "unknown"


def test_wrong_arguments():
    with pytest.raises(TypeError, match=r"why_no_grad\(\): argument 'y' \(position 1\) must be Tensor, not int"):
        why_no_grad(3)
    with pytest.raises(TypeError, match=r"argument 'x' \(position 2\) must be Tensor, not list"):
        why_no_grad(leaf(), [])
    with pytest.raises(TypeError, match="argument 'y'"):
        why_no_grad(lambda: 3.0)


# -- errors


def failure(y):
    with pytest.raises(RuntimeError) as caught:
        y.backward()
    text = str(caught.value)
    assert text.startswith("element 0 of tensors does not require grad and does not have a grad_fn (")
    return text


def test_the_error_of_backward_carries_what_is_known():
    x = leaf()
    h = (x * 2).sum()
    assert re.search(r"\(detach\(\) took the values out of the graph at .*test_why\.py:\d+", failure(h.detach()))
    assert "y has the type torch.int64" in failure(torch.tensor(1))
    origins.recent.clear()
    assert "(nothing that y was computed from requires gradients, or recording was off. torch." in failure(
        torch.ones(())
    )
    y = torch.tensor(h.item())
    assert "Values left the graph lately: item() took the values out of the graph, as a" in failure(y)
    with torch.no_grad():
        assert "recording was off (no_grad or set_grad_enabled(False))" in failure(x.sum())
    with torch.inference_mode():
        y = x.sum()
    assert "it ran in inference_mode" in failure(y)


def test_the_error_of_grad_tells_why_an_input_was_not_used():
    x, w = leaf(), leaf()
    text = "appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."
    with pytest.raises(RuntimeError, match=re.escape(text) + "$"):
        torch.autograd.grad((w * 2).sum(), x)
    h = x * 2
    y = (h.detach() * w).sum()
    with pytest.raises(RuntimeError, match=re.escape(f"{text} (detach() took the values out of the graph at ")):
        torch.autograd.grad(y, x)

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return None

    with pytest.raises(RuntimeError, match="There is a path, but an operation on it handed no gradient on"):
        torch.autograd.grad(Nothing.apply(x).sum(), x)


# -- what notes cost


def test_arithmetic_leaves_no_notes():
    x, d = leaf(), torch.ones(3)
    y = (x * d + 1).exp().sum() * d.detach().sum()
    d.tolist(), d.numpy(), d.data, d.long(), d[0].item()
    assert not origins.recent
    assert all(t._meta is None for t in (y, d, x > 0))


def test_notes_keep_nothing_alive():
    x = leaf()
    gc.disable()
    try:
        h = x * 2
        node, tensor = weakref.ref(h.grad_fn), weakref.ref(h)
        kept = [h.detach(), h.data, h.long(), h.sum().item()]
        why_no_grad(kept[0] * 2, x)
        del h
        assert (node(), tensor()) == (None, None)
        out = why_no_grad(lambda: (x * 2).long(), x)
        made = why_no_grad(lambda: kept.append(x * 3) or kept[-1], x)
        node = weakref.ref(kept[-1].grad_fn)
        kept.clear()
        assert (node(), out.connected, made.connected) == (None, False, True)
    finally:
        gc.enable()


def test_the_list_of_lines_stays_short():
    x = leaf()
    for i in range(3 * origins._LIMIT):
        exec(compile("\n" * i + "x.detach()", f"file{i}", "exec"), {"x": x})
    assert len(origins.recent) <= origins._LIMIT
    assert any("file383" in str(e) for e in why_no_grad(torch.ones(3), x).endings)


def test_threads_leave_notes_while_another_reads_them():
    x = leaf()
    failed = []

    def work(number):
        try:
            for i in range(50):
                exec(compile("\n" * i + "x.detach()", f"thread{number}", "exec"), {"x": x})
                why_no_grad(torch.ones(3), x)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert 0 < len(origins.recent) <= origins._LIMIT + 4


def test_a_state_that_is_detached_at_each_step_makes_no_chain():
    h = leaf() * 1
    for _ in range(5):
        h = h.detach()
    assert h._meta.origin.parents == ()


@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled")
def test_a_state_that_is_changed_at_each_step_remembers_only_so_much(monkeypatch):
    monkeypatch.setattr(origins, "_DEPTH", 50)
    mean = torch.zeros(3)
    with torch.autograd.detect_anomaly():
        for _ in range(60):
            mean.mul_(0.9).add_(1.0)
    note, depth = mean._meta.origin, 0
    while note.parents:
        note, depth = note.parents[0], depth + 1
    assert depth < 50


def test_notes_do_not_travel():
    import pickle

    d = (leaf() * 2).detach()
    assert vars(d) == {}
    for other in (copy.deepcopy(d), pickle.loads(pickle.dumps(d))):
        assert other._meta is None or other._meta.origin is None
