"""Programs that write where elements share memory: with each other, or with what is read."""

PROGRAMS = {
    "elements that share memory": """
x = torch.zeros(3)
e = x.expand(2, 3)
e[...] = 1
e[:] = torch.tensor(1.)
e[0:2] = 1
e[0:1] = 1
e[:, :] = torch.ones(3)
e[:, [0, 1]] = 1.
e[[0, 1]] = 1.
e[[0]] = torch.ones(3)
e[torch.ones(2, 3) > 0] = 2.
e[torch.ones(2, 3) > 0] = torch.arange(6.)
e[torch.ones(2, 3) > 0] = torch.tensor(1.)
x
e.index_put_((torch.tensor([0]),), torch.ones(3), accumulate=True)
e.index_add_(0, torch.tensor([0]), torch.ones(1, 3))
e.index_copy_(0, torch.tensor([0]), torch.ones(1, 3))
e.scatter_(0, torch.tensor([[0, 0, 0]]), torch.ones(1, 3))
e.scatter_add_(0, torch.tensor([[0, 0, 0]]), torch.ones(1, 3))
e.put_(torch.tensor([0]), torch.tensor([1.]))
e.random_(3)
e.bernoulli_()
e.uniform_()
e.exponential_()
e.clamp_(0, 1)
e.lerp_(e, 0.5)
e.addcmul_(x, x)
e.relu_()
e.neg_()
e.floor_()
e.pow_(2)
e.sqrt_()
e.logical_not_()
e.eq_(1)
torch.nn.functional.relu(e, inplace=True)
torch.relu_(e)
""",
    "memory that is read and written": """
x = torch.arange(4.)
x[1:].add_(x[:-1])
x[1:].mul_(x[1:])
x[1:].copy_(x[:-1])
x[1:] = x[:-1]
x[:] = x.flip(0)
x[::2].add_(x[1::2])
x.view(2, 2).add_(x.view(2, 2))
x.view(2, 2).add_(x.view(2, 2).t())
x.add_(x.view(4))
x.copy_(x)
x[:3].addcmul_(x[1:], x[1:])
x[:3].lerp_(x[1:], 0.5)
x[1:].masked_fill_(x[:-1] > 0, 1)
x.masked_fill_(torch.ones(4) > 0, x[1])
x.index_add_(0, torch.tensor([0]), x[1:2])
x.index_copy_(0, torch.tensor([0]), x[1:2])
x.scatter_(0, torch.tensor([0]), x[1:2])
x.index_put_((torch.tensor([0]),), x[1:2])
x[[0]] = x[1:2]
x[[0, 1, 2]] = x[1:]
x.fill_(x[1])
x[:1].add_(x.expand(4)[1:2])
d = x.detach()
d[1:].add_(x[:-1])
d = x.data
d[1:].add_(x[:-1])
x[1:].clamp_(min=x[:-1])
x.unsqueeze(0).add_(x)
x[1:].pow_(x[:-1])
x.swapaxes(0, 0).sub_(x)
x[0].add_(x[1])
x[0:1].add_(x[0])
x[0].add_(x[0:1][0])
y = torch.arange(4.).view(2, 2)
y.atan2_(y.t())
y.add_(y[0])
y.mul_(y[0, 0])
y.sub_(y[0, 1])
y
""",
    "writing by index what is read": """
y = torch.arange(4.).view(2, 2)
y.copy_(y[0])
y.copy_(y[0, 0])
y[:] = y[0, 0]
y[0] = y[1, 1]
y[0] = y[0]
y[0] = y[0, 0]
y[:] = y[0]
y[:, 0] = y[0]
y[0] = y[:, 0]
y[...] = y
y[:] = y.T
y[[0]] = y[0, 0]
y[[0]] = y[0]
y.index_fill_(0, torch.tensor([0]), y[0, 0])
y.masked_fill_(y > 0, y[0, 0])
y.index_put_((torch.tensor([0]),), y[0, 0])
y.index_put_((torch.tensor([0]),), y[0], accumulate=True)
y.put_(torch.tensor([0]), y[0, :1])
y.scatter_add_(0, torch.tensor([[0, 1]]), y[:1])
y.take_along_dim(torch.tensor([[0, 1]]), 0)
i = torch.arange(3)
i.scatter_(0, i, 1)
i.index_add_(0, i, i)
i.index_copy_(0, i[:1], i[:1])
i.masked_fill_(i > 0, 1)
b = torch.tensor([True, False])
b.masked_fill_(b, False)
b[b] = True
b.logical_not_()
b.logical_and_(b)
e = torch.zeros(1, 3).expand(2, 3)
e.scatter_(0, torch.tensor([[0, 0, 0]]), 1)
""",
}
