"""What a chunk looks at while it is made: a constant number of finished latent frames.

However long the video, it is sink + retrieved + slots + window (spec training.md E.2; its learned
slots need a model trained with them, `pipelines.context.slots` is a form of them that needs no
training). The network has only ever seen clips of `trained_frames`, so what is looked at stands on
a local time axis of that length. Neighbours keep their true distance; what is remembered from
farther away stands beyond them, at its true distance or at the end of the axis. No position outside
the trained range is ever fed, and because rotary position is relative, a chunk far into a video
sees what the last chunk of a trained clip sees. Room that memory does not need goes to the window:
where all that is finished fits, all of it is looked at, at its true place.

Memory is weighed against the window by what the words say. While they stay the same, nothing new is
to come, and neighbours keep the picture steady. At a turn, where a chunk is made under another
prompt than its neighbours, what left may come back: old frames come before all neighbours but one.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

Recall: TypeAlias = Callable[[list[int], list[int], int], list[int]]
"""(latent frames to choose from, those in view, how many) to the chosen ones, best first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoryConfig:
    """What a chunk looks at; each part can be turned off to see what it is worth."""

    trained_frames: int | None = 5
    """Latent frames of the longest clip seen in training: nothing is looked at from farther away.
    None trusts any distance and looks at everything, so cost grows with duration."""
    sink: bool = True
    """Always look at the first latent frame of the scene, which holds its look."""
    num_retrieved: int = 2
    """Old latent frames brought back beside the window, where there is room."""
    num_slots: int = 16
    """At a turn, places of the sink that show what retrieved frames without room hold."""
    window: int = 2
    """Neighbours on each side that come before all memory; what room is left goes to them too."""
    turn_window: int = 1
    """The same at a turn, where the words have changed since: something old may come back."""
    retrieval: Literal["cover", "alike"] = "cover"
    """Old frames that show what is not in view, or those most like what is."""
    pictures_inside: bool = False
    """Let the latent of a single picture stand amid motion; in training it stands first."""

    def __post_init__(self) -> None:
        if self.trained_frames is not None and self.trained_frames < 1:
            raise ValueError(f"trained_frames is {self.trained_frames}; it must be at least 1")
        for name in ("num_retrieved", "num_slots"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it cannot be negative")
        for name in ("window", "turn_window"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")


class Piece(NamedTuple):
    """Neighbouring finished latent frames of one chunk, as they are looked at."""

    chunk: int
    first_frame: int
    num_frames: int
    local_frame: int
    slots: tuple[int, ...] = ()
    """Frames whose most novel places are laid over it, best first; it is a single frame then."""


class View(NamedTuple):
    """What one chunk looks at, in generation order, and where it stands itself."""

    pieces: tuple[Piece, ...]
    local_frame: int

    @property
    def num_frames(self) -> int:
        """Latent frames that are looked at."""
        return sum(piece.num_frames for piece in self.pieces)


class Finished(NamedTuple):
    """What there is to look at when a chunk is about to be made."""

    chunk_of: Mapping[int, int]
    """Chunk of every finished latent frame of the scene, in generation order."""
    pictures: Collection[int] = ()
    """Latent frames that hold one single picture: the first of every segment."""
    is_turn: bool = False
    """Whether the neighbours were made under another prompt than the chunk will be."""


def look_around(
    first_frame: int, num_frames: int, finished: Finished, config: MemoryConfig, recall: Recall
) -> View:
    """Choose what a chunk looks at, and place it on the local time axis.

    Args:
        first_frame: first latent frame of the chunk.
        num_frames: its latent frames.
        finished: what there is to look at.
        config: how much of it.
        recall: ranks old frames.
    """
    if config.trained_frames is None:
        return View(_pieces({f: f for f in finished.chunk_of}, finished.chunk_of), first_frame)
    search = _Search(first_frame, first_frame + num_frames, finished, config)
    search.choose(recall)
    places, local_frame = search.places()
    return View(_pieces(places, finished.chunk_of, search.slots()), local_frame)


class _Search:
    """The frames chosen so far for one chunk: a window on each side, and the memory.

    Attributes:
        left: window before the chunk, nearest first, without a hole.
        right: window after the chunk, nearest first, with the distance from the chunk's end.
        remembered: frames from farther away; they stand beyond the window.
        crowded: retrieved frames for which there is no place of their own, best first.
    """

    def __init__(self, first: int, end: int, finished: Finished, config: MemoryConfig) -> None:
        assert config.trained_frames is not None
        self.first, self.end, self.config, self.finished = first, end, config, finished
        self.room = max(config.trained_frames - (end - first), 0)
        self.left = list[int]()
        self.right = dict[int, int]()
        self.remembered = list[int]()
        self.crowded = list[int]()

    def choose(self, recall: Recall) -> None:
        """Choose frames by what they are worth, until the room is used up."""
        before, after = self._before(), self._after()
        # The nearest neighbours come before all memory: without them nothing would move on.
        is_turn = self.finished.is_turn
        for _ in range(self.config.turn_window if is_turn else self.config.window):
            self._look_left(before)
            self._look_right(after)
        candidates = self._candidates()
        if self.config.sink:
            self._remember(candidates[:1])
        candidates = [frame for frame in candidates if frame not in self._seen()]
        if self._all_fit():
            self._remember(candidates)
        moving = [f for f in candidates if not self._is_misplaced(f) and f not in self._seen()]
        count = self.config.num_retrieved
        if not (is_turn and self.config.num_slots and self.config.sink):
            count = min(count, self.room - self._used())
        if moving and count > 0:
            chosen = recall(moving, sorted(self._seen()), count)
            self._remember(chosen)
            self.crowded = [frame for frame in chosen if frame not in self._seen()]
        for _ in range(self.room):
            self._look_left(before)
            self._look_right(after)
        self.remembered.sort(key=self._farness)

    def slots(self) -> dict[int, tuple[int, ...]]:
        """Return the frames that share a place with a remembered one: the sink where it is."""
        crowded = tuple(frame for frame in self.crowded if frame not in self._seen())
        return {self.remembered[-1]: crowded} if self.remembered and crowded else {}

    def places(self) -> tuple[dict[int, int], int]:
        """Return the local frame of every chosen frame, and of the chunk itself."""
        width = self.end - self.first
        offsets = {frame: frame - self.first for frame in self.left}
        offsets |= {frame: width + distance for frame, distance in self.right.items()}
        kept = 0
        for number, frame in enumerate(self.remembered):
            # As far as the axis goes, less what those still farther away need.
            farthest = self.room - self._reach() - (len(self.remembered) - 1 - number)
            distance = self._distance(frame)
            kept = max(min(distance, farthest), kept + 1) if distance > 0 else farthest
            offsets[frame] = width - 1 + self._reach() + kept if self._is_ahead() else -kept
        last = max([width - 1, *offsets.values()])
        latest = self.room + width - 1 - last
        is_true = all(frame - self.first == offset for frame, offset in offsets.items())
        local_frame = min(self.first, latest) if is_true or self._is_ahead() else latest
        return {frame: local_frame + offset for frame, offset in offsets.items()}, local_frame

    def _before(self) -> list[int]:
        frames = list[int]()
        while (frame := self.first - 1 - len(frames)) in self.finished.chunk_of:
            frames.append(frame)
            if self._is_misplaced(frame):
                break
        return frames

    def _after(self) -> list[tuple[int, int]]:
        """Return finished frames after the chunk with their distance, nearest first."""
        ahead = sorted(frame for frame in self.finished.chunk_of if frame >= self.end)
        skipped, after = 0, list[tuple[int, int]]()
        for frame in ahead:
            if self._is_misplaced(frame) and frame + 1 in self.finished.chunk_of:
                skipped += 1  # one frame of the file: nearer to no latent frame than to one
            elif frame - self.end - skipped < self.room:
                after.append((frame, frame - self.end - skipped))
        return after

    def _candidates(self) -> list[int]:
        """Return what may be remembered, in generation order."""
        frames = [frame for frame in self.finished.chunk_of if frame not in self._seen()]
        if self._is_ahead():
            return [frame for frame in frames if frame > self.end and not self._is_misplaced(frame)]
        if not self._seen():
            return frames  # with no window, memory stands behind nothing and any side will do
        start = self._before()[-1] if self.left else 0
        if not self._is_misplaced(start):
            start = 0
        # Nothing stands before the first picture of a clip.
        return [frame for frame in frames if start <= frame < self.first]

    def _is_misplaced(self, frame: int) -> bool:
        return frame in self.finished.pictures and not self.config.pictures_inside

    def _is_ahead(self) -> bool:
        # Memory stands behind a window: next to the chunk it would pass for its neighbour.
        return not self.left and bool(self.right)

    def _reach(self) -> int:
        return max(self.right.values(), default=-1) + 1

    def _used(self) -> int:
        return len(self.left) + len(self.remembered) + self._reach()

    def _seen(self) -> set[int]:
        return {*self.left, *self.right, *self.remembered}

    def _look_left(self, before: list[int]) -> None:
        if len(self.left) < len(before) and self._used() < self.room:
            self._move(before[len(self.left)])
            self.left.append(before[len(self.left)])

    def _look_right(self, after: list[tuple[int, int]]) -> None:
        if len(self.right) < len(after):
            frame, distance = after[len(self.right)]
            if self._used() - self._reach() + distance + 1 <= self.room:
                self._move(frame)
                self.right[frame] = distance

    def _move(self, frame: int) -> None:
        """Let a frame that the window reaches be remembered no longer."""
        if frame in self.remembered:
            self.remembered.remove(frame)

    def _remember(self, candidates: list[int]) -> None:
        for frame in candidates:
            if frame not in self._seen() and self._used() < self.room:
                self.remembered.append(frame)

    def _all_fit(self) -> bool:
        frames = [*self.finished.chunk_of, self.first, self.end - 1]
        return max(frames) - min(frames) < self.room + self.end - self.first

    def _distance(self, frame: int) -> int:
        """Return how far a frame lies beyond the window on the side of the memory, else 0."""
        return frame - self.end - self._reach() + 1 if self._is_ahead() else self.first - frame

    def _farness(self, frame: int) -> tuple[bool, bool, int]:
        """Order what is remembered: true neighbours first, then what lies on the other side."""
        is_other_side = self._distance(frame) <= 0
        farness = frame if self._is_ahead() else -frame
        return self._is_misplaced(frame), is_other_side, farness


def _pieces(
    places: Mapping[int, int],
    chunk_of: Mapping[int, int],
    slots: Mapping[int, tuple[int, ...]] = MappingProxyType({}),
) -> tuple[Piece, ...]:
    """Join frames of one chunk that are neighbours in time and on the local axis."""
    pieces = list[Piece]()
    for frame, chunk in chunk_of.items():
        if frame not in places:
            continue
        following = pieces and (
            pieces[-1].chunk,
            pieces[-1].first_frame + pieces[-1].num_frames,
            pieces[-1].local_frame + pieces[-1].num_frames,
        )
        is_whole = frame not in slots and not (pieces and pieces[-1].slots)
        if is_whole and following == (chunk, frame, places[frame]):
            pieces[-1] = pieces[-1]._replace(num_frames=pieces[-1].num_frames + 1)
        else:
            pieces.append(Piece(chunk, frame, 1, places[frame], slots.get(frame, ())))
    return tuple(pieces)
