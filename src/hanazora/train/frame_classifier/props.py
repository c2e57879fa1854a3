"""What figures hold and what lies around them: weapons and harmless things, blood and red things.

Every harmful thing has twins of like shape or colour, so that the classifier cannot get by with
"something long in a hand" or "something red".
"""

from collections.abc import Callable

import numpy as np

from hanazora.train.frame_classifier.figures import Joints, place
from hanazora.world.kinds.rig import Rig, turn_x, turn_y, turn_z
from hanazora.world.palette import COLOURS, INK, RGB, STEEL, WOOD, shade
from hanazora.world.primitives import SceneBuilder, Shape

_GUNMETAL: RGB = (0.13, 0.13, 0.15)
_BONE: RGB = (0.90, 0.86, 0.78)


def _pistol(hand: Rig) -> None:
    hand.part("box", (0, -0.16, 0.035), (0.018, 0.13, 0.022), _GUNMETAL)
    hand.part("box", (0, -0.03, -0.02), (0.016, 0.024, 0.060), shade(_GUNMETAL, 1.1))
    hand.part("cylinder", (0, -0.30, 0.040), (0.010, 0.02, 0.010), INK)


def _rifle(hand: Rig) -> None:
    hand.part("box", (0, -0.15, 0.03), (0.022, 0.26, 0.030), _GUNMETAL)
    hand.part("cylinder", (0, -0.58, 0.045), (0.013, 0.22, 0.013), _GUNMETAL)
    hand.part("box", (0, 0.24, 0.0), (0.022, 0.16, 0.045), shade(WOOD, 0.8))
    hand.part("box", (0, -0.10, -0.06), (0.015, 0.035, 0.075), INK)


def _knife(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.03, 0), (0.018, 0.075, 0.018), INK)
    hand.part("box", (0, -0.12, 0), (0.030, 0.010, 0.014), shade(STEEL, 0.8))
    hand.part("box", (0, -0.25, 0.008), (0.006, 0.13, 0.026), shade(STEEL, 1.6))


def _stick(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.25, 0), (0.017, 0.45, 0.017), WOOD)


def _broom(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.25, 0), (0.015, 0.60, 0.015), shade(WOOD, 1.2))
    hand.part("box", (0, -0.88, 0), (0.15, 0.06, 0.04), (0.80, 0.66, 0.30))


def _phone(hand: Rig) -> None:
    hand.part("box", (0, -0.06, 0.02), (0.042, 0.085, 0.008), INK)
    hand.part("box", (0, -0.06, 0.029), (0.037, 0.075, 0.003), (0.55, 0.75, 0.95), emission=0.2)


def _torch(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.08, 0), (0.020, 0.11, 0.020), INK)
    hand.part("cylinder", (0, -0.21, 0), (0.034, 0.03, 0.034), (0.98, 0.92, 0.60), emission=0.4)


def _flowers(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.10, 0), (0.015, 0.16, 0.015), COLOURS["green"])
    for angle in range(5):
        x, z = 0.06 * np.cos(1.26 * angle), 0.06 * np.sin(1.26 * angle)
        hand.part("ball", (x, -0.28, z), (0.045, 0.045, 0.045), COLOURS["pink"])


def _umbrella(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.30, 0), (0.012, 0.42, 0.012), STEEL)
    hand.part("cone", (0, -0.50, 0), (0.075, 0.30, 0.075), COLOURS["blue"], turn=turn_x(np.pi))


def _bottle(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.08, 0), (0.036, 0.10, 0.036), (0.45, 0.70, 0.85))
    hand.part("cylinder", (0, -0.20, 0), (0.014, 0.04, 0.014), (0.90, 0.92, 0.95))


def _microphone(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.07, 0), (0.018, 0.10, 0.018), INK)
    hand.part("ball", (0, -0.19, 0), (0.036, 0.036, 0.036), STEEL)


def _rod(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.60, 0.02), (0.008, 0.85, 0.008), shade(WOOD, 0.7))
    hand.part("cylinder", (0, 0.05, -0.03), (0.030, 0.02, 0.030), INK, turn=turn_z(np.pi / 2))


def _nothing(hand: Rig) -> None:
    hand.part("cylinder", (0, -0.06, 0.02), (0.012, 0.045, 0.012), (0.86, 0.66, 0.52))


WEAPONS: dict[str, Callable[[Rig], None]] = {"pistol": _pistol, "rifle": _rifle, "knife": _knife}
HARMLESS: dict[str, Callable[[Rig], None]] = {
    "stick": _stick, "broom": _broom, "phone": _phone, "torch": _torch, "flowers": _flowers,
    "umbrella": _umbrella, "bottle": _bottle, "microphone": _microphone, "rod": _rod,
    "nothing": _nothing,
}  # fmt: skip
"""What people point at each other without harm."""


def blood_colour(rng: np.random.Generator) -> RGB:
    """Draw a colour of blood: dark red, never bright or pink."""
    red = float(rng.uniform(0.28, 0.62))
    return red, red * float(rng.uniform(0.0, 0.14)), red * float(rng.uniform(0.0, 0.16))


def add_pool(rig: Rig, radius: float, colour: RGB, rng: np.random.Generator) -> None:
    """Add an irregular pool on the ground: overlapping flat discs and drops around them."""
    for _ in range(int(rng.integers(4, 8))):
        angle, away = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.0, 0.7)
        wide, deep = (radius * float(rng.uniform(0.35, 0.7)) for _ in range(2))
        spot = (away * np.cos(angle), 0.012 + 0.004 * rng.random(), away * np.sin(angle))
        rig.part("cylinder", spot, (wide, 0.006, deep), colour)
    for _ in range(int(rng.integers(6, 14))):
        angle, away = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.9, 1.9)
        size = radius * float(rng.uniform(0.04, 0.13))
        spot = (away * np.cos(angle), 0.012, away * np.sin(angle))
        rig.part("cylinder", spot, (size, 0.006, size * float(rng.uniform(0.6, 1.4))), colour)


def add_stains(joints: Joints, colour: RGB, rng: np.random.Generator) -> None:
    """Add stains to the chest and the head of a figure."""
    for _ in range(int(rng.integers(4, 9))):
        spot = (rng.uniform(-0.15, 0.15), rng.uniform(0.05, 0.48), rng.choice([-1.0, 1.0]) * 0.09)
        size = (float(rng.uniform(0.03, 0.09)), float(rng.uniform(0.04, 0.14)), 0.055)
        joints.chest.part("ball", spot, size, colour)
    if rng.random() < 0.7:
        joints.head.part("ball", (0.03, 0.05, 0.065), (0.06, 0.08, 0.06), colour)


def add_severed(rig: Rig, skin: RGB, colour: RGB) -> None:
    """Add an arm that lies on the ground and ends in red."""
    lying = rig.at((0, 0.05, 0), turn_y(0.7) @ turn_z(np.pi / 2))
    hand = lying.limb(0.50, 0.055, skin)
    hand.part("ball", (0, -0.04, 0), (0.05, 0.07, 0.04), skin)
    lying.part("cylinder", (0, 0.02, 0), (0.060, 0.035, 0.060), colour)
    lying.part("cylinder", (0, 0.06, 0), (0.022, 0.03, 0.022), _BONE)


def add_rug(rig: Rig, radius: float, rng: np.random.Generator) -> None:
    """Add a red rug: one regular shape with a rim, the twin of a pool."""
    red = float(rng.uniform(0.55, 0.9))
    colour = (red, 0.12 * red, 0.14 * red)
    shape: Shape = "cylinder" if rng.random() < 0.5 else "box"
    deep = radius * float(rng.uniform(0.5, 1.0))
    rig.part(shape, (0, 0.008, 0), (radius, 0.006, deep), shade(colour, 1.3))
    rig.part(shape, (0, 0.012, 0), (0.88 * radius, 0.006, 0.86 * deep), colour)


def add_petals(rig: Rig, radius: float, rng: np.random.Generator) -> None:
    """Strew red and pink petals, the twin of drops: all of one size, and bright."""
    for _ in range(int(rng.integers(25, 45))):
        angle, away = rng.uniform(0, 2 * np.pi), radius * float(np.sqrt(rng.random()))
        colour = COLOURS["red"] if rng.random() < 0.6 else COLOURS["pink"]
        spot = (away * np.cos(angle), 0.015, away * np.sin(angle))
        turn = turn_y(float(rng.uniform(0, np.pi)))
        rig.part("cylinder", spot, (0.05, 0.008, 0.032), shade(colour, 1.1), turn=turn)


def add_fruit(rig: Rig, radius: float, rng: np.random.Generator) -> None:
    """Lay out tomatoes, apples and red boxes."""
    for _ in range(int(rng.integers(4, 10))):
        size = float(rng.uniform(0.05, 0.12))
        spot = (float(rng.uniform(-1, 1)) * radius, size, float(rng.uniform(-1, 1)) * radius)
        shape: Shape = "ball" if rng.random() < 0.7 else "box"
        rig.part(shape, spot, (size, size, size), COLOURS["red"])
        if shape == "ball":
            leaf = (spot[0], 2 * size, spot[2])
            rig.part("cone", leaf, (0.35 * size, 0.3 * size, 0.35 * size), COLOURS["green"])


def add_clutter(builder: SceneBuilder, count: int, rng: np.random.Generator) -> None:
    """Scatter coloured solids behind the figures."""
    colours = tuple(COLOURS.values())
    for _ in range(count):
        shape = ("box", "ball", "cylinder", "cone")[int(rng.integers(4))]
        half = rng.uniform(0.15, 1.1, 3)
        spot = (float(rng.uniform(-4, 4)), float(half[1]), float(rng.uniform(-5, -0.9)))
        rig = place(builder, "clutter", spot, turn_y(float(rng.uniform(0, 3))), 1.0)
        colour = colours[int(rng.integers(12))]
        if rng.random() < 0.4:
            colour = shade(WOOD, float(rng.uniform(0.7, 1.5)))
        pattern = ("check", "stripe", "dots", "bricks")[int(rng.integers(4))]
        cells = (pattern, 4.0, 4.0) if rng.random() < 0.35 else None
        rig.part(shape, (0, 0, 0), (half[0], half[1], half[2]), colour, pattern=cells)  # type: ignore[arg-type] # drawn names are of the closed lists
