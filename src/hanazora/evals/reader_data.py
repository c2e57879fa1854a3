"""What the scene reader is trained on: rendered clips shrunk to its size, with answers per cell.

A sample keeps a few small frames, the motion fields of the clip as it is and of a damaged copy, and
the answers made from the measured facts. The pictures themselves are damaged when a batch is drawn:
generated video is blurry, noisy and ghosted in ways renders never are.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int8, UInt8
from torch import Tensor
from torch.nn import functional

from hanazora.evals.block_matching import grey_frames, match_blocks, mirror_motion
from hanazora.evals.scene_reader import (
    CELL,
    CLIP_FACTS,
    GRID,
    ReaderInput,
    find_motion,
    look_times,
    shrink,
)
from hanazora.world.vocabulary import CAMERA_MOVES, COLOURS, DIRECTIONS, KINDS

NOTHING, UNSURE = -1, -2
"""Answers of a cell without a thing, and of one at the border of a thing or under a tiny one."""

NUM_LOOKS = 5
MOVING_FRAMES = 9
"""Clips at least this long teach motion and camera; shorter ones give one picture."""

MIN_VISIBLE = 0.003
"""Share of the picture's pixels below which a thing is too small to be asked for."""

RECOLOURED = 0.4
"""Share of single pictures that teach kinds in colours that are not theirs."""

_CORE = 0.5
"""Share of a thing's box, in both directions, whose cells must name it."""

_LEFT, _RIGHT = DIRECTIONS.index("left"), DIRECTIONS.index("right")


class Answers(NamedTuple):
    """What the reader should say about a clip; one value per cell or per clip."""

    kind: Int8[Tensor, "*k gh gw"]
    colour: Int8[Tensor, "*k gh gw"]
    share: Float[Tensor, "*k gh gw"]
    """Weight of a cell: one over the number of cells of its thing, so that small things count."""
    direction: Int8[Tensor, "*b gh gw"]
    direction_share: Float[Tensor, "*b gh gw"]
    clip: Int8[Tensor, "*b facts"]
    """One column per name of `CLIP_FACTS`, and the camera; NOTHING where a cut changes them."""


class Sample(NamedTuple):
    """One clip as the reader sees it."""

    looks: UInt8[Tensor, "k c h w"]
    motion: Float[Tensor, "versions m fh fw"]
    """Fields of the clip and of damaged copies; no versions for a clip too short to teach it."""
    answers: Answers


def make_sample(
    frames: UInt8[Tensor, "t c h w"],
    facts: Mapping[str, Any],
    generator: torch.Generator,
    decoded: UInt8[Tensor, "t c h w"] | None = None,
) -> Sample:
    """Make the sample of one clip.

    Args:
        frames: the clip.
        facts: its measured facts as plain JSON values (`world.facts.to_json`).
        generator: decides how the copy for the second motion fields is damaged.
        decoded: the clip as an autoencoder gives it back; it replaces the pictures and the copy.
    """
    is_moving = len(frames) >= MOVING_FRAMES
    times = look_times(len(frames), NUM_LOOKS if is_moving else 1)
    shown = frames if decoded is None else decoded
    motion = torch.zeros(0, 1, 1, 1, dtype=torch.float16)
    if is_moving:
        damaged = (
            find_motion(decoded)
            if decoded is not None
            else match_blocks(damage_grey(grey_frames(frames), generator))
        )
        motion = torch.stack([find_motion(frames), damaged]).half()
    return Sample(shrink(shown[times]), motion, make_answers(facts, times))


def make_answers(facts: Mapping[str, Any], times: Sequence[int]) -> Answers:
    """Turn measured facts into answers for the looks at `times`."""
    size = (len(times), *GRID)
    kind = torch.full(size, NOTHING, dtype=torch.int8)
    colour = torch.full(size, NOTHING, dtype=torch.int8)
    share = torch.zeros(size)
    direction = torch.full(GRID, NOTHING, dtype=torch.int8)
    direction_share = torch.zeros(GRID)
    for look, time in enumerate(times):
        seen = _seen_at(facts, time)
        for thing in seen:
            kind[look][thing.box] = UNSURE
        for thing in seen:
            if thing.core is None:
                continue
            rows, columns = thing.core
            weight = 1.0 / ((rows.stop - rows.start) * (columns.stop - columns.start))
            kind[look][thing.core] = KINDS.index(thing.facts["kind"])
            colour[look][thing.core] = COLOURS.index(thing.facts["colour"])
            share[look][thing.core] = weight
            direction[thing.core] = DIRECTIONS.index(thing.facts["direction"])
            direction_share[thing.core] = weight
    whole = [values.index(facts[name]) for name, values in CLIP_FACTS.items()]
    whole.append(CAMERA_MOVES.index(facts["camera"]))
    if facts["cuts"]:
        style = list(CLIP_FACTS).index("style")
        whole = [value if at == style else NOTHING for at, value in enumerate(whole)]
    clip = torch.tensor(whole, dtype=torch.int8)
    return Answers(kind, colour, share, direction, direction_share, clip)


Region = tuple[slice, slice]


class _Seen(NamedTuple):
    facts: Mapping[str, Any]
    box: Region
    core: Region | None


def _seen_at(facts: Mapping[str, Any], time: int) -> list[_Seen]:
    """Return the things of one frame, the farthest first, so that nearer ones cover them."""
    height, width = facts["height"], facts["width"]
    found = [thing for thing in facts["objects"] if thing["boxes"][time] is not None]
    found.sort(key=lambda thing: -float(thing["depths"][time]))
    seen = []
    for thing in found:
        x0, y0, x1, y1 = thing["boxes"][time]
        centre_x, centre_y = thing["centres"][time]
        core = None
        if thing["visible_px"][time] >= MIN_VISIBLE * height * width:
            half_x, half_y = _CORE * (x1 - x0) / 2, _CORE * (y1 - y0) / 2
            core = (
                _cells(centre_y - half_y, centre_y + half_y, height, GRID[0]),
                _cells(centre_x - half_x, centre_x + half_x, width, GRID[1]),
            )
        box = (
            slice(y0 * GRID[0] // height, -(-y1 * GRID[0] // height)),
            slice(x0 * GRID[1] // width, -(-x1 * GRID[1] // width)),
        )
        seen.append(_Seen(thing, box, core))
    return seen


def _cells(low: float, high: float, size: int, count: int) -> slice:
    """Return the cells whose middle lies between two pixels, at least the one in the middle."""
    scale = count / size
    first, last = round(low * scale), round(high * scale)
    if last <= first:
        first = min(count - 1, max(0, int((low + high) / 2 * scale)))
        last = first + 1
    return slice(max(0, first), min(count, last))


def damage_grey(
    grey: Float[Tensor, "t gh gw"], generator: torch.Generator
) -> Float[Tensor, "t gh gw"]:
    """Blur, ghost, flicker and add noise to small grey frames."""
    blur, ghost, flicker, noise = torch.rand(4, generator=generator).tolist()
    if blur < 0.7:
        size = tuple(max(6, round(side * (0.3 + blur))) for side in grey.shape[1:])
        small = functional.interpolate(grey[:, None], size, mode="bilinear", antialias=True)
        grey = functional.interpolate(small, grey.shape[1:], mode="bilinear")[:, 0]
    previous = torch.cat([grey[:1], grey[:-1]])
    grey = torch.lerp(grey, previous, 0.3 * ghost)
    gain = 1.0 + 0.08 * flicker * torch.randn(len(grey), 1, 1, generator=generator)
    return grey * gain + 0.02 * noise * torch.randn(grey.shape, generator=generator)


class ReaderSet(NamedTuple):
    """Samples of equal shape, stacked: either clips with motion or single pictures."""

    looks: UInt8[Tensor, "n k c h w"]
    motion: Float[Tensor, "n versions m fh fw"]
    answers: Answers

    def __len__(self) -> int:
        """Return the number of samples, not of fields."""
        return int(self.looks.shape[0])


def stack_samples(samples: Sequence[Sample]) -> ReaderSet:
    """Stack samples of equal shape."""
    answers = Answers(*(torch.stack(parts) for parts in zip(*(s.answers for s in samples))))  # noqa: B905
    return ReaderSet(
        torch.stack([sample.looks for sample in samples]),
        torch.stack([sample.motion for sample in samples]),
        answers,
    )


def join_sets(sets: Iterable[ReaderSet | None]) -> ReaderSet | None:
    """Join sets of samples of the same kind; None where there is none."""
    parts = [part for part in sets if part is not None]
    if not parts:
        return None
    answers = Answers(
        *(torch.cat([getattr(part.answers, name) for part in parts]) for name in Answers._fields)
    )
    return ReaderSet(
        torch.cat([part.looks for part in parts]),
        torch.cat([part.motion for part in parts]),
        answers,
    )


def take(
    samples: ReaderSet, rows: Tensor, num_looks: int, rng: np.random.Generator
) -> tuple[ReaderInput, Answers]:
    """Draw a damaged batch: some looks of each row, mirrored half of the time.

    Args:
        samples: where the rows are taken from.
        rows: which samples.
        num_looks: looks per sample; fewer than there are make training cheaper.
        rng: decides the looks, the mirroring and the damage.
    """
    available = samples.looks.shape[1]
    chosen = _choose_looks(available, min(num_looks, available), rng)
    looks = samples.looks[rows][:, chosen]
    versions = samples.motion.shape[1]
    motion = None
    if versions:
        version = torch.from_numpy(rng.integers(versions, size=len(rows)))
        motion = samples.motion[rows, version].float()
    picked = [part[rows] for part in samples.answers]
    answers = Answers(*(part[:, chosen] for part in picked[:3]), *picked[3:])
    given = ReaderInput(looks, motion)
    if motion is None:
        given, answers = recolour(*zoom(given, answers, rng), rng)
    given = ReaderInput(damage_looks(given.looks, rng), motion)
    return mirror(given, answers) if rng.random() < 0.5 else (given, answers)


def _choose_looks(available: int, count: int, rng: np.random.Generator) -> list[int]:
    edges = np.linspace(0, available, count + 1)
    return [int(rng.integers(int(a), max(int(a) + 1, int(b)))) for a, b in zip(edges, edges[1:])]  # noqa: B905


def zoom(
    given: ReaderInput, answers: Answers, rng: np.random.Generator
) -> tuple[ReaderInput, Answers]:
    """Cut a window of whole cells from every clip of single pictures and enlarge it."""
    looks, kept = [], [part.clone() for part in answers[:3]]
    for row in range(len(given.looks)):
        height = int(rng.integers(GRID[0] * 2 // 3, GRID[0] + 1))
        width = round(height * GRID[1] / GRID[0])
        top = int(rng.integers(GRID[0] - height + 1))
        left = int(rng.integers(GRID[1] - width + 1))
        ys = top + (torch.arange(GRID[0]) * height) // GRID[0]
        xs = left + (torch.arange(GRID[1]) * width) // GRID[1]
        window = given.looks[row][
            ..., CELL * top : CELL * (top + height), CELL * left : CELL * (left + width)
        ]
        looks.append(shrink(window.contiguous()))
        for part in kept:
            part[row] = part[row][..., ys[:, None], xs]
    kind, colour, share = kept
    changed = answers._replace(kind=kind, colour=colour, share=share)
    return ReaderInput(torch.stack(looks), None), changed


def recolour(
    given: ReaderInput, answers: Answers, rng: np.random.Generator
) -> tuple[ReaderInput, Answers]:
    """Swap the colour channels of some clips of single pictures; only kinds are asked of them.

    Without it the network knows a bus by its colour, and misses one in a colour it never saw.
    """
    looks, colour, clip = given.looks.clone(), answers.colour.clone(), answers.clip.clone()
    for row in range(len(looks)):
        if rng.random() < RECOLOURED:
            looks[row] = looks[row][:, rng.permutation(3)]
            colour[row], clip[row] = NOTHING, NOTHING
    return given._replace(looks=looks), answers._replace(colour=colour, clip=clip)


def mirror(given: ReaderInput, answers: Answers) -> tuple[ReaderInput, Answers]:
    """Mirror a batch: left becomes right in the pictures, the motion and the answers."""
    motion = None if given.motion is None else mirror_motion(given.motion)
    swap = list(range(len(DIRECTIONS)))
    swap[_LEFT], swap[_RIGHT] = _RIGHT, _LEFT
    moves = [_mirrored_move(move) for move in CAMERA_MOVES]
    clip = answers.clip.clone()
    clip[:, -1] = _renamed(clip[:, -1], moves)
    mirrored = Answers(
        answers.kind.flip(-1),
        answers.colour.flip(-1),
        answers.share.flip(-1),
        _renamed(answers.direction.flip(-1), swap),
        answers.direction_share.flip(-1),
        clip,
    )
    return ReaderInput(given.looks.flip(-1), motion), mirrored


def _mirrored_move(move: str) -> int:
    other = {"left": "right", "right": "left"}
    head, _, side = move.rpartition("_")
    return CAMERA_MOVES.index(f"{head}_{other[side]}" if side in other else move)


def _renamed(values: Int8[Tensor, "*n"], names: list[int]) -> Int8[Tensor, "*n"]:
    """Replace every value but negative ones by its new name."""
    table = torch.tensor([*names, UNSURE, NOTHING], dtype=torch.int8)  # -2 and -1 index the end
    return table[values.long()]


def damage_looks(
    looks: UInt8[Tensor, "b k c h w"], rng: np.random.Generator
) -> UInt8[Tensor, "b k c h w"]:
    """Blur, ghost, recolour slightly and add noise, each to some of the clips of a batch."""
    pictures = looks.float() / 255.0
    batch = len(pictures)
    if looks.shape[1] > 1:
        amount = _draw(rng, batch, 0.4, 0.25)
        pictures = torch.lerp(pictures, pictures.roll(1, dims=1), amount)
    grey = pictures.mean(dim=2, keepdim=True)
    pictures = torch.lerp(grey, pictures, 1.0 + _draw(rng, batch, 0.6, 0.25, signed=True))
    gain = torch.from_numpy(rng.normal(1.0, 0.03, (batch, 1, 3, 1, 1))).float()
    pictures = pictures * gain * (1.0 + _draw(rng, batch, 0.7, 0.2, signed=True))
    pictures = pictures + _draw(rng, batch, 0.7, 0.08, signed=True)
    blurred = batch // 2
    if blurred:
        pictures[:blurred] = blur(pictures[:blurred], float(rng.uniform(0.22, 0.8)))
    noise = torch.from_numpy(rng.standard_normal(pictures.shape, dtype=np.float32))
    pictures = pictures + noise * _draw(rng, batch, 0.5, 0.06)
    return (pictures.clamp(0, 1) * 255.0).round().to(torch.uint8)


def blur(pictures: Float[Tensor, "b k c h w"], scale: float) -> Float[Tensor, "b k c h w"]:
    """Shrink pictures to a share of their size and bring them back."""
    flat = pictures.flatten(0, 1)
    size = tuple(max(4, round(side * scale)) for side in flat.shape[-2:])
    small = functional.interpolate(flat, size, mode="bilinear", antialias=True)
    return functional.interpolate(small, flat.shape[-2:], mode="bilinear").view_as(pictures)


def _draw(
    rng: np.random.Generator, batch: int, share: float, peak: float, signed: bool = False
) -> Tensor:
    """Draw one amount per clip, zero for all but a share of them."""
    low = -peak if signed else 0.0
    amount = rng.uniform(low, peak, batch) * (rng.random(batch) < share)
    return torch.from_numpy(amount).float().view(batch, 1, 1, 1, 1)
