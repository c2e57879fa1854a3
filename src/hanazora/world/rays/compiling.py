"""Kernels: tensor functions that run compiled where a compiler exists and eagerly elsewhere.

A kernel is compiled once with symbolic sizes, so neither the frame size nor the number of solids
triggers another compilation; the compiler's own disk cache keeps the result between processes.
"""

import contextlib
import contextvars
import importlib.util
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import torch

from hanazora.core.log import get_logger

# inductor stores an intermediate that is used several times; within a reduction over solids that
# would write every ray-solid test to memory
_INLINE: dict[str, str | int | bool | Callable[..., Any]] = {
    "realize_opcount_threshold": 1 << 20,
    "realize_reads_threshold": 1 << 20,
    "realize_acc_reads_threshold": 1 << 20,
}
_COMPILED: contextvars.ContextVar[bool] = contextvars.ContextVar("compiled", default=False)


def can_compile(device: str | torch.device) -> bool:
    """Whether torch.compile has what it needs on this device: a C++ compiler, or triton on CUDA."""
    if torch.device(device).type == "cuda":
        return importlib.util.find_spec("triton") is not None
    return any(shutil.which(name) for name in ("g++", "clang++", "gcc"))


@contextlib.contextmanager
def kernels(*, compiled: bool) -> Iterator[None]:
    """Within this block kernels run compiled (or not)."""
    token = _COMPILED.set(compiled)
    try:
        yield
    finally:
        _COMPILED.reset(token)


class Kernel:
    """A tensor function with a compiled twin; falls back to eager when compiling fails.

    Args:
        function: pure function of tensors, numbers and tuples of tensors.
        inline: keep every intermediate in registers, for short functions over a reduction.
    """

    def __init__(self, function: Callable[..., Any], *, inline: bool = False) -> None:
        self.eager = function
        self._options = _INLINE if inline else None
        # jaxtyping's test hook wraps every function and torch.compile cannot trace the wrapper
        self._broken = hasattr(function, "__wrapped__")
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> Any:  # noqa: ANN401 - forwards whatever the function takes
        """Run the function."""
        if self._broken or not _COMPILED.get():
            return self.eager(*args)
        if self._compiled is None:
            self._compiled = torch.compile(self.eager, dynamic=True, options=self._options)
        try:
            return self._compiled(*args)
        except torch._dynamo.exc.TorchDynamoException as error:
            self._broken = True
            name = getattr(self.eager, "__name__", "kernel")
            get_logger(__name__).warning("%s runs uncompiled: %s", name, error)
            return self.eager(*args)
