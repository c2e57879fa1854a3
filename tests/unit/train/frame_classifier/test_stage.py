import numpy as np
import pytest

from hanazora.train.frame_classifier.stage import Sight, shows, stage
from hanazora.world.renderer import render

TOPICS = ("bare", "dressed", "weapon", "holding", "blood", "red")


@pytest.mark.parametrize("topic", TOPICS)
def test_a_scene_depends_on_its_seed_alone(topic):
    first, again, other = (stage(seed, topic, 1.6, held_out=False) for seed in (3, 3, 4))
    assert np.array_equal(first.scene.primitives.centres, again.scene.primitives.centres)
    assert first.scene.primitives.centres.shape != other.scene.primitives.centres.shape
    assert first.topic == topic


def test_what_is_staged_is_mostly_seen():
    staged = [stage(seed, "bare", 1.5, held_out=bool(seed % 2)) for seed in range(6)]
    drawn = render([one.scene for one in staged], 48, 72, antialias=False)
    seen = [shows(one, clip.object_ids[0].numpy()) for one, clip in zip(staged, drawn, strict=True)]
    assert sum(seen) >= 4


def test_a_hidden_weapon_shows_nothing():
    staged = stage(0, "weapon", 1.5, held_out=False)
    nothing = np.full((40, 60), -1)
    assert not shows(staged, nothing)


def test_every_sight_must_be_there():
    staged = stage(1, "weapon", 1.5, held_out=False)
    ids = np.full((40, 60), -1)
    for sight in staged.sights[:-1]:
        ids[:, :5] = sight.object_ids[0]
    assert all(isinstance(sight, Sight) for sight in staged.sights)
    assert not shows(staged, ids)


def test_figures_are_told_from_the_place():
    for seed in range(6):
        staged = stage(seed, "dressed", 1.5, held_out=False)
        own = set(staged.figure_ids)
        assert own
        assert own <= set(staged.scene.primitives.object_ids.tolist())


def test_the_harm_is_one_of_the_figures_or_nothing():
    for topic in TOPICS:
        staged = stage(2, topic, 1.5, held_out=False)
        assert set(staged.harm_ids) <= set(staged.figure_ids)
        assert bool(staged.harm_ids) == (topic in ("bare", "weapon", "blood"))
