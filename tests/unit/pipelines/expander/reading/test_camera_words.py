import pytest

from hanazora.pipelines.expander.reading.camera_words import camera_move
from hanazora.world.vocabulary import CAMERA_MOVES


@pytest.mark.parametrize(
    ("said", "move"),
    [
        ("turn left", "pan_left"),
        ("move right", "pan_right"),
        ("circle", "orbit_left"),
        ("circle right", "orbit_right"),
        ("walk toward", "dolly_in"),
        ("move away", "dolly_out"),
        ("rise", "crane_up"),
        ("follow walk", "follow"),
    ],
)
def test_a_verb_and_a_direction_make_a_move(said, move):
    assert camera_move(said) == move
    assert move in CAMERA_MOVES


def test_too_little_is_no_move():
    assert camera_move("move") is None
    assert camera_move("") is None
