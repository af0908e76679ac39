"""TorchMetrics: classification, regression, retrieval, image and text measures, batch by batch; losses of metrics."""

import torch
import torchmetrics as tm
import torchmetrics.functional as F

torch.manual_seed(0)
preds, target = torch.randn(200, 5).softmax(-1), torch.randint(5, (200,))
for metric in (
    tm.Accuracy("multiclass", num_classes=5),
    tm.F1Score("multiclass", num_classes=5, average="macro"),
    tm.Precision("multiclass", num_classes=5, average=None),
    tm.Recall("multiclass", num_classes=5, average="weighted"),
    tm.ConfusionMatrix("multiclass", num_classes=5),
    tm.AUROC("multiclass", num_classes=5),
    tm.AveragePrecision("multiclass", num_classes=5),
    tm.CohenKappa("multiclass", num_classes=5),
    tm.MatthewsCorrCoef("multiclass", num_classes=5),
    tm.CalibrationError("multiclass", num_classes=5),
    tm.HingeLoss("multiclass", num_classes=5),
):
    for p, t in zip(preds.split(50), target.split(50)):
        metric.update(p, t)
    print(type(metric).__name__, metric.compute())
scores, labels = torch.rand(100), torch.randint(2, (100,))
print("roc", F.roc(scores, labels, task="binary", thresholds=5))
print("binary", F.auroc(scores, labels, "binary"), F.accuracy(scores, labels, "binary"))
x, y = torch.randn(100), torch.randn(100)
for name in (
    "MeanSquaredError",
    "MeanAbsoluteError",
    "R2Score",
    "PearsonCorrCoef",
    "SpearmanCorrCoef",
    "ExplainedVariance",
):
    metric = getattr(tm, name)()
    metric(x, x + 0.3 * y)
    print(name, metric.compute())
print("retrieval", tm.RetrievalMAP()(scores, labels, indexes=torch.arange(100) // 10))
a, b = torch.rand(2, 3, 48, 48), torch.rand(2, 3, 48, 48)
print(
    "images", tm.PeakSignalNoiseRatio()(a, b), tm.StructuralSimilarityIndexMeasure(data_range=1.0)(a, 0.7 * a + 0.3 * b)
)
print(
    "text",
    tm.text.WordErrorRate()(["a cat sat"], ["the cat sat down"]),
    tm.text.BLEUScore()(["the cat is on the mat"], [["the cat is on the mat"]]),
)
print("mean", tm.MeanMetric()(torch.tensor([1.0, 2.0])), tm.MaxMetric()(torch.tensor([1.0, 2.0])))
collection = tm.MetricCollection([tm.MeanSquaredError(), tm.MeanAbsoluteError()])
print({k: v for k, v in collection(x, y).items()})
state = tm.MeanSquaredError()
state.persistent(True)
state(x, y)
print(sorted(state.state_dict()), (2 * state).compute() if hasattr(2 * state, "compute") else None)
g = torch.randn(2, 16, requires_grad=True)
F.signal_noise_ratio(g, torch.ones(2, 16)).sum().backward()
print("gradient", g.grad.norm())
