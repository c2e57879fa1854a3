from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hanazora.core.errors import ModelError
from hanazora.core.paths import bundled_model_dir
from hanazora.parallel.device import pick_device
from hanazora.pipelines.model_directory import Model, save_model
from hanazora.pipelines.preflight import memory
from hanazora.pipelines.preflight.estimate import plan_under
from hanazora.pipelines.preflight.memory import count_parameters, memory_parts, video_bytes
from hanazora.pipelines.request import GenerateRequest

CPU = pick_device("cpu", "bf16")
REQUEST = GenerateRequest(prompt="snow", num_frames=33)
HD = GenerateRequest(prompt="snow", width=1280, height=720, num_frames=33, hd=True)
NATIVE = replace(HD, hd=False)
PICTURE = GenerateRequest(prompt="snow", verb="picture", num_frames=1)


@pytest.fixture(autouse=True)
def _without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures do not depend on what is installed here."""
    monkeypatch.setattr(memory, "is_installed", lambda: False)


@pytest.fixture
def model_dir(tiny_model: Model, tmp_path: Path) -> Path:
    save_model(tiny_model, tmp_path / "model")
    return tmp_path / "model"


def _parts(request: GenerateRequest, directory: Path | None = None) -> dict[str, int]:
    directory = directory or bundled_model_dir()
    plan, settings = plan_under(request, directory)
    return memory_parts(request, plan, settings, directory, CPU)


def _peak(request: GenerateRequest) -> int:
    return sum(_parts(request).values())


def test_parameters_are_counted_from_the_header(tiny_model: Model, model_dir: Path) -> None:
    for name in ("transformer", "autoencoder", "text_encoder"):
        state = getattr(tiny_model, name).state_dict()
        assert count_parameters(model_dir / name) == sum(value.numel() for value in state.values())
    with pytest.raises(ModelError, match="cannot read"):
        count_parameters(model_dir / "absent")


def test_a_file_grows_with_its_pixels() -> None:
    assert video_bytes(REQUEST) == 33 * 320 * 192 // 16
    assert video_bytes(replace(REQUEST, num_frames=66)) == 2 * video_bytes(REQUEST)


def test_an_enlarged_video_costs_more_than_a_small_and_less_than_a_native_one() -> None:
    assert _peak(REQUEST) + (60 << 20) < _peak(HD) < _peak(NATIVE)
    assert _peak(replace(HD, num_frames=136)) < 1.05 * _peak(HD)


def test_a_picture_needs_no_video_encoder() -> None:
    large = {"width": 1280, "height": 720}
    video = replace(REQUEST, num_frames=1, **large)  # type: ignore[arg-type]
    picture = replace(PICTURE, **large)  # type: ignore[arg-type]
    assert _peak(picture) < _peak(video)


def test_the_sentence_encoder_counts_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests = (REQUEST, replace(NATIVE, width=1920, height=1080))
    without = [_peak(request) for request in requests]
    monkeypatch.setattr(memory, "is_installed", lambda: True)
    small, large = (_peak(r) - w for r, w in zip(requests, without, strict=True))
    # A large video uses again what reading the encoder has freed.
    assert small > large == memory.SENTENCE_ENCODER_KEPT_BYTES


def test_full_attention_pays_for_all_frames_at_once(tiny_model: Model, tmp_path: Path) -> None:
    config = replace(tiny_model.transformer.config, causal=False)
    save_model(tiny_model, tmp_path / "causal")
    save_model(
        replace(tiny_model, transformer=type(tiny_model.transformer)(config)), tmp_path / "full"
    )
    request = replace(REQUEST, width=640, height=384, num_frames=321)
    causal, full = (_parts(request, tmp_path / name) for name in ("causal", "full"))
    assert full["activations"] > 2 * causal["activations"]
    assert full["context"] == 0 < causal["context"]


def test_on_an_accelerator_its_own_memory_is_meant() -> None:
    plan, settings = plan_under(HD, bundled_model_dir())
    elsewhere = replace(CPU, torch=torch.device("cuda"))
    parts = memory_parts(HD, plan, settings, bundled_model_dir(), elsewhere)
    assert set(parts) == {"weights", "context", "activations"}
