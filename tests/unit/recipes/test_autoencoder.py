from hanazora.models.autoencoder.model import VideoAutoencoder
from hanazora.recipes import petal_autoencoder, tiny_autoencoder


def test_the_bundled_autoencoder_is_small() -> None:
    count = sum(p.numel() for p in VideoAutoencoder(petal_autoencoder().autoencoder).parameters())
    assert count < 9e6


def test_the_tiny_one_is_tiny() -> None:
    count = sum(p.numel() for p in VideoAutoencoder(tiny_autoencoder().autoencoder).parameters())
    assert count < 1e6
