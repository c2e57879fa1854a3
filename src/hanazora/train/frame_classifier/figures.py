"""Jointed adult figures in any pose and dress, built from the world's solids.

The people of the world wear long coats and walk upright. What a frame filter must tell apart lies
outside of that: bare and half-dressed bodies, raised and stretched arms, people lying down. Every
figure is a grown-up of about seven heads, as stylised as the world itself and without any detail
that a shop-window dummy does not have.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from hanazora.world.kinds.rig import Rig, Turn, turn_x, turn_y, turn_z
from hanazora.world.palette import COLOURS, HAIRS, INK, RGB, SKINS, TROUSERS, mix, shade
from hanazora.world.primitives import SceneBuilder

Dress = Literal["bare", "coat", "suit", "shorts", "swimsuit", "bikini", "trunks", "gown"]
DRESSES: tuple[Dress, ...] = ("coat", "suit", "shorts", "swimsuit", "bikini", "trunks", "gown")
"""Everything but bare."""

STANDING_HEIGHT = 1.75
"""Metres of a figure of scale 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pose:
    """Angles in radians; zero everywhere stands at attention and faces +z."""

    lean: float = 0.0
    """Chest forward."""
    forward: tuple[float, float] = (0.0, 0.0)
    """Left and right arm up to the front; pi / 2 is level."""
    out: tuple[float, float] = (0.15, 0.15)
    """Left and right arm up to the side."""
    elbows: tuple[float, float] = (0.2, 0.2)
    """Bend of the left and right elbow."""
    thighs: tuple[float, float] = (0.0, 0.0)
    """Left and right thigh up to the front; pi / 2 sits."""
    knees: tuple[float, float] = (0.0, 0.0)
    """Bend of the left and right knee."""
    spread: float = 0.04
    """Legs apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outfit:
    """Who the figure is and what it wears."""

    female: bool
    """Shapes of a woman or of a man."""
    dress: Dress
    """What covers the skin."""
    skin: RGB
    """Colour of everything that is not covered."""
    hair: RGB
    """Colour of the hair."""
    upper: RGB
    """Main colour of the dress."""
    lower: RGB
    """Colour of trousers and shorts."""

    @property
    def torso(self) -> RGB:
        """Colour of the chest and the belly."""
        return self.skin if self.dress in ("bare", "bikini", "trunks") else self.upper

    @property
    def pelvis(self) -> RGB:
        """Colour of the hips."""
        if self.dress == "bare":
            return self.skin
        return self.lower if self.dress in ("suit", "shorts", "trunks") else self.upper

    @property
    def limbs(self) -> tuple[RGB, RGB, RGB, RGB]:
        """Colours of thighs, shins, upper arms and forearms."""
        sleeves = self.upper if self.dress in ("coat", "suit") else self.skin
        shoulder = self.upper if self.dress == "shorts" else sleeves
        shins = self.lower if self.dress in ("suit", "coat") else self.skin
        thighs = self.lower if self.dress in ("suit", "coat", "shorts", "trunks") else self.skin
        return thighs, shins, shoulder, sleeves


class Joints(NamedTuple):
    """A finished figure: its object, and the frames that things are put into."""

    object_id: int
    chest: Rig
    head: Rig
    hands: tuple[Rig, Rig]
    """Left and right; the arm points along -y."""


def sample_outfit(rng: np.random.Generator, dress: Dress) -> Outfit:
    """Draw a figure; clothes are sometimes of the colour of skin, as clothes are."""
    skin = _tinted(SKINS[int(rng.integers(len(SKINS)))], rng, 0.04)
    colours = tuple(COLOURS.values())
    upper, lower = (_tinted(colours[int(rng.integers(12))], rng, 0.06) for _ in range(2))
    if rng.random() < 0.15:
        upper = _tinted(mix(skin, (0.85, 0.72, 0.55), 0.6), rng, 0.04)
    if rng.random() < 0.5:
        lower = TROUSERS[int(rng.integers(len(TROUSERS)))]
    return Outfit(
        female=bool(rng.random() < 0.5), dress=dress, skin=skin, upper=upper, lower=lower,
        hair=HAIRS[int(rng.integers(len(HAIRS)))],
    )  # fmt: skip


def sample_pose(rng: np.random.Generator) -> Pose:
    """Draw an idle, walking, waving or sitting pose."""
    kind = rng.random()
    swing = float(rng.uniform(-0.5, 0.5)) if kind < 0.6 else 0.0
    sits = kind > 0.85
    raised = rng.random(2) < 0.25
    return Pose(
        lean=float(rng.uniform(-0.05, 0.15)),
        forward=(-swing + float(raised[0]) * 1.4, swing + float(raised[1]) * 1.4),
        out=(float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.05, 0.5))),
        elbows=(float(rng.uniform(0.0, 1.2)), float(rng.uniform(0.0, 1.2))),
        thighs=(1.45, 1.45) if sits else (swing, -swing),
        knees=(1.4, 1.4) if sits else (max(-swing, 0.0), max(swing, 0.0)),
        spread=float(rng.uniform(0.02, 0.16)),
    )


def lying(rng: np.random.Generator) -> Turn:
    """Return the turn that lays a figure on its back, belly or side."""
    roll = float(rng.choice([0.0, np.pi, np.pi / 2])) + float(rng.uniform(-0.3, 0.3))
    return turn_y(float(rng.uniform(0, 2 * np.pi))) @ turn_x(-np.pi / 2) @ turn_y(roll)


def place(
    builder: SceneBuilder, kind: str, point: tuple[float, float, float], turn: Turn, scale: float
) -> Rig:
    """Open an object at a point of the world, the same in every frame."""
    frames = builder.num_frames
    return Rig(
        builder=builder,
        object_id=builder.new_object(kind),
        origin=np.tile(np.asarray(point, np.float64), (frames, 1)),
        axes=np.broadcast_to(turn, (frames, 3, 3)),
        scale=scale,
        visible=np.ones(frames, bool),
    )


def add_figure(rig: Rig, outfit: Outfit, pose: Pose, *, on_feet: bool = True) -> Joints:
    """Add a figure to the object of a rig.

    Args:
        rig: the point between the feet, or the middle of the body of one that lies.
        outfit: who it is.
        pose: how it stands.
        on_feet: false puts the hips, not the feet, at the rig's point.
    """
    leg = 0.84
    drop = leg * float(np.cos(max(pose.thighs[0], pose.thighs[1]))) if on_feet else 0.0
    hips = rig.at((0, (drop if drop > 0.2 else 0.45) + 0.05 if on_feet else 0.0, 0))
    thigh, shin, upper_arm, forearm = outfit.limbs
    _hips(hips, outfit)
    for side, angle, knee in ((-1, pose.thighs[0], pose.knees[0]), (1, *_right(pose))):
        joint = hips.at((side * 0.095, -0.02, 0), turn_z(side * pose.spread) @ turn_x(-angle))
        foot = joint.limb(0.44, 0.088, thigh).at((0, 0, 0), turn_x(knee)).limb(0.42, 0.066, shin)
        shoe = outfit.skin if outfit.dress not in ("coat", "suit", "gown") else shade(INK, 1.1)
        foot.part("box", (0, -0.02, 0.05), (0.05, 0.035, 0.12), shoe)
    chest = hips.at((0, 0.06, 0), turn_x(pose.lean))
    _torso(chest, outfit)
    neck = chest.at((0, 0.54, 0))
    hands = []
    for side in (0, 1):
        sign = 2 * side - 1
        turn = turn_z(sign * pose.out[side]) @ turn_x(-pose.forward[side])
        shoulder = neck.at((sign * (0.19 if outfit.female else 0.23), -0.05, 0), turn)
        shoulder.part("ball", (0, 0, 0), (0.068, 0.068, 0.068), upper_arm)
        elbow = shoulder.limb(0.29, 0.050, upper_arm)
        wrist = elbow.at((0, 0, 0), turn_x(-pose.elbows[side])).limb(0.26, 0.040, forearm)
        wrist.part("ball", (0, -0.05, 0), (0.045, 0.060, 0.045), outfit.skin)
        hands.append(wrist.at((0, -0.06, 0)))
    head = _head(neck, outfit)
    return Joints(rig.object_id, chest, head, (hands[0], hands[1]))


def _right(pose: Pose) -> tuple[float, float]:
    return pose.thighs[1], pose.knees[1]


def _hips(hips: Rig, outfit: Outfit) -> None:
    wide = 0.17 if outfit.female else 0.155
    hips.part("ball", (0, 0.02, 0), (wide, 0.13, 0.115), outfit.pelvis)
    for side in (-1, 1):
        hips.part("ball", (side * 0.07, -0.02, -0.06), (0.085, 0.095, 0.085), outfit.pelvis)
    if outfit.dress == "coat":
        hips.part("cone", (0, -0.05, 0), (1.9 * wide, 0.42, 1.9 * wide), outfit.upper)
    if outfit.dress == "gown":
        hips.part("cone", (0, -0.22, 0), (2.1 * wide, 0.62, 2.1 * wide), outfit.upper)


def _torso(chest: Rig, outfit: Outfit) -> None:
    colour = outfit.torso
    shoulder, waist = (0.185, 0.125) if outfit.female else (0.225, 0.150)
    chest.part("cylinder", (0, 0.13, 0), (waist, 0.15, 0.72 * waist), colour)
    chest.part("ball", (0, 0.36, 0), (0.95 * shoulder, 0.20, 0.125), colour)
    chest.part("ball", (0, 0.49, -0.01), (1.05 * shoulder, 0.075, 0.085), colour)
    front = outfit.upper if outfit.dress == "bikini" else colour
    for side in (-1, 1):
        if outfit.female:
            chest.part("ball", (side * 0.082, 0.35, 0.095), (0.078, 0.082, 0.075), front)
        else:
            chest.part("ball", (side * 0.088, 0.39, 0.070), (0.090, 0.070, 0.055), front)
    if outfit.dress == "bikini":
        chest.part("cylinder", (0, 0.35, 0), (0.92 * shoulder, 0.022, 0.122), outfit.upper)
    if outfit.dress in ("bare", "bikini", "trunks"):
        chest.part("ball", (0, 0.12, 0.72 * waist), (0.011, 0.014, 0.008), shade(colour, 0.6))


def _head(neck: Rig, outfit: Outfit) -> Rig:
    skin, hair = outfit.skin, outfit.hair
    neck.part("cylinder", (0, 0.03, 0), (0.050, 0.07, 0.050), shade(skin, 0.94))
    head = neck.at((0, 0.19, 0))
    head.part("ball", (0, 0, 0), (0.100, 0.125, 0.110), skin)
    head.part("ball", (0, 0.035, -0.025), (0.110, 0.115, 0.110), hair)
    if outfit.female:
        head.part("ball", (0, -0.08, -0.06), (0.105, 0.150, 0.070), hair)
    for side in (-1, 1):
        head.part("ball", (side * 0.038, 0.0, 0.100), (0.012, 0.014, 0.010), INK)
    return head


def _tinted(colour: RGB, rng: np.random.Generator, strength: float) -> RGB:
    red, green, blue = np.clip(np.asarray(colour) + rng.normal(0, strength, 3), 0.02, 1.0).tolist()
    return red, green, blue
