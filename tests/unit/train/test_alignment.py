import pytest
import torch

from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.layout import Document, build_layout, split_chunks
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
)
from hanazora.train.alignment import AlignmentConfig, SceneHead
from hanazora.world.labels import FIELDS, IGNORE


def _transformer() -> VideoTransformer:
    torch.manual_seed(0)
    transformer = VideoTransformer(
        VideoTransformerConfig(
            in_channels=4, hidden_size=32, num_layers=2, num_heads=2, mlp_size=64, text_dim=16
        )
    )
    transformer.initialise()
    return transformer


def _run(transformer: VideoTransformer, tokens: torch.Tensor) -> None:
    layout = build_layout([Document(LatentShape(1, 2, 4), split_chunks(1, 2))])
    prompt = PromptEmbeds(torch.zeros(1, 2, 16), torch.ones(1, 2, dtype=torch.bool))
    transformer(tokens, torch.ones(1), layout, prompt)


def test_the_head_learns_what_tokens_show_through_the_transformer() -> None:
    transformer = _transformer()
    head = SceneHead(AlignmentConfig(weight=1.0, num_blocks=1), transformer)
    head.listen(transformer)
    tokens = torch.randn(8, 16)
    labels = torch.full((8, len(FIELDS)), IGNORE, dtype=torch.uint8)
    labels[:, 2] = torch.tensor([0, 0, 1, 1, 0, 0, 1, 1])
    optimizer = torch.optim.Adam([*head.parameters(), *transformer.blocks.parameters()], lr=1e-2)
    losses = []
    for _ in range(40):
        _run(transformer, tokens)
        loss = head.loss(labels, torch.ones(8))
        optimizer.zero_grad()
        loss.backward()
        assert transformer.blocks[0].ffn.net[2].weight.grad.abs().sum() > 0
        assert transformer.blocks[1].ffn.net[2].weight.grad is None
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.2 * losses[0]


def test_given_context_padding_and_the_unknown_do_not_count() -> None:
    transformer = _transformer()
    head = SceneHead(AlignmentConfig(weight=1.0, num_blocks=2), transformer)
    head.listen(transformer)
    labels = torch.zeros(8, len(FIELDS), dtype=torch.uint8)
    _run(transformer, torch.randn(8, 16))
    assert float(head.loss(labels, torch.zeros(8)).detach()) == 0.0
    _run(transformer, torch.randn(8, 16))
    assert float(head.loss(torch.full_like(labels, IGNORE), torch.ones(8)).detach()) == 0.0


def test_a_block_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="the transformer has 2 blocks"):
        SceneHead(AlignmentConfig(weight=1.0, num_blocks=3), _transformer())
    with pytest.raises(ValueError, match="must not be negative"):
        AlignmentConfig(weight=-1.0)
