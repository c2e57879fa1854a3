from hanazora.models.upsampler.model import VideoUpsampler
from hanazora.recipes import petal_upsampler


def test_the_bundled_upsampler_is_small() -> None:
    count = sum(p.numel() for p in VideoUpsampler(petal_upsampler().upsampler).parameters())
    assert count < 3e5
