import pytest

from hanazora.core.errors import UserError
from hanazora.safety.policy import load_policy, packaged_policy_path
from hanazora.safety.policy_file import differences, seal_lists


@pytest.fixture
def copy(tmp_path):
    def make(old="", new="", name="mine.toml"):
        text = packaged_policy_path().read_text()
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new, 1))
        return path

    return make


def test_equal_policies_do_not_differ(copy):
    assert differences(load_policy(), load_policy(copy('version = "', 'version = "new-'))) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('signature = "required"', 'signature = "off"', "check signature: required -> off"),
        ("[categories.likeness", "[categories.faces", None),
        (
            'message = "Sexual content is',
            'message = "No: sexual content is',
            "sexual: another message",
        ),
    ],
)
def test_what_differs_is_named(copy, old, new, line):
    path = copy(old, new)
    if line is None:
        path.write_text(path.read_text().replace(old, new))
        line = "likeness: only in the first"
    assert line in differences(load_policy(), load_policy(path))


def test_another_action_is_named_with_its_tier(copy):
    path = copy('{ redteam = { action = "hold" } }', '{ redteam = { action = "warn" } }')
    assert "sexual frame redteam: hold from 0.5 -> warn from 0.5" in differences(
        load_policy(), load_policy(path)
    )


def test_sealing_writes_the_hashes_of_the_lists(copy, tmp_path):
    (tmp_path / "own.toml").write_text("first")
    path = copy('path = "package:rules.toml"', 'path = "own.toml"')
    assert seal_lists(path) == ["rules"]
    assert load_policy(path).read_list("rules") == "first"
    assert seal_lists(path) == []
    (tmp_path / "own.toml").unlink()
    with pytest.raises(UserError, match="cannot read list rules"):
        seal_lists(path)
