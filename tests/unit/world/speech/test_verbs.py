import pytest

from hanazora.world import affordances, vocabulary
from hanazora.world.speech.verbs import VERBS, conjugate, forms, verb_phrases


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("walk", ("walks", "walk", "walking")),
        ("run", ("runs", "run", "running")),
        ("fly", ("flies", "fly", "flying")),
        ("sway", ("sways", "sway", "swaying")),
        ("pass", ("passes", "pass", "passing")),
        ("go", ("goes", "go", "going")),
        ("dance", ("dances", "dance", "dancing")),
        ("be", ("is", "are", "being")),
    ],
)
def test_forms(verb, expected):
    assert forms(verb) == expected


def test_conjugate_changes_every_marked_verb():
    phrase = conjugate("*leave the picture{d} and *come back")
    assert phrase.singular == "leaves the picture{d} and comes back"
    assert phrase.plural == "leave the picture{d} and come back"
    assert phrase.participle == "leaving the picture{d} and coming back"


def test_conjugate_negation():
    phrase = conjugate("*do not move")
    assert (phrase.singular, phrase.plural) == ("does not move", "do not move")
    assert phrase.participle == "not moving"


def test_every_kind_and_action_can_be_said():
    assert set(VERBS) == set(vocabulary.ACTIONS)
    for kind in vocabulary.KINDS:
        for action in vocabulary.ACTIONS:
            for phrase in verb_phrases(kind, action):
                assert "*" not in phrase.singular + phrase.plural + phrase.participle


def test_target_actions_name_their_target_and_travel_has_a_direction():
    for action in vocabulary.TARGET_ACTIONS:
        assert all("{x}" in p.plural for p in verb_phrases("man", action))
    for kind, actions in affordances.ACTION_WEIGHTS.items():
        for action in actions:
            directions = set(affordances.direction_weights(kind, action)) - {"none"}
            if directions and action != "collide":
                assert all("{d}" in p.plural for p in verb_phrases(kind, action)), (kind, action)
