"""skorch: a classifier and a regressor in scikit-learn's form, in a pipeline, cross-validated, saved."""

import pickle

import numpy as np
import torch
from sklearn.datasets import make_classification, make_regression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping, EpochScoring, LRScheduler
from torch import nn


class Net(nn.Module):
    def __init__(self, inputs=20, hidden=10, outputs=2, classify=True):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(0.2), nn.Linear(hidden, outputs))
        self.classify = classify

    def forward(self, x):
        out = self.layers(x)
        return torch.softmax(out, -1) if self.classify else out


def told(net, *names):
    for entry in net.history:
        print(entry["epoch"], *(f"{name}={entry[name]:.4f}" for name in names))


X, y = make_classification(300, 20, n_informative=10, random_state=0)
X, y = X.astype(np.float32), y.astype(np.int64)
torch.manual_seed(0)
net = NeuralNetClassifier(
    Net, max_epochs=5, lr=0.1, iterator_train__shuffle=True, verbose=0, callbacks=[LRScheduler("StepLR", step_size=2)]
)
net.fit(X, y)
told(net, "train_loss", "valid_loss", "valid_acc")
print("probabilities", [f"{v:.4f}" for v in net.predict_proba(X[:3]).ravel()])
print("saved", np.array_equal(pickle.loads(pickle.dumps(net)).predict(X), net.predict(X)))

torch.manual_seed(0)
pipe = Pipeline([("scale", StandardScaler()), ("net", NeuralNetClassifier(Net, max_epochs=3, lr=0.1, verbose=0))])
print("cross validated", [f"{v:.3f}" for v in cross_val_score(pipe, X, y, cv=3, scoring="accuracy")])

torch.manual_seed(0)
search = GridSearchCV(
    NeuralNetClassifier(Net, max_epochs=3, verbose=0, train_split=False),
    {"lr": [0.01, 0.1], "module__hidden": [5, 10]},
    cv=2,
    scoring="accuracy",
)
search.fit(X, y)
print("search", sorted(search.best_params_.items()), f"{search.best_score_:.3f}")

X, y = make_regression(200, 20, n_informative=10, random_state=0)
X, y = X.astype(np.float32), (y.astype(np.float32) / 100).reshape(-1, 1)
torch.manual_seed(0)
net = NeuralNetRegressor(
    Net,
    module__outputs=1,
    module__classify=False,
    optimizer=torch.optim.Adam,
    max_epochs=6,
    lr=0.02,
    verbose=0,
    callbacks=[EarlyStopping(patience=3), EpochScoring("r2", lower_is_better=False)],
)
net.fit(X, y)
told(net, "train_loss", "valid_loss", "r2")
