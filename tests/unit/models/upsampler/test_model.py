import pytest
import torch

from hanazora.models.upsampler.model import (
    SCALE,
    UpsamplerConfig,
    VideoUpsampler,
    enlarge,
    upsample_stream,
)


def _upsampler() -> VideoUpsampler:
    torch.manual_seed(0)
    upsampler = VideoUpsampler(UpsamplerConfig(width=8, num_blocks=2))
    torch.nn.init.normal_(upsampler.head.weight, std=0.05)
    return upsampler


def test_a_fresh_network_is_bicubic_interpolation() -> None:
    fresh = VideoUpsampler(UpsamplerConfig(width=8, num_blocks=1))
    frames = torch.rand(2, 3, 5, 7, 3)
    made = fresh(frames)
    assert made.shape == (2, 3, 5 * SCALE, 7 * SCALE, 3)
    torch.testing.assert_close(made.flatten(0, 1), enlarge(frames.flatten(0, 1)))


def test_a_stream_of_any_pieces_gives_what_the_whole_clip_gives() -> None:
    upsampler, frames = _upsampler(), torch.rand(1, 6, 8, 12, 3)
    with torch.no_grad():
        whole = upsampler(frames)
    for cuts in ([6], [1, 5], [2, 3, 1]):
        pieces = list(upsample_stream(upsampler, frames.split(cuts, dim=1)))
        assert len(pieces) == 6
        torch.testing.assert_close(torch.cat(pieces, dim=1), whole)


def test_a_frame_hears_the_one_before_it_and_none_after() -> None:
    upsampler, frames = _upsampler(), torch.rand(1, 3, 8, 8, 3)
    changed = frames.clone()
    changed[:, 1] += 0.5
    with torch.no_grad():
        difference = (upsampler(changed) - upsampler(frames)).abs().amax(dim=(0, 2, 3, 4))
    assert difference[0] == 0 and difference[1] > 0 and difference[2] > 0


def test_sizes_that_make_no_network_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        UpsamplerConfig(num_blocks=0)
