"""A way that leads into the picture: two rows of things along z, for subjects that go away."""

from collections.abc import Callable

import numpy as np

from hanazora.world.kinds.nature import Spot
from hanazora.world.settings.place import Place


def leads_away(place: Place) -> bool:
    """Whether the main subject goes into the depth of the picture, where a row would stop it."""
    subjects = place.spec.subjects
    return bool(subjects) and subjects[0].direction == "away"


def avenue(place: Place, side: float, step: float, put: Callable[[Spot, float], None]) -> None:
    """Call `put(spot, sign)` along both sides as far as the camera sees.

    Args:
        place: the shot's surroundings.
        side: metres from the middle of the way to either row.
        step: metres from one thing to the next.
        put: adds a thing at the spot; sign is -1 on the left, 1 on the right.
    """
    rng = place.rng
    far = place.z_span[0] - place.view.distance - 28.0
    start = place.z_span[1] - float(rng.uniform(0.0, step))
    for z in np.arange(start, far, -step):
        for sign in (-1.0, 1.0):
            shift = float(rng.uniform(-0.12, 0.12)) * step
            put(place.spot(sign * side, float(z) + shift, yaw=-sign * np.pi / 2), sign)
