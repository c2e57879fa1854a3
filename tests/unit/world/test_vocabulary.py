from hanazora.world import vocabulary
from hanazora.world.kinds.registry import SUPPORTED_KINDS
from hanazora.world.primitives import PATTERNS
from hanazora.world.settings.registry import SETTING_TABLE
from hanazora.world.staging.actions import SUPPORTED_ACTIONS


def test_names_are_unique_and_as_many_as_promised():
    assert len(set(vocabulary.KINDS)) == len(vocabulary.KINDS) == 25
    assert len(set(vocabulary.COLOURS)) == 12
    assert len(set(vocabulary.CAMERA_MOVES)) == 12
    assert len(set(vocabulary.ACTIONS)) >= 20


def test_groups_of_actions_are_actions():
    assert set(vocabulary.ACTIONS) >= vocabulary.TARGET_ACTIONS
    assert set(vocabulary.ACTIONS) >= vocabulary.STILL_ACTIONS


def test_everything_that_can_be_said_can_be_drawn():
    assert set(vocabulary.KINDS) <= SUPPORTED_KINDS
    assert set(vocabulary.ACTIONS) <= SUPPORTED_ACTIONS
    assert set(vocabulary.SETTINGS) == set(SETTING_TABLE)
    assert set(vocabulary.PATTERNS) <= set(PATTERNS)
