"""torch.autograd.anomaly_mode: the name under which torch has what `torch.autograd.anomaly` defines."""

from .anomaly import detect_anomaly, set_detect_anomaly

__all__ = ["detect_anomaly", "set_detect_anomaly"]
