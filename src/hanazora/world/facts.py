"""Exact ground truth of a drawn clip, measured from the object-id and depth pictures.

Nothing here is guessed from the specification: boxes, centres, visible pixels and depths are
counted in the pictures, so that a metric can be checked against what is really to be seen.
"""

from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Float, Int16
from torch import Tensor

from hanazora.world.build import BuiltScene, BuiltShot

Box = tuple[int, int, int, int]
Point2 = tuple[float, float]
Point3 = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectFacts:
    """One thing a sentence may name, over all frames of the clip."""

    id: int
    """Index of the thing in `ClipFacts.objects`."""
    subject: int
    """Index of its subject in the spec; things of one group share it."""
    kind: str
    """One of `vocabulary.KINDS`."""
    colour: str
    """One of `vocabulary.COLOURS`."""
    size: str
    """One of `vocabulary.SIZES`."""
    pattern: str
    """One of `vocabulary.PATTERNS`."""
    action: str
    """One of `vocabulary.ACTIONS`."""
    direction: str
    """One of `vocabulary.DIRECTIONS`, as seen in the picture."""
    count: int
    """How many equal things its group has."""
    target: int | None
    """Subject its action is about."""
    relation: tuple[str, int] | None
    """Where it stands relative to another subject."""
    extras: tuple[str, ...]
    """What it wears or carries."""
    boxes: tuple[Box | None, ...]
    """Per frame (x0, y0, x1, y1) in pixels, x1 and y1 exclusive; None when none of it is seen."""
    centres: tuple[Point2 | None, ...]
    """Per frame the mean (x, y) of its visible pixels."""
    visible_px: tuple[int, ...]
    """Per frame the number of its visible pixels."""
    depths: tuple[float | None, ...]
    """Per frame the median depth of its visible pixels in metres."""
    positions: tuple[Point3 | None, ...]
    """Per frame its world position in metres; None in a shot without it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipFacts:
    """What is to be seen in a clip."""

    height: int
    """Pixels."""
    width: int
    """Pixels."""
    num_frames: int
    """Frames."""
    fps: float
    """Frames per second."""
    setting: str
    """Setting of the first shot."""
    weather: str
    """Weather of the first shot."""
    time_of_day: str
    """Time of day of the first shot."""
    style: str
    """Drawing style of all shots."""
    camera: str
    """Camera move of the first shot."""
    cuts: tuple[int, ...]
    """First frames of every shot but the first."""
    eye: tuple[Point3, ...]
    """Camera position per frame."""
    look_at: tuple[Point3, ...]
    """Point in the middle of the picture per frame."""
    fov_degrees: tuple[float, ...]
    """Vertical field of view per frame."""
    objects: tuple[ObjectFacts, ...]
    """Every thing of every subject."""


def to_json(facts: ClipFacts) -> dict[str, object]:
    """The facts as plain data that `json.dumps` accepts."""
    return asdict(facts)


def measure_facts(
    built: BuiltScene,
    object_ids: list[Int16[Tensor, "t h w"]],
    depths: list[Float[Tensor, "t h w"]],
) -> ClipFacts:
    """Measure a clip.

    Args:
        built: what was drawn.
        object_ids: object-id pictures of every shot.
        depths: depth pictures of every shot.
    """
    height, width = int(object_ids[0].shape[1]), int(object_ids[0].shape[2])
    spec = built.spec
    seen = [
        _measure_shot(shot, ids.cpu().numpy(), depth.float().cpu().numpy())
        for shot, ids, depth in zip(built.shots, object_ids, depths, strict=True)
    ]
    paths = [shot.scene.camera for shot in built.shots]
    return ClipFacts(
        height=height, width=width, num_frames=spec.num_frames, fps=spec.fps,
        setting=built.shots[0].spec.setting, weather=built.shots[0].spec.weather,
        time_of_day=built.shots[0].spec.time_of_day, style=spec.style,
        camera=built.shots[0].spec.camera.move,
        cuts=tuple(shot.start_frame for shot in spec.shots[1:]),
        eye=_points(np.concatenate([path.eye for path in paths])),
        look_at=_points(np.concatenate([path.target for path in paths])),
        fov_degrees=tuple(float(v) for path in paths for v in path.fov_degrees),
        objects=_join(built, seen),
    )  # fmt: skip


_Row = tuple[Box | None, Point2 | None, int, float | None, Point3 | None]
_EMPTY: _Row = (None, None, 0, None, None)


def _measure_shot(
    shot: BuiltShot, ids: np.ndarray, depth: np.ndarray
) -> dict[tuple[int, int], list[_Row]]:
    """Rows per frame for every (subject of the clip, member) of one shot."""
    rows: dict[tuple[int, int], list[_Row]] = {}
    for actor, object_id, motion in zip(shot.actors, shot.object_ids, shot.motions, strict=True):
        mask = ids == object_id
        places = _points(motion.position)
        rows[shot.identities[actor.subject], actor.member] = [
            _measure_frame(mask[frame], depth[frame], places[frame]) for frame in range(len(mask))
        ]
    return rows


def _measure_frame(mask: np.ndarray, depth: np.ndarray, place: Point3) -> _Row:
    ys, xs = np.nonzero(mask)
    if len(xs) == 0:
        return None, None, 0, None, place
    box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    centre = (round(float(xs.mean()) + 0.5, 2), round(float(ys.mean()) + 0.5, 2))
    return box, centre, len(xs), round(float(np.median(depth[ys, xs])), 3), place


def _join(
    built: BuiltScene, seen: list[dict[tuple[int, int], list[_Row]]]
) -> tuple[ObjectFacts, ...]:
    objects: list[ObjectFacts] = []
    for index, subject in enumerate(built.spec.subjects):
        for member in range(subject.count):
            rows: list[_Row] = []
            for shot, part in zip(built.shots, seen, strict=True):
                rows += part.get((index, member), [_EMPTY] * shot.spec.num_frames)
            boxes, centres, pixels, depths, places = zip(*rows, strict=True)
            objects.append(
                ObjectFacts(
                    id=len(objects), subject=index, kind=subject.kind, colour=subject.colour,
                    size=subject.size, pattern=subject.pattern, action=subject.action,
                    direction=subject.direction, count=subject.count, target=subject.target,
                    relation=subject.relation, extras=subject.extras, boxes=boxes, centres=centres,
                    visible_px=pixels, depths=depths, positions=places,
                )
            )  # fmt: skip
    return tuple(objects)


def _points(path: np.ndarray) -> tuple[Point3, ...]:
    return tuple((round(float(x), 4), round(float(y), 4), round(float(z), 4)) for x, y, z in path)
