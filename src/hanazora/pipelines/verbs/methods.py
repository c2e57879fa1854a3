"""The verbs as methods of a loaded model: each makes a task and hands it to `generate`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from hanazora.pipelines.progress import Progress
from hanazora.pipelines.request import DEFAULT_FPS, DEFAULT_SECONDS, GenerateRequest, Size
from hanazora.pipelines.result import GenerateResult
from hanazora.pipelines.runs.run_directory import RunDirectory
from hanazora.pipelines.verbs.storyboard import storyboard_task
from hanazora.pipelines.verbs.tasks import (
    Settings,
    Task,
    animate_task,
    connect_task,
    edit_task,
    extend_task,
    loop_task,
    picture_task,
)


class VerbMethods(ABC):
    """Everything a model can do beside `generate`."""

    @property
    @abstractmethod
    def autoencoder_sha256(self) -> str:
        """Hash of the autoencoder's weights."""

    @abstractmethod
    def generate(
        self,
        request: GenerateRequest | str,
        files: Sequence[Path] = (),
        *,
        run: RunDirectory | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Make one video, whatever its verb."""

    def animate(
        self,
        prompt: str,
        pictures: Mapping[float, str | Path],
        *,
        seconds: float = DEFAULT_SECONDS,
        fps: float = DEFAULT_FPS,
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Let pictures move; each is pinned to its time in seconds."""
        pinned = [(Path(path), time_s) for time_s, path in pictures.items()]
        task = animate_task(prompt, pinned, seconds=seconds, fps=fps, settings=settings)
        return self._make(task, progress)

    def extend(
        self,
        clip: str | Path,
        *,
        forward_s: float = 0.0,
        backward_s: float = 0.0,
        prompt: str = "",
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Let a clip go on, or begin earlier; one of ours goes on from its kept latents."""
        task = extend_task(
            Path(clip),
            self.autoencoder_sha256,
            forward_s=forward_s,
            backward_s=backward_s,
            prompt=prompt,
            settings=settings,
        )
        return self._make(task, progress)

    def connect(
        self,
        first: str | Path,
        second: str | Path,
        *,
        seconds: float,
        prompt: str = "",
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Make what lies between two clips of one size."""
        task = connect_task(
            Path(first),
            Path(second),
            self.autoencoder_sha256,
            seconds=seconds,
            prompt=prompt,
            settings=settings,
        )
        return self._make(task, progress)

    def loop(
        self,
        clip: str | Path,
        *,
        seconds: float,
        prompt: str = "",
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Make the way from the end of a clip back to its beginning."""
        task = loop_task(
            Path(clip), self.autoencoder_sha256, seconds=seconds, prompt=prompt, settings=settings
        )
        return self._make(task, progress)

    def edit(
        self,
        clip: str | Path,
        prompt: str,
        *,
        strength: float | None = None,
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Make a clip again under another prompt."""
        task = edit_task(
            Path(clip), prompt, self.autoencoder_sha256, strength=strength, settings=settings
        )
        return self._make(task, progress)

    def storyboard(
        self,
        file: str | Path,
        *,
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Make the shots of a storyboard file."""
        return self._make(storyboard_task(Path(file), settings=settings), progress)

    def picture(
        self,
        prompt: str,
        size: Size,
        *,
        settings: Settings | None = None,
        progress: Progress | None = None,
    ) -> GenerateResult:
        """Make one picture."""
        return self._make(picture_task(prompt, size, settings=settings), progress)

    def _make(self, task: Task, progress: Progress | None) -> GenerateResult:
        return self.generate(task.request, task.files, progress=progress)
