import pytest
import torch

from hanazora.evals.drift.look import (
    find_subject,
    look_at,
    mean_step,
    measure_drift,
    repeat,
)
from hanazora.evals.scene_reader import SceneReader, SceneReaderConfig, load_reader
from hanazora.world.clip import render_clip
from hanazora.world.spec import SceneSpec, SubjectSpec

FPS = 8.0


def _noise(num_frames: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (num_frames, 48, 80, 3), generator=generator, dtype=torch.uint8)


@pytest.fixture
def blind() -> SceneReader:
    """A reader without training sees nothing."""
    torch.manual_seed(0)
    config = SceneReaderConfig(widths=(8, 8, 12, 12), motion_width=12, num_looks=3)
    return SceneReader(config).eval().requires_grad_(False)


def test_the_look_of_a_flat_and_of_a_striped_picture() -> None:
    flat = torch.full((3, 16, 16, 3), 128, dtype=torch.uint8)
    striped = flat.clone()
    striped[:, :, ::2] = 0
    assert look_at(flat).contrast == 0 and look_at(flat).sharpness == 0
    assert look_at(striped).sharpness == pytest.approx(128, rel=0.01)
    assert look_at(striped).colour.lightness < look_at(flat).colour.lightness


def test_motion_is_the_mean_step() -> None:
    frames = torch.zeros(3, 8, 8, 3, dtype=torch.uint8)
    frames[1:] = 10
    assert mean_step(frames) == 5


def test_a_loop_repeats_and_noise_does_not() -> None:
    around = _noise(20).repeat(4, 1, 1, 1)
    assert repeat(around, FPS) < 0.01
    assert repeat(_noise(80), FPS) > 0.9
    assert repeat(_noise(1).expand(80, -1, -1, -1), FPS) == 1
    assert repeat(_noise(10), FPS) == 1  # too short to repeat


def test_a_video_that_fades_to_grey_and_freezes_is_seen(blind: SceneReader) -> None:
    frames = _noise(80)
    frames[40:] = (frames[40:41].float() * 0.2 + 100).to(torch.uint8)
    drift = measure_drift(frames, FPS, "ball", blind)
    assert drift.contrast == pytest.approx(0.2, abs=0.02)
    assert drift.sharpness == pytest.approx(0.2, abs=0.02)
    assert drift.motion < 0.01
    assert drift.subject_colour is None and drift.subject_kept is None
    same = measure_drift(_noise(80), FPS, "ball", blind)
    assert same.contrast == pytest.approx(1, abs=0.02) and same.motion == pytest.approx(1, abs=0.05)
    assert same.picture_colour < drift.picture_colour


def test_the_subject_is_found_with_its_colour() -> None:
    reader, _ = load_reader()
    subject = SubjectSpec(kind="ball", colour="red", action="stand", size="large")
    spec = SceneSpec(seed=1, setting="toys", subjects=(subject,), num_frames=2)
    frames = render_clip(spec, 96, 160).frames
    found = find_subject(frames, "ball", reader)
    assert found is not None and found.name == "red"
    assert found.colour.green_red > 15
    assert find_subject(frames, "bus", reader) is None
