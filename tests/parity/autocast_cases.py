"""Calls whose results have other types under autocast: of tensors `a`, `b` (matrices), `v`, `x` (images), …"""

from __future__ import annotations

CASES = [
    # products
    *("a @ b", "torch.matmul(a, b)", "a.matmul(b)", "torch.mm(a, b)", "a.mm(b)", "torch.mv(a, v)", "torch.dot(v, v)"),
    *("torch.bmm(t, t)", "t @ t", "t @ v", "v @ a", "torch.outer(v, v)", "torch.inner(a, b)", "torch.ger(v, v)"),
    *("torch.addmm(a, a, b)", "a.addmm(a, b)", "torch.addmv(v, a, v)", "torch.addbmm(a, t, t)", "torch.addr(a, v, v)"),
    *("torch.baddbmm(t, t, t)", "torch.einsum('ij,jk->ik', a, b)", "torch.einsum('ii', a)"),
    "torch.einsum('ij,ik->ijk', a, b)",
    *("torch.einsum('ij,ij->ij', a, b)", "torch.einsum('ij,jk', a, b)", "torch.einsum('bij,bjk->bik', t, t)"),
    "torch.tensordot(a, b)",
    *("torch.tensordot(a, b, 1)", "torch.chain_matmul(a, b)", "torch.linalg.multi_dot([a, b, a])", "torch.kron(a, b)"),
    *("torch.vdot(v, v)", "torch.linalg.vecdot(a, b)", "torch.linalg.matmul(a, b)", "torch.matrix_power(a, 2)"),
    *("torch.linalg.matrix_power(a, 3)", "torch.trace(a)", "torch.cdist(a, b)", "torch.bilinear(a, b, t, v)"),
    *("F.linear(a, b)", "F.linear(a, b, v)", "F.bilinear(a, b, t)", "torch.nn.Linear(4, 2)(a)", "F.embedding(i, a)"),
    "F.scaled_dot_product_attention(t, t, t)",
    # layers
    *("F.conv1d(t, w1)", "F.conv2d(x, w2)", "F.conv3d(y, w3)", "torch.conv2d(x, w2)", "F.conv_transpose1d(t, w1)"),
    *("F.conv_transpose2d(x, w2)", "F.conv_transpose3d(y, w3)", "torch.nn.Conv2d(4, 2, 3)(x)", "F.unfold(x, 2)"),
    *("F.avg_pool1d(t, 2)", "F.avg_pool2d(x, 2)", "F.avg_pool3d(y, 2)", "F.max_pool1d(t, 2)", "F.max_pool2d(x, 2)"),
    *("F.max_pool3d(y, 2)", "F.adaptive_avg_pool1d(t, 2)", "F.adaptive_avg_pool2d(x, 2)"),
    *("F.adaptive_avg_pool3d(y, 2)", "F.adaptive_max_pool2d(x, 2)", "F.lp_pool2d(x, 2, 2)"),
    *("F.pad(t, (1, 1), 'reflect')", "F.pad(x, (1, 1, 1, 1), 'reflect')", "F.pad(t, (1, 1), 'replicate')"),
    *("F.pad(x, (1, 1, 1, 1), 'replicate')", "F.pad(x, (1, 1))", "F.pad(y, (1,) * 6, 'replicate')"),
    *("F.grid_sample(x, g)", "F.affine_grid(z, (2, 4, 3, 3))", "F.interpolate(x, scale_factor=2)"),
    *("F.layer_norm(a, (4,))", "F.batch_norm(a, None, None, training=True)", "F.group_norm(x, 2)"),
    "F.rms_norm(a, (4,))",
    *("F.relu(a)", "F.gelu(a)", "F.softmax(a, 0)", "F.log_softmax(a, 0)", "F.dropout(a, 0.5)", "F.softplus(a)"),
    *("F.normalize(a)", "F.cosine_similarity(a, b)", "F.pairwise_distance(a, b)", "F.pdist(a)", "F.prelu(a, v)"),
    # losses
    *("F.mse_loss(a, b)", "F.l1_loss(a, b)", "F.smooth_l1_loss(a, b)", "F.huber_loss(a, b)", "F.cross_entropy(a, i)"),
    *("F.nll_loss(a, i)", "F.nll_loss(x, j)", "F.binary_cross_entropy(a.sigmoid(), b.sigmoid())", "F.kl_div(a, b)"),
    *("F.binary_cross_entropy_with_logits(a, b)", "F.poisson_nll_loss(a, b)", "F.gaussian_nll_loss(a, b, b.exp())"),
    *("F.hinge_embedding_loss(a, s)", "F.cosine_embedding_loss(a, b, s[0])", "F.margin_ranking_loss(v, v, s[0])"),
    *("F.soft_margin_loss(a, s)", "F.triplet_margin_loss(a, b, a + 1)", "F.multi_margin_loss(a, i)"),
    *("F.multilabel_margin_loss(a, i[None].expand(4, 4))", "F.multilabel_soft_margin_loss(a, s)"),
    "F.ctc_loss(t.transpose(0, 1).contiguous(), i[None, :2].expand(2, 2) + 1, (4, 4), (1, 1))",
    # reductions and elementwise functions
    *("a.sum()", "a.prod()", "torch.prod(a, 0)", "a.mean()", "a.std()", "a.var()", "a.norm()", "torch.norm(a, dim=0)"),
    *("a.cumsum(0)", "a.cumprod(0)", "a.logsumexp(0)", "torch.quantile(a, 0.5)", "torch.nanquantile(a, 0.5)"),
    *("a.exp()", "a.log()", "a ** 2", "a + b", "a * 2.5", "a.sqrt()", "a.sin()", "torch.addcmul(a, a, b)"),
    "a.median()",
    *("torch.dist(a, b)", "torch.renorm(a, 2, 0, 1.0)", "torch.atan2(a, b)", "torch.cross(t[:, :3], t[:, :3], dim=1)"),
    # shapes
    *("torch.cat([a, c])", "torch.stack([a, c])", "torch.cat([a, b])", "torch.hstack([a, c])", "torch.vstack([a, c])"),
    *("torch.index_copy(a, 0, i, c)", "a + c", "a * c", "torch.where(a > 0, a, c)", "a @ c", "torch.concat([c, a])"),
    *("F.linear(a, c)", "torch.column_stack([a, c])", "torch.dstack([a, c])", "torch.lerp(a, b, 0.5)"),
    # linear algebra, Fourier transforms
    *("torch.linalg.inv(p)", "torch.inverse(p)", "torch.linalg.cholesky(p)", "torch.cholesky(p)", "torch.pinverse(p)"),
    *("torch.linalg.det(p)", "torch.det(p)", "torch.linalg.eigvalsh(p)", "torch.linalg.svdvals(p)", "torch.logdet(p)"),
    *("torch.linalg.qr(p)[0]", "torch.linalg.solve(p, b)", "torch.linalg.matrix_norm(a)", "torch.linalg.norm(a)"),
    *("torch.linalg.vector_norm(a)", "torch.linalg.cond(p)", "torch.linalg.matrix_exp(a)", "torch.linalg.pinv(p)"),
    *("torch.linalg.lstsq(p, b)[0]", "torch.linalg.eigh(p)[0]", "torch.linalg.slogdet(p)[1]", "torch.slogdet(p)[1]"),
    *("torch.cholesky_inverse(p)", "torch.cholesky_solve(b, p)", "torch.linalg.lu(p)[1]", "torch.svd(p)[1]"),
    *("torch.linalg.tensorinv(p.view(2, 2, 2, 2))", "torch.linalg.matrix_rank(p)", "torch.linalg.inv_ex(p)[0]"),
    *("torch.linalg.solve_triangular(p, b, upper=True)", "torch.triangular_solve(b, p)[0]", "torch.qr(p)[0]"),
    *("torch.fft.fft(a)", "torch.fft.rfft(a)", "torch.fft.irfft(a)", "torch.fft.fft2(a)", "torch.fft.ifftn(a)"),
    *("torch.fft.hfft(a)", "torch.stft(v.repeat(4), 8, window=v.repeat(2), return_complex=True)", "torch.polar(a, b)"),
    *("torch.view_as_complex(a.view(4, 2, 2))", "torch.complex(a, b)"),
]  # fmt: skip
