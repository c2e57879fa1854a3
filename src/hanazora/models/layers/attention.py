"""Dense attention: the library kernel, but on a CPU our own in training (spec training.md C.2).

On a CPU the library kernel's masked backward takes 40 % of a training step. Matmul, softmax, matmul
over slices of the queries runs on the matrix units instead; the slices bound the memory of long
sequences. Without gradients the library kernel is faster (benchmarks/transformer_forward.py).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

QUERY_SLICE = 512
MASKED = -1e4  # finite, so that a row whose keys are all masked stays finite in bf16


def attend(
    query: Float[Tensor, "b heads n e"],
    key: Float[Tensor, "b heads m e"],
    value: Float[Tensor, "b heads m e"],
    mask: Bool[Tensor, "b 1 _n m"] | None = None,
) -> Float[Tensor, "b heads n e"]:
    """Attend every query to the keys that ``mask`` allows (True = may look)."""
    if query.is_cuda or not torch.is_grad_enabled():
        return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    if query.shape[2] <= QUERY_SLICE:
        return _attend_slice(query, key, value, mask)
    pieces = []
    for start in range(0, query.shape[2], QUERY_SLICE):
        rows = slice(start, start + QUERY_SLICE)
        part = mask if mask is None or mask.shape[2] == 1 else mask[:, :, rows]
        pieces.append(_attend_slice(query[:, :, rows], key, value, part))
    return torch.cat(pieces, dim=2)


def attend_in_order(
    query: Float[Tensor, "b heads n e"],
    key: Float[Tensor, "b heads n e"],
    value: Float[Tensor, "b heads n e"],
    lengths: Sequence[int],
) -> Float[Tensor, "b heads n e"]:
    """Attend every chunk to itself and to the chunks before it, without computing what is masked.

    Args:
        query: queries of consecutive chunks.
        key: keys.
        value: values.
        lengths: tokens of each chunk.
    """
    pieces, end = [], 0
    for length in lengths:
        start, end = end, end + length
        pieces.append(attend(query[:, :, start:end], key[:, :, :end], value[:, :, :end]))
    return torch.cat(pieces, dim=2)


def _attend_slice(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, MASKED)
    return torch.softmax(scores, dim=-1) @ value


def attend_reference(
    query: Float[Tensor, "b heads n e"],
    key: Float[Tensor, "b heads m e"],
    value: Float[Tensor, "b heads m e"],
    mask: Bool[Tensor, "b 1 _n m"] | None = None,
) -> Float[Tensor, "b heads n e"]:
    """The textbook formula in fp64, for tests."""
    scores = torch.einsum("bhne,bhme->bhnm", query.double(), key.double()) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.einsum("bhnm,bhme->bhne", scores.softmax(-1), value.double()).to(query.dtype)
