import tomllib
from importlib import resources

import pytest

from hanazora.pipelines.expander.reading.han_words import language_of, read_han

DATA = resources.files("hanazora.pipelines.expander.reading") / "data"


def tags(text, language):
    return [(t.tag, t.value) for t in read_han(text, language) if t.tag != "word"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("一条飘雪的樱花小路", "zh"),
        ("桜の木", "ja"),
        ("cherry trees", "en"),
        ("赤い車", "ja"),
        ("", "en"),
        ("无人机航拍雪山", "zh"),
    ],
)
def test_the_script_tells_the_language(text, language):
    assert language_of(text) == language


def test_the_longest_entry_wins():
    assert tags("樱花小路", "zh") == [("setting", "cherry_alley")]
    assert tags("雪だるま", "ja") == [("kind", "snowman")]
    assert tags("公共汽车", "zh") == [("kind", "bus")]


def test_numbers_take_their_measure_words():
    (number, dog) = read_han("两只狗", "zh")
    assert (number.value, number.text, dog.value) == ("2", "两只", "dog")
    (number,) = read_han("三匹", "ja")
    assert (number.value, number.text) == ("3", "三匹")


def test_one_entry_may_say_two_things():
    assert tags("桜吹雪", "ja") == [("setting", "cherry_alley"), ("weather", "petals")]
    assert tags("走向镜头", "zh") == [("action", "walk"), ("direction", "toward")]


@pytest.mark.parametrize(
    ("text", "before_noun"),
    [("歩く", True), ("歩いている", True), ("走った", True), ("走って", False), ("泳ぎ", False)],
)
def test_the_form_of_a_japanese_verb_is_told(text, before_noun):
    (token,) = read_han(text, "ja")
    assert token.tag == "action" and token.text == text
    assert token.before_noun is before_noun


def test_plural_marks_and_wide_letters_are_read():
    (children,) = read_han("子供たち", "ja")
    assert children.plural
    assert [t.value for t in read_han("２匹の犬", "ja") if t.tag == "number"] == ["2"]


def test_what_nothing_covers_is_one_unknown_word():
    assert [t.text for t in read_han("大象宇航员狗", "zh")][-1] == "狗"


def test_english_words_and_emoji_between_the_others_are_read():
    assert tags("cyberpunk风格，两只🐕", "zh") == [
        ("setting", "neon_street"), ("comma", ","), ("number", "2"),
        ("comma", ","), ("kind", "dog"), ("comma", ","),
    ]  # fmt: skip
    (word,) = read_han("4K", "ja")
    assert (word.tag, word.text) == ("unknown", "4k")


@pytest.mark.parametrize(("text", "value"), [("5只", "5"), ("30只", "more"), ("十二只", "more")])
def test_numbers_beyond_the_most_are_more(text, value):
    (number,) = read_han(text, "zh")
    assert (number.value, number.text) == (value, text)


def test_how_something_is_done_stands_in_nobodys_way():
    assert tags("カメラがゆっくり引く", "ja") == [("camera", "dolly_out"), ("unknown", "ゆっくり")]


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_no_phrase_of_a_lexicon_means_two_things(language):
    meant = {}
    for tag, table in tomllib.loads((DATA / f"{language}.toml").read_text("utf-8")).items():
        for value, phrases in (
            table.items() if tag not in ("irregular", "traditional", "rules") else ()
        ):
            for phrase in phrases:
                assert meant.setdefault(phrase, (tag, value)) == (tag, value), phrase


def test_traditional_characters_are_read():
    assert tags("紅色的卡車", "zh") == tags("红色的卡车", "zh")


@pytest.mark.parametrize(("text", "language"), [("桜並木", "ja"), ("飞机", "zh")])
def test_han_characters_alone_belong_to_the_lexicon_that_knows_them(text, language):
    assert language_of(text) == language
