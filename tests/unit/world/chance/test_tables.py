import pytest

from hanazora.world import affordances, splits, vocabulary
from hanazora.world.chance import tables


@pytest.mark.parametrize("setting", vocabulary.SETTINGS)
def test_usual_and_odd_kinds_are_all_kinds(setting):
    usual, odd = set(tables.kind_table(setting).items), set(tables.odd_kind_table(setting).items)
    assert usual | odd == set(vocabulary.KINDS)
    assert not usual & odd


@pytest.mark.parametrize("setting", vocabulary.SETTINGS)
def test_a_traveller_can_travel(setting):
    for kind in tables.traveller_table(setting).items:
        action = tables.travel_action(kind, setting)
        assert action in affordances.action_weights(kind, setting)
        assert action not in vocabulary.STILL_ACTIONS


@pytest.mark.parametrize("kind", vocabulary.KINDS)
def test_no_colour_of_a_held_out_pair_is_drawn(kind):
    assert not any(
        splits.is_held_out_pair(kind, colour) for colour in tables.colour_table(kind).items
    )


def test_a_solo_action_has_no_target():
    solo = tables.solo_action_table("car", "road").items
    assert set(solo) < set(tables.action_table("car", "road").items)
    assert not set(solo) & vocabulary.TARGET_ACTIONS


def test_the_given_setting_is_always_among_those_of_a_kind():
    assert tables.settings_with("jellyfish", "park")[-1] == "park"
    assert tables.settings_with("fish", "reef").count("reef") == 1


def test_held_out_camera_moves_are_apart():
    held_out = [
        (kind, action)
        for kind in vocabulary.KINDS
        for action in affordances.action_weights(kind, "road")
        if set(tables.camera_table(kind, action, "left", True).items)
        != set(tables.camera_table(kind, action, "left", False).items)
    ]
    assert held_out
    for kind, action in held_out:
        seen = tables.camera_table(kind, action, "left", False).items
        assert not any(splits.is_held_out_triple(kind, action, move) for move in seen)
