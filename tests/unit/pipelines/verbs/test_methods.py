from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from hanazora.media.clips import read_clip
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.request import GenerateRequest, Size
from hanazora.pipelines.verbs.tasks import Settings

MakeClip = Callable[..., Path]
SETTINGS = Settings(seed=5, num_inference_steps=1, guidance_scale=1.0)


def _never(*_: object) -> None:
    raise AssertionError("the encoder was called")


def test_the_encoder_is_never_called_for_videos_of_ours(
    pipeline: TextToVideo, own_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = own_clip(), own_clip("b.mp4", num_frames=5)
    monkeypatch.setattr(pipeline.model.autoencoder, "encode_groups", _never)
    extended = pipeline.extend(first, forward_s=1.0, backward_s=0.5, settings=SETTINGS)
    assert extended.frames.shape == (7 + 8 + 4, 32, 48, 3)
    assert pipeline.connect(first, second, seconds=1.0, settings=SETTINGS).frames.shape[0] == 20
    assert pipeline.loop(first, seconds=0.5, settings=SETTINGS).frames.shape[0] == 11
    edited = pipeline.edit(first, "a blue ball", strength=0.3, settings=SETTINGS)
    assert edited.frames.shape[0] == 7


def test_given_frames_come_back_as_they_were_decoded(
    pipeline: TextToVideo, own_clip: MakeClip
) -> None:
    path = own_clip()
    before = pipeline.extend(path, backward_s=1.0, settings=SETTINGS)
    after = pipeline.extend(path, forward_s=1.0, settings=SETTINGS)
    assert np.array_equal(before.frames[8:], after.frames[:7])
    original = GenerateRequest(prompt="a red ball", width=48, height=32, num_frames=7, seed=3)
    assert np.array_equal(after.frames[:7], pipeline.generate(original).frames)


def test_going_on_twice_is_going_on_from_latents_both_times(
    pipeline: TextToVideo, own_clip: MakeClip
) -> None:
    first = pipeline.extend(own_clip(), backward_s=0.5, settings=SETTINGS)
    assert first.plan is not None and len(first.plan.segments) == 2
    made = sum(chunk.given is None for chunk in first.plan.chunks)
    assert made == 2 and set(first.latents) == set(range(len(first.plan.chunks)))


def test_a_clip_of_anyone_is_encoded_and_goes_on(
    pipeline: TextToVideo, foreign_clip: MakeClip
) -> None:
    path = foreign_clip(num_frames=6)
    result = pipeline.extend(path, forward_s=0.5, prompt="on", settings=SETTINGS)
    assert result.frames.shape[0] == 10
    autoencoder = pipeline.model.autoencoder
    video = torch.from_numpy(read_clip(path).frames).permute(3, 0, 1, 2)[None] / 127.5 - 1
    # Filled up in front, so that the last latent frame holds true frames only.
    filled = torch.cat([video[:, :, :1].repeat(1, 1, 3, 1, 1), video], dim=2)
    filled = torch.cat([filled, filled[..., -1:].expand(*filled.shape[:-1], 16)], dim=-1)
    own = autoencoder.decode(autoencoder.encode(filled))[0, :, 3:, :32, :48]
    expected = ((own.clamp(-1, 1) + 1) * 127.5).round().permute(1, 2, 3, 0).numpy()
    assert np.abs(result.frames[:6] - expected).max() <= 1


def test_a_pinned_picture_is_shown_at_its_time(pipeline: TextToVideo, still: MakeClip) -> None:
    result = pipeline.animate("it moves", {0.5: still()}, seconds=1.5, settings=SETTINGS)
    alone = pipeline.animate("it moves", {0.0: still()}, seconds=0.125, fps=16.0, settings=SETTINGS)
    assert result.frames.shape[0] == 12
    assert np.array_equal(result.frames[4], alone.frames[0])


def test_shots_and_pictures(pipeline: TextToVideo, still: MakeClip, tmp_path: Path) -> None:
    board = tmp_path / "board.toml"
    board.write_text(
        'size = "48x32"\n[[shots]]\nseconds = 0.5\nprompt = "a"\n'
        '[[shots]]\nseconds = 0.5\nprompt = "b"\nimage = "still.png"\n'
    )
    still()
    result = pipeline.storyboard(board, settings=SETTINGS)
    assert result.frames.shape == (8, 32, 48, 3)
    assert [len(result.request.shots), len(result.request.inputs)] == [2, 1]
    assert pipeline.picture("a", Size(80, 64), settings=SETTINGS).frames.shape == (1, 64, 80, 3)


def test_the_same_request_gives_the_same_frames(pipeline: TextToVideo, own_clip: MakeClip) -> None:
    path = own_clip()
    first = pipeline.loop(path, seconds=1.0, settings=SETTINGS)
    again = pipeline.generate(first.request, first.files)
    assert np.array_equal(first.frames, again.frames)
