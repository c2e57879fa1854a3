"""The loss taken apart: by noise level and by length of clip.

One number hides what a run fails at. At high noise a model learns what a scene holds, at low noise
what surfaces look like; pictures and videos differ in the same way. Costs one pass over the tokens.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from hanazora.data.packing import PackedBatch

NUM_BINS = 5
"""Equal bins of sigma, from 0 (data) to 1 (noise)."""

NAMES = (
    *(f"loss_sigma_{index / NUM_BINS:.1f}" for index in range(NUM_BINS)),
    "loss_picture",
    "loss_video",
)
"""What `LossParts.means` may hold; a bin is named after its lower end."""


class LossParts:
    """Sums of squared errors and weights over batches; ranks keep their own."""

    def __init__(self) -> None:
        self._sums: Tensor | None = None

    @torch.no_grad()
    def see(self, batch: PackedBatch, prediction: Float[Tensor, "n p"]) -> None:
        """Add what a batch lost, weighted as in its loss; one that is not finite is left out."""
        to = prediction.device
        error = (prediction.float() - batch.target.to(to)).square().mean(-1)
        chunk, document = batch.layout.chunk_index, batch.layout.chunk_document
        level = (batch.sigma * NUM_BINS).long().clamp(0, NUM_BINS - 1)
        # The first latent frame of a clip is a chunk of its own, so one chunk is a picture.
        is_video = (document.bincount() > 1)[document]
        weight = batch.weight.to(to)
        terms = torch.stack([error * weight, weight], dim=1)  # n 2
        terms = torch.where(terms.isfinite().all(), terms, 0.0)
        sums = torch.zeros(len(NAMES), 2, device=to)
        for part in (level, NUM_BINS + is_video.long()):
            sums.index_add_(0, part[chunk].to(to), terms)
        self._sums = sums if self._sums is None else self._sums + sums

    def means(self) -> dict[str, float]:
        """Return the mean loss of every part that any token with weight fell into."""
        if self._sums is None:
            return {}
        rows = zip(NAMES, self._sums.tolist(), strict=True)
        return {name: error / weight for name, (error, weight) in rows if weight > 0}
