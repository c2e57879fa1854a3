"""What every setting gets to build its scenery: builder, view, weather and a seeded generator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from jaxtyping import Float

from hanazora.world.kinds.nature import Spot
from hanazora.world.primitives import CameraPath, SceneBuilder
from hanazora.world.spec import SceneSpec
from hanazora.world.staging.view import View

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One shot's surroundings."""

    builder: SceneBuilder
    """Scenery goes here; subjects are in it already."""
    spec: SceneSpec
    """The shot (no cuts inside)."""
    times: Float[np.ndarray, " t"]
    """Seconds of each frame."""
    view: View
    """What the base camera sees."""
    camera: CameraPath
    """Where the camera really goes."""
    rng: np.random.Generator
    """For scenery; the same for every shot of one clip."""

    @property
    def snowy(self) -> bool:
        """Whether snow lies on everything."""
        return self.spec.weather in ("snow", "petals_snow") or self.spec.setting == "snow_town"

    @property
    def facet(self) -> bool:
        """Whether round things are drawn low-poly."""
        return self.spec.style in ("lowpoly", "paper")

    @property
    def lit(self) -> float:
        """How strongly windows and lamps shine, 0 by day."""
        return {"day": 0.0, "dawn": 0.25, "dusk": 0.6, "night": 0.85}[self.spec.time_of_day]

    @property
    def sideways(self) -> bool:
        """Whether the camera goes along to the left or right, so a street must run that way."""
        if self.spec.camera.move != "follow" or not self.spec.subjects:
            return False
        return self.spec.subjects[0].direction in ("left", "right")

    @property
    def half_width(self) -> float:
        """Half the visible width on the stage plane."""
        return 0.5 * self.view.visible_width

    @property
    def x_span(self) -> tuple[float, float]:
        """Leftmost and rightmost camera position."""
        return float(self.camera.eye[:, 0].min()), float(self.camera.eye[:, 0].max())

    @property
    def z_span(self) -> tuple[float, float]:
        """Farthest and nearest camera position along z."""
        return float(self.camera.eye[:, 2].min()), float(self.camera.eye[:, 2].max())

    def reach(self, z: float) -> tuple[float, float]:
        """The x interval the camera may see at depth z during the shot, with a margin."""
        half = self.view.half_width_at(z) * 1.08 + 0.6
        pans = float(np.abs(self.camera.target[:, 0] - self.camera.eye[:, 0]).max())
        spread = pans * max(self.view.distance - z, 0.0) / self.view.distance
        low, high = self.x_span
        return low - half - spread, high + half + spread

    def spot(self, x: float, z: float, *, yaw: float = 0.0, y: float = 0.0) -> Spot:
        """A scenery spot that knows the weather and whether it is far from the camera."""
        eye = self.camera.eye
        gap = np.hypot(eye[:, 0] - x, eye[:, 2] - z).min()
        return Spot(
            x=x,
            z=z,
            y=y,
            yaw=yaw,
            facet=self.facet,
            snow=self.snowy,
            far=bool(gap > 2.0 * self.view.distance + 9.0),
        )

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, each equally likely."""
        return items[int(self.rng.integers(len(items)))]
