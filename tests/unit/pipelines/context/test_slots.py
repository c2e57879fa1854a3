import torch

from hanazora.pipelines.context.slots import fill_slots


def _grounds(count, seed=0):
    """Frames of a background whose tokens are all alike, 4 x 6 tokens of 2 x 2 cells."""
    torch.manual_seed(seed)
    return [torch.ones(8, 8, 12) + 0.05 * torch.randn(8, 8, 12) for _ in range(count)]


def _with_thing(ground, row, column, channel):
    frame = ground.clone()
    frame[:, 2 * row : 2 * row + 4, 2 * column : 2 * column + 4] = 0.0
    frame[channel, 2 * row : 2 * row + 4, 2 * column : 2 * column + 4] = 4.0
    return frame


def test_a_thing_that_the_base_does_not_show_is_laid_over_it():
    base, ground = _grounds(2)
    filled = fill_slots(base, [_with_thing(ground, 1, 2, 3)], 16, (2, 2))
    assert (filled[3, 2:6, 4:8] == 4).all()
    assert torch.equal(filled[:, :, :4], base[:, :, :4])


def test_what_the_base_shows_elsewhere_is_not_laid_over_it_again():
    base, ground = _grounds(2)
    base, other = _with_thing(base, 0, 0, 3), _with_thing(ground, 2, 3, 3)
    assert torch.equal(fill_slots(base, [other], 16, (2, 2)), base)


def test_several_frames_share_the_slots_and_the_number_is_a_limit():
    base, one, two = _grounds(3)
    others = [_with_thing(one, 0, 0, 3), _with_thing(two, 2, 4, 5)]
    filled = fill_slots(base, others, 8, (2, 2))
    assert (filled[3, :4, :4] == 4).all() and (filled[5, 4:8, 8:12] == 4).all()
    few = fill_slots(base, others, 4, (2, 2))
    tokens = (few != base).any(dim=0).unflatten(0, (4, 2)).unflatten(2, (6, 2)).any(3).any(1)
    assert 0 < int(tokens.sum()) <= 4
    assert torch.equal(fill_slots(base, others, 0, (2, 2)), base)
