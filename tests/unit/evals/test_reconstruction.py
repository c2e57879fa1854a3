import pytest
import torch

from hanazora.evals.reconstruction import measure_reconstruction, psnr, ssim
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder


def test_psnr_of_a_known_error():
    reference = torch.zeros(2, 3, 2, 8, 8)
    video = reference.clone()
    video[1] += 0.02  # 1 % of the range: 40 dB
    assert psnr(video, reference).tolist() == pytest.approx([100.0, 40.0], abs=1e-3)


def test_ssim_is_one_for_a_copy_and_falls_with_blur_more_than_with_brightness():
    torch.manual_seed(0)
    video = torch.rand(1, 3, 2, 24, 24) * 2 - 1
    blurred = torch.nn.functional.avg_pool3d(video, (1, 3, 3), 1, (0, 1, 1))
    assert ssim(video, video).item() == pytest.approx(1.0, abs=1e-5)
    assert ssim(blurred, video) < 0.8 < ssim(video + 0.05, video)


def test_ssim_follows_its_formula_for_flat_pictures():
    # Without variance only the luminance term is left.
    low, high = torch.full((1, 3, 1, 12, 12), 0.2), torch.full((1, 3, 1, 12, 12), 0.6)
    expected = (2 * 1.2 * 1.6 + 0.0004) / (1.44 + 2.56 + 0.0004)  # black is zero
    assert ssim(low, high).item() == pytest.approx(expected, abs=1e-4)
    with pytest.raises(ValueError, match="11 pixels"):
        ssim(low[..., :8], high[..., :8])


def test_measurement_counts_clips_of_any_size_and_reports_the_worst():
    torch.manual_seed(0)
    autoencoder = VideoAutoencoder(
        AutoencoderConfig(encoder_widths=(8, 8), decoder_widths=(8, 8, 8), decoder_blocks=(1, 1, 1))
    )
    grey, noise = torch.zeros(1, 3, 5, 16, 20), torch.rand(2, 3, 2, 17, 33) * 2 - 1
    result = measure_reconstruction(autoencoder, [grey, noise], torch.float32)
    assert result.num_clips == 3
    assert result.worst_psnr_db < result.psnr_db
    assert -1.0 <= result.ssim <= 1.0
