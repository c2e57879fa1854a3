"""A run on disk: what was asked and every finished chunk, so that nothing finished is lost.

``run.json`` holds the resolved request, the plan and what makes it; ``inputs.safetensors`` the
latents of given clips and pictures; ``chunks/POSITION-INDEX.safetensors`` one finished chunk each,
in the order they were made. Every file appears whole or not at all, so after ``kill -9`` at any
moment the directory is a prefix of the run, and going on from it gives the same file: noise depends
on (seed, chunk) only, and finished chunks come back bit for bit.
"""

import contextlib
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from hanazora.core.config import load_config, save_config
from hanazora.core.errors import OutputError, UserError
from hanazora.core.paths import atomic_path, hold_lock, output_error
from hanazora.pipelines.plan import Plan
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.sidecar import ModelInfo, versions

RECORD_NAME = "run.json"
INPUTS_NAME = "inputs.safetensors"
SUFFIX = ".run"
_LATENTS = "latents"
_CHUNK_NAME = re.compile(r"(\d{4})-(\d{4})\.safetensors")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """What a run makes; two runs with equal records make the same file."""

    request: GenerateRequest
    """What was asked, with the model's own settings filled in."""
    model: ModelInfo
    """The model with the hash of every weight file, the kind of device and the dtype."""
    plan: Plan
    """Which chunks are given and which are made, in what order."""
    sampler: SamplerConfig
    """How each chunk is made."""
    model_dir: str | None = None
    """Absolute path of the model; none is the bundled one. Stays on this machine."""
    output: str = ""
    """Absolute path of the video to write. Stays on this machine."""
    files: tuple[str, ...] = ()
    """Absolute paths of the inputs, whose manifests go along. Stay on this machine."""
    versions: dict[str, str] = field(default_factory=versions)
    """Versions of everything that can change a pixel."""


class RunDirectory:
    """An open run; one process at a time has it. Made by `RunDirectory.create` or `.open`.

    Leaving the `with` block well removes the directory unless `keep` is true; leaving it by an
    exception keeps it as soon as one chunk is finished, unless going on is hopeless.

    Args:
        path: the directory; it exists.
        record: what the run makes.
    """

    def __init__(self, path: Path, record: RunRecord) -> None:
        self.path = path
        self.record = record
        self.keep = False
        self.is_hopeless = False
        self._lock = contextlib.ExitStack()
        self._lock.enter_context(hold_lock(path))

    @classmethod
    def create(cls, path: Path, record: RunRecord) -> "RunDirectory":
        """Begin a run, or go on with the one that is there when it makes the same file.

        Raises:
            UserError: another video's unfinished run is there, or another process has it.
            OutputError: the directory cannot be created.
        """
        if (path / RECORD_NAME).exists():
            run = cls.open(path)
            if _essence(run.record) == _essence(record):
                return run
            run.release()
            raise UserError(
                f"{path} holds the run of another video",
                "one output has one run",
                f"hanazora resume {path}, or remove it",
            )
        try:
            (path / "chunks").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise output_error(path, error) from error
        run = cls(path, record)
        try:
            save_config(record, path / RECORD_NAME)
        except OutputError:
            run.remove()
            raise
        return run

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """Open an unfinished run.

        Raises:
            UserError: the directory is no run, or another process has it.
        """
        if not (path / RECORD_NAME).is_file():
            rule = f"it holds no {RECORD_NAME}"
            raise UserError(f"{path} is not a run", rule, f"the NAME{SUFFIX} beside a video")
        return cls(path, load_config(RunRecord, path / RECORD_NAME))

    @property
    def num_finished(self) -> int:
        """Chunks made so far."""
        return len(self._files())

    def save_chunk(self, index: int, latents: Float[Tensor, "z lt lh lw"]) -> None:
        """Keep a finished chunk.

        Args:
            index: which chunk of the video.
            latents: normalised latents; kept bit for bit.
        """
        name = f"{self.num_finished:04d}-{index:04d}.safetensors"
        with atomic_path(self.path / "chunks" / name) as temporary:
            save_file({_LATENTS: _smallest(latents)}, temporary)

    def finished_chunks(self) -> dict[int, Float[Tensor, "z _lt lh lw"]]:
        """Return the finished chunks by index, in the order they were made."""
        files = self._files()
        return {index: _load(file, f"rm {file}")[_LATENTS].float() for index, file in files}

    def save_inputs(self, latents: Mapping[int, Float[Tensor, "z _lt lh lw"]]) -> None:
        """Keep what was given, so that going on needs neither the clips nor the encoder.

        Args:
            latents: of every input of the plan, by its number.
        """
        with atomic_path(self.path / INPUTS_NAME) as temporary:
            save_file(
                {str(number): _smallest(value) for number, value in latents.items()}, temporary
            )

    def inputs(self) -> dict[int, Float[Tensor, "z _lt lh lw"]]:
        """Return the latents of every input by its number; none where nothing is given."""
        if not self.record.plan.sources:
            return {}
        saved = _load(self.path / INPUTS_NAME)
        return {int(number): latents.float() for number, latents in saved.items()}

    def all_chunks(self) -> dict[int, Float[Tensor, "z _lt lh lw"]]:
        """Return every chunk of the video, given or made, by index in order of time.

        Raises:
            UserError: a chunk is not made yet.
        """
        plan, inputs, chunks = self.record.plan, self.inputs(), self.finished_chunks()
        if len(chunks) < len(plan.order):
            raise UserError(
                f"{self.path} has {len(chunks)} of {len(plan.order)} chunks",
                "a video is decoded when every chunk is made",
                f"hanazora resume {self.path}",
            )
        for index, chunk in enumerate(plan.chunks):
            if chunk.given is not None:
                first = chunk.given.first_frame
                chunks[index] = inputs[chunk.given.source][:, first : first + chunk.num_frames]
        return dict(sorted(chunks.items()))

    def changed_versions(self) -> list[str]:
        """Return which packages have another version now: the same bits are no longer certain."""
        now = versions()
        return [name for name, old in self.record.versions.items() if now.get(name) != old]

    def release(self) -> None:
        """Let other processes open the run."""
        self._lock.close()

    def remove(self) -> None:
        """Delete the run."""
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> "RunDirectory":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        is_unfinished = error is not None and self.num_finished > 0 and not self.is_hopeless
        if is_unfinished or (error is None and self.keep):
            self.release()
        else:
            self.remove()

    def _files(self) -> list[tuple[int, Path]]:
        """Index and file of each finished chunk: an unbroken row from position 0."""
        found = list(self._named_files())
        row = [(index, file) for position, index, file in found]
        positions = [position for position, _, _ in found]
        whole = next((i for i, position in enumerate(positions) if i != position), len(row))
        return row[:whole]

    def _named_files(self) -> Iterator[tuple[int, int, Path]]:
        for file in sorted((self.path / "chunks").iterdir()):
            match = _CHUNK_NAME.fullmatch(file.name)
            if match:
                yield int(match[1]), int(match[2]), file


def run_path(output: Path) -> Path:
    """Return where the run of a video lies: beside it, so on the disk that was chosen for it."""
    return output.with_name(output.stem + SUFFIX)


def _essence(record: RunRecord) -> RunRecord:
    # Where files lie changes nothing in the video; the request knows its inputs by their hashes.
    return replace(record, output="", files=(), model_dir=None)


def _smallest(latents: Tensor) -> Tensor:
    """Return the values in fp16 where that loses nothing (see `rollout.keep_precision`)."""
    plain = latents.detach().cpu().contiguous()
    half = plain.half()
    return half if torch.equal(half.to(plain.dtype), plain) else plain


def _load(file: Path, nearest: str = "") -> dict[str, Tensor]:
    try:
        return load_file(file)
    except (SafetensorError, OSError) as error:
        raise UserError(
            f"cannot read {file}", "it was changed after it was written", nearest
        ) from error
