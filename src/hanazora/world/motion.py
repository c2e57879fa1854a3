"""Closed-form motion: where a thing is, which way it faces and how its limbs swing in each frame.

Everything is a function of the frame times (seconds) alone, so that any frame of a long clip can be
made without making the frames before it (world specification, section 4.3: scripted kinematics).
Axes: x right, y up, z toward the camera. Yaw 0 faces +z (the camera); yaw +pi/2 faces +x (right).
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

Times = Float[np.ndarray, " t"]
Points = Float[np.ndarray, "t 3"]

GRAVITY = 9.8
FACING: dict[str, float] = {
    "toward": 0.0,
    "right": np.pi / 2,
    "away": np.pi,
    "left": -np.pi / 2,
}
UNIT: dict[str, tuple[float, float]] = {
    "left": (-1.0, 0.0),
    "right": (1.0, 0.0),
    "toward": (0.0, 1.0),
    "away": (0.0, -1.0),
    "none": (0.0, 0.0),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Motion:
    """The movement of one thing over a clip."""

    position: Points
    """Metres; the point on the ground below it, or the middle of a thing that floats."""
    yaw: Times
    """Radians about the upward axis; 0 faces the camera."""
    pitch: Times
    """Radians; a rolling ball or a tumbling box turns about its sideways axis."""
    gait: Times
    """Phase in radians of legs, wings, fins or wheels."""
    stride: Times
    """How far the limbs swing: 0 stands, about 0.6 walks, 1 runs."""
    wave: Times
    """How far one arm is raised to wave: 0 no, 1 yes."""
    visible: Bool[np.ndarray, " t"]
    """False while the thing is not in the world at all."""


def still(times: Times, point: tuple[float, float, float], yaw: float = 0.0) -> Motion:
    """Stand at `point`; limbs breathe a little but nothing travels."""
    zero = np.zeros_like(times)
    return Motion(
        position=np.broadcast_to(np.asarray(point, dtype=np.float64), (len(times), 3)).copy(),
        yaw=zero + yaw,
        pitch=zero,
        gait=2.0 * times,
        stride=zero,
        wave=zero,
        visible=np.ones(len(times), dtype=bool),
    )


def travel(
    motion: Motion, times: Times, direction: str, speed: float, *, step: float, stride: float
) -> Motion:
    """Add constant speed along a picture direction.

    Args:
        speed: metres a second.
        step: metres travelled per radian of gait phase.
        stride: limb swing, see `Motion.stride`.
    """
    unit_x, unit_z = UNIT[direction]
    position = motion.position.copy()
    position[:, 0] += unit_x * speed * times
    position[:, 2] += unit_z * speed * times
    return replace(
        motion,
        position=position,
        yaw=np.zeros_like(times) + FACING.get(direction, float(motion.yaw[0])),
        gait=speed * times / step,
        stride=np.zeros_like(times) + stride,
    )


def bounce(motion: Motion, times: Times, height: float, *, shift: float = 0.0) -> Motion:
    """Hop on one parabola after another; `shift` in [0, 1) moves the start in the period."""
    period = 2.0 * np.sqrt(2.0 * height / GRAVITY)
    part = np.mod(times / period + shift, 1.0)
    position = motion.position.copy()
    position[:, 1] += 4.0 * height * part * (1.0 - part)
    return replace(motion, position=position)


def fall(motion: Motion, times: Times, height: float, *, restitution: float = 0.45) -> Motion:
    """Drop from `height` above the resting point and bounce lower each time."""
    first = np.sqrt(2.0 * height / GRAVITY)
    lift = np.where(times < first, height - 0.5 * GRAVITY * times**2, 0.0)
    start, speed = first, GRAVITY * first * restitution
    for _ in range(4):
        airborne = 2.0 * speed / GRAVITY
        inside = (times >= start) & (times < start + airborne)
        since = times - start
        lift = np.where(inside, speed * since - 0.5 * GRAVITY * since**2, lift)
        start, speed = start + airborne, speed * restitution
    position = motion.position.copy()
    position[:, 1] += np.maximum(lift, 0.0)
    return replace(motion, position=position)


def rise(motion: Motion, times: Times, speed: float) -> Motion:
    """Go up at a constant speed, swaying a little like a balloon."""
    position = motion.position.copy()
    position[:, 1] += speed * times
    position[:, 0] += 0.06 * np.sin(1.9 * times)
    return replace(motion, position=position)


def spin(motion: Motion, times: Times, rate: float) -> Motion:
    """Turn about the upward axis at `rate` radians a second."""
    return replace(motion, yaw=motion.yaw + rate * times)


def circle(
    motion: Motion,
    times: Times,
    radius: float,
    speed: float,
    *,
    phase: float = 0.0,
    flat: float = 0.6,
) -> Motion:
    """Go round the starting point on an ellipse that is `flat` times as deep as it is wide."""
    angle = phase + speed / radius * times
    position = motion.position.copy()
    position[:, 0] += radius * np.sin(angle)
    position[:, 2] += flat * radius * np.cos(angle)
    heading = np.arctan2(np.cos(angle), -flat * np.sin(angle))
    return replace(
        motion,
        position=position,
        yaw=np.unwrap(heading),
        gait=speed * times / 0.25,
        stride=np.zeros_like(times) + 0.6,
    )


def leave_and_return(
    motion: Motion, times: Times, direction: str, distance: float, *, out: float, back: float
) -> Motion:
    """Walk `distance` out of the picture, stay away, and come back to the starting point.

    Args:
        out: second at which the thing is out of the picture.
        back: second at which it starts back.
    """
    total = float(times[-1]) if len(times) > 1 else 1.0
    wait = 0.18 * out
    gone = np.clip((times - wait) / max(out - wait, 1e-6), 0.0, 1.0)
    home = np.clip((times - back) / max(0.9 * total - back, 1e-6), 0.0, 1.0)
    offset = distance * (gone - home)
    unit_x, unit_z = UNIT[direction]
    position = motion.position.copy()
    position[:, 0] += unit_x * offset
    position[:, 2] += unit_z * offset
    opposite = {"left": "right", "right": "left", "away": "toward", "toward": "away"}[direction]
    moving = ((gone > 0) & (gone < 1)) | ((home > 0) & (home < 1))
    yaw = np.where(times < 0.5 * (out + back), FACING[direction], FACING[opposite])
    yaw = np.where((gone == 0) | (home == 1), motion.yaw, yaw)
    return replace(
        motion,
        position=position,
        yaw=yaw,
        gait=np.where(moving, (gone + home) * distance / 0.22, 0.0),
        stride=np.where(moving, 0.6, 0.0),
    )


def waving(motion: Motion, times: Times) -> Motion:
    """Raise one arm and wave."""
    return replace(motion, wave=np.clip(3.0 * times + 0.4, 0.0, 1.0), gait=8.0 * times)


def swim(motion: Motion, times: Times, *, rate: float, drift: float, phase: float) -> Motion:
    """Add a gentle rise and fall and a fin rhythm."""
    position = motion.position.copy()
    position[:, 1] += drift * np.sin(1.7 * times + phase)
    return replace(motion, position=position, gait=rate * times + phase, stride=np.ones_like(times))
