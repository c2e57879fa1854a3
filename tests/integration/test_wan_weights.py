"""Weights of Wan 2.1 in diffusers form run in our class; skipped where diffusers is absent."""

import pytest
import torch

from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.layout import Document, build_layout, split_chunks
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.models.transformer.patchify import patchify, unpatchify

PATCH = (1, 2, 2)


def test_the_same_weights_give_the_same_velocity() -> None:
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(0)
    wan = diffusers.WanTransformer3DModel(
        patch_size=PATCH,
        num_attention_heads=2,
        attention_head_dim=24,
        in_channels=4,
        out_channels=4,
        text_dim=12,
        freq_dim=32,
        ffn_dim=64,
        num_layers=2,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
    ).eval()
    ours = VideoTransformer(
        VideoTransformerConfig(
            in_channels=4,
            hidden_size=48,
            num_layers=2,
            num_heads=2,
            mlp_size=64,
            text_dim=12,
            freq_dim=32,
            position_features=False,
            pooled_text=False,
            precondition=False,
            mask_text=False,
            exact_gelu=False,
            causal=False,
        )
    ).eval()
    ours.load_state_dict(wan.state_dict())
    latents, text = torch.randn(1, 4, 3, 6, 8), torch.randn(1, 5, 12)
    grid = LatentShape(3, 3, 4)
    layout = build_layout([Document(grid, split_chunks(3, 2))], causal=False)
    sigma = torch.full((len(layout.chunk_document),), 0.7)
    with torch.inference_mode():
        expected = wan(latents, torch.tensor([700.0]), text, return_dict=False)[0]
        tokens, _ = ours(
            patchify(latents[0], PATCH),
            sigma,
            layout,
            PromptEmbeds(text, torch.ones(1, 5, dtype=torch.bool)),
        )
    torch.testing.assert_close(unpatchify(tokens, grid, PATCH), expected[0], rtol=1e-4, atol=1e-5)
