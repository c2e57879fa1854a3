from types import SimpleNamespace

import numpy as np

from hanazora.evals.permanence.cases import Draws, absence_cases, encode_case, passage_cases
from hanazora.evals.permanence.scenes import GIVEN_FRAMES


def test_a_drawn_story_is_kept_and_one_that_is_nothing_is_not_drawn_again(tmp_path):
    draws, calls = Draws(count=1, height=16, width=32, folder=tmp_path), []

    def draw(height, width, compiled):
        calls.append((height, width, compiled))
        thing = SimpleNamespace(boxes=((1, 2, 3, 4), None))
        frames = np.arange(2 * 16 * 32 * 3, dtype=np.uint8).reshape(2, 16, 32, 3)
        return SimpleNamespace(frames=frames, facts=SimpleNamespace(objects=(None, thing)))

    first, again = (draws.get("story", draw, 1) for _ in range(2))
    assert calls == [(16, 32, False)]
    assert first.boxes == again.boxes == ((1, 2, 3, 4), None)
    assert np.array_equal(first.frames, again.frames)
    assert draws.get("nothing", lambda *size, compiled: None, 0) is None
    assert draws.get("nothing", draw, 1) is None and len(calls) == 1


def test_cases_are_the_same_every_time_and_a_longer_list_begins_with_a_shorter(tmp_path):
    draws = Draws(count=1, height=48, width=80, folder=tmp_path)
    (case,) = absence_cases("leave_return", draws)
    (again,) = absence_cases("leave_return", draws)
    assert case.name == again.name and case.told == again.told
    assert case.colour not in case.told.back.split()
    (passage,) = passage_cases(draws)
    assert passage.kind == "sign" and len(passage.drawing.frames) == GIVEN_FRAMES


def test_latents_hold_the_whole_story(model, case):
    assert encode_case(model, case).shape == (48, 11, 2, 4)
