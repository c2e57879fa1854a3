"""One transformer block in the Wan 2.1 layout, over a packed sequence (spec field.md 9.2)."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from hanazora.models.layers.attention import attend
from hanazora.models.layers.norm import LayerNorm, RMSNorm
from hanazora.models.layers.rope import Rotation, rotate
from hanazora.models.transformer.layout import DocumentGroup

KeyValue = tuple[Tensor, Tensor]


class TextContext(NamedTuple):
    """Projected prompt embeddings of every document and which of their places hold a token."""

    embeds: Float[Tensor, "docs l d"]
    mask: Bool[Tensor, "docs l"] | None


class SelfAttention(nn.Module):
    """Chunk-causal self-attention with RMS qk-norm over the whole width and 3-axis rotary."""

    def __init__(self, hidden_size: int, num_heads: int, eps: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.to_q = nn.Linear(hidden_size, hidden_size)
        self.to_k = nn.Linear(hidden_size, hidden_size)
        self.to_v = nn.Linear(hidden_size, hidden_size)
        self.to_out = nn.ModuleList([nn.Linear(hidden_size, hidden_size)])
        self.norm_q = RMSNorm(hidden_size, eps)
        self.norm_k = RMSNorm(hidden_size, eps)

    def forward(
        self,
        x: Float[Tensor, "n d"],
        turn: Rotation,
        groups: tuple[DocumentGroup, ...],
        past: KeyValue | None,
    ) -> tuple[Float[Tensor, "n d"], KeyValue]:
        """Attend inside each document; ``past`` (b heads m e) stands before the tokens of each.

        Returns:
            The output, and the new keys and values of the first group (b heads n e) for a cache.
        """
        query, key, value = self.project(x, turn)
        mixed, new = attend_groups(query, key, value, groups, past)
        return self.to_out[0](mixed), new

    def project(self, x: Tensor, turn: Rotation) -> tuple[Tensor, Tensor, Tensor]:
        """Project to rotated queries and keys, and values, each (n heads e)."""
        split = "n (heads e) -> n heads e"
        query = rearrange(self.norm_q(self.to_q(x)), split, heads=self.num_heads)
        key = rearrange(self.norm_k(self.to_k(x)), split, heads=self.num_heads)
        value = rearrange(self.to_v(x), split, heads=self.num_heads)
        return rotate(query, turn), rotate(key, turn), value


@torch.compiler.disable
def attend_groups(
    query: Float[Tensor, "n heads e"],
    key: Float[Tensor, "n heads e"],
    value: Float[Tensor, "n heads e"],
    groups: tuple[DocumentGroup, ...],
    past: KeyValue | None,
) -> tuple[Float[Tensor, "n d"], KeyValue]:
    """Run attention group by group; the shapes of the groups change every step, so never compiled."""
    outputs, news = [], []
    for group in groups:
        rows = slice(group.first_token, group.first_token + group.num_documents * group.num_tokens)
        to_batch = "(b n) heads e -> b heads n e"
        q, k, v = (rearrange(t[rows], to_batch, b=group.num_documents) for t in (query, key, value))
        news.append((k, v))
        if past is not None:
            k, v = torch.cat((past[0], k), dim=2), torch.cat((past[1], v), dim=2)
        outputs.append(rearrange(attend(q, k, v, group.mask), "b heads n e -> (b n) (heads e)"))
    return outputs[0] if len(outputs) == 1 else torch.cat(outputs), news[0]


class CrossAttention(nn.Module):
    """Attention of every token to its document's prompt."""

    def __init__(self, hidden_size: int, num_heads: int, eps: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.to_q = nn.Linear(hidden_size, hidden_size)
        self.to_k = nn.Linear(hidden_size, hidden_size)
        self.to_v = nn.Linear(hidden_size, hidden_size)
        self.to_out = nn.ModuleList([nn.Linear(hidden_size, hidden_size)])
        self.norm_q = RMSNorm(hidden_size, eps)
        self.norm_k = RMSNorm(hidden_size, eps)

    def forward(
        self, x: Float[Tensor, "n d"], text: TextContext, groups: tuple[DocumentGroup, ...]
    ) -> Float[Tensor, "n d"]:
        """Mix each document's prompt into its tokens."""
        query = self.norm_q(self.to_q(x))
        key, value = self.norm_k(self.to_k(text.embeds)), self.to_v(text.embeds)
        return self.to_out[0](self._mix(query, key, value, text.mask, groups))

    @torch.compiler.disable
    def _mix(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        mask: Tensor | None,
        groups: tuple[DocumentGroup, ...],
    ) -> Tensor:
        outputs = []
        for group in groups:
            end = group.first_token + group.num_documents * group.num_tokens
            docs = slice(group.first_document, group.first_document + group.num_documents)
            q = rearrange(
                query[group.first_token : end],
                "(b n) (heads e) -> b heads n e",
                b=group.num_documents,
                heads=self.num_heads,
            )
            split = "b l (heads e) -> b heads l e"
            k, v = (rearrange(t[docs], split, heads=self.num_heads) for t in (key, value))
            allowed = None if mask is None else mask[docs][:, None, None, :]
            outputs.append(rearrange(attend(q, k, v, allowed), "b heads n e -> (b n) (heads e)"))
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)


class GELUProjection(nn.Module):
    """First half of the MLP; a module of its own only to carry the name ``proj`` of Wan's weights."""

    def __init__(self, hidden_size: int, mlp_size: int) -> None:
        super().__init__()
        self.proj = nn.Linear(hidden_size, mlp_size)

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n m"]:
        """Project up and apply the tanh form of GELU."""
        return F.gelu(self.proj(x), approximate="tanh")


class FeedForward(nn.Module):
    """Two-layer GELU MLP."""

    def __init__(self, hidden_size: int, mlp_size: int) -> None:
        super().__init__()
        self.net = nn.ModuleList(
            [GELUProjection(hidden_size, mlp_size), nn.Identity(), nn.Linear(mlp_size, hidden_size)]
        )

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """Apply the MLP to every token."""
        return self.net[2](self.net[0](x))


class TransformerBlock(nn.Module):
    """Self-attention, cross-attention, MLP; the first and last modulated by the noise level."""

    def __init__(self, hidden_size: int, num_heads: int, mlp_size: int, eps: float) -> None:
        super().__init__()
        self.scale_shift_table = nn.Parameter(torch.randn(1, 6, hidden_size) / hidden_size**0.5)
        self.norm1 = LayerNorm(hidden_size, eps, affine=False)
        self.attn1 = SelfAttention(hidden_size, num_heads, eps)
        self.norm2 = LayerNorm(hidden_size, eps, affine=True)
        self.attn2 = CrossAttention(hidden_size, num_heads, eps)
        self.norm3 = LayerNorm(hidden_size, eps, affine=False)
        self.ffn = FeedForward(hidden_size, mlp_size)

    def forward(
        self,
        x: Float[Tensor, "n d"],
        modulation: Float[Tensor, "c 6 d"],
        chunk_index: Int[Tensor, " n"],
        turn: Rotation,
        text: TextContext,
        groups: tuple[DocumentGroup, ...],
        past: KeyValue | None,
    ) -> tuple[Float[Tensor, "n d"], KeyValue]:
        """Update the tokens; ``modulation`` has one row per chunk and is added to the block's table."""
        table = (self.scale_shift_table + modulation).to(x.dtype)  # c 6 d
        shift1, scale1, gate1, shift2, scale2, gate2 = (
            table[:, i].index_select(0, chunk_index) for i in range(6)
        )
        mixed, new = self.attn1(self.norm1(x) * (1 + scale1) + shift1, turn, groups, past)
        x = x + mixed * gate1
        x = x + self.attn2(self.norm2(x), text, groups)
        x = x + self.ffn(self.norm3(x) * (1 + scale2) + shift2) * gate2
        return x, new
