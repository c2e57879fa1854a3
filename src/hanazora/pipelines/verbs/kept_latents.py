"""The latents of a finished video, kept beside it, so that going on never passes through pixels.

Decoding and encoding again is the known cause of colour drift, and costs. The file is bound to the
video and to the autoencoder by their hashes: of another file, or under another autoencoder, it is
not used. It holds no path, no host name and no clock time.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from hanazora.core.config import from_dict, to_dict
from hanazora.core.errors import UserError
from hanazora.core.paths import atomic_path
from hanazora.pipelines.plan import Plan, Segment

FORMAT = "hanazora.latents/1"
SUFFIX = ".latents.safetensors"
_TENSOR = "latents"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptInfo:
    """What latents belong to, and how they are laid out."""

    video_sha256: str
    """Hash of the video they were decoded to."""
    autoencoder_sha256: str
    """Hash of the autoencoder's weights."""
    width: int
    """Pixels of the video."""
    height: int
    """Pixels of the video."""
    fps: float
    """Frames per second of the video."""
    prompt: str
    """What the video was asked to show."""
    segments: tuple[Segment, ...]
    """The timeline of the latents."""


def latents_path(video: Path) -> Path:
    """Return where the latents of a video lie."""
    return video.with_suffix(SUFFIX)


def shown_latents(
    plan: Plan, chunks: dict[int, Float[Tensor, "z _lt lh lw"]]
) -> tuple[Float[Tensor, "z lt lh lw"], tuple[Segment, ...]]:
    """Join the chunks of a video, without what was context only.

    Returns:
        The latents, and the timeline they have now.
    """
    segments, pieces, place = list[Segment](), list[Tensor](), 0
    for number, segment in enumerate(plan.segments):
        if segment.num_frames == 0:
            continue
        segments.append(replace(segment, first_frame=place))
        place += segment.num_latent_frames
        pieces += [chunks[i] for i, chunk in enumerate(plan.chunks) if chunk.segment == number]
    return torch.cat(pieces, dim=1), tuple(segments)


def save_kept(video: Path, latents: Float[Tensor, "z lt lh lw"], info: KeptInfo) -> Path:
    """Write the latents of a video beside it, in fp16."""
    metadata = {"format": FORMAT, "info": json.dumps(to_dict(info))}
    path = latents_path(video)
    with atomic_path(path) as temporary:
        save_file({_TENSOR: latents.half().contiguous()}, temporary, metadata=metadata)
    return path


def read_info(video: Path, video_sha256: str, autoencoder_sha256: str) -> KeptInfo | None:
    """Return what is known about the kept latents of a video, or None where none can be used."""
    path = latents_path(video)
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
        if "info" not in metadata or metadata.get("format") != FORMAT:
            return None
        info = from_dict(KeptInfo, json.loads(metadata["info"]), "latents")
    except (SafetensorError, OSError, ValueError):
        return None  # a damaged file is as good as none: the video itself is still there
    is_bound = (info.video_sha256, info.autoencoder_sha256) == (video_sha256, autoencoder_sha256)
    return info if is_bound else None


def read_kept(video: Path) -> Float[Tensor, "z lt lh lw"]:
    """Return the kept latents of a video.

    Raises:
        UserError: the file cannot be read.
    """
    path = latents_path(video)
    try:
        with safe_open(path, framework="pt") as file:
            latents: Tensor = file.get_tensor(_TENSOR)
    except (SafetensorError, OSError) as error:
        raise UserError(f"cannot read {path}", str(error), f"rm {path}") from error
    return latents.float()
