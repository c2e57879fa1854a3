"""Linear layers whose weights are laid out ahead of time for a CPU's matrix units.

Every product of a plain linear layer first brings its weight into the order that the kernel reads
(oneDNN's blocks); for the few hundred tokens of one chunk that costs a third of the product. A
packed copy is made once. It does not follow later changes of the weight, so it is for inference.
"""

from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

TYPICAL_ROWS = 256
"""Tokens the layout is chosen for; any other number works too."""


class PackedLinear:
    """One product in place of one or more linear layers that read the same input.

    Args:
        layers: their outputs stand side by side in the result, in this order.
    """

    def __init__(self, *layers: nn.Linear) -> None:
        weight = torch.cat([layer.weight.detach() for layer in layers])
        self._weight: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight, TYPICAL_ROWS)
        self._bias = torch.cat([layer.bias.detach() for layer in layers])

    def __call__(self, x: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Apply the layers; no gradients."""
        result = torch.ops.mkldnn._linear_pointwise(x, self._weight, self._bias, "none", [], "")
        return cast(Tensor, result)


class PackableLinear(nn.Linear):
    """A linear layer that uses a packed copy of its weight once there is one."""

    packed: PackedLinear | None = None

    def pack(self) -> None:
        """Make the packed copy."""
        self.packed = PackedLinear(self)

    def forward(self, input: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Apply the layer to the last axis."""
        return super().forward(input) if self.packed is None else self.packed(input)


def can_pack(weight: Tensor) -> bool:
    """Tell whether this machine gains from packing: an x86 CPU with AVX-512, and oneDNN's kernels.

    They are what torch.compile itself uses on a CPU; a build without them computes as before.
    """
    return (
        weight.device.type == "cpu"
        and weight.dtype in (torch.float32, torch.bfloat16)
        and torch.backends.cpu.get_cpu_capability().startswith("AVX512")
        and torch.backends.mkldnn.is_available()
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
    )
