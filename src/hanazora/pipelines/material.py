"""What a request is made from besides words: pictures, clips, and the shots of a storyboard.

All of it is plain data that goes into the sidecar: a file is named by its hash, never by its path.
"""

from dataclasses import dataclass
from typing import Literal

from hanazora.core.errors import UserError
from hanazora.core.shapes import TIME_STRIDE
from hanazora.pipelines.plan import Segment, latent_frames


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """A picture or a clip that was given."""

    kind: Literal["picture", "clip", "latents"]
    """A still, a clip that is encoded, or a video of ours whose latents were kept."""
    sha256: str
    """Hash of the file."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    segments: tuple[Segment, ...]
    """The timeline of its latents."""
    latents_sha256: str = ""
    """Hash of the kept latents, where they are used."""
    time_s: float | None = None
    """Where a picture is pinned."""

    @property
    def num_frames(self) -> int:
        """Frames that are shown of it."""
        return sum(segment.num_frames for segment in self.segments)

    @property
    def size(self) -> str:
        """Its size as people write it."""
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """One shot of a storyboard, its words complete: style and subjects are written out."""

    prompt: str
    """What it shows."""
    num_frames: int
    """How long it is."""
    transition: Literal["cut", "continuous"] = "cut"
    """How it follows on the shot before: a cut starts a new picture, continuous flows on."""
    scene: str = ""
    """Shots of one scene see each other across cuts; none is a scene of its own."""
    picture: int | None = None
    """Number of the input that is its first frame."""
    expanded_prompt: str = ""
    """What the model is told instead of the prompt, where that was expanded."""


def picture_segments() -> tuple[Segment, ...]:
    """Timeline of a single picture."""
    return (Segment(first_frame=0, num_latent_frames=1, num_frames=1),)


def clip_segments(num_frames: int, *, whole_end: bool) -> tuple[Segment, ...]:
    """Timeline of a clip that is encoded.

    Args:
        num_frames: its frames.
        whole_end: fill up at the start, so that the last latent frame holds true frames only and
            something can follow; else fill up at the end, so that frame 0 stands alone.
    """
    length = latent_frames(num_frames)
    filled = (length - 1) * TIME_STRIDE + 1 - num_frames
    skip = filled if whole_end else 0
    return (
        Segment(first_frame=0, num_latent_frames=length, num_frames=num_frames, skip_frames=skip),
    )


def require_size(name: str, given: Input, width: int, height: int) -> None:
    """Refuse an input of another size than the video; nothing is resized silently."""
    if (given.width, given.height) != (width, height):
        raise UserError(
            f"{name} is {given.size} and the video {width}x{height}",
            "both must have one size",
            f"a copy of {width}x{height}",
        )
