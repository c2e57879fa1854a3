from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.verbs.planning import plan_request
from hanazora.pipelines.verbs.sources import load_source
from hanazora.pipelines.verbs.tasks import edit_task

MakeClip = Callable[..., Path]


def test_a_clip_becomes_latents_of_whole_patches(
    pipeline: TextToVideo, foreign_clip: MakeClip
) -> None:
    task = edit_task(foreign_clip(num_frames=20), "blue", "ae")
    plan = plan_request(task.request, pipeline.geometry)
    latents = load_source(
        task.request.inputs[0], task.files[0], plan, pipeline.model.autoencoder, pipeline.device
    )
    # 32x48 pixels are 2x3 cells, and patches are two cells wide.
    assert tuple(latents.shape[1:]) == (6, 2, 4)
    assert torch.equal(latents, latents.half().float())


def test_latents_of_another_length_are_refused(pipeline: TextToVideo, own_clip: MakeClip) -> None:
    task = edit_task(own_clip(), "blue", "ae")
    plan = plan_request(task.request, pipeline.geometry)
    other = edit_task(own_clip("b.mp4", num_frames=20), "blue", "ae")
    with pytest.raises(UserError, match="has latents of"):
        load_source(
            task.request.inputs[0], other.files[0], plan, pipeline.model.autoencoder,
            pipeline.device,
        )  # fmt: skip
