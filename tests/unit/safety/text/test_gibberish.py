import pytest

from hanazora.safety.text.folding import fold
from hanazora.safety.text.gibberish import is_odd, judge_readability


def rules(text):
    return [finding.rule for finding in judge_readability(fold(text))]


def test_token_soup_is_unreadable():
    assert rules("xqzt vvkj petal wqpfg zzxk qjx mnbvq") == ["gibberish/soup"]


@pytest.mark.parametrize(
    "text",
    [
        "Wroclaw and Szczecin in autumn rain",
        "Photo, 85mm f/1.8, ISO 400, 4k, 24fps, HDR",
        "Hmm, a crwth player in Llanfairpwll",
        "NYC taxis",
    ],
)
def test_names_and_shop_talk_are_readable(text):
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("\u043a\u043e\u0448\u043a\u0430 \u0441\u043f\u0438\u0442", "gibberish/script-cyrillic"),
        ("\u0642\u0637\u0629 \u062a\u0646\u0627\u0645", "gibberish/script-arabic"),
        ("\uace0\uc591\uc774\uac00 \uc794\ub2e4", "gibberish/script-hangul"),
    ],
)
def test_a_script_without_lists_is_not_passed_on(text, rule):
    assert rules(text) == [rule]


@pytest.mark.parametrize(
    "text", ["\u732b\u304c\u7720\u308b", "\u732b\u5728\u7761\u89c9", "caf\u00e9"]
)
def test_scripts_with_lists_are_readable(text):
    assert rules(text) == []


def test_odd_words():
    assert is_odd("xqzt")
    assert is_odd("a9b8c7")
    assert not is_odd("blossom")
    assert not is_odd("strengths")
