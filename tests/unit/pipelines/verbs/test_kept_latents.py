from pathlib import Path

import pytest
import torch

from hanazora.core.errors import UserError
from hanazora.pipelines.plan import Geometry, Given, Part, Plan, Run, lay_out
from hanazora.pipelines.verbs.kept_latents import (
    KeptInfo,
    latents_path,
    read_info,
    read_kept,
    save_kept,
    shown_latents,
)


def _plan() -> Plan:
    again = Run(3, given=Given(source=0))
    parts = [Part((Run(3),), 9), Part((again,), 0), Part((Run(1),), 1)]
    segments, chunks = lay_out(parts, Geometry(2, (1, 2, 2)))
    return Plan(
        verb="loop", width=48, height=32, fps=8.0, latent_height=2, latent_width=4, prompts=("x",),
        segments=segments, chunks=chunks, order=(0, 1, 4),
    )  # fmt: skip


def _info() -> KeptInfo:
    return KeptInfo(
        video_sha256="v", autoencoder_sha256="a", width=48, height=32, fps=8.0, prompt="x",
        segments=_plan().segments[:1],
    )  # fmt: skip


def test_what_is_context_only_is_not_kept() -> None:
    plan = _plan()
    chunks = {i: torch.full((2, c.num_frames, 2, 4), float(i)) for i, c in enumerate(plan.chunks)}
    latents, segments = shown_latents(plan, chunks)
    assert latents[0, :, 0, 0].tolist() == [0, 1, 1, 4]
    assert [(s.first_frame, s.num_frames) for s in segments] == [(0, 9), (3, 1)]


def test_latents_come_back_for_their_video_and_autoencoder_only(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    latents = torch.randn(2, 3, 2, 4).half().float()
    assert save_kept(video, latents, _info()) == latents_path(video)
    assert torch.equal(read_kept(video), latents)
    assert read_info(video, "v", "a") == _info()
    assert read_info(video, "other", "a") is None and read_info(video, "v", "other") is None
    assert str(tmp_path).encode() not in latents_path(video).read_bytes()


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    assert read_info(video, "v", "a") is None
    latents_path(video).write_bytes(b"not latents")
    assert read_info(video, "v", "a") is None
    with pytest.raises(UserError, match="cannot read"):
        read_kept(video)
