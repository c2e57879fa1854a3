import pytest

from hanazora.cli.options.shape import ShapeOptions, chosen_frames, chosen_size
from hanazora.core.errors import UserError


def test_nothing_said_is_the_native_size_and_four_seconds():
    assert chosen_size(None, None) == (320, 192)
    assert chosen_frames(None, None, 8.0) == 32
    assert not ShapeOptions().is_said
    assert ShapeOptions().extent() == (320, 192, 32, 8.0, False)


def test_what_is_said_wins():
    assert chosen_size("47x33", None) == (47, 33)
    assert chosen_size(None, "9:16") == (192, 336)
    assert chosen_frames(None, 7, 8.0) == 7
    assert chosen_frames(2.0, None, 24.0) == 48
    shape = ShapeOptions(hd=True, seconds=17.0)
    assert shape.is_said and shape.extent() == (1280, 720, 136, 8.0, True)


def test_two_answers_to_one_question_are_refused():
    with pytest.raises(UserError, match="only one of them"):
        chosen_size("47x33", "1:1")
    with pytest.raises(UserError, match="only one of them"):
        chosen_frames(1.0, 8, 8.0)
