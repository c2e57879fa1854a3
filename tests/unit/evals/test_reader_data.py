import numpy as np
import pytest
import torch
from torch.nn import functional

from hanazora.evals.reader_data import (
    NOTHING,
    NUM_LOOKS,
    UNSURE,
    damage_grey,
    damage_looks,
    join_sets,
    make_answers,
    make_sample,
    mirror,
    recolour,
    stack_samples,
    take,
    zoom,
)
from hanazora.evals.scene_reader import CELL, CLIP_FACTS, GRID, HEIGHT, WIDTH, ReaderInput
from hanazora.world.vocabulary import CAMERA_MOVES, COLOURS, DIRECTIONS, KINDS


@pytest.fixture
def samples(pixels, facts):
    generator = torch.Generator().manual_seed(0)
    return stack_samples([make_sample(pixels(), facts, generator) for _ in range(4)])


def test_answers_stand_where_the_thing_is(facts):
    answers = make_answers(facts, [0, 8])
    assert answers.kind.shape == (2, *GRID)
    rows, columns = torch.nonzero(answers.kind[0] == KINDS.index("ball"), as_tuple=True)
    # The box spans rows 6..8 and columns 4..6; its core is the middle of it.
    assert {*rows.tolist()} == {7} or {*rows.tolist()} == {7, 8}
    assert 4 <= columns.min() and columns.max() <= 6
    assert (answers.colour[0][rows, columns] == COLOURS.index("red")).all()
    later = torch.nonzero(answers.kind[1] == KINDS.index("ball"))
    assert later[:, 1].min() == columns.min() + 4  # 64 pixels further right
    assert answers.share[0].sum().item() == pytest.approx(1.0)


def test_a_tiny_thing_and_a_border_are_not_asked_for(facts):
    kind = make_answers(facts, [0]).kind[0]
    assert KINDS.index("box") not in kind.tolist()
    assert (kind[6:9, 15] == UNSURE).all()
    assert kind[6, 4] == UNSURE
    assert kind[0, 0] == NOTHING


def test_direction_and_clip_facts(facts):
    answers = make_answers(facts, [0, 4, 8])
    going = answers.direction[answers.direction >= 0]
    assert {DIRECTIONS[i] for i in going.tolist()} == {"right"}
    assert len(going) > (answers.kind[0] >= 0).sum()  # everywhere it comes by
    assert answers.clip.tolist()[0] == CLIP_FACTS["setting"].index("toys")
    assert CAMERA_MOVES[answers.clip[-1]] == "pan_left"


def test_a_clip_with_cuts_says_its_style_only(facts):
    clip = make_answers({**facts, "cuts": [4]}, [0]).clip.tolist()
    assert clip[list(CLIP_FACTS).index("style")] == CLIP_FACTS["style"].index("clay")
    assert clip.count(NOTHING) == len(clip) - 1


def test_short_clips_become_one_picture(pixels, facts):
    generator = torch.Generator().manual_seed(0)
    sample = make_sample(pixels(5), facts, generator)
    assert sample.looks.shape == (1, 3, HEIGHT, WIDTH)
    assert len(sample.motion) == 0
    assert make_sample(pixels(9), facts, generator).looks.shape[0] == NUM_LOOKS


def test_decoded_pixels_replace_the_rendered_ones(pixels, facts):
    generator = torch.Generator().manual_seed(0)
    grey = torch.full_like(pixels(), 100)
    sample = make_sample(pixels(), facts, generator, grey)
    assert (sample.looks == 100).all()
    assert not torch.equal(sample.motion[0], sample.motion[1])


def test_mirroring_swaps_left_and_right_and_twice_is_nothing(samples):
    given = ReaderInput(samples.looks, samples.motion[:, 0].float())
    once = mirror(given, samples.answers)
    assert CAMERA_MOVES[once[1].clip[0, -1]] == "pan_right"
    assert DIRECTIONS.index("left") in once[1].direction
    assert torch.equal(once[0].looks, samples.looks.flip(-1))
    again = mirror(*once)
    for first, second in zip((*given, *samples.answers), (*again[0], *again[1]), strict=True):
        assert torch.equal(first, second)


def test_answers_move_with_the_window(pixels, facts):
    still = stack_samples([make_sample(pixels(1), {**facts, "cuts": []}, torch.Generator())] * 40)
    looks = still.looks.clone()
    core = still.answers.kind[0, 0] >= 0
    mask = core.repeat_interleave(CELL, 0).repeat_interleave(CELL, 1)
    looks[:] = torch.where(mask, 255, 0).to(torch.uint8)
    zoomed, answers = zoom(ReaderInput(looks, None), still.answers, np.random.default_rng(0))
    assert zoomed.looks.shape == looks.shape
    inside = functional.avg_pool2d(zoomed.looks[:, 0].float(), CELL)[:, 0]
    is_thing = answers.kind[:, 0] >= 0  # cells are whole, the pixels' window is not: edges blend
    assert inside[is_thing].mean() > 5 * inside[~is_thing].mean()
    sizes = is_thing.flatten(1).sum(1)
    assert sizes.max() > (still.answers.kind[0] >= 0).sum()  # a window inside makes things larger


def test_a_recoloured_picture_is_asked_for_kinds_only(pixels, facts):
    still = stack_samples([make_sample(pixels(1), facts, torch.Generator())] * 12)
    given, answers = recolour(
        ReaderInput(still.looks, None), still.answers, np.random.default_rng(0)
    )
    asked = (answers.colour >= 0).flatten(1).any(dim=1)
    assert 0 < asked.sum() < 12
    assert torch.equal(given.looks[asked], still.looks[asked])
    assert (answers.clip[~asked] == NOTHING).all()
    assert torch.equal(answers.kind, still.answers.kind)
    assert torch.equal(given.looks.sum(dim=2), still.looks.sum(dim=2))


def test_a_batch_depends_on_its_generator_only(samples):
    first, second, other = (
        take(samples, torch.arange(4), 3, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first[0].looks, second[0].looks)
    assert not torch.equal(first[0].looks, other[0].looks)
    assert first[0].looks.shape[1] == first[1].kind.shape[1] == 3


def test_damage_changes_pixels_but_not_what_they_show(samples):
    damaged = damage_looks(samples.looks, np.random.default_rng(0))
    assert damaged.shape == samples.looks.shape
    error = (damaged.float() - samples.looks.float()).abs().mean(dim=(1, 2, 3, 4))
    assert (error > 0.5).all() and (error < 60).all()
    grey = torch.rand(3, 48, 80) - 0.5
    assert damage_grey(grey, torch.Generator().manual_seed(1)).shape == grey.shape


def test_sets_of_one_kind_are_joined(samples):
    joined = join_sets([samples, None, samples])
    assert len(joined) == 8
    assert joined.answers.clip.shape[0] == 8
    assert join_sets([None]) is None
