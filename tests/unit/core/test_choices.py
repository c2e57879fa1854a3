import pytest

from hanazora.core.choices import require_choice
from hanazora.core.errors import UserError

FLOWERS = ("cherry", "plum")


def test_a_known_name_is_returned():
    assert require_choice("flower", "plum", FLOWERS) == "plum"


def test_another_is_refused_with_the_nearest():
    with pytest.raises(UserError) as caught:
        require_choice("flower", "chery", FLOWERS)
    assert str(caught.value) == "flower 'chery': it must be one of cherry, plum; try cherry"
    with pytest.raises(UserError, match="one of cherry, plum$"):
        require_choice("flower", "oak", FLOWERS)
