import pytest

from hanazora.pipelines.expander.reading.english import understand_english, understand_tokens
from hanazora.pipelines.expander.reading.english_words import read_english


def subject(text, index=0):
    return understand_english(text).subjects[index]


def test_words_before_a_noun_belong_to_it():
    box, ball = understand_english("a large green box and two small red balls").subjects
    assert (box.kinds, box.size, box.colour, box.count) == (("box",), "large", "green", None)
    assert (ball.kinds, ball.size, ball.colour, ball.count) == (("ball",), "small", "red", 2)


def test_words_behind_a_noun_belong_to_it():
    assert subject("the ball is red and it bounces").colour == "red"
    woman = subject("a woman in black with a bag")
    assert (woman.colour, woman.extras) == ("black", ["bag"])


def test_a_coat_gives_its_colour_to_the_person_a_hat_does_not():
    assert subject("a man wearing a blue jacket").colour == "blue"
    man = subject("a man with a red hat")
    assert (man.colour, man.extras) == (None, ["hat"])


def test_verbs_find_their_subjects():
    boy, girl = understand_english("a boy runs left and a girl jumps").subjects
    assert (boy.action, boy.direction) == ("run", "left")
    assert (girl.action, girl.direction) == ("jump", None)
    both = understand_english("a man and his dog walk toward the camera").subjects
    assert [s.action for s in both] == ["walk", "walk"]
    assert [s.direction for s in both] == ["toward", "toward"]


def test_a_verb_before_its_noun_is_kept_for_it():
    draft = understand_english("a park and a running dog")
    assert draft.subjects[0].action == "run"
    assert draft.scenes[0]["setting"] == "park"


@pytest.mark.parametrize(
    ("text", "action", "actor"),
    [
        ("a truck drives past a sign", "pass_front", 0),
        ("a truck drives from left to right past a sign", "pass_front", 0),
        ("a cat chases a dog", "follow", 0),
        ("a sign, then a truck passes in front of it", "pass_front", 1),
        ("an orange cone is hit by a green ball", "collide", 1),
        ("a dog runs behind a snowman", "pass_behind", 0),
    ],
)
def test_who_does_what_to_whom(text, action, actor):
    draft = understand_english(text)
    assert draft.subjects[actor].action == action
    assert draft.subjects[actor].target == 1 - actor


def test_places_beside_each_other():
    assert subject("a ball next to a box").relation == ("next_to", 1)
    assert subject("a box with a ball on top of it", 1).relation == ("on_top_of", 0)
    assert subject("a dog on the beach").relation is None


def test_what_is_not_wanted_is_left_out():
    draft = understand_english("a street with cars but no trucks, without rain")
    assert {("kind", "truck"), ("weather", "rain")} <= draft.excluded
    assert [s.kinds for s in draft.subjects] == [("car",)]
    assert "weather" not in draft.scenes[0]
    assert ("colour", "red") in understand_english("not a red car but a blue one").excluded


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        (
            "a park with no people, cars or dogs",
            {("people", "any"), ("kind", "car"), ("kind", "dog")},
        ),
        ("no people and cars, a park", {("people", "any"), ("kind", "car")}),
        ("a park without people, cherry trees", {("people", "any")}),
    ],
)
def test_a_list_of_what_is_not_wanted_is_left_out(text, excluded):
    draft = understand_english(text)
    assert draft.excluded == excluded and draft.subjects == []


def test_who_acts_behind_a_list_is_there():
    assert subject("no people, a dog runs").kinds == ("dog",)
    assert subject("a park with no people and a dog").kinds == ("dog",)


def test_drifting_snow_makes_no_petals_drift():
    assert understand_english("a cherry-blossom lane in drifting snow").scenes == [
        {"setting": "cherry_alley", "weather": "snow"}
    ]
    assert understand_english("drifting cherry blossoms").scenes[0]["setting"] == "cherry_alley"


def test_somebody_leaves_and_no_leaves_fall():
    man, woman = understand_english("the man waves, the woman with the bag leaves").subjects
    assert (man.action, woman.action) == ("wave", "leave")


def test_views_that_the_world_does_not_have_are_reported():
    draft = understand_english("bird's eye view of a road, slow motion of a car")
    assert draft.ignored == ["bird's eye view", "slow motion"]
    assert [s.kinds for s in draft.subjects] == [("car",)]
    assert understand_english("tracking shot following a bus").subjects[0].action is None


def test_a_place_that_is_never_told_is_reported():
    draft = understand_english("a box under a ball")
    assert draft.ignored == ["under"] and draft.subjects[0].relation is None


def test_a_second_mention_is_not_a_second_subject():
    assert len(understand_english("There is a dog. The dog is brown. It runs.").subjects) == 1
    assert len(understand_english("a dog and another dog").subjects) == 2


def test_the_camera_is_no_subject():
    draft = understand_english("the camera follows a bicycle")
    assert draft.scenes[0]["camera"] == "follow"
    assert draft.subjects[0].action is None


def test_shots_are_told_apart():
    draft = understand_english("a cat on a beach, then cut to a dog in a park")
    assert [s.shot for s in draft.subjects] == [0, 1]
    assert [scene["setting"] for scene in draft.scenes] == ["beach", "park"]


def test_what_cannot_be_used_is_reported():
    draft = understand_english("an elephant in the park, a woman with red hair")
    assert {"elephant", "hair"} <= set(draft.ignored)
    assert draft.subjects[0].colour is None


def test_a_rider_is_what_they_ride():
    draft = understand_english("a woman riding a red bike to the left")
    (bicycle,) = draft.subjects
    assert (bicycle.kinds, bicycle.colour, bicycle.direction) == (("bicycle",), "red", "left")


def test_who_flies_a_kite_stays_on_the_ground():
    child, kite = understand_english("a child flying a red kite").subjects
    assert (child.action, kite.action) == (None, "fly")


def test_two_colours_of_one_thing_are_one_colour():
    draft = understand_english("a red and white striped ball")
    assert (draft.subjects[0].colour, draft.subjects[0].pattern) == ("red", "stripe")
    assert draft.ignored == ["white"]


def test_two_nouns_in_a_row_are_one():
    (dogs,) = understand_english("golden retriever puppies").subjects
    assert dogs.many


def test_tokens_are_understood_as_the_prompt_they_come_from():
    prompt = "a red truck drives past a blue sign in the snow"
    assert understand_tokens(read_english(prompt)) == understand_english(prompt)
