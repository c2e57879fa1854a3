"""From what a person gives to a request: files are identified, sizes and durations follow.

A task is a request with the files it names by their hashes. Nothing here needs a loaded model; what
cannot be met is refused before one is loaded.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from hanazora.core.documents import sha256_file
from hanazora.core.errors import UserError
from hanazora.media.clips import inspect_clip
from hanazora.media.stills import read_picture
from hanazora.pipelines.material import Input, clip_segments, picture_segments
from hanazora.pipelines.request import (
    DEFAULT_FPS,
    DEFAULT_SECONDS,
    GenerateRequest,
    Size,
    frames_from_seconds,
)
from hanazora.pipelines.verbs.kept_latents import latents_path, read_info

_RATE_TOLERANCE = 0.005  # 30 and 29.97 frames per second play as one
_MAX_CANDIDATES = 200


class Task(NamedTuple):
    """A request, and the files of its inputs in the same order."""

    request: GenerateRequest
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What every verb takes; the fields are those of the request."""

    seed: int = 0
    """The same seed and the same settings make the same file."""
    num_inference_steps: int | None = None
    """Denoising steps per chunk; none takes the model's own."""
    guidance_scale: float | None = None
    """Strength of the prompt; none takes the model's own."""
    negative_prompt: str = ""
    """What the video should not show."""
    gap_order: Literal["inward", "outward"] = "inward"
    """Whether a gap is closed from both ends or from its start."""
    keys_every: int | None = None
    """Make every so many-th chunk first; none makes all in order."""

    def request(self, request: GenerateRequest) -> GenerateRequest:
        """Apply the settings to a request."""
        return replace(request, **asdict(self))


class Clip(NamedTuple):
    """A clip that was given, as its file says."""

    path: Path
    given: Input
    fps: float
    prompt: str
    """What it was asked to show, where it is one of ours."""


def open_clip(path: Path, autoencoder_sha256: str, *, whole_end: bool) -> Clip:
    """Identify a clip: one of ours goes on from its latents, any other is encoded.

    Args:
        path: the file.
        autoencoder_sha256: hash of the autoencoder's weights; latents of another are not used.
        whole_end: something will follow it (see `material.clip_segments`).
    """
    info = inspect_clip(path)
    sha256 = sha256_file(path)
    kept = read_info(path, sha256, autoencoder_sha256)
    if kept is not None:
        given = Input(
            kind="latents",
            sha256=sha256,
            width=kept.width,
            height=kept.height,
            segments=kept.segments,
            latents_sha256=sha256_file(latents_path(path)),
        )
        return Clip(path, given, kept.fps, kept.prompt)
    segments = clip_segments(info.num_frames, whole_end=whole_end)
    given = Input(
        kind="clip", sha256=sha256, width=info.width, height=info.height, segments=segments
    )
    return Clip(path, given, float(info.fps), "")


def open_picture(path: Path, time_s: float | None = None) -> Input:
    """Identify a still."""
    height, width = read_picture(path).shape[:2]
    return Input(
        kind="picture",
        sha256=sha256_file(path),
        width=width,
        height=height,
        segments=picture_segments(),
        time_s=time_s,
    )


def animate_task(
    prompt: str,
    pictures: Sequence[tuple[Path, float]],
    *,
    seconds: float = DEFAULT_SECONDS,
    fps: float = DEFAULT_FPS,
    settings: Settings | None = None,
) -> Task:
    """Let pictures move, each pinned to a time in seconds; the video has their size."""
    if not pictures:
        raise UserError("there is no picture to animate", "", "--image FILE@0")
    inputs = tuple(open_picture(path, time_s) for path, time_s in pictures)
    for (path, _), given in zip(pictures, inputs, strict=True):
        if given.size != inputs[0].size:
            raise _two_sizes(pictures[0][0], inputs[0], path, given)
    request = GenerateRequest(
        verb="animate",
        prompt=prompt,
        width=inputs[0].width,
        height=inputs[0].height,
        num_frames=frames_from_seconds(seconds, fps),
        fps=fps,
        inputs=inputs,
    )
    return Task((settings or Settings()).request(request), tuple(path for path, _ in pictures))


def extend_task(
    path: Path,
    autoencoder_sha256: str,
    *,
    forward_s: float = 0.0,
    backward_s: float = 0.0,
    prompt: str = "",
    settings: Settings | None = None,
) -> Task:
    """Let a clip go on, or begin earlier."""
    clip = open_clip(path, autoencoder_sha256, whole_end=forward_s > 0)
    forward, backward = (
        frames_from_seconds(seconds, clip.fps) if seconds else 0
        for seconds in (forward_s, backward_s)
    )
    request = replace(
        _clip_request("extend", [clip], prompt, forward + backward),
        forward_frames=forward,
        backward_frames=backward,
    )
    return Task((settings or Settings()).request(request), (path,))


def connect_task(
    first: Path,
    second: Path,
    autoencoder_sha256: str,
    *,
    seconds: float,
    prompt: str = "",
    settings: Settings | None = None,
) -> Task:
    """Make what lies between two clips."""
    clips = [
        open_clip(first, autoencoder_sha256, whole_end=True),
        open_clip(second, autoencoder_sha256, whole_end=False),
    ]
    if clips[0].given.size != clips[1].given.size:
        raise _two_sizes(first, clips[0].given, second, clips[1].given)
    if abs(clips[0].fps / clips[1].fps - 1) > _RATE_TOLERANCE:
        raise UserError(
            f"{first} has {clips[0].fps:g} fps and {second} {clips[1].fps:g}",
            "both must have one rate",
            f"a copy of {second} at {clips[0].fps:g} fps",
        )
    gap = frames_from_seconds(seconds, clips[0].fps)
    request = _clip_request("connect", clips, prompt, gap)
    return Task((settings or Settings()).request(request), (first, second))


def loop_task(
    path: Path,
    autoencoder_sha256: str,
    *,
    seconds: float,
    prompt: str = "",
    settings: Settings | None = None,
) -> Task:
    """Make the way from the end of a clip back to its beginning."""
    clip = open_clip(path, autoencoder_sha256, whole_end=True)
    request = _clip_request("loop", [clip], prompt, frames_from_seconds(seconds, clip.fps))
    return Task((settings or Settings()).request(request), (path,))


def edit_task(
    path: Path,
    prompt: str,
    autoencoder_sha256: str,
    *,
    strength: float | None = None,
    settings: Settings | None = None,
) -> Task:
    """Make a clip again under another prompt (SDEdit)."""
    clip = open_clip(path, autoencoder_sha256, whole_end=False)
    request = replace(_clip_request("edit", [clip], prompt, 0), strength=strength)
    return Task((settings or Settings()).request(request), (path,))


def picture_task(prompt: str, size: Size, *, settings: Settings | None = None) -> Task:
    """Make one picture."""
    request = GenerateRequest(
        verb="picture", prompt=prompt, width=size.width, height=size.height, num_frames=1
    )
    return Task((settings or Settings()).request(request))


def find_files(request: GenerateRequest, sidecar: Path, given: Sequence[Path] = ()) -> Task:
    """Find the files of a sidecar's request again, by their hashes.

    Args:
        request: as read from the sidecar.
        sidecar: files that are not given are looked for in its directory.
        given: files to look at first.

    Raises:
        UserError: a file is not there, or the latents that were used are gone.
    """
    if not request.inputs:
        return Task(request)
    beside = sorted(path for path in sidecar.parent.iterdir() if path.is_file())
    found = dict[str, Path]()
    wanted = {item.sha256 for item in request.inputs}
    for path in [*given, *beside[:_MAX_CANDIDATES]]:
        if wanted - set(found):
            found.setdefault(sha256_file(path), path)
    files = list[Path]()
    for number, item in enumerate(request.inputs, start=1):
        if item.sha256 not in found:
            rule = f"no file beside the sidecar has the hash {item.sha256[:12]}"
            raise UserError(f"input {number}, a {item.kind} of {item.size}", rule, "--input FILE")
        path = found[item.sha256]
        kept = latents_path(path)
        if item.latents_sha256 and (not kept.is_file() or sha256_file(kept) != item.latents_sha256):
            rule = f"the video was made from latents with the hash {item.latents_sha256[:12]}"
            raise UserError(f"{kept} is missing or another one", rule)
        files.append(path)
    return Task(request, tuple(files))


def _clip_request(
    verb: Literal["extend", "connect", "loop", "edit"],
    clips: Sequence[Clip],
    prompt: str,
    num_made: int,
) -> GenerateRequest:
    first = clips[0]
    told = prompt or next((clip.prompt for clip in clips if clip.prompt), "")
    if not told:
        rule = "only a video of ours says itself what it shows"
        raise UserError(f"there is no prompt for {first.path}", rule, '--prompt "snow falls"')
    return GenerateRequest(
        verb=verb,
        prompt=told,
        width=first.given.width,
        height=first.given.height,
        num_frames=sum(clip.given.num_frames for clip in clips) + num_made,
        fps=first.fps,
        inputs=tuple(clip.given for clip in clips),
    )


def _two_sizes(first: Path, one: Input, second: Path, other: Input) -> UserError:
    return UserError(
        f"{first} is {one.size} and {second} is {other.size}",
        "both must have one size",
        f"a copy of {second} of {one.size}",
    )
