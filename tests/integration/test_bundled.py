"""The model in the package: loads, follows the contract of sizes, and repeats itself."""

from pathlib import Path

import numpy as np
import pytest

import hanazora
from hanazora.core.paths import bundled_model_dir
from hanazora.media.probe import probe
from hanazora.pipelines.generate import TextToVideo
from hanazora.pipelines.request import GenerateRequest

MAX_BYTES = 40 * 2**20


@pytest.fixture(scope="module")
def bundled() -> TextToVideo:
    return hanazora.load(device="cpu")


def _request(prompt: str, **changes: int) -> GenerateRequest:
    settings = {"num_frames": 9, "num_inference_steps": 2, **changes}
    return GenerateRequest(prompt=prompt, **settings)  # type: ignore[arg-type]


def test_the_package_stays_small() -> None:
    files = [path for path in bundled_model_dir().rglob("*") if path.is_file()]
    assert 2**20 < sum(path.stat().st_size for path in files) < MAX_BYTES


def test_the_same_request_gives_the_same_file(bundled: TextToVideo, tmp_path: Path) -> None:
    request = _request("A red truck drives to the right on a road.", width=170, height=97)
    saved = [bundled.generate(request).save(tmp_path / f"{n}.mp4") for n in (1, 2)]
    assert saved[0].sha256 == saved[1].sha256
    info = probe(saved[0].path)
    assert (info.width, info.height, info.num_frames) == (170, 97, 9)


def test_settings_have_their_own_palette(bundled: TextToVideo) -> None:
    """A reef is blue-green above, a neon street is dark: the prompt reaches the picture."""
    reef, neon = (
        bundled.generate(_request(prompt, num_frames=1, num_inference_steps=8)).frames.astype(float)
        for prompt in ("A fish swims in a coral reef.", "A woman walks on a neon street at night.")
    )
    top = reef[:, :64]
    assert top[..., 2].mean() > top[..., 0].mean() + 30
    assert neon.mean() < reef.mean() - 30
    assert np.ptp(reef) > 100
