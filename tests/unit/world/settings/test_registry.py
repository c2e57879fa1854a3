"""Every setting of the vocabulary has scenery and a camera."""

from hanazora.world import vocabulary
from hanazora.world.settings import SETTING_TABLE


def test_the_table_is_complete_and_cameras_look_slightly_down():
    assert set(SETTING_TABLE) == set(vocabulary.SETTINGS)
    for setting in SETTING_TABLE.values():
        assert 30 <= setting.fov_degrees <= 60
        assert 0 <= setting.raised < 0.5
        assert 0.2 < setting.aim < 0.5
