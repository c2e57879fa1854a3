import pytest

from hanazora.core.errors import EXIT_USER_ERROR, ModelError, UserError


def test_message_names_the_value_the_rule_and_what_works():
    error = UserError("--size 7x7", "a side is 16 to 1920 pixels", "16x16")
    assert str(error) == "--size 7x7: a side is 16 to 1920 pixels; try 16x16"


def test_message_is_one_line():
    assert str(UserError("a\nb", "c\n d")) == "a b: c d"


def test_a_user_error_is_a_value_error_and_exits_with_two():
    with pytest.raises(ValueError, match="no weights"):
        raise ModelError("no weights")
    assert EXIT_USER_ERROR == 2
