import numpy as np
import pytest

from hanazora.evals.permanence.scenes import (
    AWAY_FRAMES,
    GIVEN_FRAMES,
    STORIES,
    draw_absence,
    draw_passage,
    sample_absence,
    sample_passage,
    tell_absence,
)
from hanazora.world.vocabulary import COLOURS


def _first(draw, count=1):
    found = (draw(seed) for seed in range(7_000_000, 7_000_400))
    return [item for item in found if item is not None][:count]


@pytest.mark.parametrize("story", STORIES)
def test_no_caption_names_a_colour_and_the_return_names_the_kind(story):
    for absence in _first(lambda seed: sample_absence(seed, story), 12):
        told = tell_absence(absence)
        words = set(f"{told.away} {told.back}".lower().replace(".", " ").split())
        assert not words & set(COLOURS)
        assert told == tell_absence(absence)


@pytest.mark.parametrize("story", STORIES)
def test_a_thing_is_seen_goes_wholly_and_comes_back(story):
    drawn = next(
        drawn
        for absence in _first(lambda seed: sample_absence(seed, story), 6)
        if (drawn := draw_absence(absence, 48, 80, compiled=False)) is not None
    )
    visible = np.array(drawn.facts.objects[0].visible_px)
    gone = slice(GIVEN_FRAMES - 1, GIVEN_FRAMES + AWAY_FRAMES)
    assert visible[0] > 30 and not visible[gone].any() and visible[-1] > 30
    # Nothing else moves while it is gone, so the absence can be held for any time.
    held = drawn.frames[gone].astype(int)
    assert np.abs(np.diff(held, axis=0)).max() <= 2


def test_a_sign_is_covered_and_uncovered_under_words_without_colour():
    passages = _first(sample_passage, 4)
    assert all(passage.spec.script == "truck_sign" for passage in passages)
    for passage in passages:
        assert passage.spec.subjects[1].colour not in passage.prompt.lower().split()
    drawn = [draw_passage(passage, 48, 80, compiled=False) for passage in passages[:2]]
    for one in drawn:
        if one is not None:
            sign = one.facts.objects[1]
            assert sign.kind == "sign"
            assert min(sign.visible_px[:9]) < 0.6 * max(sign.visible_px) < sign.visible_px[-1]
