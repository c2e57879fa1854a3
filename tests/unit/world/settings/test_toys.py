"""The playroom is plain: few solids, no fog, a wall behind the toys."""

from hanazora.world.build import build_scene
from hanazora.world.spec import SceneSpec, SubjectSpec


def _shot(**changes):
    spec = SceneSpec(
        **{
            "seed": 3,
            "setting": "toys",
            "num_frames": 3,
            "subjects": (SubjectSpec(kind="ball", colour="red"),),
            **changes,
        }
    )
    return build_scene(spec).shots[0]


def test_the_room_is_clean():
    for seed in range(5):
        shot = _shot(seed=seed)
        assert len(shot.scene.primitives.shapes) < 15
        assert shot.scene.environment.fog_density == 0
        assert shot.scene.particles == ()


def test_rooms_differ_by_seed():
    looks = {_shot(seed=seed).scene.environment.ground_colour for seed in range(8)}
    assert len(looks) > 1
