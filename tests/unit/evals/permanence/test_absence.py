from dataclasses import replace

import torch

from hanazora.evals.permanence.absence import (
    GIVEN_LATENTS,
    RETURN_LATENTS,
    judge,
    make_returns,
    plan_absence,
    references,
    show,
    split,
    true_timeline,
)
from hanazora.evals.permanence.cases import encode_case
from hanazora.evals.permanence.scenes import AWAY_FRAMES, RETURN_FRAMES


def test_the_plan_gives_the_start_and_makes_the_rest_under_two_prompts(model):
    plan = plan_absence(model.geometry, (32, 64), 3)
    made = [chunk for chunk in plan.chunks if chunk.given is None]
    assert sum(chunk.num_frames for chunk in plan.chunks) == GIVEN_LATENTS + 6 + RETURN_LATENTS
    assert [chunk.prompt for chunk in made] == [0, 0, 0, 1, 1]
    assert made[0].first_frame == GIVEN_LATENTS


def test_the_truth_is_held_while_the_thing_is_gone(model, case):
    latents = encode_case(model, case)
    assert torch.equal(true_timeline(latents, 1), latents)
    held = true_timeline(latents, 3)
    assert held.shape[1] == latents.shape[1] + 4
    assert torch.equal(held[:, 6], held[:, 7]) and torch.equal(held[:, -4:], latents[:, -4:])


def test_a_short_absence_is_the_beginning_of_a_long_one(model, case):
    latents = encode_case(model, case)
    together = dict(make_returns(model, case, latents, (1, 2), model.model.sampler))
    alone = dict(make_returns(model, case, latents, (2,), model.model.sampler))
    assert torch.equal(together[2], alone[2])
    assert torch.equal(together[1][:, :7], alone[2][:, :7])
    assert torch.equal(together[1][:, :5], latents[:, :5])
    other = replace(model.model.sampler, memory=replace(model.model.sampler.memory, sink=False))
    changed = dict(make_returns(model, case, latents, (2,), other))
    assert not torch.equal(changed[2], alone[2])


def test_what_is_judged_is_the_end_of_the_absence_and_the_return(model, case, reader):
    latents = encode_case(model, case)
    shown = show(model, latents)
    assert shown.away.shape[2] == AWAY_FRAMES and shown.back.shape[2] == RETURN_FRAMES
    rows = references(model, case, latents)
    assert len(rows) == 4
    truth = rows["truth"]
    assert truth.away[0, 0].std() == 0 and truth.back[0, 0].std() > 0
    assert judge(reader, truth, case) == judge(reader, truth, case)


def test_a_story_is_cut_from_its_end():
    video = torch.arange(30.0).expand(1, 3, 4, 4, 30).movedim(-1, 2)
    away, back = split(video)
    assert away[0, 0, :, 0, 0].tolist() == list(range(6, 14))
    assert back[0, 0, :, 0, 0].tolist() == list(range(14, 30))
