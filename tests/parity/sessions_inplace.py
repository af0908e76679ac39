"""Programs that change tensors in place: values, versions, gradients, errors."""

PROGRAMS = {
    "versions": """
x = torch.zeros(3)
x._version
x.add_(1)._version, x.mul_(2)._version, x.zero_()._version, x.fill_(1)._version
x[0] = 1
x._version
x[:] = 1
x[[0]] = 1.
x[x > 0] = 1.
x._version
x += 1
x._version
x.copy_(x)
x._version
x.copy_(torch.ones(3))._version
x.data.add_(1)
x._version
x.detach().add_(1)
x._version
x.view(3, 1).add_(1)
x._version
x.requires_grad_()
x._version
x.grad = torch.zeros(3)
x._version
y = x * 1
y.unsqueeze_(0)._version, y.squeeze_()._version, y.t_()._version
y.detach_()._version
y.requires_grad_(False)._version
y.swapaxes_(0, 0)._version
y.clamp_(0)._version, y.masked_fill_(y > 100, 0)._version, y.index_fill_(0, torch.tensor([0]), 0)._version
y.scatter_(0, torch.tensor([0]), 1.)._version, y.index_add_(0, torch.tensor([0]), torch.ones(1))._version
y.put_(torch.tensor([0]), torch.tensor([1.]))._version
z = y.clone(); z._version
w = y.contiguous(); w is y
torch.zeros(2).random_(1)._version, torch.zeros(2).bernoulli_(0.)._version
""",
    "saved tensor changed": """
x = torch.ones(3, requires_grad=True)
y = x * 2
z = y * y
y.add_(1)
z.sum().backward()
y = x * 2
z = y.exp()
z.mul_(2)
z.sum().backward()
y = x * 2
z = y.sin()
y.mul_(2)
z.sum().backward()
y = x * 2
z = y + 1
y.mul_(2)
z.sum().backward()
x.grad
y = x * 2
z = y.sum()
y.zero_()
z.backward()
x.grad
""",
    "saved tensor changed through a view": """
x = torch.ones(2, 3, requires_grad=True)
y = x * 2
z = (y * y).sum()
y[0].zero_()
try: z.backward()
except RuntimeError as e: print('CopySlices' in str(e))
y = x * 2
v = y[0]
z = (v * v).sum()
y[1].zero_()
z.backward()
y = x * 2
v = y[0]
z = (v * v).sum()
v.mul_(2)
z.backward()
y = x * 2
z = (y ** 2).sum()
with torch.no_grad():
    y.mul_(2)
z.backward()
""",
    "parameter updated before backward": """
w = torch.ones(3, requires_grad=True)
x = torch.arange(3.)
loss = (w * w * x).sum()
with torch.no_grad():
    w.sub_(0.1)
loss.backward()
loss = (w * x).sum()
with torch.no_grad():
    w.sub_(0.1)
loss.backward()
w.grad
loss = (w * w).sum()
w.data.sub_(0.1)
loss.backward()
w.grad
""",
    "error texts name the node": """
a = torch.ones(2, 2, requires_grad=True)
b = a @ a
c = b @ b
b.relu_()
c.sum().backward()
b = torch.sigmoid(a)
b.add_(1)
b.sum().backward()
b = torch.tanh(a); c = b * 2
b.add_(1)
c.sum().backward()
b = a.sqrt()
b += 1
b.sum().backward()
i = torch.tensor([[0, 1]]); c = a.gather(0, i); i.fill_(0)
c.sum().backward()
m = torch.tensor([True, False]); c = torch.where(m, a, a * 2); m.fill_(True)
c.sum().backward()
h = a.double(); c = h * h; h.mul_(2)
c.sum().backward()
s = torch.ones((), requires_grad=True) * 1; c = s * s; s.mul_(2)
c.backward()
p, q = a.unbind(); r = p * p
with torch.no_grad(): p.mul_(2)
r.sum().backward()
""",
    "copy_": """
x = torch.ones(3, requires_grad=True)
y = torch.zeros(3)
y.copy_(x)
y.requires_grad, type(y.grad_fn).__name__
y.sum().backward()
x.grad
y = torch.zeros(3, dtype=torch.float64)
y.copy_(x)
y.dtype, y.requires_grad
(y * y).sum().backward()
x.grad, x.grad.dtype
y = torch.zeros(2, 3)
y.copy_(x)
(y * torch.arange(6.).view(2, 3)).sum().backward()
x.grad
z = x * 2
z.copy_(torch.ones(3))
z.requires_grad, type(z.grad_fn).__name__
z.sum().backward()
x.grad
z = x * 2
z.copy_(x)
z.sum().backward()
x.grad
i = torch.zeros(3, dtype=torch.int64)
i.copy_(x)
i.requires_grad, i
w = torch.zeros(3)
w.copy_(5)
w.copy_(torch.tensor([1, 2, 3]))
w.copy_(torch.tensor([True, False, True]))
w.copy_(torch.tensor([1j, 2, 3]))
w.copy_(torch.ones(2))
w.copy_(torch.ones(1))
w.copy_(torch.ones(1, 3))
w.copy_(torch.ones(2, 3))
w.copy_('a')
w[1:].copy_(x[:2])
w
w.grad_fn is not None, w._version
""",
    "iadd in all forms": """
x = torch.ones(3, requires_grad=True)
y = x * 1
z = y
y += 1
y is z, y.grad_fn.name()
y -= x
y *= x
y /= 2
y **= 2
y
y //= 1
y %= 2
y.grad_fn.name()
y += torch.ones(1)
y += torch.ones(2, 3)
y += torch.ones(3, dtype=torch.float64)
y += 1j
y += torch.ones(3, dtype=torch.complex64)
y += True
y += 'a'
y += None
y += [1, 2, 3]
y += np.float64(1)
y += torch.tensor(1, dtype=torch.float64)
y.dtype
y @= torch.ones(3, 3)
i = torch.arange(3)
i += 1
i += 1.5
i *= 2.
i /= 2
i //= 2
i **= 2
i += torch.ones(3)
i -= True
i <<= 1
i >>= 1
i &= 3
i |= 4
i ^= 1
i
b = torch.tensor([True, False])
b += True
b &= False
b |= True
b ^= True
b -= True
b *= True
b /= 2
b += 1
b
x += 1
c = x
x = x + 1
c is x
v = (c * 2)[1:]
v += 1
v.grad_fn.name(), v._base is not None
""",
    "type errors": """
i = torch.zeros(3, dtype=torch.int64)
f = torch.zeros(3)
d = torch.zeros(3, dtype=torch.float64)
h = torch.zeros(3, dtype=torch.float16)
c = torch.zeros(3, dtype=torch.complex64)
b = torch.zeros(3, dtype=torch.bool)
u = torch.zeros(3, dtype=torch.uint8)
i.add_(f)
i.add_(1.5)
i.mul_(0.5)
i.div_(2)
i.sub_(c)
f.add_(c)
f.add_(1j)
f.add_(d).dtype
h.add_(d).dtype
d.add_(f).dtype
u.add_(i).dtype
u.add_(300)
b.add_(i)
b.add_(1)
b.add_(f)
b.logical_and_(f)
i.exp_()
i.sqrt_()
i.sin_()
i.sigmoid_()
i.pow_(2), i.pow_(-1)
i.pow_(0.5)
i.clamp_(0.5)
i.clamp_(0, 2)
i.fill_(1.7)
i.fill_(1j)
f.fill_(1j)
i.masked_fill_(b, 1.5)
i.masked_fill_(b, 1j)
i.copy_(f), i.copy_(c)
i[0] = 1.9
i[0] = 1j
i[0] = torch.tensor(1.9)
i[0] = torch.tensor(1j)
i[[0]] = 1.9
i[[0]] = torch.tensor([1.9])
f[[0]] = torch.tensor([1.9], dtype=torch.float64)
f[[0, 1]] = torch.ones(2, dtype=torch.int64)
f[0:2] = torch.ones(2, dtype=torch.int64)
f[b] = torch.ones(1, dtype=torch.float64)
f.index_put_((torch.tensor([0]),), torch.ones(1, dtype=torch.float64))
f.scatter_(0, torch.tensor([0]), torch.ones(1, dtype=torch.float64))
f.index_add_(0, torch.tensor([0]), torch.ones(1, dtype=torch.float64))
f.index_copy_(0, torch.tensor([0]), torch.ones(1, dtype=torch.float64))
f.index_fill_(0, torch.tensor([0]), 1j)
f.add_(torch.ones(3, 1))
f.add_(torch.ones(2))
f.mul_(torch.ones(2, 3))
f.view(1, 3).add_(torch.ones(2, 3))
f.add_(f, alpha=2j)
i.add_(i, alpha=0.5)
i.lerp_(i, 0.5)
i.addcmul_(i, i, value=0.5)
i.addcdiv_(i, i)
f.abs_(), c.abs_()
c.floor_()
f.le_(1), f.dtype
i.le_(1.5), i.dtype
""",
    "setitem with gradients to both": """
x = torch.arange(6., requires_grad=True)
v = torch.ones(3, requires_grad=True)
def check(f):
    x.grad = v.grad = None
    y = (x * 1).view(2, 3)
    try:
        f(y)
        (y * torch.arange(1., 7.).view(2, 3)).sum().backward()
        print(type(y.grad_fn).__name__, y.tolist(), x.grad.tolist(), None if v.grad is None else v.grad.tolist())
    except Exception as e:
        print(type(e).__name__, str(e).splitlines()[0][:40])
def s1(y): y[0] = v
def s2(y): y[:, 0] = v[:2]
def s3(y): y[...] = v
def s4(y): y[:] = v[0]
def s5(y): y[0, 1] = v[0]
def s6(y): y[0, 1] = v[:1]
def s7(y): y[[0]] = v
def s8(y): y[torch.tensor([0, 1]), torch.tensor([1, 2])] = v[:2]
def s9(y): y[torch.tensor([0, 0]), torch.tensor([1, 1])] = v[0]
def s10(y): y[y.detach() > 2] = v
def s11(y): y[y.detach() > 2] = v[0]
def s12(y): y[torch.tensor([True, False])] = v
def s13(y): y[None, 0] = v
def s14(y): y[..., 1:] = v[:2]
def s15(y): y[1, [0, 2]] = v[:2]
def s16(y): y[:, [0, 2]] = v[:2]
def s17(y): y[::2] = v
def s18(y): y[0][1] = v[0]
def s19(y): y[0][[0, 1]] = v[:2]
def s20(y): y[True] = v
def s21(y): y[False] = v
def s22(y): y[1:, 1:] = v[:2] * 2
def s23(y): y[0] = y[1]
def s24(y): y[0] = y[0] * v
def s25(y): y.T[0] = v[:2]
def s26(y): y.view(-1)[::2] = v
def s27(y): y[0] = 5
def s28(y): y[[0, 1]] = 5.
def s29(y): y[0] = torch.tensor(3)
def s30(y): y[0] = v.double()
def s31(y): y[0:0] = v
def s32(y): y[[]] = v
def s33(y): y[2] = v
def s34(y): y[0, 0, 0] = 1
def s35(y): y[0] = v[:2]
def s36(y): y[0] = v.view(1, 3)
def s37(y): y[0] = v.view(1, 1, 3)
def s38(y): y[0] = v.view(3, 1)
def s39(y): y[np.array([0, 1])] = v
def s40(y): y[(0, 1)] = v[0]
def s41(y): y[[0], [1]] = v[0]
def s42(y): y[torch.tensor(0)] = v
def s43(y): y[torch.tensor([[0, 1], [1, 0]]), 0] = v[0]
def s44(y): y[-1] = v
def s45(y): y[range(2)] = v
def s46(y): y[0, :2] = v[:2].detach()
def s47(y): y[y > 2] *= 2
def s48(y): y[0] += v
def s49(y): y[:, 1] -= v[:2]
def s50(y): y[[0, 0]] += v
for i in range(1, 51):
    check(eval('s%d' % i))
""",
    "swap": """
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 1
y[0], y[1] = y[1], y[0]
y
y = x * 1
y[[0, 1]] = y[[1, 0]]
y
(y * torch.tensor([1., 10.])).sum().backward()
x.grad
y = x * 1
a = y[0].clone(); y[0] = y[1]; y[1] = a
y
(y * torch.tensor([1., 10.])).sum().backward()
x.grad
""",
    "in-place functions and gradients": """
x = torch.tensor([-1., 0.5, 2.], requires_grad=True)
o = torch.tensor([1., 2., 3.], requires_grad=True)
def check(f):
    x.grad = o.grad = None
    y = x * 1
    try:
        r = f(y)
        (y * torch.tensor([1., 2., 4.])).sum().backward()
        print(r is y, type(y.grad_fn).__name__, y.detach(), x.grad, o.grad)
    except Exception as e:
        print(type(e).__name__, str(e).splitlines()[0][:60])
for t in '''abs_() neg_() exp_() sin_() cos_() tanh_() sigmoid_() relu_() square_() sqrt_() reciprocal_()
floor_() ceil_() round_() trunc_() sign_() frac_() log_() log1p_() expm1_() erf_() clamp_(0,1)
clamp_min_(0) clamp_max_(1) pow_(2) pow_(o) add_(o) add_(o,alpha=2) sub_(o) mul_(o) div_(o) mul_(3)
div_(2) div_(o,rounding_mode='floor') remainder_(2) fmod_(2) atan_() zero_() fill_(2) fill_(o[0])
addcmul_(o,o) addcdiv_(o,o,value=2) lerp_(o,0.5) lerp_(o,o)
masked_fill_(torch.tensor([True,False,True]),7) masked_fill_(torch.tensor([True,False,True]),o[1])
index_fill_(0,torch.tensor([0]),9) index_fill_(0,torch.tensor([0]),o[2])
index_add_(0,torch.tensor([0,0]),o[:2]) index_add_(0,torch.tensor([0]),o[:1],alpha=3)
index_copy_(0,torch.tensor([2]),o[:1]) scatter_(0,torch.tensor([1]),o[:1])
scatter_(0,torch.tensor([1]),5.) scatter_add_(0,torch.tensor([1,1]),o[:2])
index_put_((torch.tensor([0]),),o[0]) index_put_((torch.tensor([0,0]),),o[:2],accumulate=True)
put_(torch.tensor([1]),o[:1]) put_(torch.tensor([1,1]),o[:2],accumulate=True) copy_(o) hypot_(o)
atan2_(o) copysign_(o) maximum(o) xlogy_(o) eq_(0) unsqueeze_(0) t_() squeeze_() swapaxes_(0,0)
rsqrt_() exp2_() nan_to_num_() sinh_() acos_() float_power_(2) true_divide_(o) multiply_(o)
subtract_(o) negative_() absolute_() ldexp_(o) sgn_() logit_() clip_(0,1)'''.split():
    print(t, end=' '); check(eval('lambda y: y.' + t))
""",
    "fill": """
x = torch.ones(3, requires_grad=True)
y = x * 2
y.fill_(3).grad_fn.name()
y.sum().backward()
x.grad
y = x * 2
s = torch.tensor(2., requires_grad=True)
y.fill_(s).grad_fn.name()
y.sum().backward()
x.grad, s.grad
z = torch.zeros(3)
z.fill_(s)
z.requires_grad
z = torch.zeros(3)
z[1:].fill_(s)
z
z.sum().backward()
s.grad
z = torch.zeros(3)
z.fill_(torch.ones(2))
z.fill_(torch.ones(1))
z.fill_('a')
y = x * 2
y.zero_().grad_fn.name()
y[0].zero_()
y.requires_grad
torch.zeros_like(y).requires_grad
""",
    "index_put_ and masks": """
x = torch.zeros(3, 3)
w = torch.ones(2, requires_grad=True)
x.index_put_((torch.tensor([0, 1]), torch.tensor([1, 2])), w)
x.requires_grad
x.sum().backward()
w.grad
y = torch.zeros(3, 3)
y.index_put_((torch.tensor([0, 0]),), torch.ones(3), accumulate=True)
y.index_put_([torch.tensor([0])], torch.tensor(2.))
y.index_put_((torch.tensor([True, False, True]),), torch.tensor(5.))
y.index_put_((torch.tensor([0]),), 5.)
y.index_put_((torch.tensor([5]),), torch.tensor(5.))
y.index_put_((torch.tensor([0, 1]),), torch.ones(2))
y.index_put_((torch.tensor([0.]),), torch.ones(2))
y.masked_fill_(torch.ones(2, dtype=torch.bool), 1)
y.masked_fill_(torch.ones(3, dtype=torch.uint8), 1)
y.masked_fill_(torch.ones(3, dtype=torch.bool), torch.ones(3))
y.masked_fill_(torch.ones(3, dtype=torch.bool), torch.tensor(2))
y.masked_fill_(torch.ones(1, 1, 3, dtype=torch.bool), 1)
y.scatter_(0, torch.tensor([[0, 1, 2]]), w.view(1, 2))
y.scatter_(0, torch.tensor([[0, 1]]), w.view(1, 2))
y.scatter_(5, torch.tensor([[0, 1]]), w.view(1, 2))
y.scatter_(0, torch.tensor([[0, 7]]), 1.)
y.scatter_(0, torch.tensor([0, 1]), 1.)
""",
}
