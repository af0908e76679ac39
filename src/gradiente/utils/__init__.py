"""torch.utils: `_pytree`, nested containers as trees of tensors."""
