import codecs
import dataclasses
import hashlib

import pytest

from hanazora.core.errors import UserError
from hanazora.safety.policy import DATA_DIR, Policy, load_policy
from hanazora.safety.text.judge import TextJudge, text_judge


def judge(text):
    return text_judge(load_policy()).findings(text)


def categories(text):
    return {finding.category for finding in judge(text)}


def test_one_judge_is_built_per_policy():
    assert text_judge(load_policy()) is text_judge(load_policy())


@pytest.mark.parametrize(
    ("harmful", "category", "twin"),
    [
        ("a naked man", "sexual", "a naked mole rat"),
        ("a man shoots a woman", "violence", "a photographer shoots a couple"),
        ("she cuts her wrists", "self-harm", "she cuts her hair"),
        ("a gunman shot a woman", "violence", "a low angle shot of a woman"),
        ("a crowd laughs at refugees", "hate", "women laugh at a table"),
        ("immigrants as rats", "hate", "immigrants open a bakery"),
        ("a man robs a bank", "illicit", "a man walks along the bank"),
        ("a fake news report", "deception", "a fake fur coat"),
        ("Taylor Swift sings", "known-people", "a swift flies"),
        ("\u88f8\u306e\u5973\u6027", "sexual", "\u88f8\u8db3\u306e\u5973\u6027"),
        ("\u88f8\u4f53\u5973\u4eba", "sexual", "\u88f8\u8272\u53e3\u7ea2"),
    ],
)
def test_a_harmful_text_is_found_and_its_twin_is_not(harmful, category, twin):
    assert category in categories(harmful)
    assert categories(twin) == set()


def test_an_encoded_text_is_judged_and_points_at_its_wrapping():
    text = "look: " + b"a naked man".hex()
    (finding, *_) = judge(text)
    assert (finding.category, finding.detail) == ("sexual", "hex")
    assert finding.span == (6, len(text))


def test_an_encoding_inside_an_encoding_is_opened():
    twice = b"a naked man".hex().encode().hex()
    assert "sexual" in categories(twice)


def test_the_clear_reading_is_what_was_meant():
    clear = text_judge(load_policy()).clear
    assert clear("a n4ked man").text == "a naked man"
    assert clear(codecs.encode("a man in the park", "rot13")).text == "a man in the park"
    assert clear("A Red Truck").text == "a red truck"
    wrapped = b"a red truck on a road".hex()
    opened = clear(wrapped)
    assert opened.text == "a red truck on a road"
    assert opened.span(0, len(opened.text))[0] == 0


def test_the_same_text_gives_the_same_findings():
    text = "a naked man shoots a woman"
    assert judge(text) == judge(text)
    assert len({(each.rule, each.span) for each in judge(text)}) == len(judge(text))


def changed(tmp_path, name, old, new):
    packaged = load_policy()
    path = DATA_DIR / packaged.data.lists[name].path.removeprefix("package:")
    text = path.read_text().replace(old, new, 1)
    (tmp_path / "list").write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    each = dataclasses.replace(packaged.data.lists[name], path="list", sha256=sha256)
    data = dataclasses.replace(packaged.data, lists={**packaged.data.lists, name: each})
    return Policy(data, sha256, tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("rules", 'sets = ["minor_sexual"]', 'sets = ["nobody"]', "names the set nobody"),
        ("rules", 'category = "hate"', 'category = "haste"', "no such category"),
        ("rules", "score = ", "scroe = ", "did you mean rule.score"),
        ("terms-zh", "[sets]", "[sets", "not valid TOML"),
        ("terms-en", '"@woman"', '"@nobody"', "does not exist"),
    ],
)
def test_a_mistake_in_a_list_is_named(tmp_path, name, old, new, message):
    with pytest.raises(UserError, match=message):
        TextJudge(changed(tmp_path, name, old, new))
