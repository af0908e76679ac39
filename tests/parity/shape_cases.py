"""Expressions that both libraries evaluate: `x` (2, 3, 4), `m` (3, 4), `s` (3,), `z` (), all tracked but not leaves."""

from __future__ import annotations

VALUES = """
x.reshape(6, 4)
x.reshape((6, -1))
x.reshape(-1)
z.reshape(1, 1)
x.transpose(0, 1).reshape(-1)
x[..., ::2].reshape(-1)
m.t().reshape(4, 3, 1)
m.t().reshape(2, 6)
torch.reshape(x, (4, 6))
x.reshape_as(torch.zeros(4, 6))
x.view(6, 4)
x.view([2, 12])
x.view(torch.Size([24]))
x.view(2, 3, -1, 1)
x.transpose(0, 1).view(3, 2, 2, 2)
x.view_as(torch.zeros(4, 6))
x.flatten()
x.flatten(1)
x.flatten(0, 1)
x.flatten(1, 1)
x.transpose(0, 1).flatten()
z.flatten()
x.ravel()
m.t().ravel()
x.unflatten(2, (2, 2))
x.unflatten(-1, (-1, 2))
m.t()
s.t()
torch.t(m)
m.T
x.mT
m.H
x.mH
x.adjoint()
x.transpose(0, 2)
x.transpose(1, 1)
x.transpose(-1, 0)
torch.transpose(x, 0, 1)
x.swapaxes(0, 1)
torch.swapdims(x, 0, 1)
x.permute(2, 0, 1)
x.permute((2, 1, 0))
torch.permute(x, (2, 1, 0))
x.movedim(0, 2)
x.movedim((0, 1), (1, 2))
torch.moveaxis(x, -1, 0)
x.expand(5, 2, 3, 4)
x[:1].expand(7, -1, -1)
x[:, :1].expand(2, 3, 4)
x.expand_as(x)
z.expand(2, 2)
torch.broadcast_to(m, (2, 3, 4))
s.broadcast_to((2, 3))
torch.broadcast_tensors(s, m.t())[0]
torch.broadcast_tensors(s.view(3, 1), m)[0]
x[:1].squeeze()
x[:1].squeeze(0)
x.squeeze(0)
x[:1, :1].squeeze((0, 1))
x.squeeze()
z.squeeze(0)
x.unsqueeze(0)
x.unsqueeze(-1)
torch.unsqueeze(z, 0)
x.flip(0)
x.flip(0, 2)
torch.flip(x, (1,))
x.fliplr()
torch.flipud(s)
x.roll(1)
x.roll(-5)
x.roll(1, 0)
x.roll((1, 2), (0, 1))
torch.roll(s, 1)
m.rot90()
m.rot90(2)
m.rot90(3)
m.rot90(-1, (1, 0))
torch.rot90(x, 1, (0, 2))
torch.cat([x, x], 1)
torch.cat((m, m), -1)
torch.concat([s, s])
torch.concatenate([s, s * 2, s], dim=0)
torch.cat([x, x.double()], 1)
torch.cat([torch.ones(0), x], 0)
torch.stack([x, x], -1)
torch.stack([s, s * 2])
torch.stack([z, z * 3])
torch.hstack([s, s])
torch.hstack([x, x])
torch.vstack([s, s])
torch.dstack([s, s])
torch.column_stack([s, s])
torch.column_stack([s, m])
x.tile(2)
x.tile((2, 1, 3, 1))
torch.tile(s, (2, 2))
x.repeat(2, 1, 1)
s.repeat(3)
s.repeat(2, 2)
z.repeat(3)
x.repeat_interleave(2)
x.repeat_interleave(2, 1)
s.repeat_interleave(torch.tensor([1, 2, 0]))
x.repeat_interleave(torch.tensor([1, 2, 0]), 1)
x.narrow(0, 0, 1)
x.narrow(2, 1, 2)
x.narrow(0, -1, 1)
x.select(1, 2)
x.select(-1, -2)
x.diagonal()
x.diagonal(1, 1, 2)
m.diagonal(-1)
torch.diagonal(x, 0, 2, 0)
m.diag()
m.diag(-1)
s.diag()
s.diag(1)
torch.diag_embed(s, 1)
torch.diag_embed(m)
torch.diag_embed(m, -1, 0, 2)
m.tril()
m.tril(1)
m.triu(1)
x.triu(-1)
m.trace()
m.t().contiguous()
x.clone()
m.t().clone()
s.expand(2, 3).clone()
x.permute(2, 0, 1)[:, :, :2].clone()
x.as_strided((2, 2), (1, 2))
x.as_strided((2, 2), (1, 2), 3)
x.as_strided((3, 3), (1, 1))
m.as_strided((2,), (1,))
m.t().as_strided((2, 2), (1, 3), 1)
x.unfold(2, 2, 1)
x.unfold(1, 3, 1)
x.unfold(2, 3, 2)
s.unfold(0, 1, 2)
torch.meshgrid(s, s * 2, indexing="ij")[0]
torch.meshgrid(s, s[:2], indexing="xy")[1]
x.split(2, 2)[1]
x.split(3, 2)[1]
x.split([1, 3], 2)[1]
x.chunk(2, 1)[0]
torch.chunk(x, 3, 2)[1]
torch.tensor_split(x, 2, 1)[0]
torch.tensor_split(x, (1, 2), 1)[2]
x.unbind(1)[2]
torch.unbind(s)[1]
list(x)[1]
x.gather(2, torch.tensor([[[0, 0], [1, 3], [2, 2]], [[0, 0], [1, 3], [2, 2]]]))
m.gather(0, torch.tensor([[0, 2], [1, 1], [1, 0], [1, 0]]))
s.gather(0, torch.tensor([2, 2, 0, 1, 2]))
torch.take_along_dim(m, torch.tensor([[0], [3], [3]]), dim=1)
torch.take_along_dim(m, torch.tensor([0, 11, 0]))
torch.take(x, torch.tensor([[0, -1], [5, 5]]))
x.index_select(0, torch.tensor([0, 0, 1]))
x.index_select(2, torch.tensor([3, 0]))
torch.index_select(s, 0, torch.tensor([1]))
torch.masked_select(m, m.detach() > 3)
m.masked_select(torch.tensor([True, False, True, False]))
m.masked_fill(m.detach() > 3, 7.5)
m.masked_fill(torch.tensor([True, False, True, False]), z)
s.scatter(0, torch.tensor([2, 0]), m[0, :2])
s.scatter(0, torch.tensor([2, 0]), 1.5)
m.scatter(1, torch.tensor([[0, 1], [2, 3]]), x[0, :2, 1:3])
m.scatter_add(1, torch.tensor([[0, 0], [2, 2]]), x[0, 1:, ::2])
m.scatter_add(0, torch.tensor([[0, 0, 1, 1], [0, 2, 1, 0]]), x[0, :2])
s.scatter_add(0, torch.tensor([2, 2, 2]), s)
m.index_add(0, torch.tensor([1, 1]), x[0, :2], alpha=2)
m.index_add(1, torch.tensor([1, 0, 1]), x[0, :, :3])
m.index_copy(0, torch.tensor([2, 0]), x[0, :2])
m.index_fill(1, torch.tensor([0, 3]), 2.5)
m.index_fill(0, torch.tensor([1]), z)
m.index_put((torch.tensor([0, 2]), torch.tensor([1, 1])), s[:2])
m.index_put((torch.tensor([0, 0]),), m[:2], accumulate=True)
m.put(torch.tensor([0, 5]), s[:2])
m.put(torch.tensor([0, 0]), s[:2], accumulate=True)
x[None]
x[...]
x[:]
x[:, :]
x[()]
x[0]
x[-1]
x[0, 1]
x[0, 1, 2]
x[:, 0]
x[:, 1:2]
x[1:]
x[:, :, ::2]
x[:, 1::2]
x[5:]
x[-2:-1]
x[:, None]
x[0, None]
x[None, 0]
x[..., 0]
x[..., None]
x[0, ..., 1:3]
x[(0,)]
z[...]
z[None]
z[()]
x[torch.tensor(1)]
x[np.int64(1)]
x[np.array(1)]
x[slice(torch.tensor(0), torch.tensor(1))]
x[[0, 1]]
x[[]]
x[(0, 1), (1, 2)]
x[[0, 1], [1, 2]]
x[[0, 0, 1]]
x[torch.tensor([1])]
x[torch.tensor([[0, 1], [1, 1]])]
x[np.array([1, 0])]
x[:, [0, 1]]
x[..., [0, 0]]
x[:, [0, 1], 1:]
x[:, [0, 1], [1, 3]]
x[[0, 1], :, [0, 1]]
x[0, :, [0, 1]]
x[[0], :, [0, 1]]
x[[[0], [1]], [0, 2]]
x[None, [0, 1]]
x[[0, 1], None]
x[1:, [0, 1], None]
x[[-1, 0]]
x[True]
x[False]
z[True]
x[torch.tensor(True)]
x[None, True]
x[x.detach() > 3]
x[torch.tensor([True, False])]
x[:, torch.tensor([True, False, True])]
x[:, torch.tensor([True, False, True]), 0]
x[torch.tensor([[True, False, True], [False, False, True]])]
x[torch.zeros(2, 3, dtype=torch.bool)]
x[[True, False]]
x[torch.tensor([True, False]), [0]]
x[torch.tensor([0, 1], dtype=torch.int32)]
""".strip().splitlines()
"""Expressions whose value, strides, memory, node, gradient and second-order gradient are compared."""
