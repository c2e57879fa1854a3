"""Sky, sun and air by time of day and weather, and the six drawing styles."""

from dataclasses import dataclass, replace

from hanazora.world.palette import RGB, mix
from hanazora.world.primitives import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sky:
    horizon: RGB
    zenith: RGB
    sun: tuple[float, float, float]
    sun_colour: RGB
    ambient: RGB
    stars: float = 0.0
    disc: float = 0.6


_SKIES = {
    "day": _Sky(
        horizon=(0.84, 0.92, 0.98), zenith=(0.34, 0.60, 0.94), sun=(-0.50, 0.72, 0.48),
        sun_colour=(0.80, 0.74, 0.62), ambient=(0.46, 0.50, 0.58),
    ),
    "dawn": _Sky(
        horizon=(1.00, 0.84, 0.74), zenith=(0.58, 0.70, 0.93), sun=(0.62, 0.42, 0.45),
        sun_colour=(0.78, 0.60, 0.48), ambient=(0.50, 0.48, 0.54),
    ),
    "dusk": _Sky(
        horizon=(1.00, 0.62, 0.40), zenith=(0.40, 0.34, 0.64), sun=(-0.66, 0.36, 0.30),
        sun_colour=(0.84, 0.54, 0.34), ambient=(0.52, 0.45, 0.54), disc=1.0,
    ),
    "night": _Sky(
        horizon=(0.16, 0.19, 0.38), zenith=(0.03, 0.04, 0.14), sun=(0.42, 0.74, 0.42),
        sun_colour=(0.34, 0.38, 0.50), ambient=(0.46, 0.49, 0.64), stars=0.8, disc=0.15,
    ),
}  # fmt: skip


def daylight(time_of_day: str, weather: str, *, reach: float) -> Environment:
    """An environment with the light of a time of day and the air of a weather.

    Args:
        time_of_day: one of `vocabulary.TIMES_OF_DAY`.
        weather: one of `vocabulary.WEATHERS`.
        reach: metres from the camera to the subjects; fog is as thick at any picture scale.
    """
    sky = _SKIES[time_of_day]
    fog = {"fog": 0.26, "snow": 0.10, "petals_snow": 0.08, "rain": 0.10}.get(weather, 0.035) / reach
    grey = {"fog": 0.75, "rain": 0.60, "snow": 0.35, "petals_snow": 0.25}.get(weather, 0.0)
    cloud = _grey_of(sky.horizon)
    horizon, zenith = mix(sky.horizon, cloud, grey), mix(sky.zenith, cloud, 0.8 * grey)
    sun = mix(sky.sun_colour, (0.0, 0.0, 0.0), 0.75 * grey)
    return Environment(
        sky_horizon=horizon,
        sky_zenith=zenith,
        sun_direction=sky.sun,
        sun_colour=sun,
        sun_disc=sky.disc * (1.0 - grey),
        ambient=mix(sky.ambient, mix(sky.ambient, cloud, 0.6), grey),
        stars=sky.stars * (1.0 - grey),
        clouds=0.35 if grey == 0.0 and time_of_day != "night" else 0.6 * grey,
        fog_density=fog,
        fog_colour=horizon,
        shadow_radius=2.2 * reach,
        shadow=0.8,
        wet=0.5 if weather == "rain" else 0.0,
        exposure=1.06,
    )


def _grey_of(colour: RGB) -> RGB:
    level = 0.3 * colour[0] + 0.55 * colour[1] + 0.15 * colour[2]
    return 0.92 * level, 0.94 * level, 0.98 * level


def styled(environment: Environment, style: str) -> Environment:
    """The same environment drawn in one of `vocabulary.STYLES`."""
    if style == "paper":
        return replace(environment, paper=1.0, toon=3.0, shadow=0.5 * environment.shadow)
    if style == "toon":
        return replace(
            environment, toon=3.0, ink=0.85, saturation=1.12, exposure=1.06 * environment.exposure
        )
    if style == "clay":
        warm = mix(environment.ambient, (0.62, 0.56, 0.50), 0.25)
        return replace(environment, ambient=warm, saturation=1.05, shadow=0.7)
    if style == "pastel":
        soft = mix(environment.ambient, (0.75, 0.74, 0.78), 0.30)
        sun = mix(environment.sun_colour, (0.45, 0.43, 0.42), 0.35)
        return replace(
            environment,
            ambient=soft,
            sun_colour=sun,
            saturation=0.72,
            exposure=1.1 * environment.exposure,
        )
    if style == "film":
        sun = mix(environment.sun_colour, (1.0, 0.82, 0.55), 0.25)
        return replace(
            environment, sun_colour=sun, bloom=max(environment.bloom, 0.18), saturation=0.94
        )
    return environment
