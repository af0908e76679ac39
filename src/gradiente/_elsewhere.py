"""What PyTorch has beside autograd and gradiente has not: what to use instead. Read when an error is shown."""

from __future__ import annotations

AS_WRITTEN: str = "programs run as they are written, so nothing is traced, exported or compiled; call the module itself"
_QUANTISED = "tensors are not quantised; compute in float32, or convert with x.to(torch.bfloat16) to save memory"
_SPARSE = "sparse tensors have the layouts torch.sparse_coo and torch.sparse_csr; torch.sparse_coo_tensor makes them"
_PROCESSES = (
    "processes are not connected; ask torch.distributed.is_available() first, or start independent ones with "
    "multiprocessing"
)
_STREAMS = (
    "computation is on the CPU, in order, with no streams; leave them out, or ask torch.cuda.is_available() first"
)
_MASKED = "the functions of torch.masked take a mask beside the tensor: torch.masked.sum(x, mask=mask)"
_NESTED = "tensors have one shape; pad with torch.nn.utils.rnn.pad_sequence and mask"

INSTEAD: dict[str, str] = {
    "torch.onnx": "there is no export; torch.save(model.state_dict(), path) is a file that PyTorch reads and exports",
    "torch.export": AS_WRITTEN,
    "torch.fx": AS_WRITTEN,
    "torch._inductor": AS_WRITTEN,
    "torch._export": AS_WRITTEN,
    "torch._functorch": "torch.func has the public functions",
    "torch.utils.tensorboard": (
        "write the curves as text or CSV, or use the package tensorboardX, which takes NumPy arrays: x.numpy()"
    ),
    "torch.utils.cpp_extension": "nothing is compiled; write a torch.autograd.Function on NumPy or another library",
    "torch.autograd.profiler.load_nvprof": "torch.autograd.profiler.profile() profiles what runs on the CPU",
    "torch.utils.bottleneck": "torch.profiler times operations",
    "torch.utils.benchmark": "Timer, Measurement and Compare are there; inputs are made with torch.rand and a loop",
    "torch.utils.benchmark.CallgrindStats": "Timer.blocked_autorange measures times; instructions are not counted",
    "torch.utils.mobile_optimizer": AS_WRITTEN,
    "torch.utils.data.datapipes": "use Dataset, IterableDataset and DataLoader",
    "torch.masked.masked_tensor": _MASKED,
    "torch.masked.as_masked_tensor": _MASKED,
    "torch.masked.MaskedTensor": _MASKED,
    "torch.utils._python_dispatch": "torch.overrides.TorchFunctionMode sees every call of a function",
    "torch.utils._cxx_pytree": "torch.utils._pytree has the same functions in Python",
    "torch.quantization": _QUANTISED,
    "torch.ao": _QUANTISED,
    "torch.nn.quantized": _QUANTISED,
    "torch.nn.quantizable": _QUANTISED,
    "torch.nn.qat": _QUANTISED,
    "torch.nn.intrinsic": _QUANTISED,
    "torch.quantize_per_tensor": _QUANTISED,
    "torch.quantize_per_channel": _QUANTISED,
    "torch.quantize_per_tensor_dynamic": _QUANTISED,
    "torch.qint8": _QUANTISED,
    "torch.quint8": _QUANTISED,
    "torch.qint32": _QUANTISED,
    "torch.sparse_bsr_tensor": _SPARSE,
    "torch.sparse_bsc_tensor": _SPARSE,
    "torch.sparse_csc_tensor": _SPARSE,
    "torch.sparse_compressed_tensor": _SPARSE,
    "torch.nested": _NESTED,
    "torch.package": "torch.save writes state and tensors; ship code as a Python package",
    "torch.jit": AS_WRITTEN,
    "torch.jit.load": "torch.load reads weights; a scripted program holds code that only PyTorch runs",
    "torch.jit.save": "torch.save(model.state_dict(), path) writes the weights",
    "torch.library": "torch.autograd.Function defines an operation with its derivative",
    "torch.distributed": _PROCESSES,
    "torch.nn.parallel": _PROCESSES,
    "torch.cuda": "computation is on the CPU; ask torch.cuda.is_available() first",
    "torch.cuda.nvtx": "torch.profiler.record_function names a part of the program",
    "torch.Stream": _STREAMS,
    "torch.Event": "computation is on the CPU; time with time.perf_counter",
    "torch.mtia": "computation is on the CPU",
    "torch.classes": "the classes are ordinary Python classes",
}
"""Names and what to use instead; an entry holds for what is below it, too."""


def instead(name: str) -> str:
    """What to use instead of `name`, ``torch.x.y``; the longest entry above it speaks. "" if none does.

    >>> instead("torch.onnx.export")[:18]
    'there is no export'
    >>> instead("torch.sine")
    ''
    """
    while name != "torch":
        if name in INSTEAD:
            return INSTEAD[name]
        name = name.rpartition(".")[0]
    return ""


__all__ = ["AS_WRITTEN", "INSTEAD", "instead"]
