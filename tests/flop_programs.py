"""Programs whose floating-point operations are counted: what they compute, by a name."""

PROGRAMS = {
    "matrices": "(a @ b).sum().backward()",
    "one that needs no gradient": "(a @ b.detach()).sum().backward()",
    "no gradients": "a.detach() @ b.detach()",
    "a matrix and a vector": "(a @ v).sum().backward()",
    "a vector and a matrix": "(v @ b).sum().backward()",
    "vectors": "(v @ v).sum().backward()",
    "batches": "(B @ C).sum().backward()",
    "a batch and a matrix": "(B @ b).sum().backward()",
    "a batch and a vector": "(B @ v).sum().backward()",
    "a matrix and a batch": "(a @ C).sum().backward()",
    "a vector and a batch": "(v @ C).sum().backward()",
    "batches of batches": "(D @ C).sum().backward()",
    "linear": "nn.Linear(5, 6)(a).sum().backward()",
    "linear of data": "nn.Linear(5, 6)(a.detach()).sum().backward()",
    "linear without bias": "nn.Linear(5, 6, bias=False)(a).sum().backward()",
    "linear of a batch": "nn.Linear(5, 6)(B).sum().backward()",
    "linear of a view": "nn.Linear(4, 6)(B.mT).sum().backward()",
    "linear of a vector": "nn.Linear(5, 6)(v).sum().backward()",
    "einsum": "m.einsum('ij,jk->ik', a, b).sum().backward()",
    "einsum of batches": "m.einsum('bij,bjk->bik', B, C).sum().backward()",
    "einsum of three": "m.einsum('bij,bjk,ik->b', B, C, m.ones(4, 6)).sum().backward()",
    "an outer product": "m.einsum('i,j->ij', v, v).sum().backward()",
    "bilinear": "nn.Bilinear(5, 5, 3)(a, a).sum().backward()",
    "addmm": "m.addmm(m.zeros(6), a, b).sum().backward()",
    "baddbmm": "m.baddbmm(m.zeros(6), B, C).sum().backward()",
    "addbmm": "m.addbmm(m.zeros(6), B, C).sum().backward()",
    "addmv": "m.addmv(m.zeros(4), a, v).sum().backward()",
    "tensordot": "m.tensordot(B, C, dims=([0, 2], [0, 1])).sum().backward()",
    "convolution": "nn.Conv2d(3, 8, 3)(m.ones(2, 3, 10, 10)).sum().backward()",
    "strides": "nn.Conv2d(3, 8, 3, padding=1, stride=2)(m.ones(2, 3, 9, 9, requires_grad=True)).sum().backward()",
    "groups": "nn.Conv2d(4, 8, 3, groups=2)(m.ones(2, 4, 10, 10, requires_grad=True)).sum().backward()",
    "one image": "nn.Conv1d(3, 8, 3)(m.ones(3, 10, requires_grad=True)).sum().backward()",
    "in space": "nn.Conv3d(3, 8, 3)(m.ones(1, 3, 5, 5, 5, requires_grad=True)).sum().backward()",
    "transposed": "nn.ConvTranspose2d(3, 8, 3, stride=2)(m.ones(2, 3, 5, 5, requires_grad=True)).sum().backward()",
    "attention": "F.scaled_dot_product_attention(q, q, q, is_causal=True).sum().backward()",
    "attention with dropout": "F.scaled_dot_product_attention(q, q, q, dropout_p=0.1).sum().backward()",
    "attention of three dimensions": "F.scaled_dot_product_attention(q[0], q[0], q[0]).sum().backward()",
    "LSTM": "nn.LSTM(5, 4, 2)(B)[0].sum().backward()",
    "LSTM in float64": "nn.LSTM(5, 4, 2).double()(B.double())[0].sum().backward()",
    "GRU": "nn.GRU(5, 4)(B)[0].sum().backward()",
    "LSTMCell": "nn.LSTMCell(5, 4)(a.detach())[0].sum().backward()",
    "heads": "nn.MultiheadAttention(5, 1)(B, B, B)[0].sum().backward()",
    "heads without weights": "nn.MultiheadAttention(5, 1)(B, B, B, need_weights=False)[0].sum().backward()",
    "transformer": "nn.TransformerEncoderLayer(5, 1, 16)(B.detach()).sum().backward()",
    "an inner product": "m.cdist(m.ones(30, 5, requires_grad=True), m.ones(30, 5)).sum().backward()",
    "powers": "m.matrix_power(m.ones(3, 3, requires_grad=True), 3).sum().backward()",
    "a chain": "m.linalg.multi_dot([a, b, b.T]).sum().backward()",
    "in place": "m.mm(a.detach(), b.detach(), out=m.empty(4, 6))",
    "vmap": "m.func.vmap(lambda x: x @ b)(B.detach())",
    "a checkpoint": "m.utils.checkpoint.checkpoint(nn.Linear(5, 6), a, use_reentrant=False).sum().backward()",
    "second order": "m.autograd.grad((a @ b).pow(2).sum(), (a, b), create_graph=True)[0].sum().backward()",
    "the gradient of one": "m.autograd.grad((a @ b).sum(), a)",
    "the gradient of a large one": (
        "x, w = m.ones(40, 50, requires_grad=True), m.ones(50, 60, requires_grad=True);"
        "m.autograd.grad((x @ w).tanh().sum(), x)"
    ),
    "one gradient of second order": (
        "g = m.autograd.grad((a @ b).pow(2).sum(), a, create_graph=True)[0]; m.autograd.grad(g.sum(), b)"
    ),
    "the gradient of the input of a layer": "m.autograd.grad(F.linear(a, m.ones(6, 5, requires_grad=True)).sum(), a)",
    "the gradient of an image": (
        "x, w = m.ones(2, 3, 10, 10, requires_grad=True), m.ones(8, 3, 3, 3, requires_grad=True);"
        "m.autograd.grad(F.conv2d(x, w).sum(), x)"
    ),
    "convolutions of second order": (
        "x, w = m.ones(2, 3, 6, 6, requires_grad=True), m.ones(4, 3, 3, 3, requires_grad=True);"
        "m.autograd.grad(F.conv2d(x, w).pow(2).sum(), (x, w), create_graph=True)[0].sum().backward()"
    ),
    "a function of its own": (
        "class Own(m.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, x, y):\n"
        "        ctx.save_for_backward(x, y)\n"
        "        return x @ y\n"
        "    @staticmethod\n"
        "    def backward(ctx, g):\n"
        "        x, y = ctx.saved_tensors\n"
        "        return g @ y.T, x.T @ g\n"
        "Own.apply(a, b).sum().backward()"
    ),
}
"""By the name of what they show; `a` (4, 5), `b` (5, 6), `v` (5,), `B` (3, 4, 5), `C` (3, 5, 6), `D` (2, 3, 4, 5) …"""


def names_for(m):
    """What a program finds."""
    shapes = {"a": (4, 5), "b": (5, 6), "v": (5,), "B": (3, 4, 5), "C": (3, 5, 6), "D": (2, 3, 4, 5), "q": (2, 4, 6, 8)}
    made = {name: m.ones(*shape, requires_grad=True) for name, shape in shapes.items()}
    return {"m": m, "nn": m.nn, "F": m.nn.functional, **made}
