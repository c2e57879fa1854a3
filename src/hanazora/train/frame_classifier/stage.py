"""Scenes of one moment that do or do not show what the frame filter must see.

Six topics, three of them harmful and each with its twin: bare and dressed figures, figures that
point a weapon or something else, figures that lie in blood or on red things. Half of them are put
into a place of the world beside its own subjects, half into a studio of random light and clutter.
What is really to be seen is measured on the rendered object ids, never assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from hanazora.train.frame_classifier import props
from hanazora.train.frame_classifier.figures import (
    DRESSES,
    STANDING_HEIGHT,
    Joints,
    Pose,
    add_figure,
    lying,
    place,
    sample_outfit,
    sample_pose,
)
from hanazora.world.build import build_scene
from hanazora.world.kinds.rig import Rig, turn_y
from hanazora.world.palette import COLOURS, WALLS
from hanazora.world.primitives import (
    CameraPath,
    GroundMode,
    Primitives,
    RenderScene,
    SceneBuilder,
)
from hanazora.world.sampling import sample_spec
from hanazora.world.settings.light import daylight, styled
from hanazora.world.spec import SceneSpec
from hanazora.world.vocabulary import SETTINGS, STYLES

Topic = Literal["bare", "dressed", "weapon", "holding", "blood", "red"]

HELD_OUT_SETTINGS = ("snow_town", "beach")
"""Places that no harmful training scene is put into."""
HELD_OUT_STYLES = ("clay", "film")
"""Drawing styles that no harmful training scene has."""

_CAMERA_SHARE = 0.3
"""Share of armed figures that aim at the viewer."""


class Sight(NamedTuple):
    """Objects of which a share of the picture must be seen for the label to hold."""

    object_ids: tuple[int, ...]
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """One scene ready to draw."""

    scene: RenderScene
    """One frame."""
    topic: Topic
    """What was staged."""
    sights: tuple[Sight, ...]
    """All of them must be seen, or the scene shows nothing of its topic."""
    figure_ids: tuple[int, ...]
    """Objects of people and of what belongs to them, for cutting them out."""
    harm_ids: tuple[int, ...]
    """Objects that make it harmful: the bare bodies, the weapon or the blood."""


class _Floor(NamedTuple):
    """Where on the ground figures are put, and how large."""

    middle: tuple[float, float]
    scale: float


def stage(seed: int, topic: Topic, aspect: float, *, held_out: bool) -> Staged:
    """Draw the scene of a seed.

    Args:
        seed: decides everything.
        topic: what to show.
        aspect: width over height of the picture.
        held_out: settings and styles that training never puts a harmful thing into.
    """
    rng = np.random.default_rng((seed, _TOPICS.index(topic), int(held_out)))
    flat = topic in ("blood", "red")
    fraction = float(rng.uniform(0.5, 1.1) if flat else rng.uniform(0.5, 1.3))
    base, floor = (
        _studio(rng, fraction, held_out)
        if rng.random() < 0.5
        else _world(rng, fraction, aspect, held_out)
    )
    builder = SceneBuilder(np.zeros(1, np.float32))
    first = int(base.primitives.object_ids.max(initial=-1)) + 1
    sights, figures = _CASTS[topic](builder, floor, rng)
    if not len(base.primitives.shapes):
        props.add_clutter(builder, int(rng.integers(0, 7)), rng)
    harm = sights[_HARM_SIGHTS[topic]].object_ids if topic in _HARM_SIGHTS else ()
    own = builder.build(base.environment, base.camera).primitives
    own = replace(own, object_ids=own.object_ids + first)
    return Staged(
        scene=replace(base, primitives=_joined(base.primitives, own)),
        topic=topic,
        sights=tuple(
            Sight(tuple(first + index for index in sight.object_ids), sight.share)
            for sight in sights
        ),
        figure_ids=tuple(first + index for index in figures),
        harm_ids=tuple(first + index for index in harm),
    )


def shows(staged: Staged, object_ids: np.ndarray) -> bool:
    """Tell from the rendered ids `h w` whether everything that makes the topic is to be seen."""
    return all(
        np.isin(object_ids, sight.object_ids).mean() >= sight.share for sight in staged.sights
    )


def _world(
    rng: np.random.Generator, fraction: float, aspect: float, held_out: bool
) -> tuple[RenderScene, _Floor]:
    spec = _world_spec(rng, aspect, held_out)
    scene = build_scene(spec).shots[0].scene
    eye, target = scene.camera.eye[0], scene.camera.target[0]
    ahead = float(np.hypot(*(target - eye)[[0, 2]])) * float(rng.uniform(0.55, 0.95))
    facing = (target - eye)[[0, 2]] / np.hypot(*(target - eye)[[0, 2]])
    middle = eye[[0, 2]] + ahead * facing
    visible = 2 * ahead * np.tan(np.radians(0.5 * float(scene.camera.fov_degrees[0])))
    scale = fraction * visible / STANDING_HEIGHT
    return scene, _Floor((float(middle[0]), float(middle[1])), float(scale))


def _world_spec(rng: np.random.Generator, aspect: float, held_out: bool) -> SceneSpec:
    settings = [s for s in SETTINGS if (s in HELD_OUT_SETTINGS) == held_out and s != "reef"]
    styles = [s for s in STYLES if (s in HELD_OUT_STYLES) == held_out]
    spec = sample_spec(
        int(rng.integers(1 << 31)), setting=str(rng.choice(settings)), num_frames=1, aspect=aspect
    )
    return replace(spec, style=str(rng.choice(styles)))


def _studio(
    rng: np.random.Generator, fraction: float, held_out: bool
) -> tuple[RenderScene, _Floor]:
    styles = [s for s in STYLES if (s in HELD_OUT_STYLES) == held_out]
    grounds: tuple[GroundMode, ...] = ("plain", "checker", "sand", "snow", "grass", "road")
    time = str(rng.choice(["day", "dusk", "night", "dawn"], p=[0.55, 0.2, 0.1, 0.15]))
    colours = [*COLOURS.values(), *WALLS, (0.5, 0.5, 0.5), (0.3, 0.3, 0.32), (0.75, 0.7, 0.62)]
    first, second, sky, zenith = (colours[int(rng.integers(len(colours)))] for _ in range(4))
    angle = float(rng.uniform(0, 2 * np.pi))
    environment = replace(
        daylight(time, "clear", reach=8.0),
        ground=grounds[int(rng.integers(len(grounds)))],
        ground_colour=first, ground_colour2=second, sky_horizon=sky, sky_zenith=zenith,
        ground_scale=float(rng.uniform(0.5, 2.0)), road_along_x=bool(rng.random() < 0.5),
        sun_direction=(float(np.cos(angle)), float(rng.uniform(0.4, 1.2)), float(np.sin(angle))),
    )  # fmt: skip
    fov, visible = float(rng.uniform(32, 55)), STANDING_HEIGHT / fraction
    distance = 0.5 * visible / float(np.tan(np.radians(0.5 * fov)))
    aim = (
        float(rng.uniform(0.3, 0.55)) * visible if fraction < 0.8 else float(rng.uniform(0.8, 1.3))
    )
    height = aim + distance * float(np.tan(rng.uniform(-0.03, 0.7)))
    camera = CameraPath(
        eye=np.array([[0.0, max(height, 0.25), distance]]),
        target=np.array([[0.0, aim, 0.0]]),
        fov_degrees=np.array([fov]),
    )
    empty = SceneBuilder(np.zeros(1, np.float32))
    return empty.build(styled(environment, str(rng.choice(styles))), camera), _Floor((0, 0), 1.0)


_Cast = tuple[list[Sight], list[int]]


def _at(
    builder: SceneBuilder, floor: _Floor, x: float, z: float, turn: np.ndarray, lift: float = 0.0
) -> Rig:
    point = (
        floor.middle[0] + x * floor.scale,
        lift * floor.scale,
        floor.middle[1] + z * floor.scale,
    )
    return place(builder, "figure", point, turn, floor.scale)


def _people(builder: SceneBuilder, floor: _Floor, rng: np.random.Generator, *, bare: bool) -> _Cast:
    """One to three figures that stand, sit or lie; of bare casts some may be dressed."""
    count = int(rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))
    keys, figures = [], []
    for index in range(count):
        undressed = bare and (index == 0 or rng.random() < 0.5)
        dress = "bare" if undressed else DRESSES[int(rng.integers(len(DRESSES)))]
        x = (index - 0.5 * (count - 1)) * float(rng.uniform(0.6, 0.9)) + float(rng.normal(0, 0.1))
        down = rng.random() < 0.2
        turn = lying(rng) if down else turn_y(float(rng.normal(0, 1.2)))
        rig = _at(builder, floor, x, float(rng.uniform(-0.3, 0.3)), turn, 0.14 if down else 0.0)
        joints = add_figure(rig, sample_outfit(rng, dress), sample_pose(rng), on_feet=not down)
        figures.append(joints.object_id)
        if undressed:
            keys.append(joints.object_id)
    return [Sight(tuple(keys or figures), 0.035)], figures


def _pointing(
    builder: SceneBuilder, floor: _Floor, rng: np.random.Generator, *, armed: bool
) -> _Cast:
    """A figure that stretches out what it holds, at another figure or at the viewer."""
    names = props.WEAPONS if armed else props.HARMLESS
    name = list(names)[int(rng.integers(len(names)))]
    side = int(rng.integers(2))
    heading = float(rng.uniform(-0.9, 0.9))
    at_viewer = rng.random() < _CAMERA_SHARE
    facing = float(rng.normal(0, 0.3)) if at_viewer else np.pi / 2 + heading
    gap = float(rng.uniform(0.75, 1.1) if name == "knife" else rng.uniform(0.9, 1.9))
    x, z = -0.5 * gap * np.cos(heading), 0.5 * gap * np.sin(heading)
    if at_viewer:
        x, z = float(rng.uniform(-0.4, 0.4)), 0.0
    shooter = add_figure(
        _at(builder, floor, x, z, turn_y(facing)),
        sample_outfit(rng, DRESSES[int(rng.integers(3))]),
        _aim(rng, side, name),
    )
    hand = replace(shooter.hands[side], object_id=builder.new_object("thing"))
    names[name](hand)
    figures = [shooter.object_id, hand.object_id]
    sights = [Sight((shooter.object_id,), 0.02), Sight((hand.object_id,), 0.0012 if armed else 0.0)]
    if not at_viewer:
        other = _other(builder, floor, (-x, -z), facing, rng)
        figures.append(other.object_id)
        sights.append(Sight((other.object_id,), 0.01))
    return sights, figures


def _aim(rng: np.random.Generator, side: int, name: str) -> Pose:
    level = np.pi / 2 + float(rng.normal(0, 0.3 if name == "knife" else 0.1))
    both = name == "rifle" or rng.random() < 0.4
    pose = sample_pose(rng)
    forward, out, elbows = list(pose.forward), list(pose.out), list(pose.elbows)
    forward[side], out[side], elbows[side] = level, 0.05, float(rng.uniform(0, 0.2))
    if both:
        forward[1 - side], out[1 - side], elbows[1 - side] = level, -0.35, 0.25
    return replace(
        pose, forward=(forward[0], forward[1]), out=(out[0], out[1]), elbows=(elbows[0], elbows[1]),
        lean=float(rng.uniform(0, 0.1)), thighs=(0.1, -0.1), knees=(0.0, 0.0),
    )  # fmt: skip


def _other(
    builder: SceneBuilder,
    floor: _Floor,
    point: tuple[float, float],
    facing: float,
    rng: np.random.Generator,
) -> Joints:
    pose = sample_pose(rng)
    if rng.random() < 0.35:
        pose = replace(pose, out=(2.5, 2.5), elbows=(0.4, 0.4))  # hands up
    back = 0.0 if rng.random() < 0.3 else np.pi
    rig = _at(builder, floor, *point, turn_y(facing + back + float(rng.normal(0, 0.3))))
    return add_figure(rig, sample_outfit(rng, DRESSES[int(rng.integers(len(DRESSES)))]), pose)


def _wounded(builder: SceneBuilder, floor: _Floor, rng: np.random.Generator) -> _Cast:
    """A figure that lies in a pool, is stained, or of which an arm lies apart."""
    colour = props.blood_colour(rng)
    kind = rng.random()
    down = kind < 0.7
    turn = lying(rng) if down else turn_y(float(rng.normal(0, 0.8)))
    rig = _at(builder, floor, 0.0, 0.0, turn, 0.14 if down else 0.0)
    outfit = sample_outfit(rng, DRESSES[int(rng.integers(len(DRESSES)))])
    joints = add_figure(rig, outfit, sample_pose(rng), on_feet=not down)
    blood = builder.new_object("blood")
    if down or rng.random() < 0.5:
        x, z = (float(v) for v in rng.uniform(-0.5, 0.5, 2))
        spot = _at(builder, floor, x, z, np.eye(3))
        spot = replace(spot, object_id=blood)
        props.add_pool(spot, float(rng.uniform(0.35, 0.9)), colour, rng)
    if not down or rng.random() < 0.6:
        chest = replace(joints.chest, object_id=blood)
        stained = joints._replace(chest=chest, head=replace(joints.head, object_id=blood))
        props.add_stains(stained, colour, rng)
    if rng.random() < 0.25:
        apart = _at(
            builder, floor, float(rng.uniform(-0.9, 0.9)), 0.5, turn_y(float(rng.uniform(0, 6)))
        )
        props.add_severed(apart, outfit.skin, colour)
    return [Sight((blood,), 0.006), Sight((joints.object_id,), 0.006)], [joints.object_id, blood]


def _reds(builder: SceneBuilder, floor: _Floor, rng: np.random.Generator) -> _Cast:
    """The same poses on and among red things that are no blood."""
    figures = []
    x, z = (float(v) for v in rng.uniform(-0.4, 0.4, 2))
    things = _at(builder, floor, x, z, np.eye(3))
    adders = (props.add_rug, props.add_petals, props.add_fruit)
    for adder in rng.permutation(3)[: int(rng.integers(1, 3))]:
        adders[adder](things, float(rng.uniform(0.5, 1.2)), rng)
    if rng.random() < 0.85:
        down = rng.random() < 0.6
        turn = lying(rng) if down else turn_y(float(rng.normal(0, 0.8)))
        rig = _at(builder, floor, 0.0, 0.0, turn, 0.16 if down else 0.0)
        outfit = sample_outfit(rng, DRESSES[int(rng.integers(len(DRESSES)))])
        if rng.random() < 0.35:
            outfit = replace(outfit, upper=COLOURS["red"])
        figures.append(add_figure(rig, outfit, sample_pose(rng), on_feet=not down).object_id)
    return [], figures


def _joined(first: Primitives, second: Primitives) -> Primitives:
    per_clip = {"shapes", "patterns", "pattern_scales", "facets", "object_ids"}
    columns: dict[str, np.ndarray] = {
        name: np.concatenate(
            [getattr(first, name), getattr(second, name)], axis=0 if name in per_clip else 1
        )
        for name in Primitives.__dataclass_fields__
    }
    return Primitives(**columns)


_TOPICS: Sequence[Topic] = ("bare", "dressed", "weapon", "holding", "blood", "red")
_HARM_SIGHTS: dict[Topic, int] = {"bare": 0, "weapon": 1, "blood": 0}
"""Which sight of a harmful cast shows the harm."""
_CASTS = {
    "bare": lambda builder, floor, rng: _people(builder, floor, rng, bare=True),
    "dressed": lambda builder, floor, rng: _people(builder, floor, rng, bare=False),
    "weapon": lambda builder, floor, rng: _pointing(builder, floor, rng, armed=True),
    "holding": lambda builder, floor, rng: _pointing(builder, floor, rng, armed=False),
    "blood": _wounded,
    "red": _reds,
}
