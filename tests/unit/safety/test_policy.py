import hashlib

import pytest

from hanazora.core.errors import UserError
from hanazora.safety.policy import (
    PROTECTED_CATEGORY,
    STAGES,
    TIERS,
    Policy,
    PolicyData,
    load_policy,
    packaged_policy_path,
)


@pytest.fixture
def copy(tmp_path):
    """Return a function that writes the packaged policy with a text replaced, and an end added."""

    def make(old="", new="", end=""):
        text = packaged_policy_path().read_text()
        assert old in text
        path = tmp_path / "mine.toml"
        path.write_text(text.replace(old, new, 1) + end)
        return path

    return make


def test_the_packaged_policy_has_a_rule_for_every_category_stage_and_tier():
    policy = load_policy()
    assert {"violence", "sexual", PROTECTED_CATEGORY, "hate", "known-people"} <= set(
        policy.categories
    )
    for name in policy.categories:
        for stage in STAGES:
            for tier in TIERS:
                rule = policy.rule(name, stage, tier)
                assert 0 < rule.threshold <= 1
                assert rule.message


def test_a_tier_may_have_another_action():
    policy = load_policy()
    assert policy.rule("likeness", "upload", "general").action == "block"
    assert policy.rule("likeness", "upload", "trusted").action == "hold"


def test_a_category_without_a_rule_is_blocked():
    assert load_policy().rule("something new", "prompt", "redteam").action == "block"


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("tier", TIERS)
def test_no_tier_overrides_sexual_minors(stage, tier):
    assert load_policy().rule(PROTECTED_CATEGORY, stage, tier).action == "block"


@pytest.mark.parametrize(
    "rule",
    [
        '{ action = "warn", threshold = 0.4 }',
        '{ action = "block", threshold = 0.9 }',
        '{ action = "block", threshold = 0.4, tiers = { redteam = { action = "hold" } } }',
    ],
)
def test_a_file_that_loosens_sexual_minors_is_refused(copy, rule):
    path = copy('prompt = { action = "block", threshold = 0.4 }', f"prompt = {rule}")
    with pytest.raises(UserError, match="sexual-minors.prompt is loosened"):
        load_policy(path)


def test_a_file_without_sexual_minors_is_refused(copy):
    path = copy("categories.sexual-minors]", "categories.other]")
    path.write_text(path.read_text().replace("categories.sexual-minors.", "categories.other."))
    with pytest.raises(UserError, match="cannot be left out"):
        load_policy(path)


def test_code_cannot_loosen_sexual_minors_either():
    packaged = load_policy()
    categories = dict(packaged.categories)
    loose = PolicyData(version="1", categories=categories)
    stage = {"prompt": type(categories["sexual"].stages["prompt"])(action="allow", threshold=1.0)}
    category = type(categories["sexual"])(title="t", message="m", reference="r", stages=stage)
    categories[PROTECTED_CATEGORY] = category  # after the check of the file
    rule = Policy(loose, "0" * 64, packaged.directory).rule(PROTECTED_CATEGORY, "prompt", "redteam")
    assert (rule.action, rule.threshold) == ("block", 0.5)


def test_an_operator_names_another_policy(copy, monkeypatch):
    path = copy('version = "', 'version = "mine-')
    monkeypatch.setenv("HANAZORA_POLICY", str(path))
    assert load_policy().version.startswith("mine-")
    assert load_policy().sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_check_that_is_not_named_is_required(copy):
    policy = load_policy(copy('signature = "required"', 'signature = "optional"'))
    assert policy.requirement("signature") == "optional"
    assert policy.requirement("something") == "required"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('action = "hold"', 'action = "stop"', "must be of type 'block'"),
        ("version =", "vresion =", "did you mean policy.version"),
        ("tiers = { redteam", "tiers = { friends", "unknown tier 'friends'"),
        ("threshold = 0.5", "threshold = 2.5", "it must be 0 to 1"),
        ("version =", "version", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_policy_is_named(copy, old, new, message):
    with pytest.raises(UserError, match=message):
        load_policy(copy(old, new))


def test_a_missing_policy_is_one_line(tmp_path):
    with pytest.raises(UserError, match="cannot read"):
        load_policy(tmp_path / "none.toml")


def test_a_list_is_read_only_as_the_policy_knows_it(copy, tmp_path):
    (tmp_path / "words.txt").write_text("petal\n")
    good = hashlib.sha256(b"petal\n").hexdigest()
    end = f'\n[lists.own]\npath = "words.txt"\nsha256 = "{good}"\n'
    policy = load_policy(copy(end=end))
    assert policy.read_list("own") == "petal\n"
    (tmp_path / "words.txt").write_text("thorn\n")
    with pytest.raises(UserError, match="was changed"):
        policy.read_list("own")
    with pytest.raises(UserError, match="names no list 'other'"):
        policy.read_list("other")


def test_a_plug_in_needs_a_url_and_a_sane_time_out(copy):
    plugin = '\n[[plugins]]\nname = "a"\nkind = "http"\nurl = "{url}"\ntimeout_s = {time}\n'
    assert load_policy(copy(end=plugin.format(url="http://localhost:1", time="2"))).plugins
    with pytest.raises(UserError, match="must start with http"):
        load_policy(copy(end=plugin.format(url="file:///x", time="2")))
    with pytest.raises(UserError, match="at most 60"):
        load_policy(copy(end=plugin.format(url="http://localhost:1", time="600")))


def test_one_file_loaded_twice_is_one_policy():
    assert load_policy() == load_policy()
    assert len({load_policy(), load_policy()}) == 1
    assert load_policy() != "policy"


def test_a_category_is_known_by_its_name():
    assert load_policy().require_category("violence") == "violence"
    with pytest.raises(UserError, match="it must be one of"):
        load_policy().require_category("noise")
