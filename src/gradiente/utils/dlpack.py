"""torch.utils.dlpack: tensors in other hands, by the DLPack protocol."""

from __future__ import annotations

import enum

from ..ops.exchange import from_dlpack as from_dlpack
from ..ops.exchange import to_dlpack as to_dlpack


class DLDeviceType(enum.IntEnum):
    """The protocol's numbers of devices.

    Source: https://dmlc.github.io/dlpack/latest/c_api.html

    >>> import gradiente as torch
    >>> torch.ones(2).__dlpack_device__()[0] == torch.utils.dlpack.DLDeviceType.kDLCPU
    True
    """

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14
    kDLWebGPU = 15
    kDLHexagon = 16
    kDLMAIA = 17


__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]
