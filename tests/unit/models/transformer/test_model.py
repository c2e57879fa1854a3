from dataclasses import replace

import pytest
import torch

from hanazora.core.shapes import LatentShape
from hanazora.models.transformer.layout import Document, PackedLayout, build_layout, split_chunks
from hanazora.models.transformer.model import (
    PromptEmbeds,
    VideoTransformer,
    VideoTransformerConfig,
    linear_guess,
    position_features,
)

CONFIG = VideoTransformerConfig(
    in_channels=3, hidden_size=32, num_layers=2, num_heads=2, mlp_size=48, text_dim=8, freq_dim=16
)


@pytest.fixture
def transformer() -> VideoTransformer:
    torch.manual_seed(0)
    return VideoTransformer(CONFIG).requires_grad_(False)


def _run(
    model: VideoTransformer, layout: PackedLayout, tokens: torch.Tensor, sigma: list[float]
) -> torch.Tensor:
    documents = len(layout.chunk_document.unique())
    generator = torch.Generator().manual_seed(1)
    embeds = torch.randn(1, 4, 8, generator=generator).expand(documents, 4, 8)
    prompt = PromptEmbeds(embeds, torch.ones(documents, 4, dtype=torch.bool))
    return model(tokens, torch.tensor(sigma), layout, prompt)[0]


def test_documents_of_a_pack_do_not_see_each_other(transformer: VideoTransformer) -> None:
    documents = [
        Document(LatentShape(1, 2, 2), split_chunks(1, 2)),
        Document(LatentShape(3, 1, 2), split_chunks(3, 2)),
    ]
    tokens = torch.randn(10, 12)
    packed = _run(transformer, build_layout(documents), tokens, [0.3, 0.9, 0.1])
    alone = _run(transformer, build_layout(documents[1:]), tokens[4:], [0.9, 0.1])
    torch.testing.assert_close(packed[4:], alone)


def test_a_chunk_sees_earlier_chunks_only(transformer: VideoTransformer) -> None:
    layout = build_layout([Document(LatentShape(3, 1, 2), split_chunks(3, 2))])
    tokens = torch.randn(6, 12)
    changed = tokens.clone()
    changed[2:] += 1
    before = _run(transformer, layout, tokens, [0.5, 0.5])
    after = _run(transformer, layout, changed, [0.5, 0.5])
    torch.testing.assert_close(after[:2], before[:2])
    assert (after[2:] - before[2:]).abs().max() > 1e-3
    changed = tokens.clone()
    changed[:2] += 1
    after = _run(transformer, layout, changed, [0.5, 0.5])
    assert (after[2:] - before[2:]).abs().max() > 1e-4


def test_each_chunk_has_its_own_noise_level(transformer: VideoTransformer) -> None:
    layout = build_layout([Document(LatentShape(3, 1, 2), split_chunks(3, 2))])
    tokens = torch.randn(6, 12)
    one, other = (_run(transformer, layout, tokens, [0.5, level]) for level in (0.2, 0.8))
    torch.testing.assert_close(one[:2], other[:2])
    assert (one[2:] - other[2:]).abs().max() > 1e-4


def test_the_prompt_reaches_the_tokens_and_its_padding_does_not(
    transformer: VideoTransformer,
) -> None:
    layout = build_layout([Document(LatentShape(1, 2, 2), split_chunks(1, 2))])
    tokens, sigma = torch.randn(4, 12), torch.tensor([0.5])
    embeds = torch.randn(1, 4, 8)
    mask = torch.tensor([[True, True, False, False]])
    base = transformer(tokens, sigma, layout, PromptEmbeds(embeds, mask))[0]
    padded = embeds.clone()
    padded[:, 2:] = 9.0
    torch.testing.assert_close(
        transformer(tokens, sigma, layout, PromptEmbeds(padded, mask))[0], base
    )
    other = embeds.clone()
    other[:, 0] = 9.0
    assert (
        transformer(tokens, sigma, layout, PromptEmbeds(other, mask))[0] - base
    ).abs().max() > 1e-4


def test_a_fresh_model_predicts_zero_and_learns() -> None:
    model = VideoTransformer(CONFIG)
    model.initialise()
    layout = build_layout([Document(LatentShape(1, 2, 2), split_chunks(1, 2))])
    out = _run(model, layout, torch.randn(4, 12), [0.5])
    assert out.abs().max() == 0  # at sigma 0.5 the linear guess is zero too
    out.sub(1).square().mean().backward()
    assert model.proj_out.weight.grad is not None and model.proj_out.weight.grad.abs().max() > 0


def test_heads_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="hidden_size 32 / num_heads 5"):
        VideoTransformerConfig(hidden_size=32, num_heads=5)


def test_position_features_know_the_borders() -> None:
    layout = build_layout([Document(LatentShape(1, 2, 4), split_chunks(1, 1))])
    features = position_features(layout)
    assert features.shape == (8, 10)
    assert features[0, :2].tolist() == [-0.5, -0.75]


def test_what_the_linear_guess_leaves_is_not_linear_and_has_the_stated_deviation() -> None:
    torch.manual_seed(0)
    variance = torch.tensor([4.0, 1.0, 0.1])
    data, noise = torch.randn(20_000, 3) * variance.sqrt(), torch.randn(20_000, 3)
    for level in (0.05, 0.4, 0.8, 1.0):
        guess, scale = linear_guess(variance, torch.full((1, 1), level))
        noisy, velocity = (1 - level) * data + level * noise, noise - data
        target = (velocity - guess * noisy) / scale
        assert (target.var(0) - 1).abs().max() < 0.04
        assert (target * noisy).mean(0).abs().max() < 0.05


def test_the_linear_guess_is_put_into_the_channel_order_of_the_output() -> None:
    config = replace(CONFIG, in_channels=2, patch_size=(1, 1, 3))
    model = VideoTransformer(config).requires_grad_(False)
    model.initialise()
    layout = build_layout([Document(LatentShape(1, 1, 1), split_chunks(1, 1))])
    tokens = torch.arange(6.0)[None]  # 2 channels x 3 places
    assert _run(model, layout, tokens, [1.0])[0].tolist() == [0, 3, 1, 4, 2, 5]


def test_packed_weights_change_nothing_but_the_order_of_sums(transformer: VideoTransformer) -> None:
    layout = build_layout([Document(LatentShape(3, 1, 2), split_chunks(3, 2))])
    tokens = torch.randn(6, 12)
    plain = _run(transformer, layout, tokens, [0.3, 0.9])
    transformer.pack()
    torch.testing.assert_close(_run(transformer, layout, tokens, [0.3, 0.9]), plain)
