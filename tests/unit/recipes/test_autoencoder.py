from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.recipes import petal_autoencoder, petal_decoder, tiny_autoencoder


def test_the_bundled_autoencoder_is_small() -> None:
    count = sum(p.numel() for p in VideoAutoencoder(petal_autoencoder().autoencoder).parameters())
    assert count < 9e6


def test_the_tiny_one_is_tiny() -> None:
    count = sum(p.numel() for p in VideoAutoencoder(tiny_autoencoder().autoencoder).parameters())
    assert count < 1e6


def test_the_decoder_alone_is_trained_again_from_the_bundled_one() -> None:
    config = petal_decoder()
    assert config.freeze_encoder and config.flow_noise > 0
    assert config.init_from is not None and (config.init_from / "config.json").is_file()
