"""Programs about storages, for `test_storages`; `x`, `v`, `s` are a tensor, a view of it, and their storage."""

from __future__ import annotations

START = """
x = torch.arange(6.0)
v = x.view(2, 3)
s = x.untyped_storage()
U, T = torch.UntypedStorage, torch.TypedStorage
"""

PROGRAMS = {
    "identity": """
s is x.untyped_storage(), s is v.untyped_storage(), s is x[2:].untyped_storage(), s is x[:0].untyped_storage()
s is x.detach().untyped_storage(), s is x.data.untyped_storage(), s is x.view(torch.int32).untyped_storage()
s is torch.view_as_complex(x.view(3, 2)).untyped_storage(), s is v.t().untyped_storage()
s is v.t().contiguous().untyped_storage(), s is x.clone().untyped_storage(), s == s, s != 3, s is s.untyped()
s.data_ptr() == x.data_ptr() == v.data_ptr(), s._cdata == x.untyped_storage()._cdata, hash(s) == hash(s)
torch.ones(2, 3)[1:].untyped_storage().nbytes(), torch.ones(3).expand(4, 3).untyped_storage().nbytes()
torch.empty(0).untyped_storage().data_ptr(), torch.empty(0).untyped_storage() is torch.empty(0).untyped_storage()
s.abc = 3
x.untyped_storage().abc
x.storage().untyped() is s, x._typed_storage().untyped() is s, x.storage().data_ptr() == x.data_ptr()
torch.empty(0, 2).stride(), torch.empty(3, 0, 2).stride()
""",
    "what an untyped storage is": """
s
U()
len(s), s.nbytes(), s.size(), s.element_size(), s.device, s.is_cuda, s.is_sparse, s.is_sparse_csr, s.is_hpu
s.is_shared(), s.is_pinned(), s.type(), s.resizable(), s.filename, s.get_device(), bool(U(0)), bool(U(1))
torch.is_storage(s), torch.is_storage(x), torch.is_storage(x.storage()), torch.is_storage(torch.FloatStorage)
torch.UntypedStorage, torch.storage.UntypedStorage, torch.typename(s), type(s)
s.tolist(), list(s)[:8], bytes(s), 64 in s
s[0], s[6], s[-1], s[0:4], s[-4:], s[3:1], s[2:100].tolist()
s[:4].data_ptr() == s.data_ptr(), s[4:8].data_ptr() - s.data_ptr(), s[4:8].untyped() is s
s[np.int64(6)]
s[100]
s[0:4:2]
s['a']
s[1.0]
s[True]
s[torch.tensor(3)]
""",
    "making untyped storages": """
U([1, 2, 3]), U((1, 2)), U(range(3)), U(b'abc'), U([300]), U([-1]), U(U([1, 2])), U(4, device='cpu').nbytes()
U(np.int64(3)).size()
U(3.5)
U(True)
U([1.5, 2])
U(['a'])
U('abc')
U(torch.ones(2))
U(np.array([1, 2]))
U(-1)
U(3, 4)
U(a=3)
U(3, device='cuda')
U(3, device='nope')
s.new(), s.clone() is s, s.clone().tolist() == s.tolist(), s.cpu() is s, s.to(device='cpu') is s
s.pin_memory()
U.from_buffer(b'abcd', byte_order='big', dtype=torch.int16), U.from_buffer(b'abcd', dtype=torch.uint8)
U.from_buffer(b'abcd', dtype=torch.uint8, offset=1, count=2), U.from_buffer(b'', dtype=torch.uint8)
U.from_buffer(b'abcd', 'little', 0, 1, torch.int16)
U.from_buffer(b'ab' * 8, dtype=torch.complex64, byte_order='big')
U.from_buffer(b'abcd')
U.from_buffer(b'abcde', dtype=torch.int16)
U.from_buffer(b'ab', dtype=torch.bool)
U.from_buffer(b'abcde', dtype=torch.int16, byte_order='big')
U.from_buffer(b'abcd', dtype=torch.int16, byte_order='x')
U.from_buffer(b'abcd', dtype=torch.int32, byte_order='little', count=3)
U.from_buffer(3, dtype=torch.uint8)
""",
    "changing untyped storages": """
s[0] = 5
s[1:3] = 7
s[-3:] = 300
s[4] = True
s.tolist()
s[0:4:2] = 1
s[0] = 5.5
s[0] = 'a'
s[100] = 3
s[-30] = 3
s['a'] = 3
s[0:2] = U([7, 8])
s.fill_(1)
s.fill_(-3)[0], s.fill_(True)[0]
s.fill_(1.5)
s.fill_('a')
s.copy_(U(24).fill_(2), non_blocking=True) is s, s.copy_(torch.FloatStorage([0, 1, 2, 3, 4, 5])) is s, x
s.copy_(U(3))
s.copy_(3)
s.byteswap(torch.float32)
s.byteswap(torch.int16)
s.tolist()
p = torch.ones(3, requires_grad=True)
p.untyped_storage().fill_(0).nbytes(), p, p._version
""",
    "untyped storages of other sizes": """
s.resize_(48) is s, s.nbytes(), x.untyped_storage() is s, v.untyped_storage() is s
x.data_ptr() == s.data_ptr() == v.data_ptr(), x, v
s.fill_(0)[0], x, v, x[1:], x.shape
s.resize_(4).nbytes(), x.shape, s.resize_(24).nbytes(), s.resize_(0).data_ptr(), s.resize_(24).nbytes()
s.resize_(-1)
s.resize_('a')
s.resize_(3.5)
q = x[2:].resize_(8)
q.untyped_storage() is x.untyped_storage(), x.untyped_storage().nbytes(), q.storage_offset()
p = torch.ones(2, requires_grad=True)
p.untyped_storage().resize_(100).nbytes()
(p * 3).sum().backward()
p.grad, p
p.detach().fill_(2) is p, p
""",
    "conversions": """
u = U([0, 1, 200])
u.byte(), u.char(), u.bool(), u.short(), u.int(), u.long(), u.half(), u.float(), u.double(), u.bfloat16()
u.complex_float(), u.complex_double()
f = torch.FloatStorage([0, 1.5, 3])
f.byte(), f.char(), f.bool(), f.short(), f.int(), f.long(), f.half(), f.double(), f.bfloat16(), f.complex_float()
f.float() is f, f.type(), u.type(), f.cpu().tolist(), f.to(device='cpu').tolist()
u.type('torch.storage.UntypedStorage') is u
""",
    "what a typed storage is": """
t = x.storage()
t
len(t), t.size(), t.nbytes(), t.element_size(), t.dtype, t.device, t.is_cuda, t.is_sparse, t.is_hpu, t.get_device()
t.is_shared(), t.is_pinned(), t.resizable(), t.filename, t.type(), t.pickle_storage_type(), t.untyped() is s
t[0], t[-1], t.tolist(), list(t), t == t, t == x.storage(), t._cdata == s._cdata
t[9]
t['a']
t[1:3]
t[True]
t[0] = 5
t[1:3] = 7
x
t[3:] = torch.tensor([1., 2., 3.])
t[0] = torch.tensor(9)
x
t[9] = 1
t['a'] = 1
t[0:2] = [5, 6]
t.fill_(2) is t, x
t.copy_(torch.FloatStorage([1, 2, 3, 4, 5, 6])) is t, x
t.copy_(torch.FloatStorage(2))
t.copy_(3)
t.resize_(8)
len(t), x, x.untyped_storage().nbytes()
t.clone().data_ptr() == t.data_ptr()
torch.ones(2, dtype=torch.bool).storage(), torch.ones(2, dtype=torch.complex64).storage()
torch.ones(2, dtype=torch.bfloat16).storage(), torch.ones(2, dtype=torch.bfloat16).storage()[0]
[torch.ones(1, dtype=d).storage_type() for d in (torch.float32, torch.int64, torch.bool, torch.complex128)]
""",
    "making typed storages": """
T([1, 2, 3], dtype=torch.int32), T(dtype=torch.float32), T(), len(T(3)), T((1, 2), dtype=torch.int8)
T(wrap_storage=U([0, 0, 128, 63]), dtype=torch.float32), T([1.5, 2], dtype=torch.int8)
len(T(wrap_storage=U(3), dtype=torch.int32)), T(wrap_storage=U(3), dtype=torch.int32).tolist()
T(wrap_storage=U(8))
T(wrap_storage=3, dtype=torch.int8)
T(3, dtype=3)
T(1, 2, dtype=torch.int8)
T(torch.ones(3), dtype=torch.float32)
T(None, dtype=torch.int8)
T(2.5, dtype=torch.int8)
T(3, wrap_storage=U(3), dtype=torch.int32)
T(wrap_storage=U(8), dtype=torch.int32, device='cpu')
T.from_buffer(b'abcd', dtype=torch.int32, byte_order='little'), T.from_buffer(b'abcd', dtype=torch.uint8)
T.from_file('nowhere', True, 4)
torch.FloatStorage(), torch.FloatStorage([1, 2.5]), torch.FloatStorage(wrap_storage=U([0, 0, 128, 63]))
torch.Storage is torch.FloatStorage, torch.FloatStorage, torch.FloatStorage.dtype, type(torch.FloatStorage)
type(torch.FloatStorage(3)), issubclass(torch.FloatStorage, T), torch.FloatStorage.__module__
isinstance(torch.FloatStorage(3), torch.FloatStorage), isinstance(torch.FloatStorage(3), torch.DoubleStorage)
isinstance(x.storage(), torch.FloatStorage), isinstance(U(3), torch.FloatStorage)
isinstance(torch.FloatStorage(3), T), isinstance(torch.FloatStorage(3), U)
torch.FloatStorage(3, dtype=torch.int8)
torch.FloatStorage(3, device='cuda')
torch.FloatStorage(1, 2)
torch.FloatStorage(torch.ones(2))
torch.FloatStorage(3, wrap_storage=U(8))
torch.FloatStorage(wrap_storage=3)
torch.FloatStorage(nono=3)
torch.storage._LegacyStorage(3)
torch.FloatStorage.from_buffer(b'abcd', byte_order='little'), torch.ByteStorage.from_buffer(b'ab')
torch.FloatStorage.from_buffer(b'abcd', byte_order='little', dtype=torch.float32)
torch.HalfStorage([1]), torch.BFloat16Storage([1]), torch.BoolStorage([1, 0]), torch.ComplexFloatStorage([1, 2j])
torch.LongStorage([1]), torch.IntStorage([1]), torch.ShortStorage([1]), torch.CharStorage([1]), torch.DoubleStorage([1])
""",
    "tensors of storages": """
torch.tensor(torch.FloatStorage([1, 2])), torch.asarray(torch.FloatStorage([1]))
torch.as_tensor(torch.IntStorage([1]))
torch.asarray(torch.IntStorage([1]), dtype=torch.int32)
torch.tensor(U([1] * 16)), torch.asarray(U([1, 2]), dtype=torch.uint8), torch.as_tensor(U([1, 0]), dtype=torch.int16)
torch.asarray(s, dtype=torch.float32).untyped_storage() is s, torch.as_tensor(x.storage()).untyped_storage() is s
torch.asarray(torch.FloatStorage([1, 2]), requires_grad=True)
torch.asarray(torch.FloatStorage([1, 2]), dtype=torch.float64)
torch.as_tensor(torch.FloatStorage([1, 2]), dtype=torch.int32)
torch.Tensor(x.storage()).untyped_storage() is s, torch.Tensor(s), torch.FloatTensor(s), torch.ByteTensor(U([1, 2]))
torch.ones(1).new(s).untyped_storage() is s
torch.frombuffer(U([1, 2]), dtype=torch.uint8)
""",
    "set_": """
x.set_(U([0, 0, 128, 63])), x.untyped_storage().nbytes()
x.set_(U([0, 0, 128, 63] * 6), 2, (2, 2), (1, 1)), x.set_(s, 2, (2, 2)).stride()
x.set_(s, 1, (2,), (1,)), x.untyped_storage() is s, x.storage_offset(), x._version
q = U(0)
x.set_(q, 0, (8,), (1,)).shape, q.nbytes()
x.set_(torch.FloatStorage([1, 2, 3]), 1, (2,)), x.set_(torch.FloatStorage([1, 2, 3]))
x.set_(source=torch.FloatStorage([1, 2, 3]), storage_offset=1, size=(2,), stride=(1,))
x.set_(torch.ones(6), 1, (2,), (2,)), x.set_(torch.zeros(6, dtype=torch.int32), 1, (2,), (2,))
x.set_(s, 0, ()).shape, x.set_(s, 0, [2]), x.set_(s, 0, (2, 0)).shape, x.set_(U(3)).shape
torch.tensor([], dtype=torch.int16).set_(U([1, 0, 2, 0, 3, 0]), 1, torch.Size([2]), (1,))
torch.tensor([], dtype=torch.bfloat16).set_(U([128, 63])), torch.Tensor().set_(s).shape
x.set_(s, -1, (2,), (1,))
x.set_(s, 0, (2,), (-1,))
x.set_(s, 0, (-2,), (1,))
x.set_(s, 0, (2,), (1, 1))
x.set_(s, 0)
x.set_(3)
x.set_(torch.IntStorage([1, 2, 3]))
x.set_(torch.ones(3, dtype=torch.int32))
x.set_()
p = torch.ones(3, requires_grad=True)
p.set_(s)
p.data.set_(U([0] * 8)), p
with torch.no_grad():
    p.set_(U([0, 0, 128, 63]))
p
y = torch.arange(6.0)
w = y.view(2, 3)
w.set_(s, 1, (2,), (1,)), y, w._is_view()
""",
    "resize": """
x.resize_(8).shape, s.nbytes(), x.untyped_storage() is s, v.untyped_storage() is s, v.data_ptr() == x.data_ptr()
x.fill_(3).shape, v
x.resize_(2), s.nbytes()
y = torch.arange(6.0)
w = y.view(2, 3)
w.resize_(3, 3).fill_(3).shape, y
y.resize(2, 3), y.resize(6).shape, y.resize_as(torch.ones(3, 2)), torch.ones(2, requires_grad=True).resize(1, 2).shape
y.resize(8)
y.resize_as(torch.ones(2, 4))
y.resize_(2, memory_format=torch.contiguous_format)
w.t().resize_(3, 3).stride(), w.t().resize_as_(w.t()).stride()
y.resize_as_(3)
torch.ones(2, requires_grad=True).resize_(3)
""",
    "copies": """
import copy, pickle
a = copy.deepcopy([x, s, x[1:], v])
a[0].untyped_storage() is a[1], a[2].untyped_storage() is a[1], a[3].untyped_storage() is a[1], a[1] is s
b = copy.deepcopy([s, x, x.storage()])
b[1].untyped_storage() is b[0], b[2].untyped() is b[0], copy.copy(s) is s, copy.copy(s).tolist() == s.tolist()
copy.copy(x.storage()).untyped() is s, copy.deepcopy(x.storage()).tolist()
pickle.loads(pickle.dumps(x.storage()))
pickle.loads(pickle.dumps(torch.BoolStorage([True, False])))
""",
    "shared memory": """
x.is_shared(), x.share_memory_() is x, x.is_shared(), v.is_shared(), s.is_shared(), x.untyped_storage() is s
x, v, x.data_ptr() == v.data_ptr() == s.data_ptr(), s.share_memory_() is s, s.filename
v.fill_(1).shape, x
torch.nn.Linear(2, 2).share_memory().weight.is_shared(), torch.nn.Linear(2, 2).weight.is_shared()
U._new_shared(3), U._new_shared(3).is_shared()
torch.ones(2, requires_grad=True).share_memory_()
""",
    "batched": """
torch.vmap(lambda t: t.untyped_storage().nbytes())(torch.ones(2, 3))
x.view(dtype=torch.int32).shape, x.view(size=(2, 3)).shape, x[:0].view(torch.int16).shape
""",
}
