"""From a request to a file on disk, so that nothing finished is lost on the way.

Every finished chunk goes into the run directory beside the output; frames are decoded piece by
piece straight into the way out, so memory does not grow with the duration. When the file is there
the run directory goes; when anything stops the work, it stays, and `resume` or `decode` goes on.
"""

import contextlib
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from torch import Tensor

from hanazora.core.errors import CancelledError, ModelError, NonFiniteError
from hanazora.media.frames import FramePiece
from hanazora.parallel.device import Device, release_memory
from hanazora.pipelines.decoding import DecodeMemoryError
from hanazora.pipelines.generate import Job, TextToVideo, load
from hanazora.pipelines.progress import Progress, SilentProgress
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.result import keep_latents
from hanazora.pipelines.runs.run_directory import RunDirectory, RunRecord, run_path
from hanazora.pipelines.runs.streaming import FinishedChunk
from hanazora.pipelines.way_out import Published, RefusedError, Watcher, publish, publish_picture

STREAM_SUFFIX = ".stream.mp4"


class Produced(NamedTuple):
    """A finished file and how long it took."""

    published: Published
    seconds: float
    first_frame_s: float
    """When the frame filter had cleared the first frame; streaming, it could be watched then."""
    run: Path | None
    """The run directory, where it was kept."""


def stream_path(output: Path) -> Path:
    """Return where the frames of a video can be watched while the rest is made."""
    return output.with_name(output.stem + STREAM_SUFFIX)


def produce(
    pipeline: TextToVideo,
    request: GenerateRequest,
    path: Path,
    files: Sequence[Path] = (),
    *,
    stream: bool = False,
    keep_run: bool = False,
    model_dir: Path | None = None,
    progress: Progress | None = None,
) -> Produced:
    """Make a video and publish it; an unfinished run of the same video goes on where it stood.

    Args:
        pipeline: the loaded model.
        request: what to make.
        path: where the video goes.
        files: the files of its inputs, in order.
        stream: decode and show each frame as soon as it is finished, at `stream_path(path)`.
        keep_run: leave the run directory when the video is done.
        model_dir: where the model was read from, so that `resume` finds it; none: the bundled.
        progress: told about every step and frame; may cancel.

    Raises:
        UserError: the request cannot be met, or another video's run is in the way.
        RefusedError: a check said no.
        NonFiniteError: a network returned NaN or infinity.
        DecodeMemoryError: not even small tiles fit into memory.
    """
    job = pipeline.prepare(request, files)
    record = RunRecord(
        request=job.request,
        model=pipeline.info(job.request),
        plan=job.plan,
        sampler=job.sampler,
        model_dir=None if model_dir is None else str(model_dir.resolve()),
        output=str(path.resolve()),
        files=tuple(str(file.resolve()) for file in files),
    )
    with _leaving_no_memory(pipeline.device), RunDirectory.create(run_path(path), record) as run:
        run.keep = keep_run
        if job.sources:
            run.save_inputs(job.sources)
        return _finish(pipeline, job, run, stream=stream, progress=progress)


def resume(
    pipeline: TextToVideo,
    run: RunDirectory,
    *,
    stream: bool = False,
    progress: Progress | None = None,
) -> Produced:
    """Go on with a run and publish its video: the same file as if it had never stopped.

    Args:
        pipeline: the model that began it, on the same kind of device.
        run: an open run; left to the caller to keep or remove.
        stream: as in `produce`.
        progress: told about every step and frame; may cancel.

    Raises:
        ModelError: it was begun with other weights, on another kind of device or in another dtype.
    """
    record = run.record
    if pipeline.info(record.request) != record.model:
        raise ModelError(
            f"{run.path} was begun with another model",
            f"it needs {record.model.name} on {record.model.device} in {record.model.dtype} "
            "with the same weights",
        )
    job = Job(record.request, record.plan, record.sampler, run.inputs())
    with _leaving_no_memory(pipeline.device):
        return _finish(pipeline, job, run, stream=stream, progress=progress)


def decode(
    pipeline: TextToVideo,
    run: RunDirectory,
    *,
    tile_cells: int | None = None,
    progress: Progress | None = None,
) -> Produced:
    """Decode a run whose chunks are all made, and publish its video.

    Args:
        pipeline: a model with the same autoencoder.
        run: an open run.
        tile_cells: side of the tiles to begin with, in latent cells; none is the whole picture.
        progress: told about every frame; may cancel.

    Raises:
        UserError: a chunk is not made yet.
        ModelError: the run belongs to another autoencoder.
    """
    record, watch = run.record, _Stopwatch()
    if record.model.weight_hashes.get("autoencoder", "") != pipeline.autoencoder_sha256:
        raise ModelError(f"{run.path} was made with another autoencoder")
    chunks = run.all_chunks()
    job = Job(record.request, record.plan, record.sampler, {})
    finished = (FinishedChunk(*item) for item in chunks.items())
    frames = pipeline.frames(job, finished, tile_cells=tile_cells)
    with _leaving_no_memory(pipeline.device):
        published = _let_out(frames, run, watch, progress=progress)
    _keep_latents(published, run, chunks)
    return _produced(published, run, watch)


def load_for(run: RunDirectory) -> TextToVideo:
    """Load the model that began a run, on the kind of device and in the dtype it was begun."""
    record = run.record
    return load(record.model_dir, device=record.model.device, dtype=record.model.dtype)


def _finish(
    pipeline: TextToVideo, job: Job, run: RunDirectory, *, stream: bool, progress: Progress | None
) -> Produced:
    """Make what is missing, and publish everything."""
    progress = progress or SilentProgress()
    watch = _Stopwatch()
    made = dict[int, Tensor]()

    def making() -> Iterator[FinishedChunk]:
        for chunk in pipeline.chunks(job, run=run, progress=progress):
            made[chunk.number] = chunk.latents
            yield chunk

    with _dropping_the_hopeless(run):
        chunks = making() if stream else iter(list(making()))
        frames = pipeline.frames(job, chunks)
        shown = None if stream else progress  # streaming, the steps of every chunk are shown
        published = _let_out(frames, run, watch, stream=stream, progress=shown)
    _keep_latents(published, run, made)
    return _produced(published, run, watch)


def _let_out(
    frames: Iterator[FramePiece],
    run: RunDirectory,
    watch: "_Stopwatch",
    *,
    stream: bool = False,
    progress: Progress | None,
) -> Published:
    """Publish the frames of a run, and name the way on after a failed decode."""
    record = run.record
    path, files = Path(record.output), [Path(file) for file in record.files]
    with _dropping_the_hopeless(run):
        try:
            if record.request.verb == "picture":
                picture = np.concatenate(list(frames))[0]
                return publish_picture(picture, record.request, record.model, path, files=files)
            return publish(
                frames,
                record.request,
                record.model,
                path,
                files=files,
                watcher=Watcher(stream_path(path) if stream else None, watch.see),
                progress=progress,
            )
        except DecodeMemoryError as error:
            nearest = f"hanazora decode {run.path} with more free memory"
            raise DecodeMemoryError(error.what, error.rule, nearest) from error


def _keep_latents(
    published: Published, run: RunDirectory, chunks: dict[int, Float[Tensor, "z _lt lh lw"]]
) -> None:
    record = run.record
    if record.request.verb != "picture":
        keep_latents(published, record.request, record.model, record.plan, chunks)


@contextlib.contextmanager
def _leaving_no_memory(device: Device) -> Iterator[None]:
    """Give back what a job held when it ends; a cancelled one lets go of what was half made."""
    try:
        yield
    except CancelledError as error:
        traceback.clear_frames(error.__traceback__)
        raise
    finally:
        release_memory(device.torch)


@contextlib.contextmanager
def _dropping_the_hopeless(run: RunDirectory) -> Iterator[None]:
    """Drop a run that could only fail the same way again; a check that could not run may yet."""
    try:
        yield
    except NonFiniteError:
        run.is_hopeless = True
        raise
    except RefusedError as error:
        run.is_hopeless = error.verdict is not None
        raise


class _Stopwatch:
    """Notes when the first frame could be seen."""

    def __init__(self) -> None:
        self.started_s = time.monotonic()
        self.first_s = 0.0

    def see(self, frames: FramePiece) -> None:
        """Note that frames may be shown now."""
        if len(frames) and not self.first_s:
            self.first_s = time.monotonic()


def _produced(published: Published, run: RunDirectory, watch: _Stopwatch) -> Produced:
    now_s = time.monotonic()
    first_frame_s = (watch.first_s or now_s) - watch.started_s
    return Produced(
        published, now_s - watch.started_s, first_frame_s, run.path if run.keep else None
    )
