"""Rigs: solids placed in local frames that hang from each other, as an arm hangs from a shoulder.

A kind is described once in metres in its own frame (x to its left hand as it faces +z, y up, z
forward) and `Rig` puts it into the world with the motion, scale and visibility of one object.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Float

from hanazora.world.motion import Motion
from hanazora.world.palette import RGB, accent_of
from hanazora.world.primitives import Pattern, SceneBuilder, Shape

Number = int | float
Vector = tuple[Number, Number, Number]
Cells = tuple[Pattern, float, float]
"""A pattern with its cells across and up a solid."""
Turn = Float[np.ndarray, "*t 3 3"]
Entry = np.ndarray | np.float64


def turn_x(angle: Float[np.ndarray, "*t"] | float) -> Turn:
    """Rotation about x: positive tips the top (+y) forward to +z."""
    a = np.asarray(angle, dtype=np.float64)
    c, s, o, z = np.cos(a), np.sin(a), np.ones_like(a), np.zeros_like(a)
    return _matrix((o, z, z), (z, c, -s), (z, s, c))


def turn_y(angle: Float[np.ndarray, "*t"] | float) -> Turn:
    """Rotation about y: positive turns the front (+z) to +x."""
    a = np.asarray(angle, dtype=np.float64)
    c, s, o, z = np.cos(a), np.sin(a), np.ones_like(a), np.zeros_like(a)
    return _matrix((c, z, s), (z, o, z), (-s, z, c))


def turn_z(angle: Float[np.ndarray, "*t"] | float) -> Turn:
    """Rotation about z: positive tips the top (+y) to -x."""
    a = np.asarray(angle, dtype=np.float64)
    c, s, o, z = np.cos(a), np.sin(a), np.ones_like(a), np.zeros_like(a)
    return _matrix((c, -s, z), (s, c, z), (z, z, o))


def _matrix(*rows: tuple[Entry, Entry, Entry]) -> Turn:
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How one object looks, apart from its kind and motion."""

    colour: RGB
    """The colour a caption names."""
    accent: RGB
    """The colour of its pattern and small parts."""
    pattern: Pattern = "plain"
    """Pattern on the coloured part."""
    scale: float = 1.0
    """Size relative to the kind's usual size."""
    extras: tuple[str, ...] = ()
    """What a person wears or carries."""
    simple: bool = False
    """Fewer solids, for far-away copies in the background."""
    seed: int = 0
    """Decides skin, hair and other unnamed details."""
    details: dict[str, RGB] = field(default_factory=dict)
    """Colours of unnamed parts that the caller wants to fix (skin, hair, trousers ...)."""

    def cells(self, columns: float, rows: float, default: Cells | None = None) -> Cells | None:
        """The look's pattern with this many cells, or `default` when it is plain."""
        return default if self.pattern == "plain" else (self.pattern, columns, rows)

    @property
    def rng(self) -> np.random.Generator:
        """A fresh generator for unnamed details; the same for the same seed."""
        return np.random.Generator(np.random.PCG64(self.seed))


def plain_look(colour: RGB, *, scale: float = 1.0, seed: int = 0, simple: bool = False) -> Look:
    """A look without pattern, for scenery and passers-by."""
    return Look(colour=colour, accent=accent_of(colour), scale=scale, seed=seed, simple=simple)


@dataclass(frozen=True, slots=True)
class Rig:
    """A local frame of one object; solids and child frames are given in its own metres."""

    builder: SceneBuilder
    object_id: int
    origin: Float[np.ndarray, "t 3"]
    axes: Float[np.ndarray, "t 3 3"]
    scale: float
    visible: np.ndarray

    def at(self, offset: Vector | np.ndarray, turn: Turn | None = None) -> "Rig":
        """A child frame at `offset` (metres of this frame), turned by `turn`."""
        axes = self.axes if turn is None else self.axes @ turn
        return replace(self, origin=self._world(offset), axes=axes)

    def part(  # noqa: PLR0913 - mirrors SceneBuilder.add; parts read best with names
        self,
        shape: Shape,
        offset: Vector | np.ndarray,
        half_size: Vector,
        colour: RGB,
        *,
        turn: Turn | None = None,
        facet: bool = False,
        emission: float = 0.0,
        pattern: Cells | None = None,
        colour2: RGB | None = None,
    ) -> None:
        """Add one solid; `pattern` is its name and its cells across and up the solid."""
        name, columns, rows = pattern if pattern is not None else ("plain", 1.0, 1.0)
        self.builder.add(
            shape,
            self._world(offset),
            np.asarray(half_size) * self.scale,
            colour,
            self.object_id,
            rotation=self.axes if turn is None else self.axes @ turn,
            colour2=colour2,
            pattern=name,
            pattern_scale=(columns, rows),
            emission=emission,
            facet=facet,
            visible=self.visible,
        )

    def limb(self, length: float, radius: float, colour: RGB) -> "Rig":
        """A cylinder hanging down from this frame; returns the frame at its lower end."""
        half = 0.5 * length
        self.part("cylinder", (0, -half, 0), (radius, half + 0.3 * radius, radius), colour)
        return self.at((0, -length, 0))

    def _world(self, offset: Vector | np.ndarray) -> Float[np.ndarray, "t 3"]:
        local = np.broadcast_to(np.asarray(offset, dtype=np.float64), self.origin.shape)
        return self.origin + self.scale * np.einsum("tij,tj->ti", self.axes, local)


def start(builder: SceneBuilder, kind: str, motion: Motion, look: Look) -> Rig:
    """Open an object of `kind` and return the frame at its motion's position."""
    return Rig(
        builder=builder,
        object_id=builder.new_object(kind),
        origin=motion.position,
        axes=turn_y(motion.yaw),
        scale=look.scale,
        visible=motion.visible,
    )
