"""What a generation returns: the frames, how they were made, and the way to a file."""

from dataclasses import dataclass
from pathlib import Path

from hanazora.media.frames import Frames
from hanazora.pipelines.progress import Progress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sidecar import ModelInfo
from hanazora.pipelines.way_out import Published, publish


@dataclass(frozen=True, slots=True)
class GenerateResult:
    """A finished video in memory.

    Attributes:
        frames: the video.
        request: the resolved request, with the model's own settings filled in.
        model: what made it.
    """

    frames: Frames
    request: GenerateRequest
    model: ModelInfo

    def save(self, path: str | Path, *, progress: Progress | None = None) -> Published:
        """Write the video and its sidecar through the single way out."""
        return publish([self.frames], self.request, self.model, Path(path), progress=progress)
