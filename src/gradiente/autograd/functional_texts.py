"""What `torch.autograd.functional` says in strict mode, and when a vector is missing. `{i}` is a tensor's number."""

from __future__ import annotations

NOT_STRICT = " This is not allowed in strict mode"
_IN_GRAPH = NOT_STRICT + " when create_graph=True."

OUTPUT_UNTRACKED = (
    "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a "
    "differentiable manner from the input when running in strict mode."
)
OUTPUT_INDEPENDENT = f"The output of the user-provided function is independent of input {{i}}.{NOT_STRICT}."
GRADIENT_INDEPENDENT = (
    f"The gradient with respect to input {{i}} is independent of the inputs of the user-provided function.{NOT_STRICT}."
)
JACOBIAN_INDEPENDENT = f"The jacobian of the user-provided function is independent of input {{i}}.{NOT_STRICT}."
JACOBIAN_CONSTANT = f"The jacobian of the user-provided function is independent of input {{i}}.{_IN_GRAPH}"
HESSIAN_CONSTANT = f"The hessian of the user-provided function is independent of input {{i}}.{_IN_GRAPH}"
NOT_TWICE = (
    "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is "
    f"independent of the input.{NOT_STRICT}. You should ensure that your function is twice differentiable and that "
    "the jacobian depends on the inputs (this would be violated by a linear function for example)."
)
NOT_THRICE = (
    "The hessian of the user-provided function with respect to input {i} is independent of the input."
    f"{NOT_STRICT}. You should ensure that your function is thrice differentiable and that the hessian depends on the "
    "inputs."
)
TRICK_FAILS = (
    "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double "
    f"backward trick to compute forward mode gradients.{NOT_STRICT}."
)
HESSIAN_TRICK_FAILS = (
    f"The hessian of the user-provided function is independent of entry {{i}} in the grad_jacobian.{NOT_STRICT} as it "
    "prevents from using the double backward trick to replace forward mode AD."
)
V_FOR_OUTPUT = (
    "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
)
V_FOR_INPUT = (
    "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."
)
