import pytest

from hanazora.pipelines.expander.reading.draft import COUPLE
from hanazora.pipelines.expander.reading.han import understand_han


def test_the_sentence_of_the_article():
    draft = understand_han("一条飘雪的樱花小路", "zh")
    assert draft.scenes == [{"setting": "cherry_alley", "weather": "snow"}]
    assert draft.subjects == [] and draft.ignored == []


def test_chinese_verbs_follow_their_subject():
    (truck,) = understand_han("红色的卡车从左向右驶过", "zh").subjects
    assert (truck.kinds, truck.colour, truck.action, truck.direction) == (
        ("truck",), "red", "drive", "right",
    )  # fmt: skip


def test_japanese_verbs_may_stand_before_their_subject():
    draft = understand_han("雪の降る桜並木を歩く二人", "ja")
    (pair,) = draft.subjects
    assert (pair.kinds, pair.action) == (COUPLE, "walk")
    assert draft.scenes == [{"setting": "cherry_alley", "weather": "snow"}]


@pytest.mark.parametrize(
    ("text", "language"),
    [("红球在蓝盒子旁边", "zh"), ("蓝盒子旁边有一个红球", "zh"), ("青い箱の隣に赤いボール", "ja"),
     ("赤いボールが青い箱の隣にある", "ja")],
)  # fmt: skip
def test_place_words_stand_behind_their_noun(text, language):
    subjects = understand_han(text, language).subjects
    ball = next(i for i, s in enumerate(subjects) if s.kinds == ("ball",))
    assert subjects[ball].relation == ("next_to", 1 - ball)
    assert (subjects[ball].colour, subjects[1 - ball].colour) == ("red", "blue")


@pytest.mark.parametrize(
    ("text", "language", "action"),
    [
        ("卡车从招牌前面驶过", "zh", "pass_front"),
        ("小狗追着小猫", "zh", "follow"),
        ("トラックが看板の前を通り過ぎる", "ja", "pass_front"),
        ("犬が猫を追いかける", "ja", "follow"),
    ],
)
def test_who_does_what_to_whom(text, language, action):
    first, second = understand_han(text, language).subjects
    assert (first.action, first.target) == (action, 1)
    assert second.target is None


@pytest.mark.parametrize(
    ("text", "language", "excluded"),
    [
        ("没有人的樱花大道", "zh", ("people", "any")),
        ("不要下雪，樱花树", "zh", ("weather", "snow")),
        ("人のいない公園", "ja", ("people", "any")),
        ("雪なしの桜並木", "ja", ("weather", "snow")),
        ("車のない道路に自転車が一台", "ja", ("kind", "car")),
    ],
)
def test_what_is_not_wanted_is_left_out(text, language, excluded):
    draft = understand_han(text, language)
    assert excluded in draft.excluded
    assert "weather" not in draft.scenes[0]


@pytest.mark.parametrize(
    ("text", "language"),
    [("没有人和狗的公园", "zh"), ("没有人、狗，公园", "zh"), ("人や犬のいない公園", "ja")],
)
def test_a_list_of_what_is_not_wanted_is_left_out(text, language):
    draft = understand_han(text, language)
    assert draft.excluded == {("people", "any"), ("kind", "dog")}
    assert draft.scenes == [{"setting": "park"}] and draft.subjects == []


def test_only_the_clause_of_a_without_is_left_out():
    assert understand_han("没有人，狗在跑", "zh").subjects[0].kinds == ("dog",)
    draft = understand_han("雨の降らない夜の街", "ja")
    assert draft.excluded == {("weather", "rain")} and "weather" not in draft.scenes[0]


def test_what_a_person_wears_is_given_to_the_person():
    (woman,) = understand_han("一个穿红色大衣的女人", "zh").subjects
    assert woman.colour == "red"
    (man,) = understand_han("帽子をかぶった男が鞄を持って歩く", "ja").subjects
    assert man.extras == ["hat", "bag"]


def test_numbers_stand_before_and_behind():
    assert understand_han("犬が二匹", "ja").subjects[0].count == 2
    assert understand_han("二匹の犬", "ja").subjects[0].count == 2
    assert understand_han("五只鸟向左飞", "zh").subjects[0].count == 5


def test_the_camera_is_no_subject():
    draft = understand_han("镜头跟随一个奔跑的男孩", "zh")
    assert draft.scenes[0]["camera"] == "follow"
    assert draft.subjects[0].action == "run"


def test_what_the_world_does_not_have_is_reported():
    assert understand_han("火星上的宇航员", "zh").ignored
