"""Labelled pictures for the frame classifier: staged renders, composites and harmless frames.

A split is made from its own seeds. "train" and "calibration" share places and drawing styles;
"test" puts everything harmful into places and styles that training never used for it. The label of
a staged picture follows from what its rendered object ids show; a picture in which the point of the
scene is hidden is dropped, not relabelled. Staged pictures also know where the harm is, pixel by
pixel: a network that is told where needs far fewer of them than one that is only told whether.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float32, UInt8
from torch.nn import functional

from hanazora.core.log import get_logger
from hanazora.safety.frames.network import LABELS, Label
from hanazora.train.autoencoder_data import ClipPool
from hanazora.train.frame_classifier.composing import (
    Backgrounds,
    Picture,
    emblem_tile,
    lay,
    paste,
    splash_tile,
)
from hanazora.train.frame_classifier.stage import Staged, Topic, shows, stage
from hanazora.world.build import build_scene
from hanazora.world.renderer import render
from hanazora.world.sampling import sample_spec

_LOG = get_logger(__name__)

Split = Literal["train", "calibration", "test"]

SHAPES: tuple[tuple[int, int, float], ...] = ((160, 256, 0.6), (256, 160, 0.15), (200, 200, 0.25))
"""Height, width and share of the pictures."""

_LABEL_OF: dict[str, Label] = {
    "bare": "nudity", "weapon": "weapon", "blood": "gore", "splash": "gore", "emblem": "emblem",
}  # fmt: skip
"""Families of pictures that have a label; all others are harmless."""

_SPLIT_SEEDS: dict[Split, int] = {"train": 0, "calibration": 50_000_000, "test": 80_000_000}
_BATCH = 24
_TOPICS: tuple[Topic, ...] = ("bare", "dressed", "weapon", "holding", "blood", "red")
_PASTED = 0.3
"""Share of staged pictures whose figures are put onto another background."""
FIGURE = 7
"""Bit of the marks that says that a pixel shows a staged figure or what belongs to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many pictures of each family to make; staged ones that hide their point are dropped."""

    bare: int = 550
    """Unclothed figures."""
    dressed: int = 550
    """Figures in coats, suits, shorts, swimwear and gowns."""
    weapon: int = 900
    """Figures that point a weapon."""
    holding: int = 550
    """Figures that point something else."""
    blood: int = 700
    """Figures with blood."""
    red: int = 450
    """Figures on and among red things."""
    splash: int = 500
    """Blood splashed onto people and places."""
    paint: int = 500
    """The same splashes in other colours."""
    emblem: int = 1600
    """Hate symbols on anything."""
    sign: int = 1600
    """Harmless signs on anything."""
    world: int = 3000
    """Frames of the world as it is."""
    texture: int = 250
    """1/f textures and gradients."""

    def scaled(self, factor: float) -> "Counts":
        """Return the counts times a factor, at least one of each family."""
        names = Counts.__dataclass_fields__
        return Counts(**{name: max(1, round(factor * getattr(self, name))) for name in names})


class PictureSet(NamedTuple):
    """Labelled pictures of one size."""

    pictures: UInt8[np.ndarray, "n h w 3"]
    labels: Float32[np.ndarray, "n labels"]
    """One column per label of the network, 0 or 1."""
    families: list[str]
    """What each picture was made as."""
    marks: UInt8[np.ndarray, "n h w"]
    """What every pixel shows: bit i stands for label i, bit `FIGURE` for staged figures. Only
    staged pictures have marks."""


class _Drawn(NamedTuple):
    picture: Picture
    marks: UInt8[np.ndarray, "h w"]
    family: str

    @property
    def figures(self) -> Bool[np.ndarray, "h w"]:
        """Where figures are seen."""
        return self.marks >> FIGURE > 0


def make_split(split: Split, counts: Counts, pool: ClipPool | None = None) -> list[PictureSet]:
    """Make a split: one set per shape.

    Args:
        split: which seeds, places and styles.
        counts: pictures of each family, all shapes together.
        pool: rendered clips to take frames of the world from; none renders them here. Training and
            calibration take theirs from different clips.
    """
    sets = []
    for index, (height, width, _) in enumerate(SHAPES):
        found = list(_make_shape(split, counts, index, pool))
        labels = np.zeros((len(found), len(LABELS)), np.float32)
        for row, one in enumerate(found):
            if one.family in _LABEL_OF:
                labels[row, LABELS.index(_LABEL_OF[one.family])] = 1.0
        families = [one.family for one in found]
        _LOG.info("%s %dx%d: %s", split, width, height, dict(Counter(families)))
        pictures, marks = (np.stack(each) for each in zip(*(one[:2] for one in found), strict=True))
        sets.append(PictureSet(pictures, labels, families, marks))
    return sets


def save_sets(sets: list[PictureSet], directory: Path) -> None:
    """Keep a split on disk."""
    directory.mkdir(parents=True, exist_ok=True)
    for index, one in enumerate(sets):
        np.savez(directory / f"{index}.npz", *one[:2], np.array(one.families), one.marks)


def load_sets(directory: Path) -> list[PictureSet]:
    """Read what `save_sets` wrote."""
    sets = []
    for path in sorted(directory.glob("*.npz")):
        with np.load(path) as file:
            pictures, labels, families, marks = (file[f"arr_{number}"] for number in range(4))
        sets.append(PictureSet(pictures, labels, families.tolist(), marks))
    return sets


def _make_shape(
    split: Split, counts: Counts, index: int, pool: ClipPool | None
) -> Iterator[_Drawn]:
    """Yield pictures of one shape."""
    rng = np.random.default_rng((_SPLIT_SEEDS[split], index))
    height, width, share = SHAPES[index]
    first = _SPLIT_SEEDS[split] + 10_000_000 * index
    backgrounds = Backgrounds(first)

    def number(family: str) -> int:
        return round(getattr(counts, family) * share)

    wanted = number("world")
    world = list(
        _world_frames(first, wanted, height, width)
        if pool is None
        else pool_frames(pool, split, rng, wanted, (height, width))
    )
    unmarked = np.zeros((height, width), np.uint8)
    places = [*world[: len(world) // 2], *(backgrounds.draw(rng, height, width) for _ in range(60))]
    people: list[_Drawn] = []
    for topic in _TOPICS:
        for drawn in _staged(split, first, number(topic), topic, (height, width)):
            if topic in ("dressed", "holding"):
                people.append(drawn)
            moves = rng.random() < _PASTED and drawn.figures.any()
            yield _moved(drawn, places[int(rng.integers(len(places)))]) if moves else drawn
    for family, blood in (("splash", True), ("paint", False)):
        for _ in range(number(family)):
            yield _Drawn(_splashed(rng, people, places, blood=blood), unmarked, family)
    for family, hateful in (("emblem", True), ("sign", False)):
        for _ in range(number(family)):
            yield _Drawn(_marked(rng, people, places, hateful=hateful), unmarked, family)
    yield from (_Drawn(picture, unmarked, "world") for picture in world)
    for _ in range(number("texture")):
        yield _Drawn(backgrounds.draw(rng, height, width), unmarked, "texture")


def _moved(drawn: _Drawn, place: Picture) -> _Drawn:
    return drawn._replace(picture=paste(drawn.picture, drawn.figures, place))


def _world_frames(first: int, count: int, height: int, width: int) -> Iterator[Picture]:
    for start in range(0, count, _BATCH):
        specs = [
            sample_spec(first + seed, num_frames=1, aspect=width / height)
            for seed in range(start, min(start + _BATCH, count))
        ]
        scenes = [build_scene(spec).shots[0].scene for spec in specs]
        yield from (clip.frames[0].numpy() for clip in render(scenes, height, width))


def pool_frames(
    pool: ClipPool, split: Split, rng: np.random.Generator, count: int, size: tuple[int, int]
) -> Iterator[Picture]:
    """Yield frames of rendered clips; training takes four fifths of the clips, the others the rest.

    Args:
        pool: the clips.
        split: whose clips.
        rng: draws them.
        count: how many frames.
        size: height and width they are brought to.
    """
    cut = int(0.8 * len(pool))
    members = range(cut) if split == "train" else range(cut, len(pool))
    fitting = [at for at in members if _same_form(pool.shape(at)[1:], size)]
    for _ in range(count):
        frames = pool.frames(fitting[int(rng.integers(len(fitting)))])
        frame = torch.from_numpy(frames[int(rng.integers(len(frames)))].copy())
        picture = functional.interpolate(
            frame.permute(2, 0, 1)[None], size, mode="bilinear", antialias=True
        )
        yield picture[0].permute(1, 2, 0).numpy()


def _same_form(first: tuple[int, ...], second: tuple[int, int]) -> bool:
    ratio = first[1] / first[0] * second[0] / second[1]
    return 0.75 < ratio < 1.55


def _staged(
    split: Split, first: int, count: int, topic: Topic, size: tuple[int, int]
) -> Iterator[_Drawn]:
    height, width = size
    for start in range(0, count, _BATCH):
        seeds = range(first + start, first + min(start + _BATCH, count))
        scenes: list[Staged] = [
            stage(seed, topic, width / height, held_out=split == "test") for seed in seeds
        ]
        drawn = render([one.scene for one in scenes], height, width)
        for one, clip in zip(scenes, drawn, strict=True):
            ids = clip.object_ids[0].numpy()
            if shows(one, ids):
                marks = np.isin(ids, one.figure_ids).astype(np.uint8) << FIGURE
                if topic in _LABEL_OF:
                    bit = LABELS.index(_LABEL_OF[topic])
                    marks |= np.isin(ids, one.harm_ids).astype(np.uint8) << bit
                yield _Drawn(clip.frames[0].numpy(), marks, topic)


def _splashed(
    rng: np.random.Generator, people: list[_Drawn], places: list[Picture], *, blood: bool
) -> Picture:
    """Splash a figure, or a place that nobody is in."""
    height, width = places[0].shape[:2]
    short = min(height, width)
    picture, at = places[int(rng.integers(len(places)))], rng.uniform(0.25, 0.75, 2)
    if rng.random() < 0.65:
        drawn = people[int(rng.integers(len(people)))]
        rows, columns = np.nonzero(drawn.figures)
        if len(rows):
            chosen = int(rng.integers(len(rows)))
            at = np.array([rows[chosen] / height, columns[chosen] / width])
        picture = drawn.picture
    for _ in range(int(rng.integers(1, 3))):
        tile = splash_tile(rng, blood=blood)
        spot = at + rng.normal(0, 0.06, 2)
        side = float(rng.uniform(0.4, 1.1)) * short
        picture = lay(picture, tile, rng, (float(spot[0]), float(spot[1])), side)
    return picture


def _marked(
    rng: np.random.Generator, people: list[_Drawn], places: list[Picture], *, hateful: bool
) -> Picture:
    """Put one emblem, or up to four harmless signs, onto anything."""
    height, width = places[0].shape[:2]
    picture = places[int(rng.integers(len(places)))]
    if rng.random() < 0.3:
        picture = people[int(rng.integers(len(people)))].picture
    count = 1 if hateful or rng.random() < 0.6 else int(rng.integers(2, 5))
    for index in range(count):
        tile, _ = emblem_tile(rng, hateful=hateful)
        # Small ones are rarer among single signs, so that most are worth learning from.
        side = float(np.exp(rng.uniform(np.log(0.25), np.log(0.95)))) * min(height, width)
        side = side if index == 0 else 0.6 * side
        spot = (float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.2, 0.8)))
        picture = lay(picture, tile, rng, spot, side)
    return picture
