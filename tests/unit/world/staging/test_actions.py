"""Actions in fractions of the picture."""

from dataclasses import replace

import numpy as np
import pytest

from hanazora.world import vocabulary
from hanazora.world.build import build_scene
from hanazora.world.clip import render_clip
from hanazora.world.kinds import KIND_TABLE
from hanazora.world.motion import still
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import CameraSpec, SceneSpec, SubjectSpec
from hanazora.world.staging.actions import SUPPORTED_ACTIONS, kept_inside, natural_speed, pushed


def _motion(seconds=2.0, camera="static", setting="park", **subject):
    spec = SceneSpec(
        seed=2, setting=setting, camera=CameraSpec(move=camera), num_frames=int(8 * seconds) + 1,
        subjects=(SubjectSpec(**{"kind": "man", "colour": "red", **subject}),),
    )  # fmt: skip
    shot = build_scene(spec).shots[0]
    eye = shot.scene.camera.eye[0]
    width = 2 * eye[2] * np.tan(np.radians(0.5 * shot.scene.camera.fov_degrees[0])) * spec.aspect
    return shot.motions[0], shot.actors[0], float(width)


def test_every_action_of_the_vocabulary_is_staged():
    assert set(vocabulary.ACTIONS) <= SUPPORTED_ACTIONS


@pytest.mark.parametrize("seconds", [2.0, 6.0])
@pytest.mark.parametrize(("action", "kind"), [("walk", "man"), ("run", "dog"), ("drive", "car")])
def test_crossing_covers_fifteen_percent_in_two_seconds(action, kind, seconds):
    motion, _, width = _motion(seconds, kind=kind, action=action, direction="left")
    way = motion.position[16, 0] - motion.position[0, 0]
    assert way < -0.15 * width
    if seconds == 2.0:
        assert np.abs(motion.position[:, 0]).max() < 0.5 * width


def test_speed_is_natural_when_the_camera_goes_along():
    motion, actor, _ = _motion(camera="follow", action="walk", direction="right")
    speed = (motion.position[-1, 0] - motion.position[0, 0]) / 2.0
    assert speed == pytest.approx(natural_speed(actor), rel=0.15)


def test_leaving_ends_outside_and_returning_ends_at_the_start():
    gone, _, width = _motion(action="leave", direction="right")
    assert gone.position[-1, 0] > 0.5 * width
    back, _, width = _motion(action="return", direction="right")
    assert back.position[:, 0].max() > 0.5 * width
    assert np.allclose(back.position[-1], back.position[0], atol=0.05)


@pytest.mark.parametrize("action", ["jump", "bounce", "fall", "rise"])
def test_upward_actions_leave_the_ground(action):
    motion, _, _ = _motion(kind="ball", setting="toys", action=action)
    assert np.ptp(motion.position[:, 1]) > 0.2
    assert motion.position[:, 1].min() >= -1e-6


def test_turning_and_spinning_turn():
    for action in ("turn", "spin"):
        assert np.ptp(_motion(action=action)[0].yaw) > 3.0
    assert _motion(action="wave")[0].wave.max() == 1


def test_every_kind_can_do_any_action():
    actions = sorted(set(vocabulary.ACTIONS) - vocabulary.TARGET_ACTIONS)
    for index, kind in enumerate(KIND_TABLE):
        for action in actions[index % 4 :: 4]:
            motion, _, _ = _motion(0.5, setting="toys", kind=kind, action=action, direction="left")
            assert np.isfinite(motion.position).all() and np.isfinite(motion.yaw).all()


def test_pushed_slides_after_half_the_time_and_followers_are_kept_inside():
    times = np.arange(9) / 4.0
    path = pushed(still(times, (0.0, 0.0, 0.0)), times, "right", 0.5).position[:, 0]
    assert path[4] == 0 and path[-1] == pytest.approx(0.5)
    follower = replace(still(times, (3.0, 0.0, 0.0)))
    moved, target = kept_inside(follower, still(times, (1.0, 0.0, 0.0)), edge=2.0, margin=0.3)
    assert moved.position[0, 0] + 0.3 == pytest.approx(1.9)
    assert moved.position[0, 0] - target.position[0, 0] == pytest.approx(2.0)


def test_what_passes_in_front_uncovers_again_what_it_hid() -> None:
    spec = next(
        spec
        for spec in (sample_spec(seed, num_frames=17, setting="road") for seed in range(200))
        if spec.script == "truck_sign" and spec.subjects[0].kind == "truck"
    )
    sign = render_clip(spec, 96, 160).facts.objects[1]
    first, middle, last = (sign.visible_px[frame] for frame in (0, 8, 16))
    assert middle < 0.5 * first
    assert last > 0.8 * first > 0
