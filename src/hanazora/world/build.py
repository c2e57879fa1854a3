"""From a `SceneSpec` to scenes ready to draw: cast the actors, stage them, build the place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from hanazora.world.motion import Motion
from hanazora.world.primitives import CameraPath, RenderScene, SceneBuilder
from hanazora.world.settings.air import flying
from hanazora.world.settings.light import styled
from hanazora.world.settings.place import Place
from hanazora.world.settings.registry import SETTING_TABLE
from hanazora.world.spec import SceneSpec, split_shots
from hanazora.world.staging.actions import (
    TRAVELLING,
    Cue,
    Target,
    act,
    kept_inside,
    natural_speed,
    pushed,
)
from hanazora.world.staging.cast import Actor, build_actors, plan_view, start_places
from hanazora.world.staging.view import View, moved_path, staged_length

_SHALLOW = frozenset({"toys", "beach"})
"""Settings that end soon behind the subjects, at a wall or the sea."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltShot:
    """One shot ready to draw, and who is who in it."""

    scene: RenderScene
    """Solids, environment, camera, particles."""
    spec: SceneSpec
    """The shot as a clip of its own."""
    identities: tuple[int, ...]
    """For every subject of the shot its index in the whole clip."""
    actors: tuple[Actor, ...]
    """Everything a sentence may name."""
    object_ids: tuple[int, ...]
    """Object id of each actor in the drawn pictures."""
    motions: tuple[Motion, ...]
    """Motion of each actor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltScene:
    """A whole clip ready to draw."""

    spec: SceneSpec
    """What it was made from."""
    shots: tuple[BuiltShot, ...]
    """At least one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A shot before its solids are built: what a director may still change."""

    actors: tuple[Actor, ...]
    """Everything a sentence may name."""
    view: View
    """What the base camera sees."""
    times: Float[np.ndarray, " t"]
    """Seconds of each frame."""
    motions: tuple[Motion, ...]
    """Motion of each actor."""
    camera: CameraPath
    """Where the camera goes."""


Director: TypeAlias = Callable[[Stage], Stage]
"""Changes motions and the camera where a measurement needs a time that no script has."""


def build_scene(spec: SceneSpec, director: Director | None = None) -> BuiltScene:
    """Build every shot of a clip; the same spec gives the same scene on every machine."""
    everyone = tuple(range(len(spec.subjects)))
    casts = [shot.subjects for shot in spec.shots] or [everyone]
    shots = tuple(
        _build_shot(part, tuple(cast), director)
        for part, cast in zip(split_shots(spec), casts, strict=True)
    )
    return BuiltScene(spec=spec, shots=shots)


def _generator(spec: SceneSpec, purpose: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([abs(spec.seed), purpose, int(spec.seed < 0)]))


def _build_shot(
    spec: SceneSpec, identities: tuple[int, ...], director: Director | None
) -> BuiltShot:
    setting = SETTING_TABLE[spec.setting]
    times = np.arange(spec.num_frames, dtype=np.float64) / spec.fps
    actors = build_actors(spec, identities)
    view = plan_view(
        actors, spec.aspect, fov=setting.fov_degrees, aim=setting.aim, raised=setting.raised
    )
    rng = _generator(spec, 1)
    places = start_places(spec, actors, view, rng)
    motions = _stage(spec, actors, places, view, times, rng)
    camera = _camera(spec, view, times, motions[0])
    if director is not None:
        stage = Stage(
            actors=tuple(actors), view=view, times=times, motions=tuple(motions), camera=camera
        )
        stage = director(stage)
        motions, camera = list(stage.motions), stage.camera
    builder = SceneBuilder(times.astype(np.float32))
    ids = tuple(
        actor.kind.build(builder, actor.spec.kind, motion, actor.look)
        for actor, motion in zip(actors, motions, strict=True)
    )
    surroundings = Place(
        builder=builder, spec=spec, times=times, view=view, camera=camera, rng=_generator(spec, 2)
    )
    environment = styled(setting.build(surroundings), spec.style)
    scene = builder.build(environment, camera, flying(surroundings))
    return BuiltShot(
        scene=scene, spec=spec, identities=identities, actors=tuple(actors), object_ids=ids,
        motions=tuple(motions),
    )  # fmt: skip


def _camera(
    spec: SceneSpec, view: View, times: Float[np.ndarray, " t"], lead: Motion
) -> CameraPath:
    followed = (lead.position - lead.position[0]) * np.array([1.0, 0.0, 1.0])
    crossing = any(subject.direction in ("left", "right") for subject in spec.subjects)
    return moved_path(view, spec.camera, times, followed, gentle=crossing)


def _stage(
    spec: SceneSpec,
    actors: list[Actor],
    places: Float[np.ndarray, "n 3"],
    view: View,
    times: Float[np.ndarray, " t"],
    rng: np.random.Generator,
) -> list[Motion]:
    """Motions of all actors: first those on their own, then those who act on somebody."""
    pace = float(rng.uniform(0.9, 1.12))
    lead = actors[0]
    travels = lead.spec.action in TRAVELLING and lead.spec.direction != "none"
    lead_speed = None
    if spec.camera.move == "follow" and travels:
        lead_speed = pace * natural_speed(lead)
        if lead.spec.direction == "away" and spec.setting in _SHALLOW:
            lead_speed = min(lead_speed, 0.4 * view.visible_height / staged_length(times))
    cues = [
        Cue(
            actor=actor, place=place, times=times, view=view, lead_speed=lead_speed, pace=pace,
            phase=float(rng.uniform(0.0, 2.0 * np.pi)), turn=_turn(actor, rng), target=None,
        )
        for actor, place in zip(actors, places, strict=True)
    ]  # fmt: skip
    motions: dict[int, Motion] = {}
    free = [index for index, actor in enumerate(actors) if actor.spec.target is None]
    bound = [index for index in range(len(actors)) if index not in free]
    for index in [*free, *bound]:
        cue = cues[index]
        other = _first_of(actors, cue.actor.spec.target)
        if other is None or other not in motions:
            motions[index] = act(cue)
            continue
        cue = replace(cue, target=_target(actors[other], motions[other]))
        motions[index], motions[other] = _interact(cue, act(cue), motions[other])
    return [motions[index] for index in range(len(actors))]


def _interact(cue: Cue, motion: Motion, target: Motion) -> tuple[Motion, Motion]:
    """What an action does to its target's motion; also keeps a follower in the picture."""
    actor, view = cue.actor, cue.view
    if actor.spec.action == "collide" and actor.member == 0:
        return motion, pushed(target, cue.times, _push_direction(cue), 0.10 * view.visible_width)
    if actor.spec.action == "follow" and actor.member == 0 and cue.lead_speed is None:
        edge = view.half_width_at(float(motion.position[0, 2]))
        return kept_inside(motion, target, edge, 0.5 * actor.width)
    return motion, target


def _turn(actor: Actor, rng: np.random.Generator) -> float:
    stance = actor.kind.stance
    side = 1.0 if rng.random() < 0.5 else -1.0
    return side * (stance + float(rng.uniform(-0.15, 0.15)))


def _first_of(actors: list[Actor], subject: int | None) -> int | None:
    if subject is None:
        return None
    return next(index for index, actor in enumerate(actors) if actor.subject == subject)


def _target(actor: Actor, motion: Motion) -> Target:
    depth = 0.5 * (actor.kind.width if actor.sideways else actor.kind.length) * actor.look.scale
    return Target(motion=motion, width=actor.width, depth=depth, direction=actor.spec.direction)


def _push_direction(cue: Cue) -> str:
    if cue.actor.spec.direction in ("left", "right"):
        return cue.actor.spec.direction
    assert cue.target is not None
    return "left" if cue.target.motion.position[0, 0] < 0 else "right"
