"""Expressions that raise, on the tensors of `shape_cases`."""

from __future__ import annotations

ERRORS = """
x.view(-1, 5)
x.view(-1, -1)
x.view(-2, 3)
x.view(5)
torch.zeros(0, 3).view(0, -1)
x.transpose(0, 1).view(-1)
x.detach()[:, :, 0].view(torch.complex128)
x.detach()[:, :, 1:].view(torch.complex128)
x.view("a")
x.view(2.0, 3)
x.view()
x.reshape()
x.reshape(5)
x.reshape("a")
x.reshape(1.5)
x.unflatten(2, (2, 3))
x.flatten(2, 1)
x.t()
x.H
s.mT
s.mH
s.adjoint()
x.transpose(0, 3)
x.transpose("a", 0)
x.permute(0, 1)
x.permute(0, 0, 1)
x.permute()
x.movedim((0, 1), (1,))
x.movedim((0, 0), (1, 2))
x.expand(3, 3, 4)
x.expand(3, 4)
x.expand(-1, 2, 3, 4)
x.expand()
torch.broadcast_tensors(s, torch.ones(2))
x.squeeze(5)
x.squeeze((0, 0))
x.unsqueeze(-5)
x.unsqueeze("a")
x.flip((0, 0))
x.flip(5)
s.fliplr()
x.roll((1, 2), 0)
m.rot90(1, (0, 0))
m.rot90(1, (0, 5))
s.rot90()
torch.cat([])
torch.cat([x, torch.ones(2, 2)], 0)
torch.cat([x, torch.ones(2, 2, 4)], 0)
torch.cat([x, 3])
torch.cat(x)
torch.cat([z])
torch.cat([x, x], 5)
torch.stack([x, s])
torch.stack([])
torch.stack(s)
torch.stack([s, s], 5)
x.split([1, 2], 2)
x.split(-1)
x.split(0)
x.chunk(0, 1)
torch.tensor_split(x, 0, 1)
z.unbind()
list(z)
len(z)
x.repeat(2)
x.repeat(2, -1, 2)
s.repeat_interleave(torch.tensor([1, 2]))
s.repeat_interleave(torch.tensor([1.0, 2, 3]))
s.repeat_interleave(-1)
x.narrow(0, 1, 2)
x.narrow(0, 5, 1)
x.select(1, 5)
x.select(5, 1)
x.diagonal(0, 1, 1)
x.diag()
s.tril()
x.trace()
x.as_strided((2, 2), (100, 2), 3)
x.as_strided((2, 2), (1,))
x.as_strided((2, 2), (-1, 1))
x.unfold(2, 5, 1)
x.unfold(2, 2, 0)
torch.meshgrid(s, s, indexing="z")
x.size(5)
x.stride(5)
None in x
"a" in x
x[5]
x[0, 5]
x[0, -5]
x[0, 0, 0, 0]
x[..., 0, 0, 0, 0]
x[::-1]
x[::0]
x["a"]
x[1.5]
x[None, 5]
x[{0: 1}]
x[object()]
x[torch.tensor([5])]
x[torch.tensor([-3])]
x[[0, 1], [0, 7]]
x[:, [0, 7]]
x[[0, 1], [0, 1, 2]]
x[torch.tensor([1.5])]
x[torch.tensor(1.0)]
x[torch.zeros(3, dtype=torch.bool)]
x[:, torch.zeros(2, 4, dtype=torch.bool)]
x["a":]
x[1.0:]
z[0]
z[:]
x.gather(0, torch.tensor([0]))
s.gather(0, torch.tensor([3]))
s.gather(0, torch.tensor([-1]))
s.gather(0, torch.tensor([0.0]))
m.gather(0, torch.zeros(1, 5, dtype=torch.int64))
s.index_select(0, torch.tensor([3]))
s.index_select(0, torch.tensor([[0]]))
s.index_select(0, torch.tensor([0.5]))
torch.take(s, torch.tensor([3]))
torch.take(s, torch.tensor([0.5]))
torch.take_along_dim(m, torch.tensor([0]), dim=1)
s.masked_fill(torch.tensor([1, 0, 1]), 2)
s.masked_fill(torch.tensor([True, False]), 2)
s.masked_fill(torch.tensor([True, False, True]), torch.ones(2))
s.masked_select(torch.tensor([1, 0, 1]))
s.scatter(0, torch.tensor([3]), 1.0)
s.scatter(0, torch.tensor([0, 1]), torch.ones(1))
s.scatter(0, torch.tensor([0.5]), 1.0)
s.scatter(0, torch.tensor([0]), torch.ones(1, dtype=torch.float32))
s.scatter_add(0, torch.tensor([0, 5]), torch.ones(2))
s.index_add(0, torch.tensor([5]), torch.ones(1))
s.index_add(0, torch.tensor([5]), s[:1])
s.index_add(0, torch.tensor([0, 1]), s[:1])
m.index_add(0, torch.tensor([0, 1]), m[:2, :3])
s.index_add(0, torch.tensor([0.5]), s[:1])
s.index_add(0, torch.tensor([0, 1]), torch.ones(1))
s.index_copy(0, torch.tensor([5]), torch.ones(1))
s.index_copy(0, torch.tensor([-1]), s[:1])
m.index_copy(0, torch.tensor([0, 1]), m[:2, :3])
m.index_copy(0, torch.tensor([0, 1]), m)
s.index_fill(0, torch.tensor([5]), 1)
s.index_fill(0, torch.tensor([0.5]), 1)
s.index_fill(0, torch.tensor([0]), torch.ones(2))
s.put(torch.tensor([5]), s[:1])
s.put(torch.tensor([0]), s)
s.index_put((torch.tensor([7]),), s[:1])
s.index_put(torch.tensor([0]), s[:1])
s.index_put((torch.tensor([0]), torch.tensor([0])), s[:1])
s.index_put((torch.tensor([0, 1]),), s)
s.index_put((torch.tensor([0, 1]),), s, accumulate=True)
s.index_put((torch.tensor([0]),), torch.ones(1))
z.diag_embed()
s.diag_embed(0, 0, 0)
m.tril("a")
m.flip()
m.roll(())
m.rot90(1, (0,))
s.expand(-2)
torch.hstack([])
z.size(0)
z.split(1)
z.chunk(1)
z.select(0, 0)
s.narrow(0, 0, -1)
s.narrow(0, 4, 0)
z.tensor_split(1)
torch.tensor_split(s, torch.tensor([1.0]))
s.as_strided((2,), (1,), -1)
s.view_as(3)
s.copy_(torch.ones(2, 3))
s.copy_("a")
torch.broadcast_shapes((2,), (3,))
s.scatter(0, torch.tensor([0]), 2.0, reduce="mul")
""".strip().splitlines()
"""Expressions that raise: the type and torch's first line are compared."""
