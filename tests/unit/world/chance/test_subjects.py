import pytest

from hanazora.world import vocabulary
from hanazora.world.chance.subjects import (
    Wish,
    add_others,
    draw_couple,
    draw_solo,
    draw_subject,
    draw_truck_and_sign,
    for_a_shot,
)
from hanazora.world.draw import generator
from hanazora.world.spec import SubjectSpec

PARK = Wish(split="train", setting="park")


@pytest.fixture
def rng(seed):
    return generator(seed, "test")


def test_the_count_of_a_wish_is_kept(rng):
    wish = Wish(split="count", setting="toys", count=5)
    assert {draw_subject(rng, wish, "ball").count for _ in range(50)} == {5}


def test_only_people_wear_things(rng):
    assert all(not draw_subject(rng, PARK, "ball").extras for _ in range(100))
    assert any(draw_subject(rng, PARK, "woman").extras for _ in range(100))


def test_a_subject_by_itself_has_no_target(rng):
    for _ in range(200):
        solo = draw_solo(rng, PARK)
        assert solo.count == 1
        assert solo.action not in vocabulary.TARGET_ACTIONS


def test_a_second_is_enough_for_what_is_done_in_a_shot(rng):
    leaving = SubjectSpec(kind="woman", colour="red", action="leave", direction="left")
    assert for_a_shot(rng, leaving, "park").action != "leave"
    standing = SubjectSpec(kind="ball", colour="red")
    assert for_a_shot(rng, standing, "park") is standing


def test_a_target_is_there_and_differs_from_who_acts_upon_it(rng):
    follower = SubjectSpec(kind="car", colour="red", action="follow", direction="left")
    wish = Wish(split="train", setting="road")
    for _ in range(50):
        main, other, *_ = add_others(rng, wish, follower)
        assert main.target == 1
        assert other.direction == "left"
        assert (other.kind, other.colour) != ("car", "red")


def test_scripts_stage_their_cast(rng):
    for _ in range(30):
        one, two = draw_couple(rng)
        assert {one.kind, two.kind} == {"man", "woman"}
        assert one.direction == two.direction
        vehicle, sign = draw_truck_and_sign(rng)
        assert (vehicle.action, vehicle.target, sign.kind) == ("pass_front", 1, "sign")
