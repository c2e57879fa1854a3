from dataclasses import replace

import numpy as np
import pytest
import torch

from hanazora.evals.permanence.cases import Drawing
from hanazora.evals.permanence.occlusion import (
    judge_passage,
    make_passage,
    passage_references,
    plan_passage,
)
from hanazora.evals.references import as_video


def _scene(sign=(40, 16), colour=(230, 230, 60), size=(16, 20)):
    """A picture with a striped sign on a graded ground."""
    rows = np.linspace(60, 180, 64)[:, None, None]
    picture = np.broadcast_to(rows, (64, 96, 3)).copy()
    if size:
        height, width = size
        x, y = sign
        picture[y : y + height, x : x + width] = colour
        picture[y + 4 : y + 7, x : x + width] = (20, 20, 20)
    return picture.astype(np.uint8)


@pytest.fixture
def passage(case):
    frames = np.stack([_scene()] * 17)
    frames[4:12, 10:50, 30:70] = (200, 40, 40)
    return replace(case, kind="sign", drawing=Drawing(frames, ((40, 16, 60, 32),) * 17))


def _after(passage, picture):
    frames = passage.drawing.frames.copy()
    frames[-1] = picture
    return judge_passage(as_video(torch.from_numpy(frames)), passage)


def test_a_sign_that_is_still_there_survives_and_each_fault_does_not(passage):
    assert _after(passage, _scene()).survives
    noise = np.random.default_rng(0).normal(0, 6, (64, 96, 3))
    assert _after(passage, np.clip(_scene() + noise, 0, 255).astype(np.uint8)).survives
    for fault in (
        _scene(size=None),
        _scene(colour=(40, 60, 220)),
        _scene(sign=(48, 16)),
        _scene(size=(11, 14)),
    ):
        assert not _after(passage, fault).survives


def test_a_sign_that_stays_covered_does_not_survive(model, passage):
    latents = torch.zeros(48, 5, 4, 6)
    rows = passage_references(model, passage, latents)
    assert judge_passage(rows["truth"], passage).survives
    assert not judge_passage(rows["last given frame, frozen"], passage).survives


def test_the_second_half_is_made(model, passage):
    plan = plan_passage(model.geometry, (64, 96))
    assert [chunk.given is None for chunk in plan.chunks] == [False, False, True]
    video = make_passage(model, passage, torch.zeros(48, 5, 4, 6), model.model.sampler)
    assert video.shape == (1, 3, 17, 64, 96)
