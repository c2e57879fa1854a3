from hanazora.world import vocabulary


def test_names_are_unique_and_as_many_as_promised():
    assert len(set(vocabulary.KINDS)) == len(vocabulary.KINDS) == 25
    assert len(set(vocabulary.COLOURS)) == 12
    assert len(set(vocabulary.CAMERA_MOVES)) == 12
    assert len(set(vocabulary.ACTIONS)) >= 20


def test_groups_of_actions_are_actions():
    assert set(vocabulary.ACTIONS) >= vocabulary.TARGET_ACTIONS
    assert set(vocabulary.ACTIONS) >= vocabulary.STILL_ACTIONS
