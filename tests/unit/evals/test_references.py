import torch

from hanazora.evals import references
from hanazora.evals.references import as_video, reconstruct, reference_reports
from hanazora.models.autoencoder.model import AutoencoderConfig, VideoAutoencoder
from hanazora.world.prompts import held_out_prompts


def small_autoencoder():
    torch.manual_seed(0)
    return VideoAutoencoder(
        AutoencoderConfig(encoder_widths=(8, 8), decoder_widths=(8, 8, 8), decoder_blocks=(0, 0, 0))
    ).to(torch.bfloat16)


def test_every_reference_is_scored(reader):
    prompts = held_out_prompts("seen", 2, 3, num_frames=2)
    finished = []
    reports = reference_reports(
        prompts, reader, 32, 48, autoencoder=small_autoencoder(), on_prompt=finished.append
    )
    assert [report.name for report in reports] == [
        references.TRUTH,
        references.RECONSTRUCTED,
        references.FROZEN,
        references.UNRELATED,
        references.SHUFFLED,
    ]
    assert finished == [1, 2]
    assert all("object" in report.estimates for report in reports)


def test_frames_become_a_video():
    frames = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1).expand(2, 4, 6, 3)
    video = as_video(frames)
    assert video.shape == (1, 3, 2, 4, 6)
    assert (video[:, :, 0].max(), video[:, :, 1].min()) == (-1.0, 1.0)


def test_a_reconstruction_has_the_shape_of_the_video():
    video = torch.rand(1, 3, 3, 20, 36) * 2 - 1
    decoded = reconstruct(small_autoencoder(), video)
    assert decoded.shape == video.shape
    assert decoded.abs().max() <= 1.0
