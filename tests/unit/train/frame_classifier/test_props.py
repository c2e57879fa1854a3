import numpy as np
import pytest

from hanazora.train.frame_classifier import props
from hanazora.train.frame_classifier.figures import place
from hanazora.world.primitives import SceneBuilder


def a_rig():
    builder = SceneBuilder(np.zeros(1, np.float32))
    return builder, place(builder, "thing", (0.0, 0.0, 0.0), np.eye(3), 1.0)


@pytest.mark.parametrize("name", [*props.WEAPONS, *props.HARMLESS])
def test_everything_that_is_held_can_be_built(name):
    builder, rig = a_rig()
    {**props.WEAPONS, **props.HARMLESS}[name](rig)
    assert builder.num_primitives > 0


def test_no_name_is_both():
    assert not set(props.WEAPONS) & set(props.HARMLESS)


def test_blood_is_dark_red_and_petals_are_bright():
    for seed in range(50):
        red, green, blue = props.blood_colour(np.random.default_rng(seed))
        assert red <= 0.62
        assert max(green, blue) < 0.2 * red


@pytest.mark.parametrize("add", [props.add_rug, props.add_petals, props.add_fruit])
def test_red_things_lie_on_the_ground(add):
    builder, rig = a_rig()
    add(rig, 1.0, np.random.default_rng(0))
    assert builder.num_primitives > 1


def test_pools_differ():
    counts = set()
    for seed in range(6):
        builder, rig = a_rig()
        props.add_pool(rig, 0.5, (0.4, 0.0, 0.0), np.random.default_rng(seed))
        counts.add(builder.num_primitives)
    assert len(counts) > 1
    assert min(counts) >= 10


def test_clutter_is_as_much_as_was_asked_for():
    builder = SceneBuilder(np.zeros(1, np.float32))
    props.add_clutter(builder, 5, np.random.default_rng(0))
    assert builder.num_primitives == 5
