"""People: woman, man, child and robot, with walk and run cycles, a wave and things to wear.

Proportions follow friendly character design (about six heads tall, a child four and a half): a
large head with two dot eyes, hair that is seen from behind, narrow torso, round shoulders.
"""

from dataclasses import dataclass

import numpy as np

from hanazora.world.kinds.rig import Look, Rig, start, turn_x, turn_z
from hanazora.world.motion import Motion
from hanazora.world.palette import (
    COLOURS,
    HAIRS,
    INK,
    LAMPLIGHT,
    RGB,
    SKINS,
    STEEL,
    TROUSERS,
    WOOD,
    mix,
    shade,
)  # fmt: skip
from hanazora.world.primitives import SceneBuilder


@dataclass(frozen=True, kw_only=True, slots=True)
class _Figure:
    """Body measures in metres before the look's scale."""

    leg: float
    torso: float
    head: float
    shoulder: float
    thick: float


_FIGURES = {
    "man": _Figure(leg=0.80, torso=0.56, head=0.165, shoulder=0.225, thick=1.0),
    "woman": _Figure(leg=0.78, torso=0.52, head=0.162, shoulder=0.190, thick=0.9),
    "child": _Figure(leg=0.48, torso=0.38, head=0.165, shoulder=0.150, thick=0.85),
}


def build_person(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a woman, man or child; the look's colour is the coat."""
    figure = _FIGURES[kind]
    rng = look.rng
    skin = look.details.get("skin", SKINS[int(rng.integers(len(SKINS)))])
    hair = look.details.get("hair", HAIRS[int(rng.integers(len(HAIRS)))])
    trousers = look.details.get("trousers", TROUSERS[int(rng.integers(len(TROUSERS)))])
    rig = start(builder, kind, motion, look)
    swing = 0.78 * motion.stride**0.8 * np.sin(motion.gait)
    lift = 0.05 * motion.stride * np.abs(np.cos(motion.gait))
    lean = turn_x(0.10 * motion.stride**2)
    hips = rig.at(np.stack([0 * lift, figure.leg + 0.06 + lift, 0 * lift], axis=-1))
    colours = (look.colour, skin) if kind == "woman" else (trousers, trousers)
    _legs(hips, figure, motion, swing, colours, look)
    chest = hips.at((0, 0, 0), lean)
    _torso(chest, figure, kind, look)
    neck = chest.at((0, figure.torso, 0))
    _arms(neck, figure, motion, swing, skin, look)
    _head(neck, figure, kind, skin, hair, look)
    _wear(chest, neck, figure, look)
    return rig.object_id


def _legs(
    hips: Rig,
    figure: _Figure,
    motion: Motion,
    swing: np.ndarray,
    colours: tuple[RGB, RGB],
    look: Look,
) -> None:
    half = 0.5 * figure.leg
    radius = 0.083 * figure.thick
    for side, angle, phase in ((-1, swing, 0.0), (1, -swing, np.pi)):
        # The knee bends while the leg swings forward, a quarter period after its extreme.
        knee = 0.9 * motion.stride * np.clip(np.cos(motion.gait + phase), 0.0, 1.0)
        thigh = hips.at((side * 0.45 * figure.shoulder, 0, 0), turn_x(-angle))
        if look.simple:
            foot = thigh.limb(2 * half, radius, colours[1])
        else:
            shin = thigh.limb(half, radius, colours[0])
            foot = shin.at((0, 0, 0), turn_x(knee)).limb(half, 0.82 * radius, colours[1])
        foot.part("box", (0, 0.0, 0.05), (0.075, 0.055, 0.135), shade(INK, 1.08))


def _torso(chest: Rig, figure: _Figure, kind: str, look: Look) -> None:
    wide, half = 0.86 * figure.shoulder, 0.5 * figure.torso
    pattern = look.cells(4.0, 6.0)
    chest.part(
        "cylinder", (0, half - 0.03, 0), (wide, half, 0.62 * wide), look.colour,
        pattern=pattern, colour2=look.accent,
    )  # fmt: skip
    chest.part("ball", (0, 2 * half - 0.05, 0), (1.12 * wide, 0.11, 0.66 * wide), look.colour)
    if kind == "woman":
        # A cone whose tip is hidden in the chest: the skirt of a coat.
        chest.part(
            "cone", (0, -0.04, 0), (1.70 * wide, 0.46, 1.55 * wide), look.colour,
            pattern=pattern, colour2=look.accent,
        )  # fmt: skip
    else:
        chest.part("cylinder", (0, -0.08, 0), (1.05 * wide, 0.13, 0.80 * wide), look.colour)


def _arms(
    neck: Rig, figure: _Figure, motion: Motion, swing: np.ndarray, skin: RGB, look: Look
) -> None:
    length = 0.50 * figure.torso
    radius = 0.060 * figure.thick
    for side, angle in ((-1, -swing), (1, swing)):
        raised = motion.wave if side == -1 else np.zeros_like(motion.wave)
        if side == 1 and ("umbrella" in look.extras):
            raised = np.zeros_like(raised) + 0.02
        out = side * (0.14 + raised * (2.3 + 0.35 * np.sin(motion.gait)))
        shoulder = neck.at((side * 1.02 * figure.shoulder, -0.07, 0))
        shoulder.part("ball", (0, 0, 0), (0.070, 0.072, 0.070), look.colour)
        upper = shoulder.at((0, 0, 0), turn_z(out) @ turn_x(-0.9 * angle * (1 - raised)))
        if look.simple:
            hand = upper.limb(2 * length, radius, look.colour)
        else:
            bend = -(0.25 + 0.5 * motion.stride) * (1 - raised)
            hand = upper.limb(length, radius, look.colour)
            hand = hand.at((0, 0, 0), turn_x(bend)).limb(0.9 * length, 0.9 * radius, look.colour)
        hand.part("ball", (0, -0.03, 0), (0.062, 0.062, 0.062), skin)


def _head(neck: Rig, figure: _Figure, kind: str, skin: RGB, hair: RGB, look: Look) -> None:
    size = figure.head
    neck.part("cylinder", (0, 0.0, 0), (0.055, 0.07, 0.055), shade(skin, 0.9))
    head = neck.at((0, 0.05 + size, 0))
    head.part("ball", (0, 0, 0), (0.90 * size, size, 0.92 * size), skin)
    head.part("ball", (0, 0.22 * size, -0.20 * size), (1.04 * size, 1.0 * size, 0.98 * size), hair)
    if kind == "woman":
        head.part(
            "ball", (0, -0.45 * size, -0.48 * size), (0.86 * size, 1.05 * size, 0.55 * size), hair
        )
    if look.simple:
        return
    for side in (-1, 1):
        eye = (side * 0.36 * size, -0.08 * size, 0.84 * size)
        head.part("ball", eye, (0.10 * size, 0.15 * size, 0.10 * size), INK)
        cheek = (side * 0.52 * size, -0.38 * size, 0.68 * size)
        head.part(
            "ball",
            cheek,
            (0.16 * size, 0.11 * size, 0.10 * size),
            mix(skin, (0.95, 0.35, 0.35), 0.35),
        )


def _wear(chest: Rig, neck: Rig, figure: _Figure, look: Look) -> None:
    size = figure.head
    extra = look.details.get("extra", look.accent)
    if "hat" in look.extras:
        neck.part(
            "cylinder", (0, 0.05 + 1.62 * size, -0.1 * size), (1.5 * size, 0.025, 1.5 * size), extra
        )
        neck.part(
            "cylinder", (0, 0.05 + 2.0 * size, -0.1 * size), (0.92 * size, 0.09, 0.92 * size), extra
        )
    if "scarf" in look.extras:
        neck.part("cylinder", (0, 0.02, 0.0), (0.115, 0.055, 0.11), extra)
        neck.part("box", (0.05, -0.13, 0.115), (0.045, 0.14, 0.025), extra)
    if "bag" in look.extras:
        chest.part("box", (1.55 * figure.shoulder, -0.16, 0.02), (0.055, 0.13, 0.16), extra)
        chest.part(
            "box", (1.50 * figure.shoulder, 0.05, 0.02), (0.015, 0.12, 0.02), shade(extra, 0.7)
        )
    if "umbrella" in look.extras:
        hold = neck.at((-1.25 * figure.shoulder, -0.25, 0.24))
        hold.part("cylinder", (0, 0.42, 0), (0.016, 0.55, 0.016), STEEL)
        hold.part(
            "cone",
            (0, 0.98, 0),
            (0.62, 0.17, 0.62),
            extra,
            pattern=("bars", 6.0, 1.0),
            colour2=shade(extra, 1.18),
        )


def build_robot(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> int:
    """Add a boxy robot with lamp eyes; the look's colour covers body, head and arms."""
    rig = start(builder, kind, motion, look)
    swing = 0.6 * motion.stride * np.sin(motion.gait)
    lift = 0.04 * motion.stride * np.abs(np.cos(motion.gait))
    body = rig.at(np.stack([0 * lift, 0.42 + lift, 0 * lift], axis=-1))
    pattern = look.cells(4.0, 5.0)
    for side, angle in ((-1, swing), (1, -swing)):
        leg = body.at((side * 0.16, 0, 0), turn_x(-angle))
        foot = leg.limb(0.34, 0.075, STEEL)
        foot.part("box", (0, -0.02, 0.05), (0.12, 0.07, 0.17), shade(look.colour, 0.75))
        raised = motion.wave if side == -1 else np.zeros_like(motion.wave)
        out = side * (0.15 + raised * (2.3 + 0.3 * np.sin(motion.gait)))
        arm = body.at((side * 0.42, 0.58, 0), turn_z(out) @ turn_x(angle * (1 - raised)))
        arm.part("ball", (0, 0, 0), (0.10, 0.10, 0.10), STEEL)
        arm.limb(0.42, 0.07, look.colour).part("ball", (0, -0.03, 0), (0.09, 0.09, 0.09), STEEL)
    body.part(
        "box", (0, 0.36, 0), (0.34, 0.34, 0.24), look.colour, pattern=pattern, colour2=look.accent
    )
    body.part("box", (0, 0.42, 0.24), (0.20, 0.13, 0.02), mix(STEEL, (1.0, 1.0, 1.0), 0.5))
    for side, colour in ((-1, COLOURS["red"]), (1, COLOURS["green"])):
        body.part("ball", (side * 0.09, 0.42, 0.26), (0.045, 0.045, 0.03), colour, emission=0.4)
    body.part("cylinder", (0, 0.74, 0), (0.09, 0.06, 0.09), STEEL)
    head = body.at((0, 1.0, 0))
    head.part("box", (0, 0, 0), (0.29, 0.22, 0.23), look.colour)
    for side in (-1, 1):
        head.part("ball", (side * 0.13, 0.03, 0.22), (0.085, 0.085, 0.04), LAMPLIGHT, emission=0.5)
        head.part("ball", (side * 0.13, 0.03, 0.25), (0.035, 0.045, 0.03), INK)
        head.part(
            "cylinder", (side * 0.32, 0, 0), (0.07, 0.03, 0.07), STEEL, turn=turn_z(np.pi / 2)
        )
    head.part("cylinder", (0, 0.32, 0), (0.018, 0.10, 0.018), WOOD)
    head.part("ball", (0, 0.44, 0), (0.06, 0.06, 0.06), COLOURS["red"], emission=0.3)
    return rig.object_id
