"""PyTorch Geometric: graph convolutions, attention, pooling, batches of graphs, training on nodes and graphs."""

import torch
import torch.nn.functional as F
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader
from torch_geometric.nn import (
    GATConv,
    GCNConv,
    GINConv,
    GraphConv,
    SAGEConv,
    TransformerConv,
    global_add_pool,
    global_max_pool,
    global_mean_pool,
)
from torch_geometric.utils import (
    add_self_loops,
    degree,
    softmax,
    spmm,
    to_dense_adj,
    to_torch_coo_tensor,
    to_torch_csr_tensor,
    to_undirected,
)

torch.manual_seed(0)
edges = to_undirected(torch.randint(30, (2, 60)))
data = Data(x=torch.randn(30, 8), edge_index=edges, y=torch.randint(3, (30,)))
print(data, data.num_edges, data.is_undirected(), degree(edges[0], 30).sum().item(), add_self_loops(edges)[0].shape)
print(to_dense_adj(edges)[0].sum().item(), softmax(torch.arange(4.0), torch.tensor([0, 0, 1, 1])))
for conv in (
    GCNConv(8, 4),
    GATConv(8, 4, heads=2),
    SAGEConv(8, 4),
    GraphConv(8, 4),
    TransformerConv(8, 4),
    GINConv(torch.nn.Linear(8, 4)),
):
    out = conv(data.x, data.edge_index)
    out.sum().backward()
    print(
        type(conv).__name__,
        tuple(out.shape),
        f"{out.abs().sum().item():.4f}",
        f"{sum(p.grad.abs().sum().item() for p in conv.parameters()):.4f}",
    )


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = GCNConv(8, 16), GATConv(16, 3)

    def forward(self, data):
        x = F.relu(self.one(data.x, data.edge_index))
        return self.two(F.dropout(x, 0.3, self.training), data.edge_index)


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for step in range(20):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(data), data.y)
    loss.backward()
    optimizer.step()
    if step % 5 == 0:
        print(step, f"{loss.item():.4f}")
graphs = [
    Data(x=torch.randn(n, 8), edge_index=torch.randint(n, (2, 3 * n)), y=torch.tensor([n % 2]))
    for n in (4, 5, 6, 7, 8, 9)
]
batch = Batch.from_data_list(graphs)
print(batch, [p(batch.x, batch.batch).sum().item() for p in (global_add_pool, global_mean_pool, global_max_pool)])
for part in DataLoader(graphs, batch_size=4, shuffle=True):
    print(part.num_graphs, part.x.shape, part.y.tolist(), part[0].num_nodes)
for layout, to_adjacency in (("coo", to_torch_coo_tensor), ("csr", to_torch_csr_tensor)):
    adjacency = to_adjacency(data.edge_index.flip(0), size=data.num_nodes)
    print(layout, spmm(adjacency, data.x, reduce="mean").abs().sum().item())
    for conv in (GCNConv(8, 4), SAGEConv(8, 4), GraphConv(8, 4)):
        out = conv(data.x, adjacency)
        out.sum().backward()
        print(
            layout,
            type(conv).__name__,
            f"{out.abs().sum().item():.4f}",
            f"{sum(p.grad.abs().sum().item() for p in conv.parameters()):.4f}",
        )
