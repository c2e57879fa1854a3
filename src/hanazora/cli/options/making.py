"""How a video is made and where it goes: what every command that makes one can be told."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from hanazora.cli.options.aliases import (
    DeviceName,
    DtypeName,
    Expand,
    Guidance,
    KeepRun,
    ModelDir,
    Negative,
    Output,
    PlanOnly,
    Seed,
    Steps,
    Stream,
)
from hanazora.cli.options.folding import OptionGroup
from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.media.picture_files import PICTURE_KINDS
from hanazora.pipelines.way_out import VIDEO_SUFFIXES

if TYPE_CHECKING:
    from hanazora.parallel.device import Device
    from hanazora.pipelines.verbs.tasks import Settings


@dataclass(frozen=True, kw_only=True)
class MachineOptions(OptionGroup):
    """With which model, and on what."""

    model: ModelDir = None
    device: DeviceName = "auto"
    dtype: DtypeName = "auto"

    @property
    def model_dir(self) -> Path:
        """The model directory that was given, or the bundled one."""
        return self.model or bundled_model_dir()

    def pick_device(self) -> "Device":
        """Return where and in which precision to compute.

        Raises:
            UserError: no such device on this machine.
        """
        from hanazora.parallel.device import pick_device

        return pick_device(self.device, self.dtype)

    def autoencoder_sha256(self) -> str:
        """Return the hash by which kept latents know their autoencoder, without loading it.

        Raises:
            ModelError: there are no such weights.
        """
        from hanazora.pipelines.model_directory import part_sha256

        return part_sha256(self.model_dir, "autoencoder")


@dataclass(frozen=True, kw_only=True)
class PictureOptions(MachineOptions):
    """How one picture is made and where it goes."""

    suffixes: ClassVar[tuple[str, ...]] = tuple(PICTURE_KINDS)
    """Ends that the name of the file may have; the first is taken where none is given."""

    seed: Seed = None
    num_inference_steps: Steps = None
    guidance_scale: Guidance = None
    negative_prompt: Negative = None
    expand: Expand = None
    output: Output = None
    plan_only: PlanOnly = False

    @property
    def is_expanding(self) -> bool:
        """Whether prompts are put into the model's own language; the bundled model reads it."""
        return self.model is None if self.expand is None else self.expand

    def settings(self, gap_order: Literal["inward", "outward"] = "inward") -> "Settings":
        """Return what every verb takes."""
        from hanazora.pipelines.verbs.tasks import Settings

        return Settings(
            seed=self.seed or 0,
            num_inference_steps=self.num_inference_steps,
            guidance_scale=self.guidance_scale,
            negative_prompt=self.negative_prompt or "",
            gap_order=gap_order,
        )


@dataclass(frozen=True, kw_only=True)
class VideoOptions(PictureOptions):
    """How a video is made and where it goes."""

    suffixes: ClassVar[tuple[str, ...]] = VIDEO_SUFFIXES

    stream: Stream = False
    keep_run: KeepRun = False

    def for_picture(self) -> PictureOptions:
        """Return the same for one picture.

        Raises:
            UserError: something is asked for that only videos have.
        """
        if self.stream or self.keep_run:
            raise UserError("a picture with --stream or --keep-run", "only videos have them")
        shared = {field.name: getattr(self, field.name) for field in fields(PictureOptions)}
        return PictureOptions(**shared)
