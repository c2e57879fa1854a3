from dataclasses import replace
from pathlib import Path

import torch

from hanazora.models.layers.weights import load_part
from hanazora.models.text.encoder import TextEncoder, TextEncoderConfig
from hanazora.pipelines.model_directory import TEXT_ENCODER
from hanazora.train.text_loop import (
    QUESTIONS,
    UNSAID,
    TextTrainConfig,
    answer,
    draw_captions,
    fact_loss,
    train_text_encoder,
)
from hanazora.world.captions import Caption, Fact
from hanazora.world.vocabulary import COLOURS, SETTINGS


def _config(tmp_path: Path) -> TextTrainConfig:
    return TextTrainConfig(
        run_dir=tmp_path,
        text_encoder=TextEncoderConfig(hidden_size=32, num_layers=1, num_heads=2),
        steps=30,
        num_captions=16,
        log_every=10,
    )


def test_only_what_a_caption_says_is_asked() -> None:
    facts = (
        Fact(subject=-1, name="setting", value="reef", shot=-1),
        Fact(subject=1, name="colour", value="blue", shot=-1),
        Fact(subject=0, name="colour", value="red", shot=1),  # of a later shot
    )
    given = answer(Caption(text="x", asserted=facts, length="short", frame="x"))
    said = {QUESTIONS[i][:2]: value for i, value in enumerate(given) if value != UNSAID}
    assert said == {("setting", -1): SETTINGS.index("reef"), ("colour", 1): COLOURS.index("blue")}


def test_the_encoder_learns_to_read_and_is_saved(tmp_path: Path) -> None:
    config = _config(tmp_path / "a")
    trained = train_text_encoder(config)
    rows = (tmp_path / "a" / "metrics.jsonl").read_text().splitlines()
    assert len(rows) == 3
    untrained = train_text_encoder(replace(_config(tmp_path / "b"), steps=1))
    losses = []
    for encoder in (untrained, trained):
        difference = (encoder.token_embedding.weight - trained.token_embedding.weight).abs().max()
        losses.append(float(difference.detach()))
    assert losses[0] > 0 and losses[1] == 0
    loaded, _ = load_part(TextEncoder, TEXT_ENCODER, tmp_path / "a" / "text_encoder")
    ids, mask = torch.tensor([[5, 6, 7]]), torch.ones(1, 3, dtype=torch.bool)
    with torch.no_grad():
        assert (loaded(ids, mask) - trained(ids, mask)).abs().max() < 0.1


def test_captions_of_a_step_are_always_the_same_and_the_loss_counts_right_answers(
    tmp_path: Path,
) -> None:
    config = _config(tmp_path)
    assert draw_captions(config, 3) == draw_captions(config, 3)
    assert draw_captions(config, 3) != draw_captions(config, 4)
    answers = torch.full((2, len(QUESTIONS)), UNSAID)
    answers[0, 0] = 1
    logits = [torch.zeros(2, len(values)) for _, _, values in QUESTIONS]
    logits[0][0, 1] = 9.0
    loss, right = fact_loss(logits, answers)
    assert float(loss) < 0.01 and right == 1.0
