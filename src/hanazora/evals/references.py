"""The rows that every fidelity table needs: what the reader makes of truth, and trivial answers.

The truth is the render of the prompt's own specification. Its score is the floor of the reader: no
model can be shown to be better. Trivial answers show what a score is worth.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import UInt8
from torch import Tensor

from hanazora.core.shapes import VideoShape
from hanazora.evals.fidelity import FidelityReport, Video, score_readings, shuffle
from hanazora.evals.scene_reader import SceneReader, SceneReading, read_clips
from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.world.captions import Caption
from hanazora.world.clip import render_clip
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import SceneSpec

TRUTH, RECONSTRUCTED = "true renders (floor)", "true renders through the autoencoder"
FROZEN, UNRELATED = "first frame of truth, frozen", "random training clip"
SHUFFLED = "true renders, captions shuffled"

_TRAINING_SEED = 1_000_000
"""Seed of the first unrelated clip."""


def reference_reports(
    prompts: Sequence[tuple[SceneSpec, Caption]],
    reader: SceneReader,
    height: int,
    width: int,
    *,
    autoencoder: VideoAutoencoder | None = None,
    on_prompt: Callable[[int], None] | None = None,
) -> list[FidelityReport]:
    """Render the truth of every prompt and score it and the trivial answers.

    Args:
        prompts: specifications with their captions.
        reader: reads the videos.
        height: of the renders, in pixels.
        width: of the renders, in pixels.
        autoencoder: adds the row of what it gives back.
        on_prompt: called after each prompt with the number of finished ones.
    """
    readings: dict[str, list[SceneReading]] = {}
    for index, (spec, _) in enumerate(prompts):
        for name, video in _videos(spec, index, height, width, autoencoder):
            readings.setdefault(name, []).extend(read_clips(reader, video))
        if on_prompt is not None:
            on_prompt(index + 1)
    readings[SHUFFLED] = [readings[TRUTH][other] for other in shuffle(len(prompts))]
    captions = [caption for _, caption in prompts]
    return [score_readings(name, rows, captions, reader) for name, rows in readings.items()]


def _videos(
    spec: SceneSpec, index: int, height: int, width: int, autoencoder: VideoAutoencoder | None
) -> list[tuple[str, Video]]:
    truth = as_video(render_clip(spec, height, width).frames)
    other = sample_spec(
        _TRAINING_SEED + index, num_frames=spec.num_frames, fps=spec.fps, aspect=spec.aspect
    )
    videos = [(TRUTH, truth)]
    if autoencoder is not None:
        videos.append((RECONSTRUCTED, reconstruct(autoencoder, truth)))
    return [
        *videos,
        (FROZEN, truth[:, :, :1].expand_as(truth)),
        (UNRELATED, as_video(render_clip(other, height, width).frames)),
    ]


def as_video(frames: UInt8[Tensor, "t h w c"]) -> Video:
    """Bring frames to [-1, 1] with the axes of a video."""
    return (frames.float() / 127.5 - 1.0).permute(3, 0, 1, 2)[None]


@torch.inference_mode()
def reconstruct(autoencoder: VideoAutoencoder, video: Video) -> Video:
    """Encode and decode a video in bf16."""
    latents = autoencoder.encode(video.to(torch.bfloat16))
    return autoencoder.decode(latents, VideoShape(*video.shape[2:])).float().clamp(-1, 1)
