"""The frame: sizes in every aspect ratio and what each camera move does."""

import numpy as np
import pytest

from hanazora.world import vocabulary
from hanazora.world.spec import CameraSpec
from hanazora.world.staging.view import View, base_path, moved_path

TIMES = np.arange(17) / 8.0
VIEW = View(visible_height=4.0, aspect=5 / 3)
STILL = np.zeros((17, 3))


def _moved(move, followed=STILL, gentle=False):
    return moved_path(VIEW, CameraSpec(move=move), TIMES, followed, gentle=gentle)


def test_the_stage_plane_shows_the_visible_height():
    half_angle = np.radians(0.5 * VIEW.fov_degrees)
    assert 2 * VIEW.distance * np.tan(half_angle) == pytest.approx(4.0)
    assert VIEW.half_width_at(0.0) == pytest.approx(0.5 * VIEW.visible_width)
    assert VIEW.half_width_at(1.0) < VIEW.half_width_at(0.0) < VIEW.half_width_at(-1.0)


@pytest.mark.parametrize(
    "move", [m for m in vocabulary.CAMERA_MOVES if m not in ("static", "follow")]
)
def test_every_move_moves(move):
    path, rest = _moved(move), base_path(VIEW, 17)
    assert np.abs(path.eye - rest.eye).max() + np.abs(path.target - rest.target).max() > 0.02


def test_moves_go_the_way_their_names_say():
    assert _moved("pan_left").target[-1, 0] < 0 < _moved("pan_right").target[-1, 0]
    assert _moved("tilt_up").target[-1, 1] > _moved("tilt_down").target[-1, 1]
    rest = base_path(VIEW, 17).eye[0]
    assert _moved("dolly_in").eye[-1, 2] < rest[2] < _moved("dolly_out").eye[-1, 2]
    assert _moved("crane_up").eye[-1, 1] > rest[1]
    assert _moved("orbit_right").eye[-1, 0] > 0 > _moved("orbit_left").eye[-1, 0]


def test_follow_goes_along_and_gentle_pans_less():
    shift = np.linspace(0, 3, 17)[:, None] * np.array([1.0, 0.0, 0.0])
    path = _moved("follow", followed=shift)
    assert np.allclose(path.eye - path.eye[0], shift)
    assert _moved("pan_left", gentle=True).target[-1, 0] > _moved("pan_left").target[-1, 0]
