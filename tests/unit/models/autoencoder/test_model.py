import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from hanazora.core.shapes import VideoShape, latent_shape
from hanazora.models.autoencoder.model import (
    AutoencoderConfig,
    VideoAutoencoder,
    lead_in,
    pad_video,
    patches_to_video,
    video_to_patches,
)


def test_patches_are_exact_and_ordered_by_group_row_column():
    video = torch.arange(2 * 3 * 8 * 16 * 32.0).reshape(2, 3, 8, 16, 32)
    patches = video_to_patches(video)
    assert patches.shape == (2, 2, 4, 8, 192)
    assert torch.equal(patches_to_video(patches), video)
    assert torch.equal(patches[1, 1, 2, 3].view(4, 4, 4, 3)[..., 1], video[1, 1, 4:, 8:12, 12:16])


@pytest.mark.parametrize("shape", [(1, 16, 16), (2, 17, 31), (5, 33, 16), (6, 1, 48), (9, 32, 32)])
def test_any_size_and_any_number_of_frames(tiny_autoencoder, shape):
    autoencoder, video = tiny_autoencoder, torch.rand(2, 3, *shape) * 2 - 1
    latents = autoencoder.encode(video)
    assert latents.shape == (2, 6, *latent_shape(VideoShape(*shape)))
    assert autoencoder.decode(latents, VideoShape(*shape)).shape == video.shape


def test_padding_repeats_the_last_frame_row_and_column():
    video = torch.randn(1, 3, 3, 5, 18)
    padded = pad_video(video)
    assert padded.shape == (1, 3, 5, 16, 32)
    assert torch.equal(padded[:, :, :3, :5, :18], video)
    assert torch.equal(padded[:, :, 4, 15, 31], video[:, :, 2, 4, 17])


def test_lead_in_gives_frame_zero_a_group_of_its_own():
    video = torch.randn(1, 3, 5, 16, 16)
    assert torch.equal(lead_in(video)[:, :, :4], video[:, :, :1].expand(-1, -1, 4, -1, -1))


def test_encoding_is_causal_across_groups(tiny_autoencoder):
    autoencoder, video = tiny_autoencoder, torch.randn(1, 3, 13, 32, 32)
    later = video.clone()
    later[:, :, 5:] += 1.0
    change = (autoencoder.encode(later) - autoencoder.encode(video)).abs().amax(dim=(0, 1, 3, 4))
    assert change[:2].max() == 0 and change[2:].min() > 0


def test_decoding_is_causal_and_the_first_latent_frame_is_frame_zero(tiny_autoencoder):
    autoencoder, latents = tiny_autoencoder, torch.randn(1, 6, 3, 2, 2)
    later = latents.clone()
    later[:, :, 1:] += 1.0
    change = (autoencoder.decode(later) - autoencoder.decode(latents)).abs().amax(dim=(0, 1, 3, 4))
    assert change.shape == (9,) and change[0] == 0 and change[1:].min() > 0


def test_latents_are_normalised_by_the_stored_statistics(tiny_autoencoder):
    autoencoder, video = tiny_autoencoder, torch.randn(1, 3, 5, 16, 16)
    before = autoencoder.encode(video)
    picture = autoencoder.decode(before)
    autoencoder.latents_mean += 1.0
    autoencoder.latents_std *= 2.0
    after = autoencoder.encode(video)
    assert not torch.allclose(before, after)
    assert torch.allclose(autoencoder.decode(after), picture, atol=1e-4)


def test_decode_refuses_a_shape_that_the_latents_do_not_hold(tiny_autoencoder):
    with pytest.raises(ValueError, match="less than"):
        tiny_autoencoder.decode(torch.zeros(1, 6, 1, 1, 1), VideoShape(2, 16, 16))


def test_config_refuses_impossible_sizes():
    with pytest.raises(ValueError, match="width"):
        AutoencoderConfig(latent_channels=0)
    with pytest.raises(ValueError, match="blocks"):
        AutoencoderConfig(encoder_blocks=(1, -1))


def test_cost_per_pixel_stays_within_the_budget():
    autoencoder = VideoAutoencoder(AutoencoderConfig()).to("meta")
    video = torch.empty(1, 3, 17, 64, 64, device="meta")
    with FlopCounterMode(display=False) as encode_counter:
        latents = autoencoder.encode(video)
    with FlopCounterMode(display=False) as decode_counter:
        autoencoder.decode(latents)
    pixels = 17 * 64 * 64
    assert encode_counter.get_total_flops() / pixels <= 40_000
    assert decode_counter.get_total_flops() / pixels <= 70_000
