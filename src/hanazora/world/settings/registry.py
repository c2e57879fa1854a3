"""One table of every setting: its scenery and how its camera stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hanazora.world.primitives import Environment
from hanazora.world.settings.beach import build_beach
from hanazora.world.settings.cherry_alley import build_cherry_alley
from hanazora.world.settings.neon_street import build_neon_street
from hanazora.world.settings.park import build_park
from hanazora.world.settings.place import Place
from hanazora.world.settings.reef import build_reef
from hanazora.world.settings.road import build_road
from hanazora.world.settings.snow_town import build_snow_town
from hanazora.world.settings.toys import build_toys


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What staging must know about a setting."""

    build: Callable[[Place], Environment]
    """Adds scenery and returns ground, sky and light."""
    fov_degrees: float = 40.0
    """Vertical field of view of the base camera."""
    aim: float = 0.37
    """See `View.aim`."""
    raised: float = 0.08
    """See `View.raised`."""


SETTING_TABLE: Mapping[str, Setting] = {
    "cherry_alley": Setting(build=build_cherry_alley, fov_degrees=46.0, aim=0.36, raised=0.06),
    "neon_street": Setting(build=build_neon_street, fov_degrees=48.0, aim=0.37, raised=0.02),
    "reef": Setting(build=build_reef, fov_degrees=42.0, aim=0.46, raised=0.02),
    "road": Setting(build=build_road, fov_degrees=38.0, aim=0.33, raised=0.06),
    "park": Setting(build=build_park, fov_degrees=40.0, aim=0.34, raised=0.09),
    "toys": Setting(build=build_toys, fov_degrees=36.0, aim=0.30, raised=0.34),
    "snow_town": Setting(build=build_snow_town, fov_degrees=42.0, aim=0.35, raised=0.08),
    "beach": Setting(build=build_beach, fov_degrees=42.0, aim=0.34, raised=0.10),
}
"""Every setting of `vocabulary.SETTINGS`."""
