"""`hanazora eval reconstruction`: what the autoencoder alone keeps of a video."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanazora.cli.progress import TerminalProgress
from hanazora.core.paths import bundled_model_dir
from hanazora.pipelines.request import check_range

if TYPE_CHECKING:
    from torch import Tensor

MAX_CLIPS = 10_000
MAX_FRAMES = 60


def reconstruction(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Videos to give back instead of renders.")
    ] = None,
    num_clips: Annotated[int, typer.Option(help="How many held-out renders.")] = 200,
    num_frames: Annotated[int, typer.Option(help="Frames taken from the start of each.")] = 17,
    autoencoder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="An autoencoder; else the bundled one.")
    ] = None,
) -> None:
    """Encode and decode held-out renders (320x192), or given files, and print PSNR and SSIM."""
    check_range("num_clips", num_clips, 1, MAX_CLIPS)
    check_range("num_frames", num_frames, 1, MAX_FRAMES)
    from hanazora.evals.reconstruction import measure_reconstruction
    from hanazora.models.autoencoder.weights import load_autoencoder
    from hanazora.parallel.device import tune_allocator

    tune_allocator()
    network = load_autoencoder(autoencoder or bundled_model_dir() / "autoencoder")
    with TerminalProgress() as progress:
        progress.start("clips", len(files) if files else num_clips)
        clips = _read(files, num_frames) if files else _draw(num_clips, num_frames)
        made = measure_reconstruction(network, _counted(clips, progress))
    print(
        f"{made.num_clips} {'files' if files else 'renders'} of {num_frames} frames: "
        f"PSNR {made.psnr_db:.2f} dB (worst {made.worst_psnr_db:.2f}, first frames "
        f"{made.first_frame_psnr_db:.2f}), SSIM {made.ssim:.3f}"
    )


def _draw(num_clips: int, num_frames: int) -> "Iterator[Tensor]":
    """Render the scenes of held-out prompts."""
    from hanazora.evals.fidelity_run import PROMPT_SEED
    from hanazora.evals.references import as_video
    from hanazora.world.clip import render_clip
    from hanazora.world.prompts import held_out_prompts

    for spec, _ in held_out_prompts("seen", num_clips, PROMPT_SEED, num_frames=num_frames):
        yield as_video(render_clip(spec, 192, 320).frames)


def _read(files: list[Path], num_frames: int) -> "Iterator[Tensor]":
    import torch

    from hanazora.evals.references import as_video
    from hanazora.media.decode import read_video

    for path in files:
        yield as_video(torch.from_numpy(read_video(path, num_frames)))


def _counted(clips: "Iterator[Tensor]", progress: TerminalProgress) -> "Iterator[Tensor]":
    for clip in clips:
        yield clip
        progress.advance()
