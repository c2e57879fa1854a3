"""Alignment: the middle of the transformer is taught what each place shows, and where it is going.

REPA (Yu et al., arXiv:2410.06940) speeds up diffusion training by pulling a middle layer's features
towards those of an encoder that understands pictures. Our world knows what it drew, so the features
are asked for the truth itself: setting, camera, kind, colour and direction of every token (specs
training.md D.3 and E.2). In a very noisy token only the prompt can tell, so the question teaches
the network to place what a sentence names. The head is left behind when a run is exported.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from hanazora.models.layers.norm import LayerNorm
from hanazora.models.transformer.model import VideoTransformer
from hanazora.world.labels import FIELDS, IGNORE


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignmentConfig:
    """How much the truth about the scene counts in training."""

    weight: float = 0.0
    """Weight of the cross-entropies, summed over the questions, beside the flow loss; 0 is off."""
    num_blocks: int = 4
    """Transformer blocks before the features that are asked."""

    def __post_init__(self) -> None:
        if self.weight < 0 or self.num_blocks < 1:
            raise ValueError(
                f"alignment.weight {self.weight} must not be negative and "
                f"alignment.num_blocks {self.num_blocks} must be at least 1"
            )


class SceneHead(nn.Module):
    """Reads the labels of every token from a middle layer of a transformer.

    Args:
        config: which layer, and how much it counts.
        transformer: the network that is listened to while it runs.
    """

    def __init__(self, config: AlignmentConfig, transformer: VideoTransformer) -> None:
        super().__init__()
        if config.num_blocks > transformer.config.num_layers:
            raise ValueError(
                f"alignment.num_blocks is {config.num_blocks}; the transformer has "
                f"{transformer.config.num_layers} blocks"
            )
        self.config = config
        self.norm = LayerNorm(transformer.config.hidden_size, transformer.config.eps, affine=True)
        classes = sum(len(names) for names in FIELDS.values())
        self.head = nn.Linear(transformer.config.hidden_size, classes)
        self._features: Tensor | None = None

    def listen(self, transformer: VideoTransformer) -> None:
        """Keep the features of the chosen block whenever the transformer runs."""

        def keep(module: nn.Module, inputs: object, output: tuple[Tensor, object]) -> None:
            self._features = output[0]

        transformer.blocks[self.config.num_blocks - 1].register_forward_hook(keep)

    def loss(self, labels: UInt8[Tensor, "n f"], weight: Float[Tensor, " n"]) -> Float[Tensor, ""]:
        """Weighted sum of the cross-entropies of the tokens of the last forward pass.

        Args:
            labels: classes of every token, as in `world.labels.FIELDS`.
            weight: tokens of weight 0 (padding, given context) do not count.
        """
        assert self._features is not None, "the transformer has not run"
        logits = self.head(self.norm(self._features.float()))
        self._features = None
        counted = (weight > 0)[:, None] & (labels != IGNORE)
        classes = labels.long()
        total = logits.new_zeros(())
        pieces = logits.split([len(names) for names in FIELDS.values()], dim=-1)
        for field, piece in enumerate(pieces):
            known = counted[:, field]
            target = torch.where(known, classes[:, field], 0)
            entropy = F.cross_entropy(piece, target, reduction="none")
            total = total + (entropy * known).sum() / known.sum().clamp_min(1)
        return self.config.weight * total
