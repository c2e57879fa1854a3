import pytest

from hanazora.cli.measuring.asked import check
from hanazora.core.errors import UserError


def test_what_can_be_measured_and_written_has_a_size(tmp_path):
    assert check(10, None, "192x320") == (192, 320)
    assert check(10, tmp_path / "a.json", "320x192") == (320, 192)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("num_prompts", "name", "size", "message"),
    [
        (0, None, "320x192", "num_prompts 0: it must be 1 to 10000"),
        (5, "a.txt", "320x192", "must end in .json; try a.json"),
        (5, "no/such/a.json", "320x192", "the directory does not exist"),
        (5, None, "320", "size '320'"),
    ],
)
def test_what_cannot_is_refused_at_once(tmp_path, num_prompts, name, size, message):
    with pytest.raises(UserError, match=message):
        check(num_prompts, None if name is None else tmp_path / name, size)
