"""The plan of a video: which chunks are given, which are made, in what order, under which prompt.

Every verb is a plan over the same rollout (DESIGN section 1). A plan is plain data: it holds no
tensor, loads no model, compares equal, and goes to JSON and back (`core.config`).

The timeline is a row of latent frames cut into *segments*. A segment is decoded on its own and
begins with the latent of one single picture, as every clip does; so a cut, a pinned picture or the
start of a second clip falls on exactly the frame that was asked for, and what was given is decoded
as it would be alone. Inside a segment stand *chunks*, the units of the rollout.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from hanazora.core.errors import UserError
from hanazora.core.shapes import SPACE_STRIDE, TIME_STRIDE, LatentShape, padded_shape

Verb: TypeAlias = Literal[
    "generate", "animate", "extend", "connect", "loop", "edit", "storyboard", "picture"
]


class Geometry(NamedTuple):
    """What a plan needs to know about a model."""

    chunk_frames: int
    """Latent frames per chunk after the first."""
    patch_size: tuple[int, int, int]
    """Latent frames, rows and columns that make one token."""

    def latent_size(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the latents that hold a frame, rounded up to whole patches."""
        rows, columns = (
            -(-side // (SPACE_STRIDE * patch)) * patch
            for side, patch in zip((height, width), self.patch_size[1:], strict=True)
        )
        return rows, columns


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """Where the latents of a given chunk come from."""

    source: int
    """Number of the input, in the order of the request."""
    first_frame: int = 0
    """Latent frame of that input with which the chunk begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedChunk:
    """A run of latent frames that is given, or made in one go."""

    first_frame: int
    """Latent frame on the timeline."""
    num_frames: int
    """Latent frames."""
    segment: int
    """Number of the segment it lies in."""
    prompt: int = 0
    """Number of the prompt it is made under."""
    given: Given | None = None
    """Where it comes from; none is made."""

    @property
    def end_frame(self) -> int:
        """First latent frame after it."""
        return self.first_frame + self.num_frames


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A run of latent frames that is decoded on its own."""

    first_frame: int
    """Latent frame on the timeline."""
    num_latent_frames: int
    """Latent frames; the first holds one single picture."""
    num_frames: int
    """Frames of it that are shown; 0 is context only."""
    skip_frames: int = 0
    """Decoded frames left out before them."""
    scene: int = 0
    """Segments of one scene see each other while they are made; a cut starts another scene."""

    @property
    def end_frame(self) -> int:
        """First latent frame after it."""
        return self.first_frame + self.num_latent_frames

    @property
    def num_decoded(self) -> int:
        """Frames that its latents hold."""
        return (self.num_latent_frames - 1) * TIME_STRIDE + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One video, before anything is computed."""

    verb: Verb
    """What was asked for."""
    width: int
    """Pixels of the file."""
    height: int
    """Pixels of the file."""
    fps: float
    """Frames per second of the file."""
    latent_height: int
    """Rows of latents; a whole number of patches."""
    latent_width: int
    """Columns of latents; a whole number of patches."""
    prompts: tuple[str, ...]
    """The texts; chunks refer to them by number."""
    segments: tuple[Segment, ...]
    """The timeline, cut where decoding starts afresh."""
    chunks: tuple[PlannedChunk, ...]
    """All chunks, given and made, in order of time."""
    order: tuple[int, ...]
    """Numbers of the chunks to make, in the order of their making."""
    strength: float = 1.0
    """Noise put on what a made chunk starts from; 1 starts from noise alone."""
    init_source: int | None = None
    """Input whose latents every made chunk starts from (SDEdit); none starts from noise."""

    def __post_init__(self) -> None:
        _require_tiling(self.segments, self.chunks)
        if not all(0 <= chunk.prompt < len(self.prompts) for chunk in self.chunks):
            raise ValueError("a chunk refers to a prompt that is not there")
        made = [index for index, chunk in enumerate(self.chunks) if chunk.given is None]
        if sorted(self.order) != made:
            raise ValueError(f"the order {self.order} does not name each chunk to make once")
        if not made:
            raise UserError("there is nothing to make", "every frame is given")
        if not 0 < self.strength <= 1:
            raise UserError(f"strength {self.strength:g}", "it must be above 0 and at most 1")
        if self.strength < 1 and self.init_source is None:
            raise ValueError("a strength below 1 needs something to start from")
        if self.num_frames < 1:
            raise ValueError("no frame of the timeline is shown")

    @property
    def num_frames(self) -> int:
        """Frames of the file."""
        return sum(segment.num_frames for segment in self.segments)

    @property
    def num_latent_frames(self) -> int:
        """Latent frames of the whole timeline."""
        return self.segments[-1].end_frame

    @property
    def sources(self) -> tuple[int, ...]:
        """Numbers of the inputs it uses."""
        used = {chunk.given.source for chunk in self.chunks if chunk.given is not None}
        if self.init_source is not None:
            used.add(self.init_source)
        return tuple(sorted(used))

    def scene_of(self, chunk: PlannedChunk) -> int:
        """Return the scene in which a chunk lies."""
        return self.segments[chunk.segment].scene

    def frames_made_before(self, number: int) -> int:
        """Return how many latent frames of its scene are made under its prompt before a chunk."""
        chunk = self.chunks[number]
        earlier = (self.chunks[other] for other in self.order[: self.order.index(number)])
        return sum(
            other.num_frames
            for other in earlier
            if other.prompt == chunk.prompt and self.scene_of(other) == self.scene_of(chunk)
        )

    def flows(self, number: int) -> bool:
        """Return whether the picture goes on from a chunk to the one after it: there is no cut."""
        if number + 1 >= len(self.chunks):
            return False
        first, second = self.chunks[number], self.chunks[number + 1]
        if first.segment == second.segment:
            return True
        # The shots of a storyboard may share a scene, yet each segment of it begins with a cut.
        is_cut = self.verb == "storyboard"
        return not is_cut and self.scene_of(first) == self.scene_of(second)

    def shown_frames(self, chunk: PlannedChunk) -> range:
        """Return the frames of the file that a chunk holds; empty where it is context only."""
        segment = self.segments[chunk.segment]
        before = sum(other.num_frames for other in self.segments[: chunk.segment])
        start, end = (
            min(max(frame - segment.skip_frames, 0), segment.num_frames)
            for frame in (
                frames_before(chunk.first_frame - segment.first_frame),
                frames_before(chunk.end_frame - segment.first_frame),
            )
        )
        return range(before + start, before + end)


class Run(NamedTuple):
    """Neighbouring latent frames that all come from one input, or are all made under one prompt."""

    num_frames: int
    prompt: int = 0
    given: Given | None = None


class Part(NamedTuple):
    """A segment to be: its runs, and which of its frames are shown."""

    runs: tuple[Run, ...]
    num_frames: int
    skip_frames: int = 0
    scene: int = 0


def frames_before(num_latent_frames: int) -> int:
    """Return how many frames the first latent frames of a segment hold."""
    return max((num_latent_frames - 1) * TIME_STRIDE + 1, 0)


def latent_frames(num_frames: int) -> int:
    """Return how many latent frames hold the first frames of a segment, rounded up."""
    return -(-(num_frames - 1) // TIME_STRIDE) + 1


def lay_out(
    parts: Sequence[Part], geometry: Geometry
) -> tuple[tuple[Segment, ...], tuple[PlannedChunk, ...]]:
    """Cut a timeline into segments and chunks.

    The first latent frame of a segment is a chunk of its own, as in training; every run after it
    is cut into chunks of equal length, the last of which may be shorter.
    """
    segments, chunks = list[Segment](), list[PlannedChunk]()
    place = 0
    for number, part in enumerate(parts):
        start = place
        for run in part.runs:
            done = 0
            while done < run.num_frames:
                longest = 1 if place == start else geometry.chunk_frames
                length = min(longest, run.num_frames - done)
                chunks.append(
                    PlannedChunk(
                        first_frame=place,
                        num_frames=length,
                        segment=number,
                        prompt=run.prompt,
                        given=run.given and _later(run.given, done),
                    )
                )
                place, done = place + length, done + length
        segments.append(
            Segment(
                first_frame=start,
                num_latent_frames=place - start,
                num_frames=part.num_frames,
                skip_frames=part.skip_frames,
                scene=part.scene,
            )
        )
    return tuple(segments), tuple(chunks)


def plain_plan(shape: LatentShape, chunk_frames: int, order: Sequence[int] | None = None) -> Plan:
    """Plan latents of a whole clip of which nothing is given, under one prompt.

    Args:
        shape: latent shape; height and width divide by the patch.
        chunk_frames: latent frames per chunk after the first.
        order: numbers of the chunks in generation order; forward when None.
    """
    video = padded_shape(shape)
    part = Part((Run(shape.frames),), video.frames)
    segments, chunks = lay_out([part], Geometry(chunk_frames, (1, 1, 1)))
    return Plan(
        verb="generate",
        width=video.width,
        height=video.height,
        fps=1.0,
        latent_height=shape.height,
        latent_width=shape.width,
        prompts=("",),
        segments=segments,
        chunks=chunks,
        order=tuple(range(len(chunks))) if order is None else tuple(order),
    )


def outward(chunks: Sequence[PlannedChunk], scenes: Sequence[int]) -> tuple[int, ...]:
    """Order the chunks to make so that each grows out of what is there already.

    Chunks after a given one are made forward, chunks before the first given one backward.

    Args:
        chunks: all chunks in order of time.
        scenes: the scene of each chunk; a cut ends what can be grown out of.
    """
    order = list[int]()
    for run in _made_runs(chunks, scenes):
        first, last = run[0], run[-1]
        has_left = first > 0 and scenes[first - 1] == scenes[first]
        has_right = last + 1 < len(chunks) and scenes[last + 1] == scenes[last]
        order += run[::-1] if has_right and not has_left else run
    return tuple(order)


def inward(chunks: Sequence[PlannedChunk], scenes: Sequence[int]) -> tuple[int, ...]:
    """Order the chunks to make from both ends of every gap in turns; the middle comes last."""
    order = list[int]()
    for run in _made_runs(chunks, scenes):
        left, right = 0, len(run) - 1
        while left <= right:
            order.append(run[left])
            left += 1
            if left <= right:
                order.append(run[right])
                right -= 1
    return tuple(order)


def keys_first(order: Sequence[int], every: int) -> tuple[int, ...]:
    """Move key chunks, `every` chunks apart, to the front; the gaps between them come after.

    Drift is then bounded by the number of keys, not by the length of the video.
    """
    if every < 2:
        raise UserError(f"a key chunk every {every} chunks", "keys are at least 2 apart", "2")
    keys = order[::every]
    return (*keys, *(index for index in order if index not in set(keys)))


def _later(given: Given, num_frames: int) -> Given:
    return Given(source=given.source, first_frame=given.first_frame + num_frames)


def _made_runs(chunks: Sequence[PlannedChunk], scenes: Sequence[int]) -> Iterable[list[int]]:
    run = list[int]()
    for index, chunk in enumerate(chunks):
        if run and (chunk.given is not None or scenes[index] != scenes[index - 1]):
            yield run
            run = []
        if chunk.given is None:
            run.append(index)
    if run:
        yield run


def _require_tiling(segments: Sequence[Segment], chunks: Sequence[PlannedChunk]) -> None:
    place = 0
    for number, segment in enumerate(segments):
        if segment.first_frame != place:
            raise ValueError(f"segment {number} begins at {segment.first_frame}, not at {place}")
        if segment.skip_frames + segment.num_frames > segment.num_decoded:
            raise ValueError(f"segment {number} shows more frames than its latents hold")
        for chunk in chunks:
            if chunk.segment == number:
                if chunk.first_frame != place:
                    raise ValueError(f"a chunk begins at {chunk.first_frame}, not at {place}")
                place = chunk.end_frame
        if place != segment.end_frame:
            raise ValueError(f"the chunks of segment {number} end at {place}")
