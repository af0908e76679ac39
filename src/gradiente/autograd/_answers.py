"""What `why_no_grad` says, by reason: what happened, and what to do."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "requires_grad": "x does not require gradients",
    "late": "x began to require gradients, or was made, only after y was computed",
    "changed": "x was changed in place after y was computed: y depends on its former values",
    "detach": "detach() took the values out of the graph",
    "detach_": "detach_() took the history away",
    "data": ".data took the values out of the graph",
    "item": "item() took the values out of the graph, as a Python number",
    "tolist": "tolist() took the values out of the graph, as Python numbers",
    "numpy": "numpy() took the values out of the graph, as an array",
    "tensor": "torch.tensor(t) copied the values, without their history",
    "deepcopy": "copy.deepcopy copied the values, without their history",
    "index": "the values were used as an index",
    "cast": "a conversion to integers or bool ended the path, because these have no derivative",
    "no_grad": "{operation} was not recorded: recording was off (no_grad or set_grad_enabled(False))",
    "inference_mode": "{operation} was not recorded: it ran in inference_mode",
    "loose": "y is a view made while recording was off, or before its base required gradients",
    "constant": "{operation} has no derivative: its result is constant almost everywhere",
    "integers": "y has the type {operation}, for which there are no gradients",
    "unused": "y does not depend on x",
    "unknown": "nothing that y was computed from requires gradients, or recording was off",
}
REMEDIES: dict[str, str] = {
    "requires_grad": "call x.requires_grad_() before x is used.",
    "late": "call x.requires_grad_() before x is used, or compute y again.",
    "changed": "differentiate with respect to a .clone() made before the change, or change a .clone().",
    "detach": "leave out the .detach(), or differentiate with respect to its result.",
    "detach_": "leave out the .detach_(), or differentiate with respect to its result.",
    "data": "use the tensor itself in place of its .data.",
    "item": "compute with the tensor itself in place of its .item().",
    "tolist": "compute with the tensor itself; torch.stack joins tensors to one.",
    "numpy": "compute with torch's functions in place of NumPy's, or write a torch.autograd.Function.",
    "tensor": "use the tensor itself, or t.clone(); torch.stack joins tensors to one.",
    "deepcopy": "use the tensor itself, or t.clone().",
    "index": "nothing: a choice of elements has no derivative; weigh them, as softmax does.",
    "cast": "keep floating-point values on the path; integers can be indices only.",
    "no_grad": "compute it outside of no_grad, or inside of torch.enable_grad().",
    "inference_mode": "compute it outside of inference_mode.",
    "loose": "take the view again, with recording on.",
    "constant": "use an operation with a derivative, such as softmax in place of argmax, or an estimator of your own.",
    "integers": "differentiate floating-point values: what y was computed from.",
    "unused": "compute y from x.",
    "unknown": "call .requires_grad_() on the inputs before they are used, outside of no_grad.",
}

__all__ = ["REMEDIES", "TEXTS"]
