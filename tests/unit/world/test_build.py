"""Building scenes: every setting, deterministic, shots with the same people."""

from dataclasses import replace

import numpy as np
import pytest

from hanazora.world import vocabulary
from hanazora.world.build import Stage, build_scene
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec


@pytest.mark.parametrize("setting", vocabulary.SETTINGS)
def test_every_setting_builds_finite_solids_of_modest_number(setting):
    for seed in range(4):
        for shot in build_scene(sample_spec(seed, setting=setting)).shots:
            solids = shot.scene.primitives
            assert np.isfinite(solids.centres).all()
            assert 0 < len(solids.shapes) <= 330
            assert len(shot.object_ids) == len(shot.actors)


def test_the_same_spec_gives_the_same_scene_and_another_seed_another():
    spec = sample_spec(5, setting="park")
    first, again = (build_scene(spec).shots[0].scene.primitives.centres for _ in range(2))
    assert np.array_equal(first, again)
    other = build_scene(replace(spec, seed=6)).shots[0].scene.primitives.centres
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_two_shots_show_the_same_person():
    camera = CameraSpec()
    subjects = (
        SubjectSpec(kind="dog", colour="brown"),
        SubjectSpec(kind="woman", colour="red"),
    )
    shots = tuple(
        ShotSpec(start_frame=start, camera=camera, subjects=chosen, setting="park",
                 weather="clear", time_of_day="day")
        for start, chosen in ((0, (0, 1)), (4, (1,)))
    )  # fmt: skip
    built = build_scene(
        SceneSpec(seed=3, setting="park", subjects=subjects, shots=shots, num_frames=8)
    )
    assert [shot.identities for shot in built.shots] == [(0, 1), (1,)]
    looks = [shot.actors[-1].look for shot in built.shots]
    assert looks[0].seed == looks[1].seed
    assert [shot.scene.num_frames for shot in built.shots] == [4, 4]


def test_hit_things_are_pushed_away():
    subjects = (
        SubjectSpec(kind="ball", colour="red", action="collide", direction="right", target=1),
        SubjectSpec(kind="box", colour="blue"),
    )
    shot = build_scene(SceneSpec(seed=1, setting="toys", subjects=subjects)).shots[0]
    path = shot.motions[1].position[:, 0]
    assert path[8] == path[0]
    assert path[-1] > path[0] + 0.1


def test_a_follower_starts_in_the_picture():
    subjects = (
        SubjectSpec(kind="car", colour="red", action="follow", direction="left", target=1),
        SubjectSpec(kind="man", colour="blue", action="walk", direction="left"),
    )
    shot = build_scene(SceneSpec(seed=2, setting="road", subjects=subjects)).shots[0]
    behind, front = (motion.position[:, 0] for motion in shot.motions)
    assert (behind > front).all()


def test_a_director_changes_motions_before_the_solids_are_built():
    spec = sample_spec(5, setting="park")

    def gone(stage: Stage) -> Stage:
        assert len(stage.motions) == len(stage.actors) and len(stage.times) == spec.num_frames
        far = [replace(m, position=m.position + np.array([50.0, 0, 0])) for m in stage.motions]
        return replace(stage, motions=tuple(far))

    plain, directed = build_scene(spec).shots[0], build_scene(spec, gone).shots[0]
    shift = directed.motions[0].position - plain.motions[0].position
    assert np.allclose(shift, [50.0, 0, 0])
    moved = directed.scene.primitives.centres - plain.scene.primitives.centres
    assert np.abs(moved).max() > 40
