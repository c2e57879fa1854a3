"""The denoiser: a transformer over spacetime patches with one noise level per chunk.

Block and tensor names follow Wan 2.1 in diffusers form (spec field.md 9), so its open weights load
into this class unchanged; per-chunk sigma and chunk attention in generation order are ours (DESIGN
section 1).
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from hanazora.models.layers.embedding import TIMESTEPS, EmbeddingMLP, sinusoid
from hanazora.models.layers.norm import LayerNorm
from hanazora.models.layers.packing import can_pack
from hanazora.models.layers.rope import rotation
from hanazora.models.transformer.block import KeyValue, PromptContext, TextContext, TransformerBlock
from hanazora.models.transformer.cache import KeyValueCache
from hanazora.models.transformer.layout import PackedLayout


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoTransformerConfig:
    """Shape of the transformer."""

    in_channels: int = 48
    """Channels of the autoencoder's latents."""
    patch_size: tuple[int, int, int] = (1, 2, 2)
    """Latent frames, rows and columns that make one token."""
    hidden_size: int = 320
    """Width of a token."""
    num_layers: int = 10
    """Blocks."""
    num_heads: int = 5
    """Attention heads; hidden_size / num_heads is the head width and must be even."""
    mlp_size: int = 1280
    """Inner width of the MLP."""
    text_dim: int = 256
    """Width of the prompt embeddings."""
    freq_dim: int = 256
    """Width of the sinusoidal noise-level embedding."""
    eps: float = 1e-6
    """Added to variances in the norms."""
    rope_theta: float = 10000.0
    """Base of the rotary frequencies."""
    position_features: bool = True
    """Give each token its place in the frame: rotary is relative and does not know borders."""
    pooled_text: bool = True
    """Add the mean prompt embedding to the noise-level embedding."""
    precondition: bool = True
    """Scale the input to unit variance and add the best linear guess of the velocity to the output,
    so that no width is spent on copying noise (EDM, Karras et al., 2022; False for Wan weights)."""
    exact_gelu: bool = True
    """The exact GELU, five times faster on a CPU than its tanh form (Wan weights: False)."""
    mask_text: bool = True
    """Hide padding of the prompt from cross-attention (Wan weights attend to it: False)."""
    chunk_frames: int = 2
    """Latent frames per chunk after the first."""
    causal: bool = True
    """Chunks see only chunks generated before them; False is plain full attention."""

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_heads or (self.hidden_size // self.num_heads) % 2:
            raise ValueError(
                f"hidden_size {self.hidden_size} / num_heads {self.num_heads} "
                "must be an even integer"
            )
        if self.chunk_frames < 1:
            raise ValueError(f"chunk_frames is {self.chunk_frames}; it must be at least 1")

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.hidden_size // self.num_heads

    @property
    def token_channels(self) -> int:
        """Latent values in one token."""
        time, rows, columns = self.patch_size
        return self.in_channels * time * rows * columns


class PromptEmbeds(NamedTuple):
    """What a text encoder made of one prompt per document."""

    embeds: Float[Tensor, "docs l text"]
    mask: Bool[Tensor, "docs l"]


class ConditionEmbedder(nn.Module):
    """Turns noise levels and prompts into what the blocks read."""

    def __init__(self, config: VideoTransformerConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.time_embedder = EmbeddingMLP(config.freq_dim, size, nn.SiLU())
        self.time_proj = nn.Linear(size, 6 * size)
        self.text_embedder = EmbeddingMLP(config.text_dim, size, nn.GELU(approximate="tanh"))
        self.pooled_text = nn.Linear(size, size) if config.pooled_text else None
        self.freq_dim = config.freq_dim
        self.mask_text = config.mask_text

    def text(self, prompt: PromptEmbeds) -> TextContext:
        """Project prompt embeddings to the blocks' width."""
        embeds = self.text_embedder(prompt.embeds)
        return TextContext(embeds, prompt.mask if self.mask_text else None)

    def pooled(self, text: TextContext) -> Float[Tensor, "docs d"] | None:
        """Average every prompt over its tokens and project it, if configured."""
        if self.pooled_text is None:
            return None
        weight = torch.ones_like(text.embeds[..., :1])
        if text.mask is not None:
            weight = text.mask[..., None].to(text.embeds.dtype)
        mean = (text.embeds * weight).sum(1) / weight.sum(1).clamp_min(1)
        pooled: Tensor = self.pooled_text(mean)
        return pooled

    def time(
        self,
        sigma: Float[Tensor, " c"],
        pooled: Float[Tensor, "docs d"] | None,
        layout: PackedLayout,
    ) -> Float[Tensor, "c d"]:
        """Embed the noise level of every chunk, plus its document's pooled prompt if configured."""
        wave = sinusoid(sigma * TIMESTEPS, self.freq_dim)
        embedding: Tensor = self.time_embedder(wave.to(self.time_proj.weight.dtype))
        return embedding if pooled is None else embedding + pooled[layout.chunk_document]


class VideoTransformer(nn.Module):
    """Predicts the velocity of every token of a packed sequence."""

    def __init__(self, config: VideoTransformerConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.patch_embedding = nn.Conv3d(
            config.in_channels, size, kernel_size=config.patch_size, stride=config.patch_size
        )
        self.position_embedding = (
            nn.Linear(POSITION_FEATURES, size, bias=False) if config.position_features else None
        )
        self.condition_embedder = ConditionEmbedder(config)
        self.blocks = nn.ModuleList(
            TransformerBlock(
                size,
                config.num_heads,
                config.mlp_size,
                config.eps,
                exact_gelu=config.exact_gelu,
            )
            for _ in range(config.num_layers)
        )
        self.norm_out = LayerNorm(size, config.eps, affine=False)
        self.scale_shift_table = nn.Parameter(torch.randn(1, 2, size) / size**0.5)
        self.proj_out = nn.Linear(size, config.token_channels)
        self.latents_variance: Tensor | None
        variance = torch.ones(config.in_channels) if config.precondition else None
        self.register_buffer("latents_variance", variance)

    def initialise(self) -> None:
        """Set the starting weights: residual branches begin near zero (AdaLN-zero, DiT)."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.zeros_(self.condition_embedder.time_proj.weight)
        nn.init.zeros_(self.proj_out.weight)
        for block in self.blocks:
            assert isinstance(block, TransformerBlock)
            with torch.no_grad():
                block.scale_shift_table.zero_()
                # Gates start small, not at zero: the table alone must let gradients through.
                block.scale_shift_table[:, [2, 5]] = 0.1
            nn.init.zeros_(block.attn2.out.weight)

    def pack(self) -> None:
        """Copy the blocks' weights into the order a CPU multiplies fastest, where that pays.

        For inference, after the weights are loaded and moved: the copies do not follow changes.
        The numbers stay the same but for the order of their sums.
        """
        size_bytes = sum(value.nbytes for value in self.blocks.parameters())
        if size_bytes > MAX_PACKED_BYTES or not can_pack(self.proj_out.weight):
            return
        for block in self.blocks:
            assert isinstance(block, TransformerBlock)
            block.pack()

    def forward(
        self,
        tokens: Float[Tensor, "n p"],
        sigma: Float[Tensor, " c"],
        layout: PackedLayout,
        prompt: PromptEmbeds,
        cache: KeyValueCache | None = None,
    ) -> tuple[Float[Tensor, "n p"], list[KeyValue]]:
        """Predict ``noise - latents`` for every token.

        Args:
            tokens: patchified noisy latents (``patchify``), in the order of ``layout``.
            sigma: noise level of each chunk in [0, 1]; 0 marks given, clean context.
            layout: where each token belongs.
            prompt: one prompt per document.
            cache: finished chunks that stand before these tokens (one group of documents only);
                it also keeps what was read of the prompts.

        Returns:
            The velocity, and per layer the new keys and values (b heads n e).
        """
        context = (
            self.read_prompt(prompt)
            if cache is None
            else cache.prompt(prompt.embeds, lambda: self.read_prompt(prompt))
        )
        embedding = self.condition_embedder.time(sigma, context.pooled, layout)  # c d
        modulation = self.condition_embedder.time_proj(F.silu(embedding)).unflatten(-1, (6, -1))
        turn = rotation(layout.positions, self.config.head_dim, self.config.rope_theta)

        level = sigma.index_select(0, layout.chunk_index)[:, None]  # n 1
        x = self._embed(self._scale_input(tokens, level), layout)  # n d
        news = []
        for index, block in enumerate(self.blocks):
            past = None if cache is None else cache.layer(index)
            x, new = block(
                x, modulation, layout.chunk_index, turn, context.blocks[index], layout.groups, past
            )  # n d
            news.append(new)
        table = (self.scale_shift_table + embedding[:, None]).to(x.dtype)  # c 2 d
        shift, scale = (table[:, i].index_select(0, layout.chunk_index) for i in range(2))
        output = self.proj_out(self.norm_out(x) * (1 + scale) + shift)  # n p
        return self._add_linear_guess(output, tokens, level), news

    def read_prompt(self, prompt: PromptEmbeds) -> PromptContext:
        """Project prompts to all that the blocks read of them."""
        text = self.condition_embedder.text(prompt)
        keys = []
        for block in self.blocks:
            assert isinstance(block, TransformerBlock)
            keys.append(block.read_prompt(text))
        return PromptContext(self.condition_embedder.pooled(text), tuple(keys))

    def _scale_input(self, tokens: Tensor, level: Tensor) -> Tensor:
        """Bring noisy latents to unit variance, channel by channel."""
        if self.latents_variance is None:
            return tokens
        variance = noisy_variance(self.latents_variance, level)  # n z
        repeats = self.config.token_channels // self.config.in_channels
        scale = variance.rsqrt().repeat_interleave(repeats, dim=-1)  # channels first in the input
        return (tokens.float() * scale).to(tokens.dtype)

    def _add_linear_guess(self, output: Tensor, tokens: Tensor, level: Tensor) -> Tensor:
        """Turn an output of unit variance into the velocity."""
        if self.latents_variance is None:
            return output
        # The input has channels first within a patch, the output has them last.
        noisy = tokens.unflatten(-1, (self.config.in_channels, -1)).transpose(-1, -2).float()
        parts = output.float().view_as(noisy)  # n places z
        guess, scale = linear_guess(self.latents_variance, level)
        return (noisy * guess[:, None] + parts * scale[:, None]).flatten(-2)

    def _embed(self, tokens: Tensor, layout: PackedLayout) -> Tensor:
        # A convolution whose stride is its kernel is a linear map of each patch.
        x = F.linear(tokens, self.patch_embedding.weight.flatten(1), self.patch_embedding.bias)
        if self.position_embedding is not None:
            features = position_features(layout).to(tokens.dtype)
            x = x + self.position_embedding(features)
        return x


POSITION_FEATURES = 10
MAX_PACKED_BYTES = 1 << 30  # beyond it a second copy costs more memory than packing is worth


def position_features(layout: PackedLayout) -> Float[Tensor, "n 10"]:
    """Describe each token's place in its frame: relative to the borders, and the frame's aspect."""
    place = (layout.positions[:, 1:] + 0.5) / layout.extents * 2 - 1  # -1 .. 1
    aspect = torch.log(layout.extents[:, :1] / layout.extents[:, 1:])
    size = torch.log(layout.extents.prod(-1, keepdim=True) / 60.0)
    waves = [
        torch.sin(place * (torch.pi / 2)),
        torch.cos(place * torch.pi),
        torch.sin(place * torch.pi),
    ]
    return torch.cat((place, *waves, aspect, size), dim=-1).float()


def noisy_variance(
    variance: Float[Tensor, " z"], sigma: Float[Tensor, "n 1"]
) -> Float[Tensor, "n z"]:
    """Variance of each channel of the noisy latents, given that of the clean ones."""
    return (1 - sigma) ** 2 * variance + sigma**2


def linear_guess(
    variance: Float[Tensor, " z"], sigma: Float[Tensor, "n 1"]
) -> tuple[Float[Tensor, "n z"], Float[Tensor, "n z"]]:
    """Best linear guess of the velocity from noisy latents, and the deviation of what it leaves.

    For ``noisy = (1 - sigma) data + sigma noise`` and ``velocity = noise - data`` with data of
    variance v, the guess is ``cov(velocity, noisy) / var(noisy) = (sigma - (1 - sigma) v) / D``
    times the noisy latents and leaves the variance ``v / D``. At sigma 1 the network then predicts
    (minus) the data alone, at sigma 0 the noise.
    """
    total = noisy_variance(variance, sigma)
    return (sigma - (1 - sigma) * variance) / total, (variance / total).sqrt()
