"""Captum: attributions of a network's outputs to its inputs, layers and neurons, by gradients and by perturbation."""

import numpy as np
import torch
from captum.attr import (
    DeepLift,
    FeatureAblation,
    GradientShap,
    GuidedBackprop,
    InputXGradient,
    IntegratedGradients,
    KernelShap,
    LayerConductance,
    LayerGradCam,
    LayerIntegratedGradients,
    NeuronConductance,
    NoiseTunnel,
    Occlusion,
    Saliency,
    ShapleyValueSampling,
)
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3))
x, base = torch.randn(4, 6), torch.zeros(4, 6)
for method in (Saliency, InputXGradient, IntegratedGradients, DeepLift, GuidedBackprop, FeatureAblation):
    print(method.__name__, method(net).attribute(x.clone().requires_grad_(), target=1))
_, delta = IntegratedGradients(net).attribute(x, base, target=2, return_convergence_delta=True, n_steps=20)
print("delta", delta.abs().max().item() < 1e-3)
torch.manual_seed(1)
np.random.seed(1)
print("shap", GradientShap(net).attribute(x, torch.randn(5, 6), target=0, n_samples=5, stdevs=0.1))
torch.manual_seed(1)
print("noise", NoiseTunnel(Saliency(net)).attribute(x, nt_type="smoothgrad", nt_samples=3, stdevs=0.2, target=0))
torch.manual_seed(1)
print("shapley", ShapleyValueSampling(net).attribute(x, target=0, n_samples=3))
torch.manual_seed(1)
print("kernel", KernelShap(net).attribute(x[:1], target=0, n_samples=20).shape)
print("layer", LayerConductance(net, net[2]).attribute(x, target=1, n_steps=10))
print("layer ig", LayerIntegratedGradients(net, net[0]).attribute(x, target=1, n_steps=10))
print("neuron", NeuronConductance(net, net[2]).attribute(x, neuron_selector=3, target=1, n_steps=10))
conv = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))
image = torch.randn(2, 1, 8, 8)
print("cam", LayerGradCam(conv, conv[0]).attribute(image, target=1))
print("occlusion", Occlusion(conv).attribute(image, (1, 3, 3), target=0).sum((1, 2, 3)))
print("deep lift", DeepLift(conv).attribute(image, target=1).sum((2, 3)))
