"""The frame of a shot: how much of the world the camera sees, for every aspect ratio.

Layout is done in metres on the stage, the upright plane z = 0; what counts for a caption is the
picture, so sizes and speeds are fractions of the visible height and width on that plane.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from hanazora.world.primitives import CameraPath
from hanazora.world.spec import CameraSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A base camera in front of the stage."""

    visible_height: float
    """Metres of the stage plane from the lower to the upper edge of the picture."""
    aspect: float
    """Width over height of the picture."""
    fov_degrees: float = 40.0
    """Vertical field of view."""
    aim: float = 0.36
    """Height of the picture's middle on the stage plane, in visible heights."""
    raised: float = 0.10
    """How far the eye is above that point, in visible heights; more looks down more."""

    @property
    def distance(self) -> float:
        """Metres from the eye to the stage plane."""
        return 0.5 * self.visible_height / float(np.tan(np.radians(0.5 * self.fov_degrees)))

    @property
    def visible_width(self) -> float:
        """Metres of the stage plane from the left to the right edge of the picture."""
        return self.visible_height * self.aspect

    def half_width_at(self, depth: float) -> float:
        """Half the visible width at world z = `depth` (positive is nearer)."""
        return 0.5 * self.visible_width * max(self.distance - depth, 0.3) / self.distance


def base_path(view: View, num_frames: int) -> CameraPath:
    """The camera of a view, at rest."""
    eye = (0.0, (view.aim + view.raised) * view.visible_height, view.distance)
    target = (0.0, view.aim * view.visible_height, 0.0)
    spread = np.zeros((num_frames, 3))
    return CameraPath(
        eye=spread + np.asarray(eye),
        target=spread + np.asarray(target),
        fov_degrees=np.zeros(num_frames) + view.fov_degrees,
    )


def moved_path(
    view: View,
    camera: CameraSpec,
    times: Float[np.ndarray, " t"],
    followed: Float[np.ndarray, "t 3"],
    *,
    gentle: bool,
) -> CameraPath:
    """The camera of a shot with its move.

    Args:
        view: the base camera.
        camera: move and strength.
        times: seconds of each frame.
        followed: displacement of the subject a following camera goes along with.
        gentle: a subject crosses the picture, so pans and orbits must not hide which way.
    """
    path = base_path(view, len(times))
    length = staged_length(times)
    # A move takes the whole clip, and long clips do not move further than 3 s worth.
    share = camera.magnitude * min(1.0, length / 2.0) ** 0.5 * (0.4 if gentle else 1.0)
    ease = times / length
    if camera.move == "follow":
        return replace(path, eye=path.eye + followed, target=path.target + followed)
    if camera.move == "handheld":
        return _handheld(path, times, 0.012 * view.visible_height * camera.magnitude)
    if camera.move.startswith("orbit"):
        sign = 1.0 if camera.move == "orbit_right" else -1.0
        angle = sign * np.radians(20.0) * share * (ease - 0.5)
        offset = np.stack([np.sin(angle), 0 * angle, np.cos(angle) - 1.0], axis=-1) * view.distance
        return replace(path, eye=path.eye + offset)
    return _slide(path, view, camera.move, share * ease)


def _slide(path: CameraPath, view: View, move: str, amount: Float[np.ndarray, " t"]) -> CameraPath:
    """Pans, tilts, dollies and the crane; `amount` grows from 0 to about 1."""
    zero = np.zeros_like(amount)
    wide, tall = view.visible_width, view.visible_height
    turn = {
        "pan_left": (-0.13 * wide, 0.0),
        "pan_right": (0.13 * wide, 0.0),
        "tilt_up": (0.0, 0.11 * tall),
        "tilt_down": (0.0, -0.11 * tall),
    }.get(move)
    if turn is not None:
        return replace(
            path, target=path.target + np.stack([turn[0] * amount, turn[1] * amount, zero], axis=-1)
        )
    if move in ("dolly_in", "dolly_out"):
        scale = 1.0 - 0.26 * amount if move == "dolly_in" else 1.0 + 0.35 * amount
        return replace(path, eye=path.target + (path.eye - path.target) * scale[:, None])
    if move == "crane_up":
        lift = np.stack([zero, 0.55 * tall * amount, zero], axis=-1)
        return replace(path, eye=path.eye + lift, target=path.target + 0.12 * lift)
    return path


def _handheld(path: CameraPath, times: Float[np.ndarray, " t"], size: float) -> CameraPath:
    sway = np.stack(
        [
            np.sin(2.3 * times) + 0.5 * np.sin(5.1 * times + 1.0),
            0.8 * np.sin(2.9 * times + 2.0) + 0.4 * np.sin(6.3 * times),
            0.6 * np.sin(1.7 * times + 0.5),
        ],
        axis=-1,
    )
    return replace(
        path, eye=path.eye + size * sway, target=path.target + 1.4 * size * sway[:, [1, 0, 2]]
    )


SHORTEST_STAGE_S = 2.0
"""A picture or a very short clip shows the start of an action of this length, not all of it."""


def staged_length(times: Float[np.ndarray, " t"]) -> float:
    """Return how many seconds the action of a shot is planned for."""
    return max(float(times[-1]), SHORTEST_STAGE_S)
