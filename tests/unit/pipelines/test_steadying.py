import pytest
import torch

from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.pipelines.steadying import Neighbours, Stills, steady

THRESHOLD = 0.3


def _frame(seed: int = 0) -> torch.Tensor:
    return torch.randn(3, 8, 10, generator=torch.Generator().manual_seed(seed))


def _noisy(frame: torch.Tensor, num_frames: int, deviation: float) -> torch.Tensor:
    noise = torch.randn(3, num_frames, 8, 10, generator=torch.Generator().manual_seed(9))
    return frame[:, None] + deviation * noise


def test_small_errors_are_left_out_and_large_changes_stay() -> None:
    before = _frame()
    estimate = _noisy(before, 2, 0.2)
    estimate[:, 1, :4, :5] += 4.0
    made = steady(estimate, Neighbours(before), THRESHOLD)
    still = torch.ones(8, 10, dtype=torch.bool)
    still[:5, :6] = False  # one cell around what changed is averaged with it
    assert torch.equal(made[:, 0], before)
    assert torch.equal(made[:, 1][:, still], before[:, still])
    assert (made[:, 1, :3, :4] - estimate[:, 1, :3, :4]).abs().max() < 0.2


def test_without_neighbours_nothing_changes() -> None:
    estimate = _noisy(_frame(), 2, 1.0)
    assert torch.equal(steady(estimate, Neighbours(), THRESHOLD), estimate)


def test_backwards_the_frame_after_is_followed() -> None:
    after = _frame()
    made = steady(_noisy(after, 2, 0.2), Neighbours(None, after), THRESHOLD)
    assert torch.equal(made, after[:, None].expand_as(made))


def test_in_a_gap_each_half_follows_its_side() -> None:
    before, after = _frame(1), _frame(2)
    near = torch.stack([before, before, after, after], dim=1) + 0.05
    made = steady(near, Neighbours(before, after), THRESHOLD)
    assert torch.equal(made, torch.stack([before, before, after, after], dim=1))


@pytest.mark.parametrize("resembled", [1, 2])
def test_the_middle_of_a_gap_follows_what_it_resembles(resembled: int) -> None:
    estimate = _frame(resembled)[:, None] + 0.05
    made = steady(estimate, Neighbours(_frame(1), _frame(2)), THRESHOLD)
    assert torch.equal(made[:, 0], _frame(resembled))


def test_a_higher_threshold_leaves_less_of_a_difference() -> None:
    before = _frame()
    estimate = _noisy(before, 1, 0.7)
    left = [
        (steady(estimate, Neighbours(before), level)[:, 0] - before).square().mean()
        for level in (0.05, 0.2, 0.4)
    ]
    assert left[0] > left[1] > left[2]


@pytest.fixture
def linear_autoencoder() -> VideoAutoencoder:
    """The decoder's linear path is undone by that of the encoder; the networks are silent."""
    torch.manual_seed(0)
    autoencoder = VideoAutoencoder(
        AutoencoderConfig(
            latent_channels=6, encoder_widths=(4, 4), decoder_widths=(4, 4, 4),
            encoder_blocks=(0, 0), decoder_blocks=(0, 0, 0),
        )
    ).requires_grad_(False)  # fmt: skip
    basis = torch.linalg.qr(torch.randn(autoencoder.decoder.linear_path.weight.shape)).Q
    autoencoder.decoder.linear_path.weight.copy_(basis)
    autoencoder.encoder.linear_path.weight.copy_(basis.T)
    autoencoder.latents_mean.normal_()
    autoencoder.latents_std.uniform_(0.5, 2)
    return autoencoder.eval()


@pytest.mark.parametrize("picture", [0, 3])
def test_a_held_frame_is_what_the_still_pictures_encode_to(
    linear_autoencoder: VideoAutoencoder, picture: int
) -> None:
    latents = torch.randn(1, 6, 2, 2, 3)
    video = linear_autoencoder.decode(latents)[:, :, 1:]  # the group after the first picture
    bias = linear_autoencoder.encoder.linear_path.bias
    assert bias is not None
    assert linear_autoencoder.decoder.linear_path.bias is not None
    linear_autoencoder.encoder.linear_path.bias.copy_(
        -linear_autoencoder.encoder.linear_path.weight @ linear_autoencoder.decoder.linear_path.bias
    )
    still = video[:, :, picture : picture + 1].expand_as(video)
    wanted = linear_autoencoder.encode(torch.cat([still[:, :, :1], still], dim=2))[0, :, 1]
    given = linear_autoencoder.encode(torch.cat([video[:, :, :1], video], dim=2))[0, :, 1]
    assert torch.allclose(given, latents[0, :, 1], atol=1e-4)
    stills = Stills(linear_autoencoder)
    held = stills.first(given) if picture == 0 else stills.last(given)
    assert torch.allclose(held, wanted, atol=1e-4)
    assert not torch.allclose(held, given, atol=0.1)
