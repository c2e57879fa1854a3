import pytest
import torch

from hanazora.evals.block_matching import (
    CHANNELS_PER_PAIR,
    LONG_PAIRS,
    MOTION_CHANNELS,
    REACH_X,
    REACH_Y,
    SHORT_PAIRS,
    frame_pairs,
    grey_frames,
    match_blocks,
    mirror_motion,
)


def moving_texture(num_frames, step_x, step_y):
    torch.manual_seed(0)
    texture = torch.rand(48, 80)
    return torch.stack([texture.roll((step_y * t, step_x * t), (0, 1)) for t in range(num_frames)])


@pytest.mark.parametrize(("step_x", "step_y"), [(3, 0), (-2, 1), (0, -3)])
def test_a_shift_is_found(step_x, step_y):
    fields = match_blocks(moving_texture(2, step_x, step_y))
    inside = fields.unflatten(0, (-1, CHANNELS_PER_PAIR))[:, :, 6:-6, 6:-6]
    assert inside[:, 0].mean().item() == pytest.approx(step_x / REACH_X, abs=0.02)
    assert inside[:, 1].mean().item() == pytest.approx(step_y / REACH_Y, abs=0.02)
    assert inside[:, 2].min() > 0.9


def test_a_still_clip_has_no_motion_and_a_picture_is_a_still_clip():
    for grey in (moving_texture(5, 0, 0), moving_texture(1, 0, 0)):
        fields = match_blocks(grey).unflatten(0, (-1, CHANNELS_PER_PAIR))
        assert fields[:, :2].abs().max() < 0.02
        assert fields[:, 3].max() == 0.0


@pytest.mark.parametrize("num_frames", [1, 2, 4, 17, 49])
def test_pairs_lie_inside_the_clip(num_frames):
    pairs = frame_pairs(num_frames)
    assert len(pairs) == SHORT_PAIRS + LONG_PAIRS
    assert all(0 <= first <= second < num_frames for first, second in pairs)
    assert max(second for _, second in pairs) == num_frames - 1


def test_the_mirrored_clip_has_the_mirrored_motion():
    grey = moving_texture(2, 3, 1)
    mirrored = match_blocks(grey.flip(-1))
    assert torch.allclose(mirror_motion(match_blocks(grey)[None])[0], mirrored, atol=1e-4)
    assert mirrored.shape == (MOTION_CHANNELS, 24, 40)


def test_brightness_is_not_motion(pixels):
    frames = pixels(1).float()
    darker = torch.cat([frames * 0.5 + 40, frames * 0.5 + 60]).byte()
    assert (grey_frames(darker)[0] - grey_frames(darker)[1]).abs().max() < 0.01
