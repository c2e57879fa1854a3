"""A small bidirectional text transformer, trained together with the video transformer."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from hanazora.models.layers.attention import attend
from hanazora.models.layers.norm import RMSNorm


@dataclass(frozen=True, kw_only=True, slots=True)
class TextEncoderConfig:
    """Shape of the text encoder."""

    vocab_size: int = 2048
    """Tokens of the tokenizer."""
    hidden_size: int = 256
    """Width of a token's embedding."""
    num_layers: int = 2
    """Transformer layers."""
    num_heads: int = 4
    """Attention heads."""
    max_length: int = 160
    """Longest prompt in tokens."""
    eps: float = 1e-6
    """Added to variances in the norms."""


class TextLayer(nn.Module):
    """Pre-norm self-attention and MLP."""

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.num_heads = config.num_heads
        self.norm1 = RMSNorm(size, config.eps)
        self.to_qkv = nn.Linear(size, 3 * size)
        self.to_out = nn.Linear(size, size)
        self.norm2 = RMSNorm(size, config.eps)
        self.mlp_in = nn.Linear(size, 4 * size)
        self.mlp_out = nn.Linear(4 * size, size)

    def forward(
        self, x: Float[Tensor, "b l d"], mask: Bool[Tensor, "b 1 1 l"]
    ) -> Float[Tensor, "b l d"]:
        """Mix tokens of one prompt."""
        split = "b l (three heads e) -> three b heads l e"
        q, k, v = rearrange(self.to_qkv(self.norm1(x)), split, three=3, heads=self.num_heads)
        x = x + self.to_out(rearrange(attend(q, k, v, mask), "b heads l e -> b l (heads e)"))
        return x + self.mlp_out(F.gelu(self.mlp_in(self.norm2(x)), approximate="tanh"))


class TextEncoder(nn.Module):
    """Token ids to prompt embeddings; the width is what the transformer calls ``text_dim``."""

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocab_size, config.hidden_size)
        self.place_embedding = nn.Embedding(config.max_length, config.hidden_size)
        self.layers = nn.ModuleList(TextLayer(config) for _ in range(config.num_layers))
        self.norm_out = RMSNorm(config.hidden_size, config.eps)

    def initialise(self) -> None:
        """Set the starting weights for training."""
        nn.init.normal_(self.token_embedding.weight, std=0.5)
        nn.init.normal_(self.place_embedding.weight, std=0.02)
        for layer in self.layers:
            assert isinstance(layer, TextLayer)
            nn.init.zeros_(layer.to_out.weight)
            nn.init.zeros_(layer.mlp_out.weight)

    def forward(self, ids: Int[Tensor, "b l"], mask: Bool[Tensor, "b l"]) -> Float[Tensor, "b l d"]:
        """Embed prompts.

        Args:
            ids: token ids, padded to one length of at most ``max_length``.
            mask: True where a place holds a token.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.token_embedding(ids) + self.place_embedding(places)  # b l d
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        return self.norm_out(x)
