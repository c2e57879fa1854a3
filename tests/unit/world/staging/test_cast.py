"""Casting: sizes, relations and places at the start."""

import numpy as np
import pytest

from hanazora.world.spec import SceneSpec, SubjectSpec
from hanazora.world.staging.cast import build_actors, plan_view, start_places


def _staged(*subjects, aspect=5 / 3, seed=1, setting="toys", script=None):
    spec = SceneSpec(seed=seed, setting=setting, subjects=subjects, script=script)
    actors = build_actors(spec, tuple(range(len(subjects))))
    view = plan_view(actors, aspect, fov=40.0, aim=0.36, raised=0.1)
    return actors, view, start_places(spec, actors, view, np.random.default_rng(seed))


def test_groups_have_one_actor_per_thing():
    actors, _, places = _staged(SubjectSpec(kind="ball", colour="red", count=3))
    assert [actor.member for actor in actors] == [0, 1, 2]
    gaps = np.diff(np.sort(places[:, 0]))
    assert (gaps > 0.6).all()


@pytest.mark.parametrize("aspect", [16 / 9, 1.0, 9 / 16])
@pytest.mark.parametrize("kind", ["woman", "dog", "truck", "ball"])
def test_a_single_subject_is_big_and_fits_in_every_aspect(aspect, kind):
    actors, view, places = _staged(SubjectSpec(kind=kind, colour="red"), aspect=aspect)
    assert actors[0].width / view.visible_width < 0.8
    share = actors[0].height / view.visible_height
    assert share <= 0.65
    assert share >= (0.25 if aspect >= 1 or kind != "truck" else 0.15)
    assert abs(places[0, 0]) + 0.5 * actors[0].width < 0.5 * view.visible_width


def test_size_words_order_the_sizes():
    small, large = (
        _staged(SubjectSpec(kind="box", colour="red", size=size))[0][0].height
        for size in ("small", "large")
    )
    assert large > 1.7 * small


@pytest.mark.parametrize("seed", range(5))
def test_relations_hold_at_the_start(seed):
    first = SubjectSpec(kind="box", colour="red")

    def other(relation):
        second = SubjectSpec(kind="ball", colour="blue", relation=(relation, 0))
        actors, _, places = _staged(first, second, seed=seed)
        return actors, places[1] - places[0]

    assert other("left_of")[1][0] < -0.5
    assert other("right_of")[1][0] > 0.5
    assert other("in_front_of")[1][2] > 0.5
    assert other("behind")[1][2] < -0.5
    actors, offset = other("on_top_of")
    assert offset[1] == pytest.approx(actors[0].height)
    assert abs(other("next_to")[1][0]) > 0.5


def test_a_couple_stands_close_together():
    pair = [
        SubjectSpec(kind=kind, colour="red", action="walk", direction="away")
        for kind in ("man", "woman")
    ]
    _, _, close = _staged(*pair, script="couple_walk")
    _, _, apart = _staged(*pair)
    assert abs(close[0, 0] - close[1, 0]) < abs(apart[0, 0] - apart[1, 0])


def test_turtles_crawl_on_land_and_float_in_water():
    turtle = SubjectSpec(kind="turtle", colour="green", action="walk", direction="left")
    assert not _staged(turtle, setting="beach")[0][0].swims
    assert _staged(turtle, setting="reef")[0][0].swims
