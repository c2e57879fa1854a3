"""What a scene is made of: coloured solids, an environment, a camera path and particle fields.

Everything here is plain numpy and knows no device; the renderer packs it into tensors. Every solid
is the intersection of three slabs and one quadric in its own affine frame, so box, ball, cylinder
and cone share one intersection routine (specs/world-and-evaluation.md section 4.1).

Axes: y is up, x is right, metres; the ground is the plane y = 0. Colours are 0..1 in display space.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

Shape = Literal["box", "ball", "cylinder", "cone"]
Pattern = Literal[
    "plain", "check", "stripe", "bars", "dots", "windows", "shop", "glyphs", "bricks", "gradient",
    "mottled",
]  # fmt: skip
GroundMode = Literal["plain", "road", "checker", "sand", "snow", "grass"]
ParticleShape = Literal["disc", "petal", "streak", "ring"]

SHAPES: tuple[str, ...] = get_args(Shape)
PATTERNS: tuple[str, ...] = get_args(Pattern)
GROUND_MODES: tuple[str, ...] = get_args(GroundMode)
PARTICLE_SHAPES: tuple[str, ...] = get_args(ParticleShape)

Colour = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """The look of a clip that is not a solid: ground, sky, light, air and drawing style."""

    ground: GroundMode = "plain"
    """What the plane y = 0 shows; "road" runs along z, or along x with road_along_x."""
    ground_colour: Colour = (0.50, 0.50, 0.50)
    """Main ground colour; on a road the asphalt."""
    ground_colour2: Colour = (0.55, 0.55, 0.55)
    """Second ground colour: mottling, checker squares, sand ripples, grass blades."""
    verge_colour: Colour = (0.60, 0.58, 0.55)
    """Pavement beside a road."""
    line_colour: Colour = (0.92, 0.88, 0.76)
    """Painted lines of a road."""
    road_centre: float = 0.0
    """Offset of the road's middle line from the axis it runs along, in metres."""
    road_half_width: float = 3.2
    """Half the width of a road in metres."""
    road_along_x: bool = False
    """True when the road runs along x (side-on view), False along z."""
    ground_scale: float = 1.0
    """Cells of ground texture per metre: mottling frequency, checker squares."""
    sky_horizon: Colour = (0.80, 0.88, 0.96)
    """Sky colour at the horizon."""
    sky_zenith: Colour = (0.35, 0.58, 0.92)
    """Sky colour overhead."""
    stars: float = 0.0
    """Strength of stars in the sky, 0 none .. 1."""
    clouds: float = 0.0
    """How much of the sky is soft cloud, 0 none .. 1 overcast."""
    sun_direction: tuple[float, float, float] = (0.4, 0.8, 0.3)
    """Direction towards the sun (or moon); normalised by the renderer."""
    sun_colour: Colour = (1.0, 0.95, 0.85)
    """Colour and strength of direct light; all zero skips the shadow map."""
    sun_disc: float = 1.0
    """Strength of the sun's disc and glow in the sky."""
    ambient: Colour = (0.42, 0.46, 0.55)
    """Light from everywhere, a little stronger from above."""
    shadow: float = 1.0
    """Darkness of sun shadows, 0 none .. 1 full; 0 skips the shadow map."""
    shadow_radius: float = 14.0
    """Sun shadows are drawn for points nearer than about this to the camera's target."""
    fog_density: float = 0.008
    """Fog per metre: seen through d metres, exp(-density * d) of a colour is left."""
    fog_colour: Colour = (0.78, 0.86, 0.95)
    """Colour of fog; the horizon of the sky is blended into it."""
    toon: float = 0.0
    """Number of light bands for toon shading; 0 is smooth light."""
    wet: float = 0.0
    """How much the ground mirrors, 0 dry .. 1 puddles everywhere."""
    caustics: float = 0.0
    """Strength of moving light ripples from a water surface above, 0 none .. 1."""
    ink: float = 0.0
    """Darkness of outlines between objects, 0 none .. 1."""
    paper: float = 0.0
    """Strength of the paper-craft look: layer shadows, light cut edges, grain; 0 none .. 1."""
    bloom: float = 0.0
    """Glow around emissive surfaces, 0 none .. about 0.6."""
    exposure: float = 1.0
    """Multiplies the picture before tone mapping."""
    saturation: float = 1.0
    """Colour strength of the finished picture, 0 grey .. 1 as lit .. 1.3 vivid."""
    light_positions: Float[np.ndarray, "t lights 3"] | None = None
    """Point lights per frame in metres; at most MAX_LIGHTS, the nearest to the target first."""
    light_colours: Float[np.ndarray, "lights 3"] | None = None
    """Colour times strength of each point light; 1.0 lights about 2 m around it."""


MAX_LIGHTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraPath:
    """Where the camera is in each frame; a cut is just a jump of the path."""

    eye: Float[np.ndarray, "t 3"]
    """Camera position."""
    target: Float[np.ndarray, "t 3"]
    """Point in the middle of the picture; up is always +y."""
    fov_degrees: Float[np.ndarray, " t"]
    """Vertical field of view."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticleField:
    """Small flying things drawn as sprites with depth test: petals, snow, rain, bubbles, dust."""

    positions: Float[np.ndarray, "t n 3"]
    """World position per frame."""
    colours: Float[np.ndarray, "n 3"]
    """Colour of each particle."""
    sizes: Float[np.ndarray, " n"]
    """Radius in metres."""
    alpha: float = 0.95
    """Opacity, 0..1."""
    shape: ParticleShape = "disc"
    """disc = snow or dust, petal = turning quad, streak = rain, ring = bubble."""
    angles: Float[np.ndarray, "t n"] | None = None
    """Turn of a petal in the picture plane, radians; None = 0."""
    flatness: Float[np.ndarray, "t n"] | None = None
    """Width of a petal seen at an angle, 0.2..1; None = 1."""
    velocity: tuple[float, float, float] = (0.0, -6.0, 0.0)
    """Metres per second of a streak; it is drawn along the way of streak_s seconds."""
    streak_s: float = 0.05
    """Length of a streak in seconds of its velocity."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Primitives:
    """All solids of a clip, packed; n may be 0."""

    shapes: Int[np.ndarray, " n"]
    """Index into SHAPES."""
    centres: Float[np.ndarray, "t n 3"]
    """Centre of each solid per frame."""
    half_sizes: Float[np.ndarray, "t n 3"]
    """Half extent along the solid's own axes."""
    rotations: Float[np.ndarray, "t n 3 3"]
    """Columns are the solid's own axes in the world."""
    colours: Float[np.ndarray, "t n 3"]
    """Main colour."""
    colours2: Float[np.ndarray, "t n 3"]
    """Colour of the pattern."""
    patterns: Int[np.ndarray, " n"]
    """Index into PATTERNS."""
    pattern_scales: Float[np.ndarray, "n 2"]
    """Cells of the pattern across the solid's width and height."""
    emissions: Float[np.ndarray, "t n"]
    """Own light, 0..1."""
    facets: Bool[np.ndarray, " n"]
    """Low-poly normals."""
    visible: Bool[np.ndarray, "t n"]
    """False hides the solid in that frame."""
    object_ids: Int[np.ndarray, " n"]
    """Which object the solid belongs to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderScene:
    """One clip ready to be drawn: t frames, device-free."""

    primitives: Primitives
    """The solids."""
    environment: Environment
    """Ground, sky, light, style."""
    camera: CameraPath
    """Camera per frame."""
    particles: tuple[ParticleField, ...] = ()
    """Sprite layers, drawn in order-independent fashion."""
    times_s: Float[np.ndarray, " t"] = field(default_factory=lambda: np.zeros(0, np.float32))
    """Time of each frame, for moving light ripples; empty = 0, 1/8, 2/8 ..."""

    @property
    def num_frames(self) -> int:
        """Number of frames."""
        return int(self.camera.eye.shape[0])


class SceneBuilder:
    """Collects solids; all motion is given at once for all frame times in closed form.

    Args:
        times_s: time of each frame in seconds.
    """

    def __init__(self, times_s: Float[np.ndarray, " t"]) -> None:
        self.times_s = np.asarray(times_s, np.float32)
        self.object_kinds: list[str] = []
        self._columns: dict[str, list[np.ndarray]] = {
            name: [] for name in Primitives.__dataclass_fields__
        }

    @property
    def num_frames(self) -> int:
        """Number of frames."""
        return len(self.times_s)

    @property
    def num_primitives(self) -> int:
        """Solids added so far."""
        return len(self._columns["shapes"])

    def new_object(self, kind: str) -> int:
        """Open an object and return its id: 0, 1, 2 ... in order of creation."""
        self.object_kinds.append(kind)
        return len(self.object_kinds) - 1

    def add(  # noqa: PLR0913 - one solid has this many properties; scenes read best with names
        self,
        shape: Shape,
        centre: object,
        half_size: object,
        colour: object,
        object_id: int,
        *,
        rotation: object = None,
        colour2: object = None,
        pattern: Pattern = "plain",
        pattern_scale: tuple[float, float] = (1.0, 1.0),
        emission: object = 0.0,
        facet: bool = False,
        visible: object = None,
    ) -> None:
        """Add one solid to an object.

        Args:
            shape: "box", "ball" (ellipsoid), "cylinder" (round about its y) or "cone" (tip at +y).
            centre: (3,) or (t, 3) metres.
            half_size: scalar, (3,) or (t, 3): half extents along the solid's own axes.
            colour: rgb 0..1, (3,) or (t, 3).
            object_id: what `new_object` returned.
            rotation: (3, 3) or (t, 3, 3); columns are the solid's axes in the world.
            colour2: colour of the pattern; default is a darker main colour. "windows" and
                "shop" give their panes colour2, and only the panes emit.
            pattern: "stripe" = bands across y, "bars" = bands across x or z, the rest as named.
            pattern_scale: (columns, rows) of pattern cells across the whole solid.
            emission: own light 0..1, scalar or (t,); above 0 it also blooms.
            facet: quantised normals, the low-poly look for balls.
            visible: (t,) bool; None = always.
        """
        t = self.num_frames
        if shape not in SHAPES:
            raise ValueError(f"shape must be one of {SHAPES}, got {shape!r}")
        if pattern not in PATTERNS:
            raise ValueError(f"pattern must be one of {PATTERNS}, got {pattern!r}")
        if not 0 <= object_id < len(self.object_kinds):
            raise ValueError(f"object {object_id} was never opened with new_object")
        colours = _spread(colour, (t, 3))
        row: dict[str, np.ndarray] = {
            "shapes": np.asarray(SHAPES.index(shape), np.int64),
            "centres": _spread(centre, (t, 3)),
            "half_sizes": np.maximum(_spread(half_size, (t, 3)), 1e-4),
            "rotations": _spread(np.eye(3) if rotation is None else rotation, (t, 3, 3)),
            "colours": colours,
            "colours2": colours * 0.6 if colour2 is None else _spread(colour2, (t, 3)),
            "patterns": np.asarray(PATTERNS.index(pattern), np.int64),
            "pattern_scales": np.asarray(pattern_scale, np.float32),
            "emissions": _spread(emission, (t,)),
            "facets": np.asarray(facet, bool),
            "visible": np.broadcast_to(
                np.asarray(True if visible is None else visible, bool), (t,)
            ),
            "object_ids": np.asarray(object_id, np.int64),
        }
        for name, value in row.items():
            self._columns[name].append(value)

    def build(
        self,
        environment: Environment,
        camera: CameraPath,
        particles: tuple[ParticleField, ...] = (),
    ) -> RenderScene:
        """Pack everything added so far into a scene."""
        return RenderScene(
            primitives=self._pack(),
            environment=environment,
            camera=camera,
            particles=particles,
            times_s=self.times_s,
        )

    def _pack(self) -> Primitives:
        if not self.num_primitives:
            return empty_primitives(self.num_frames)
        per_frame = {"centres", "half_sizes", "rotations", "colours", "colours2", "emissions"}
        per_frame.add("visible")
        packed = {
            name: np.ascontiguousarray(np.stack(rows, axis=1 if name in per_frame else 0))
            for name, rows in self._columns.items()
        }
        return Primitives(**packed)


def empty_primitives(num_frames: int) -> Primitives:
    """A scene without solids."""
    t = num_frames
    return Primitives(
        shapes=np.zeros(0, np.int64),
        centres=np.zeros((t, 0, 3), np.float32),
        half_sizes=np.ones((t, 0, 3), np.float32),
        rotations=np.zeros((t, 0, 3, 3), np.float32),
        colours=np.zeros((t, 0, 3), np.float32),
        colours2=np.zeros((t, 0, 3), np.float32),
        patterns=np.zeros(0, np.int64),
        pattern_scales=np.ones((0, 2), np.float32),
        emissions=np.zeros((t, 0), np.float32),
        facets=np.zeros(0, bool),
        visible=np.zeros((t, 0), bool),
        object_ids=np.zeros(0, np.int64),
    )


def _spread(value: object, shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(np.asarray(value, np.float32), shape)
