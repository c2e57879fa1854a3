"""What each action does: from a starting place to a `Motion`, in fractions of the picture.

"Walks to the left" must cover at least 15 % of the picture's width in two seconds unless the camera
goes along, so travelling speeds are given in picture widths and turned into metres here.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from hanazora.world import motion as motions
from hanazora.world.motion import UNIT, Motion
from hanazora.world.staging.cast import Actor
from hanazora.world.staging.view import View, staged_length

_RATES = {
    "walk": 0.15, "run": 0.25, "drive": 0.22, "roll": 0.19, "swim": 0.15, "fly": 0.19,
    "follow": 0.15, "pass_front": 0.24, "pass_behind": 0.24, "float": 0.09, "bounce": 0.13,
}  # fmt: skip
"""Picture widths a second at which an action crosses the picture."""
TRAVELLING = frozenset(_RATES)
SUPPORTED_ACTIONS = frozenset({
    *_RATES, "stand", "turn", "jump", "fall", "rise", "spin", "leave", "return", "collide",
    "circle", "wave",
})  # fmt: skip
"""Every action that can be staged, for any kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """Everything an action needs to know about its actor."""

    actor: Actor
    """Who acts."""
    place: Float[np.ndarray, " 3"]
    """Where it starts."""
    times: Float[np.ndarray, " t"]
    """Seconds of each frame."""
    view: View
    """What the camera sees."""
    lead_speed: float | None
    """Metres a second of the subject the camera goes along with; None when it does not."""
    pace: float
    """A factor around 1 that makes each clip a little faster or slower."""
    phase: float
    """Start of limb and fin rhythms, radians."""
    turn: float
    """How a resting actor is turned, radians."""
    target: "Target | None"
    """Whom the action is about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The motion and size of the actor another one passes, follows or hits."""

    motion: Motion
    width: float
    depth: float
    direction: str


def act(cue: Cue) -> Motion:
    """The motion of one actor."""
    action = cue.actor.spec.action
    rest = _rest(cue)
    if action in ("leave", "return"):
        return _exit(cue, rest, action)
    if (
        action in ("pass_front", "pass_behind", "follow", "collide", "circle")
        and cue.target is not None
    ):
        return _about_target(cue, rest, cue.target, action)
    if action in TRAVELLING and cue.actor.spec.direction != "none":
        return _travel(cue, rest, travel_speed(cue, action))
    return _in_place(cue, rest, action)


def natural_speed(actor: Actor) -> float:
    """Metres a second of an actor whose camera goes along with it."""
    return actor.kind.speed * actor.look.scale * (2.0 if actor.spec.action == "run" else 1.0)


def travel_speed(cue: Cue, action: str) -> float:
    """Metres a second of a travelling action."""
    length = staged_length(cue.times)
    kind, direction = cue.actor.kind, cue.actor.spec.direction
    if cue.lead_speed is not None:
        return cue.lead_speed
    if direction in ("left", "right"):
        rate = min(_RATES.get(action, 0.15) * cue.pace, max(0.62 / length, 0.085))
        return rate * cue.view.visible_width
    near = 0.42 * cue.view.distance if direction == "toward" else 0.9 * cue.view.distance
    return min(kind.speed * (1.8 if action == "run" else 1.0), near / length) * cue.pace


def _rest(cue: Cue) -> Motion:
    point = (float(cue.place[0]), float(cue.place[1]), float(cue.place[2]))
    rest = motions.still(cue.times, point, cue.turn)
    rest = replace(rest, gait=rest.gait + cue.phase)
    if cue.actor.swims:
        return motions.swim(
            rest, cue.times, rate=3.5, drift=0.06 * cue.actor.height, phase=cue.phase
        )
    if cue.actor.airborne:
        bob = 0.05 * cue.actor.height * np.sin(1.5 * cue.times + cue.phase)
        position = rest.position + np.stack([0 * bob, bob, 0 * bob], axis=-1)
        return replace(
            rest, position=position, stride=np.ones_like(cue.times), gait=rest.gait * 3.0
        )
    return rest


def _travel(cue: Cue, rest: Motion, speed: float) -> Motion:
    """Cross the picture so that the middle of the path is near the starting slot."""
    actor, direction = cue.actor, cue.actor.spec.direction
    length = staged_length(cue.times)
    position = rest.position.copy()
    if direction in ("left", "right") and cue.lead_speed is None:
        unit = UNIT[direction][0]
        edge = abs(cue.view.half_width_at(float(cue.place[2])) * 0.84 - 0.53 * actor.width)
        way = speed * length
        middle = (
            float(np.clip(cue.place[0], 0.5 * way - edge, edge - 0.5 * way))
            if way < 2 * edge
            else 0.0
        )
        begin = float(np.clip(middle - unit * 0.5 * way, -edge, edge))
        position[:, 0] += begin - float(cue.place[0])
    if direction == "toward" and cue.lead_speed is None:
        position[:, 2] -= 0.75 * speed * length
    if direction == "away" and cue.lead_speed is None:
        position[:, 2] += min(0.12 * cue.view.distance, 0.3 * speed * length)
    moved = motions.travel(
        replace(rest, position=position), cue.times, direction, speed,
        step=actor.kind.step * actor.look.scale, stride=_stride(actor),
    )  # fmt: skip
    moved = replace(moved, gait=moved.gait + cue.phase)
    if actor.spec.kind == "fish" and direction in ("toward", "away"):
        # Seen exactly from the front a fish is a line.
        moved = replace(moved, yaw=moved.yaw + 0.5 * np.sign(cue.turn))
    if actor.swims:
        return replace(
            moved, gait=6.0 * cue.times * cue.pace + cue.phase, stride=np.ones_like(cue.times)
        )
    if actor.airborne or actor.spec.kind == "boat":
        rate = 10.0 if actor.spec.kind == "bird" else 3.0
        moved = replace(moved, gait=rate * cue.times + cue.phase)
    if actor.spec.action == "bounce":
        moved = motions.bounce(moved, cue.times, 0.45 * actor.height + 0.25, shift=cue.phase / 6.3)
    if actor.spec.action == "roll":
        moved = replace(moved, pitch=speed * cue.times / (0.45 * actor.look.scale))
    if actor.spec.kind in ("kite", "balloon", "jellyfish", "sign", "snowman"):
        moved = replace(moved, yaw=np.zeros_like(cue.times) + cue.turn)
    return moved


def _stride(actor: Actor) -> float:
    if actor.airborne:
        return 1.0
    return 1.0 if actor.spec.action == "run" else 0.6


def _exit(cue: Cue, rest: Motion, action: str) -> Motion:
    """Go out of the picture, and for "return" come back to the same place."""
    actor, length = cue.actor, staged_length(cue.times)
    direction = (
        actor.spec.direction if actor.spec.direction in ("left", "right", "away") else "left"
    )
    unit = UNIT[direction][0] or 1.0
    edge = cue.view.half_width_at(float(cue.place[2]))
    start_x = np.clip(
        unit * 0.42 * edge if abs(cue.place[0]) < 0.5 * edge else float(cue.place[0]),
        -0.6 * edge,
        0.6 * edge,
    )
    position = rest.position.copy()
    position[:, 0] += start_x - float(cue.place[0])
    distance = edge - unit * start_x + 0.62 * actor.width + 0.04 * cue.view.visible_width
    if direction == "away":
        distance = 6.0 * cue.view.distance
    out, back = (0.40, 0.58) if action == "return" else (0.72, 9.0)
    gone = motions.leave_and_return(
        replace(rest, position=position), cue.times, direction, distance,
        out=out * length, back=back * length,
    )  # fmt: skip
    pace = distance / max((out - 0.18 * out) * length, 1e-6)
    moving = gone.stride > 0
    step = actor.kind.step * actor.look.scale
    # Legs keep to a rate that reads as running however fast a short clip must be.
    gait = np.where(moving, cue.times * min(pace / step, 11.0), 0.0)
    gone = replace(gone, gait=gait + cue.phase, stride=np.where(moving, 0.85, 0.0))
    if actor.swims or actor.airborne or actor.spec.kind == "boat":
        gone = replace(gone, gait=7.0 * cue.times + cue.phase, stride=np.ones_like(cue.times))
    if actor.spec.kind in ("ball", "cylinder"):
        travelled = gone.position[:, 0] - gone.position[0, 0]
        gone = replace(
            gone,
            pitch=np.abs(travelled) / (0.45 * actor.look.scale),
            yaw=gone.yaw * 0 + motions.FACING[direction],
        )
    if actor.spec.kind in ("kite", "balloon", "jellyfish", "sign", "snowman"):
        gone = replace(gone, yaw=rest.yaw)
    return gone


def _about_target(cue: Cue, rest: Motion, target: Target, action: str) -> Motion:
    actor = cue.actor
    anchor = target.motion.position
    reach = 0.5 * (target.width + actor.width)
    if action == "circle":
        middle = replace(
            rest, position=np.stack([anchor[:, 0], rest.position[:, 1], anchor[:, 2]], axis=-1)
        )
        radius = max(1.15 * reach, 0.2 * cue.view.visible_width * 0.6)
        speed = max(0.9 * actor.kind.speed, 2.2 * radius)
        turned = motions.circle(middle, cue.times, radius, speed, phase=cue.phase, flat=0.7)
        rate = 10.0 if actor.airborne else 6.0
        return replace(
            turned, gait=rate * cue.times if actor.airborne or actor.swims else turned.gait
        )
    if action == "collide":
        return _collide(cue, rest, target, reach)
    if action == "follow":
        return _follow(cue, rest, target, reach)
    side = 1.0 if action == "pass_front" else -1.0
    depth = float(anchor[0, 2]) + side * (
        target.depth + 0.5 * actor.kind.width * actor.look.scale + 0.2
    )
    place = np.array([float(anchor[0, 0]), rest.position[0, 1], depth])
    centred = replace(cue, place=place)
    speed = travel_speed(cue, action)
    if cue.lead_speed is not None or actor.spec.direction not in ("left", "right"):
        return _travel(centred, _rest(centred), speed)
    # From beside the target to beyond it within the clip: what is hidden must come out again.
    passed = _travel(centred, _rest(centred), max(speed, 2.15 * reach / staged_length(cue.times)))
    halfway = 0.5 * float(passed.position[0, 0] + passed.position[-1, 0])
    shift = np.array([float(anchor[0, 0]) - halfway, 0.0, 0.0])
    return replace(passed, position=passed.position + shift)


def _follow(cue: Cue, rest: Motion, target: Target, reach: float) -> Motion:
    """Keep a fixed distance behind the target, or go after a target that stands."""
    direction = (
        target.direction
        if target.direction in UNIT and target.direction != "none"
        else cue.actor.spec.direction
    )
    unit_x, unit_z = UNIT[direction]
    gap = reach + 0.06 * cue.view.visible_width
    offset = np.array([-unit_x * gap, 0.0, -unit_z * gap])
    shifted = replace(
        cue, actor=replace(cue.actor, spec=replace(cue.actor.spec, direction=direction))
    )
    if direction == "none" or target.direction == "none":
        return _travel(shifted, rest, 0.6 * travel_speed(shifted, "follow"))
    path = target.motion.position.copy()
    path[:, 1] = rest.position[:, 1]
    moved = _travel(shifted, rest, travel_speed(shifted, "follow"))
    return replace(moved, position=path + offset)


def _collide(cue: Cue, rest: Motion, target: Target, reach: float) -> Motion:
    """Go towards the target, touch it in the middle of the clip and stop."""
    anchor = target.motion.position[0]
    direction = cue.actor.spec.direction
    if direction not in ("left", "right"):
        direction = "left" if anchor[0] < 0 else "right"
    unit = UNIT[direction][0]
    contact = float(anchor[0]) - unit * 0.94 * reach
    edge = cue.view.half_width_at(float(anchor[2])) * 0.9 - 0.5 * cue.actor.width
    run_up = float(np.clip(edge + unit * contact, 0.2 * reach, 0.34 * cue.view.visible_width))
    touch = 0.5 * float(cue.times[-1])
    along = np.minimum(cue.times / max(touch, 1e-6), 1.0)
    position = rest.position.copy()
    position[:, 0] = contact - unit * run_up * (1.0 - along)
    position[:, 2] = float(anchor[2])
    facing = motions.FACING[direction]
    speed = run_up / max(touch, 1e-6)
    rolled = speed * np.minimum(cue.times, touch) / (cue.actor.kind.step * cue.actor.look.scale)
    moving = np.where(along < 1.0, _stride(cue.actor), 0.0)
    return replace(
        rest, position=position, yaw=rest.yaw * 0 + facing, gait=rolled + cue.phase, stride=moving,
        pitch=rolled if cue.actor.spec.kind in ("ball", "cylinder") else rest.pitch,
    )  # fmt: skip


def kept_inside(
    follower: Motion, target: Motion, edge: float, margin: float
) -> tuple[Motion, Motion]:
    """Shift a follower and its target together so that the follower starts in the picture.

    Args:
        follower: motion of the one behind.
        target: motion of the one in front.
        edge: half the visible width at their depth.
        margin: half the follower's width.
    """
    start = float(follower.position[0, 0])
    over = max(abs(start) + margin - 0.95 * edge, 0.0) * float(np.sign(start))
    shift = np.array([over, 0.0, 0.0])
    return (
        replace(follower, position=follower.position - shift),
        replace(target, position=target.position - shift),
    )


def pushed(
    motion: Motion, times: Float[np.ndarray, " t"], direction: str, distance: float
) -> Motion:
    """What being hit in the middle of the clip does: slide along and slow down."""
    unit = UNIT.get(direction, (1.0, 0.0))[0]
    touch = 0.5 * float(times[-1])
    after = np.clip((times - touch) / max(touch, 1e-6), 0.0, 1.0)
    position = motion.position.copy()
    position[:, 0] += unit * distance * (1.0 - (1.0 - after) ** 2)
    return replace(motion, position=position)


def _in_place(cue: Cue, rest: Motion, action: str) -> Motion:
    """Actions that stay where they are."""
    actor, length = cue.actor, staged_length(cue.times)
    tall, visible = actor.height, cue.view.visible_height
    if action == "jump":
        return motions.bounce(rest, cue.times, max(0.38 * tall, 0.3), shift=0.0)
    if action == "bounce":
        return motions.bounce(rest, cue.times, 0.5 * tall + 0.3, shift=cue.phase / 6.3)
    if action == "fall":
        return _fall(cue, rest)
    if action == "rise":
        low = max(actor.below + 0.05, (cue.view.aim - 0.42) * visible + actor.below)
        position = rest.position.copy()
        position[:, 1] += low - position[0, 1]
        rate = min(0.22, 0.6 / length) * visible * cue.pace
        return motions.rise(replace(rest, position=position), cue.times, rate)
    if action == "spin":
        return motions.spin(rest, cue.times, max(2.6, 3.0 / length) * cue.pace)
    if action == "turn":
        rate = np.pi / max(length, 1e-6) * max(1.0, round(length / 2.5))
        return motions.spin(rest, cue.times, rate)
    if action == "wave":
        return motions.waving(rest, cue.times)
    return rest


def _fall(cue: Cue, rest: Motion) -> Motion:
    """Drop to the ground, or sink slowly in water."""
    visible, actor = cue.view.visible_height, cue.actor
    top = (cue.view.aim + 0.42) * visible - actor.height + actor.below
    position = rest.position.copy()
    if actor.swims:
        position[:, 1] += top - position[0, 1]
        rate = min(0.2, 0.6 / max(float(cue.times[-1]), 1e-6)) * visible
        position[:, 1] = np.maximum(position[:, 1] - rate * cue.times, actor.below)
        return replace(rest, position=position)
    position[:, 1] = actor.below
    return motions.fall(replace(rest, position=position), cue.times, max(top - actor.below, 0.4))
