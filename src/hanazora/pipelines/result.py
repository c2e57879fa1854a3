"""What a generation returns: the frames, how they were made, and the way to a file."""

from dataclasses import dataclass, field
from pathlib import Path

from jaxtyping import Float
from torch import Tensor

from hanazora.media.frames import Frames
from hanazora.pipelines.plan import Plan
from hanazora.pipelines.progress import Progress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.verbs.kept_latents import KeptInfo, save_kept, shown_latents
from hanazora.pipelines.way_out import Published, publish, publish_picture


@dataclass(frozen=True, slots=True)
class GenerateResult:
    """A finished video in memory.

    Attributes:
        frames: the video.
        request: the resolved request, with the model's own settings filled in.
        model: what made it.
        plan: what was given and what was made.
        latents: of every chunk of the plan, by number.
        files: of the request's inputs, in order.
    """

    frames: Frames
    request: GenerateRequest
    model: ModelInfo
    plan: Plan | None = None
    latents: dict[int, Tensor] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def save(self, path: str | Path, *, progress: Progress | None = None) -> Published:
        """Let the video or picture out through the single way; latents are kept beside a video."""
        path, request = Path(path), self.request
        if request.verb == "picture":
            return publish_picture(self.frames[0], request, self.model, path, files=self.files)
        published = publish(
            [self.frames], request, self.model, path, files=self.files, progress=progress
        )
        if self.plan is not None:
            keep_latents(published, self.request, self.model, self.plan, self.latents)
        return published


def keep_latents(
    published: Published,
    request: GenerateRequest,
    model: ModelInfo,
    plan: Plan,
    chunks: dict[int, Float[Tensor, "z _lt lh lw"]],
) -> None:
    """Keep the latents of a finished video, so that it can go on without its pixels."""
    if "autoencoder" not in model.weight_hashes:
        return  # nobody could tell later which autoencoder they belong to
    latents, segments = shown_latents(plan, chunks)
    info = KeptInfo(
        video_sha256=published.sha256,
        autoencoder_sha256=model.weight_hashes["autoencoder"],
        width=request.width,
        height=request.height,
        fps=request.fps,
        prompt=request.expanded_prompt or request.prompt,
        segments=segments,
    )
    save_kept(published.path, latents, info)
